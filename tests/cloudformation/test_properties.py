"""Properties as plain values, and readers that say what type they expect."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ecs_guard_aspects.cloudformation import properties as reading
from ecs_guard_aspects.cloudformation.declarations import Declarations
from ecs_guard_aspects.cloudformation.properties import Properties
from ecs_guard_aspects.cloudformation.scenario import Scenario
from ecs_guard_aspects.cloudformation.values import MalformedError, UndecidedError

DECLARATIONS = Declarations(
    {"Free": {"Type": "String"}, "One": {"Type": "String", "AllowedValues": ["1"]}},
    {"Yes": {"Fn::Equals": ["a", "a"]}},
)
NO_VALUE = {"Ref": "AWS::NoValue"}


def properties(**node: Any) -> Properties:
    return Properties(Scenario(DECLARATIONS), node, "Properties")


def plain(value: Any) -> Any:
    """Return what a reader gives, maps as dicts."""
    if isinstance(value, Properties):
        return {key: plain(member) for key, member in value.items()}
    return [plain(member) for member in value] if isinstance(value, list) else value


def test_a_key_without_a_value_is_not_there() -> None:
    found = properties(A=1, B=None, C=NO_VALUE, D={"Fn::If": ["Yes", NO_VALUE, 1]})
    assert (list(found), len(found), "B" in found, found.get("C")) == (["A"], 1, False, None)


def test_members_are_plain_and_know_their_place() -> None:
    found = properties(A=[NO_VALUE, {"B": {"Fn::Sub": "${One}!"}}, {"Fn::If": ["Yes", {"C": 2}, {}]}])
    assert plain(found["A"]) == [{"B": "1!"}, {"C": 2}]
    assert [member.location for member in found["A"]] == ["Properties/A/1", "Properties/A/2/Fn::If/1"]


def test_what_cannot_be_known_is_named_with_its_place() -> None:
    with pytest.raises(UndecidedError, match=r"Properties/A/0/B is \$\{Free\}, a parameter without AllowedValues"):
        plain(properties(A=[{"B": {"Ref": "Free"}}])["A"])


WRONG = MalformedError
# fmt: off
READERS = [
    # reader               written                                 what it returns, or the text of the error
    (reading.map_at,       None,                                   None),
    (reading.map_at,       NO_VALUE,                               None),
    (reading.map_at,       {"A": 1},                               {"A": 1}),
    (reading.map_at,       {"Fn::If": ["Yes", {"A": 1}, {}]},      {"A": 1}),
    (reading.map_at,       [],                                     WRONG("Properties/X", "is a list, which")),
    (reading.map_at,       "x",                                    WRONG("Properties/X", "is a text, which")),
    (reading.maps_at,      None,                                   []),
    (reading.maps_at,      [{"A": 1}, NO_VALUE, {"B": 2}],         [{"A": 1}, {"B": 2}]),
    (reading.maps_at,      [{"A": 1}, "x"],                        WRONG("Properties/X", "has members that are not")),
    (reading.maps_at,      {"A": 1},                               WRONG("Properties/X", "is not a list")),
    (reading.list_at,      None,                                   []),
    (reading.list_at,      ["a", NO_VALUE, 1],                     ["a", 1]),
    (reading.list_at,      "a",                                    WRONG("Properties/X", "is not a list")),
    (reading.text_at,      None,                                   None),
    (reading.text_at,      "a",                                    "a"),
    (reading.text_at,      5,                                      "5"),
    (reading.text_at,      True,                                   "true"),
    (reading.text_at,      {"Ref": "One"},                         "1"),
    (reading.text_at,      ["a"],                                  WRONG("Properties/X", "is not a scalar")),
    (reading.text_at,      {"a": "b"},                             WRONG("Properties/X", "is not a scalar")),
    (reading.integer_at,   None,                                   None),
    (reading.integer_at,   80,                                     80),
    (reading.integer_at,   "80",                                   80),
    (reading.integer_at,   80.0,                                   80),
    (reading.integer_at,   "-1",                                   -1),
    (reading.integer_at,   {"Ref": "One"},                         1),
    (reading.integer_at,   "80.5",                                 WRONG("Properties/X", 'is "80.5", which is not an')),
    (reading.integer_at,   True,                                   WRONG("Properties/X", 'is "true", which is not an')),
    (reading.integer_at,   "\u0661",                               WRONG("Properties/X", "which is not an integer")),
    (reading.flag_at,      None,                                   False),
    (reading.flag_at,      "true",                                 True),
    (reading.flag_at,      True,                                   True),
    (reading.flag_at,      "false",                                False),
    (reading.flag_at,      "True",                                 WRONG("Properties/X", 'is "True", which is neit')),
    (reading.is_given,     None,                                   False),
    (reading.is_given,     NO_VALUE,                               False),
    (reading.is_given,     "",                                     True),
    (reading.is_given,     {"Ref": "Free"},                        True),
]
# fmt: on


@pytest.mark.parametrize(
    ("read", "written", "expected"), READERS, ids=[f"{row[0].__name__} {row[1]!r}" for row in READERS]
)
def test_readers(read: Callable[[Properties, str], Any], written: Any, expected: Any) -> None:
    if isinstance(expected, MalformedError):
        with pytest.raises(MalformedError) as raised:
            read(properties(X=written), "X")
        location, _, problem = str(expected).partition(" ")
        assert raised.value.location == location
        assert problem in str(raised.value)
    else:
        assert plain(read(properties(X=written), "X")) == expected


@pytest.mark.parametrize(
    "read", [reading.map_at, reading.list_at, reading.text_at, reading.integer_at, reading.flag_at]
)
def test_no_reader_guesses(read: Callable[[Properties, str], Any]) -> None:
    with pytest.raises(UndecidedError):
        read(properties(X={"Ref": "Free"}), "X")
