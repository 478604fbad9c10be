"""Enforcement by gate: one policy, and another action for a gate."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ecs_guard_aspects.model.document import Document
from ecs_guard_aspects.model.resource import TASK_DEFINITION, Resource
from ecs_guard_aspects.policy import Enforcement, Gate, Policy, PolicyError, judge
from ecs_guard_aspects.policy.files.context import configuration_in
from ecs_guard_aspects.policy.files.schema import json_schema

MODE = "awsvpc-network-mode"
DENY, WARN, AUDIT, OFF = Enforcement.DENY, Enforcement.WARN, Enforcement.AUDIT, Enforcement.OFF
BRIDGE = [Document("a", [Resource("a/Td", TASK_DEFINITION, {"NetworkMode": "bridge"}, name="Td")])]

# fmt: off
ENFORCED: list[tuple[Any, dict[Gate | None, Enforcement]]] = [
    # the enforcement, and what each gate does; None is evaluate_template
    (DENY,                                {None: DENY, Gate.SYNTH: DENY, Gate.HOOK: DENY}),
    (WARN,                                {None: WARN, Gate.SYNTH: WARN, Gate.HOOK: WARN}),
    ({"default": WARN},                   {None: WARN, Gate.SYNTH: WARN, Gate.HOOK: WARN}),
    ({"synth": WARN},                     {None: DENY, Gate.SYNTH: WARN, Gate.CHECK: DENY, Gate.HOOK: DENY}),
    ({"default": WARN, "hook": DENY},     {None: WARN, Gate.SYNTH: WARN, Gate.AUDIT: WARN, Gate.HOOK: DENY}),
    ({"synth": WARN, "audit": AUDIT, "check": OFF},
     {None: DENY, Gate.SYNTH: WARN, Gate.AUDIT: AUDIT, Gate.CHECK: OFF, Gate.HOOK: DENY}),
    ({"default": OFF, "synth": DENY},     {None: OFF, Gate.SYNTH: DENY, Gate.CHECK: OFF}),
]
# fmt: on


@pytest.mark.parametrize(("enforcement", "expected"), ENFORCED, ids=range(len(ENFORCED)))
def test_what_each_gate_does(enforcement: Any, expected: dict[Gate | None, Enforcement]) -> None:
    policy = Policy(enforcement={MODE: enforcement})
    for gate, expected_here in expected.items():
        report = judge(BRIDGE, policy, gate)
        found = [finding.enforcement for finding in report.findings if finding.check == MODE]
        assert found == ([] if expected_here is OFF else [expected_here])
        assert (MODE in {check.id for check in report.policy.enforced_checks}) is (expected_here is not OFF)
        assert (report.policy, report.policy.sha256) == (policy, policy.sha256)


def test_the_ones_that_are_not_checks_are_warnings_by_default() -> None:
    policy = Policy(enforcement={"not-checked": {"hook": DENY}})
    assert policy.enforcement_of("not-checked") is WARN
    assert policy.at(Gate.HOOK).enforcement_of("not-checked") is DENY
    assert policy.at(Gate.CHECK).enforcement_of("not-checked") is WARN


def test_as_json_and_back() -> None:
    policy = Policy(enforcement={MODE: {"default": DENY, "synth": WARN}, "non-root-user": WARN})
    written = policy.to_json()
    assert written["enforcement"] == {MODE: {"default": "deny", "synth": "warn"}, "non-root-user": "warn"}
    again = Policy.from_json(json.loads(json.dumps(written)))
    assert (again, again.sha256) == (policy, policy.sha256)
    assert policy.sha256 != Policy(enforcement={MODE: DENY, "non-root-user": WARN}).sha256


# The base, the context, and what each gate does then.
MERGED: list[tuple[Any, dict[str, Any], dict[Gate | None, Enforcement]]] = [
    (DENY, {f"ecs-guard:enforcement:{MODE}:synth": "warn"}, {None: DENY, Gate.SYNTH: WARN}),
    (WARN, {f"ecs-guard:enforcement:{MODE}:hook": "deny"}, {None: WARN, Gate.SYNTH: WARN, Gate.HOOK: DENY}),
    ({"synth": WARN}, {f"ecs-guard:enforcement:{MODE}:audit": "audit"}, {Gate.SYNTH: WARN, Gate.AUDIT: AUDIT}),
    ({"synth": WARN}, {f"ecs-guard:enforcement:{MODE}": "deny"}, {None: DENY, Gate.SYNTH: DENY}),
    ({"synth": WARN}, {"ecs-guard": {"enforcement": {MODE: {"default": "audit"}}}}, {None: AUDIT, Gate.SYNTH: AUDIT}),
]


@pytest.mark.parametrize(("base", "context", "expected"), MERGED)
def test_the_context_changes_one_gate(base: Any, context: dict[str, Any], expected: dict[Any, Enforcement]) -> None:
    policy = Policy(enforcement={MODE: base}).in_context(context, "x")
    assert {gate: policy.at(gate).enforcement_of(MODE) for gate in expected} == expected


def test_single_values_of_the_context_are_for_one_gate() -> None:
    context = {"ecs-guard": {"enforcement": {MODE: "warn"}}, f"ecs-guard:enforcement:{MODE}:hook": "deny"}
    assert configuration_in(context) == {"enforcement": {MODE: {"default": "warn", "hook": "deny"}}}


MISTAKES = {
    '{"synt": "warn"}': f"enforcement.{MODE}: gate 'synt' is unknown. Did you mean 'synth'? Known: default, synth,",
    '{"synth": "wran"}': f"enforcement.{MODE}.synth 'wran' is unknown. Did you mean 'warn'?",
    "{}": f"enforcement['{MODE}'] is empty: give it default, synth, check, audit, hook, or leave it out",
    '["warn"]': "is unknown.",
    '{"synth": {"default": "warn"}}': f"enforcement.{MODE}.synth",
}


@pytest.mark.parametrize(("value", "message"), MISTAKES.items())
def test_a_mistake(value: str, message: str) -> None:
    with pytest.raises(PolicyError) as error:
        Policy.from_json({"enforcement": {MODE: json.loads(value)}})
    assert message in str(error.value)


def test_a_mistake_in_python() -> None:
    with pytest.raises(PolicyError, match="gate 'deploy' is unknown"):
        Policy(enforcement={MODE: {"deploy": DENY}})
    with pytest.raises(PolicyError, match="it must be a Enforcement"):
        Policy(enforcement={MODE: {"synth": "warn"}})  # type: ignore[dict-item]


def test_it_cannot_be_changed_afterwards() -> None:
    given = {"synth": WARN}
    policy = Policy(enforcement={MODE: given})
    given["synth"] = OFF
    assert policy.at(Gate.SYNTH).enforcement_of(MODE) is WARN


def test_the_schema_knows_the_gates() -> None:
    one, by_gate = json_schema()["properties"]["enforcement"]["additionalProperties"]["anyOf"]
    assert list(by_gate["properties"]) == ["default", *(gate.value for gate in Gate)]
    assert one["enum"] == ["deny", "warn", "audit", "off"]
