"""The hook as a construct: function, roles, alarms and the hooks of CloudFormation that call the function."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from aws_cdk import Annotations, CfnLambdaHook, Duration, RemovalPolicy, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from aws_cdk.aws_cloudwatch_actions import SnsAction
from aws_cdk.aws_events_targets import LambdaFunction, SnsTopic
from constructs import Construct

from ...policy.files.choice import policy_without_custom_checks
from ...policy.policy import Policy
from . import settings
from .bundle import HANDLER, Bundle, bundle
from .log import ERRORS, FUNCTION, METRICS, NAMESPACE

if TYPE_CHECKING:
    from aws_cdk.aws_iam import IManagedPolicy
    from aws_cdk.aws_sns import ITopic

_STAGING_IS_OFF = "aws:cdk:disable-asset-staging"  # https://docs.aws.amazon.com/cdk/v2/guide/assets.html
_UNKNOWN_EXEMPTIONS = "ecs-guard:exemptions-unknown-at-the-hook"
_LOCAL_EXEMPTIONS = "ecs-guard:local-exemptions-unknown-at-the-hook"


class EcsGuardHook(Construct):
    """The gate at deployment: CloudFormation and Cloud Control call it before they create a task definition.

    It is for one account and one Region. The hook becomes active after it has the permission to invoke its function.

    https://docs.aws.amazon.com/cloudformation-cli/latest/hooks-userguide/lambda-hooks.html

    Attributes:
        function: the function that judges.
        live: the alias of the function that the hooks call.
        role: the role that CloudFormation assumes to call it.
        log_group: the log group, with one line for each judgement.
        hooks: the hooks: one for resources, one for change sets.
        alarms: the alarms for errors of the function, for failed judgements, and for throttling.
        topic: the topic to which the watch sends denied revisions; None without ``watch``.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        policy: Policy | None = None,
        failure_mode: str = "WARN",
        exclude_stacks: Sequence[str] = (),
        enabled: bool = True,
        alias: str = settings.DEFAULT_ALIAS,
        target_operations: Sequence[str] = settings.OPERATIONS,
        watch: bool = False,
        watch_topic: ITopic | None = None,
        alarm_topic: ITopic | None = None,
        runtime: lambda_.Runtime | None = None,
        permissions_boundary: IManagedPolicy | None = None,
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN,
    ) -> None:
        """Create the hook.

        Args:
            scope: the scope of the construct.
            id: its id in the scope.
            policy: the policy; that of the repository, as for ``EcsGuard``, if left out.
            failure_mode: ``WARN`` reports denied task definitions, ``FAIL`` stops the deployment, also if the function
                fails.
            exclude_stacks: names of stacks, with ``*`` and ``?``, that are not checked. Cloud Control ignores it.
            enabled: whether the hook is on. To switch it off, deploy with false.
            alias: the name of the hook in CloudFormation; another alias is another hook.
            target_operations: the operations to check, of ``RESOURCE``, ``CLOUD_CONTROL`` and ``CHANGE_SET``.
            watch: whether calls of RegisterTaskDefinition that CloudTrail records are judged too. It does not stop
                them.
            watch_topic: the topic to which the watch sends denied revisions; a new topic if left out.
            alarm_topic: the topic for alarms; without it, alarms only change their state.
            runtime: the runtime of the function, Python 3.11 or newer; if left out, the newest that the installed CDK
                supports. A Region without that runtime needs an older one.
            permissions_boundary: the boundary of the roles.
            removal_policy: whether the log group is deleted or kept when the hook is removed.

        Raises:
            PolicyError: if the policy has custom checks, or CloudFormation does not accept an alias or a filter.
        """
        super().__init__(scope, id)
        policy = policy or policy_without_custom_checks(self, EcsGuardHook.__name__)
        failure_mode = settings.one_of("failure_mode", failure_mode, settings.FAILURE_MODES)
        excluded = (Stack.of(self).stack_name, *settings.excluded_stacks(exclude_stacks))
        operations = settings.operations(target_operations)
        alias = settings.hook_alias(alias)
        self.log_group = logs.LogGroup(
            self, "Log", retention=logs.RetentionDays.THREE_MONTHS, removal_policy=removal_policy
        )
        self.function = self._function(bundle(policy), runtime or _newest_runtime())
        self.live = lambda_.Alias(
            self, "Live", alias_name=settings.VERSION_ALIAS, version=self.function.current_version
        )
        self.role = iam.Role(
            self,
            "HookRole",
            description="What CloudFormation assumes to call the function of ecs-guard",
            assumed_by=iam.ServicePrincipal(
                settings.HOOKS_PRINCIPAL,
                conditions={"StringEquals": {"aws:SourceAccount": Stack.of(self).account}},
            ),
        )
        self.live.grant_invoke(self.role)
        resources = [operation for operation in operations if operation != settings.CHANGE_SET]
        self.hooks: list[CfnLambdaHook] = []
        if resources:
            self.hooks.append(self._hook("Hook", alias, resources, failure_mode, excluded, enabled))
            self.hooks[0].target_filters = CfnLambdaHook.TargetFiltersProperty(
                targets=[
                    CfnLambdaHook.HookTargetProperty(target_name=kind, action=action, invocation_point="PRE_PROVISION")
                    for kind, action in settings.TARGETS
                ]
            )
        if settings.CHANGE_SET in operations:
            name = settings.change_set_alias(alias)
            self.hooks.append(self._hook("ChangeSetHook", name, [settings.CHANGE_SET], failure_mode, excluded, enabled))
        self.alarms = self._alarms(alarm_topic)
        self.topic = self._watch(watch_topic) if watch else None
        if permissions_boundary is not None:
            iam.PermissionsBoundary.of(self).apply(permissions_boundary)
        self._name_unknown_exemptions(policy)

    def metric(self, name: str, *, statistic: str = "Sum") -> cloudwatch.Metric:
        """Return a metric of the gate, for your alarms and dashboards.

        Args:
            name: ``Judged``, ``Denied``, ``Errors`` or ``Milliseconds``.
            statistic: how values are combined.

        Raises:
            PolicyError: if there is no such metric.
        """
        return cloudwatch.Metric(
            namespace=NAMESPACE,
            metric_name=settings.one_of("metric", name, tuple(METRICS)),
            dimensions_map={FUNCTION: self.function.function_name},
            statistic=statistic,
            period=Duration.seconds(settings.PERIOD_SECONDS),
        )

    def _function(self, code: Bundle, runtime: lambda_.Runtime) -> lambda_.Function:
        role = iam.Role(
            self,
            "FunctionRole",
            description="What the function of ecs-guard may do: write its log",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
        )
        self.log_group.grant_write(role)
        folder = Path(mkdtemp(prefix="ecs-guard-"))
        file = folder / code.file_name
        file.write_bytes(code.content)
        function = lambda_.Function(
            self,
            "Function",
            description="Judges ECS task definitions by the policy of ecs-guard before they are deployed",
            runtime=runtime,
            architecture=lambda_.Architecture.ARM_64,
            handler=HANDLER,
            code=lambda_.Code.from_asset(str(file), asset_hash=code.sha256),
            role=role,
            log_group=self.log_group,
            memory_size=settings.MEMORY_MB,
            timeout=Duration.seconds(settings.TIMEOUT_SECONDS),
        )
        # Without asset staging the template names the file itself, which is read after synth.
        if not self.node.try_get_context(_STAGING_IS_OFF):
            rmtree(folder)
        return function

    def _hook(
        self, id: str, alias: str, operations: Sequence[str], failure_mode: str, excluded: Sequence[str], enabled: bool
    ) -> CfnLambdaHook:
        hook = CfnLambdaHook(
            self,
            id,
            alias=alias,
            execution_role=self.role.role_arn,
            failure_mode=failure_mode,
            hook_status="ENABLED" if enabled else "DISABLED",
            lambda_function=self.live.function_arn,
            target_operations=list(operations),
            stack_filters=CfnLambdaHook.StackFiltersProperty(
                filtering_criteria="ALL", stack_names=CfnLambdaHook.StackNamesProperty(exclude=list(excluded))
            ),
        )
        # The ARN of the role does not depend on its policy. A hook without the permission to call its function would
        # deny every task definition of the account.
        hook.node.add_dependency(self.role)
        return hook

    def _alarms(self, topic: ITopic | None) -> list[cloudwatch.Alarm]:
        period = Duration.seconds(settings.PERIOD_SECONDS)
        watched = {
            "Errors": (self.function.metric_errors(period=period), "The function of the deploy gate fails."),
            "Throttles": (
                self.function.metric_throttles(period=period),
                "The function of the deploy gate is throttled.",
            ),
            "NotJudged": (self.metric(ERRORS), "The deploy gate could not judge a task definition; see its log."),
        }
        alarms = [
            cloudwatch.Alarm(
                self,
                f"{name}Alarm",
                alarm_description=description,
                metric=metric,
                threshold=1,
                evaluation_periods=1,
                comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
                treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            )
            for name, (metric, description) in watched.items()
        ]
        if topic is not None:
            for alarm in alarms:
                alarm.add_alarm_action(SnsAction(topic))
        return alarms

    def _watch(self, topic: ITopic | None) -> ITopic:
        # The standard library cannot sign a call to SNS, so the result goes to EventBridge, which forwards denied
        # revisions.
        self.live.configure_async_invoke(on_success=destinations.EventBridgeDestination())
        events.Rule(
            self,
            "Registered",
            description="Task definitions that are registered, for the watch of ecs-guard",
            event_pattern=_pattern(settings.registration_pattern()),
            targets=[LambdaFunction(self.live)],
        )
        topic = topic or sns.Topic(self, "Denied", display_name="ecs-guard", enforce_ssl=True)
        events.Rule(
            self,
            "Denials",
            description="What the watch of ecs-guard denies",
            event_pattern=_pattern(settings.denial_pattern(events.Match.prefix(self.function.function_arn))),
            targets=[SnsTopic(topic, message=events.RuleTargetInput.from_event_path(settings.NOTICE_PATH))],
        )
        return topic

    def _name_unknown_exemptions(self, policy: Policy) -> None:
        unknown = settings.unknown_at_the_hook(policy)
        if unknown:
            lines = [f"- {exemption.check} for {exemption.where} ({exemption.describe()})" for exemption in unknown]
            Annotations.of(self).add_warning_v2(
                _UNKNOWN_EXEMPTIONS,
                "The hook does not know these exemptions, since a deployment has no construct paths and no files. It"
                " denies what they admit elsewhere. Give the family, and the account, instead of the path:\n"
                + "\n".join(lines),
            )
        if policy.local_exemptions:
            Annotations.of(self).add_info_v2(
                _LOCAL_EXEMPTIONS,
                "Acknowledgements and inline exemptions do not reach the hook, which denies what they admit. The"
                " command ecs-guard exemptions lists them.",
            )


def _newest_runtime() -> lambda_.Runtime:
    """Return the newest runtime of Python that the installed CDK supports."""
    names = [name for name in dir(lambda_.Runtime) if name.startswith("PYTHON_3_")]
    runtime: lambda_.Runtime = getattr(lambda_.Runtime, max(names, key=lambda name: int(name.rpartition("_")[2])))
    return runtime


def _pattern(pattern: settings.Pattern) -> events.EventPattern:
    names = {"detail-type": "detail_type"}
    return events.EventPattern(**{names.get(name, name): value for name, value in pattern.items()})
