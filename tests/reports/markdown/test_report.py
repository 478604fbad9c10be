"""The report as Markdown: what is rendered is what was meant, however things are called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from markdown_it import MarkdownIt

from ecs_guard_aspects.policy import Enforcement, Report
from ecs_guard_aspects.policy.judging.report import Judged, NotRead
from ecs_guard_aspects.reports.markdown.report import LIMIT, markdown_report

from ..support import POLICY, exemption
from ..test_text_report import finding, report_of

GITHUB_TAKES = 1024 * 1024


def rendered(text: str) -> tuple[list[list[str]], set[str]]:
    """Return the rows of all tables, as a reader sees them, and all elements that a browser gets."""
    rows: list[list[str]] = []
    elements: set[str] = set()
    for token in MarkdownIt("commonmark", {"html": True}).enable(["table"]).parse(text):
        elements.add(token.tag)
        if token.type == "tr_open":
            rows.append([])
        if token.type == "inline" and token.level > 3 and rows:
            rows[-1].append("".join(child.content for child in token.children or () if child.type != "html_inline"))
        for child in token.children or ():
            elements.add(child.content if child.type == "html_inline" else child.tag)
    return rows, elements - {""}


ELEMENTS = {"h2", "h3", "p", "table", "thead", "tbody", "tr", "th", "td", "code", "<code>", "</code>"}


def test_all_of_it(report: Report, is_as_before: Callable[[str, str], None]) -> None:
    text = markdown_report(report)
    rows, elements = rendered(text)
    assert elements <= ELEMENTS
    assert [row[0] for row in rows if row[0] in ("file", "check")] == ["file", "check", "check", "check"]
    is_as_before("report.md", text)


JUDGED = (Judged("x.yaml", "x.yaml/Task", None),)
VERDICTS: list[tuple[Report, str]] = [
    (report_of(), "nothing was judged"),
    (report_of(resources=JUDGED), "admitted"),
    (report_of(resources=JUDGED, shortfall="1 task definition was judged."), "too little was judged"),
    (report_of(finding()), "denied"),
    (report_of(finding(baseline=True)), "admitted"),
    (report_of(finding(), not_read=(NotRead("eu-west-1", "AccessDenied"),)), "not all could be read"),
]


@pytest.mark.parametrize(("report", "verdict"), VERDICTS, ids=[verdict for _, verdict in VERDICTS])
def test_a_verdict(report: Report, verdict: str) -> None:
    assert markdown_report(report).startswith(f"## ecs-guard: {verdict}\n\n")


# Where a finding is listed.
TITLES: list[tuple[dict[str, Any], str | None]] = [
    ({}, "Denied (1)"),
    ({"enforcement": Enforcement.WARN}, "Warnings (1)"),
    ({"enforcement": Enforcement.AUDIT}, "Reported (1)"),
    ({"enforcement": Enforcement.WARN, "exemption": exemption("**", "2999-01-01")}, "Exempt (1)"),
    ({"acknowledged": "moves in May"}, "Exempt (1)"),
    ({"acknowledged": ""}, "Denied (1)"),
    ({"check": "unreadable"}, "Cannot be read (1)"),
    ({"baseline": True}, None),
]


@pytest.mark.parametrize(("changes", "title"), TITLES)
def test_a_title(changes: dict[str, Any], title: str | None) -> None:
    titles = [line for line in markdown_report(report_of(finding(**changes))).splitlines() if line.startswith("###")]
    assert titles == ([f"### {title}"] if title else [])


def test_what_is_known_from_the_baseline_is_counted() -> None:
    assert "1 known from the baseline." in markdown_report(report_of(finding(baseline=True)))


def test_the_exemption_that_ends_first_comes_first() -> None:
    ends = {"a": "2027-03-01", "b": "2027-02-01", "c": "2027-04-01"}
    exempt = [
        finding(address=f"x/{name}", exemption=exemption("**", day, ticket="T-1"), enforcement=Enforcement.AUDIT)
        for name, day in ends.items()
    ]
    rows, _ = rendered(markdown_report(Report(POLICY, (finding(acknowledged="x", address="x/d"), *exempt))))
    assert [(row[1], row[2], row[3], row[4], row[5]) for row in rows[1:]] == [
        ("x/b x.yaml:1", "team-obs", "2027-02-01", "31", "reads the counters (T-1)"),
        ("x/a x.yaml:1", "team-obs", "2027-03-01", "59", "reads the counters (T-1)"),
        ("x/c x.yaml:1", "team-obs", "2027-04-01", "90", "reads the counters (T-1)"),
        ("x/d x.yaml:1", "", "", "", "Acknowledged: x"),
    ]


# Names that mean something to Markdown, GitHub or a browser, and how they are seen.
NAMES = [
    "web",
    "a|b",
    "a\\|b",
    "`a`",
    "``",
    "a`",
    " a ",
    "a\\",
    "<script>alert(1)</script>",
    "</td></table>",
    "<img src=x onerror=y>",
    "&lt;b&gt;",
    "[a](https://example.com)",
    "![a](https://example.com/a.png)",
    "https://example.com",
    "www.example.com",
    "@octocat",
    "#1",
    "**a** _b_ ~~c~~ $d$",
    ":smile:",
    "|---|",
    "\u6f22\u5b57",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_seen_as_it_is_and_nothing_else(name: str) -> None:
    found = finding(address=f"x/{name}", file=None, source="", line=None, what=f"User is {name}!", container=name)
    rows, elements = rendered(markdown_report(report_of(found)))
    assert elements <= ELEMENTS
    assert [len(row) for row in rows] == [4, 4]
    assert [cell.strip() for cell in rows[1]] == [
        "awsvpc-network-mode (medium)",
        f"x/{name}".strip(),
        f"container {name}: User is {name}!",
        "A remedy.",
    ]


@pytest.mark.parametrize("name", ["@octocat", "https://example.com", "www.example.com", "#1", "GH-1 <b>"])
def test_what_github_turns_into_links_is_not_plain_text(name: str) -> None:
    said = markdown_report(report_of(finding(what=f"User is {name}.")))
    assert name not in said


def test_a_long_cell_is_cut() -> None:
    rows, _ = rendered(markdown_report(report_of(finding(what="x" * 2000))))
    assert rows[1][2] == f"{'x' * 500} ..."


def test_a_long_report_says_what_it_leaves_out() -> None:
    denied = [finding(address=f"x/{index}", what="|" * 400) for index in range(1000)]
    text = markdown_report(report_of(*denied, finding(enforcement=Enforcement.WARN), finding(check="unreadable")))
    assert 0.99 * LIMIT < len(text.encode()) < GITHUB_TAKES
    shown = text.count("| `awsvpc-network-mode` (medium) |")
    assert f"{1000 - shown} more are left out: a summary may have 1 MiB." in text
    assert "### Cannot be read (1)" in text
    assert text.endswith(
        "### Warnings (1)\n\n| check | where | what is wrong | what to change |\n"
        "| --- | --- | --- | --- |\n\n1 more are left out: a summary may have 1 MiB.\n"
    )
