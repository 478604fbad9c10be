"""A revision as the input of register-task-definition."""

from __future__ import annotations

import datetime

import botocore.session
from botocore.validate import ParamValidator

from ecs_guard_aspects.gates.account.plans.definition import register_input, stack_of
from ecs_guard_aspects.remediation.changes import Change
from ecs_guard_aspects.sources.account.surroundings import Definition

from .support import described

NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
WHOLE = described(
    requiresAttributes=[{"name": "x"}],
    registeredAt=NOW,
    registeredBy="arn:aws:iam::1:role/x",
    deregisteredAt=NOW,
    deleteRequestedAt=NOW,
    volumes=[
        {"name": "a", "efsVolumeConfiguration": {"fileSystemId": "fs-1", "authorizationConfig": {"iam": "ENABLED"}}}
    ],
)


def test_what_the_api_adds_is_left_out_and_the_rest_is_kept() -> None:
    tags = [{"key": "team", "value": "a"}, {"key": "aws:cloudformation:stack-name", "value": "shop"}]
    registered = register_input(Definition(WHOLE, tags))
    assert registered == {
        **{key: WHOLE[key] for key in ("family", "networkMode", "containerDefinitions", "volumes")},
        "tags": [{"key": "team", "value": "a"}],
    }
    model = botocore.session.get_session().get_service_model("ecs")
    shape = model.operation_model("RegisterTaskDefinition").input_shape
    assert shape is not None
    assert not ParamValidator().validate(registered, shape).has_errors()


def test_changes_are_made_in_the_spelling_of_the_api() -> None:
    changes = [
        Change("x", "NetworkMode", "bridge", "awsvpc"),
        Change("x", "ContainerDefinitions.0.PortMappings.0.HostPort", 0, None),
        Change("x", "ContainerDefinitions.0.User", "0", "1000"),
    ]
    registered = register_input(Definition(WHOLE, []), changes)
    (container,) = registered["containerDefinitions"]
    assert (registered["networkMode"], container["user"]) == ("awsvpc", "1000")
    assert container["portMappings"] == [{"containerPort": 80, "protocol": "tcp"}]
    assert WHOLE["networkMode"] == "bridge"


def test_the_stack_that_owns_it_is_known_by_its_tag() -> None:
    assert stack_of([{"key": "aws:cloudformation:stack-name", "value": "shop"}]) == "shop"
    assert stack_of([{"key": "team", "value": "a"}], []) is None
