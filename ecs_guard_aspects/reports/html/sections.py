"""The sections of the page of HTML, from what ``html_data`` has worked out; all of it can be read without scripts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from ...model.plural import counted
from .data import (
    AUDITED,
    BASELINE,
    DENIED,
    EXEMPT,
    SEPARATOR,
    STATES,
    WARNED,
    Accepted,
    Entry,
    Page,
    Row,
    account_or_document,
    file_and_line,
    name_of,
)
from .element import Html, element

_LABELS = {DENIED: "Denied", WARNED: "Warned", EXEMPT: "Exempt", BASELINE: "Baseline", AUDITED: "Audited"}
_MEANINGS = {
    DENIED: "against the policy",
    WARNED: "shown, stops nothing",
    EXEMPT: "somebody answers for it",
    BASELINE: "known before, and passes for that",
    AUDITED: "listed, nothing more",
}
_CHANGES = (
    ("new", "New", "not in the last report"),
    ("still_there", "Still there", "in both"),
    ("fixed", "Fixed", "in use and no longer found"),
    ("no_longer_in_use", "No longer in use", "nothing runs it any more"),
    ("not_known", "Not known", "not all was read, or asked"),
)
# A bar that is full holds for a quarter of a year, or longer.
_FULL_BAR = 90
_MOST_LISTED = 50


def sections(page: Page) -> Iterator[Html]:
    """Yield the sections of the page, what matters most first."""
    yield _header(page)
    yield element("main", *filter(None, _main(page)), id="main")
    yield _footer(page)


def _main(page: Page) -> Iterator[Html | None]:
    yield _not_read(page.report["not_read"])
    yield _counts(page)
    yield _compared(page.report.get("compared"))
    yield _overview(page)
    yield _findings(page)
    yield _exemptions(page.exemptions)
    yield _acknowledged(page.acknowledged)


def _header(page: Page) -> Html:
    policy, tool, conclusion = page.report["policy"], page.report["tool"], page.conclusion
    facts = {
        "Profile": element("dd", policy["profile"]),
        "Policy": element("dd", policy["origin"] or "the default"),
        "Digest": element("dd", element("code", str(policy["sha256"])[:12], title=policy["sha256"])),
        "Version": element("dd", f"{tool['name']} {tool['version']}"),
    }
    dot = element("span", class_="dot", aria_hidden="true")
    return element(
        "header",
        element("div", element("span", "ecs-guard", class_="brand"), _theme_button(), class_="bar"),
        element("h1", dot, conclusion.title, class_=conclusion.kind),
        element("p", _lead(page), class_="lead"),
        element("dl", *(element("div", element("dt", name), value) for name, value in facts.items()), class_="facts"),
    )


def _theme_button() -> Html:
    return element("button", "Dark theme", type="button", id="theme", class_="quiet", hidden=True)


def _lead(page: Page) -> str:
    judged = page.report["judged"]
    total = counted(judged["task_definitions"], "task definition")
    where = counted(judged["sources"], "Region" if page.is_of_accounts else "source")
    regions = [row.place for row in page.rows if SEPARATOR in row.place]
    # A Region in which nothing is in use has no row, and neither has its account.
    if page.is_of_accounts and len(regions) == judged["sources"]:
        accounts = {place.partition(SEPARATOR)[0] for place in regions}
        where = f"{where} of {counted(len(accounts), 'account')}"
    addresses = {resource["address"] for resource in page.report["resources"]}
    denied = {finding.json["address"] for finding in page.findings if finding.state == DENIED} & addresses
    unread = len(page.report["not_read"])
    return " ".join(
        [
            f"{total} in {where} judged.",
            *([f"{counted(len(denied), 'has', 'have')} a finding that is denied."] if denied else []),
            *([f"{counted(unread, 'source')} could not be read."] if unread else []),
        ]
    )


def _counts(page: Page) -> Html:
    counts = page.counts
    tiles = [
        element(
            "li",
            element(
                "a",
                element("span", str(counts[state]), class_="number"),
                element("span", _LABELS[state], class_="label"),
                element("span", _MEANINGS[state], class_="meaning"),
                href=_filter(state=state),
                class_=f"{state}{'' if counts[state] else ' none'}",
            ),
        )
        for state in STATES
    ]
    listed = element("ul", *tiles, class_="tiles")
    return _section("counts", "Findings by what became of them", listed, hidden_title=True)


def _not_read(entries: Sequence[Mapping[str, Any]]) -> Html | None:
    if not entries:
        return None
    return _section(
        "unread",
        "Not read",
        element("p", "What cannot be read is denied: nobody knows what is in it."),
        element("dl", *(_pair(entry["source"], entry["reason"]) for entry in entries)),
    )


def _pair(source: str, reason: str) -> Html:
    return element("div", element("dt", element("bdi", source)), element("dd", reason))


def _compared(compared: Mapping[str, Any] | None) -> Html | None:
    if compared is None:
        return None
    lists = [(name, title, said, compared.get(name) or ()) for name, title, said in _CHANGES]
    return _section("compared", "Since the last report", *(_changes(*entry) for entry in lists))


def _changes(name: str, title: str, said: str, items: Sequence[Mapping[str, Any]]) -> Html:
    head = (
        element("span", str(len(items)), class_="number"),
        element("span", title, class_="label"),
        element("span", said, class_="meaning"),
    )
    if not items:
        return element("div", *head, class_=f"change {name} none")
    listed = element("ul", *(element("li", *_change(item)) for item in items))
    return element("details", element("summary", *head), listed, class_=f"change {name}")


def _change(item: Mapping[str, Any]) -> Iterator[Html | str]:
    yield element("code", item.get("check") or "")
    yield " "
    yield element("bdi", item.get("family") or item.get("address") or "", class_="name")
    for part in (
        item.get("container") and f"container {item['container']}",
        account_or_document(item),
        item.get("address"),
    ):
        if part:
            yield SEPARATOR
            yield element("bdi", part, class_="muted")
    for said in (_exemption_of(item.get("exemption")), item.get("reason")):
        if said:
            yield SEPARATOR
            yield element("bdi", said, class_="muted")


def _exemption_of(claim: Mapping[str, Any] | None) -> str | None:
    if claim is None:
        return None
    return f"{'exemption ended' if claim.get('days_left', 0) < 0 else 'exempt'}: {claim.get('owner')}"


def _overview(page: Page) -> Html | None:
    if not page.rows or not (page.checks or page.is_of_accounts):
        return None
    by_account = any(row.task_definitions is not None for row in page.rows)
    title = "Accounts and Regions" if by_account else "Where"
    heads = [
        element("th", "Account and Region" if by_account else "Place", scope="col"),
        *([element("th", "Task definitions", scope="col", class_="count")] if by_account else []),
        *(element("th", element("code", check), scope="col", class_="count") for check in page.checks),
    ]
    return _section(
        "overview",
        title,
        element("p", "How many findings each check has where. A number leads to them.", class_="muted"),
        _scrolling(
            f"{title} against checks",
            element("thead", element("tr", *heads)),
            element("tbody", *(_row(row, page.checks, by_account) for row in page.rows)),
            class_="matrix accounts" if by_account else "matrix",
        ),
    )


def _row(row: Row, checks: Sequence[str], by_account: bool) -> Html:
    unread = element("span", "Not all read", class_="flag") if row.is_partial else None
    return element(
        "tr",
        element("th", element("bdi", row.place), " " if unread else None, unread, scope="row"),
        *([_judged(row)] if by_account else []),
        *(_cell(row, check) for check in checks),
    )


def _judged(row: Row) -> Html:
    unread = "unknown" if row.is_partial else "0"
    number = unread if row.task_definitions is None else str(row.task_definitions)
    return element("td", element("span", number, class_=None if row.task_definitions else "zero"), class_="count")


def _cell(row: Row, check: str) -> Html:
    counts: Counter[str] = row.counts.get(check, Counter())
    if not counts:
        return element("td", element("span", "unknown" if row.is_partial else "0", class_="zero"), class_="count")
    said = [(counts[state], state) for state in STATES if counts[state]]
    (number, worst), others = said[0], said[1:]
    return element(
        "td",
        element(
            "a",
            element("span", number, class_="number"),
            f" {worst} ",
            *(element("span", f"{count} {state} ", class_="meaning") for count, state in others),
            element("span", f"{check}, {row.place}", class_="hidden"),
            href=_filter(check=check, place=row.place),
            class_=worst,
        ),
        class_="count",
    )


def _findings(page: Page) -> Html:
    if not page.findings:
        return _section("findings", "Findings", element("p", "Nothing was found.", class_="empty"))
    return _section(
        "findings",
        "Findings",
        element("div", id="table", hidden=True),
        element("div", *(_group(group) for group in _groups(page.findings)), id="plain"),
    )


def _groups(findings: Iterable[Entry]) -> list[list[Entry]]:
    """Return findings that say the same together: they are what a person reads once."""
    groups: dict[tuple[Any, ...], list[Entry]] = {}
    for finding in findings:
        said = [finding.json[name] for name in ("check", "what", "why", "remedy", "acknowledged")]
        groups.setdefault((finding.state, *said, *finding.json["notes"]), []).append(finding)
    return list(groups.values())


def _group(group: Sequence[Entry]) -> Html:
    first = group[0]
    said = {"Why": first.json["why"], "What to change": first.json["remedy"]}
    notes = [*first.json["notes"], *(f"Acknowledged: {r}" for r in [first.json["acknowledged"]] if r)]
    return element(
        "details",
        element(
            "summary",
            element("span", _LABELS[first.state], class_=f"badge {first.state}"),
            " ",
            element("code", first.check),
            " ",
            element("span", first.json["what"]),
            f" ({len(group)})",
        ),
        element("dl", *(element("div", element("dt", name), element("dd", text)) for name, text in said.items())),
        *(element("p", note) for note in notes),
        element("ul", *(element("li", *_where(finding)) for finding in group)),
        open=first.state == DENIED,
    )


def _where(finding: Entry) -> Iterator[Html | str]:
    json = finding.json
    container = json["container"] and f"container {json['container']}"
    status = json.get("status") if json.get("status") != "ACTIVE" else None
    in_use_by = ", ".join(json.get("in_use_by") or ())
    parts = (container, json["address"], status, file_and_line(json), in_use_by)
    yield element("bdi", name_of(json), class_="name")
    for part in parts:
        if part and part != name_of(json):
            yield SEPARATOR
            yield element("bdi", part, class_="muted")


def _exemptions(exemptions: Sequence[Accepted]) -> Html | None:
    if not exemptions:
        return None
    said = "Who answers for what passes, and for how long; the first to end first."
    heads = ("Owner", "Check", "Reason", "Ends", "Covers")
    return _listed("exemptions", "Exemptions", said, heads, map(_exemption, exemptions))


def _exemption(exemption: Accepted) -> Html:
    claim = exemption.claim
    under = " ".join(str(part) for part in (claim.get("path"), claim.get("ticket"), claim.get("origin")) if part)
    return element(
        "tr",
        element("th", element("bdi", claim["owner"]), scope="row"),
        element("td", element("code", exemption.check)),
        element("td", claim["reason"], element("div", element("bdi", under), class_="muted") if under else None),
        element("td", *_ends(exemption)),
        element("td", _covers(exemption)),
    )


def _ends(exemption: Accepted) -> Iterator[Html]:
    days = exemption.days_left
    yield element("div", str(exemption.claim["expires"]), class_="date")
    if days is None:
        return
    if days < 0:
        yield element("span", f"Ended {counted(-days, 'day')} ago", class_="flag ended")
        return
    width = round(60 * min(days, _FULL_BAR) / _FULL_BAR)
    bar = (
        element("rect", width=60, height=4, rx=2, class_="back"),
        element("rect", width=max(width, 2), height=4, rx=2, class_="soon" if exemption.ends_soon else "far"),
    )
    yield element("svg", *bar, width=60, height=4, viewBox="0 0 60 4", aria_hidden="true")
    said = "Ends today" if days == 0 else f"{counted(days, 'day')} left"
    yield element("span", said, class_="flag" if exemption.ends_soon else "muted")


def _covers(exemption: Accepted) -> Html:
    if not exemption.covers:
        return element("span", "Nothing: it can be removed", class_="flag")
    listed = exemption.covers[:_MOST_LISTED]
    more = len(exemption.covers) - len(listed)
    return element(
        "details",
        element("summary", counted(len(exemption.covers), "finding")),
        element("ul", *(element("li", *_where(finding)) for finding in listed)),
        element("p", f"And {more} more, in the table of findings.") if more else None,
    )


def _acknowledged(acknowledged: Sequence[Accepted]) -> Html | None:
    if not acknowledged:
        return None
    rows = (
        element(
            "tr",
            element("th", element("code", entry.check), scope="row"),
            element("td", entry.claim["reason"]),
            element("td", _covers(entry)),
        )
        for entry in acknowledged
    )
    said = "Accepted by whoever wrote the app, without owner or end."
    return _listed("acknowledged", "Acknowledged", said, ("Check", "Reason", "Covers"), rows)


def _listed(name: str, title: str, said: str, heads: Iterable[str], rows: Iterable[Html]) -> Html:
    head = element("thead", element("tr", *(element("th", head, scope="col") for head in heads)))
    table = _scrolling(title, head, element("tbody", *rows), class_="list")
    return _section(name, title, element("p", said, class_="muted"), table)


def _footer(page: Page) -> Html:
    tool = page.report["tool"]
    keys = (element("kbd", "/"), " searches, ", element("kbd", "Esc"), " clears the filters.")
    said = f"Made by {tool['name']} {tool['version']}. This page fetches nothing and sends nothing."
    return element("footer", element("p", *keys, class_="keys", hidden=True), element("p", said))


def _section(name: str, title: str, *parts: Html | None, hidden_title: bool = False) -> Html:
    heading = element("h2", title, id=f"{name}-title", class_="hidden" if hidden_title else None)
    return element("section", heading, *parts, id=name, aria_labelledby=f"{name}-title")


def _scrolling(label: str, *parts: Html, class_: str) -> Html:
    """Return a table that scrolls by itself where the page is narrow, with the keyboard too."""
    table = element("table", *parts, class_=class_)
    return element("div", table, role="region", aria_label=f"Table: {label}", tabindex=0, class_="scrolling")


def _filter(**filters: str) -> str:
    return f"#{urlencode(filters)}"
