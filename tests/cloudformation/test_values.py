"""Values that only the deployment completes."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.cloudformation.values import (
    MalformedError,
    UndecidedError,
    Unknown,
    is_filled_in,
    known_prefix,
    without_filled_in,
)

# fmt: off
FILLED_IN = [
    ("{{resolve:ssm:/mode}}",               "",      "dynamic reference"),
    ("web-{{resolve:ssm:/mode}}",           "web-",  "dynamic reference"),
    ("{{changeSet:KNOWN_AFTER_APPLY}}",     "",      "change set"),
    ("a[[servicecatalog:x]]",               "a",     "Service Catalog"),
]
# fmt: on
LITERAL: list[Any] = [
    "",
    "awsvpc",
    "{{mode}}",
    "[[x]]",
    "{{ resolve:ssm:x }}",
    5,
    None,
    {"Ref": "x"},
    ["{{resolve:x}}"],
]


@pytest.mark.parametrize(("text", "prefix", "reason"), FILLED_IN)
def test_a_text_that_the_deployment_completes_is_unknown(text: str, prefix: str, reason: str) -> None:
    value = without_filled_in(text)
    assert isinstance(value, Unknown)
    assert (value.expression, value.prefix, known_prefix(text)) == (text, prefix, prefix)
    assert reason in value.reason


@pytest.mark.parametrize("value", LITERAL, ids=repr)
def test_all_else_is_what_it_is(value: Any) -> None:
    assert without_filled_in(value) is value
    assert not (isinstance(value, str) and is_filled_in(value))


def test_an_unknown_value_can_be_shown_without_its_text() -> None:
    unknown = Unknown("secret-${Mode}", "a parameter", prefix="secret-", outline="a text with ${Mode}")
    assert repr(unknown) == "<secret-${Mode}, a parameter>"
    assert (unknown.outlined().expression, unknown.outlined().reason) == ("a text with ${Mode}", "a parameter")


def test_errors_name_the_location() -> None:
    undecided = UndecidedError(Unknown("${Mode}", "a parameter"), "Properties/NetworkMode")
    assert (undecided.location, str(undecided)) == (
        "Properties/NetworkMode",
        "Properties/NetworkMode is ${Mode}, a parameter",
    )
    malformed = MalformedError("Properties", "is a list")
    assert (malformed.location, str(malformed)) == ("Properties", "Properties is a list")
