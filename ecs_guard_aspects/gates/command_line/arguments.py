"""The arguments of ``ecs-guard``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..._version import VERSION
from ...policy.profiles import Profile
from .outputs import FORMATS, target

_EXIT_CODES = "exit codes: 0 admitted, 1 denied, 2 something could not be read or done"


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands; ``command`` of what it returns is the one that was given."""
    top = argparse.ArgumentParser(
        prog="ecs-guard", description="Judges Amazon ECS task definitions.", epilog=_EXIT_CODES, allow_abbrev=False
    )
    top.add_argument("--version", action="version", version=f"ecs-guard {VERSION}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _add_check(commands)
    _add_exemptions(commands)
    _add_fix(commands)
    _add_audit(commands)
    _add_explain(commands)
    _add_generate(commands)
    return top


def _add_check(commands: Any) -> None:
    check = commands.add_parser(
        "check",
        help="judge templates, cloud assemblies, API JSON and Terraform",
        description="Judges CloudFormation templates, cloud assemblies (cdk.out), task definitions of the ECS API, and"
        " plans and code of Terraform.",
        epilog=_EXIT_CODES,
        allow_abbrev=False,
    )
    check.add_argument(
        "paths", nargs="*", metavar="PATH", help="file or folder, - for standard input (default: the working directory)"
    )
    _add_policy(check)
    _add_files(check)
    _add_baseline(check)
    _add_output(check)


def _add_audit(commands: Any) -> None:
    audit = commands.add_parser(
        "audit",
        help="judge what runs in AWS accounts",
        description="Judges the task definitions that are in use in AWS accounts: of running tasks and of services.",
        epilog=_EXIT_CODES,
        allow_abbrev=False,
    )
    where = audit.add_argument_group("where")
    where.add_argument("--regions", metavar="NAME,...|all", help="Regions (default: the one that is configured)")
    where.add_argument(
        "--accounts", metavar="ID,...|org", help="accounts, org for the organization (default: that of the credentials)"
    )
    where.add_argument("--role", metavar="NAME|ARN", help="the role to read other accounts with")
    where.add_argument("--aws-profile", metavar="NAME", help="the profile of the AWS configuration")
    where.add_argument(
        "--include-scheduled",
        action="store_true",
        help="what EventBridge rules and schedules start is in use too",
    )
    _add_policy(audit)
    _add_output(audit).add_argument(
        "--compare", type=Path, metavar="LAST.json", help="say what became of the findings of an earlier audit"
    )


def _add_output(command: argparse.ArgumentParser) -> Any:
    """Add where the report goes, and what the command ends with."""
    output = command.add_argument_group("output")
    output.add_argument("--format", choices=list(FORMATS), default="text", help="of standard output (default: text)")
    output.add_argument(
        "--output",
        action="append",
        default=[],
        type=target,
        metavar="FORMAT=FILE",
        help=f"write a report to a file as well, {', '.join(FORMATS)}; may be given again",
    )
    output.add_argument(
        "--include-exempt", action="store_true", help="have what is exempt or known in SARIF and GitLab's format, too"
    )
    output.add_argument("--exit-zero", action="store_true", help="exit with 0 instead of 1")
    return output


def _add_exemptions(commands: Any) -> None:
    exemptions = commands.add_parser(
        "exemptions",
        help="list all exemptions: whose, until when, and which are stale",
        description="Lists the exemptions of the policy, of what is judged, and of reports, the most urgent first.",
        epilog="exit codes: 0 listed, 2 something could not be read or done",
        allow_abbrev=False,
    )
    exemptions.add_argument(
        "paths", nargs="*", metavar="PATH", help="what to judge, as for check (default: the working directory)"
    )
    exemptions.add_argument(
        "--report",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="a report in JSON of any gate: an exemption that is used there is not stale; may be given again",
    )
    exemptions.add_argument(
        "--format", choices=["text", "json", "csv", "markdown"], default="text", help="of the list (default: text)"
    )
    _add_policy(exemptions)
    _add_files(exemptions)


def _add_fix(commands: Any) -> None:
    fix = commands.add_parser(
        "fix",
        help="edit templates so that they pass",
        description="Edits the text of CloudFormation templates where that is safe, and says why where it is not."
        " Shows a diff; --write writes.",
        epilog="exit codes: 0 nothing is left to do, 1 something is (without --write: or would be edited),"
        " 2 something could not be read or done",
        allow_abbrev=False,
    )
    fix.add_argument("paths", nargs="*", metavar="PATH", help="file or folder")
    fix.add_argument("--write", action="store_true", help="write the files instead of showing a diff")
    _add_policy(fix)
    _add_files(fix)
    wishes = fix.add_argument_group("what to change")
    wishes.add_argument("--no-awsvpc", action="store_true", help="leave the network modes as they are")
    wishes.add_argument(
        "--subnets", metavar="ID,...", help="for what runs a task and names none: ids, or ${Name} of the template"
    )
    wishes.add_argument("--security-groups", metavar="ID,...", help="beside the subnets; without: the VPC's default")
    wishes.add_argument("--assign-public-ip", action="store_true", help="a public address for tasks on Fargate")
    wishes.add_argument("--user", metavar="UID[:GID]", help="for host-mode containers that run as root")
    wishes.add_argument(
        "--may-change-addresses", action="store_true", help="a task may lose the address of its instance"
    )


def _add_explain(commands: Any) -> None:
    explain = commands.add_parser(
        "explain", help="say what a check demands and why", description="Says what a check demands, and why."
    )
    explain.add_argument("check", nargs="?", metavar="CHECK", help="its id; all of them if left out")


def _add_generate(commands: Any) -> None:
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
        _add_policy(kind)
    audit = _add_kind(kinds, "audit-policy", "the IAM policy that ecs-guard audit needs, which only reads")
    audit.add_argument(
        "--role",
        default="ecs-guard-audit",
        metavar="NAME|ARN",
        help="the role that it assumes (default: ecs-guard-audit)",
    )


def _add_kind(kinds: Any, name: str, what: str) -> Any:
    """Add a kind of text; ``generate.KINDS`` has the function that makes it."""
    kind = kinds.add_parser(name, help=what, description=f"Writes {what}.", allow_abbrev=False)
    kind.add_argument("--output", type=Path, metavar="FILE", help="write to a file instead of standard output")
    return kind


def _add_policy(command: argparse.ArgumentParser) -> None:
    """Add what chooses a policy; ``policy_choice`` reads it."""
    policy = command.add_argument_group("policy")
    source = policy.add_mutually_exclusive_group()
    source.add_argument("--policy", type=Path, metavar="FILE", help="the policy to judge by, instead of the nearest")
    source.add_argument("--no-config", action="store_true", help="judge by the default policy, whatever lies around")
    policy.add_argument(
        "--profile", choices=[profile.value for profile in Profile], help="replaces the profile of the policy"
    )
    policy.add_argument(
        "--checks", action="append", default=[], metavar="MODULE:NAME", help="checks of your own; may be given again"
    )


def _add_baseline(command: argparse.ArgumentParser) -> None:
    """Add what says which findings were known before; ``baseline_file`` reads it."""
    baseline = command.add_argument_group("baseline")
    baseline.add_argument(
        "--baseline", type=Path, metavar="FILE", help="let pass what is denied and stands in this file"
    )
    baseline.add_argument(
        "--write-baseline",
        type=Path,
        metavar="FILE",
        help="write what is denied to a new file; with --baseline: take from it what is gone, never add to it",
    )


def _add_files(command: argparse.ArgumentParser) -> None:
    files = command.add_argument_group("files")
    files.add_argument(
        "--exclude",
        action="append",
        default=[],
        metavar="GLOB",
        help="files or folders to leave out; may be given again",
    )
    files.add_argument("--ignore-unknown", action="store_true", help="pass over named files that are none of ours")
