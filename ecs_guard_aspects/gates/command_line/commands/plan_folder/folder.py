"""The folder of plans and its files, which only their owner can read."""

from __future__ import annotations

import datetime
import hashlib
import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ....._version import VERSION
from .....policy.judging.report import Report
from ....account.plans.revision_plan import RevisionPlan
from ...errors import CommandError
from ...fix.options import blocker_text
from ...write_file import write_file
from .former import INDEX, KIND, remove_former
from .readme import index_of, readme_of
from .shell import forward_script, rollback_script

_VERSION = 1
_LONGEST = 100  # of a family in the name of a folder: it may have 255 characters, and names of files end there too
_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]")


def write_plans(folder: Path, plans: Sequence[RevisionPlan], report: Report) -> None:
    """Write the plans, and remove earlier ones that have not been carried out.

    Raises:
        CommandError: if a file cannot be written.
    """
    try:
        carried_out = remove_former(folder)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, content in _files(plans, report, carried_out).items():
            path = folder / name
            path.parent.mkdir(mode=0o700, exist_ok=True)
            write_file(path, content.encode(), f"--plan {folder}", mode=0o600)
    except OSError as error:
        raise CommandError(f"--plan {folder}: {error.strerror or error}") from error


def _files(plans: Sequence[RevisionPlan], report: Report, taken: Collection[str]) -> dict[str, str]:
    names = folder_names(plans, taken)
    files: dict[str, str] = {}
    for name, plan in zip(names, plans, strict=True):
        files |= {f"{name}/{file}": content for file, content in _files_of(plan, report)}
    files["README.md"] = index_of(list(zip(names, plans, strict=True)), report)
    entries = [{"folder": name, **plan_as_json(plan)} for name, plan in zip(names, plans, strict=True)]
    created = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    index = {
        "version": _VERSION,
        "kind": KIND,
        "tool": {"name": "ecs-guard", "version": VERSION},
        "created": created,
        "files": sorted(files),
        "plans": entries,
    }
    return {INDEX: _json(index), **files}  # first: with it a folder that is half written is known again


def _files_of(plan: RevisionPlan, report: Report) -> Iterator[tuple[str, str]]:
    yield "README.md", readme_of(plan, report)
    yield INDEX, _json({"version": _VERSION, **plan_as_json(plan)})
    for command in (*plan.commands, *plan.rollback):
        if command.input is not None:
            yield command.file, _json(command.input)
    if plan.commands:
        yield "commands.sh", forward_script(plan)
    if plan.rollback:
        yield "rollback.sh", rollback_script(plan)


def plan_as_json(plan: RevisionPlan) -> dict[str, Any]:
    """Return a plan as JSON has it, without what may be secret: that is in the inputs of the commands only."""
    usage = plan.revision.usage
    return {
        "task_definition": plan.revision.address,
        "account": plan.revision.account,
        "region": plan.region,
        "status": plan.status.value,
        "in_use_by": list(usage.in_use_by) if usage is not None else [],
        "exposure": usage.exposure.to_json() if usage is not None else None,
        "changes": [{"property": each.path, "from": each.old, "to": each.new} for each in plan.changes],
        "refused_because": [blocker_text(each) for each in plan.blockers],
        "notes": list(plan.notes),
        "commands": [each.to_json() for each in plan.commands],
        "rollback": [each.to_json() for each in plan.rollback],
    }


def folder_names(plans: Sequence[RevisionPlan], taken: Collection[str] = ()) -> list[str]:
    """Return a name for the folder of each plan: account, Region, family and revision, unique in any file system.

    Args:
        plans: the plans.
        taken: names that are taken.
    """
    names: list[str] = []
    seen = {name.casefold() for name in taken}
    for plan in plans:
        family, _, number = plan.revision.address.rpartition("/")[2].rpartition(":")
        short = _UNSAFE.sub("_", family)
        if len(short) > _LONGEST or short != family:
            digest = hashlib.sha256(family.encode()).hexdigest()[:8]
            short = f"{short[:_LONGEST]}-{digest}"
        name = whole = f"{plan.revision.account}_{plan.region}_{short}_{number}"
        again = 2
        while name.casefold() in seen:  # families differ in case, files of Windows and macOS do not
            name, again = f"{whole}-{again}", again + 1
        seen.add(name.casefold())
        names.append(name)
    return names


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, default=str) + "\n"
