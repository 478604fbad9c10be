"""Inline exemptions: what a policy accepts."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from ecs_guard_aspects.model.document import Document
from ecs_guard_aspects.model.inline_exemption import InlineExemption
from ecs_guard_aspects.model.notice import NOT_CHECKED, UNREADABLE, Notice
from ecs_guard_aspects.model.place import Place
from ecs_guard_aspects.model.resource import TASK_DEFINITION, Resource
from ecs_guard_aspects.policy import Enforcement, Exemption, Finding, Policy, Profile, evaluate_template, judge
from ecs_guard_aspects.policy.exemptions import Subject
from ecs_guard_aspects.policy.judging.report import Report

from ..support import Raises, host, task_definition

TODAY = datetime.date(2026, 6, 1)
MODE, USER = "awsvpc-network-mode", "host-mode-root-user"
BRIDGE = task_definition(NetworkMode="bridge", Family="web")
HERE = Place("a.yaml", 7, 5)


def written(**changes: Any) -> InlineExemption:
    fields = {"check": MODE, "owner": "team-a", "expires": "2026-09-01", "reason": "moves in Q3", **changes}
    return InlineExemption({key: value for key, value in fields.items() if value is not ...}, HERE)


def report_of(
    *exemptions: InlineExemption, properties: Any = BRIDGE, address: str = "a.yaml/Td", **policy: Any
) -> Report:
    resource = Resource(address, TASK_DEFINITION, properties, name="Td", exemptions=exemptions)
    return judge([Document("a.yaml", [resource])], Policy(**{"today": TODAY, **policy}))


def outline(report: Report) -> list[tuple[str, str]]:
    return [(finding.check, finding.enforcement.value) for finding in report.findings]


def test_it_holds_for_its_task_definition_and_names_its_place() -> None:
    report = report_of(written(ticket="OPS-1"))
    (finding,) = report.findings
    assert finding.enforcement is Enforcement.AUDIT
    assert finding.notes == ("Exempt until 2026-09-01, 92 days left (team-a: moves in Q3 (OPS-1)).",)
    assert finding.exemption is not None
    assert (finding.exemption.origin, finding.exemption.path) == ("a.yaml:7", "a.yaml/Td")
    assert report.inline_exemptions == (finding.exemption,)
    assert report.is_admitted


@pytest.mark.parametrize("address", ["a*.yaml/Td", "**/Td", "a**b.yaml/Td", "a//Td", "a.yaml/", "[a]?.yaml/T.d", " "])
def test_an_address_is_not_a_glob(address: str) -> None:
    (finding,) = report_of(written(), address=address).findings
    assert finding.exemption is not None
    assert finding.exemption.covers(Subject(MODE, address))
    assert not finding.exemption.covers(Subject(MODE, address.replace("*", "x") + "x"))
    assert not finding.is_denied


def test_another_task_definition_is_not_exempt() -> None:
    one = Resource("a.yaml/A*", TASK_DEFINITION, BRIDGE, name="A*", exemptions=[written()])
    other = Resource("a.yaml/AB", TASK_DEFINITION, BRIDGE, name="AB")
    report = judge([Document("a.yaml", [one, other])], Policy(today=TODAY))
    assert [finding.is_denied for finding in report.findings] == [False, True]


# fmt: off
DAYS = [
    ("2026-09-01", "audit", "Exempt until 2026-09-01"),
    ("2026-06-10", "warn",  "Exempt, but the exemption ends in 9 days"),
    ("2026-06-01", "warn",  "Exempt, but the exemption ends today"),
    ("2026-05-31", "deny",  "The exemption of team-a ended on 2026-05-31"),
]

INVALID = [
    ({"check": ...},                   "it lacks check"),
    ({"owner": ..., "reason": ...},    "it lacks reason, owner"),
    ({"expires": ...},                 "it lacks expires"),
    ({"check": "awsvpc"},              "check 'awsvpc' is unknown. Did you mean 'awsvpc-network-mode'?"),
    ({"check": "unreadable"},          "check 'unreadable' is unknown"),
    ({"check": "stale-exemption"},     "check 'stale-exemption' is unknown"),
    ({"check": "invalid-exemption"},   "check 'invalid-exemption' is unknown"),
    ({"check": [MODE]},                "check is ['awsvpc-network-mode']: it must be a text"),
    ({"owner": " "},                   "owner is ' ': it must be a text that is not blank"),
    ({"owner": {"Ref": "Owner"}},      "owner is {'Ref': 'Owner'}: it must be a text"),
    ({"reason": "\u200b"},             "reason is '\\u200b': it must be a text that is not blank"),
    ({"expires": "31.12.2026"},        "expires is '31.12.2026': it must be a date such as 2027-01-31"),
    ({"expires": 20261231},            "expires is 20261231: it must be a date"),
    ({"container": "app"},             "container is 'app', but awsvpc-network-mode is about the task definition"),
    ({"until": "2026-09-01"},          "key 'until' is unknown. Known: check, container, reason"),
    ({"path": "**"},                   "key 'path' is unknown"),
    ({"origin": "x"},                  "key 'origin' is unknown"),
    ({"expires": "2027-06-02"},        "expires on 2027-06-02: the policy allows 365 days"),
]
# fmt: on


@pytest.mark.parametrize(("expires", "enforcement", "note"), DAYS)
def test_how_long_it_holds(expires: str, enforcement: str, note: str) -> None:
    (finding,) = report_of(written(expires=expires)).findings
    assert finding.enforcement.value == enforcement
    assert finding.notes[0].startswith(note)


@pytest.mark.parametrize(("changes", "problem"), INVALID, ids=[problem for _, problem in INVALID])
def test_an_invalid_one_is_denied_at_its_place(changes: dict[str, Any], problem: str) -> None:
    report = report_of(written(**changes), max_exemption_days=365)
    assert outline(report) == [(MODE, "deny"), ("invalid-exemption", "deny")]
    finding = report.findings[1]
    assert problem in finding.what
    assert finding.what.startswith("This exemption does not count: ")
    assert (finding.file, finding.line, finding.column) == HERE
    assert (finding.address, finding.resource, finding.family) == ("a.yaml/Td", "Td", "web")
    assert report.inline_exemptions == ()


def test_a_problem_of_the_reader_is_said() -> None:
    (_, finding) = report_of(InlineExemption({}, HERE, problem="it says nothing")).findings
    assert finding.what == "This exemption does not count: it says nothing."
    assert finding.is_denied


@pytest.mark.parametrize(("location", "is_comment"), [("", True), ("Metadata/ecs-guard/0", False)])
def test_what_to_write_is_for_the_place_where_it_was_written(location: str, is_comment: bool) -> None:
    (_, finding) = report_of(InlineExemption({}, HERE, location)).findings
    assert ("# ecs-guard: ignore[check]" in finding.remedy) is is_comment
    assert ("in Metadata" in finding.remedy) is not is_comment


def test_a_message_stays_short() -> None:
    (_, finding) = report_of(written(owner={"x" * 100_000: 1})).findings
    assert len(finding.what) < 500


UNUSED: list[tuple[InlineExemption, dict[str, Any], list[str]]] = [
    (written(check=USER), {}, ["stale-exemption"]),
    (written(check=USER), {"enforcement": {"stale-exemption": Enforcement.OFF}}, []),
    (written(check="non-root-user"), {}, []),  # another gate may make this check
    (written(check="non-root-user"), {"profile": Profile.STRICT}, ["stale-exemption"]),
    (written(check="no-host-network-mode"), {"profile": Profile.STRICT}, ["stale-exemption"]),
    (written(check="host-mode-privileged"), {}, ["stale-exemption"]),
    (written(check=NOT_CHECKED), {}, ["stale-exemption"]),
]


@pytest.mark.parametrize(("exemption", "policy", "expected"), UNUSED)
def test_one_that_covers_nothing_is_stale(
    exemption: InlineExemption, policy: dict[str, Any], expected: list[str]
) -> None:
    findings = [finding for finding in report_of(exemption, **policy).findings if finding.check == "stale-exemption"]
    assert [finding.check for finding in findings] == expected
    for finding in findings:
        assert (finding.file, finding.line, finding.address) == ("a.yaml", 7, "a.yaml/Td")
        assert finding.enforcement is Enforcement.WARN
        assert "matches no finding (team-a: moves in Q3)" in finding.what


def test_an_expired_one_that_covers_something_is_not_stale() -> None:
    assert outline(report_of(written(expires="2020-01-01"))) == [(MODE, "deny")]


def test_only_the_container_it_names() -> None:
    report = report_of(written(check=USER, container="b"), properties=host({"Name": "a"}, {"Name": "b"}))
    found = {finding.container: finding.is_denied for finding in report.findings if finding.check == USER}
    assert found == {"a": True, "b": False}


def policy_exemption(expires: str) -> Exemption:
    return Exemption(check=MODE, path="**", reason="all", owner="platform", expires=expires)


@pytest.mark.parametrize(("expires", "owner"), [("2026-10-01", "platform"), ("2026-08-01", "team-a")])
def test_of_several_the_one_counts_that_holds_longest(expires: str, owner: str) -> None:
    (finding,) = report_of(written(), exemptions=[policy_exemption(expires)]).findings
    assert finding.exemption is not None
    assert finding.exemption.owner == owner


def test_a_policy_that_takes_none_lists_it_and_denies() -> None:
    report = report_of(written(), written(check=USER), local_exemptions=False)
    assert outline(report) == [(MODE, "deny"), ("stale-exemption", "warn")]
    assert report.findings[0].notes == (
        "There is an inline exemption at a.yaml:7 (team-a: moves in Q3), but the policy accepts none.",
    )
    assert report.findings[0].exemption is None


def test_its_own_exemptions_hold_all_the_same() -> None:
    report = report_of(written(), local_exemptions=False, exemptions=[policy_exemption("2026-10-01")])
    assert outline(report) == [(MODE, "audit")]


def test_what_is_not_looked_into_can_be_exempt() -> None:
    notice = Notice(
        "What.", "Why.", "Do.", kind=NOT_CHECKED, address="a/N", name="N", exemptions=[written(check=NOT_CHECKED)]
    )
    report = judge([Document("a", [notice])], Policy(today=TODAY, enforcement={NOT_CHECKED: Enforcement.DENY}))
    assert outline(report) == [(NOT_CHECKED, "audit")]


def test_what_cannot_be_read_and_a_check_that_fails_cannot() -> None:
    notice = Notice("What.", "Why.", "Do.", kind=UNREADABLE, address="a/N", name="N", exemptions=[written()])
    assert outline(judge([Document("a", [notice])], Policy(today=TODAY)))[0] == (UNREADABLE, "deny")
    report = report_of(written(check="raises"), properties=host({"Name": "a"}), checks=[Raises()])
    assert [finding.is_denied for finding in report.findings if finding.check == "raises"] == [True]


def test_without_a_task_definition_it_exempts_nothing() -> None:
    report = judge([Document("a.yaml", [], exemptions=[written(), written(owner=...)])], Policy(today=TODAY))
    assert outline(report) == [("invalid-exemption", "deny"), ("stale-exemption", "warn")]
    stale = report.findings[1]
    assert (
        stale.what == "The exemption from awsvpc-network-mode is not next to a task definition (team-a: moves in Q3)."
    )
    assert (stale.address, stale.source, stale.line) == ("a.yaml", "a.yaml", 7)


def test_in_the_metadata_of_a_template_that_is_judged_by_itself() -> None:
    entry = {"check": MODE, "owner": "team-a", "expires": "2026-09-01", "reason": "moves in Q3"}
    task = {"Type": TASK_DEFINITION, "Properties": BRIDGE, "Metadata": {"ecs-guard": [entry]}}
    (finding,) = evaluate_template({"Resources": {"Td": task}}, Policy(today=TODAY))
    assert isinstance(finding, Finding)
    assert not finding.is_denied
