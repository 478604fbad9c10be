"""What ``ecs-guard generate`` takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .groups import add_policy


def add_generate(commands: Any) -> None:
    """Add the command to the subparsers of the program."""
    generate = commands.add_parser(
        "generate",
        help="write the policy for AWS Config, CloudFormation or IAM",
        description="Writes the policy as text for other engines, and on standard error what they cannot say.",
        epilog="exit codes: 0 written, 2 the policy cannot be said that way",
        allow_abbrev=False,
    )
    kinds = generate.add_subparsers(dest="kind", metavar="KIND", required=True)
    rules = _add_kind(kinds, "guard-rules", "the text of an AWS Config custom policy rule")
    account = _add_kind(kinds, "conformance-pack", "a conformance pack, for one account or, from S3, an organization")
    organization = _add_kind(
        kinds, "organization-conformance-pack", "a CloudFormation template that gives the pack to an organization"
    )
    for pack in (account, organization):
        pack.add_argument("--managed-rules", action="store_true", help="AWS's own rules for the same checks as well")
    organization.add_argument("--name", default="ecs-guard", help="what the pack is called (default: ecs-guard)")
    organization.add_argument(
        "--exclude-account", action="append", default=[], metavar="ID", help="does not get it; may be given again"
    )
    organization.add_argument("--delivery-bucket", metavar="NAME", help="an S3 bucket, awsconfigconforms...")
    scp = _add_kind(kinds, "service-control-policy", "a service control policy: what IAM can say of the policy")
    scp.add_argument(
        "--fargate-only", action="store_true", help="deny, too, all task definitions that are not for Fargate alone"
    )
    for kind in (rules, account, organization, scp):
        add_policy(kind)
    audit = _add_kind(kinds, "audit-policy", "the IAM policy that ecs-guard audit needs, which only reads")
    audit.add_argument(
        "--role", default="ecs-guard-audit", metavar="NAME|ARN", help="what it assumes (default: ecs-guard-audit)"
    )


def _add_kind(kinds: Any, name: str, what: str) -> Any:
    """Add a kind of text; ``generate.KINDS`` has the function that makes it."""
    kind = kinds.add_parser(name, help=what, description=f"Writes {what}.", allow_abbrev=False)
    kind.add_argument("--output", type=Path, metavar="FILE", help="write to a file instead of standard output")
    return kind
