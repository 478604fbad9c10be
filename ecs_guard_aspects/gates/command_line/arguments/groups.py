"""Argument groups that several commands share."""

from __future__ import annotations

import argparse
from collections.abc import Collection
from typing import Any

from ....policy.profiles import profile_names
from ..outputs import FORMATS
from .formats import format_of, target_of
from .parser import add_path, one_of

EXIT_CODES = "exit codes: 0 admitted, 1 denied, 2 a file could not be read or the command failed"


def add_policy(command: argparse.ArgumentParser) -> None:
    """Add the options that choose a policy; ``policy_choice`` reads them."""
    policy = command.add_argument_group("policy")
    profiles = profile_names()
    source = policy.add_mutually_exclusive_group()
    add_path(
        source,
        "--policy",
        metavar="FILE",
        help="policy file to use instead of the one found from this folder up",
    )
    source.add_argument("--no-config", action="store_true", help="ignore policy files and use the default policy")
    policy.add_argument(
        "--profile",
        type=one_of(profiles),
        choices=profiles,
        metavar="NAME",
        help="profile to use instead of the profile of the policy:"
        f" {', '.join(name for name in profiles if '@' not in name)}; NAME@VERSION pins it",
    )
    add_checks(policy)


def add_checks(policy: Any) -> None:
    """Add the options for custom checks."""
    policy.add_argument(
        "--checks", action="append", default=[], metavar="MODULE:NAME", help="custom checks to add; repeatable"
    )
    policy.add_argument(
        "--allow-checks",
        action="store_true",
        help="import the custom checks that the policy names; anyone who can change the policy can then run code",
    )


def add_files(command: argparse.ArgumentParser) -> None:
    """Add the options that choose files; ``file_choice`` reads them."""
    files = command.add_argument_group("files")
    files.add_argument(
        "--exclude",
        action="append",
        default=[],
        metavar="GLOB",
        help="files or folders to skip; repeatable",
    )
    files.add_argument("--ignore-unknown", action="store_true", help="skip named files without task definitions")


def add_changes(changes: Any, subnets: str) -> None:
    """Add the options of a fix that templates and accounts share; ``fix.options`` reads them.

    Args:
        changes: the group of options.
        subnets: the form that subnets are given in.
    """
    changes.add_argument("--no-awsvpc", action="store_true", help="do not change network modes")
    changes.add_argument(
        "--subnets",
        metavar="ID,...",
        help=f"subnets for services, rules and schedules without a network configuration: {subnets} (default: the"
        " subnets and security groups of the instances of their cluster)",
    )
    changes.add_argument(
        "--security-groups",
        metavar="ID,...",
        help="security groups for the same services, rules and schedules; requires --subnets (default: the default"
        " security group of the VPC)",
    )
    changes.add_argument("--user", metavar="UID[:GID]", help="user for host-mode containers that run as root")
    changes.add_argument(
        "--change-addresses",
        dest="may_change_addresses",
        action="store_true",
        help="allow fixes after which a task no longer has the IP address of its instance",
    )
    changes.add_argument(
        "--run-elsewhere",
        action="store_true",
        help="fix tasks that something else runs too: its RunTask must give them a network configuration",
    )
    changes.add_argument(
        "--replace-root",
        dest="may_replace_root",
        action="store_true",
        help="let --user replace a user that is written as root",
    )


def add_baseline(command: argparse.ArgumentParser) -> None:
    """Add the baseline options; ``baseline_file`` reads them."""
    baseline = command.add_argument_group("baseline")
    add_path(baseline, "--baseline", metavar="FILE", help="admit the denied findings that this file lists")
    add_path(
        baseline,
        "--write-baseline",
        metavar="FILE",
        help="write the denied findings to a new file; with --baseline: remove those that no longer occur, add none",
    )


def add_output(command: argparse.ArgumentParser, formats: Collection[str] = tuple(FORMATS)) -> Any:
    """Add the options for the report and the exit code.

    Args:
        command: the command.
        formats: the formats that it can write.
    """
    output = command.add_argument_group("output")
    output.add_argument(
        "--format",
        type=format_of(formats),
        choices=list(formats),
        default="text",
        help="format of standard output (default: text)",
    )
    output.add_argument(
        "--output",
        action="append",
        default=[],
        type=target_of(formats),
        metavar="FORMAT=FILE",
        help=f"also write a report to a file; formats: {', '.join(formats)}; repeatable",
    )
    output.add_argument(
        "--include-exempt",
        action="store_true",
        help="include exempt and baseline findings in the sarif and gitlab formats",
    )
    output.add_argument("--exit-zero", action="store_true", help="exit with 0 instead of 1 when findings are denied")
    output.add_argument(
        "--require",
        type=_number,
        default=0,
        metavar="N",
        help="exit with 2 if fewer than N task definitions are judged (default: 0)",
    )
    return output


def _number(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of task definitions")
    return int(text)
