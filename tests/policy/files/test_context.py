"""The policy in a CDK context: what it means, and what is refused with which words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ecs_guard_aspects.policy import Enforcement, Exemption, Policy, PolicyError, Profile

from .test_configuration import EXEMPTION


class Scope:
    """A construct with nothing but its context."""

    def __init__(self, **context: Any) -> None:
        names = {"__": ":", "ecs_guard": "ecs-guard", "awsvpc_network_mode": "awsvpc-network-mode"}
        self._context = {}
        for key, value in context.items():
            for written, meant in names.items():
                key = key.replace(written, meant)
            self._context[key] = value

    @property
    def node(self) -> Scope:
        return self

    def get_all_context(self) -> dict[str, Any]:
        return self._context


@pytest.fixture(autouse=True)
def _no_cdk_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work where no cdk.json is: without the CDK CLI it would be read."""
    monkeypatch.chdir(tmp_path)


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
        ({"ecs_guard__max_exemption_days": "90"}, Policy(max_exemption_days=90)),
        ({"ecs_guard__local_exemptions": "false"}, Policy(local_exemptions=False)),
        ({"ecs_guard": {"max_exemption_days": 30}, "ecs_guard__max_exemption_days": 60}, Policy(max_exemption_days=60)),
        ({"ecs_guard__fix": "true"}, Policy()),
    ],
)
def test_single_values_of_the_command_line_win(context: dict[str, Any], expected: Policy) -> None:
    assert Policy.from_context(Scope(**context)) == expected


def without(*names: str) -> dict[str, str]:
    return {name: value for name, value in EXEMPTION.items() if name not in names}


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"ecs_guard": {"profil": "strict"}}, "ecs-guard: key 'profil' is unknown. Did you mean 'profile'?"),
    ({"ecs_guard": {"profile": "stric"}}, "ecs-guard: profile 'stric' is unknown. Did you mean 'strict'?"),
    ({"ecs_guard": {"profile": 3}}, "ecs-guard: profile 3 is unknown."),
    ({"ecs_guard": {"unresolved": "warning"}}, "ecs-guard: unresolved 'warning' is unknown. Did you mean 'warn'?"),
    (
        {"ecs_guard": {"enforcement": {"awsvpc": "warn"}}},
        "ecs-guard: enforcement: check 'awsvpc' is unknown. Did you mean 'awsvpc-network-mode'?",
    ),
    ({"ecs_guard": {"enforcement": {"non-root-user": True}}}, "enforcement.non-root-user true is unknown."),
    ({"ecs_guard": {"enforcement": "warn"}}, "enforcement is 'warn': it must be an object of check ids"),
    ({"ecs_guard": {"exemptions": {}}}, "exemptions is {}: it must be a list"),
    ({"ecs_guard": {"exemptions": ["x"]}}, "exemptions[0] is 'x': it must be an object with check, path, family,"),
    ({"ecs_guard": {"exemptions": [{"check": "x"}]}}, "exemptions[0] lacks reason, owner, expires"),
    (
        {"ecs_guard": {"exemptions": [without("path")]}},
        "exemptions[0]: exemption: give path or family, or both",
    ),
    (
        {"ecs_guard": {"exemptions": [{**EXEMPTION, "owners": "x"}]}},
        "exemptions[0]: key 'owners' is unknown. Did you mean 'owner'?",
    ),
    (
        {"ecs_guard": {"exemptions": [EXEMPTION, {**EXEMPTION, "check": "no-host-network"}]}},
        "exemptions[1]: check 'no-host-network' is unknown. Did you mean 'no-host-network-mode'?",
    ),
    ({"ecs_guard": {"exemptions": [{**EXEMPTION, "owner": " "}]}}, "exemptions[0]: exemption owner is ' '"),
    ({"ecs_guard": {"exemptions": [{**EXEMPTION, "expires": "31.1.2027"}]}}, "exemptions[0]: exemption expires is"),
    (
        {"ecs_guard": {"exemptions": [{**EXEMPTION, "expires": 2027}]}},
        "exemptions[0]: exemption expires is 2027: it must be a date such as 2027-01-31",
    ),
    (
        {"ecs_guard": {"exemptions": [{**EXEMPTION, "container": None}]}},
        "exemptions[0].container is null: leave it out, or give a text",
    ),
    (
        {"ecs_guard": {"exemptions": [{**EXEMPTION, "container": "agent"}]}},
        "exemptions[0]: container is 'agent', but awsvpc-network-mode is about the task definition as a whole: leave",
    ),
    (
        {"ecs_guard": {"exemptions": [{**EXEMPTION, "account": 12345678901}]}},
        "exemptions[0]: exemption account is 12345678901: leave it out, or give a text in quotes",
    ),
    (
        {"ecs_guard": {"exemptions": [{**EXEMPTION, "expires": "9999-12-31"}], "max_exemption_days": 1}},
        "ecs-guard: exemptions[0] (awsvpc-network-mode for Agent/**) expires on 9999-12-31: the policy allows 1 day,",
    ),
    ({"ecs_guard": {"max_exemption_days": "90"}}, "max_exemption_days is '90': it must be a number of days, such as"),
    ({"ecs_guard": {"max_exemption_days": True}}, "max_exemption_days is true: it must be a number of days, such as"),
    ({"ecs_guard": {"max_exemption_days": None}}, "max_exemption_days is null: it must be a number of days, such as"),
    ({"ecs_guard": {"max_exemption_days": 0}}, "ecs-guard: max_exemption_days is 0: it must be from 1 to 36500"),
    ({"ecs_guard": {"max_exemption_days": 36501}}, "max_exemption_days is 36501: it must be from 1 to 36500"),
    ({"ecs_guard": {"local_exemptions": "false"}}, "local_exemptions is 'false': it must be true or false"),
    ({"ecs_guard": {"local_exemption": False}}, "key 'local_exemption' is unknown. Did you mean 'local_exemptions'?"),
    ({"ecs_guard": {"profile": "STRICT"}}, "ecs-guard: profile 'STRICT' is unknown. Did you mean 'strict'?"),
    ({"ecs_guard": {"profile": "AWS_CONFIG"}}, "profile 'AWS_CONFIG' is unknown. Did you mean 'aws-config'?"),
    # tests and Python may set the day, nobody else: what has expired would be revived
    ({"ecs_guard": {"today": "2020-01-01"}}, "ecs-guard: key 'today' is unknown."),
    ({"ecs_guard__today": "2020-01-01"}, "context key ecs-guard: 'today' is unknown."),
    ({"ecs_guard__max_exemption_days": "soon"}, "max_exemption_days is 'soon': it must be a number of days"),
    ({"ecs_guard__enforcement": {}}, "context key ecs-guard: 'enforcement' is unknown. Did you mean 'enforcement:<"),
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


NAMES = {"ecs_guard": True, "ecsGuard": True, "ECS-Guard": True, "ecsguard": True, "ecs-guards": False, "ecs": False}


@pytest.mark.parametrize(("key", "refused"), NAMES.items())
@pytest.mark.parametrize("suffix", ["", ":profile"])
def test_a_key_that_is_almost_the_one_is_refused(key: str, refused: bool, suffix: str) -> None:
    scope = Scope()
    scope.get_all_context()[f"{key}{suffix}"] = {"profile": "strict"}
    if refused:
        with pytest.raises(PolicyError, match=f"context key '{key}{suffix}' is not read: did you mean 'ecs-guard'"):
            Policy.from_context(scope)
    else:
        assert Policy.from_context(scope) == Policy()


# fmt: off
BOUNDS = [
    # the policy it starts from          the context                          what it comes to, or what is said
    ({},                                 {"max_exemption_days": 90},          {"max_exemption_days": 90}),
    ({"max_exemption_days": 90},         {},                                  {"max_exemption_days": 90}),
    ({"max_exemption_days": 90},         {"max_exemption_days": 30},          {"max_exemption_days": 30}),
    ({"max_exemption_days": 90},         {"max_exemption_days": 90},          {"max_exemption_days": 90}),
    ({"max_exemption_days": 90},         {"max_exemption_days": 91},
     "ecs-guard: max_exemption_days is 91: the policy it starts from allows 90 at the most"),
    ({},                                 {"local_exemptions": False},         {"local_exemptions": False}),
    ({"local_exemptions": False},        {},                                  {"local_exemptions": False}),
    ({"local_exemptions": False},        {"local_exemptions": False},         {"local_exemptions": False}),
    ({"local_exemptions": True},         {"local_exemptions": True},          {"local_exemptions": True}),
    ({"local_exemptions": False},        {"local_exemptions": True},
     "ecs-guard: local_exemptions is true: the policy it starts from accepts no exemption from an app"),
    ({"max_exemption_days": 90},         {"exemptions": [{**EXEMPTION, "expires": "9999-12-31"}]},
     "the policy allows 90 days, so the last day allowed today is "),
]
# fmt: on


@pytest.mark.parametrize(("base", "context", "expected"), BOUNDS, ids=[f"{row[0]} {row[1]}"[:90] for row in BOUNDS])
def test_the_context_makes_bounds_stricter_and_never_looser(base: Any, context: Any, expected: Any) -> None:
    def read() -> Policy:
        return Policy.from_context(Scope(ecs_guard=context), base=Policy(**base))

    if isinstance(expected, str):
        with pytest.raises(PolicyError) as refused:
            read()
        assert expected in str(refused.value)
    else:
        assert read() == Policy(**expected)
