"""Plans at synth: raw overrides that a change could replace, and what the policy does not deny."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2

from ecs_guard_aspects import EcsGuard, EcsGuardFix, Enforcement, Exemption, Network, Policy, Profile

from ..support import (
    AWSVPC,
    container,
    generic,
    level1,
    make_app,
    permissive_fix,
    resource_of,
)
from .support import DYNAMIC, NETWORK, SERVICE, ec2_task, refused, serve

WHOLE = [{"Name": "own", "Image": "own", "PortMappings": [DYNAMIC]}]


# a raw override, and where it is found in the way; None where it is not
OVERRIDES: dict[str, tuple[str, Any, str | None]] = {
    "the list": ("ContainerDefinitions", WHOLE, "ContainerDefinitions"),
    "a list inside": ("ContainerDefinitions.0.PortMappings", [DYNAMIC, DYNAMIC | {"Protocol": "udp"}], "ContainerDefi"),
    "by index": ("ContainerDefinitions.0.Cpu", 7, "ContainerDefinitions"),
    "beside": ("Family", "own", None),
}


@pytest.mark.parametrize("name", OVERRIDES)
def test_a_raw_override_of_a_list_is_never_lost(app: cdk.App, stack: cdk.Stack, name: str) -> None:
    path, value, place = OVERRIDES[name]
    node = ec2_task(stack)
    node.add_property_override(path, value)
    found = refused(app)
    written = resource_of(node)["Properties"]
    for key in path.split("."):
        written = written[int(key)] if key.isdecimal() else written[key]
    assert written == value
    if place is None:
        assert found == []
    else:
        text = found[0]
        assert f"Stack/Td/Resource has a raw override at {place}" in text


def test_targets_of_a_rule_are_never_lost(app: cdk.App, stack: cdk.Stack) -> None:
    definition = level1(stack)
    rule = cdk.CfnResource(stack, "Rule", type="AWS::Events::Rule", properties={"Targets": []})
    target = {"Id": "t", "Arn": "arn:c", "EcsParameters": {"TaskDefinitionArn": {"Ref": "Td"}}}
    rule.add_property_override("Targets", [{"Id": "a", "Arn": "arn:a"}, target])
    (text,) = refused(app)
    assert text.startswith("Stack/Rule has a raw override at Targets")
    assert resource_of(rule)["Properties"]["Targets"][1] == target
    assert resource_of(definition)["Properties"]["NetworkMode"] == "bridge"


def refusals_of(app: cdk.App, fix: EcsGuardFix | None = None) -> dict[str, list[str]]:
    """Synthesize an app with a fix, and return what stood against it, by task definition."""
    fix = fix or permissive_fix(network=NETWORK)
    EcsGuard().protect(app, fix=fix)
    app.synth()
    return {refusal.resource: [blocker.text for blocker in refusal.blockers] for refusal in fix.refusals}


@pytest.mark.parametrize(
    ("properties", "text"),
    [
        (
            {"SchedulingStrategy": "DAEMON"},
            "service Stack/Svc is a DAEMON: under awsvpc clients cannot use the address of its instance",
        ),
        (
            {"DeploymentController": {"Type": "EXTERNAL"}},
            "service Stack/Svc is deployed by EXTERNAL, and nothing else can change its task definition",
        ),
    ],
)
def test_services_that_awsvpc_would_break(properties: Any, text: str) -> None:
    app = make_app()
    serve(generic(cdk.Stack(app, "Stack")), **properties)
    assert refusals_of(app) == {"Stack/Td": [text]}


def test_a_consumer_that_an_expression_decides_may_be_any() -> None:
    app = make_app()
    stack = cdk.Stack(app, "Stack")
    generic(stack)
    parameter = cdk.CfnParameter(stack, "Which")
    cdk.CfnResource(stack, "Svc", type=SERVICE, properties={"TaskDefinition": parameter.value_as_string})
    assert refusals_of(app) == {"Stack/Td": ["Stack/Svc runs ${Which}, which may be this task definition"]}


def test_what_is_imported_by_name_may_be_any() -> None:
    app = make_app()
    stack = cdk.Stack(app, "Stack")
    generic(stack)
    cdk.CfnResource(stack, "Svc", type=SERVICE, properties={"TaskDefinition": cdk.Fn.import_value("theirs")})
    text = 'Stack/Svc runs {"Fn::ImportValue": "theirs"}, which may be this task definition'
    assert refusals_of(app) == {"Stack/Td": [text]}


def test_subnets_of_the_app_are_out_of_reach_for_a_stage() -> None:
    app = make_app()
    subnet = ec2.CfnSubnet(cdk.Stack(app, "Net"), "Subnet", vpc_id="vpc-1")
    for scope in (app, cdk.Stage(app, "Prod")):
        serve(generic(cdk.Stack(scope, "Stack")))
    reason = "Prod/Stack/Svc would be given Net/Subnet, which belongs to another Stage or the app"
    assert refusals_of(app, permissive_fix(network=Network((subnet.ref,)))) == {"Prod/Stack/Td": [reason]}


@pytest.mark.parametrize(
    "policy",
    [
        Policy(Profile.SECURITY_HUB),
        Policy(Profile.CYSCALE),
        Policy(enforcement={AWSVPC: Enforcement.OFF}),
        Policy(enforcement={AWSVPC: Enforcement.AUDIT}),
        Policy(
            exemptions=[Exemption(check=AWSVPC, path="Stack/Td", reason="later", owner="web", expires="2999-01-01")]
        ),
    ],
    ids=["security hub", "cyscale", "off", "audit", "exempt"],
)
def test_what_the_policy_does_not_object_to_is_left_alone(policy: Policy) -> None:
    app = make_app()
    generic(cdk.Stack(app, "Stack"))
    fix = permissive_fix(user="1000")
    EcsGuard(policy).protect(app, fix=fix)
    app.synth()
    assert fix.changes == ()


def test_another_objection_to_the_mode_is_met_too() -> None:
    app = make_app()
    generic(cdk.Stack(app, "Stack"), mode="host", ContainerDefinitions=[container()])
    fix = permissive_fix()
    EcsGuard(Policy(Profile.SECURITY_HUB)).protect(app, fix=fix)
    app.synth()
    assert [(change.path, change.new) for change in fix.changes] == [("NetworkMode", "awsvpc")]
