"""The kind of each construct, its place, and the number of calls to find them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk.assertions import Match, Template
from constructs import Construct, IConstruct

from ecs_guard_aspects import EcsGuard, EcsGuardFix
from ecs_guard_aspects.gates.synth.tree.constructs import (
    Nodes,
    folder_of,
    identity_of,
    inner_stages,
    is_judged,
    is_synthesized,
    is_task_definition,
    is_within,
    node_at,
    stacks_in,
    stacks_of,
    stage_of,
)

from ..support import TASK_DEFINITION, crossings, generic, level1, level2, make_app, permissive_fix


def paths(nodes: Any) -> list[str]:
    return [node.node.path for node in nodes]


class OwnGeneric(cdk.CfnResource):
    def __init__(self, scope: Construct, name: str) -> None:
        super().__init__(scope, name, type=TASK_DEFINITION, properties={"NetworkMode": "host"})


class OwnL1(ecs.CfnTaskDefinition):
    pass


class TestWhatIsATaskDefinition:
    @pytest.mark.parametrize("visitor", [EcsGuard, EcsGuardFix])
    def test_it_costs_nothing_to_see_what_is_none(self, stack: cdk.Stack, visitor: Any) -> None:
        others: list[Any] = [
            stack,
            Construct(stack, "Construct"),
            ec2.CfnVPC(stack, "Vpc", cidr_block="10.0.0.0/16"),
            ecs.CfnService(stack, "Service"),
            cdk.CfnParameter(stack, "Parameter"),
            level2(stack),
        ]
        aspect = visitor()
        aspect.visit(stack)  # where the visits begin it joins the guards, once
        with crossings() as sent:
            for node in others:
                aspect.visit(node)
                assert not is_task_definition(node)
        assert sent == []

    def test_a_generic_resource_is_asked_for_its_type_once(self, stack: cdk.Stack) -> None:
        topic = cdk.CfnResource(stack, "Topic", type="AWS::SNS::Topic")
        guard = EcsGuard()
        guard.visit(stack)
        with crossings() as sent:
            guard.visit(topic)
        assert len(sent) == 1

    def test_a_daemon_is_judged_and_is_not_one_to_fix(self, stack: cdk.Stack) -> None:
        daemon = cdk.CfnResource(stack, "Daemon", type="AWS::ECS::DaemonTaskDefinition")
        assert (is_judged(daemon), is_task_definition(daemon)) == (True, False)

    def test_of_every_way_to_make_one(self, app: cdk.App, stack: cdk.Stack) -> None:
        inner = cdk.Stack(cdk.Stage(app, "Stage"), "Inner")
        made = [
            generic(stack),
            OwnGeneric(stack, "OwnGeneric"),
            OwnL1(stack, "OwnL1"),
            level1(inner),
            level2(cdk.NestedStack(stack, "Nested")).node.default_child,
        ]
        cdk.CfnResource(stack, "Topic", type="AWS::SNS::Topic")
        found = [node.node.path for node in app.node.find_all() if is_task_definition(node)]
        assert sorted(found) == sorted(node.node.path for node in made)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("path", "scope", "expected"),
    [
        ("", "", True),
        ("A/B", "", True),
        ("A/B", "A", True),
        ("A/B", "A/B", True),
        ("A", "A/B", False),
        ("AB", "A", False),
        ("B/A", "A", False),
    ],
)
def test_within(path: str, scope: str, expected: bool) -> None:
    assert is_within(path, scope) is expected


@pytest.fixture
def tree(app: cdk.App) -> dict[str, Any]:
    """An app with stacks in stacks, Stages in Stages, and a Stage below a stack."""
    stack = cdk.Stack(app, "Stack")
    nested = cdk.NestedStack(stack, "Nested")
    cdk.NestedStack(nested, "Deeper")
    cdk.Stack(stack, "Beside")
    prod = cdk.Stage(app, "Prod")
    cdk.Stack(prod, "Stack")
    cdk.Stack(cdk.Stage(prod, "Eu"), "Stack")
    cdk.NestedStack(cdk.Stack(cdk.Stage(stack, "Below"), "Stack"), "Nested")
    return {node.node.path: node for node in app.node.find_all()}


STACKS = {
    "": ["Stack", "Stack/Nested", "Stack/Nested/Deeper", "Stack/Beside"],
    "Prod": ["Prod/Stack"],
    "Prod/Eu": ["Prod/Eu/Stack"],
    "Stack/Below": ["Stack/Below/Stack", "Stack/Below/Stack/Nested"],
}


@pytest.mark.parametrize("stage", STACKS)
def test_the_stacks_of_a_stage(tree: dict[str, Any], stage: str) -> None:
    assert sorted(paths(stacks_in(tree[stage]))) == sorted(STACKS[stage])
    assert {stage_of(tree[path]).node.path for path in STACKS[stage]} == {stage}


@pytest.mark.parametrize("stage", STACKS)
def test_the_folder_of_a_stage(app: cdk.App, tree: dict[str, Any], stage: str) -> None:
    app.synth()
    for path in STACKS[stage]:
        assert (Path(app.outdir) / folder_of(tree[stage]) / tree[path].template_file).exists()
    assert folder_of(tree[stage]).endswith("/") is bool(stage)


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ("", ["Prod", "Prod/Eu", "Stack/Below"]),
        ("Prod", ["Prod/Eu"]),
        ("Prod/Eu", []),
        ("Stack", ["Stack/Below"]),
        ("Stack/Beside", []),
    ],
)
def test_the_stages_below_a_scope(tree: dict[str, Any], scope: str, expected: list[str]) -> None:
    assert sorted(paths(inner_stages(tree[scope]))) == expected


def test_the_stacks_around_resources(tree: dict[str, Any]) -> None:
    nodes = [generic(tree[path]) for path in ("Stack/Nested/Deeper", "Stack/Beside", "Stack/Nested")]
    assert sorted(paths(stacks_of(nodes))) == ["Stack", "Stack/Beside", "Stack/Nested", "Stack/Nested/Deeper"]
    assert stacks_of([]) == []


def test_the_construct_at_a_path(app: cdk.App, tree: dict[str, Any]) -> None:
    for path, node in tree.items():
        found = node_at(app, path)
        assert found is not None
        assert (found.node.path, identity_of(found)) == (path, identity_of(node))
    for path in ("Gone", "Stack/Gone", "Stack/Gone/Deep", "Stack/<Td>"):
        assert node_at(app, path) is None


@pytest.mark.parametrize("number", [1, 30])
def test_constructs_are_learned_with_a_few_calls(app: cdk.App, stack: cdk.Stack, number: int) -> None:
    made = [level1(Construct(stack, f"Scope{index}")) for index in range(number)]
    nodes = Nodes(app)
    with crossings() as sent:
        nodes.learn(made)
        found = [nodes.at(f"Stack/Scope{index}/Td") for index in range(number)]
    assert found == made
    assert len(sent) < 12


def test_no_constructs_are_learned_without_a_call(app: cdk.App) -> None:
    with crossings() as sent:
        Nodes(app).learn([])
    assert sent == []


def test_an_identity_is_that_of_the_construct_and_not_of_its_python_object(app: cdk.App, stack: cdk.Stack) -> None:
    definition = level2(stack)
    children: list[IConstruct | None] = [definition.node.default_child for _ in range(2)]
    assert len({identity_of(child) for child in children if child is not None}) == 1
    assert len({identity_of(node) for node in (app, stack, definition)}) == 3


class TestIsSynthesized:
    @pytest.mark.parametrize("synthesize", [lambda app: app.synth(), lambda app: Template.from_stack(cdk.Stack(app))])
    def test_by_every_way(self, app: cdk.App, synthesize: Any) -> None:
        assert not is_synthesized(app)
        synthesize(app)
        assert is_synthesized(app)

    def test_not_by_an_earlier_run(self, tmp_path: Path) -> None:
        make_app(tmp_path).synth()
        assert not is_synthesized(make_app(tmp_path))

    def test_other_constructs_are_not(self, stack: cdk.Stack) -> None:
        assert not is_synthesized(Construct(stack, "Part"))
        assert not is_synthesized(cdk.Stack(None, "Alone").node.root)

    def test_the_private_field_is_there(self, app: cdk.App) -> None:
        """The CDK keeps the assembly under the name we use; a new version that renames it fails here."""
        app.synth()
        assert not Match.object_like({"assembly": Match.any_value()}).test(app).has_failed()


@pytest.mark.parametrize(("stages", "walks"), [(0, 0), (1, 1)])
def test_an_app_without_stages_is_not_walked_before_it_is_synthesized(app: cdk.App, stages: int, walks: int) -> None:
    generic(cdk.Stack(app, "Stack"))
    for index in range(stages):
        generic(cdk.Stack(cdk.Stage(app, f"Stage{index}"), "Stack"))
    with crossings() as sent:
        EcsGuard().protect(app, fix=permissive_fix())
    assert sent.count("InvokeRequest findAll") == walks
