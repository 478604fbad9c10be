"""Which acknowledgement counts for which construct."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from constructs import Construct, IConstruct

from ecs_guard_aspects.admission.acknowledgements import Acknowledgement, find_acknowledgement, rule_id

from .support import AWSVPC, ROOT, level2


def acknowledge(scope: IConstruct, check: str = AWSVPC, reason: str = "known") -> None:
    cdk.Validations.of(scope).acknowledge(cdk.Acknowledgment(id=rule_id(check), reason=reason))


def test_the_key_of_the_metadata_is_that_of_the_cdk(stack: cdk.Stack) -> None:
    acknowledge(stack)
    entries = [entry for entry in stack.node.metadata if entry.type == "aws:cdk:acknowledged-rules"]
    assert [dict(entry.data) for entry in entries] == [{rule_id(AWSVPC): "known"}]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("Stack", "Stack"),
        ("Stack/Td", "Stack/Td"),
        ("Stack/Td/Resource", "Stack/Td"),
        ("Stack/Td/Resource/Gone", "Stack/Td"),
        ("Stack/Other", "Stack"),
        ("Stack/Other/Deep", "Stack/Other/Deep"),
        ("Stack/LogicalIdOfNoConstruct", "Stack"),
        ("Elsewhere/Td", None),
        ("", None),
    ],
)
def test_the_nearest_on_the_way_up(app: cdk.App, stack: cdk.Stack, path: str, expected: str | None) -> None:
    acknowledge(stack)
    acknowledge(level2(stack))
    acknowledge(Construct(Construct(stack, "Other"), "Deep"))
    acknowledge(cdk.Stack(app, "Elsewhere"), ROOT)
    found = find_acknowledgement(app, path, AWSVPC)
    assert (found.path if found else None) == expected


def test_of_several_on_one_construct_the_last_counts(app: cdk.App, stack: cdk.Stack) -> None:
    acknowledge(stack, reason="first")
    acknowledge(stack, ROOT, "other")
    acknowledge(stack, reason="second")
    assert find_acknowledgement(app, "Stack/Td", AWSVPC) == Acknowledgement("Stack", "second")


def test_what_cannot_be_read_has_none(app: cdk.App, stack: cdk.Stack) -> None:
    acknowledge(stack, "unreadable")
    assert find_acknowledgement(app, "Stack", "unreadable") is None


@pytest.mark.parametrize("data", ["text", 7, [rule_id(AWSVPC)], {"other": "x"}])
def test_odd_metadata_is_passed_over(app: cdk.App, stack: cdk.Stack, data: Any) -> None:
    stack.node.add_metadata("aws:cdk:acknowledged-rules", data)
    assert find_acknowledgement(app, "Stack", AWSVPC) is None


@pytest.mark.parametrize(("reason", "counts"), [("", False), (" \t\n", False), ("x", True)])
def test_a_reason_that_is_one(reason: str, counts: bool) -> None:
    assert Acknowledgement("Stack", reason).counts is counts
