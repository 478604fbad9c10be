"""Lines of a comparison: what became of the findings of an earlier report."""

from __future__ import annotations

from collections.abc import Iterator

from ..model.plural import counted
from ..policy.tracking.comparison import Compared, Comparison, ComparisonStatus


def comparison_lines(comparison: Comparison) -> Iterator[str]:
    """Yield how many findings have each status, then a line for each finding."""
    counts = [
        f"{len(comparison.of(status))} {words_of(status)}" for status in ComparisonStatus if comparison.of(status)
    ]
    yield f"Since {comparison.origin}: {', '.join(counts) or 'no findings in either report'}."
    width = max(len(words_of(status)) for status in ComparisonStatus)
    for status in ComparisonStatus:
        for entry in comparison.of(status):
            yield f"  {words_of(status):{width}}  {_line(entry)}"


def words_of(status: ComparisonStatus) -> str:
    """Return what became of a finding, in words."""
    return status.value.replace("_", " ")


_GONE = (ComparisonStatus.FIXED, ComparisonStatus.NO_LONGER_IN_USE)


def remarks_of(entry: Compared) -> list[str]:
    """Return how long it has been open, its exemption, and why its status is not known."""
    remarks = []
    if entry.first_seen and entry.status is not ComparisonStatus.NEW:
        verb = "first found" if entry.status in _GONE else "open since"
        remarks.append(f"{verb} {entry.first_seen.date()} ({counted(entry.days_open, 'day')})")
    if entry.exemption:
        verb = "exemption ended on" if entry.exemption.get("days_left", 0) < 0 else "exempt until"
        remarks.append(f"{verb} {entry.exemption.get('expires')} ({entry.exemption.get('owner')})")
    return [*remarks, entry.reason] if entry.reason else remarks


def _line(entry: Compared) -> str:
    key = entry.key
    container = f" container {key.container}" if key.container else ""
    about = f"{key.account}/{key.region} {key.family or key.address}{container}: {key.check}"
    return "; ".join([about, *remarks_of(entry)])
