"""The user host-mode containers are given."""

from __future__ import annotations

import re

import pytest

from ecs_guard_aspects.model.resource import TASK_DEFINITION
from ecs_guard_aspects.policy import Policy, evaluate
from ecs_guard_aspects.remediation import Resource, apply, checked_user

from .support import NO_VALUE, Status, changed, if_prod, plan, status_of, task_definition, texts, web


def host(*containers: object, **properties: object) -> Resource:
    return task_definition(*containers, **{"NetworkMode": "host", **properties})


ALLOWED = ["app", "app:app", "1000", "1000:1000", "app:1000", "1000:app", "2147483647", "_x-y.z", "1000:root"]
REFUSED = {
    "root": "reads as root",
    "Root:app": "reads as root",
    "": "reads as root",
    "0": "reads as root",
    "+00": "reads as root",
    ":1000": "reads as root",
    "1000:0": "'0' is neither a name nor a GID",
    "2147483648": "neither a name nor a UID",
    "-5": "neither a name nor a UID",
    "+5": "neither a name nor a UID",
    "007": "neither a name nor a UID",
    "1000:": "'' is neither a name nor a GID",
    "a:b:c": "'b:c' is neither a name nor a GID",
    "app user": "neither a name nor a UID",
    "app\n": "neither a name nor a UID",
    "\u0661\u0660\u0660": "neither a name nor a UID",
    "${Token[TOKEN.1]}": "neither a name nor a UID",
}


@pytest.mark.parametrize("user", ALLOWED)
def test_users_that_ecs_accepts(user: str) -> None:
    assert checked_user(user) == user


@pytest.mark.parametrize(("user", "message"), REFUSED.items())
def test_users_that_are_root_or_no_users_are_errors(user: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        checked_user(user)


@pytest.mark.parametrize("user", [1000, None, True, ["1000"]])
def test_a_user_that_is_not_a_string_is_an_error(user: object) -> None:
    with pytest.raises(ValueError, match="it must be a string"):
        checked_user(user)


# containers, the paths that get the user
SET = {
    "no user": ([web()], ["ContainerDefinitions.0.User"]),
    "null": ([web(User=None)], ["ContainerDefinitions.0.User"]),
    "root": ([web(User="root:app")], ["ContainerDefinitions.0.User"]),
    "00": ([web(User="00")], ["ContainerDefinitions.0.User"]),
    "some of several": (
        [web(User="1000"), web("a"), web("b", Privileged=True), web("c", User="0")],
        ["ContainerDefinitions.1.User", "ContainerDefinitions.3.User"],
    ),
    "not root": ([web(User="1000")], []),
    "not root, whatever the group": ([web(User={"Fn::Sub": "1000:${Free}"})], []),
    "privileged": ([web(Privileged="true")], []),
    "in lists with absent members": ([NO_VALUE, web()], ["ContainerDefinitions.1.User"]),
}


@pytest.mark.parametrize(("containers", "paths"), SET.values(), ids=SET)
def test_root_containers_in_host_mode_get_the_user(containers: list[object], paths: list[str]) -> None:
    decided = plan(host(*containers), awsvpc=False, user="1000:1000")

    assert changed(decided) == {f"Api/Td {path}": "1000:1000" for path in paths}
    assert texts(decided) == []


def test_only_in_host_mode() -> None:
    assert status_of(plan(task_definition(), awsvpc=False, user="1000")) is Status.FINE
    assert status_of(plan(task_definition(NetworkMode=NO_VALUE), awsvpc=False, user="1000")) is Status.FINE


def test_only_if_a_user_is_given() -> None:
    assert status_of(plan(host(), awsvpc=False)) is Status.FINE
    assert status_of(plan(host(web(Links=["a"])))) is Status.REFUSED


def test_awsvpc_comes_first() -> None:
    assert changed(plan(host(), user="1000")) == {"Api/Td NetworkMode": "awsvpc"}


def test_where_awsvpc_is_refused_the_user_is_set_and_the_refusal_stays() -> None:
    definition = host(web(), RequiresCompatibilities=["EXTERNAL"])

    decided = plan(definition, user="1000")

    assert status_of(decided) is Status.PARTLY
    assert changed(decided) == {"Api/Td ContainerDefinitions.0.User": "1000"}
    assert texts(decided) == ["RequiresCompatibilities names EXTERNAL, and ECS Anywhere does not support awsvpc"]
    fixed = apply(definition.properties, decided.changes)
    left = evaluate(Resource("x", TASK_DEFINITION, fixed), Policy())
    assert [finding.check for finding in left] == ["awsvpc-network-mode"]
    again = plan(Resource("Api/Td", definition.type, fixed), user="1000")
    assert status_of(again) is Status.REFUSED
    assert again.changes == ()


CONDITIONAL = "container web runs as root in host mode only in some cases of an expression"
BLOCKED = {
    "Windows": (
        host(web(), RuntimePlatform={"OperatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}),
        "container web runs as root in host mode, and ECS does not support User on Windows",
    ),
    "undecided mode": (host(web(), NetworkMode={"Ref": "Free"}), CONDITIONAL),
    "mode in one scenario": (host(web(), NetworkMode=if_prod("host", "bridge")), CONDITIONAL),
    "undecided user": (host(web(User={"Ref": "Free"})), CONDITIONAL),
    "user in one scenario": (host(web(User=if_prod("1000", "0"))), CONDITIONAL),
    "undecided privilege": (host(web(Privileged={"Ref": "Free"})), CONDITIONAL),
    "inside an expression": (host(ContainerDefinitions=if_prod([web()], [web(User="1")])), CONDITIONAL),
    "undecided containers": (host(ContainerDefinitions={"Ref": "Free"}), "only in some cases of an expression"),
    "malformed user": (host(web(User=["0"])), "Properties/ContainerDefinitions/0/User is a list, which is not"),
    "malformed container": (host("x"), "ContainerDefinitions/0 is a text, which is not a map"),
    "malformed containers": (host(ContainerDefinitions=5), "Properties/ContainerDefinitions is 5"),
    "malformed mode": (host(web(), NetworkMode=[]), "Properties/NetworkMode is a list"),
}


@pytest.mark.parametrize(("definition", "expected"), BLOCKED.values(), ids=BLOCKED)
def test_what_cannot_be_settled_gets_no_user(definition: Resource, expected: str) -> None:
    decided = plan(definition, awsvpc=False, user="1000")

    assert decided.changes == ()
    assert any(expected in text for text in texts(decided)), texts(decided)
