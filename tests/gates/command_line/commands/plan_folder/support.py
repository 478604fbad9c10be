"""Plans, and the folder that they are written to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ecs_guard_aspects.gates.account.plans.revision_plan import RevisionPlan
from ecs_guard_aspects.gates.command_line.commands.plan_folder.folder import write_plans
from ecs_guard_aspects.gates.command_line.commands.plan_folder.former import require_usable
from ecs_guard_aspects.model.document import Document
from ecs_guard_aspects.policy.judging.judge import judge
from ecs_guard_aspects.policy.judging.report import Report
from ecs_guard_aspects.policy.policy import Policy
from tests.gates.account.plans.support import Given, described, planned, service

FOLDER = "123456789012_eu-west-1_web_1"


def plan_of(definition: Any = None, **given: Any) -> RevisionPlan:
    given = given or {"services": [service()]}
    return planned(Given(definition or described(), **given))


def report_of(*plans: RevisionPlan) -> Report:
    return judge([Document("x", tuple(plan.revision for plan in plans))], Policy())


def written(folder: Path, *plans: RevisionPlan) -> list[str]:
    """Write plans, and return the files of the folder."""
    require_usable(folder)
    write_plans(folder, plans, report_of(*plans))
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
