"""Priority: the order in which an audit lists what it found."""

from __future__ import annotations

from dataclasses import replace

from ...model.usage import LEVELS_OF_EXPOSURE, Usage
from .finding import Outcome
from .report import Judged, Report

_OUTCOMES = tuple(Outcome)

Rank = tuple[int, ...]


def by_priority(report: Report) -> Report:
    """Return the report with its findings and task definitions in the order in which to fix them.

    Denied comes before warned, then production before the rest, then what can be reached from the internet before what
    is not known and what is internal, then what runs before what runs no task. Findings about no task definition, such
    as what could not be read, are the first of their outcome.
    """
    today = report.policy.date
    outcomes = [(finding, _OUTCOMES.index(finding.outcome(today))) for finding in report.findings]
    worst: dict[str, int] = {}
    for finding, outcome in outcomes:
        worst[finding.address] = min(outcome, worst.get(finding.address, outcome))
    findings = sorted(outcomes, key=lambda entry: (entry[1], *_urgency(entry[0].usage)))

    def rank(judged: Judged) -> Rank:
        return worst.get(judged.address, len(_OUTCOMES)), *_urgency(judged.usage)

    resources = tuple(sorted(report.resources, key=rank))
    return replace(report, findings=tuple(finding for finding, _ in findings), resources=resources)


def _urgency(usage: Usage | None) -> Rank:
    if usage is None:
        return (0, 0, 0)
    return int(not usage.is_production), LEVELS_OF_EXPOSURE.index(usage.exposure.level), int(not usage.running_tasks)
