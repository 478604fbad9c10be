"""The hook as a plain template, for teams without the CDK, and as a StackSet for an organization.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stackset.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from . import settings
from .bundle import HANDLER, Bundle
from .log import ERRORS, FUNCTION, NAMESPACE

RUNTIME = "python3.13"
"""The runtime of the plain template. The construct uses the newest one of the installed CDK."""

_FORMAT = "2010-09-09"
_DESCRIPTION = "The deploy gate of ecs-guard: a CloudFormation hook that judges ECS task definitions"
_BUS = {"Fn::Sub": "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/default"}

Json = dict[str, Any]


def hook_template(
    code: Bundle,
    *,
    failure_mode: str = "WARN",
    exclude_stacks: Sequence[str] = (),
    alias: str = settings.DEFAULT_ALIAS,
    watch: bool = False,
) -> Json:
    """Return a CloudFormation template of the hook; the bucket with its code is a parameter.

    Args:
        code: the code of the function.
        failure_mode: the default of the parameter with this name: ``WARN`` or ``FAIL``.
        exclude_stacks: names of stacks, with ``*`` and ``?``, that are not checked.
        alias: the name of the hook in CloudFormation.
        watch: whether calls of RegisterTaskDefinition are judged too.

    Raises:
        PolicyError: if CloudFormation does not accept an alias or a filter.
    """
    return {
        "AWSTemplateFormatVersion": _FORMAT,
        "Description": _DESCRIPTION,
        "Parameters": {
            "CodeBucket": {
                "Type": "String",
                "Description": "The S3 bucket with the code, in the Region of the stack",
                "AllowedPattern": "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
            },
            **_parameters(code, failure_mode),
        },
        "Resources": _resources({"Ref": "CodeBucket"}, code, exclude_stacks, alias, watch),
    }


def stack_set_template(
    code: Bundle,
    *,
    failure_mode: str = "WARN",
    exclude_stacks: Sequence[str] = (),
    alias: str = settings.DEFAULT_ALIAS,
    watch: bool = False,
) -> Json:
    """Return a CloudFormation template that deploys the hook to the accounts of organizational units, also to new ones.

    It is for the management account or a delegated administrator. Lambda reads code only from the Region
    of the function, so there is a bucket in each Region. Its name is a prefix and the Region.

    Args:
        code: see ``hook_template``.
        failure_mode: see ``hook_template``.
        exclude_stacks: see ``hook_template``.
        alias: see ``hook_template``.
        watch: see ``hook_template``.

    Raises:
        PolicyError: see ``hook_template``.
    """
    prefix = {
        "Type": "String",
        "Description": "What the S3 buckets with the code are called, before the - and the Region",
        "AllowedPattern": "[a-z0-9][a-z0-9.-]{1,40}",
    }
    own = _parameters(code, failure_mode)
    bucket = {"Fn::Sub": "${CodeBucketPrefix}-${AWS::Region}"}
    member = {
        "AWSTemplateFormatVersion": _FORMAT,
        "Description": _DESCRIPTION,
        "Parameters": {"CodeBucketPrefix": prefix, **own},
        "Resources": _resources(bucket, code, exclude_stacks, alias, watch),
    }
    body = json.dumps(member, separators=(",", ":"))
    handed_on = ("CodeBucketPrefix", *own)
    return {
        "AWSTemplateFormatVersion": _FORMAT,
        "Description": f"{_DESCRIPTION}, in the accounts of an organization",
        "Parameters": {
            "OrganizationalUnits": {
                "Type": "CommaDelimitedList",
                "Description": "The ids of the organizational units, or of the root, that get the hook",
            },
            "Regions": {"Type": "CommaDelimitedList", "Description": "The Regions that get the hook"},
            "CallAs": {
                "Type": "String",
                "Default": "SELF",
                "AllowedValues": ["SELF", "DELEGATED_ADMIN"],
                "Description": "DELEGATED_ADMIN in the account of a delegated administrator",
            },
            "CodeBucketPrefix": prefix,
            **own,
        },
        "Resources": {
            "StackSet": {
                "Type": "AWS::CloudFormation::StackSet",
                "Properties": {
                    "StackSetName": {"Fn::Sub": "${AWS::StackName}-members"},
                    "Description": _DESCRIPTION,
                    "PermissionModel": "SERVICE_MANAGED",
                    "CallAs": {"Ref": "CallAs"},
                    "Capabilities": ["CAPABILITY_IAM"],
                    "AutoDeployment": {"Enabled": True, "RetainStacksOnAccountRemoval": False},
                    "ManagedExecution": {"Active": True},
                    "OperationPreferences": {"FailureTolerancePercentage": 10, "MaxConcurrentPercentage": 10},
                    "Parameters": [{"ParameterKey": name, "ParameterValue": {"Ref": name}} for name in handed_on],
                    "StackInstancesGroup": [
                        {
                            "DeploymentTargets": {"OrganizationalUnitIds": {"Ref": "OrganizationalUnits"}},
                            "Regions": {"Ref": "Regions"},
                        }
                    ],
                    "TemplateBody": body,
                },
            }
        },
    }


def _parameters(code: Bundle, failure_mode: str) -> Json:
    return {
        "CodeKey": {
            "Type": "String",
            "Default": code.file_name,
            "Description": "The key of the code in the bucket",
        },
        "FailureMode": {
            "Type": "String",
            "Default": settings.one_of("failure mode", failure_mode, settings.FAILURE_MODES),
            "AllowedValues": list(settings.FAILURE_MODES),
            "Description": "WARN reports what is denied, FAIL stops the deployment",
        },
        "HookStatus": {
            "Type": "String",
            "Default": "ENABLED",
            "AllowedValues": ["ENABLED", "DISABLED"],
            "Description": "DISABLED switches the hook off",
        },
    }


def _resources(bucket: Json, code: Bundle, exclude_stacks: Sequence[str], alias: str, watch: bool) -> Json:
    # The name changes with the code: CloudFormation publishes a version only when it creates the resource.
    version = f"Version{code.sha256[:12]}"
    excluded = [{"Ref": "AWS::StackName"}, *settings.excluded_stacks(exclude_stacks)]
    name = settings.hook_alias(alias)
    targets = [
        {"TargetName": kind, "Action": action, "InvocationPoint": "PRE_PROVISION"} for kind, action in settings.TARGETS
    ]
    resources = [operation for operation in settings.OPERATIONS if operation != settings.CHANGE_SET]
    return {
        "Log": {
            "Type": "AWS::Logs::LogGroup",
            "DeletionPolicy": "Retain",
            "UpdateReplacePolicy": "Retain",
            "Properties": {"RetentionInDays": settings.LOG_RETENTION_DAYS},
        },
        "FunctionRole": _role("lambda.amazonaws.com", "write-the-log", _log_statements(watch)),
        "Function": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Description": "Judges ECS task definitions by the policy of ecs-guard before they are deployed",
                "Architectures": ["arm64"],
                "Runtime": RUNTIME,
                "Handler": HANDLER,
                "Code": {"S3Bucket": bucket, "S3Key": {"Ref": "CodeKey"}},
                "Role": _arn("FunctionRole"),
                "LoggingConfig": {"LogGroup": {"Ref": "Log"}},
                "MemorySize": settings.MEMORY_MB,
                "Timeout": settings.TIMEOUT_SECONDS,
            },
        },
        version: {
            "Type": "AWS::Lambda::Version",
            "DeletionPolicy": "Delete",
            "UpdateReplacePolicy": "Delete",
            "Properties": {"FunctionName": {"Ref": "Function"}},
        },
        "Live": {
            "Type": "AWS::Lambda::Alias",
            "Properties": {
                "Name": settings.VERSION_ALIAS,
                "FunctionName": {"Ref": "Function"},
                "FunctionVersion": {"Fn::GetAtt": [version, "Version"]},
            },
        },
        # The policy is part of the role: resources that depend on the role depend on its permissions too.
        "HookRole": _role(
            settings.HOOKS_PRINCIPAL,
            "call-the-function",
            [_allow(["lambda:InvokeFunction"], {"Ref": "Live"})],
            {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
        ),
        "Hook": _hook(name, resources, excluded, {"TargetFilters": {"Targets": targets}}),
        "ChangeSetHook": _hook(settings.change_set_alias(name), [settings.CHANGE_SET], excluded, {}),
        **_alarms(),
        **(_watch() if watch else {}),
    }


def _role(service: str, policy: str, statements: Sequence[Json], condition: Json | None = None) -> Json:
    trust: Json = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    if condition:
        trust["Condition"] = condition
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
            "Policies": [
                {"PolicyName": policy, "PolicyDocument": {"Version": "2012-10-17", "Statement": list(statements)}}
            ],
        },
    }


def _log_statements(watch: bool) -> list[Json]:
    writes = _allow(["logs:CreateLogStream", "logs:PutLogEvents"], _arn("Log"))
    return [writes, *([_allow(["events:PutEvents"], _BUS)] if watch else [])]


def _hook(alias: str, operations: Sequence[str], excluded: Sequence[Any], more: Mapping[str, Any]) -> Json:
    return {
        "Type": "AWS::CloudFormation::LambdaHook",
        "Properties": {
            "Alias": alias,
            "ExecutionRole": _arn("HookRole"),
            "FailureMode": {"Ref": "FailureMode"},
            "HookStatus": {"Ref": "HookStatus"},
            "LambdaFunction": {"Ref": "Live"},
            "TargetOperations": list(operations),
            "StackFilters": {"FilteringCriteria": "ALL", "StackNames": {"Exclude": list(excluded)}},
            **more,
        },
    }


def _alarms() -> Json:
    watched = {
        "Errors": ("AWS/Lambda", "Errors", "FunctionName", "The function of the deploy gate fails."),
        "Throttles": ("AWS/Lambda", "Throttles", "FunctionName", "The function of the deploy gate is throttled."),
        "NotJudged": (NAMESPACE, ERRORS, FUNCTION, "The deploy gate could not judge a task definition; see its log."),
    }
    return {
        f"{name}Alarm": {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {
                "AlarmDescription": description,
                "Namespace": namespace,
                "MetricName": metric,
                "Dimensions": [{"Name": dimension, "Value": {"Ref": "Function"}}],
                "Statistic": "Sum",
                "Period": settings.PERIOD_SECONDS,
                "EvaluationPeriods": 1,
                "Threshold": 1,
                "ComparisonOperator": "GreaterThanOrEqualToThreshold",
                "TreatMissingData": "notBreaching",
            },
        }
        for name, (namespace, metric, dimension, description) in watched.items()
    }


def _watch() -> Json:
    return {
        "AsynchronousCalls": {
            "Type": "AWS::Lambda::EventInvokeConfig",
            "Properties": {
                "FunctionName": {"Ref": "Function"},
                "Qualifier": settings.VERSION_ALIAS,
                "DestinationConfig": {"OnSuccess": {"Destination": _BUS}},
            },
            "DependsOn": "Live",
        },
        "Registered": _rule(settings.registration_pattern(), {"Arn": {"Ref": "Live"}, "Id": "Function"}),
        "RegisteredMayCall": {
            "Type": "AWS::Lambda::Permission",
            "Properties": {
                "Action": "lambda:InvokeFunction",
                "FunctionName": {"Ref": "Live"},
                "Principal": "events.amazonaws.com",
                "SourceArn": _arn("Registered"),
            },
        },
        "Denied": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "ecs-guard"}},
        "DeniedPolicy": {
            "Type": "AWS::SNS::TopicPolicy",
            "Properties": {
                "Topics": [{"Ref": "Denied"}],
                "PolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Deny",
                            "Principal": "*",
                            "Action": "sns:Publish",
                            "Resource": {"Ref": "Denied"},
                            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                        },
                        {
                            "Effect": "Allow",
                            "Principal": {"Service": "events.amazonaws.com"},
                            "Action": "sns:Publish",
                            "Resource": {"Ref": "Denied"},
                        },
                    ],
                },
            },
        },
        "Denials": _rule(
            settings.denial_pattern([{"prefix": _arn("Function")}]),
            {"Arn": {"Ref": "Denied"}, "Id": "Topic", "InputPath": settings.NOTICE_PATH},
        ),
    }


def _rule(pattern: settings.Pattern, target: Json) -> Json:
    return {
        "Type": "AWS::Events::Rule",
        "Properties": {"EventPattern": dict(pattern), "State": "ENABLED", "Targets": [target]},
    }


def _allow(actions: Sequence[str], resource: Json) -> Json:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource}


def _arn(name: str) -> Json:
    return {"Fn::GetAtt": [name, "Arn"]}
