"""One sample: builds an app, attaches one gate and synthesizes. Runs in a process of its own (see ``synth``).

python -m benchmarks.sample GATE APP SIZE DENIED
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from constructs import Construct, IConstruct

TASK_DEFINITIONS = 100

# How many constructs a service and a task definition have.
PER_SERVICE = 24
PER_TASK_DEFINITION = 6
SERVICES_PER_STACK = 25

# What an app has that meets the gate for the first time: task definitions in each stack, other resources in all.
PER_STACK = 50
OTHERS = 400

MODES = {"awsvpc": ecs.NetworkMode.AWS_VPC, "bridge": ecs.NetworkMode.BRIDGE, "host": ecs.NetworkMode.HOST}


def services(app: cdk.App, constructs: int, denied: int) -> None:
    """Fill an app with about so many constructs: services as teams write them, of L2 constructs and grants.

    Args:
        app: an empty app.
        constructs: how many, apart from the app itself.
        denied: how many of its task definitions, the first ones, the default policy denies.
    """
    count = (constructs - TASK_DEFINITIONS * PER_TASK_DEFINITION) // PER_SERVICE
    made = 0
    for number in range(count):
        if number % SERVICES_PER_STACK == 0:
            stack = cdk.Stack(app, f"Stack{number // SERVICES_PER_STACK}")
        scope = Construct(stack, f"Service{number}")
        service(scope)
        while made < TASK_DEFINITIONS * (number + 1) // count:
            task(scope, f"Task{made}", "bridge" if made < denied else "awsvpc")
            made += 1
    assert made == TASK_DEFINITIONS


def service(scope: Construct) -> None:
    """Make what a service may have beside its tasks, with the permissions and references between them."""
    queue = sqs.Queue(scope, "Queue", enforce_ssl=True)
    topic = sns.Topic(scope, "Topic")
    topic.add_subscription(subscriptions.SqsSubscription(queue))
    bucket = s3.Bucket(scope, "Bucket", block_public_access=s3.BlockPublicAccess.BLOCK_ALL, enforce_ssl=True)
    table = dynamodb.Table(
        scope, "Table", partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
    )
    function = lambda_.Function(
        scope,
        "Function",
        runtime=lambda_.Runtime.PYTHON_3_13,
        handler="index.handler",
        code=lambda_.Code.from_inline("def handler(event, context): ..."),
        environment={"QUEUE": queue.queue_url, "BUCKET": bucket.bucket_name, "TABLE": table.table_name},
    )
    queue.grant_consume_messages(function)
    bucket.grant_read(function)
    table.grant_read_write_data(function)
    logs.LogGroup(scope, "Logs", retention=logs.RetentionDays.ONE_MONTH)


def task(scope: Construct, construct_id: str, network_mode: str) -> None:
    """Make an L2 task definition of two containers."""
    task_definition = ecs.TaskDefinition(
        scope, construct_id, compatibility=ecs.Compatibility.EC2, network_mode=MODES[network_mode]
    )
    for name in ("web", "proxy"):
        image = ecs.ContainerImage.from_registry("public.ecr.aws/docker/library/nginx:1.29")
        task_definition.add_container(name, image=image, user="1000:1000", memory_limit_mib=256)


def first_roll_out(app: cdk.App, task_definitions: int, denied: int) -> None:
    """Fill an app that meets the gate for the first time: task definitions and a few other resources.

    Args:
        app: an empty app.
        task_definitions: how many.
        denied: how many of them, the first ones, are in host mode and run as root.
    """
    stacks = [cdk.Stack(app, f"Stack{number}") for number in range(task_definitions // PER_STACK)]
    for number in range(task_definitions):
        mode, user = ("host", None) if number < denied else ("awsvpc", "1000:1000")
        task_definition = ecs.TaskDefinition(
            stacks[number // PER_STACK],
            f"Task{number}",
            compatibility=ecs.Compatibility.EC2,
            network_mode=MODES[mode],
        )
        image = ecs.ContainerImage.from_registry("nginx:1.29")
        task_definition.add_container("web", image=image, memory_limit_mib=256, user=user)
    for number in range(OTHERS):
        sns.CfnTopic(stacks[number % len(stacks)], f"Topic{number}")


def no_gate(app: cdk.App) -> None:
    """Attach nothing."""


def protect() -> Callable[[cdk.App], Any]:
    from ecs_guard_aspects import EcsGuard

    return lambda app: EcsGuard().protect(app)


def plain_aspect() -> Callable[[cdk.App], Any]:
    from ecs_guard_aspects import EcsGuard

    return lambda app: cdk.Aspects.of(app).add(EcsGuard())


def cdk_nag() -> Callable[[cdk.App], Any]:
    from cdk_nag import AwsSolutionsChecks

    return lambda app: cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))


def cdk_nag_nist() -> Callable[[cdk.App], Any]:
    from cdk_nag import NIST80053R5Checks

    return lambda app: cdk.Validations.of(app).add_plugins(NIST80053R5Checks(app))


def empty_aspect() -> Callable[[cdk.App], Any]:
    @jsii.implements(cdk.IAspect)
    class DoNothing:
        def visit(self, node: IConstruct) -> None:
            pass

    return lambda app: cdk.Aspects.of(app).add(DoNothing())


def empty_plugin() -> Callable[[cdk.App], Any]:
    @jsii.implements(cdk.IPolicyValidationPlugin)
    class AcceptAll:
        @property
        def name(self) -> str:
            return "accept-all"

        @property
        def version(self) -> str:
            return "1"

        @property
        def rule_ids(self) -> list[str]:
            return []

        def validate(self, context: cdk.IPolicyValidationContext) -> cdk.PolicyValidationPluginReport:
            return cdk.PolicyValidationPluginReport(success=True, violations=[])

    return lambda app: cdk.Validations.of(app).add_plugins(AcceptAll())


def cfn_guard() -> Callable[[cdk.App], Any]:
    from cdklabs.cdk_validator_cfnguard import CfnGuardValidator

    return lambda app: cdk.Validations.of(app).add_plugins(CfnGuardValidator())  # type: ignore[arg-type]


def audit() -> Callable[[cdk.App], Any]:
    from ecs_guard_aspects import EcsGuard, Enforcement, Policy

    checks = [check.id for check in Policy().enforced_checks]
    return EcsGuard(Policy(enforcement=dict.fromkeys(checks, Enforcement.AUDIT))).protect


def fix() -> Callable[[cdk.App], Any]:
    from ecs_guard_aspects import EcsGuard, EcsGuardFix

    # Nothing in the app runs the task definitions.
    return lambda app: EcsGuard().protect(app, fix=EcsGuardFix(run_elsewhere=True, may_change_addresses=True))


APPS: dict[str, Callable[[cdk.App, int, int], None]] = {"services": services, "first-roll-out": first_roll_out}
GATES: dict[str, Callable[[], Callable[[cdk.App], Any]]] = {
    "bare": lambda: no_gate,
    "protect": protect,
    "aspect": plain_aspect,
    "audit": audit,
    "fix": fix,
    "cdk-nag": cdk_nag,
    "cdk-nag-nist": cdk_nag_nist,
    "empty-aspect": empty_aspect,
    "empty-plugin": empty_plugin,
    "cfn-guard": cfn_guard,
}


def cpu_seconds() -> float:
    """Return the user and system time of this process and of its descendants, Node.js among them (Linux only)."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    gone = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = own.ru_utime + own.ru_stime + gone.ru_utime + gone.ru_stime
    waiting = _children(os.getpid())
    while waiting:
        pid = waiting.pop()
        # utime, stime, cutime, cstime: the 14th to 17th field; the second is the name, in brackets
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        seconds += sum(int(ticks) for ticks in fields[11:15]) / os.sysconf("SC_CLK_TCK")
        waiting += _children(pid)
    return seconds


def _children(pid: int) -> list[int]:
    return [int(child) for file in Path(f"/proc/{pid}/task").glob("*/children") for child in file.read_text().split()]


def main() -> None:
    """Print the wall clock and CPU seconds of attaching the gate and synthesizing, as JSON."""
    gate, kind, size, denied = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    attach = GATES[gate]()
    with tempfile.TemporaryDirectory() as outdir:
        # As with the CDK CLI: a denial fails the CLI, not the app.
        context = {"@aws-cdk/core:failSynthOnValidationErrors": False}
        app = cdk.App(outdir=outdir, context=context, analytics_reporting=False)
        APPS[kind](app, size, denied)
        cpu, wall = cpu_seconds(), time.perf_counter()
        attach(app)
        app.synth()
        wall, cpu = time.perf_counter() - wall, cpu_seconds() - cpu
    print(json.dumps({"wall": wall, "cpu": cpu}))


if __name__ == "__main__":
    main()
