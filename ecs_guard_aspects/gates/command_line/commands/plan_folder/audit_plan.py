"""``--plan`` of ``ecs-guard audit``: its options, checked before the audit, and the plans, written after it."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import CommandError
from ...terminal import Progress, say

if TYPE_CHECKING:
    from .....model.document import Document
    from .....policy.judging.report import Report
    from .....remediation.plan import FixOptions
    from ....account.connections import Connections

_NEED_PLAN = (
    *("no_awsvpc", "subnets", "security_groups", "user"),
    *("may_change_addresses", "run_elsewhere", "may_replace_root"),
)


def plan_options(arguments: Namespace) -> FixOptions | None:
    """Return the options of the plan, None if none is wanted.

    Raises:
        CommandError: if they are not valid, or the folder cannot be written.
    """
    if arguments.plan is None:
        for name in _NEED_PLAN:
            if getattr(arguments, name):
                raise CommandError(f"--{name.removeprefix('may_').replace('_', '-')} is for a plan: add --plan FOLDER")
        return None
    from ...fix.options import fix_options
    from .former import require_usable

    if "${" in f"{arguments.subnets}{arguments.security_groups}":
        raise CommandError("--subnets and --security-groups of an audit take ids, not names of a template")
    require_usable(arguments.plan)
    return fix_options(arguments)


def write_audit_plan(
    folder: Path, options: FixOptions, connections: Connections, documents: Sequence[Document], report: Report
) -> None:
    """Plan for what a report denies, and write the folder.

    Args:
        folder: the folder.
        options: the options of the fix.
        connections: the credentials.
        documents: what the audit read.
        report: the report on it.

    Raises:
        CommandError: if it cannot be written.
    """
    from ....account.plans.planner import plan_denied
    from ....account.plans.revision_plan import PlanStatus
    from .folder import write_plans

    progress = Progress(sys.stderr, "calls")
    plans = plan_denied(connections, documents, report, options, progress)
    progress.clear()
    write_plans(folder, plans, report)
    planned = sum(each.status is PlanStatus.PLANNED for each in plans)
    noun = "task definition" if len(plans) == 1 else "task definitions"
    say(f"{planned} of {len(plans)} denied {noun} can be replaced by commands: see {folder / 'README.md'}")
