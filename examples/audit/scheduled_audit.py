"""A construct that runs ``ecs-guard audit`` on a schedule: a Fargate task, its role, and a bucket for the reports."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct

from ecs_guard_aspects.gates.account.permissions import DEFAULT_ROLE, audit_policy

PROGRAM = Path(__file__).with_name("task.py")
USER = "65532:65532"  # the user of the image: see the Dockerfile
TEMPORARY = "/tmp"


class ScheduledAudit(Construct):
    """An audit once a day.

    Attributes:
        reports: the bucket with the reports; ``latest.json`` is compared with the next one.
        task_definition: the task definition of the audit.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        vpc: ec2.IVpc,
        image: ecs.ContainerImage,
        arguments: Sequence[str] = ("--regions", "all"),
        role: str = DEFAULT_ROLE,
        security_hub: bool = False,
        schedule: events.Schedule | None = None,
    ) -> None:
        """Create the construct.

        Args:
            scope: the scope of the construct.
            id: its id in the scope.
            vpc: a VPC whose private subnets reach the endpoints of AWS.
            image: the image of ecs-guard, made from the Dockerfile of its repository.
            arguments: arguments of ``ecs-guard audit``, such as ``--accounts org --role ecs-guard-audit``.
            role: the role that the audit assumes in other accounts.
            security_hub: whether to import the findings into Security Hub. Where it is not enabled, the task ends with
                exit code 2, after it has imported those of other Regions.
            schedule: when it runs; every day at 05:00 UTC if left out.
        """
        super().__init__(scope, id)
        self.reports = s3.Bucket(
            self,
            "Reports",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            lifecycle_rules=[s3.LifecycleRule(expiration=cdk.Duration.days(400), prefix="reports/")],
            removal_policy=cdk.RemovalPolicy.RETAIN,
        )
        self.task_definition = self._task_definition(image, arguments, security_hub)
        self._grant(role, security_hub)
        # It only calls AWS: no ingress rule.
        group = ec2.SecurityGroup(self, "Group", vpc=vpc, description="ecs-guard audit")
        task = targets.EcsTask(
            cluster=ecs.Cluster(self, "Cluster", vpc=vpc),
            task_definition=self.task_definition,
            security_groups=[group],
            subnet_selection=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS),
        )
        at_five = events.Schedule.cron(hour="5", minute="0")
        events.Rule(self, "Schedule", schedule=schedule or at_five, targets=[task])

    def _task_definition(
        self, image: ecs.ContainerImage, arguments: Sequence[str], security_hub: bool
    ) -> ecs.FargateTaskDefinition:
        definition = ecs.FargateTaskDefinition(self, "Task", cpu=512, memory_limit_mib=1024)
        definition.add_volume(name="temporary")
        container = definition.add_container(
            "audit",
            image=image,
            entry_point=["python", "-c"],
            command=[PROGRAM.read_text(encoding="utf-8")],
            environment={
                "BUCKET": self.reports.bucket_name,
                "ARGUMENTS": json.dumps(list(arguments)),
                "IMPORT": "1" if security_hub else "0",
            },
            user=USER,
            privileged=False,
            readonly_root_filesystem=True,
            logging=ecs.LogDrivers.aws_logs(stream_prefix="audit", log_retention=logs.RetentionDays.THREE_MONTHS),
        )
        container.add_mount_points(ecs.MountPoint(container_path=TEMPORARY, source_volume="temporary", read_only=False))
        return definition

    def _grant(self, role: str, security_hub: bool) -> None:
        document = iam.PolicyDocument.from_json(audit_policy(role))
        if security_hub:
            product = cdk.Stack.of(self).format_arn(
                service="securityhub", region="*", resource="product", resource_name=f"{cdk.Aws.ACCOUNT_ID}/default"
            )
            document.add_statements(
                iam.PolicyStatement(actions=["securityhub:BatchImportFindings"], resources=[product])
            )
        iam.Policy(self, "Permissions", document=document, roles=[self.task_definition.task_role])
        self.reports.grant_read(self.task_definition.task_role, "latest.json")
        self.reports.grant_put(self.task_definition.task_role)
