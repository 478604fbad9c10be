"""Words and levels that formats share."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from ecs_guard_aspects.policy import Enforcement, Finding, Policy, Severity, Verdict
from ecs_guard_aspects.policy.judging.report import NotRead, Report, Scope
from ecs_guard_aspects.reports.wording import facts_of, level_of, name_of_policy, only_not_read, printable

# fmt: off
LEVELS: list[tuple[dict[str, Any], str]] = [
    ({},                                    "error"),
    ({"enforcement": Enforcement.WARN},     "warning"),
    ({"enforcement": Enforcement.AUDIT},    "note"),
    ({"acknowledged": "known"},             "note"),
    ({"acknowledged": ""},                  "error"),  # without a reason, or the policy takes none
    ({"baseline": True},                    "note"),
]
# fmt: on


@pytest.mark.parametrize(("changes", "level"), LEVELS)
def test_the_level_of_a_finding(changes: dict[str, Any], level: str) -> None:
    values = {"enforcement": Enforcement.DENY, **changes}
    finding = Finding("x", Severity.HIGH, Verdict.VIOLATION, what="What.", why="Why.", remedy="Do.", **values)
    assert level_of(finding) == level


@pytest.mark.parametrize(
    ("text", "shown"),
    [("web", "web"), ("a\nb", "a\\nb"), ("\x1b[31m", "\\x1b[31m"), ("\u202e", "\\u202e"), ("\udcff", "\\udcff")],
)
def test_nothing_controls_a_terminal(text: str, shown: str) -> None:
    assert printable(text) == shown


@pytest.mark.parametrize(
    ("policy", "name"),
    [(Policy(), "profile default"), (Policy(origin="a\n.yaml"), "a\\n.yaml, profile default")],
)
def test_the_name_of_a_policy(policy: Policy, name: str) -> None:
    assert name_of_policy(policy) == name


def test_facts_are_those_of_a_command() -> None:
    assert facts_of(Report(Policy())) == {}
    created = datetime.datetime(2027, 1, 31, 10, 30, tzinfo=datetime.timezone(datetime.timedelta(hours=1)))
    facts = facts_of(Report(Policy(), created=created, scope=Scope(paths=("a", "b\n"))))
    assert (facts["created"], facts["paths"]) == ("2027-01-31T09:30:00Z", "a, b\\n")
    assert facts["version"]


def test_what_is_a_finding_too_is_not_listed_twice() -> None:
    finding = Finding(
        "unreadable", Severity.HIGH, Verdict.UNRESOLVED, Enforcement.DENY, "It is.", "Why.", "Do.", source="a"
    )
    report = Report(Policy(), (finding,), not_read=(NotRead("a", "It is."), NotRead("b", "It is.")), shortfall="Few.")
    assert only_not_read(report) == [NotRead("b", "It is."), NotRead("", "Few.")]
