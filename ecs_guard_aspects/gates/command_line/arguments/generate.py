"""Arguments of ``ecs-guard generate``."""

from __future__ import annotations

from typing import Any

from .groups import add_policy
from .parser import add_path


def add_generate(commands: Any) -> None:
    """Add the command to the subparsers of the program."""
    generate = commands.add_parser(
        "generate",
        help="convert the policy for AWS Config, CloudFormation, IAM or CDK apps without Python",
        description="Converts the policy to a text for another service. Standard error lists what that service"
        " cannot express.",
        epilog="exit codes: 0 written, 2 the service cannot express the policy",
    )
    kinds = generate.add_subparsers(dest="kind", metavar="KIND", required=True)
    rules = _add_kind(kinds, "guard-rules", "the text of an AWS Config custom policy rule")
    account = _add_kind(
        kinds, "conformance-pack", "a conformance pack for one account or, uploaded to S3, for an organization"
    )
    organization = _add_kind(
        kinds,
        "organization-conformance-pack",
        "a CloudFormation template that deploys the pack to all accounts of an organization",
    )
    for pack in (account, organization):
        pack.add_argument("--managed-rules", action="store_true", help="add the AWS managed rules for the same checks")
    organization.add_argument("--name", default="ecs-guard", help="name of the pack (default: ecs-guard)")
    organization.add_argument(
        "--exclude-account",
        action="append",
        default=[],
        metavar="ID",
        help="account that does not get the pack; repeatable",
    )
    organization.add_argument(
        "--delivery-bucket", metavar="NAME", help="S3 bucket of the pack; its name begins with awsconfigconforms"
    )
    scp = _add_kind(kinds, "service-control-policy", "a service control policy with the checks that IAM can express")
    scp.add_argument(
        "--fargate-only", action="store_true", help="also deny every task definition that is not for Fargate only"
    )
    hook = _add_kind(kinds, "hook", "a CloudFormation template of the gate at deployment, and the code of its function")
    stack_set = _add_kind(kinds, "hook-stack-set", "a CloudFormation template that deploys the hook to an organization")
    for template in (hook, stack_set):
        _add_hook(template)
    _add_protection(_add_kind(kinds, "hook-protection", "a service control policy that protects the hook"))
    rego = _add_kind(kinds, "cdk-rego", "Rego rules for the CloudFormationValidatePlugin of CDK apps in any language")
    for kind in (rules, account, organization, scp, hook, stack_set, rego):
        add_policy(kind)
    audit = _add_kind(kinds, "audit-policy", "the read-only IAM policy that ecs-guard audit needs")
    audit.add_argument(
        "--role",
        default="ecs-guard-audit",
        metavar="NAME|ARN",
        help="role that the audit assumes (default: ecs-guard-audit)",
    )


def _add_hook(template: Any) -> None:
    add_path(template, "--code", metavar="FILE", help="zip to write, for a bucket of S3")
    template.add_argument(
        "--failure-mode",
        default="WARN",
        metavar="WARN|FAIL",
        help="default of the parameter FailureMode: report what is denied, or stop the deployment (default: WARN)",
    )
    template.add_argument(
        "--exclude-stack",
        action="append",
        default=[],
        metavar="NAME",
        help="stack that the hook does not check, with * and ?; repeatable",
    )
    template.add_argument(
        "--alias", default="EcsGuard::TaskDefinition::Gate", metavar="NAME", help="name of the hook in CloudFormation"
    )
    template.add_argument(
        "--watch", action="store_true", help="also judge, and report, what is registered without CloudFormation"
    )


def _add_protection(protection: Any) -> None:
    protection.add_argument(
        "--role",
        action="append",
        default=[],
        metavar="NAME|ARN",
        help="role that may change the hook, with *: that calls CloudFormation, and that CloudFormation assumes",
    )
    protection.add_argument(
        "--stack",
        default="ecs-guard-hook",
        metavar="NAME",
        help="stack with the hook, with * (default: ecs-guard-hook)",
    )


def _add_kind(kinds: Any, name: str, what: str) -> Any:
    """Add a kind of text. ``generate.KINDS`` maps it to its function."""
    kind = kinds.add_parser(name, help=what, description=f"Writes {what}.")
    add_path(kind, "--output", metavar="FILE", help="file to write instead of standard output")
    return kind
