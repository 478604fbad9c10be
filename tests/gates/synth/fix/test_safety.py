"""What the fix must never do: each row was once done by it, or to it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_stepfunctions as sfn
from constructs import IConstruct

from ecs_guard_aspects import EcsGuard, Network

from ..support import container, generic, level1, level2, make_app, permissive_fix, resource_of, template_of
from .support import GIVEN, NETWORK, ec2_task, refused, serve


@jsii.implements(cdk.IAspect)
class Watching:
    """Records that it was there, and in which mode it saw the task definition."""

    def __init__(self) -> None:
        self.seen: list[Any] = []

    def visit(self, node: IConstruct) -> None:
        if isinstance(node, ecs.CfnTaskDefinition):
            self.seen.append(node.network_mode)


def test_it_acts_after_all_aspects_and_before_references_are_made(app: cdk.App) -> None:
    net, stack = cdk.Stack(app, "Net"), cdk.Stack(app, "Stack")
    subnet = ec2.CfnSubnet(net, "Subnet", vpc_id="vpc-1")
    user = serve(level1(stack))
    watching = Watching()
    cdk.Aspects.of(app).add(watching, priority=1_000_000)
    assert refused(app, Network((subnet.ref,))) == []
    assert watching.seen == ["bridge"]
    assert resource_of(user)["Properties"]["NetworkConfiguration"]["AwsvpcConfiguration"]["Subnets"] == [
        {"Fn::ImportValue": "Net:ExportsOutputRefSubnetA9EDACB6"}
    ]


@pytest.mark.parametrize("where", ["app", "stage"])
@pytest.mark.parametrize("way", ["protect", "aspect", "dry run"])
def test_woken_early_it_fails_the_synth(app: cdk.App, where: str, way: str) -> None:
    scope = cdk.Stage(app, "Prod") if where == "stage" else app
    level2(cdk.Stack(scope, "Stack"))
    fix = permissive_fix(dry_run=way == "dry run")
    if way == "aspect":
        cdk.Aspects.of(scope).add(fix, priority=1)
    else:
        EcsGuard().protect(app, fix=fix)

    @jsii.implements(cdk.IAspect)
    class WakingThis:
        def visit(self, node: IConstruct) -> None:
            if isinstance(node, cdk.CfnResource):
                assert scope.node.dependencies == []

    cdk.Aspects.of(scope).add(WakingThis(), priority=500)
    with pytest.raises(RuntimeError, match="before all Aspects had run"):
        app.synth()


def test_stages_in_stages_and_more_than_one_synth_are_not_taken_for_that(app: cdk.App) -> None:
    stage = cdk.Stage(cdk.Stage(app, "Prod"), "Eu")
    node = level1(cdk.Stack(stage, "Stack"))
    EcsGuard().protect(app, fix=permissive_fix())
    for _ in range(3):
        app.synth(force=True)
    assert resource_of(node)["Properties"]["NetworkMode"] == "awsvpc"


@jsii.implements(cdk.IAspect)
class Late:
    """Adds, last of all, a dynamic port and something that runs the task."""

    def visit(self, node: IConstruct) -> None:
        scope = node.node.scope
        if isinstance(node, ecs.CfnTaskDefinition) and isinstance(scope, ecs.Ec2TaskDefinition):
            web: Any = scope.default_container
            if not web.port_mappings:
                web.add_port_mappings(ecs.PortMapping(container_port=80, host_port=0))
                serve(node, cdk.Stack.of(node))


def test_what_is_added_late_is_fixed_too(app: cdk.App, stack: cdk.Stack) -> None:
    definition = level2(stack)
    cdk.Aspects.of(app).add(Late(), priority=999_999)
    assert refused(app) == []
    (mapping,) = resource_of(definition)["Properties"]["ContainerDefinitions"][0]["PortMappings"]
    assert "HostPort" not in mapping
    assert resource_of(stack.node.find_child("Svc"))["Properties"]["NetworkConfiguration"] == GIVEN


LOST = "of its instance, and no load balancer or registry of the app leads there: under awsvpc that address is gone"
AT_PORT = f"container web is reached at 80/tcp {LOST}"
AT_ANY_PORT = "container web is in host mode and maps no port"
# mode, port mapping, the beginning of what is lost
ADDRESSES: list[tuple[str, dict[str, Any] | None, str]] = [
    ("host", {"ContainerPort": 80}, AT_PORT),
    ("host", None, AT_ANY_PORT),
    ("bridge", {"ContainerPort": 80, "HostPort": 80}, AT_PORT),
    ("bridge", {"ContainerPort": 80, "HostPort": 0}, ""),
    ("bridge", {"ContainerPort": 80}, ""),
]


@pytest.mark.parametrize("allowed", [False, True])
@pytest.mark.parametrize(("mode", "mapping", "lost"), ADDRESSES)
def test_an_address_is_not_taken_unsaid(
    app: cdk.App, stack: cdk.Stack, mode: str, mapping: Any, lost: str, allowed: bool
) -> None:
    web = container(PortMappings=[mapping] if mapping else [])
    node = generic(stack, mode=mode, ContainerDefinitions=[web])
    found = refused(app, may_change_addresses=allowed)
    assert [text[: len(lost)] for text in found] == ([lost] if lost and not allowed else [])
    assert resource_of(node)["Properties"]["NetworkMode"] == (mode if found else "awsvpc")


LEADS: dict[str, tuple[dict[str, Any], bool]] = {
    "load balancer": ({"LoadBalancers": [{"ContainerName": "web", "ContainerPort": 80}]}, True),
    "load balancer of another port": ({"LoadBalancers": [{"ContainerName": "web", "ContainerPort": 81}]}, False),
    "load balancer of another container": ({"LoadBalancers": [{"ContainerName": "x", "ContainerPort": 80}]}, False),
    "registry": (
        {"ServiceRegistries": [{"RegistryArn": "arn:r", "ContainerName": "web", "ContainerPort": 80}]},
        True,
    ),
    "Service Connect": ({"ServiceConnectConfiguration": {"Services": [{"PortName": "http"}]}}, True),
    "nothing": ({}, False),
}


@pytest.mark.parametrize("name", LEADS)
def test_what_leads_to_a_task_finds_it_again(app: cdk.App, stack: cdk.Stack, name: str) -> None:
    properties, leads = LEADS[name]
    web = container(PortMappings=[{"ContainerPort": 80, "HostPort": 80, "Name": "http"}])
    serve(generic(stack, ContainerDefinitions=[web]), **properties)
    assert (AT_PORT in refused(app, may_change_addresses=False)) is not leads


def test_a_second_fix_changes_nothing_and_the_gate_agrees_twice(tmp_path: Path) -> None:
    for round_ in ("one", "two"):
        app = make_app(tmp_path / round_)
        stack = cdk.Stack(app, "Stack")
        node = ec2_task(stack)
        serve(node)
        first = permissive_fix(network=NETWORK)
        guard = EcsGuard().protect(app, fix=first)
        app.synth()
        before = json.dumps(template_of(stack))
        second = permissive_fix(network=NETWORK)
        cdk.Aspects.of(app).add(second)
        app.synth(force=True)
        assert json.dumps(template_of(stack)) == before
        assert len(first.changes) == 3
        assert second.changes == ()
        assert guard.findings == ()


UNSAFE = "state machine Stack/Machine/Resource runs it without a NetworkConfiguration"
AWSVPC = {"AwsvpcConfiguration": {"Subnets": ["subnet-1"]}}


@pytest.mark.parametrize(
    ("parameters", "reasons"),
    [
        ({"TaskDefinition": "shop"}, [UNSAFE]),
        ({"TaskDefinition": "${Task}"}, [UNSAFE]),
        ({"TaskDefinition": "${Task}", "NetworkConfiguration": AWSVPC}, []),
        ({"TaskDefinition": "billing"}, []),
    ],
)
@pytest.mark.parametrize("suffix", ["json", "yaml"])
def test_a_state_machine_in_a_file_is_read(
    parameters: Any, reasons: list[str], suffix: str, app: cdk.App, stack: cdk.Stack, tmp_path: Path
) -> None:
    definition = level1(stack, family="shop")
    serve(definition)
    state = {"Type": "Task", "Resource": "arn:aws:states:::ecs:runTask", "Parameters": parameters, "End": True}
    file = tmp_path / f"run.asl.{suffix}"
    file.write_text(json.dumps({"StartAt": "Run", "States": {"Run": state}}), encoding="utf-8")
    body = sfn.DefinitionBody.from_file(str(file))
    names = {"Task": definition.ref} if parameters["TaskDefinition"] == "${Task}" else None
    sfn.StateMachine(stack, "Machine", definition_body=body, definition_substitutions=names)
    assert refused(app) == reasons
