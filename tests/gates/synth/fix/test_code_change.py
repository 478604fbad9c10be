"""The change in code that a refusal ends with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_ecs_patterns as ecs_patterns

from ecs_guard_aspects import EcsGuard, EcsGuardFix
from ecs_guard_aspects.gates.synth.fix.code_change import code_change
from ecs_guard_aspects.model.resource import TASK_DEFINITION, Resource
from ecs_guard_aspects.remediation.changes import Blocker

from ..support import IMAGE, container, generic, level1, level2
from .support import NETWORK, serve


def pattern(stack: cdk.Stack) -> None:
    cluster = ecs.Cluster(stack, "Cluster", vpc=ec2.Vpc(stack, "Vpc", max_azs=2))
    cluster.add_capacity("Instances", instance_type=ec2.InstanceType("t3.small"))
    options = ecs_patterns.ApplicationLoadBalancedTaskImageOptions(image=IMAGE)
    ecs_patterns.ApplicationLoadBalancedEc2Service(
        stack, "Api", cluster=cluster, memory_limit_mib=256, task_image_options=options, min_healthy_percent=50
    )


def linked(definition: ecs.Ec2TaskDefinition) -> None:
    other = definition.add_container("other", image=IMAGE, memory_limit_mib=64)
    other.add_link(definition.default_container)  # type: ignore[arg-type]


def host_mode_behind_load_balancer(stack: cdk.Stack) -> None:
    definition = ecs.Ec2TaskDefinition(stack, "Task", network_mode=ecs.NetworkMode.HOST)
    port = ecs.PortMapping(container_port=80)
    web = definition.add_container("web", image=IMAGE, memory_limit_mib=64, port_mappings=[port])
    group = cdk.CfnResource(stack, "Group", type="AWS::ElasticLoadBalancingV2::TargetGroup", properties={})
    balancer = {"TargetGroupArn": group.ref, "ContainerName": web.container_name, "ContainerPort": 80}
    serve(definition.node.default_child, LoadBalancers=[balancer])  # type: ignore[arg-type]


ACKNOWLEDGMENT = 'cdk.Acknowledgment(id="ecs-guard::awsvpc-network-mode", reason="...")'


CHANGES: dict[str, tuple[Callable[[cdk.Stack], Any], str]] = {
    "links": (lambda stack: linked(level2(stack, "Worker")), ""),  # no line alone would do it
    "hostname": (lambda stack: generic(stack, "Worker", ContainerDefinitions=[container(Hostname="h")]), ""),
    "daemon": (lambda stack: serve(level1(stack), SchedulingStrategy="DAEMON"), ""),
    "pattern": (
        pattern,
        "EcsGuard().protect(app, defaults=True)  # if the code names no network_mode and no target_type",
    ),
    "a mode that is named": (host_mode_behind_load_balancer, ""),
    "no network on purpose": (
        lambda stack: generic(stack, "Worker", mode="none"),
        f'cdk.Validations.of(scope.node.find_child("Worker")).acknowledge({ACKNOWLEDGMENT})',
    ),
    "address": (
        lambda stack: generic(
            stack, mode="host", ContainerDefinitions=[container(PortMappings=[{"ContainerPort": 1}])]
        ),
        "EcsGuardFix(may_change_addresses=True)  # if nothing uses the address of its instance",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_refusal_ends_with_the_change_in_code(app: cdk.App, stack: cdk.Stack, name: str) -> None:
    build, line = CHANGES[name]
    build(stack)
    fix = EcsGuardFix(network=NETWORK, run_elsewhere=True)
    guard = EcsGuard().protect(app, fix=fix)
    app.synth()
    (refusal,) = fix.refusals
    assert refusal.code == line
    notes = [note for finding in guard.findings for note in finding.notes if note.startswith("Not fixed: ")]
    assert [note.partition("In code: ")[2] for note in notes] == [line]


ADDRESSES, ELSEWHERE = "may_change_addresses=True", "run_elsewhere=True"
IF_UNUSED = "if nothing uses the address of its instance"
PERMITTED = Blocker("Stack/Td", "x", lifted_by=ADDRESSES)
BY_CODE = Blocker("Stack/Td", "x", remedy="task.x()")

# The obstacles, the properties of the task definition, and the line of code; its construct is not known.
WITHOUT_CONSTRUCT: list[tuple[list[Blocker], dict[str, Any], str]] = [
    ([PERMITTED], {}, f"EcsGuardFix({ADDRESSES})  # {IF_UNUSED}"),
    (
        [PERMITTED, PERMITTED, Blocker("Stack/Td", "y", lifted_by=ELSEWHERE)],
        {},
        (
            f"EcsGuardFix({ADDRESSES}, {ELSEWHERE})"
            f"  # {IF_UNUSED}, and if every RunTask of it passes a networkConfiguration"
        ),
    ),
    ([Blocker("Stack/Td", "x", lifted_by="network=Network(...)")], {}, "EcsGuardFix(network=Network(...))"),
    ([PERMITTED, BY_CODE], {}, ""),
    ([BY_CODE], {}, ""),
    (
        [BY_CODE],
        {"RequiresCompatibilities": ["EC2", "EXTERNAL"]},
        f"cdk.Validations.of(task_definition).acknowledge({ACKNOWLEDGMENT})",
    ),
]


@pytest.mark.parametrize(("blockers", "properties", "expected"), WITHOUT_CONSTRUCT)
def test_the_line_of_code(blockers: list[Blocker], properties: dict[str, Any], expected: str) -> None:
    assert code_change(None, Resource("Stack/Td", TASK_DEFINITION, properties), blockers) == expected
