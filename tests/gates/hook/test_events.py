"""Events of the hook: what is read from each of them, in each spelling of AWS."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.gates.hook.events import document_of, is_of_cloudtrail, request_of, token_of
from ecs_guard_aspects.model.resource import Resource

from .support import ACCOUNT, event, no_payload, payload


def resources(name: str, fetch: Any = no_payload, **changes: Any) -> list[tuple[str, str, str | None]]:
    document = document_of(request_of(event(name, **changes)), fetch)
    assert all(isinstance(item, Resource) for item in document.items)
    return [(item.address, item.name, item.account) for item in document.items if isinstance(item, Resource)]


# Event: address, logical id and account of each resource.
READ: list[tuple[str, list[tuple[str, str, str | None]]]] = [
    ("resource-create-denied", [("Agent/Task", "Task", ACCOUNT)]),
    ("resource-spelled-as-in-the-guide", [("Agent/Task", "Task", ACCOUNT)]),
    ("resource-update-denied", [("Agent/Task", "Task", ACCOUNT)]),
    ("cloud-control-create-denied", [("a1b2c3d4", "a1b2c3d4", ACCOUNT)]),
    ("resource-delete", []),
    ("resource-of-another-type", []),
]


@pytest.mark.parametrize(("name", "expected"), READ)
def test_what_is_read(name: str, expected: list[tuple[str, str, str | None]]) -> None:
    assert resources(name) == expected


def test_a_change_set_has_many_resources() -> None:
    found = resources("change-set", payload())
    assert [address for address, _, _ in found] == ["Agent/Host", "Agent/Later", "Agent/Undecided"]


def test_a_change_set_of_a_stack_that_is_deleted_is_not_read() -> None:
    assert resources("change-set", actionInvocationPoint="DELETE_PRE_PROVISION") == []


@pytest.mark.parametrize(
    ("changes", "address"),
    [
        ({"stackId": None}, "Task"),
        ({"stackId": 7}, "Task"),
        ({"stackId": "no ARN"}, "Task"),
        ({"requestData__targetLogicalId": None}, "Agent/"),
    ],
)
def test_an_address_of_half_an_event(changes: dict[str, Any], address: str) -> None:
    assert [found for found, _, _ in resources("resource-create-denied", **changes)] == [address]


@pytest.mark.parametrize(
    ("half", "token"),
    [
        ({"clientRequestToken": "a"}, "a"),
        ({"clientRequesttoken": "b"}, "b"),
        ({"clientRequestToken": None, "clientRequesttoken": "b"}, "b"),
        ({"clientRequestToken": 7}, ""),
        ({}, ""),
        (None, ""),
        ("t", ""),
    ],
)
def test_a_token(half: object, token: str) -> None:
    assert token_of(half) == token


@pytest.mark.parametrize(
    ("value", "expected"), [({"detail": {}}, True), ({"detail": None}, False), ({}, False), (None, False), ([], False)]
)
def test_which_events_are_of_cloudtrail(value: object, expected: bool) -> None:
    assert is_of_cloudtrail(value) is expected
