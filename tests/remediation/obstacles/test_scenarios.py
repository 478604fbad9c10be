"""A question about a resource is answered in every scenario in which it is created."""

from __future__ import annotations

from collections.abc import Iterator

from ecs_guard_aspects.cloudformation.declarations import Declarations
from ecs_guard_aspects.cloudformation.properties import text_at
from ecs_guard_aspects.cloudformation.scenario import Scenario
from ecs_guard_aspects.model.resource import Resource
from ecs_guard_aspects.remediation.changes import Blocker
from ecs_guard_aspects.remediation.obstacles.scenarios import Question, in_all_scenarios

from ..support import if_prod, resource


def mode_of(found: Resource) -> Question:
    def ask(scenario: Scenario) -> Iterator[str]:
        yield f"mode {text_at(found.read(scenario), 'Mode')}"

    return ask


def test_each_answer_counts_once() -> None:
    found = resource("Api/X", "T", {"Mode": if_prod("a", "b"), "Other": if_prod("c", "d")})
    answers = in_all_scenarios(found, mode_of(found), mode_of(found))
    assert sorted(answers, key=str) == [Blocker("Api/X", "mode a"), Blocker("Api/X", "mode b")]


def test_scenarios_without_the_resource_do_not_count() -> None:
    found = resource("Api/X", "T", {"Mode": if_prod("a", "b")}, "IsProd")
    assert in_all_scenarios(found, mode_of(found)) == [Blocker("Api/X", "mode a")]


def test_what_cannot_be_read_is_a_blocker() -> None:
    found = resource("Api/X", "T", {"Mode": ["a"]})
    (answer,) = in_all_scenarios(found, mode_of(found), about="it: ")
    assert isinstance(answer, Blocker)
    assert answer.text == "it: Properties/Mode is not a scalar"


def test_too_many_combinations_are_a_blocker() -> None:
    names = [f"P{number}" for number in range(20)]
    template = {
        "Parameters": {name: {"Type": "String", "AllowedValues": ["a", "b"]} for name in names},
        "Conditions": {name: {"Fn::Equals": [{"Ref": name}, "a"]} for name in names},
    }
    properties = {"Mode": {"Fn::Join": ["", [{"Fn::If": [name, "x", "y"]} for name in names]]}}
    found = Resource("Api/X", "T", properties, Declarations.of(template))
    answers = in_all_scenarios(found, mode_of(found))
    assert any(
        "combinations of parameters and conditions" in each.text for each in answers if isinstance(each, Blocker)
    )
