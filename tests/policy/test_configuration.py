"""The `ecs-guard` object of cdk.json: what it means, what is refused with which words, and that its schema agrees."""

from __future__ import annotations

import datetime
import json
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_guard_aspects.policy import Enforcement, Exemption, Policy, PolicyError, Profile
from ecs_guard_aspects.policy.configuration import policy_from_json

EXEMPTION = {
    "check": "awsvpc-network-mode",
    "path": "Agent/**",
    "reason": "node agent",
    "owner": "team-infra",
    "expires": "2027-01-31",
}
SCHEMA = json.loads((files("ecs_guard_aspects.policy") / "ecs-guard.schema.json").read_text())


class Scope:
    """A construct, as far as its context goes."""

    def __init__(self, **context: Any) -> None:
        self._context = {key.replace("__", ":").replace("_", "-"): value for key, value in context.items()}

    @property
    def node(self) -> Scope:
        return self

    def get_all_context(self) -> dict[str, Any]:
        return self._context


def test_every_field_is_read() -> None:
    configuration = {
        "profile": "security-hub",
        "enforcement": {"non-root-user": "warn"},
        "unresolved": "audit",
        "exemptions": [{**EXEMPTION, "container": "agent", "ticket": "SEC-1"}],
        "today": "2026-11-21",
        "fix": True,
    }
    assert policy_from_json(configuration) == Policy(
        profile=Profile.SECURITY_HUB,
        enforcement={"non-root-user": Enforcement.WARN},
        unresolved=Enforcement.AUDIT,
        exemptions=[Exemption(**EXEMPTION, container="agent", ticket="SEC-1")],
        today=datetime.date(2026, 11, 21),
    )


def test_without_context_the_policy_is_the_default() -> None:
    assert Policy.from_context(Scope()) == Policy()
    assert Policy.from_context(Scope(unrelated="x")) == Policy()


def test_the_context_changes_the_policy_it_starts_from() -> None:
    platform = Policy(
        Profile.STRICT, enforcement={"non-root-user": Enforcement.WARN}, exemptions=[Exemption(**EXEMPTION)]
    )
    theirs = {**EXEMPTION, "path": "Web/*"}
    configuration = {"enforcement": {"no-host-network-mode": "audit"}, "exemptions": [theirs]}
    policy = Policy.from_context(Scope(ecs_guard=configuration), base=platform)
    assert policy.profile is Profile.STRICT
    assert dict(policy.enforcement) == {
        "non-root-user": Enforcement.WARN,
        "no-host-network-mode": Enforcement.AUDIT,
    }
    assert [exemption.path for exemption in policy.exemptions] == ["Agent/**", "Web/*"]


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        ({"ecs_guard__profile": "cyscale"}, Policy(Profile.CYSCALE)),
        ({"ecs_guard": {"profile": "strict"}, "ecs_guard__profile": "cyscale"}, Policy(Profile.CYSCALE)),
        ({"ecs_guard__unresolved": "warn"}, Policy(unresolved=Enforcement.WARN)),
        (
            {"ecs_guard__enforcement__awsvpc_network_mode": "warn"},
            Policy(enforcement={"awsvpc-network-mode": Enforcement.WARN}),
        ),
        ({"ecs_guard": '{"profile": "datadog"}'}, Policy(Profile.DATADOG)),
        ({"ecs_guard__fix": "true"}, Policy()),
    ],
)
def test_single_values_of_the_command_line_win(context: dict[str, Any], expected: Policy) -> None:
    assert Policy.from_context(Scope(**context)) == expected


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"ecs_guard": {"profil": "strict"}}, "ecs-guard: key 'profil' is unknown. Did you mean 'profile'?"),
    ({"ecs_guard": {"profile": "stric"}}, "ecs-guard: profile 'stric' is unknown. Did you mean 'strict'?"),
    ({"ecs_guard": {"profile": 3}}, "ecs-guard: profile 3 is unknown."),
    ({"ecs_guard": {"unresolved": "warning"}}, "ecs-guard: unresolved 'warning' is unknown. Did you mean 'warn'?"),
    (
        {"ecs_guard": {"enforcement": {"awsvpc": "warn"}}},
        "ecs-guard: enforcement: check 'awsvpc' is unknown. Did you mean 'awsvpc-network-mode'?",
    ),
    ({"ecs_guard": {"enforcement": {"non-root-user": True}}}, "enforcement.non-root-user True is unknown."),
    ({"ecs_guard": {"enforcement": "warn"}}, "enforcement is 'warn': it must be an object of check ids"),
    ({"ecs_guard": {"exemptions": {}}}, "exemptions is {}: it must be a list"),
    ({"ecs_guard": {"exemptions": ["x"]}}, "exemptions[0] is 'x': it must be an object with check, path, reason,"),
    ({"ecs_guard": {"exemptions": [{"check": "x"}]}}, "exemptions[0] lacks path, reason, owner, expires"),
    (
        {"ecs_guard": {"exemptions": [{**EXEMPTION, "owners": "x"}]}},
        "exemptions[0]: key 'owners' is unknown. Did you mean 'owner'?",
    ),
    (
        {"ecs_guard": {"exemptions": [EXEMPTION, {**EXEMPTION, "check": "no-host"}]}},
        "exemptions[1]: check 'no-host' is unknown. Did you mean 'no-host-network-mode'?",
    ),
    ({"ecs_guard": {"exemptions": [{**EXEMPTION, "owner": " "}]}}, "exemptions[0]: exemption owner is ' '"),
    ({"ecs_guard": {"exemptions": [{**EXEMPTION, "expires": "31.1.2027"}]}}, "exemptions[0]: exemption expires is"),
    ({"ecs_guard": {"exemptions": [{**EXEMPTION, "expires": 2027}]}}, "exemptions[0].expires is 2027"),
    ({"ecs_guard": {"today": "2026-02-30"}}, "today is '2026-02-30': it must be a date such as 2027-01-31"),
    ({"ecs_guard": [1]}, "ecs-guard is [1]: it must be an object with profile"),
    ({"ecs_guard": "strict"}, "ecs-guard is 'strict': it must be a JSON object"),
    ({"ecs_guard__profil": "strict"}, "context key ecs-guard: 'profil' is unknown. Did you mean 'profile'?"),
    ({"ecs_guard__enforcement__x": "warn"}, "enforcement: check 'x' is unknown."),
]


@pytest.mark.parametrize(("context", "message"), REFUSED, ids=[message[:50] for _, message in REFUSED])
def test_errors_name_the_key_the_value_and_what_is_allowed(context: dict[str, Any], message: str) -> None:
    with pytest.raises(PolicyError) as error:
        Policy.from_context(Scope(**context))
    assert message in str(error.value)


# Near misses of valid values, so that both verdicts come up often.
TEXTS = st.sampled_from(["x", "", " ", "warn", "deny", "strict", "default", "2027-01-31", "2027-1-31"])
JUNK = st.none() | st.booleans() | st.integers() | TEXTS | st.lists(TEXTS, max_size=1)
CHECKS = st.sampled_from(["awsvpc-network-mode", "non-root-user", "not-checked", "stale-exemption"])
EXEMPTIONS = st.fixed_dictionaries(
    {name: st.just(value) | JUNK for name, value in EXEMPTION.items() if name != "check"},
    optional={"check": st.just("non-root-user"), "container": JUNK, "ticket": TEXTS, "extra": JUNK},
)
CONFIGURATIONS = st.fixed_dictionaries(
    {},
    optional={
        "profile": st.sampled_from(["strict", "default"]) | JUNK,
        "unresolved": st.sampled_from(["warn", "off"]) | JUNK,
        "enforcement": st.dictionaries(CHECKS, st.sampled_from(["warn", "audit"]) | JUNK, max_size=2) | JUNK,
        "exemptions": st.lists(EXEMPTIONS, max_size=2) | JUNK,
        "today": st.just("2026-11-21") | JUNK,
        "extra": JUNK,
    },
)


@given(CONFIGURATIONS)
def test_schema_and_loader_agree(configuration: dict[str, Any]) -> None:
    try:
        policy_from_json(configuration)
        accepted = True
    except PolicyError:
        accepted = False
    assert jsonschema.Draft202012Validator(SCHEMA).is_valid(configuration) == accepted
