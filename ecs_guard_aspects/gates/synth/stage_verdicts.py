"""Verdicts of Stages: a validation report in the folder of each, because the CDK CLI can deploy that folder by
itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import aws_cdk as cdk

from ..._version import VERSION
from ...policy.judging.finding import Finding
from ...sources.assembly.metadata import PLUGIN_NAME, rule_id
from .validation_report import violations_of

_REPORT = "validation-report.json"
_FOLDERS = "assembly-*"


def write_stage_verdicts(
    outdir: Path, sources: Iterable[str], findings: Sequence[Finding], is_final: Callable[[Finding], bool]
) -> None:
    """Write the findings in each Stage, in the format of the CDK for the whole app.

    Args:
        outdir: the folder of the cloud assembly.
        sources: the names of the templates, which begin with the folder of their Stage.
        findings: all findings; those without a template count for each Stage.
        is_final: returns whether no acknowledgement can accept a finding.

    Raises:
        OSError: if it cannot be written.
    """
    for folder in dict.fromkeys(folder for source in sources for folder in _folders_of(source)):
        found = [each for each in findings if not each.source or each.source.startswith(f"{folder}/")]
        if found:
            text = json.dumps(_report(outdir, folder, found, is_final), indent=2)
            (outdir / folder / _REPORT).write_text(text, encoding="utf-8")


def remove_stage_verdicts(folder: Path) -> None:
    """Delete the verdicts of an earlier synth on the Stages of an assembly.

    Raises:
        OSError: if a file cannot be deleted.
    """
    for inner in folder.glob(_FOLDERS):
        (inner / _REPORT).unlink(missing_ok=True)
        remove_stage_verdicts(inner)


def _folders_of(source: str) -> Iterator[str]:
    """Yield the folders of the Stage that a template is in, and of the Stages around it."""
    names = [] if Path(source).is_absolute() else source.split("/")[:-1]
    yield from ("/".join(names[:end]) for end in range(1, len(names) + 1))


def _report(outdir: Path, folder: str, found: Sequence[Finding], is_final: Callable[[Finding], bool]) -> dict[str, Any]:
    manifest = json.loads((outdir / folder / "manifest.json").read_text(encoding="utf-8"))
    plugins = []
    for is_denied in (True, False):
        group = [finding for finding in found if finding.is_denied is is_denied]
        if group:
            conclusion = "failure" if is_denied else "success"
            accepted = [finding for finding in group if finding.acknowledged]
            others = [finding for finding in group if not finding.acknowledged]
            violations = [_in_json(each) for each in violations_of(others, outdir, is_final)]
            suppressed = [
                _in_json(each) | {"acknowledgedId": rule_id(finding.check), "reason": finding.acknowledged}
                for finding, each in zip(accepted, violations_of(accepted, outdir, is_final), strict=True)
            ]
            entry = {"pluginName": PLUGIN_NAME, "pluginVersion": VERSION, "conclusion": conclusion}
            plugins.append({**entry, "violations": violations, "suppressedViolations": suppressed})
    return {"version": manifest["version"], "title": "Validation Report", "pluginReports": plugins}


def _in_json(violation: cdk.PolicyViolation) -> dict[str, Any]:
    # Without the path of a construct a violation counts for every selection of stacks.
    fields = {
        "ruleName": violation.rule_name,
        "description": violation.description,
        "suggestedFix": violation.fix,
        "severity": violation.severity,
        "ruleMetadata": violation.rule_metadata,
        "violatingConstructs": [{"constructPath": ""}],
    }
    return {name: value for name, value in fields.items() if value is not None}
