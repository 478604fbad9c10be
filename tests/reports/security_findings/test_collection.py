"""Which security findings a report has: the same in each report, and closed when they are fixed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ecs_guard_aspects.policy import Enforcement, Policy, Profile, Report, Severity
from ecs_guard_aspects.policy.judging.report import Judged, NotRead
from ecs_guard_aspects.policy.tracking.comparison import Compared, Comparison, ComparisonStatus, FindingKey
from ecs_guard_aspects.reports.security_findings.collection import security_findings
from tests.cloud import IRELAND, OHIO, OWN, arn

from ..test_text_report import finding, report_of
from .support import EVERYTHING, HELD, REGION, audit_of, found, judged, unread

AWSVPC, ROOT, READ = "awsvpc-network-mode", "host-mode-root-user", "unreadable"


def statuses(report: Report) -> dict[tuple[str, str], str]:
    """Return the status of each check, by the short name of what it is about; an account or a Region by its name."""
    listed = [
        (
            one.identity.subject.rpartition("/")[2] or "/".join(filter(None, one.identity.place)),
            one.identity.check,
            one.status.value,
        )
        for one in security_findings(report)
    ]
    assert len({name[:2] for name in listed}) == len(listed)
    return {(subject, check): status for subject, check, status in listed}


def ids(report: Report, status: str) -> set[str]:
    return {one.identity.uid for one in security_findings(report) if one.status.value == status}


def test_the_revision_that_fixes_a_finding_closes_it() -> None:
    before = audit_of(found("agent:1"), found("agent:1", check=ROOT, container="app"))
    after = audit_of(judged("agent:2"))
    assert len(ids(before, "FAILED")) == 2
    assert ids(before, "FAILED") <= ids(after, "PASSED")


def test_it_is_open_as_long_as_any_revision_or_container_has_it() -> None:
    report = audit_of(found("agent:1"), judged("agent:2"), found("agent:2", check=ROOT, container="app"))
    assert statuses(report)["agent", AWSVPC] == "FAILED"
    assert ids(report, "FAILED") == ids(audit_of(found("agent:1"), found("agent:3", check=ROOT)), "FAILED")


def test_ids_differ_by_account_region_family_and_check() -> None:
    report = audit_of(
        *(found(), found(region=OHIO), found(account="222222222222"), found("agent2:1"), found(check=ROOT)),
    )
    assert len(ids(report, "FAILED")) == 5


# What is found, and what becomes of it.
OUTCOMES: list[tuple[dict[str, Any], str, str]] = [
    ({}, "FAILED", "MEDIUM"),
    ({"severity": Severity.HIGH}, "FAILED", "HIGH"),
    ({"enforcement": Enforcement.WARN}, "WARNING", "LOW"),
    ({"enforcement": Enforcement.AUDIT}, "WARNING", "INFORMATIONAL"),
    ({"enforcement": Enforcement.AUDIT, "exemption": HELD}, "WARNING", "INFORMATIONAL"),
    ({"acknowledged": "moves in May"}, "WARNING", "INFORMATIONAL"),
    ({"baseline": True}, "WARNING", "INFORMATIONAL"),
]


@pytest.mark.parametrize(("changes", "status", "level"), OUTCOMES)
def test_what_becomes_of_a_finding(changes: dict[str, Any], status: str, level: str) -> None:
    one = next(security_findings(audit_of(found(**changes))))
    assert (one.status.value, one.level.value) == (status, level)


def test_an_exemption_is_named_with_its_owner() -> None:
    one = next(security_findings(audit_of(found(enforcement=Enforcement.AUDIT, exemption=HELD))))
    assert "team-obs: reads the counters" in one.text


def test_the_worst_of_several_counts() -> None:
    exempt = found("agent:1", enforcement=Enforcement.AUDIT, exemption=HELD)
    one = next(security_findings(audit_of(exempt, found("agent:2", what="It is 'host'."))))
    assert (one.status.value, one.title) == ("FAILED", "agent: It is 'host'. (1 more)")
    assert [affected.uid for affected in one.affected] == [arn("agent:2"), arn("agent:1")]


def test_nothing_in_use_says_that_all_was_read() -> None:
    assert statuses(audit_of()) == {(REGION, READ): "PASSED", (OWN, READ): "PASSED"}


@pytest.mark.parametrize("source", [REGION, OWN])
def test_what_was_not_read_in_whole_closes_nothing(source: str) -> None:
    said = statuses(audit_of(unread(source), judged("agent:2"), found("web:1")))
    assert {key: status for key, status in said.items() if key != (OWN, READ) or source == OWN} == {
        (source, READ): "NOT_AVAILABLE",
        ("web", AWSVPC): "FAILED",
    }


def test_what_was_read_at_last_closes_that_it_was_not() -> None:
    for source in (REGION, OWN):
        assert ids(audit_of(unread(source)), "NOT_AVAILABLE") <= ids(audit_of(), "PASSED")
    only_listed = audit_of(not_read=(NotRead(REGION, "AccessDenied"),))
    assert ids(only_listed, "NOT_AVAILABLE") == ids(audit_of(unread()), "NOT_AVAILABLE")


def test_a_region_that_was_not_read_leaves_others_alone() -> None:
    report = audit_of(unread(f"{OWN}/{OHIO}"), judged("agent:2"))
    assert statuses(report)["agent", AWSVPC] == "PASSED"


def test_too_few_task_definitions_are_not_a_pass() -> None:
    report = replace(audit_of(), shortfall="Only 0 were judged.")
    texts = [one.text for one in security_findings(report) if one.status.value == "NOT_AVAILABLE"]
    assert texts == ["Only 0 were judged."]


def test_only_what_the_policy_asks_for_is_passed() -> None:
    strict = Policy(profile=Profile.STRICT)
    assert ("agent", "non-root-user") in statuses(audit_of(judged(), policy=strict))
    assert ("agent", "non-root-user") not in statuses(audit_of(judged()))
    off = Policy(enforcement={AWSVPC: Enforcement.OFF})
    assert ("agent", AWSVPC) not in statuses(audit_of(judged(), policy=off))


def test_a_daemon_passes_no_check_of_network_modes() -> None:
    daemon = Judged("x.yaml", "x.yaml/Daemon", None, type="AWS::ECS::DaemonTaskDefinition")
    report = Report(Policy(profile=Profile.STRICT), resources=(daemon,))
    assert {check for _, check in statuses(report)} == {"no-privileged-containers", "non-root-user"}


def test_files_are_distinguished() -> None:
    report = report_of(finding(), finding(source="y.yaml", address="y.yaml/Task"))
    assert len(ids(report, "FAILED")) == 2
    assert ids(report, "FAILED") == ids(
        report_of(finding(line=7), finding(source="y.yaml", address="y.yaml/Task")), "FAILED"
    )


@pytest.mark.parametrize(
    ("status", "closed"),
    [(ComparisonStatus.NO_LONGER_IN_USE, True), (ComparisonStatus.NOT_KNOWN, False), (ComparisonStatus.FIXED, False)],
)
def test_what_is_no_longer_in_use_is_archived(status: ComparisonStatus, closed: bool) -> None:
    before = audit_of(found("agent:1", check=ROOT, container="app"))
    keys = [FindingKey(OWN, IRELAND, "agent", arn("agent"), ROOT, name) for name in ("app", "sidecar")]
    compared = Comparison("1.json", tuple(Compared(key, status) for key in keys))
    archived = [one for one in security_findings(audit_of(compared=compared)) if one.is_archived]
    assert [one.identity.uid for one in archived] == (sorted(ids(before, "FAILED")) if closed else [])


def test_everything_has_an_id_of_its_own() -> None:
    listed = list(security_findings(EVERYTHING))
    assert len({one.identity.uid for one in listed}) == len(listed)
