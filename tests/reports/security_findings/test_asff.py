"""The report for Security Hub: valid by the model of botocore and the limits of ASFF, and it updates what is there."""

from __future__ import annotations

import datetime
import json
import re
from dataclasses import replace
from typing import Any

import boto3
import botocore.session
import botocore.validate
import pytest
from moto import mock_aws

from ecs_guard_aspects.model.usage import Exposure, ExposureLevel
from ecs_guard_aspects.policy import Report
from ecs_guard_aspects.reports.security_findings.asff import asff_report
from tests.cloud import IRELAND, OWN

from ..test_hostile_names import NAMES
from ..test_text_report import finding, report_of
from .support import EVERYTHING, audit_of, found, judged, unread

INPUT = (
    botocore.session.get_session().get_service_model("securityhub").operation_model("BatchImportFindings").input_shape
)

# https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_AwsSecurityFinding.html; botocore knows no lengths.
LONGEST = {"Id": 512, "GeneratorId": 512, "Title": 256, "Description": 1024}


def findings_of(report: Report) -> list[dict[str, Any]]:
    said = json.loads(asff_report(report))
    errors = botocore.validate.ParamValidator().validate(said, INPUT)
    assert not errors.has_errors(), errors.generate_report()
    for one in said["Findings"]:
        require_what_security_hub_takes(one)
    assert len({one["Id"] for one in said["Findings"]}) == len(said["Findings"])
    return list(said["Findings"])


def require_what_security_hub_takes(one: dict[str, Any]) -> None:
    assert {name: len(one[name]) for name, most in LONGEST.items() if len(one[name]) > most} == {}
    assert not [text for text in texts_in(one) if not re.search(r"^.*\S.*$", text, re.MULTILINE)]
    assert one["Compliance"]["Status"] in ("PASSED", "WARNING", "FAILED", "NOT_AVAILABLE")
    requirements = one["Compliance"].get("RelatedRequirements", [])
    assert len(requirements) <= 32
    assert all(len(text) <= 64 for text in requirements)
    remediation = one.get("Remediation", {"Recommendation": {"Text": "x"}})["Recommendation"]
    assert all(len(text) <= 512 for text in remediation.values())
    assert 1 <= len(one["Resources"]) <= 32
    assert all(len(resource["Id"]) <= 512 for resource in one["Resources"])
    assert all(len(value) <= 2048 for value in one["ProductFields"].values())
    assert len(json.dumps(one)) < 240_000


def texts_in(node: Any) -> list[str]:
    if isinstance(node, dict):
        return [text for value in node.values() for text in texts_in(value)]
    if isinstance(node, list):
        return [text for value in node for text in texts_in(value)]
    return [node] if isinstance(node, str) else []


def test_something_of_everything_is_valid() -> None:
    listed = findings_of(EVERYTHING)
    # What is about no Region is recorded in the first that was asked; what is about the policy is left out.
    assert [
        (one["AwsAccountId"], one["Region"]) for one in listed if one["Compliance"]["Status"] == "NOT_AVAILABLE"
    ] == [
        ("222222222222", "us-east-2"),
        ("333333333333", IRELAND),
    ]
    assert not [one for one in listed if "stale-exemption" in one["GeneratorId"]]
    places = [(one["AwsAccountId"], one["Region"]) for one in listed]
    assert places == sorted(places)


def test_a_finding() -> None:
    one = findings_of(audit_of(found(container="app", what="It is 'host'.")))[0]
    assert one["ProductArn"] == f"arn:aws:securityhub:{IRELAND}:{OWN}:product/{OWN}/default"
    assert one["UpdatedAt"] == "2026-11-30T09:00:00.123Z"
    assert (one["Title"], one["Severity"]) == ("agent: container app: It is 'host'.", {"Label": "MEDIUM"})
    assert one["Compliance"]["Status"] == "FAILED"
    assert one["Resources"][0]["Id"] == f"arn:aws:ecs:{IRELAND}:{OWN}:task-definition/agent:1"
    assert one["ProductFields"]["ecs-guard/in-use-by"] == "service agent:1"


def test_it_says_since_when_and_from_where_it_can_be_reached() -> None:
    internet = Exposure(ExposureLevel.INTERNET, ("it has a public address",))
    since = datetime.datetime(2026, 9, 1, tzinfo=datetime.UTC)
    exposed = found("agent:2", exposure=internet, is_production=True, first_seen=since)
    one = findings_of(audit_of(found("agent:1"), exposed))[0]
    assert (one["FirstObservedAt"], one["CreatedAt"]) == ("2026-09-01T00:00:00.000Z",) * 2
    assert one["LastObservedAt"] == one["UpdatedAt"] == "2026-11-30T09:00:00.123Z"
    fields = one["ProductFields"]
    assert (fields["ecs-guard/exposure"], fields["ecs-guard/production"]) == ("internet", "true")


@pytest.mark.parametrize("name", NAMES, ids=[ascii(name)[:30] for name in NAMES])
def test_a_name_can_be_anything(name: str) -> None:
    names = {"family": name, "container": name, "what": name, "why": name, "remedy": name, "notes": (name,)}
    hostile = found(**names, in_use_by=(name,), check="unreadable" if not name.strip() else "awsvpc-network-mode")
    text = asff_report(audit_of(hostile, replace(judged(status=name, in_use_by=(name,)), family=name)))
    assert {char for char in text if not char.isprintable()} <= {"\n"}
    findings_of(audit_of(hostile, replace(judged(status=name), family=name, address=f"arn:{name}")))


def test_many_revisions_and_uses_fit() -> None:
    revisions = [found(f"agent:{number}", in_use_by=("service x",) * 50) for number in range(1, 200)]
    (one, *_) = findings_of(audit_of(*revisions))
    assert len(one["Resources"]) == 32


def test_the_partition_of_every_region_is_known() -> None:
    session = botocore.session.get_session()
    for partition in session.get_available_partitions():
        for region in session.get_available_regions("ecs", partition):
            listed = findings_of(audit_of(found(region=region)))
            assert {one["ProductArn"].split(":")[1] for one in listed if one["Region"] == region} == {partition}


def test_a_report_on_files_has_no_account() -> None:
    assert json.loads(asff_report(report_of(finding()))) == {"Findings": []}


def test_a_second_import_updates_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        hub: Any = boto3.client("securityhub", region_name=IRELAND)
        hub.enable_security_hub()
        for report in (audit_of(found("agent:1"), unread()), audit_of(judged("agent:2"))):
            assert hub.batch_import_findings(Findings=findings_of(report))["FailedCount"] == 0
        kept = {one["GeneratorId"]: one["Compliance"]["Status"] for one in hub.get_findings()["Findings"]}
    assert kept["ecs-guard/awsvpc-network-mode"] == "PASSED"
    assert kept["ecs-guard/unreadable"] == "PASSED"
