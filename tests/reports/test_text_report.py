"""The report for people."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ecs_guard_aspects.policy import Enforcement, Finding, Policy, Report, Severity, Verdict
from ecs_guard_aspects.policy.judging.report import Judged, NotRead
from ecs_guard_aspects.reports.text_report import Style, text_report
from ecs_guard_aspects.reports.wording import printable
from ecs_guard_aspects.sources.files import Files
from ecs_guard_aspects.sources.text.text import lines_of

ANSI = re.compile(r"\x1b(\[[0-9;]*m|\]8;;[^\x1b]*\x1b\\)")


def finding(**changes: Any) -> Finding:
    values = {
        "check": "awsvpc-network-mode",
        "severity": Severity.MEDIUM,
        "verdict": Verdict.VIOLATION,
        "enforcement": Enforcement.DENY,
        "what": "NetworkMode is 'none'.",
        "why": "A reason.",
        "remedy": "A remedy.",
        "source": "x.yaml",
        "resource": "Task",
        "address": "x.yaml/Task",
        "file": "x.yaml",
        "line": 1,
        "column": 7,
    }
    return Finding(**{**values, **changes})


def report_of(*findings: Finding, **changes: Any) -> Report:
    values = {
        "resources": tuple(Judged(f.source, f.address, None) for f in findings),
        "sources": (("x.yaml", None),),
    }
    return Report(Policy(), findings, **{**values, **changes})


def text_of(*findings: Finding, lines: list[str] | None = None, style: Style = Style()) -> str:  # noqa: B008 - frozen
    return text_report(report_of(*findings), read_lines=lambda file: lines, style=style)


def test_all_of_it(judged: tuple[Report, Files], is_as_before: Callable[[str, str], None]) -> None:
    report, files = judged
    is_as_before(
        "report.txt", text_report(report, read_lines=lambda file: lines_of(files.text_of(file) or ""), seconds=0.25)
    )


def test_colours_change_nothing_else(judged: tuple[Report, Files]) -> None:
    report, files = judged

    def text(style: Style) -> str:
        return text_report(report, read_lines=lambda file: lines_of(files.text_of(file) or ""), style=style)

    plain = text(Style())
    assert "\x1b" not in plain
    for style in (Style(colour=True), Style(links=True), Style(colour=True, links=True)):
        assert text(style) != plain
        assert ANSI.sub("", text(style)) == plain


def test_the_check_is_a_link_to_what_it_stands_for() -> None:
    said = text_of(finding(), style=Style(links=True))
    assert re.search(r"\x1b\]8;;https://docs\.datadoghq\.com/[^\x1b]*\x1b\\awsvpc-network-mode\x1b\]8;;\x1b\\", said)


# A line, a column, and what is shown of it.
EXCERPTS: list[tuple[str, int | None, list[str]]] = [
    ("  NetworkMode: none", 16, ["1 |   NetworkMode: none", "  |                ^^^^"]),
    ("Properties:", 1, ["1 | Properties:", "  | ^^^^^^^^^^"]),
    ('{"Mode": "a b", "c": 1}', 10, ['1 | {"Mode": "a b", "c": 1}', "  |          ^^^^^"]),
    ("User: 'it''s'  # x", 7, ["1 | User: 'it''s'  # x", "  |       ^^^^^^^"]),
    ("User: !Ref X", 7, ["1 | User: !Ref X", "  |       ^^^^"]),
    ("\tMode:\tnone  ", 8, ["1 |     Mode:    none", "  |              ^^^^"]),
    ("a: \u6f22\u5b57 none", 7, ["1 | a: \u6f22\u5b57 none", "  |         ^^^^"]),
    ("x = make(a)", None, ["1 | x = make(a)"]),
    ("  [", 3, ["1 |   [", "  |   ^"]),
    ("ab", 9, ["1 | ab"]),
    ('{"a": "\x1b[31m"}', 7, ['1 | {"a": "\\x1b[31m"}', "  |       ^^^^^^^^^^"]),
    ('{"secret": "' + "s" * 300 + '", "Mode": "none"}', 324, ['1 | ... "none" ...', "  |     ^^^^^^"]),
    ("{User: root, Environment: [{Name: P, Value: hunter2}]}", 8, ["1 | ... root ...", "  |     ^^^^"]),
    ('cd = "[{environment: [hunter2]}]"', 6, ["1 | ..."]),
    ('cd = "[{environment: [hunter2' + "x" * 300 + ']}]"', 6, ["1 | ..."]),
    ('{"Mode": "' + "m" * 300 + '"}', 10, ['1 | ... "' + "m" * 99 + " ...", "  |     " + "^" * 100]),
]


@pytest.mark.parametrize(("line", "column", "shown"), EXCERPTS)
def test_an_excerpt(line: str, column: int | None, shown: list[str]) -> None:
    said = text_of(finding(column=column), lines=[line]).splitlines()
    first = said.index("  |")
    assert said[first + 1 : said.index("  |", first + 1)] == shown


@pytest.mark.parametrize("lines", [None, [], ["x"]])
def test_a_line_that_is_not_there(lines: list[str] | None) -> None:
    said = text_of(finding(line=2), lines=lines)
    assert " --> x.yaml:2:7  Task" in said
    assert "|" not in said


# What it is about, and how that is said.
PLACES = [
    ({}, "x.yaml:1:7  Task"),
    ({"line": None, "column": None}, "x.yaml  Task"),
    ({"address": "x.yaml", "resource": "web"}, "x.yaml:1:7  web"),
    ({"address": "x.yaml", "resource": ""}, "x.yaml:1:7"),
    (
        {"address": "Prod/Task", "file": "lib/a.ts", "source": "cdk.out/S.json"},
        "lib/a.ts:1:7  Prod/Task (cdk.out/S.json)",
    ),
    (
        {"address": "Prod/Task", "file": "cdk.out/S.json", "source": "cdk.out/S.json", "line": None},
        "cdk.out/S.json:7  Prod/Task",
    ),
    ({"file": None, "source": "", "address": "a/*"}, "a/*"),
    ({"file": "a\nb.yaml", "source": "a\nb.yaml", "address": "a\nb.yaml/T"}, "a\\nb.yaml:1:7  T"),
    ({"address": "x.yaml/\u202eksaT"}, "x.yaml:1:7  \\u202eksaT"),
]


@pytest.mark.parametrize(("changes", "expected"), PLACES)
def test_a_place(changes: dict[str, Any], expected: str) -> None:
    (arrow,) = [line for line in text_of(finding(**changes)).splitlines() if "-->" in line]
    assert arrow == f" --> {expected}"


def test_what_says_the_same_is_said_once() -> None:
    said = text_of(
        finding(),
        finding(address="x.yaml/Other", line=9),
        finding(address="x.yaml/Third", what="NetworkMode is 'host'."),
    )
    assert said.count("A reason.") == 2
    assert " --> x.yaml:1:7  Task\n --> x.yaml:9:7  Other\n" in said


def test_containers_are_named_where_they_differ() -> None:
    same = text_of(finding(container="web"), finding(container="web", address="x.yaml/Other"))
    assert "error[awsvpc-network-mode]: container web: NetworkMode is 'none'." in same
    differ = text_of(finding(container="web"), finding(container="proxy"))
    assert "error[awsvpc-network-mode]: NetworkMode is 'none'." in differ
    assert " --> x.yaml:1:7  Task, container web\n --> x.yaml:1:7  Task, container proxy\n" in differ


LEVELS: list[tuple[dict[str, Any], str]] = [
    ({}, "error"),
    ({"enforcement": Enforcement.WARN}, "warning"),
    ({"enforcement": Enforcement.AUDIT}, "note"),
    ({"acknowledged": "moves in May"}, "note"),
    ({"acknowledged": ""}, "error"),
]


@pytest.mark.parametrize(("changes", "level"), LEVELS)
def test_a_level(changes: dict[str, Any], level: str) -> None:
    said = text_of(finding(**changes))
    assert said.startswith(f"{level}[awsvpc-network-mode]: ")
    assert ("A remedy." in said) is (level != "note")
    assert ("Acknowledged: moves in May" in said) is bool(changes.get("acknowledged"))


def test_what_is_in_a_baseline_is_counted_and_not_printed() -> None:
    said = text_of(finding(baseline=True), finding(what="B."))
    assert said.startswith("error[awsvpc-network-mode]: B.\n")
    assert "NetworkMode" not in said
    assert said.endswith(" 1 known from the baseline.\n")


def test_the_loudest_comes_first() -> None:
    said = text_of(
        finding(what="A.", enforcement=Enforcement.AUDIT),
        finding(what="B.", enforcement=Enforcement.WARN),
        finding(what="C."),
    )
    assert [line.partition("[")[0] for line in said.splitlines() if "]: " in line] == ["error", "warning", "note"]


ONE = finding()
SUMMARIES: list[tuple[Report, str]] = [
    (report_of(), "Nothing judged: 0 task definitions in 1 file (policy: profile default)."),
    (report_of(ONE), "Denied: 1 of 1 task definition in 1 file (policy: profile default)."),
    (
        report_of(ONE, finding(container="x"), finding(address="x.yaml/B", enforcement=Enforcement.WARN)),
        "Denied: 1 of 3 task definitions in 1 file (policy: profile default). 1 warning.",
    ),
    (
        report_of(finding(enforcement=Enforcement.AUDIT)),
        "Admitted: 1 task definition in 1 file (policy: profile default).",
    ),
    (
        report_of(finding(acknowledged="x"), finding(baseline=True), resources=(Judged("x.yaml", "x.yaml/T", None),)),
        "Admitted: 1 task definition in 1 file (policy: profile default). 1 exempt finding, 1 known from the baseline.",
    ),
    (
        report_of(ONE, sources=(("stdin", None),)),
        "Denied: 1 of 1 task definition from standard input (policy: profile default).",
    ),
    (
        report_of(
            finding(check="unreadable", address="x.yaml/Odd"), resources=(Judged("x.yaml", "x.yaml/Task", None),)
        ),
        "Denied: 0 of 1 task definition and 1 other denial in 1 file (policy: profile default).",
    ),
    (
        replace(
            report_of(finding(check="unreadable", address="y.yaml", source="y.yaml", resource="")),
            resources=(Judged("x.yaml", "x.yaml/Task", None),),
            sources=(("x.yaml", None), ("y.yaml", None)),
            not_read=(NotRead("y.yaml", "y.yaml cannot be read."),),
        ),
        "1 file cannot be read. Judged: 1 task definition in 2 files (policy: profile default).",
    ),
    (
        replace(report_of(), policy=Policy(origin="a\x1bb.yaml")),
        "Nothing judged: 0 task definitions in 1 file (policy: a\\x1bb.yaml, profile default).",
    ),
]


@pytest.mark.parametrize(("report", "summary"), SUMMARIES, ids=[summary for _, summary in SUMMARIES])
def test_a_summary(report: Report, summary: str) -> None:
    assert text_report(report).splitlines()[-1] == summary


def test_how_long_it_took() -> None:
    assert text_report(report_of(), seconds=1.26).endswith(" 1.3 s\n")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("caf\u00e9 \u6f22", "caf\u00e9 \u6f22"),
        ("a\x1b]0;x\x07b", "a\\x1b]0;x\\x07b"),
        ("a\r\nb", "a\\r\\nb"),
        ("a\udcffb", "a\\udcffb"),
        ("a\u202eb\u200bc", "a\\u202eb\\u200bc"),
        ("", ""),
    ],
)
def test_nothing_steers_the_terminal(text: str, shown: str) -> None:
    assert printable(text) == shown
