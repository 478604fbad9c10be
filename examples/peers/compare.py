"""Puts the same small apps through this gate and through its peers, and prints what each says.

python -m examples.peers.compare

cdk-nag and the plugin with the Control Tower rules, cdklabs.cdk-validator-cfnguard, are development dependencies; the
table leaves out a peer that is not installed.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ecs as ecs
from cdk_nag import NIST80053R5Checks

from ecs_guard_aspects import EcsGuard, Policy
from ecs_guard_aspects.exports.cdk_rego import cdk_rego

Case = Callable[[cdk.App], object]
TASK_DEFINITION = "AWS::ECS::TaskDefinition"

# The rules of the peers that are about the same: the others deny for other reasons, such as a missing log driver.
ABOUT_THE_SAME = (
    "ECSTaskDefinitionUserForHostMode",
    "ecs_awsvpc_networking_enabled_check",
    "ecs_task_definition_user_for_host_mode_check",
    "awsvpc-network-mode",
    "host-mode-root-user",
)


def task(scope: cdk.Stack, mode: str | None, **container: Any) -> ecs.CfnTaskDefinition:
    definition = ecs.CfnTaskDefinition.ContainerDefinitionProperty(name="web", image="nginx:1.29", **container)
    return ecs.CfnTaskDefinition(scope, "Task", network_mode=mode, container_definitions=[definition])


def bridge(app: cdk.App) -> None:
    task(cdk.Stack(app, "Stack"), "bridge", user="1000")


def host_and_root(app: cdk.App) -> None:
    task(cdk.Stack(app, "Stack"), "host")


def host_and_not_root(app: cdk.App) -> None:
    task(cdk.Stack(app, "Stack"), "host", user="1000")


def host_and_root_in_a_stage(app: cdk.App) -> None:
    task(cdk.Stack(cdk.Stage(app, "Prod"), "Stack"), "host")


def host_and_root_in_a_nested_stack(app: cdk.App) -> None:
    task(cdk.NestedStack(cdk.Stack(app, "Stack"), "Nested"), "host")


def host_and_padded_zero(app: cdk.App) -> None:
    task(cdk.Stack(app, "Stack"), "host", user="00")


def overridden(app: cdk.App) -> None:
    task(cdk.Stack(app, "Stack"), "awsvpc").add_property_override("NetworkMode", "host")


def generic(app: cdk.App) -> None:
    properties = {"NetworkMode": "host", "ContainerDefinitions": [{"Name": "web", "Image": "nginx:1.29"}]}
    cdk.CfnResource(cdk.Stack(app, "Stack"), "Task", type=TASK_DEFINITION, properties=properties)


def parameter(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Stack")
    task(stack, cdk.CfnParameter(stack, "Mode", default="awsvpc", allowed_values=["awsvpc", "host"]).value_as_string)


def parameter_that_is_fine(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Stack")
    task(stack, cdk.CfnParameter(stack, "Mode", allowed_values=["awsvpc"]).value_as_string, user="1000")


def condition(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Stack")
    is_large = cdk.Fn.condition_equals(cdk.CfnParameter(stack, "Size").value_as_string, "large")
    large = cdk.CfnCondition(stack, "Large", expression=is_large)
    task(stack, cdk.Fn.condition_if(large.logical_id, "host", "awsvpc").to_string())


def fine(app: cdk.App) -> None:
    task(cdk.Stack(app, "Stack"), "awsvpc", user="1000")


def external(app: cdk.App) -> None:
    definition = task(cdk.Stack(app, "Stack"), "bridge", user="1000")
    definition.requires_compatibilities = ["EXTERNAL"]


CASES: dict[str, Case] = {
    "bridge mode": bridge,
    "host mode, root": host_and_root,
    "host mode, non-root": host_and_not_root,
    "host mode, root, inside a Stage": host_and_root_in_a_stage,
    "host mode, root, in a nested stack": host_and_root_in_a_nested_stack,
    "host mode, user 00, which is root": host_and_padded_zero,
    "host mode, root, by a property override": overridden,
    "host mode, root, in a generic CfnResource": generic,
    "a parameter that allows host": parameter,
    "a parameter that allows awsvpc only": parameter_that_is_fine,
    "Fn::If that may say host": condition,
    "ECS Anywhere in bridge mode: it does not support awsvpc": external,
    "awsvpc, non-root": fine,
}


def gate(app: cdk.App) -> None:
    EcsGuard().protect(app)


def cdk_nag(app: cdk.App) -> None:
    cdk.Validations.of(app).add_plugins(NIST80053R5Checks(app))


def control_tower(app: cdk.App) -> None:
    validator: Any = import_module("cdklabs.cdk_validator_cfnguard").CfnGuardValidator()
    cdk.Validations.of(app).add_plugins(validator)


def rego(app: cdk.App) -> None:
    rules = cdk.ValidationRuleSource(name="ecs-guard.rego", content=cdk_rego(Policy()))
    cdk.Validations.of(app).add_plugins(cdk.CloudFormationValidatePlugin(rego_rules=[rules]))


PEERS: dict[str, Callable[[cdk.App], None]] = {"ecs-guard": gate, "cdk-nag 3, NIST 800-53 r5": cdk_nag}
if find_spec("cdklabs"):
    PEERS["Control Tower rules (cfn-guard)"] = control_tower
if hasattr(cdk, "CloudFormationValidatePlugin"):
    PEERS["the CDK's plugin, rules of generate cdk-rego"] = rego

# The plugin of the CDK warns without it.
CONTEXT = {"@aws-cdk/core:validateAgainstDefaultRules": True}


def denied_by(peer: Callable[[cdk.App], None], case: Case) -> list[str]:
    """Return the rules a peer denies an app by, as far as they are about network mode and root in host mode."""
    with tempfile.TemporaryDirectory() as outdir:
        app = cdk.App(outdir=outdir, context=CONTEXT)
        peer(app)
        case(app)
        try:
            app.synth()
        except RuntimeError as error:
            if "ValidationFailed" not in str(error):
                raise
        report = json.loads(Path(outdir, "validation-report.json").read_text(encoding="utf-8"))
    return sorted(set(_rules(report)))


def _rules(report: dict[str, Any]) -> Iterator[str]:
    for plugin in report["pluginReports"]:
        for violation in plugin["violations"]:
            rule = violation["ruleName"].rpartition("::")[2]
            denied = violation.get("severity") in ("error", "fatal", "high")
            if denied and rule.endswith(ABOUT_THE_SAME):
                yield rule


def main() -> None:
    os.environ["CDK_VALIDATION"] = "false"  # the CDK's own template validation says nothing about any of this
    print(f"| task definition | {' | '.join(PEERS)} |")
    print("|---" * (len(PEERS) + 1) + "|")
    for name, case in CASES.items():
        said = [", ".join(f"`{rule}`" for rule in denied_by(peer, case)) or "admits" for peer in PEERS.values()]
        print(f"| {name} | {' | '.join(said)} |")


if __name__ == "__main__":
    main()
