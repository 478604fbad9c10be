"""A Report as JUnit XML, for tools that show tests: Jenkins, GitLab, Azure DevOps.

There is no standard. The output is valid by the two schemas in use, of Ant and of Jenkins' xUnit plugin:
https://github.com/windyroad/JUnit-Schema, https://github.com/jenkinsci/xunit-plugin
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from xml.etree import ElementTree

from ..model.notice import UNREADABLE
from ..policy.judging.finding import Finding
from ..policy.judging.report import NotRead, Report
from ..policy.policy import Policy
from .wording import (
    ERROR,
    WARNING,
    facts_of,
    level_of,
    only_not_read,
    printable,
    problem_of,
    use_of,
    with_listed_files_counted,
)

_FAILURE, _ERROR, _SKIPPED = "failure", "error", "skipped"


class _Case(NamedTuple):
    """A test case: its subject, its name, and its outcome if it does not pass."""

    about: str
    name: str
    outcome: str | None = None
    message: str = ""
    text: str = ""


class _Suite(NamedTuple):
    """The results of one document: task definitions, findings, and what could not be read."""

    addresses: dict[str, None]
    findings: list[Finding]
    not_read: list[NotRead]


def junit_report(report: Report) -> str:
    """Return the report as JUnit XML.

    A suite is a document, a case is a check of a task definition or of one of its containers. A denied finding is a
    failure, an exempt one or one of the baseline is skipped; a file that cannot be read and a check that failed are
    errors. Warnings pass, and are in the ``system-out`` of their suite.
    """
    root = ElementTree.Element("testsuites")
    for number, (source, suite) in enumerate(_suites(report).items()):
        _add_suite(root, number, source, suite, report)
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _suites(report: Report) -> dict[str, _Suite]:
    suites: dict[str, _Suite] = {}

    def suite(source: str) -> _Suite:
        return suites.setdefault(source, _Suite({}, [], []))

    for name, _ in report.sources:
        suite(name)
    for judged in report.resources:
        suite(judged.source).addresses[judged.address] = None
    for finding in with_listed_files_counted(report).findings:
        suite(finding.source).findings.append(finding)
    for entry in only_not_read(report):
        suite(entry.source).not_read.append(entry)
    return suites


def _add_suite(root: ElementTree.Element, number: int, source: str, content: _Suite, report: Report) -> None:
    cases = list(_cases(content, report.policy))
    outcomes = Counter(case.outcome for case in cases)
    suite = ElementTree.SubElement(
        root,
        "testsuite",
        name=printable(source).strip() or "policy",
        package="ecs-guard",
        id=str(number),
        timestamp=_time(report),
        hostname="localhost",  # the default of the schema
        tests=str(len(cases)),
        failures=str(outcomes[_FAILURE]),
        errors=str(outcomes[_ERROR]),
        skipped=str(outcomes[_SKIPPED]),
        time="0",
    )
    properties = ElementTree.SubElement(suite, "properties")
    policy = {"profile": report.policy.profile.value, "policy": report.policy.origin or ""}
    for name, value in (policy | facts_of(report)).items():
        ElementTree.SubElement(properties, "property", name=name, value=printable(value))
    for case in cases:
        _add_case(suite, case)
    ElementTree.SubElement(suite, "system-out").text = "\n".join(_remarks(content.findings, report.policy.date))
    ElementTree.SubElement(suite, "system-err")


def _time(report: Report) -> str:
    """Return when the report was made; the schema of Ant has no place for a time zone."""
    return f"{report.created:%Y-%m-%dT%H:%M:%S}" if report.created else f"{report.policy.date}T00:00:00"


def _add_case(suite: ElementTree.Element, case: _Case) -> None:
    element = ElementTree.SubElement(
        suite, "testcase", classname=printable(case.about), name=printable(case.name), time="0"
    )
    if case.outcome == _SKIPPED:
        ElementTree.SubElement(element, _SKIPPED, message=printable(case.message))
    elif case.outcome is not None:
        kind = case.name.partition(" ")[0]
        ElementTree.SubElement(
            element, case.outcome, type=printable(kind), message=printable(case.message)
        ).text = case.text


def _cases(suite: _Suite, policy: Policy) -> Iterator[_Case]:
    """Yield a case for each finding, and one for each check that a task definition passes."""
    today = policy.date
    found: dict[tuple[str, str], list[Finding]] = {}
    for finding in suite.findings:
        found.setdefault((finding.address, finding.check), []).append(finding)
    for address in suite.addresses:
        for check in policy.enforced_checks:
            findings = found.pop((address, check.id), ())
            yield from (_case(f, today) for f in findings) if findings else [_Case(address, check.id)]
    yield from (_case(finding, today) for findings in found.values() for finding in findings)
    for entry in suite.not_read:
        yield _Case(entry.source, UNREADABLE, _ERROR, entry.reason, "What cannot be read is not admitted.")


def _case(finding: Finding, today: datetime.date) -> _Case:
    name = f"{finding.check} (container {finding.container})" if finding.container else finding.check
    about = finding.address or finding.source or "policy"
    problem = problem_of(finding)
    if finding.is_accepted(today):
        return _Case(about, name, _SKIPPED, _why_accepted(finding))
    if level_of(finding) != ERROR:
        return _Case(about, name)
    place = f"{finding.place}\n" if finding.place else ""
    lines = [f"{place}{finding.why}", use_of(finding), *finding.notes, finding.remedy]
    text = "\n".join(printable(line) for part in lines for line in part.split("\n") if line)
    is_error = finding.crashed or finding.check == UNREADABLE
    return _Case(about, name, _ERROR if is_error else _FAILURE, problem, text)


def _why_accepted(finding: Finding) -> str:
    if finding.baseline:
        return f"Known from the baseline: {finding.what}"
    acknowledged = [f"Acknowledged: {finding.acknowledged}"] if finding.acknowledged else []
    return " ".join([*finding.notes, *acknowledged, finding.what])


def _remarks(findings: Iterable[Finding], today: datetime.date) -> Iterator[str]:
    """Yield a line for each finding that fails no test case."""
    for finding in findings:
        level = level_of(finding)
        if level == WARNING or (level != ERROR and not finding.is_accepted(today)):
            said = filter(None, [problem_of(finding), use_of(finding), *finding.notes])
            yield printable(f"{level}[{finding.check}]: {finding.address}: {' '.join(said)}")
