"""``--require N``: the minimum number of task definitions, and the hint to run ``cdk synth`` if there is no cloud
assembly."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from ...model.plural import counted
from ...policy.judging.report import Report
from ...sources.folders import walk

_CDK_JSON = "cdk.json"
_CDK_OUT = "cdk.out"


def with_requirement(report: Report, least: int, hint: str = "") -> Report:
    """Return the report; if fewer task definitions were judged than required, it has a shortfall and is not admitted.

    Args:
        report: the report.
        least: the value of ``--require``.
        hint: what to do; see ``hint_to_synthesize``.
    """
    judged = len(report.resources)
    if judged >= least:
        return report
    number = f"{counted(judged, 'task definition')} {'was' if judged == 1 else 'were'} judged"
    sentence = f"{number}, but --require asks for at least {least}"
    return replace(report, shortfall=f"{sentence}{f': {hint}' if hint else ''}.")


def hint_to_synthesize(paths: Sequence[str]) -> str:
    """Return what to do about the first CDK app in some paths that has no cloud assembly; empty if there is none."""
    app = next((folder for path in paths for folder in _apps(Path(path)) if not _has_assembly(folder)), None)
    if app is None:
        return ""
    there, missing = (app / _CDK_JSON).as_posix(), (app / _CDK_OUT).as_posix()
    return f"run cdk synth first, because there is {there} but no {missing}"


def _apps(path: Path) -> Iterator[Path]:
    """Yield the folders of CDK apps in a folder, or the folder of the app whose cloud assembly a path names."""
    if path.is_dir():
        yield from (entry.path.parent for entry in walk(path, lambda _: False) if entry.path.name == _CDK_JSON)
    elif not path.exists() and (path.parent / _CDK_JSON).is_file():
        yield path.parent


def _has_assembly(app: Path) -> bool:
    try:
        settings = json.loads((app / _CDK_JSON).read_bytes())
    except (OSError, ValueError, RecursionError):
        settings = {}
    output = settings.get("output") if isinstance(settings, dict) else None
    return (app / (output if isinstance(output, str) else _CDK_OUT)).exists()
