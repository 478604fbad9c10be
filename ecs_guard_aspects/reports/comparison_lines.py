"""What became of the findings of an earlier report, for people."""

from __future__ import annotations

from collections.abc import Iterator

from ..policy.comparison import Compared, Comparison, Outcome


def comparison_lines(comparison: Comparison) -> Iterator[str]:
    """Yield how many findings came to what, then each of them in a line."""
    counts = [f"{len(comparison.of(outcome))} {_words(outcome)}" for outcome in Outcome if comparison.of(outcome)]
    yield f"Since {comparison.origin}: {', '.join(counts) or 'no finding, then or now'}."
    width = max(len(_words(outcome)) for outcome in Outcome)
    for outcome in Outcome:
        for entry in comparison.of(outcome):
            yield f"  {_words(outcome):{width}}  {_line(entry)}"


def _words(outcome: Outcome) -> str:
    return outcome.value.replace("_", " ")


def _line(entry: Compared) -> str:
    key = entry.key
    container = f" container {key.container}" if key.container else ""
    said = [f"{key.account}/{key.region} {key.family or key.address}{container}: {key.check}"]
    if entry.exemption:
        verb = "exemption ended on" if entry.exemption.get("days_left", 0) < 0 else "exempt until"
        said.append(f"{verb} {entry.exemption.get('expires')} ({entry.exemption.get('owner')})")
    if entry.reason:
        said.append(entry.reason)
    return "; ".join(said)
