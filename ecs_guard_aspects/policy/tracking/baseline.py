"""Baseline: a file with findings that were denied before and therefore pass."""

from __future__ import annotations

import datetime
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from ..._version import VERSION
from ...model.notice import UNREADABLE
from ..enforcement import Enforcement
from ..ids import EXEMPTIBLE_NOTICES, INVALID_EXEMPTION, STALE_EXEMPTION
from ..judging.finding import Finding
from ..judging.report import Report

VERSION_OF_FORMAT = 1

_NEVER_IN_BASELINE = (UNREADABLE, STALE_EXEMPTION, INVALID_EXEMPTION)


class BaselineError(ValueError):
    """A text that is not a baseline; the message says why."""


class BaselineEntry(NamedTuple):
    """The identity of a finding, without its line and its text."""

    source: str
    address: str
    check: str
    container: str | None


@dataclass(frozen=True)
class Baseline:
    """Findings that were denied when the baseline was written.

    Attributes:
        findings: their identities, sorted; an identity occurs as often as it was found.
        created: the day on which it was written.
    """

    findings: tuple[BaselineEntry, ...]
    created: datetime.date

    @classmethod
    def of(cls, report: Report) -> Baseline:
        """Return the baseline of the denied findings of a report, without unreadable files and checks that failed."""
        return cls(
            _sorted(_entry_of(finding) for finding in report.findings if _may_be_in_baseline(finding)),
            report.policy.date,
        )

    @classmethod
    def from_text(cls, text: str) -> Baseline:
        """Return the baseline in a file.

        Raises:
            BaselineError: if it is not a baseline.
        """
        try:
            value = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise BaselineError(f"it is not JSON: {error}") from None
        if not isinstance(value, dict) or not isinstance(value.get("findings"), list):
            raise BaselineError("it is not a baseline: it must be an object with version, created and findings")
        version = value.get("version")
        if type(version) is not int or version != VERSION_OF_FORMAT:
            raise BaselineError(f"its version is {version!r}; this ecs-guard knows version {VERSION_OF_FORMAT}")
        return cls(
            _sorted(map(_entry_from_json, range(len(value["findings"])), value["findings"])),
            _date(value.get("created")),
        )

    def to_text(self) -> str:
        """Return it as the text of a file: one entry in each line, so that a change of an entry is a change of one
        line."""
        entries = ",\n".join(f"    {json.dumps(entry._asdict())}" for entry in self.findings)
        head = {
            "version": VERSION_OF_FORMAT,
            "tool": {"name": "ecs-guard", "version": VERSION},
            "created": self.created.isoformat(),
        }
        lines = [f"  {json.dumps(name)}: {json.dumps(value)},\n" for name, value in head.items()]
        return "".join(["{\n", *lines, '  "findings": [', f"\n{entries}\n  " if entries else "", "]\n}\n"])

    def applied_to(self, report: Report) -> Report:
        """Return the report in which known findings pass; if there are more, the first ones."""
        left = Counter(self.findings)

        def mark(finding: Finding) -> Finding:
            entry = _entry_of(finding)
            if not left[entry] or not _may_be_in_baseline(finding):
                return finding
            left[entry] -= 1
            return replace(finding, baseline=True)

        return report.with_findings([mark(finding) for finding in report.findings])

    def gone(self, report: Report, was_judged: Callable[[str], bool]) -> tuple[BaselineEntry, ...]:
        """Return the entries that no denied finding needs.

        Args:
            report: the report, this baseline applied or not.
            was_judged: returns whether a document was judged as a whole, by its name. Entries of other documents stay.
        """
        asked = {*EXEMPTIBLE_NOTICES, *(check.id for check in report.policy.enforced_checks)}
        left = Counter(self.findings) - Counter(map(_entry_of, filter(_may_be_in_baseline, report.findings)))
        unread = {entry.source for entry in report.not_read}
        unread |= {finding.source for finding in report.findings if finding.check == UNREADABLE}
        failed = {(finding.address, finding.check) for finding in report.findings if finding.crashed}
        return tuple(
            entry
            for entry in left.elements()
            if entry.check in asked
            and entry.source not in unread
            and (entry.address, entry.check) not in failed
            and was_judged(entry.source)
        )

    def without(self, gone: Iterable[BaselineEntry]) -> Baseline:
        """Return it without entries that are gone."""
        return replace(self, findings=_sorted((Counter(self.findings) - Counter(gone)).elements()))


def _entry_of(finding: Finding) -> BaselineEntry:
    return BaselineEntry(finding.source, finding.address, finding.check, finding.container)


def _may_be_in_baseline(finding: Finding) -> bool:
    """Return whether a finding may be in a baseline: it is denied, and its subject is known."""
    is_denied = finding.enforcement is Enforcement.DENY and not finding.acknowledged
    return is_denied and not finding.crashed and finding.check not in _NEVER_IN_BASELINE


def _sorted(entries: Iterable[BaselineEntry]) -> tuple[BaselineEntry, ...]:
    return tuple(sorted(entries, key=lambda entry: (*entry[:3], entry.container is not None, entry.container or "")))


def _entry_from_json(index: int, value: object) -> BaselineEntry:
    if not isinstance(value, Mapping) or set(value) != set(BaselineEntry._fields):
        raise BaselineError(f"findings[{index}] must be an object with {', '.join(BaselineEntry._fields)}, and no more")
    for name in BaselineEntry._fields:
        if not isinstance(value[name], str) and not (name == "container" and value[name] is None):
            raise BaselineError(f"findings[{index}]: {name} is {value[name]!r}: it must be a text")
    return BaselineEntry(**value)


def _date(value: object) -> datetime.date:
    try:
        return datetime.date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        raise BaselineError(f"created is {value!r}: it must be a date such as 2027-01-31") from None
