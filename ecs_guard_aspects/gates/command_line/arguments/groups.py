"""What several commands take: groups of arguments."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ....policy.profiles import Profile
from ..outputs import FORMATS, target

EXIT_CODES = "exit codes: 0 admitted, 1 denied, 2 something could not be read or done"


def add_policy(command: argparse.ArgumentParser) -> None:
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


def add_files(command: argparse.ArgumentParser) -> None:
    """Add which files are looked into; ``file_choice`` reads it."""
    files = command.add_argument_group("files")
    files.add_argument(
        "--exclude",
        action="append",
        default=[],
        metavar="GLOB",
        help="files or folders to leave out; may be given again",
    )
    files.add_argument("--ignore-unknown", action="store_true", help="pass over named files that are none of ours")


def add_baseline(command: argparse.ArgumentParser) -> None:
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


def add_output(command: argparse.ArgumentParser) -> Any:
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
