"""The gate changes nothing: the output with it is, byte for byte, the output without it.

A ``Lazy`` keeps what it returned first, such as the list of a task definition's containers. Code that resolves one
before the last Aspect has run takes from the app what that Aspect adds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from constructs import Construct, IConstruct

from ecs_guard_aspects import EcsGuard, Network

from .support import IMAGE, level2, make_app, outdir_of, permissive_fix, written


class Adds:
    """An Aspect that adds to the L2 task definitions of a stack.

    It sees them at themselves, at the L1 inside, where a gate of another priority has just been or is about to come, or
    all at once at the last construct of the stack, as one that adds to what services run.
    """

    def __init__(self, at: str) -> None:
        self._at = at

    def visit(self, node: IConstruct) -> None:
        scope = node.node.scope
        if self._at == "L2" and isinstance(node, ecs.Ec2TaskDefinition):
            self.add(node)
        elif self._at == "L1" and isinstance(node, ecs.CfnTaskDefinition):
            self.add(scope)
        elif self._at == "last" and node.node.id == "Zz":
            for each in scope.node.children if scope is not None else ():
                if isinstance(each, ecs.Ec2TaskDefinition):
                    self.add(each)

    def add(self, definition: Any) -> None:
        raise NotImplementedError


@jsii.implements(cdk.IAspect)
class AddsSidecar(Adds):
    """Gives each task definition one more container."""

    def add(self, definition: Any) -> None:
        if definition.node.try_find_child("sidecar") is None:
            definition.add_container("sidecar", image=IMAGE, memory_limit_mib=64, user="1000")


@jsii.implements(cdk.IAspect)
class AddsPort(Adds):
    """Gives the first container of each task definition a port and a variable."""

    def add(self, definition: Any) -> None:
        if not definition.default_container.port_mappings:
            definition.default_container.add_port_mappings(ecs.PortMapping(container_port=8080))
            definition.default_container.add_environment("PORT", "8080")


def build(app: cdk.App, *, with_instances: bool = False) -> None:
    """Build several task definitions, in a stack, in one nested in it and in a Stage, and a service of one of them.

    Args:
        app: the app.
        with_instances: whether the cluster, its VPC and its instances are of the app. They make half a hundred
            constructs, and take ten times as long.
    """
    stack = cdk.Stack(app, "Stack")
    scopes: list[Construct] = [stack, cdk.NestedStack(stack, "Nested"), cdk.Stack(cdk.Stage(app, "Prod"), "Stack")]
    for scope in scopes:
        for name in ("One", "Two"):
            level2(scope, name)
    cluster = cluster_in(stack) if with_instances else cluster_elsewhere(stack)
    definition: Any = stack.node.find_child("One")
    ecs.Ec2Service(stack, "Service", cluster=cluster, task_definition=definition, min_healthy_percent=50)
    for scope in scopes:
        Construct(scope, "Zz")


def cluster_in(stack: cdk.Stack) -> ecs.ICluster:
    cluster = ecs.Cluster(stack, "Cluster", vpc=ec2.Vpc(stack, "Vpc", max_azs=1))
    cluster.add_capacity("Instances", instance_type=ec2.InstanceType("t3.small"))
    return cluster


def cluster_elsewhere(stack: cdk.Stack) -> ecs.ICluster:
    vpc = ec2.Vpc.from_vpc_attributes(stack, "Vpc", vpc_id="vpc-1", availability_zones=["eu-west-1a"])
    return ecs.Cluster.from_cluster_attributes(
        stack, "Cluster", cluster_name="cluster", vpc=vpc, security_groups=[], has_ec2_capacity=True
    )


def every_stage(app: cdk.App, aspect: Any) -> None:
    for scope in (app, app.node.find_child("Prod")):
        cdk.Aspects.of(scope).add(aspect)


DRY = {"network": Network(("subnet-1",)), "dry_run": True}
GATES: dict[str, Callable[[cdk.App], Any]] = {
    "protect": lambda app: EcsGuard().protect(app),
    "Aspect": lambda app: every_stage(app, EcsGuard()),
    "Aspect of the lowest priority": lambda app: cdk.Aspects.of(app).add(EcsGuard(), priority=1),
    "Aspect of the highest priority": lambda app: cdk.Aspects.of(app).add(EcsGuard(), priority=1_000_000),
    "both": lambda app: (EcsGuard().protect(app), every_stage(app, EcsGuard())),
    "dry run": lambda app: EcsGuard().protect(app, fix=permissive_fix(**DRY)),  # type: ignore[arg-type]
    "dry run as an Aspect": lambda app: every_stage(app, permissive_fix(**DRY)),  # type: ignore[arg-type]
}


def texts(app: cdk.App) -> dict[str, bytes]:
    """Return what deploys: the templates and the asset manifests, which hold the hashes of nested ones."""
    folder = outdir_of(app)
    files = [*folder.rglob("*.template.json"), *folder.rglob("*.assets.json")]
    return {str(file.relative_to(folder)): file.read_bytes() for file in files}


class Row(NamedTuple):
    """What the app's own Aspects are like: where they act, their priority, whether they are added after the gate."""

    at: str
    priority: int
    gate_first: bool = True
    stabilization: bool = False

    @property
    def name(self) -> str:
        """What the row is called."""
        order = "gate first" if self.gate_first else "gate last"
        return f"{self.at} {self.priority} {order} {'stabilized' if self.stabilization else 'one pass'}"


ROWS = (
    Row("L2", 1),
    Row("L2", 1_000_000, False),
    Row("L1", 1),
    Row("L1", 500, True),
    Row("L1", 500, False),
    Row("L1", 1_000_000, False),
    Row("last", 500, True),
    Row("last", 500, False),
)


def with_both(rows: Sequence[Row], offset: int = 0) -> list[Row]:
    """Return rows, each second one with stabilization of Aspects; ``offset`` says which."""
    return [row._replace(stabilization=bool((number + offset) % 2)) for number, row in enumerate(rows)]


CASES = [(gate, row) for offset, gate in enumerate(GATES) for row in with_both(ROWS, offset)]


def synthesized(outdir: Path, row: Row, gate: Any = None, *, with_instances: bool = False) -> cdk.App:
    """Synthesize an app with two Aspects of its own, and a gate before them or after them."""
    app = make_app(outdir, **{"@aws-cdk/core:aspectStabilization": row.stabilization})
    build(app, with_instances=with_instances)
    if gate is not None and row.gate_first:
        gate(app)
    for aspect in (AddsSidecar(row.at), AddsPort(row.at)):
        for scope in (app, app.node.find_child("Prod")):
            cdk.Aspects.of(scope).add(aspect, priority=row.priority)
    if gate is not None and not row.gate_first:
        gate(app)
    app.synth()
    return app


def definitions_of(app: cdk.App) -> list[dict[str, Any]]:
    return [
        resource["Properties"]
        for file in sorted(outdir_of(app).rglob("*.template.json"))
        for resource in written(file)["Resources"].values()
        if resource["Type"] == "AWS::ECS::TaskDefinition"
    ]


def assert_complete(app: cdk.App) -> None:
    """Make sure that both Aspects have added to all task definitions."""
    definitions = definitions_of(app)
    assert len(definitions) == 6
    for properties in definitions:
        assert [container["Name"] for container in properties["ContainerDefinitions"]] == ["web", "sidecar"]
        assert [port["ContainerPort"] for port in properties["ContainerDefinitions"][0]["PortMappings"]] == [8080]


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Row], dict[str, bytes]]:
    """Return what is written without a gate."""

    @cache
    def written_for(row: Row) -> dict[str, bytes]:
        app = synthesized(tmp_path_factory.mktemp("bare"), row)
        assert_complete(app)
        return texts(app)

    return lambda row: written_for(row._replace(gate_first=True))


@pytest.mark.parametrize(("gate", "row"), CASES, ids=[f"{gate}, {row.name}" for gate, row in CASES])
def test_what_is_written_is_what_it_is_without_the_gate(
    tmp_path: Path, bare: Callable[[Row], dict[str, bytes]], gate: str, row: Row
) -> None:
    app = synthesized(tmp_path, row, GATES[gate])
    assert texts(app) == bare(row)


def test_an_app_with_instances_is_what_it_is_without_the_gate(tmp_path: Path) -> None:
    row = Row("L2", 1)
    bare, *others = (
        texts(synthesized(tmp_path / (name or "bare"), row, GATES.get(name), with_instances=True))
        for name in ("", "both", "dry run")
    )
    assert others == [bare, bare]


@pytest.mark.parametrize("row", with_both(ROWS), ids=[row.name for row in with_both(ROWS)])
def test_with_the_fix_all_is_there_too(tmp_path: Path, row: Row) -> None:
    """The changes of the fix are those that it reports, and nothing else is missing."""
    fix = permissive_fix(network=Network(("subnet-1",)))
    app = synthesized(tmp_path, row, lambda app: EcsGuard().protect(app, fix=fix))
    assert_complete(app)
    assert {properties["NetworkMode"] for properties in definitions_of(app)} == {"awsvpc"}


@pytest.mark.parametrize("gate", ["protect", "Aspect"])
def test_next_to_the_templates_only_the_report_is_new(tmp_path: Path, gate: str) -> None:
    """An assembly in the assembly has the verdict of its own stacks, because the CDK CLI can deploy it alone."""
    names = []
    for name, add in (("bare", None), ("gate", GATES[gate])):
        app = synthesized(tmp_path / name, Row("L2", 500), add)
        folder = outdir_of(app)
        names.append({str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()})
    assert {Path(name).name for name in names[1] - names[0]} <= {"validation-report.json", "ecs-guard.json"}
    assert names[0] <= names[1]
