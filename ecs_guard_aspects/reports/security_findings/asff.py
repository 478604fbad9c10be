"""A Report for AWS Security Hub: the input of ``BatchImportFindings``, in the AWS Security Finding Format (ASFF).

https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format.html
Security Hub takes at most 100 findings a call, all of the account and the Region that make it.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from typing import Any

from ..._version import VERSION
from ...model.resource import TASK_DEFINITION
from ...model.usage import most_urgent
from ...policy.judging.report import Report
from ..wording import cut, name_of_policy, printable
from .collection import home_of, security_findings
from .security_finding import ACCOUNT, AccountRegion, Affected, SecurityFinding

# https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_AwsSecurityFinding.html
_GENERATOR = 512
_TITLE = 256
_DESCRIPTION = 1024
_TEXT_OF_REMEDY = 512
_REQUIREMENTS, _REQUIREMENT = 32, 64
_RESOURCES, _ID_OF_RESOURCE = 32, 512
_PRODUCT_FIELD = 2048

_TYPES = ["Software and Configuration Checks/AWS Security Best Practices"]
_RESOURCE_TYPES = {TASK_DEFINITION: "AwsEcsTaskDefinition", ACCOUNT: "AwsAccount"}

# By the beginnings of Regions; the others are in the partition aws.
_PARTITIONS = {
    "cn-": "aws-cn",
    "us-gov-": "aws-us-gov",
    "us-iso-": "aws-iso",
    "us-isob-": "aws-iso-b",
    "eu-isoe-": "aws-iso-e",
    "us-isof-": "aws-iso-f",
    "eusc-": "aws-eusc",
}


def asff_report(report: Report) -> str:
    """Return the report of an audit as ASFF, ordered by account and Region, one finding on each line.

    Findings that belong to no account, such as stale exemptions of the policy, are left out.
    """
    home = home_of(report)
    placed = ((_place_of(found, home), found) for found in security_findings(report))
    known = sorted(((place, found) for place, found in placed if all(place)), key=lambda entry: entry[0])
    findings = ",\n".join(json.dumps(_finding(found, place, report)) for place, found in known)
    return f'{{"Findings": [\n{findings}\n]}}\n'


def _place_of(found: SecurityFinding, home: AccountRegion) -> AccountRegion:
    place = found.identity.place
    # What is about the audit as a whole has no account; all else without one is about the policy.
    account = place.account if place.account or found.findings else home.account
    return AccountRegion(account, place.region or home.region)


def _finding(found: SecurityFinding, place: AccountRegion, report: Report) -> dict[str, Any]:
    now = report.created or datetime.datetime.now(datetime.UTC)
    first_seen = _time(found.first_seen or now)
    severity = {"Label": found.level.value}
    return {
        "SchemaVersion": "2018-10-08",
        "Id": found.identity.uid,
        "ProductArn": _product(place),
        "ProductName": "ecs-guard",
        "GeneratorId": cut(f"ecs-guard/{found.identity.check}", _GENERATOR),
        "AwsAccountId": place.account,
        "Region": place.region,
        "Types": _TYPES,
        "FirstObservedAt": first_seen,
        "LastObservedAt": _time(now),
        "CreatedAt": first_seen,
        "UpdatedAt": _time(now),
        "Severity": severity,
        "Title": _within(found.title, _TITLE),
        "Description": _within(found.text, _DESCRIPTION),
        **({"Remediation": _remediation(found)} if found.remedy else {}),
        "ProductFields": dict(_product_fields(found, report)),
        "Resources": [_resource(affected, place) for affected in found.affected[:_RESOURCES]],
        "Compliance": _compliance(found),
        "RecordState": "ARCHIVED" if found.is_archived else "ACTIVE",
        # Security Hub changes severity and types of a finding that it knows only through these.
        "FindingProviderFields": {"Severity": severity, "Types": _TYPES},
    }


def _product(place: AccountRegion) -> str:
    """Return the ARN of the default product of an account: custom integrations use it.

    https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-custom-providers.html
    """
    region = place.region or ""
    partition = next((name for start, name in _PARTITIONS.items() if region.startswith(start)), "aws")
    return f"arn:{partition}:securityhub:{region}:{place.account}:product/{place.account}/default"


def _remediation(found: SecurityFinding) -> dict[str, Any]:
    url = {"Url": found.references[0][1]} if found.references else {}
    return {"Recommendation": {"Text": _within(found.remedy, _TEXT_OF_REMEDY), **url}}


def _product_fields(found: SecurityFinding, report: Report) -> Iterator[tuple[str, str]]:
    containers = dict.fromkeys(finding.container for finding in found.findings if finding.container)
    usages = [affected.usage for affected in found.affected if affected.usage]
    uses = dict.fromkeys(use for usage in usages for use in usage.in_use_by)
    fields = {
        "outcome": found.outcome,
        "policy": name_of_policy(report.policy),
        "version": VERSION,
        "containers": ", ".join(containers),
        "in-use-by": ", ".join(uses),
        "exposure": most_urgent(usage.exposure.level for usage in usages).value if usages else "",
        "production": "true" if any(usage.is_production for usage in usages) else "",
    }
    for name, value in fields.items():
        if value.strip():
            yield f"ecs-guard/{name}", cut(printable(value), _PRODUCT_FIELD)


def _resource(affected: Affected, place: AccountRegion) -> dict[str, Any]:
    resource: dict[str, Any] = {
        "Type": _RESOURCE_TYPES.get(affected.type or "", "Other"),
        "Id": _within(printable(affected.uid), _ID_OF_RESOURCE),
        "Region": place.region,
    }
    if affected.type == TASK_DEFINITION:
        facts = {"Family": affected.family, "Status": affected.usage.status if affected.usage else None}
        details = {name: printable(value) for name, value in facts.items() if value and value.strip()}
        if details:
            resource["Details"] = {"AwsEcsTaskDefinition": details}
    return resource


def _compliance(found: SecurityFinding) -> dict[str, Any]:
    requirements = [cut(name, _REQUIREMENT) for name, _ in found.references[:_REQUIREMENTS]]
    return {"Status": found.status.value, **({"RelatedRequirements": requirements} if requirements else {})}


def _within(text: str, most: int) -> str:
    """Return a text that Security Hub takes: not too long, and not blank."""
    return cut(text, most) if text.strip() else "-"


def _time(moment: datetime.datetime) -> str:
    return f"{moment.astimezone(datetime.UTC):%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
