"""The report as JUnit XML: valid wherever it is read, a case for each check of a task definition.

``ALLOWED`` is what the schemas of Ant and of Jenkins' xUnit plugin have in common. The schemas themselves are asked
where they and xmlschema are at hand: ``JUNIT_SCHEMAS=FOLDER pytest tests/reports``.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

import pytest

from ecs_guard_aspects.policy import Enforcement, Policy, Profile, Report
from ecs_guard_aspects.policy.judging.report import Judged, NotRead
from ecs_guard_aspects.reports.junit_report import junit_report

from .support import POLICY, exemption, report_on
from .test_text_report import finding, report_of

SCHEMAS = sorted(Path(os.environ["JUNIT_SCHEMAS"]).glob("*.xsd")) if "JUNIT_SCHEMAS" in os.environ else []


class Allowed(NamedTuple):
    """What an element must have, what it may have, and its children in their order."""

    required: set[str]
    optional: set[str]
    children: list[str]


ALLOWED = {
    "testsuites": Allowed(set(), set(), ["testsuite"]),
    "testsuite": Allowed(
        {"name", "package", "id", "timestamp", "hostname", "tests", "failures", "errors", "time"},
        {"skipped"},
        ["properties", "testcase", "system-out", "system-err"],
    ),
    "properties": Allowed(set(), set(), ["property"]),
    "property": Allowed({"name", "value"}, set(), []),
    "testcase": Allowed({"name", "classname", "time"}, set(), ["skipped", "error", "failure"]),
    "failure": Allowed({"type"}, {"message"}, []),
    "error": Allowed({"type"}, {"message"}, []),
    "skipped": Allowed(set(), {"message"}, []),
    "system-out": Allowed(set(), set(), []),
    "system-err": Allowed(set(), set(), []),
}


def require_valid(text: str) -> ElementTree.Element:
    root = ElementTree.fromstring(text)
    for element in root.iter():
        allowed = ALLOWED[element.tag]
        assert allowed.required <= set(element.attrib) <= allowed.required | allowed.optional
        order = [allowed.children.index(child.tag) for child in element]
        assert order == sorted(order)
        if element.tag == "testcase":
            assert len(element) <= 1
        if element.tag == "testsuite":
            assert [child.tag for child in element if child.tag != "testcase"] == [
                *("properties", "system-out", "system-err")
            ]
            for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
                assert int(element.attrib[attribute]) == len(element.findall(f"testcase/{tag}"))
            assert int(element.attrib["tests"]) == len(element.findall("testcase"))
    return root


REPORTS: dict[str, Callable[[Path], Report]] = {
    "exempt": lambda folder: report_on(folder, POLICY)[0],
    "default": lambda folder: report_on(folder, Policy())[0],
    "strict": lambda folder: report_on(folder, Policy(profile=Profile.STRICT))[0],
    "nothing": lambda folder: Report(Policy()),
    "no files": lambda folder: report_of(finding(source="", file=None), not_read=(NotRead("", "denied"),)),
}


@pytest.mark.parametrize("name", REPORTS)
def test_it_is_valid(tmp_path: Path, name: str) -> None:
    text = junit_report(REPORTS[name](tmp_path))
    require_valid(text)
    for schema in SCHEMAS:
        pytest.importorskip("xmlschema").XMLSchema(str(schema)).validate(text)


def test_all_of_it(report: Report, is_as_before: Callable[[str, str], None]) -> None:
    is_as_before("report.junit.xml", junit_report(report))


def cases(report: Report) -> list[tuple[str, str, str | None]]:
    """Return what each case is about, its name and what became of it."""
    found = require_valid(junit_report(report)).iter("testcase")
    return [(case.attrib["classname"], case.attrib["name"], case[0].tag if len(case) else None) for case in found]


# Of one finding of x.yaml/Task: how its case is called, and what becomes of it.
OUTCOMES: list[tuple[dict[str, Any], str, str | None]] = [
    ({}, "awsvpc-network-mode", "failure"),
    ({"container": "web"}, "awsvpc-network-mode (container web)", "failure"),
    ({"enforcement": Enforcement.WARN}, "awsvpc-network-mode", None),
    ({"enforcement": Enforcement.AUDIT}, "awsvpc-network-mode", None),
    ({"acknowledged": "moves in May"}, "awsvpc-network-mode", "skipped"),
    ({"acknowledged": ""}, "awsvpc-network-mode", "failure"),
    ({"baseline": True}, "awsvpc-network-mode", "skipped"),
    (
        {"exemption": exemption("**", "2999-01-01"), "enforcement": Enforcement.AUDIT},
        "awsvpc-network-mode",
        "skipped",
    ),
    ({"exemption": exemption("**", "2020-01-01")}, "awsvpc-network-mode", "failure"),
    ({"crashed": True}, "awsvpc-network-mode", "error"),
    ({"check": "unreadable"}, "unreadable", "error"),
    ({"check": "not-checked"}, "not-checked", "failure"),
]


@pytest.mark.parametrize(("changes", "name", "outcome"), OUTCOMES)
def test_an_outcome(changes: dict[str, Any], name: str, outcome: str | None) -> None:
    found = [case for case in cases(report_of(finding(**changes))) if case[1] != "host-mode-root-user"]
    assert ("x.yaml/Task", name, outcome) in found


def test_what_passes_is_there_too() -> None:
    report = Report(Policy(), (), (Judged("x.yaml", "x.yaml/Task", None),), (), (("x.yaml", None),))
    assert cases(report) == [
        ("x.yaml/Task", "awsvpc-network-mode", None),
        ("x.yaml/Task", "host-mode-root-user", None),
    ]


def test_each_container_is_a_case() -> None:
    report = report_of(*(finding(check="host-mode-root-user", container=name) for name in ("web", "proxy")))
    assert cases(report) == [
        ("x.yaml/Task", "awsvpc-network-mode", None),
        ("x.yaml/Task", "host-mode-root-user (container web)", "failure"),
        ("x.yaml/Task", "host-mode-root-user (container proxy)", "failure"),
    ]


def test_what_was_not_read_is_an_error_once() -> None:
    entry = NotRead("y.yaml", "It cannot be read.")
    said = finding(check="unreadable", source="y.yaml", address="y.yaml", what=entry.reason)
    expected = [("y.yaml", "unreadable", "error")]
    assert cases(report_of(said, not_read=(entry,), resources=())) == expected
    assert cases(report_of(not_read=(entry,))) == expected


def test_what_warns_is_said_with_its_suite(report: Report) -> None:
    suites = {suite.attrib["name"]: suite for suite in require_valid(junit_report(report)).iter("testsuite")}
    assert (suites["infra/anywhere.yaml"].findtext("system-out") or "").startswith(
        "warning[awsvpc-network-mode]: infra/anywhere.yaml/Task: NetworkMode is not set."
    )
    assert "stale-exemption" in (suites["policy"].findtext("system-out") or "")
    assert suites["infra/billing.yaml"].findtext("system-out") == ""
