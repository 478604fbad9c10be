"""A property: for any policy and any task definitions every gate makes the same findings."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import yaml
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from ecs_guard_aspects import EcsGuard
from ecs_guard_aspects.gates.hook.answer import answer_to
from ecs_guard_aspects.policy import Enforcement, Exemption, Finding, Gate, Policy, Profile, evaluate_template, judge
from ecs_guard_aspects.policy.enforcement import GATE_KEYS
from ecs_guard_aspects.sources.files import Files
from ecs_guard_aspects.testing import findings_of

from ..exports.items import config_item
from ..policy.support import template
from ..sources.support import Assembly
from ..sources.terraform.support import change, plan
from ..sources.test_all_say_the_same import attributes, camel_case
from .hook.support import event, no_payload
from .hook.test_agreement import as_the_api_has_it, change_set, task_definitions
from .synth.support import TASK_DEFINITION, make_app

Properties = dict[str, Any]
Essence = list[tuple[str, str, str, str]]

CHECKS = ["awsvpc-network-mode", "host-mode-root-user", "host-mode-privileged", "non-root-user"]
profiles = st.one_of(
    st.sampled_from(Profile), st.sampled_from([profile.at(name) for profile in Profile for name in profile.versions])
)
enforcements = st.one_of(
    st.sampled_from(Enforcement),
    st.fixed_dictionaries(dict.fromkeys(GATE_KEYS, st.sampled_from(Enforcement))),
)
exemptions = st.builds(
    Exemption,
    check=st.sampled_from(CHECKS),
    family=st.sampled_from(["agent", "a*", "other"]),
    reason=st.just("it reads the counters"),
    owner=st.just("platform"),
    expires=st.sampled_from(["2999-01-01", "2020-01-01"]),
)
policies = st.builds(
    Policy,
    profile=profiles,
    enforcement=st.fixed_dictionaries({}, optional=dict.fromkeys(CHECKS, enforcements)),
    exemptions=st.lists(exemptions, max_size=2),
)


def essence(findings: Any) -> Essence:
    """Return what depends neither on the place of a finding nor on the words of that place."""
    about = (finding for finding in findings if finding.check != "stale-exemption")
    return sorted((f.check, f.container or "", f.verdict.value, f.enforcement.value) for f in about)


def template_of(definitions: list[Properties]) -> dict[str, Any]:
    """Return a template with task definitions ``Td0``, ``Td1`` and so on."""
    return {f"Td{n}": {"Type": TASK_DEFINITION, "Properties": each} for n, each in enumerate(definitions)}


def from_files(name: str, text: Callable[[list[Properties]], str]) -> Callable[[list[Properties], Policy], Essence]:
    def ask(definitions: list[Properties], policy: Policy) -> Essence:
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / name).write_text(text(definitions), encoding="utf-8")
            return essence(judge(Files([folder], Path(folder)), policy, Gate.CHECK).findings)

    return ask


def assembly(definitions: list[Properties], policy: Policy) -> Essence:
    with tempfile.TemporaryDirectory() as folder:
        Assembly(Path(folder) / "cdk.out").template(**template_of(definitions))
        return essence(judge(Files([f"{folder}/cdk.out"], Path(folder)), policy, Gate.CHECK).findings)


def api(definitions: list[Properties], policy: Policy) -> Essence:
    with tempfile.TemporaryDirectory() as folder:
        for number, each in enumerate(definitions):
            (Path(folder) / f"{number}.json").write_text(json.dumps(camel_case(each)), encoding="utf-8")
        return essence(judge(Files([folder], Path(folder)), policy, Gate.CHECK).findings)


def app_with(definitions: list[Properties], folder: str) -> tuple[cdk.App, cdk.Stack]:
    app = make_app(Path(folder) / "cdk.out")
    stack = cdk.Stack(app, "Stack")
    for number, each in enumerate(definitions):
        cdk.CfnResource(stack, f"Td{number}", type=TASK_DEFINITION, properties=each)
    return app, stack


def synth(definitions: list[Properties], policy: Policy) -> Essence:
    with tempfile.TemporaryDirectory() as folder:
        app, _ = app_with(definitions, folder)
        guard = EcsGuard(policy).protect(app)
        app.synth()
        return essence(guard.findings)


def team_test(definitions: list[Properties], policy: Policy) -> Essence:
    with tempfile.TemporaryDirectory() as folder:
        _, stack = app_with(definitions, folder)
        return essence(findings_of(stack, policy))


def answered(asked: dict[str, Any], policy: Policy, fetch: Any = no_payload) -> tuple[Finding, ...]:
    answer = answer_to(asked, lambda: policy, fetch)
    assert answer.report is not None, answer.error
    return answer.report.findings


def hook(definitions: list[Properties], policy: Policy) -> Essence:
    found: list[Finding] = []
    for each in definitions:
        found += answered(event("resource-create-denied", requestData__targetModel__resourceProperties=each), policy)
    return essence(found)


def hook_for_change_sets(definitions: list[Properties], policy: Policy) -> Essence:
    payloads = [change_set(each) for each in definitions]
    return essence(
        finding for each in payloads for finding in answered(event("change-set"), policy, lambda url, each=each: each)
    )


def cloudtrail(definitions: list[Properties], policy: Policy) -> Essence:
    found: list[Finding] = []
    for each in definitions:
        registered = event("cloudtrail-registered-denied")
        registered["detail"]["responseElements"]["taskDefinition"] = as_the_api_has_it(each)
        found += answered(registered, policy)
    return essence(found)


def config(definitions: list[Properties], policy: Policy) -> Essence:
    items = [template(config_item(each)["configuration"]) for each in definitions]
    return essence(finding for each in items for finding in evaluate_template(each, policy.at(Gate.AUDIT)))


GATES: dict[str, tuple[Gate, Callable[[list[Properties], Policy], Essence]]] = {
    "template in JSON": (Gate.CHECK, from_files("a.json", lambda all_: json.dumps({"Resources": template_of(all_)}))),
    "template in YAML": (Gate.CHECK, from_files("a.yaml", lambda all_: yaml.dump({"Resources": template_of(all_)}))),
    "assembly": (Gate.CHECK, assembly),
    "API JSON": (Gate.CHECK, api),
    "Terraform plan": (
        Gate.CHECK,
        from_files(
            "plan.json",
            lambda all_: json.dumps(
                plan(*(change(f"aws_ecs_task_definition.t{n}", after=attributes(each)) for n, each in enumerate(all_)))
            ),
        ),
    ),
    "synth": (Gate.SYNTH, synth),
    "test of a team": (Gate.SYNTH, team_test),
    "hook": (Gate.HOOK, hook),
    "hook for change sets": (Gate.HOOK, hook_for_change_sets),
    "CloudTrail": (Gate.HOOK, cloudtrail),
    "Config item": (Gate.AUDIT, config),
}


@settings(max_examples=15, phases=[Phase.explicit, Phase.generate])  # an example takes some 0.3 s: no shrinking
@given(definitions=st.lists(task_definitions, min_size=1, max_size=5), policy=policies)
def test_every_gate_makes_the_same_findings(definitions: list[Properties], policy: Policy) -> None:
    expected = {
        gate: essence(finding for each in definitions for finding in evaluate_template(template(each), policy.at(gate)))
        for gate in Gate
    }
    found = {name: ask(definitions, policy) for name, (_, ask) in GATES.items()}
    assert found == {name: expected[gate] for name, (gate, _) in GATES.items()}
    if all(isinstance(enforcement, Enforcement) for enforcement in policy.enforcement.values()):
        assert all(findings == expected[Gate.CHECK] for findings in expected.values())
