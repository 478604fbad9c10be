"""Values for the templates of the page: sentences, links, groups of findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from ...model.plural import counted, first_of
from ...policy.judging.finding import Outcome
from .data import (
    STATES,
    Accepted,
    Page,
    Row,
    ShownFinding,
    account_or_document,
    file_and_line,
    name_of,
)


class Label(NamedTuple):
    """The title of a state, or of a change since the last report, and its meaning."""

    name: str
    title: str
    meaning: str


STATE_LABELS = tuple(
    Label(outcome.value, outcome.value.capitalize(), meaning)
    for outcome, meaning in {
        Outcome.DENIED: "against the policy",
        Outcome.WARNED: "shown, does not stop a deployment",
        Outcome.LISTED: "only reported",
        Outcome.EXEMPT: "an owner is responsible",
        Outcome.ACKNOWLEDGED: "accepted in the app, with a reason",
        Outcome.BASELINE: "known before, so it passes",
    }.items()
)
CHANGE_LABELS = (
    Label("new", "New", "not in the last report"),
    Label("still_there", "Still there", "in both"),
    Label("fixed", "Fixed", "still in use, no longer found"),
    Label("no_longer_in_use", "No longer in use", "nothing uses it now"),
    Label("not_known", "Not known", "not everything could be read"),
)
_MOST_LISTED = 8
# A full bar is a quarter of a year, or longer.
_FULL_BAR = 90
_BAR_WIDTH = 60


def lead(page: Page) -> str:
    """Return the numbers of judged and denied task definitions, and of sources that could not be read."""
    denied = {finding.json["address"] for finding in page.findings if finding.state == Outcome.DENIED.value}
    denied &= {resource["address"] for resource in page.report["resources"]}
    unread = len(page.report["not_read"])
    total = counted(page.report["judged"]["task_definitions"], "task definition")
    return " ".join(
        [
            f"{total} in {_where_judged(page)} judged.",
            *([f"{counted(len(denied), 'has', 'have')} a finding that is denied."] if denied else []),
            *([f"{counted(unread, 'source')} could not be read."] if unread else []),
            *([page.report["shortfall"]] if page.report.get("shortfall") else []),
        ]
    )


def _where_judged(page: Page) -> str:
    judged = page.report["judged"]
    if "accounts" not in judged:
        return counted(judged["sources"], "Region" if page.is_of_accounts else "source")
    return f"{counted(judged['accounts'], 'account')}, {counted(judged['regions'], 'Region')}"


def facts(page: Page) -> list[tuple[str, str]]:
    """Return the time and the scope of the report, each with its title."""
    created = page.report.get("created")
    lists = page.report.get("scope", {}).items()
    return [
        *([("Created", _moment(created))] if created else []),
        *((name.capitalize(), _listed(values)) for name, values in lists),
        *_facts_of_audit(page.report.get("audit")),
    ]


def _facts_of_audit(audit: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    if audit is None:
        return []
    unanswered = [
        f"{record['account']}/{region}"
        for record in audit["accounts"]
        for region in record["asked"] or ["?"]
        if region not in record["answered"]
    ]
    return [
        ("Began", _moment(audit["began"])),
        ("Ended", _moment(audit["ended"])),
        ("Caller", audit["caller"]),
        *([("Options", " ".join(audit["options"]))] if audit["options"] else []),
        ("Without an answer", _listed(unanswered) or "none"),
    ]


def _moment(text: str) -> str:
    return text.replace("T", " ").replace("Z", " UTC")


def _listed(values: Sequence[str]) -> str:
    return ", ".join(first_of(values, _MOST_LISTED))


def filtered(**filters: str) -> str:
    """Return the link to the findings of a state, a check or a place."""
    return f"#{urlencode(filters)}"


def cell_of(row: Row, check: str) -> list[tuple[int, str]]:
    """Return the number of findings of a check in a row, by state, the worst first."""
    counts: Counter[str] = row.counts.get(check, Counter())
    return [(counts[state], state) for state in STATES if counts[state]]


def groups(findings: Iterable[ShownFinding]) -> list[list[ShownFinding]]:
    """Return findings with the same texts in one group."""
    found: dict[tuple[Any, ...], list[ShownFinding]] = {}
    for finding in findings:
        texts = [finding.json[name] for name in ("check", "what", "why", "remedy", "acknowledged")]
        found.setdefault((finding.state, *texts, *finding.json["notes"]), []).append(finding)
    return list(found.values())


def place_of(finding: ShownFinding) -> list[str]:
    """Return where a finding is, after its name: container, address, status, file, what uses and reaches it."""
    json = finding.json
    container = json["container"] and f"container {json['container']}"
    status = json.get("status") if json.get("status") != "ACTIVE" else None
    in_use_by = ", ".join(json.get("in_use_by") or ())
    parts = (container, json["address"], status, file_and_line(json), in_use_by, _exposure_of(json))
    return [part for part in parts if part and part != name_of(json)]


def _exposure_of(finding: Mapping[str, Any]) -> str | None:
    exposure = finding.get("exposure")
    if not exposure:
        return None
    production = "production, " if finding.get("production") else ""
    return f"{production}exposure {exposure['level']}: {'; '.join(exposure['reasons'])}"


def details_of(change: Mapping[str, Any]) -> list[str]:
    """Return the details of a change, after its name: container, place, address, age, exemption, reason."""
    container = change.get("container") and f"container {change['container']}"
    exemption = _exemption_of(change.get("exemption"))
    first_seen = change.get("first_seen")
    age = first_seen and f"first found {first_seen.partition('T')[0]} ({counted(change['days_open'], 'day')})"
    parts = (container, account_or_document(change), change.get("address"), age, exemption, change.get("reason"))
    return [part for part in parts if part]


def _exemption_of(exemption: Mapping[str, Any] | None) -> str | None:
    if exemption is None:
        return None
    return f"{'exemption ended' if exemption.get('days_left', 0) < 0 else 'exempt'}: {exemption.get('owner')}"


def scope_of(accepted: Accepted) -> str:
    """Return the path, ticket and origin that an exemption has."""
    parts = (accepted.terms.get(name) for name in ("path", "ticket", "origin"))
    return " ".join(str(part) for part in parts if part)


def bar_of(days: int) -> int:
    """Return the width of the bar for the days that an exemption has left."""
    return max(round(_BAR_WIDTH * min(days, _FULL_BAR) / _FULL_BAR), 2)
