"""A report: what was judged, found and not read, and whether that is admitted."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest

from ecs_guard_aspects._version import VERSION
from ecs_guard_aspects.policy import Enforcement, Exemption, Finding, Policy, Profile, Report, Severity, Verdict
from ecs_guard_aspects.policy.judging.report import Judged, NotRead

FINDING = Finding(
    check="awsvpc-network-mode",
    severity=Severity.MEDIUM,
    verdict=Verdict.VIOLATION,
    enforcement=Enforcement.DENY,
    what="NetworkMode is bridge.",
    why="Tasks share the network of their instance.",
    remedy="Set awsvpc.",
)


def finding(**changes: Any) -> Finding:
    return Finding(**{**{name: getattr(FINDING, name) for name in FINDING.__dataclass_fields__}, **changes})


# fmt: off
ADMITTED = [
    # findings, what was not read                                                          admitted
    ([],                                                            [],                    True),
    ([finding(enforcement=Enforcement.WARN)],                       [],                    True),
    ([finding(enforcement=Enforcement.AUDIT)],                      [],                    True),
    ([finding(acknowledged="known")],                               [],                    True),
    ([finding(baseline=True)],                                      [],                    True),
    ([finding()],                                                   [],                    False),
    ([finding(verdict=Verdict.UNRESOLVED)],                         [],                    False),
    ([finding(acknowledged="")],                                    [],                    False),
    ([finding(enforcement=Enforcement.WARN), finding()],            [],                    False),
    ([],                                                            [NotRead("a", "b")],   False),
    ([finding(acknowledged="known")],                               [NotRead("a", "b")],   False),
]
# fmt: on


@pytest.mark.parametrize(("findings", "not_read", "admitted"), ADMITTED, ids=range(len(ADMITTED)))
def test_whether_it_is_admitted(findings: list[Finding], not_read: list[NotRead], admitted: bool) -> None:
    report = Report(Policy(), tuple(findings), not_read=tuple(not_read))
    assert report.is_admitted is admitted
    assert report.to_json()["admitted"] is admitted


def test_of_nothing_that_was_judged() -> None:
    report = Report(Policy())
    assert (report.findings, report.resources, report.not_read, report.sources) == ((), (), (), ())
    assert report.to_json() == {
        "version": 1,
        "tool": {"name": "ecs-guard", "version": VERSION},
        "policy": {"profile": "default", "origin": None, "sha256": Policy().sha256},
        "admitted": True,
        "judged": {"sources": 0, "task_definitions": 0},
        "not_read": [],
        "resources": [],
        "findings": [],
    }


def test_as_json() -> None:
    file = "infra/billing.yaml"
    exemption = Exemption(
        check="awsvpc-network-mode", path="**", reason="moves in Q3", owner="team-a", expires=datetime.date(2027, 1, 31)
    )
    found = finding(
        source=file,
        resource="taskdefinition",
        address=f"{file}/taskdefinition",
        family="my-task",
        location="Properties/NetworkMode",
        file=file,
        line=7,
        column=20,
        notes=("Exempt.",),
        exemption=exemption,
    )
    report = Report(
        Policy(Profile.STRICT, today=datetime.date(2027, 1, 1), origin="ecs-guard.yaml"),
        (found,),
        (Judged(file, f"{file}/taskdefinition", "my-task"), Judged("b", "b/Td", None)),
        (NotRead("x.yaml", "it is no YAML"),),
        ((file, "12ab"), ("b", None), ("x.yaml", None)),
    )
    said = report.to_json()
    assert json.loads(json.dumps(said)) == said
    assert list(said) == [*("version", "tool", "policy", "admitted", "judged", "not_read", "resources", "findings")]
    assert said["policy"] == {
        "profile": "strict",
        "origin": "ecs-guard.yaml",
        "sha256": Policy(Profile.STRICT).sha256,
    }
    assert report.digests == {file: "12ab"}
    assert said["judged"] == {"sources": 3, "task_definitions": 2}
    assert said["not_read"] == [{"source": "x.yaml", "reason": "it is no YAML"}]
    assert said["resources"] == [
        {"address": f"{file}/taskdefinition", "family": "my-task"},
        {"address": "b/Td", "family": None},
    ]
    (one,) = said["findings"]
    assert one == found.to_json(datetime.date(2027, 1, 1))
    assert set(one) == {
        *("check", "severity", "verdict", "enforcement", "source", "resource", "address", "family", "container"),
        *("location", "file", "line", "column", "what", "why", "remedy", "notes", "exemption", "acknowledged"),
        *("baseline", "outcome"),
    }
    assert (one["check"], one["severity"], one["verdict"], one["enforcement"]) == (
        "awsvpc-network-mode",
        "medium",
        "violation",
        "deny",
    )
    assert (one["file"], one["line"], one["column"], one["notes"]) == (file, 7, 20, ["Exempt."])
    assert one["exemption"] == {
        "check": "awsvpc-network-mode",
        "path": "**",
        "owner": "team-a",
        "reason": "moves in Q3",
        "expires": "2027-01-31",
        "days_left": 30,
        "ticket": None,
        "origin": None,
    }


DIGESTS: list[dict[str, Any]] = [
    {},
    {"profile": Profile.STRICT},
    {"unresolved": Enforcement.WARN},
    {"enforcement": {"non-root-user": Enforcement.WARN}},
    {"max_exemption_days": 90},
    {"local_exemptions": False},
]


def test_the_digest_is_that_of_what_the_policy_demands() -> None:
    digests = [Policy(**fields).sha256 for fields in DIGESTS]
    assert len(set(digests)) == len(DIGESTS)
    assert all(len(digest) == 64 for digest in digests)
    assert Policy(origin="cdk.json", today=datetime.date(2020, 1, 1)).sha256 == Policy().sha256


def test_other_findings_leave_the_rest_as_it_was() -> None:
    report = Report(Policy(), (finding(),), (Judged("a", "a/Td", None),), (), (("a", None),))
    other = report.with_findings([])
    assert (other.findings, report.findings) == ((), (finding(),))
    assert (other.policy, other.resources, other.sources) == (report.policy, report.resources, report.sources)
