"""A baseline: what was denied before passes, what is new does not, and nothing is ever added to it."""

from __future__ import annotations

import datetime
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecs_guard_aspects.policy import (
    Enforcement,
    Exemption,
    Finding,
    Policy,
    Profile,
    Report,
    Severity,
    TaskDefinition,
    TaskDefinitionCheck,
    Violation,
    judge,
)
from ecs_guard_aspects.policy.judging.report import NotRead
from ecs_guard_aspects.policy.tracking.baseline import Baseline, BaselineEntry, BaselineError
from ecs_guard_aspects.sources.cloudformation.template import template_document

from ..judging.test_report import finding as plain_finding

TODAY = datetime.date(2027, 1, 1)
POLICY = Policy(today=TODAY)
ENTRY = BaselineEntry("x.yaml", "x.yaml/Task", "awsvpc-network-mode", None)


def finding(**changes: Any) -> Finding:
    return plain_finding(**{"source": "x.yaml", "address": "x.yaml/Task", "line": 3, **changes})


def report_of(*findings: Finding, **changes: Any) -> Report:
    return Report(changes.pop("policy", POLICY), findings, **{"sources": (("x.yaml", None),), **changes})


def everything(source: str) -> bool:
    return True


EXPIRED = Exemption(
    check="awsvpc-network-mode", path="**", reason="r", owner="o", expires=TODAY - datetime.timedelta(days=1)
)

# Which findings a baseline may hold.
HELD: list[tuple[dict[str, Any], bool]] = [
    ({}, True),
    ({"container": "web"}, True),
    ({"check": "not-checked"}, True),
    ({"acknowledged": ""}, True),
    ({"exemption": EXPIRED}, True),
    ({"enforcement": Enforcement.WARN}, False),
    ({"enforcement": Enforcement.AUDIT}, False),
    ({"check": "host-mode-privileged", "enforcement": Enforcement.AUDIT}, False),
    ({"acknowledged": "moves in May"}, False),
    ({"check": "unreadable"}, False),
    ({"check": "stale-exemption"}, False),
    ({"crashed": True}, False),
]


@pytest.mark.parametrize(("changes", "is_held"), HELD)
def test_what_is_held(changes: dict[str, Any], is_held: bool) -> None:
    report = report_of(finding(**changes))
    baseline = Baseline.of(report)
    assert len(baseline.findings) == is_held
    (after,) = baseline.applied_to(report).findings
    assert after.baseline is is_held
    # What may not be held passes by no baseline that somebody has written by hand.
    by_hand = Baseline((BaselineEntry("x.yaml", "x.yaml/Task", after.check, after.container),), TODAY)
    assert by_hand.applied_to(report).findings[0].baseline is is_held


class Failing(TaskDefinitionCheck):
    id = "failing"
    severity = Severity.HIGH
    title = "A check that fails."

    def violation(self, task_definition: TaskDefinition) -> Violation | None:
        raise LookupError("no such thing")


def test_a_check_that_fails_is_not_held() -> None:
    task = {"Type": "AWS::ECS::TaskDefinition", "Properties": {"NetworkMode": "bridge"}}
    document = template_document({"Resources": {"Task": task}})
    report = judge([document], Policy(checks=[Failing()], today=TODAY))
    assert [(found.check, found.crashed) for found in report.findings] == [
        ("awsvpc-network-mode", False),
        ("failing", True),
    ]
    assert [entry.check for entry in Baseline.of(report).findings] == ["awsvpc-network-mode"]


# What changes about a finding, and whether it is still the one that is known.
SAME: list[tuple[dict[str, Any], bool]] = [
    ({"line": 99, "column": 1, "file": "lib/app.ts"}, True),
    ({"what": "NetworkMode is host.", "location": "elsewhere"}, True),
    ({"container": "web"}, False),
    ({"container": ""}, False),
    ({"check": "host-mode-root-user"}, False),
    ({"address": "x.yaml/Other"}, False),
    ({"source": "y.yaml"}, False),
]


@pytest.mark.parametrize(("changes", "is_same"), SAME)
def test_what_it_is_known_by(changes: dict[str, Any], is_same: bool) -> None:
    baseline = Baseline.of(report_of(finding()))
    report = baseline.applied_to(report_of(finding(**changes)))
    assert report.findings[0].baseline is is_same
    assert report.is_admitted is is_same


def test_of_more_than_are_known_only_so_many_pass() -> None:
    baseline = Baseline.of(report_of(finding(), finding(what="B.")))
    assert baseline.findings == (ENTRY, ENTRY)
    after = baseline.applied_to(report_of(finding(what="C."), finding(), finding(what="B.")))
    assert [found.baseline for found in after.findings] == [True, True, False]


# What is found in x.yaml now, by which policy, what else there is to say, and whether the entry is gone.
GONE: list[tuple[list[Finding], dict[str, Any], bool]] = [
    ([], {}, True),
    ([finding()], {}, False),
    ([finding(what="B.", line=9)], {}, False),
    ([finding(baseline=True)], {}, False),
    ([finding(container="web")], {}, True),
    ([finding(enforcement=Enforcement.WARN)], {}, True),
    ([finding(acknowledged="moves in May")], {}, True),
    ([finding(crashed=True)], {}, False),
    ([finding(crashed=True, address="x.yaml/Other")], {}, True),
    ([finding(check="unreadable", address="x.yaml/Other")], {}, False),
    ([finding(check="unreadable", source="y.yaml")], {}, True),
    ([], {"not_read": (NotRead("x.yaml", "broken"),)}, False),
    ([], {"policy": Policy(Profile.CYSCALE)}, False),
    ([], {"policy": Policy(enforcement={"awsvpc-network-mode": Enforcement.OFF})}, False),
    ([], {"policy": Policy(enforcement={"awsvpc-network-mode": Enforcement.WARN})}, True),
]


@pytest.mark.parametrize(("findings", "changes", "is_gone"), GONE, ids=range(len(GONE)))
def test_what_is_gone(findings: list[Finding], changes: dict[str, Any], is_gone: bool) -> None:
    baseline = Baseline((ENTRY,), TODAY)
    gone = baseline.gone(report_of(*findings, **changes), everything)
    assert gone == ((ENTRY,) if is_gone else ())
    assert baseline.without(gone).findings == (() if is_gone else (ENTRY,))
    assert baseline.without(gone).created == TODAY


def test_nothing_is_gone_of_what_was_not_judged() -> None:
    other = ENTRY._replace(source="y.yaml")
    assert Baseline((ENTRY, other), TODAY).gone(report_of(), lambda source: source == "x.yaml") == (ENTRY,)


def test_one_of_two_is_gone() -> None:
    baseline = Baseline((ENTRY, ENTRY), TODAY)
    gone = baseline.gone(report_of(finding()), everything)
    assert gone == (ENTRY,)
    assert baseline.without(gone).findings == (ENTRY,)


def test_as_a_file_it_has_an_entry_a_line() -> None:
    entries = (ENTRY._replace(container="web"), ENTRY._replace(source="a.yaml", address="a.yaml/\u00e4"), ENTRY)
    text = Baseline.of(report_of(*(finding(**entry._asdict()) for entry in entries))).to_text()
    assert [line for line in text.splitlines() if '"source"' in line] == [
        '    {"source": "a.yaml", "address": "a.yaml/\\u00e4", "check": "awsvpc-network-mode", "container": null},',
        '    {"source": "x.yaml", "address": "x.yaml/Task", "check": "awsvpc-network-mode", "container": null},',
        '    {"source": "x.yaml", "address": "x.yaml/Task", "check": "awsvpc-network-mode", "container": "web"}',
    ]
    said = json.loads(text)
    assert list(said) == ["version", "tool", "created", "findings"]
    assert (said["version"], said["tool"]["name"], said["created"]) == (1, "ecs-guard", "2027-01-01")


@pytest.mark.parametrize(
    "entries", [(), (ENTRY,), (ENTRY, ENTRY), (ENTRY._replace(source="a\udcff\nb", container=""),)]
)
def test_a_file_is_read_as_it_was_written(entries: tuple[BaselineEntry, ...]) -> None:
    baseline = Baseline(entries, TODAY)
    assert Baseline.from_text(baseline.to_text()) == baseline
    assert Baseline.from_text(baseline.to_text().replace("\n", "\r\n")) == baseline


def text(entry: object = None, **changes: Any) -> str:
    good = {"version": 1, "created": "2027-01-01", "findings": [] if entry is None else [entry]}
    return json.dumps({**good, **changes})


GOOD_ENTRY = ENTRY._asdict()
BAD: list[tuple[str, str]] = [
    ("", "it is not JSON: Expecting value: line 1 column 1"),
    ("<<<<<<< HEAD\n", "it is not JSON: Expecting value: line 1 column 1"),
    ("[" * 100_000, "it is not JSON: "),
    ("[]", "it is not a baseline: it must be an object with version, created and findings"),
    ('{"version": 1}', "it is not a baseline: it must be an object with version, created and findings"),
    (text(version=2), "its version is 2; this ecs-guard knows version 1"),
    (text(version=True), "its version is True; this ecs-guard knows version 1"),
    (text(version=None), "its version is None; this ecs-guard knows version 1"),
    (text(created=None), "created is None: it must be a date such as 2027-01-31"),
    (text(created="soon"), "created is 'soon': it must be a date such as 2027-01-31"),
    (text("x"), "findings[0] must be an object with source, address, check, container, and no more"),
    (text({}), "findings[0] must be an object with source, address, check, container, and no more"),
    (text({**GOOD_ENTRY, "line": 1}), "findings[0] must be an object with source, address, check, container, and"),
    (text({**GOOD_ENTRY, "check": None}), "findings[0]: check is None: it must be a text"),
    (text({**GOOD_ENTRY, "container": 1}), "findings[0]: container is 1: it must be a text"),
]


@pytest.mark.parametrize(("content", "said"), BAD, ids=[said for _, said in BAD])
def test_other_files_than_baselines(content: str, said: str) -> None:
    with pytest.raises(BaselineError) as raised:
        Baseline.from_text(content)
    assert str(raised.value).startswith(said)


# --- of any template ----------------------------------------------------------------------------------------------

containers = st.lists(
    st.fixed_dictionaries(
        {"Name": st.sampled_from(["web", "proxy", ""])},
        optional={"User": st.sampled_from(["0", "1000", {"Ref": "X"}]), "Privileged": st.booleans()},
    ),
    max_size=3,
)
task_definitions = st.fixed_dictionaries(
    {"ContainerDefinitions": containers},
    optional={"NetworkMode": st.sampled_from(["awsvpc", "host", "bridge", {"Ref": "X"}, 1])},
)
templates = st.dictionaries(st.sampled_from(["A", "B", "C"]), task_definitions, max_size=3)


def judged(template: dict[str, Any]) -> Report:
    resources = {name: {"Type": "AWS::ECS::TaskDefinition", "Properties": each} for name, each in template.items()}
    document = template_document({"Parameters": {"X": {"Type": "String"}}, "Resources": resources})
    return judge([document], Policy(Profile.STRICT, today=TODAY))


@settings(max_examples=20, deadline=None)
@given(templates, task_definitions)
def test_all_that_was_there_passes_and_all_that_is_new_is_denied(template: dict[str, Any], new: dict[str, Any]) -> None:
    before = judged(template)
    baseline = Baseline.from_text(Baseline.of(before).to_text())
    assert baseline.applied_to(before).is_admitted
    assert baseline.gone(before, everything) == ()
    after = judged({**template, "New": new})
    new_ones = [found for found in after.findings if found.is_denied and found.address == "New"]
    marked = baseline.applied_to(after)
    assert [found for found in marked.findings if found.is_denied] == new_ones
    assert marked.is_admitted is (not new_ones)


@settings(max_examples=20, deadline=None)
@given(templates, templates)
def test_it_only_ever_shrinks(before: dict[str, Any], after: dict[str, Any]) -> None:
    baseline = Baseline.of(judged(before))
    report = judged(after)
    left = baseline.without(baseline.gone(report, everything))
    known = sorted(map(str, baseline.findings))
    for entry in map(str, left.findings):
        known.remove(entry)  # raises if it was not there as often before
    # What it has lost changes nothing today.
    assert left.applied_to(report) == baseline.applied_to(report)
    assert left.gone(report, everything) == ()


def test_a_marked_report_is_the_same_but_for_the_marks() -> None:
    before = judged({"A": {"NetworkMode": "host", "ContainerDefinitions": [{"Name": "web"}]}})
    after = Baseline.of(before).applied_to(before)
    assert [replace(found, baseline=False) for found in after.findings] == list(before.findings)
    assert (after.tally().denied, after.tally().known) == (0, 1)
