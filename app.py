"""A team's app behind the gate: denied as it is, admitted with `cdk synth -c ecs-guard:fix=true`."""

import os
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_ecs_patterns as ecs_patterns
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from constructs import Construct

from ecs_guard_aspects import EcsGuard, EcsGuardFix, Network, Policy

# Findings then name the line a task definition was made at.
os.environ.setdefault("JSII_HOST_STACK_TRACES", "1")

IMAGE = ecs.ContainerImage.from_registry("public.ecr.aws/docker/library/nginx:1.29")
ROLLBACK = ecs.DeploymentCircuitBreaker(rollback=True)


class Platform(cdk.Stack):
    """What all services share."""

    def __init__(self, scope: Construct, name: str) -> None:
        super().__init__(scope, name)
        self.vpc = ec2.Vpc(self, "Vpc", max_azs=2, nat_gateways=1)
        self.cluster = ecs.Cluster(self, "Cluster", vpc=self.vpc)
        self.cluster.add_capacity("Instances", instance_type=ec2.InstanceType("t3.small"))


class Web(cdk.Stack):
    """A Fargate service behind a load balancer: fine as it is."""

    def __init__(self, scope: Construct, name: str, cluster: ecs.ICluster) -> None:
        super().__init__(scope, name)
        options = ecs_patterns.ApplicationLoadBalancedTaskImageOptions(image=IMAGE)
        ecs_patterns.ApplicationLoadBalancedFargateService(
            self, "Web", cluster=cluster, task_image_options=options, circuit_breaker=ROLLBACK, min_healthy_percent=100
        )


class Worker(cdk.Stack):
    """A service on EC2 that names no network mode: CDK makes that bridge."""

    def __init__(self, scope: Construct, name: str, cluster: ecs.ICluster) -> None:
        super().__init__(scope, name)
        task = ecs.Ec2TaskDefinition(self, "Task")
        task.add_container("worker", image=IMAGE, memory_limit_mib=256, user="1000:1000")
        ecs.Ec2Service(
            self, "Service", cluster=cluster, task_definition=task, circuit_breaker=ROLLBACK, min_healthy_percent=50
        )


class Agent(cdk.Stack):
    """A node agent: host mode on purpose, root by oversight."""

    def __init__(self, scope: Construct, name: str, cluster: ecs.ICluster) -> None:
        super().__init__(scope, name)
        task = ecs.Ec2TaskDefinition(self, "Task", network_mode=ecs.NetworkMode.HOST)
        task.add_container("agent", image=ecs.ContainerImage.from_registry("example/agent:2.4"), memory_limit_mib=128)
        ecs.Ec2Service(
            self,
            "Service",
            cluster=cluster,
            task_definition=task,
            daemon=True,
            circuit_breaker=ROLLBACK,
            min_healthy_percent=0,
        )
        host_mode = cdk.Acknowledgment(
            id="ecs-guard::awsvpc-network-mode", reason="reads the instance's own network counters"
        )
        cdk.Validations.of(task).acknowledge(host_mode)


class Report(cdk.Stack):
    """A nightly batch task, on EC2 and bridge by default."""

    def __init__(self, scope: Construct, name: str, cluster: ecs.ICluster) -> None:
        super().__init__(scope, name)
        task = ecs.Ec2TaskDefinition(self, "Task")
        task.add_container("report", image=IMAGE, memory_limit_mib=512, user="1000:1000")
        target: Any = targets.EcsTask(cluster=cluster, task_definition=task)
        events.Rule(self, "Nightly", schedule=events.Schedule.cron(hour="3", minute="0"), targets=[target])


app = cdk.App()
platform = Platform(app, "Platform")
Web(app, "Web", platform.cluster)
Worker(app, "Worker", platform.cluster)
Agent(app, "Agent", platform.cluster)
Report(app, "Report", platform.cluster)

fix = None
if app.node.try_get_context("ecs-guard:fix") == "true":
    subnets = [subnet.subnet_id for subnet in platform.vpc.private_subnets]
    fix = EcsGuardFix(user="1000:1000", network=Network(subnets=tuple(subnets)))
EcsGuard(Policy.from_context(app)).protect(app, fix=fix)
app.synth()
