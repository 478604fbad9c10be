"""The fix of one Stage: what it reports and writes into Metadata; an error never changes half."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_ec2 as ec2

from ecs_guard_aspects import EcsGuard, Enforcement, Network, Policy
from ecs_guard_aspects.gates.synth.fix.stage_fix import METADATA_KEY
from tests.code_lines import without_lines

from ..support import (
    AWSVPC,
    TASK_DEFINITION,
    RaisesLater,
    annotations_of,
    container,
    facts,
    generic,
    level1,
    make_app,
    notes_of,
    only,
    permissive_fix,
    reported,
    resource_of,
    said,
    template_of,
)
from .of_aspect import (
    DYNAMIC,
    FAILED,
    GIVEN,
    MADE_AWSVPC,
    NETWORK,
    add_as_aspect,
    at,
    blockers,
    fixed,
    mode_of,
    noted,
    properties_of,
    refusal,
    service,
)

BROKE = FAILED.format("OSError at test_stage_fix.py:LINE")


@jsii.implements(cdk.IStringProducer)
class NeverThere:
    """A token that cannot be resolved."""

    def produce(self, context: cdk.IResolveContext) -> str:
        raise ValueError("no such mapping")


class TestWhatIsSaid:
    def test_without_a_guard_it_is_annotated_on_the_construct(self, app: cdk.App, stack: cdk.Stack) -> None:
        generic(stack)
        generic(stack, "Refused", ContainerDefinitions=[container(Links=["b"])])
        add_as_aspect(app, permissive_fix())
        app.synth()
        assert said(app, "info") == [
            ("Stack/Td", MADE_AWSVPC),
            ("Stack/Refused", refusal("container web uses links, which only bridge mode has", "Refused")),
        ]

    def test_metadata_and_report_and_changes(self, app: cdk.App, stack: cdk.Stack) -> None:
        definition = generic(stack, ContainerDefinitions=[container(PortMappings=[DYNAMIC])])
        user = service(stack, definition.ref)
        _, fix = fixed(app)
        own = {"path": "NetworkMode", "from": "bridge", "to": "awsvpc"}
        port = {"path": "ContainerDefinitions.0.PortMappings.0.HostPort", "from": 0}
        metadata = resource_of(definition)["Metadata"][METADATA_KEY]
        assert "version" not in metadata  # a new release would change every template
        assert [{key: value for key, value in entry.items() if value is not None} for entry in metadata["changes"]] == [
            own,
            port,
        ]
        (given,) = resource_of(user)["Metadata"][METADATA_KEY]["changes"]
        assert given == {"path": "NetworkConfiguration", "to": {"AwsvpcConfiguration": GIVEN}}
        texts = noted(app)
        assert ("Stack/Td", MADE_AWSVPC) in texts
        assert any(path == "Stack/Td" and "HostPort from 0 to nothing." in text for path, text in texts)
        assert any(path == "Stack/User" and "NetworkConfiguration from nothing to" in text for path, text in texts)
        assert annotations_of(app) == []
        assert [(change.resource, change.path, change.old) for change in fix.changes] == [
            ("Stack/Td", "NetworkMode", "bridge"),
            ("Stack/Td", "ContainerDefinitions.0.PortMappings.0.HostPort", 0),
            ("Stack/User", "NetworkConfiguration", None),
        ]

    def test_refusals_name_every_blocker(self, app: cdk.App, stack: cdk.Stack) -> None:
        first = container("a", Links=["b"], Hostname="h", PortMappings=[{"ContainerPort": 80, "HostPort": 8080}])
        generic(stack, ContainerDefinitions=[first, container("b")])
        guard, fix = fixed(app)
        said_of_it = "; ".join(blockers(fix))
        for part in ("container a uses links", "container a sets hostname", "container a maps 80/tcp to hostPort 8080"):
            assert part in said_of_it
        assert len(blockers(fix)) == 3
        assert only(guard.findings).notes == (f"Not fixed: {said_of_it}.",)
        assert noted(app) == []  # the finding says it

    def test_in_words_of_the_template(self, app: cdk.App, stack: cdk.Stack) -> None:
        definition = level1(stack, mode=cdk.Fn.ref("Mode"))
        cdk.CfnParameter(stack, "Mode", allowed_values=["bridge", "host"])
        _, fix = fixed(app)
        assert only(fix.changes).old == {"Ref": "Mode"}  # type: ignore[arg-type]
        assert "Token" not in json.dumps(resource_of(definition))
        assert not any("Token" in text for text in notes_of(app))

    def test_subnets_that_are_tokens(self, app: cdk.App, stack: cdk.Stack) -> None:
        subnet = ec2.CfnSubnet(stack, "Subnet", vpc_id="vpc-1", cidr_block="10.0.0.0/24")
        definition = level1(stack, family="shop")
        user = service(cdk.Stack(app, "Other"), "shop")
        own = service(stack, definition.ref)
        fixed(app, permissive_fix(network=Network((subnet.ref,))))
        given = at(properties_of(own), ("NetworkConfiguration", "AwsvpcConfiguration", "Subnets"))
        assert given == [{"Ref": "Subnet"}]
        imported = at(properties_of(user), ("NetworkConfiguration", "AwsvpcConfiguration", "Subnets"))
        assert "Fn::ImportValue" in imported[0]
        assert "Token" not in json.dumps(template_of(stack)) + json.dumps(template_of(cdk.Stack.of(user)))
        assert not any("Token" in text for text in notes_of(app))


class TestDryRun:
    def test_changes_nothing(self, tmp_path: Path) -> None:
        templates = []
        for name, fix in (("bare", None), ("dry", permissive_fix(network=NETWORK, user="1000", dry_run=True))):
            app = make_app(tmp_path / name)
            stack = cdk.Stack(app, "Stack")
            service(stack, level1(stack).ref)
            EcsGuard().protect(app, fix=fix)
            app.synth()
            templates.append(template_of(stack))
        assert templates[0] == templates[1]
        assert fix is not None
        assert [change.resource for change in fix.changes] == ["Stack/Td", "Stack/User"]
        assert sum("ecs-guard would change" in text for text in notes_of(app)) == 2
        assert [path for check, path, _ in reported(app) if check == AWSVPC] == ["Stack/Td"]


class Stubborn(cdk.CfnResource):
    """A resource that cannot be overridden."""

    def add_property_override(self, property_path: str, value: Any) -> None:
        raise OSError("pipe broke")


class TestNeverRaises:
    def test_a_failure_in_planning_is_a_refusal(self, app: cdk.App, stack: cdk.Stack) -> None:
        definition = level1(stack)
        policy = Policy(checks=(RaisesLater(),), unresolved=Enforcement.AUDIT)
        guard, fix = fixed(app, policy=policy)
        assert mode_of(definition) == "bridge"
        assert blockers(fix) == [FAILED.format("LookupError at support.py:LINE")]
        assert any(finding.is_denied for finding in guard.findings)
        # The judgement broke off as well, so no finding says it.
        text = refusal(FAILED.format("LookupError at support.py:LINE"), "Td")
        own = text.replace('add_property_override("NetworkMode", "awsvpc")', 'network_mode = "awsvpc"')
        assert [(path, without_lines(text)) for path, text in noted(app)] == [("Stack/Td", own)]

    def test_a_failure_in_changing_is_a_refusal(self, app: cdk.App, stack: cdk.Stack) -> None:
        given = {"ContainerDefinitions": [container()]}
        definition = Stubborn(stack, "Td", type=TASK_DEFINITION, properties=given)
        other = generic(stack, "Other")
        guard, fix = fixed(app)
        assert (mode_of(definition), mode_of(other)) == (None, "awsvpc")
        assert blockers(fix) == [BROKE]
        assert facts(guard) == {(AWSVPC, "Stack/Td", "deny")}
        assert [without_lines(note) for note in only(guard.findings).notes] == [f"Not fixed: {BROKE}."]
        assert {change.resource for change in fix.changes} == {"Stack/Other"}

    def test_half_a_fix_is_none(self, app: cdk.App, stack: cdk.Stack) -> None:
        definition = level1(stack)
        properties = {"TaskDefinition": definition.ref}
        Stubborn(stack, "User", type="AWS::ECS::Service", properties=properties)
        guard, fix = fixed(app)
        # Whatever is left of it, it is not admitted as if it were whole.
        assert blockers(fix) == [BROKE]
        assert mode_of(definition) == "bridge"
        assert facts(guard) == {(AWSVPC, "Stack/Td", "deny")}

    def test_a_stage_that_cannot_be_rendered_is_left_to_the_cdk(self, app: cdk.App, stack: cdk.Stack) -> None:
        generic(stack, Family=cdk.Lazy.uncached_string(NeverThere()))
        fix = permissive_fix()
        EcsGuard().protect(app, fix=fix)
        with pytest.raises(RuntimeError, match="no such mapping"):
            app.synth()
        assert (fix.changes, fix.refusals) == ((), ())

    def test_other_resources_are_skipped(self, stack: cdk.Stack) -> None:
        fix = permissive_fix()
        for node in (stack, stack.node.root, cdk.CfnResource(stack, "T", type="AWS::SNS::Topic")):
            fix.visit(node)
        assert (fix.changes, fix.refusals) == ((), ())

    @pytest.mark.parametrize("bad", ["text", 7, [["a"]], {"Fn::If": ["C"]}])
    def test_malformed_properties(self, app: cdk.App, stack: cdk.Stack, bad: Any) -> None:
        generic(stack, "List", ContainerDefinitions=bad)
        generic(stack, "Ports", ContainerDefinitions=[container(PortMappings=bad)])
        generic(stack, "Whole").add_override("Properties", bad)
        guard, fix = fixed(app)
        denied = {finding.address for finding in guard.findings if finding.is_denied}
        assert {refusal.resource for refusal in fix.refusals} >= {"Stack/List", "Stack/Ports"}
        assert denied >= {"Stack/List", "Stack/Ports", "Stack/Whole"}
