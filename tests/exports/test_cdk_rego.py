"""The policy as Rego: its engine gives the verdicts of the core, but for the differences in docs/cdk-rego.md."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecs as ecs

from ecs_guard_aspects.exports.cdk_rego import cdk_rego, left_out
from ecs_guard_aspects.model.resource import DAEMON_TASK_DEFINITION, TASK_DEFINITION
from ecs_guard_aspects.policy import Enforcement, Exemption, Policy, PolicyError, Profile, evaluate_template
from ecs_guard_aspects.policy.checks import ALL, Check

from ..cloudformation.support import SECTIONS
from ..cloudformation.test_functions import FUNCTIONS
from ..cloudformation.test_scenario import MODES, TOGETHER
from ..policy.support import STRICT, HasFamily, container, host, if_, parameter, ref, task_definition, template
from .items import has_placeholder
from .test_guard_rules import LAUNCH_TYPES, MALFORMED, TABLE
from .test_guard_rules import MODES as LITERAL_MODES

engine = pytest.importorskip("cloudformation_validate", reason="pip install -r requirements.txt")

Verdicts = dict[str, set[tuple[str, str]]]
SEVERITIES = {Enforcement.DENY: "ERROR", Enforcement.WARN: "WARN", Enforcement.AUDIT: "INFO"}


@cache
def engine_of(rego: str) -> Any:
    rules = [engine.ExternalRuleSource(name="ecs-guard.rego", content=rego)]
    return engine.RegoEngine(engine.EngineConfig(custom_rules=rules))


def by_rego(given: dict[str, Any], policy: Policy) -> Verdicts:
    """Return what the engine of the plugin reports about each resource: check and severity."""
    checks = {check.id for check in policy.enforced_checks}
    report = engine_of(cdk_rego(policy)).validate_template(engine.TemplateContent(json.dumps(given), "x.json"))
    found: Verdicts = {}
    for one in report.diagnostics:
        if one.rule_id in checks:
            found.setdefault(one.entity.logical_id, set()).add((one.rule_id, one.severity.name))
    return found


def by_core(given: dict[str, Any], policy: Policy) -> Verdicts:
    checks = {check.id for check in policy.enforced_checks}
    found: Verdicts = {}
    for one in evaluate_template(given, policy):
        if one.check in checks:
            found.setdefault(one.resource, set()).add((one.check, SEVERITIES[one.enforcement]))
    return found


def many(properties: Iterable[Any], **sections: Any) -> dict[str, Any]:
    """Return a template with many task definitions: each by its place."""
    resources = {f"T{index}": {"Type": TASK_DEFINITION, "Properties": one} for index, one in enumerate(properties)}
    return {**sections, "Resources": resources}


def differences(properties: list[Any], policy: Policy, **sections: Any) -> list[tuple[str, set[Any], set[Any]]]:
    """Return each resource that is judged differently, with the findings of only the rules, and of only the core."""
    given = many(properties, **sections)
    rego, core = by_rego(given, policy), by_core(given, policy)
    rows = ((one, rego.get(f"T{i}", set()), core.get(f"T{i}", set())) for i, one in enumerate(properties))
    return [
        (json.dumps(one), of_rego - of_core, of_core - of_rego) for one, of_rego, of_core in rows if of_rego != of_core
    ]


def test_literal_values_have_the_verdicts_of_the_core() -> None:
    assert differences([one for one in TABLE if not has_placeholder(one)], STRICT) == []


@pytest.mark.parametrize("properties", [*MALFORMED, *filter(has_placeholder, TABLE)], ids=ascii)
def test_what_cannot_be_judged_is_denied_by_both(properties: Any) -> None:
    assert differences([properties], STRICT) == []


WINDOWS = {"OperatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}
# Placeholders of other tools, and values that are read as texts: beyond the table of Guard, which judges revisions.
TEXTS: list[dict[str, Any]] = [
    *(
        host(container(User=user), RuntimePlatform=system)
        for user in (
            "$USER",
            "{{ user }}",
            "__USER__",
            "a:__B__",
            "a.__B__",
            "a:b:c",
            "__a__b",
            "-@x",
            "a@x",
            "a b",
            ":",
        )
        for system in (WINDOWS, {})
    ),
    *(host(container(Privileged=flag)) for flag in ("$FLAG", "{{ flag }}", "__FLAG__", "0", 1.0)),
    *(
        host(container(User="root"), NetworkMode=mode)
        for mode in (1, 0, True, False, 1.5, "host:", "$MODE", "__MODE__")
    ),
    *(
        task_definition(RuntimePlatform={"OperatingSystemFamily": system}, ContainerDefinitions=[container(User=user)])
        for system in ("$SYSTEM", "{{ system }}", "WINDOWS_{{ version }}", "__SYSTEM__", 1)
        for user in ("root", "1000", "", "ContainerAdministrator")
    ),
    *(
        task_definition(NetworkMode="host", RequiresCompatibilities=of)
        for of in (["EXTERNAL", None], [None], ["$TYPE"])
    ),
    task_definition(NetworkMode="$MODE", RequiresCompatibilities=["EXTERNAL"]),
]


@pytest.mark.parametrize("policy", [Policy(), STRICT, Policy(profile=Profile.CYSCALE)], ids=lambda p: p.profile.value)
def test_other_texts_have_the_verdicts_of_the_core(policy: Policy) -> None:
    assert differences(TEXTS, policy) == []


def test_what_ecs_cannot_do_otherwise_is_a_warning_in_the_default_profile() -> None:
    modes = [mode for mode in LITERAL_MODES if mode in ("", "awsvpc", "host", "bridge") or not isinstance(mode, str)]
    table = [task_definition(NetworkMode=mode, RequiresCompatibilities=of) for mode in modes for of in LAUNCH_TYPES]
    assert differences(table, Policy()) == []


# --- expressions: what docs/cdk-rego.md names ------------------------------------------------------------------------

EXPRESSIONS: list[Any] = [
    *(
        task_definition(NetworkMode=node, ContainerDefinitions=[])
        for table in (MODES, FUNCTIONS)
        for node, _ in table.args[1]
    ),
    *(properties for properties, _ in TOGETHER.args[1]),
]

# What only the core denies: a part of the expression, and the checks.
ONLY_CORE = {
    '"Fn::Split": [",", "awsvpc,host"]': {"awsvpc-network-mode", "no-host-network-mode"},
    '{"NetworkMode": {"Ref": "AWS::Region"}': {"no-host-network-mode"},
}
# Parts of the expressions that only the rules deny.
ONLY_RULES = (
    *("Fn::FindInMap", "Fn::Equals", "${Free}", '"Ref": "Free"', '"ByIf"'),
    *('["aws", {"Ref": "AWS::NoValue"}', '[{"Ref": "AWS::NoValue"}, "awsvpc"]'),
)


def test_expressions_differ_only_as_documented() -> None:
    found = differences(EXPRESSIONS, STRICT, **SECTIONS)
    for text, only_rules, only_core in found:
        named = [checks for part, checks in ONLY_CORE.items() if part in text]
        assert {check for check, _ in only_core} == (named[0] if named else set()), text
        assert not only_rules or any(part in text for part in ONLY_RULES), text
    assert sum(bool(only_rules) for _, only_rules, _ in found) < 30
    assert len(EXPRESSIONS) > 110


FROM_PARAMETER = container("b", User=ref("UserByDefault"))


@pytest.mark.parametrize(
    "properties",
    [
        task_definition(NetworkMode=ref("AwsvpcByDefault")),
        task_definition(NetworkMode=ref("SsmAllowed")),
        task_definition(NetworkMode={"Fn::FindInMap": ["ByRegion", ref("AWS::Region"), "Mode"]}),
        task_definition(ContainerDefinitions=[FROM_PARAMETER]),
        task_definition(
            ContainerDefinitions=[container(), if_("IsProd", container("b", User=ref("Version")), container())]
        ),
        task_definition(ContainerDefinitions=if_("IsProd", [FROM_PARAMETER], [container()])),
        task_definition(ContainerDefinitions=[container(Privileged=ref("Flag"))]),
        task_definition(ContainerDefinitions=[{**container(), "Fn::Transform": {"Name": "Macro"}}]),
        task_definition(ContainerDefinitions={"Fn::Split": [",", ref("Version")]}),
        {**task_definition(), "Fn::Transform": {"Name": "Macro"}},
        task_definition(
            RuntimePlatform={"OperatingSystemFamily": ref("Family")}, ContainerDefinitions=[container(User="root")]
        ),
    ],
    ids=ascii,
)
def test_what_is_known_only_at_deployment_is_denied(properties: Any) -> None:
    parameters = {**SECTIONS["Parameters"], "UserByDefault": parameter(Default="1000")}
    given = template(properties, **{**SECTIONS, "Parameters": parameters})
    denied = {check for check, _ in by_core(given, STRICT)["Task"]}
    assert denied <= {check for check, _ in by_rego(given, STRICT)["Task"]}


@pytest.mark.parametrize(
    ("condition", "denied"), [("IsProd", False), ("IsDev", True), ("Contradiction", False), ("ByAttribute", True)]
)
def test_the_condition_of_the_resource_counts(condition: str, denied: bool) -> None:
    properties = task_definition(NetworkMode=if_("IsProd", "awsvpc", "host"))
    assert bool(by_rego(template(properties, condition=condition, **SECTIONS), STRICT)) is denied


def test_daemons_have_no_network_mode() -> None:
    daemon = {"Type": DAEMON_TASK_DEFINITION, "Properties": {"ContainerDefinitions": [container(User="root")]}}
    given = {"Resources": {"Daemon": daemon}}
    assert by_rego(given, STRICT) == by_core(given, STRICT) == {"Daemon": {("non-root-user", "ERROR")}}


# --- the policy ------------------------------------------------------------------------------------------------------


def test_enforcement_becomes_severity() -> None:
    levels = {"awsvpc-network-mode": Enforcement.WARN, "host-mode-root-user": Enforcement.AUDIT}
    policy = Policy(profile=Profile.STRICT, enforcement={**levels, "non-root-user": Enforcement.OFF})
    assert differences([host(container(User="root")), task_definition()], policy) == []


@pytest.mark.parametrize("profile", Profile)
def test_a_profile_has_the_rules_of_its_checks(profile: Profile) -> None:
    properties = [host(container(User="root")), host(container(Privileged=True)), task_definition()]
    assert differences(properties, Policy(profile=profile)) == []


def test_a_custom_check_that_is_denied_is_refused() -> None:
    with pytest.raises(PolicyError, match="has-family"):
        cdk_rego(Policy(checks=[HasFamily()]))
    with pytest.raises(PolicyError, match="enforces nothing"):
        cdk_rego(Policy(enforcement={check.id: Enforcement.OFF for check in Policy().enforced_checks}))


@pytest.mark.parametrize("check", ALL, ids=lambda check: check.id)
def test_each_check_is_a_rule_or_is_named_as_left_out(check: Check) -> None:
    policy = Policy(enforcement={check.id: Enforcement.DENY})
    assert (f'"id": "{check.id}"' in cdk_rego(policy)) is not any(check.id in said for said in left_out(policy))


def test_what_is_left_out_is_a_comment() -> None:
    exempt = Exemption(check="awsvpc-network-mode", path="a\nb", owner="x", reason="a\nviolation", expires="2999-01-01")
    policy = Policy(exemptions=[exempt], unresolved=Enforcement.WARN, origin="a\nb.yaml")
    comments = [line for line in cdk_rego(policy).splitlines() if line.startswith("# Left out: ")]
    assert comments == [f"# Left out: {sentence}" for sentence in left_out(policy)]
    assert len(comments) == 2
    assert by_rego(template(host(container(User="root"))), policy)


# --- the plugin ------------------------------------------------------------------------------------------------------


OLDEST = (2, 275)


@pytest.mark.skipif(
    tuple(map(int, version("aws-cdk-lib").split(".")[:2])) < OLDEST, reason="the engine of this CDK has other functions"
)
def test_the_plugin_of_the_cdk_denies_with_them(tmp_path: Path) -> None:
    app = cdk.App(outdir=str(tmp_path), context={"@aws-cdk/core:validateAgainstDefaultRules": True})
    rules = cdk.ValidationRuleSource(name="ecs-guard.rego", content=cdk_rego(Policy()))
    cdk.Validations.of(app).add_plugins(cdk.CloudFormationValidatePlugin(rego_rules=[rules]))
    definition = ecs.CfnTaskDefinition.ContainerDefinitionProperty(name="web", image="nginx:1.29", user="1000")
    ecs.CfnTaskDefinition(cdk.Stack(app, "Billing"), "Task", network_mode="bridge", container_definitions=[definition])
    with pytest.raises(RuntimeError, match="Validation"):
        app.synth()
    (report,) = json.loads((tmp_path / "validation-report.json").read_text())["pluginReports"]
    assert [one["ruleName"] for one in report["violations"]] == ["awsvpc-network-mode"]
