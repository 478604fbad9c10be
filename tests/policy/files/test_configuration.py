"""A policy as JSON: every field is read, errors name the place, and it is the same after a round trip."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_guard_aspects.policy import Enforcement, Exemption, Policy, PolicyError, Profile
from ecs_guard_aspects.policy.checks import ALL, ContainerCheck

from ..support import HasFamily, NoLatestImage

EXEMPTION = {
    "check": "awsvpc-network-mode",
    "path": "Agent/**",
    "reason": "node agent",
    "owner": "team-infra",
    "expires": "2027-01-31",
}


EVERY_FIELD = {
    "profile": "security-hub",
    "enforcement": {"non-root-user": "warn"},
    "unresolved": "audit",
    "exemptions": [
        {
            **EXEMPTION,
            "check": "non-root-user",
            "family": "agent-*",
            "account": "012345678901",
            "container": "agent",
            "ticket": "SEC-1",
        }
    ],
    "max_exemption_days": 36500,
    "local_exemptions": False,
}


def test_every_field_is_read() -> None:
    details = {"family": "agent-*", "account": "012345678901", "container": "agent", "ticket": "SEC-1"}
    policy = Policy.from_json({**EVERY_FIELD, "fix": True}, origin="guard.json")
    assert policy == Policy(
        profile=Profile.SECURITY_HUB,
        enforcement={"non-root-user": Enforcement.WARN},
        unresolved=Enforcement.AUDIT,
        exemptions=[Exemption(**{**EXEMPTION, "check": "non-root-user"}, **details)],
        max_exemption_days=36500,
        local_exemptions=False,
    )
    assert (policy.origin, policy.exemptions[0].origin) == ("guard.json", "guard.json")
    assert policy.to_json() == EVERY_FIELD


IDS = st.sampled_from([*(check.id for check in ALL), "not-checked"])
WORDS = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8)
SEGMENTS = st.sampled_from(["Prod", "*", "**", "Agent*", "*.yaml"]) | WORDS
GLOBS = st.lists(SEGMENTS, min_size=1, max_size=4).map("/".join)


@st.composite
def exemptions(draw: st.DrawFn) -> Exemption:
    check = draw(st.sampled_from(ALL))
    place = draw(st.sampled_from([("path",), ("family",), ("path", "family")]))
    return Exemption(
        check=check.id,
        **{name: draw(GLOBS) for name in place},
        reason=draw(WORDS),
        owner=draw(WORDS),
        expires=draw(st.dates(datetime.date(2020, 1, 1), datetime.date(2060, 1, 1))),
        account=draw(st.none() | st.just("012345678901")),
        container=draw(st.none() | WORDS) if isinstance(check, ContainerCheck) else None,
        ticket=draw(st.none() | WORDS),
        origin=draw(st.none() | WORDS),
    )


POLICIES = st.builds(
    Policy,
    profile=st.sampled_from(Profile),
    enforcement=st.dictionaries(IDS | st.just("stale-exemption"), st.sampled_from(Enforcement)),
    unresolved=st.sampled_from(Enforcement),
    exemptions=st.lists(exemptions(), max_size=3),
    max_exemption_days=st.none() | st.just(36500),
    local_exemptions=st.booleans(),
    origin=st.none() | WORDS,
)


@given(POLICIES)
def test_a_policy_is_the_same_after_a_round_trip(policy: Policy) -> None:
    said = policy.to_json()
    again = Policy.from_json(json.loads(json.dumps(said)))
    assert again == policy
    assert again.to_json() == said
    assert again.sha256 == policy.sha256


def test_the_day_and_the_origin_are_not_part_of_it() -> None:
    policy = Policy(today=datetime.date(2020, 1, 1), origin="guard.yaml")
    assert policy.to_json() == Policy().to_json()
    assert Policy.from_json(policy.to_json(), origin="other").origin == "other"


@pytest.mark.parametrize("value", [None, [], "strict", 5], ids=repr)
def test_what_is_not_an_object_is_refused(value: Any) -> None:
    with pytest.raises(PolicyError, match=r"^guard\.json: a policy is an object with profile, .*, not "):
        Policy.from_json(value, origin="guard.json")


def test_messages_begin_with_the_origin() -> None:
    with pytest.raises(PolicyError, match=r"^guard\.json: exemptions\[0\]: exemption owner is ''"):
        Policy.from_json({"exemptions": [{**EXEMPTION, "owner": ""}]}, origin="guard.json")


def test_custom_checks_are_code_and_not_json() -> None:
    policy = Policy(checks=[NoLatestImage(), HasFamily()])
    with pytest.raises(PolicyError) as refused:
        policy.to_json()
    assert str(refused.value) == "custom checks are code and cannot be written as JSON: no-latest-image, has-family"
    assert policy.sha256 not in (Policy().sha256, Policy(checks=[HasFamily()]).sha256)
