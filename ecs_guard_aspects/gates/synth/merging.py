"""Merging: the findings of several guards of one app, each once."""

from __future__ import annotations

from collections.abc import Iterable

from ...policy.judging.finding import Finding


def identity(finding: Finding) -> tuple[object, ...]:
    """Return what findings of several guards have in common if they are the same."""
    return finding.check, finding.source, finding.address, finding.container, finding.location


def merged(findings: Iterable[Finding]) -> list[Finding]:
    """Return each finding once; of equal findings in one template the strictest."""
    found: dict[object, Finding] = {}
    for finding in findings:
        key = identity(finding)
        known = found.get(key)
        if known is None or _rank(known) < _rank(finding):
            found[key] = finding
    return list(found.values())


def _rank(finding: Finding) -> tuple[bool, int]:
    return finding.is_denied, finding.enforcement.strictness
