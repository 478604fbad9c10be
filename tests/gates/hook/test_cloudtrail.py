"""Events of the watch: what CloudTrail says was registered."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.gates.hook.cloudtrail import caller_of, registered_document
from ecs_guard_aspects.gates.hook.events import EventError
from ecs_guard_aspects.model.resource import DAEMON_TASK_DEFINITION, Resource

from .support import ACCOUNT, event

ARN = f"arn:aws:ecs:eu-central-1:{ACCOUNT}:task-definition/agent:7"


def registered(name: str = "cloudtrail-registered-denied", **changes: Any) -> list[Resource]:
    items = registered_document(event(name, **changes)).items
    return [item for item in items if isinstance(item, Resource)]


def test_what_was_registered_has_the_words_of_cloudformation() -> None:
    (resource,) = registered()
    assert (resource.address, resource.account, resource.family) == (ARN, ACCOUNT, "agent")
    assert resource.written("NetworkMode") == "host"
    assert resource.written("ContainerDefinitions.0.Image") == "example/app:1"


def test_without_an_answer_the_parameters_are_judged() -> None:
    (resource,) = registered(detail__responseElements=None)
    assert (resource.address, resource.written("NetworkMode")) == ("agent", "host")


def test_a_daemon_is_judged_as_one() -> None:
    (resource,) = registered("cloudtrail-daemon")
    assert (resource.address, resource.type) == ("agent", DAEMON_TASK_DEFINITION)


def test_a_call_that_failed_registers_nothing_to_judge() -> None:
    assert registered("cloudtrail-call-failed") == []


def test_another_call_is_not_judged() -> None:
    assert registered(detail__eventName="DeregisterTaskDefinition") == []


@pytest.mark.parametrize(
    "changes",
    [
        {"detail__responseElements": None, "detail__requestParameters": None},
        {"detail__responseElements": {}, "detail__requestParameters": {"omitted": True}},
        {"detail__responseElements": "HIDDEN", "detail__requestParameters": []},
    ],
)
def test_a_task_definition_that_is_not_in_the_event(changes: dict[str, Any]) -> None:
    with pytest.raises(EventError, match="does not contain the taskDefinition"):
        registered(**changes)


def test_the_account_is_that_of_the_call() -> None:
    assert registered("cloudtrail-of-another-account")[0].account == "444455556666"
    assert registered(detail__recipientAccountId=None)[0].account == ACCOUNT


@pytest.mark.parametrize(
    ("identity", "caller"),
    [
        ({"arn": "arn:aws:iam::111122223333:user/jo"}, "arn:aws:iam::111122223333:user/jo"),
        ({"invokedBy": "cloudformation.amazonaws.com"}, "cloudformation.amazonaws.com"),
        ({}, ""),
        ("jo", ""),
    ],
)
def test_a_caller(identity: object, caller: str) -> None:
    assert caller_of(event("cloudtrail-registered-denied", detail__userIdentity=identity)) == caller
