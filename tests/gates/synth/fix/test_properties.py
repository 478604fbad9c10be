"""Random apps: after the fix all passes, and only reported changes differ; or nothing does, and it reports why."""

from __future__ import annotations

import copy
import tempfile
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_ecs as ecs
from constructs import IConstruct
from hypothesis import given, settings
from hypothesis import strategies as st

from ecs_guard_aspects import EcsGuard, EcsGuardFix, Network
from ecs_guard_aspects.gates.synth.fix.stage_fix import METADATA_KEY
from ecs_guard_aspects.remediation import apply

from ....remediation.test_properties import broken_by
from ..support import AWSVPC, make_app, permissive_fix, template_of

NETWORK = Network(("subnet-1",))
SERVICE = "AWS::ECS::Service"

PORTS = st.lists(
    st.fixed_dictionaries(
        {"container_port": st.sampled_from([80, 81])}, optional={"host_port": st.sampled_from([0, 80])}
    ),
    max_size=2,
)
CONTAINERS = st.fixed_dictionaries(
    {"image": st.just("nginx"), "user": st.just("1000"), "port_mappings": PORTS},
    optional={"hostname": st.just("h"), "links": st.just(["a"])},
)
OVERRIDES = st.sampled_from(
    [
        ("Family", "fam"),
        (
            "ContainerDefinitions",
            [{"Name": "own", "Image": "own", "PortMappings": [{"ContainerPort": 1, "HostPort": 0}]}],
        ),
        ("ContainerDefinitions.0.Cpu", 7),
        ("ContainerDefinitions.0.PortMappings", [{"ContainerPort": 2, "HostPort": 0}]),
        ("NetworkMode", "host"),
    ]
)
CONSUMERS = st.sampled_from(
    [
        (SERVICE, {"TaskDefinition": {"Ref": "Td"}}),
        (SERVICE, {"TaskDefinition": {"Ref": "Td"}, "Role": "role"}),
        (SERVICE, {"TaskDefinition": "fam"}),
        (SERVICE, {"TaskDefinition": "other"}),
        (SERVICE, {"TaskDefinition": {"Fn::ImportValue": "task"}}),
        ("AWS::Events::Rule", {"Targets": [{"Id": "t", "EcsParameters": {"TaskDefinitionArn": {"Ref": "Td"}}}]}),
        ("Custom::Run", {"ServiceToken": "arn:f", "Run": "run fam now"}),
        ("AWS::Logs::LogGroup", {"LogGroupName": "fam"}),
    ]
)
LATE = st.sampled_from(["nothing", "a sidecar", "a dynamic port", "a service", "an override"])


@jsii.implements(cdk.IAspect)
class Late:
    """Changes the app after all other Aspects."""

    def __init__(self, what: str) -> None:
        self._what = what

    def visit(self, node: IConstruct) -> None:
        if not isinstance(node, ecs.CfnTaskDefinition):
            return
        containers: Any = node.container_definitions
        port = [{"containerPort": 90, "hostPort": 0}]
        late = {"name": "late", "image": "late", "portMappings": port if self._what == "a dynamic port" else []}
        if self._what in ("a sidecar", "a dynamic port"):
            node.container_definitions = [*containers, late]
        elif self._what == "a service":
            cdk.CfnResource(cdk.Stack.of(node), "Late", type=SERVICE, properties={"TaskDefinition": node.ref})
        elif self._what == "an override":
            node.add_property_override("ContainerDefinitions", [{"Name": "x", "Image": "x"}])


def synthesized(drawn: dict[str, Any], outdir: Path, fix: EcsGuardFix | None) -> tuple[EcsGuard, dict[str, Any]]:
    app = make_app(outdir)
    stack = cdk.Stack(app, "Stack")
    containers = [
        ecs.CfnTaskDefinition.ContainerDefinitionProperty(
            name=f"c{index}", **{**each, "port_mappings": [port_mapping(port) for port in each["port_mappings"]]}
        )
        for index, each in enumerate(drawn["containers"])
    ]
    node = ecs.CfnTaskDefinition(
        stack, "Td", family="fam", network_mode=drawn["mode"], container_definitions=containers
    )
    for path, value in drawn["overrides"]:
        node.add_property_override(path, value)
    for index, (kind, properties) in enumerate(drawn["consumers"]):
        cdk.CfnResource(stack, f"User{index}", type=kind, properties=properties)
    guard = EcsGuard().protect(app, fix=fix)
    cdk.Aspects.of(app).add(Late(drawn["late"]), priority=999_999)
    app.synth()
    return guard, template_of(stack)


def port_mapping(port: dict[str, int]) -> ecs.CfnTaskDefinition.PortMappingProperty:
    return ecs.CfnTaskDefinition.PortMappingProperty(**port)  # type: ignore[arg-type]


def without_signature(template: dict[str, Any]) -> dict[str, Any]:
    """Return a template without what the fix says in Metadata."""
    stripped = copy.deepcopy(template)
    for resource in stripped["Resources"].values():
        metadata = resource.get("Metadata", {})
        metadata.pop(METADATA_KEY, None)
        if not metadata:
            resource.pop("Metadata", None)
    return stripped


@settings(max_examples=25)
@given(
    st.fixed_dictionaries(
        {
            "mode": st.sampled_from(["bridge", "bridge", "host", "awsvpc"]),
            "containers": st.lists(CONTAINERS, min_size=1, max_size=2),
            "overrides": st.lists(OVERRIDES, max_size=1),
            "consumers": st.lists(CONSUMERS, max_size=2),
            "late": LATE,
        }
    ),
    st.booleans(),
)
def test_all_or_nothing(drawn: dict[str, Any], may_change: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        _, bare = synthesized(drawn, Path(folder, "bare"), None)
        dry = permissive_fix(network=NETWORK, dry_run=True, may_change_addresses=may_change)
        _, dry_template = synthesized(drawn, Path(folder, "dry"), dry)
        fix = permissive_fix(network=NETWORK, may_change_addresses=may_change)
        guard, after = synthesized(drawn, Path(folder, "fixed"), fix)
    assert dry_template == bare
    assert [(c.resource, c.path, c.new) for c in dry.changes] == [(c.resource, c.path, c.new) for c in fix.changes]
    if not fix.changes:
        assert after == bare
        assert all(refusal.blockers for refusal in fix.refusals)
        assert bool(fix.refusals) or not [finding for finding in guard.findings if finding.check == AWSVPC]
        return
    assert fix.refusals == ()
    assert not [finding for finding in guard.findings if finding.is_denied]
    expected = copy.deepcopy(bare)
    for logical_id, resource in expected["Resources"].items():
        mine = [change for change in fix.changes if change.resource == f"Stack/{logical_id}"]
        if mine:
            resource["Properties"] = apply(resource["Properties"], mine)
    assert without_signature(after) == without_signature(expected)
    assert broken_by(after["Resources"]["Td"]["Properties"]) == set()
