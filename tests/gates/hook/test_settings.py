"""Settings of the deployed hook: names and filters that CloudFormation takes."""

from __future__ import annotations

import pytest

from ecs_guard_aspects.gates.hook import settings
from ecs_guard_aspects.model.resource import JUDGED_TYPES
from ecs_guard_aspects.policy import PolicyError


@pytest.mark.parametrize("alias", [settings.DEFAULT_ALIAS, "Ours::Ecs::Gate", "A1::B2::C3", f"Ecs::Ecs::{'x' * 51}"])
def test_an_alias(alias: str) -> None:
    assert settings.hook_alias(alias) == alias
    assert len(settings.change_set_alias(alias).rpartition("::")[2]) <= 64


@pytest.mark.parametrize("alias", ["", "Gate", "A::B::C", "Ours::Ecs::Gate\n", "aws::Ecs::Gate", "Ours::Ecs::Gäte"])
def test_an_alias_that_is_refused(alias: str) -> None:
    with pytest.raises(PolicyError, match="the alias of the hook is"):
        settings.hook_alias(alias)


def test_excluded_stacks_are_named_once_and_in_order() -> None:
    assert settings.excluded_stacks(["b-*", "a", "b-*", "*-c"]) == ("b-*", "a", "*-c")


def test_every_type_that_is_judged_is_asked_about() -> None:
    assert {kind for kind, _ in settings.TARGETS} == set(JUDGED_TYPES)
    assert {action for _, action in settings.TARGETS} == {"CREATE", "UPDATE"}


def test_the_watch_is_sent_the_calls_that_register_what_is_judged() -> None:
    names = settings.registration_pattern()["detail"]["eventName"]
    assert "RegisterTaskDefinition" in names
    assert len(names) == len(JUDGED_TYPES)
