"""Security findings: what a later report has in common with an earlier one."""

from __future__ import annotations

import pytest

from ecs_guard_aspects.reports.security_findings.security_finding import AccountRegion, Identity

WEB = Identity(
    AccountRegion("111111111111", "eu-west-1"), "", "arn:aws:ecs:x:y:task-definition/web", "awsvpc-network-mode"
)


def test_the_id_is_the_same_in_each_report() -> None:
    """With another id the next import would close all findings, and open them again."""
    assert WEB.uid == "ecs-guard:664cb8dde2d454721e5d749e69a11efb"


@pytest.mark.parametrize(
    "other",
    [
        WEB._replace(place=AccountRegion("222222222222", "eu-west-1")),
        WEB._replace(place=AccountRegion("111111111111", "us-east-2")),
        WEB._replace(place=AccountRegion()),
        WEB._replace(source="x.yaml"),
        WEB._replace(subject="arn:aws:ecs:x:y:task-definition/api"),
        WEB._replace(check="non-root-user"),
    ],
)
def test_the_id_differs_by_each_part(other: Identity) -> None:
    assert other.uid != WEB.uid
    assert len(other.uid) == len(WEB.uid)


@pytest.mark.parametrize(
    ("identity", "expected"),
    [(WEB, True), (WEB._replace(source="x.yaml"), False), (WEB._replace(place=AccountRegion()), False)],
)
def test_whether_it_was_found_in_an_account(identity: Identity, expected: bool) -> None:
    assert identity.is_of_account is expected
