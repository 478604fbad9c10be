"""Notices: every kind of finding that no check makes is documented, truly."""

from __future__ import annotations

import pytest

from ecs_guard_aspects.policy import Enforcement, Exemption, Policy, PolicyError
from ecs_guard_aspects.policy.ids import NOTICES
from ecs_guard_aspects.policy.judging.notices import NOTICE_KINDS


def test_every_kind_is_documented() -> None:
    assert tuple(NOTICE_KINDS) == NOTICES


@pytest.mark.parametrize("name", NOTICES)
def test_whether_it_can_be_exempt(name: str) -> None:
    def exempting() -> Policy:
        named = Exemption(check=name, path="**", reason="r", owner="o", expires="2999-01-01")
        return Policy(exemptions=[named])

    if NOTICE_KINDS[name].can_be_exempt:
        assert exempting().exemptions
    else:
        with pytest.raises(PolicyError):
            exempting()


@pytest.mark.parametrize("name", NOTICES)
def test_whether_the_policy_can_set_its_enforcement(name: str) -> None:
    if "enforcement" in NOTICE_KINDS[name].enforcement:
        assert Policy(enforcement={name: Enforcement.AUDIT})
    else:
        with pytest.raises(PolicyError):
            Policy(enforcement={name: Enforcement.AUDIT})
