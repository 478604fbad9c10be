"""What the gate costs, in requests to the CDK: by stacks, never by constructs or by findings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from constructs import IConstruct

from ecs_guard_aspects import EcsGuard, EcsGuardFix, Enforcement, Exemption, Network, Policy

from .support import AWSVPC, container, crossings, generic, level1, level2, make_app, permissive_fix

ROOTS = [container("a", User="0"), container("b", User="0")]


def build(outdir: Path, definitions: int, others: int = 0, stacks: int = 1, **properties: Any) -> cdk.App:
    """Build an app with so many task definitions and so many other resources in each of its stacks."""
    app = make_app(outdir)
    for number in range(stacks):
        stack = cdk.Stack(app, f"Stack{number}")
        for index in range(definitions):
            generic(stack, f"Td{index}", **properties)
        for index in range(others):
            cdk.CfnResource(stack, f"Other{index}", type="AWS::SNS::Topic")
    return app


def count(app: cdk.App, guard: Callable[[cdk.App], object] = lambda app: None) -> int:
    """Return how many requests a synth with a guard takes."""
    guard(app)
    with crossings() as sent:
        app.synth()
    return len(sent)


def protect(policy: Policy | None = None, **options: Any) -> Callable[[cdk.App], object]:
    return lambda app: EcsGuard(policy).protect(app, **options)


EXEMPT = Policy(exemptions=(Exemption(check=AWSVPC, path="**", reason="old", owner="team", expires="2099-01-01"),))


@pytest.mark.parametrize(
    ("policy", "properties"),
    [
        (None, {}),
        (None, {"mode": "host", "ContainerDefinitions": ROOTS}),
        (Policy(enforcement={AWSVPC: Enforcement.WARN}), {}),
        (Policy(enforcement={AWSVPC: Enforcement.AUDIT}), {}),
        (EXEMPT, {}),
    ],
    ids=["denied", "three findings each", "warned", "audited", "exempt"],
)
def test_findings_cost_no_requests(tmp_path: Path, policy: Policy | None, properties: dict[str, Any]) -> None:
    counts = [
        count(build(tmp_path / str(number), number, 5, **properties), protect(policy)) for number in (1, 2, 30, 100)
    ]
    assert len(set(counts)) == 1, counts
    assert counts[0] - count(build(tmp_path / "bare", 1, 5)) < 60


def test_findings_in_a_stage_and_in_nested_stacks_cost_none_either(tmp_path: Path) -> None:
    counts = []
    for number in (1, 50):
        app = make_app(tmp_path / str(number))
        inner = cdk.Stack(cdk.Stage(app, "Prod"), "Stack")
        nested = cdk.NestedStack(inner, "Nested")
        for index in range(number):
            generic(nested, f"Td{index}")
        cdk.Validations.of(inner).acknowledge(cdk.Acknowledgment(id="ecs-guard::other", reason="known"))
        counts.append(count(app, protect()))
    assert counts[0] == counts[1]


def test_acknowledgements_cost_none_either(tmp_path: Path) -> None:
    counts = []
    for number in (1, 50):
        app = build(tmp_path / str(number), number)
        for node in app.node.find_child("Stack0").node.children:
            cdk.Validations.of(node).acknowledge(cdk.Acknowledgment(id=f"ecs-guard::{AWSVPC}", reason="moves in May"))
        counts.append(count(app, protect()))
    assert counts[0] == counts[1]


def test_other_constructs_cost_none_either(tmp_path: Path) -> None:
    counts = {
        (definitions, others): count(
            build(tmp_path / f"{definitions}-{others}", definitions, others, mode="awsvpc"), protect()
        )
        for definitions, others in ((1, 0), (1, 60), (20, 0), (20, 60))
    }
    assert len(set(counts.values())) == 1, counts


def test_stacks_cost_a_fixed_number_each(tmp_path: Path) -> None:
    counts = [count(build(tmp_path / str(stacks), 2, 2, stacks), protect()) for stacks in (1, 2, 3, 11)]
    each = counts[1] - counts[0]
    assert counts[2] - counts[1] == each
    assert counts[3] - counts[2] == 8 * each
    assert each < 20


def test_protecting_twice_costs_nothing(tmp_path: Path) -> None:
    counts = []
    for times in (1, 3):
        guard = EcsGuard()
        app = build(tmp_path / str(times), 2, 2)
        for _ in range(times):
            guard.protect(app)
        counts.append(count(app, guard.protect))
    assert counts[0] == counts[1]


def test_several_guards_read_what_is_written_once(tmp_path: Path) -> None:
    counts = []
    for guards in (1, 5):
        app = build(tmp_path / str(guards), 3, 3)
        for _ in range(guards):
            EcsGuard().protect(app)
        counts.append(count(app))
    assert counts[0] == counts[1]


class TestAspect:
    """One rendering for each stack; a visit and an annotation for each that is denied."""

    def add(self, app: cdk.App) -> None:
        cdk.Aspects.of(app).add(EcsGuard())

    def test_each_stack_is_rendered_once(self, tmp_path: Path) -> None:
        for stacks, definitions in ((1, 1), (1, 20), (4, 20)):
            app = build(tmp_path / f"{stacks}-{definitions}", definitions, 0, stacks)
            self.add(app)
            with crossings() as sent:
                app.synth()
            assert sent.count("InvokeRequest synthesize") == stacks

    @pytest.mark.parametrize("mode", ["bridge", "awsvpc"])
    def test_what_is_judged_costs_a_small_fixed_number_each(self, tmp_path: Path, mode: str) -> None:
        bare = {n: count(build(tmp_path / f"bare-{n}", n, 5, mode=mode)) for n in (1, 2, 3, 11)}
        counts = {n: count(build(tmp_path / str(n), n, 5, mode=mode), self.add) - bare[n] for n in bare}
        each = counts[2] - counts[1]
        assert counts[3] - counts[2] == each
        assert counts[11] - counts[3] == 8 * each
        assert each <= 20

    def test_each_construct_is_visited_once(self, tmp_path: Path) -> None:
        visits: list[str] = []

        class Counting(EcsGuard):
            def visit(self, node: IConstruct) -> None:
                visits.append("")
                super().visit(node)

        app = build(tmp_path, 3, 7, mode="awsvpc")
        cdk.Aspects.of(app).add(Counting())
        app.synth()
        # app, stack, 3 task definitions, 7 others, and what the default synthesizer adds: a parameter and a rule.
        assert len(visits) <= 2 + 3 + 7 + 4


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_fix_renders_each_stack_once(tmp_path: Path, dry_run: bool) -> None:
    for stacks, definitions in ((1, 1), (1, 20), (3, 5)):
        app = build(tmp_path / f"{stacks}-{definitions}", definitions, 0, stacks)
        assert renderings(app, permissive_fix(dry_run=dry_run)) == (stacks, 0)


def test_a_fix_next_to_raw_overrides_renders_the_changed_stacks_once_more_to_verify_it(tmp_path: Path) -> None:
    app = build(tmp_path, 1, stacks=2)
    other = cdk.CfnResource(cdk.Stack(app, "Other"), "Topic", type="AWS::SNS::Topic")
    other.add_property_override("DisplayName", "x")
    stack = app.node.find_child("Stack1")
    assert isinstance(stack, cdk.Stack)
    generic(stack, "Own").add_property_override("Family", "own")
    assert renderings(app, permissive_fix()) == (3, 2)


@pytest.mark.parametrize("overrides", [0, 1])
def test_a_fix_with_nothing_to_do_renders_nothing_unless_a_raw_override_may_hide_something(
    tmp_path: Path, overrides: int
) -> None:
    app = make_app(tmp_path)
    stack = cdk.Stack(app, "Stack")
    made = [level1(stack, f"Td{number}", mode="awsvpc") for number in range(3)]
    level2(stack, "Level2", network_mode=ecs.NetworkMode.AWS_VPC)
    for each in made[:overrides]:
        each.add_property_override("Family", "own")
    assert renderings(app, permissive_fix()) == (overrides, 0)


def renderings(app: cdk.App, fix: EcsGuardFix) -> tuple[int, int]:
    """Return how many stacks a synth renders for a fix: whole, and their templates alone."""
    EcsGuard().protect(app, fix=fix)
    with crossings() as sent:
        app.synth()
    return sent.count("InvokeRequest synthesize"), sent.count("InvokeRequest synthesizeTemplate")


def test_l1_that_are_fine_cost_nothing_in_the_fix(tmp_path: Path) -> None:
    counts = []
    for number in (1, 30):
        app = make_app(tmp_path / str(number))
        stack = cdk.Stack(app, "Stack")
        for index in range(number):
            level1(stack, f"Td{index}", mode="awsvpc")
        counts.append(count(app, protect(fix=permissive_fix())))
    assert counts[0] == counts[1]


def test_what_is_fixed_costs_a_fixed_number_each(tmp_path: Path) -> None:
    counts = [
        count(build(tmp_path / str(number), number), protect(fix=permissive_fix(user="1000")))
        for number in (1, 2, 12, 42)
    ]
    each = counts[1] - counts[0]
    assert counts[2] - counts[1] == 10 * each
    assert counts[3] - counts[2] == 30 * each
    assert each < 10


def with_services(outdir: Path, services: int, own_stack: bool) -> tuple[cdk.App, ec2.Vpc]:
    """Build an app with so many services of one cluster, in the stack of the cluster or in another."""
    app = make_app(outdir)
    return app, add_services(app, services, own_stack)


def add_services(app: cdk.Stage, services: int, own_stack: bool = False, prefix: str = "") -> ec2.Vpc:
    network = cdk.Stack(app, f"{prefix}Network")
    vpc = ec2.Vpc(network, "Vpc", max_azs=2)
    cluster = ecs.Cluster(network, "Cluster", vpc=vpc)
    cluster.add_capacity("Instances", instance_type=ec2.InstanceType("m5.4xlarge"))
    stack = cdk.Stack(app, f"{prefix}Shop") if own_stack else network
    for number in range(services):
        task = level2(stack, f"Task{number}")
        ecs.Ec2Service(stack, f"Svc{number}", cluster=cluster, task_definition=task, min_healthy_percent=50)
    return vpc


def test_services_in_stacks_with_the_same_logical_ids_cost_a_fixed_number_too(tmp_path: Path) -> None:
    """In each stack a logical id may mean the resource of the other, and the code decides: once for each cluster."""
    counts = []
    for index, number in enumerate((1, 1, 2, 7)):  # the first also makes what is made once in a process
        app = make_app(tmp_path / str(index))
        for prefix in ("Dev", "Prod"):
            add_services(app, number, prefix=prefix)
        counts.append(count(app, protect(fix=EcsGuardFix())))
    each = counts[2] - counts[1]
    assert counts[3] - counts[2] == 5 * each
    assert each <= 2 * 10


def test_services_in_stages_cost_a_fixed_number_too(tmp_path: Path) -> None:
    """The other Stages, which may name what was changed, are read once for all task definitions of a Stage."""
    counts = []
    for index, number in enumerate((1, 1, 2, 7)):
        app = make_app(tmp_path / str(index))
        for stage in ("Dev", "Prod"):
            add_services(cdk.Stage(app, stage), number)
        fix = EcsGuardFix()
        counts.append(count(app, protect(fix=fix)))
        assert len(fix.changes) == 2 * 2 * number
    each = counts[2] - counts[1]
    assert counts[3] - counts[2] == 5 * each
    assert each <= 2 * 55


@pytest.mark.parametrize(
    ("own_stack", "is_given", "most"),
    [(False, False, 10), (True, False, 15), (True, True, 20)],
    ids=["network of the instances", "in another stack", "network given"],
)
def test_a_service_with_its_task_costs_a_fixed_number(
    tmp_path: Path, own_stack: bool, is_given: bool, most: int
) -> None:
    counts = []
    for number in (1, 2, 7):
        app, vpc = with_services(tmp_path / str(number), number, own_stack)
        network = Network(tuple(subnet.subnet_id for subnet in vpc.private_subnets)) if is_given else None
        fix = EcsGuardFix(network=network)
        counts.append(count(app, protect(fix=fix)))
        assert len(fix.changes) == 2 * number
    each = counts[1] - counts[0]
    assert counts[2] - counts[1] == 5 * each
    assert each <= most
