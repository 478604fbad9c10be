"""Permissions: the policy of the audit is what it calls, and what the documentation has."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ecs_guard_aspects.gates.account.errors import AccountError
from ecs_guard_aspects.gates.account.permissions import arn_of_role, audit_policy
from tests.cloud import IRELAND, OTHER, OWN, Cloud, arn

from .conftest import Repository


def test_the_permissions_are_those_of_the_calls(repository: Repository, two_accounts: Cloud) -> None:
    here = two_accounts.region()
    cluster = f"arn:aws:ecs:{IRELAND}:{OWN}:cluster/prod"
    target = {"Id": "1", "Arn": cluster, "EcsParameters": {"TaskDefinitionArn": arn("web")}}
    here.rules = {"default": {"nightly": [target]}}
    here.schedules = [{"Name": "x", "GroupName": "default", "Target": target}]
    here.run("prod", "x", taskDefinitionArn=here.register_daemon("log:1"))
    here.run("prod", "web:1", attachments=here.attach("eni-1", "203.0.113.1"))
    here.register("host:1", mode="host")
    here.run("prod", "host:1", containerInstanceArn=here.launch("i-1"))
    here.serve("prod", "api", "web:2", loadBalancers=[here.balance("api")])
    words = ("--accounts", "org", "--role", "reader", "--regions", "all", "--include-scheduled", "--production", "a=b")
    repository.run("audit", *words)
    statements = [each for each in audit_policy()["Statement"] if each["Sid"] != "Plan"]
    allowed = [action for statement in statements for action in statement["Action"]]
    assert sorted({action for _, _, action in two_accounts.calls} - {"sts:GetCallerIdentity"}) == sorted(allowed)


def test_the_documentation_has_the_policy() -> None:
    page = (Path(__file__).parents[3] / "docs" / "audit.md").read_text(encoding="utf-8")
    assert json.loads(page.partition("```json\n")[2].partition("```")[0]) == audit_policy()


ARN = "arn:aws-cn:iam::111111111111:role/path/reader"


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("reader", "arn:aws:iam::222222222222:role/reader"),
        ("/path/reader", "arn:aws:iam::222222222222:role/path/reader"),
        (ARN, ARN),
        ("", None),
        ("a b", None),
        ("path/", None),
        ("arn:aws:iam::1:role/x", None),
    ],
)
def test_the_arn_of_a_role(role: str, expected: str | None) -> None:
    if expected is not None:
        assert arn_of_role(role, OTHER, "aws") == expected
        return
    with pytest.raises(AccountError, match=f"--role {role}: it is not the name or ARN of a role"):
        arn_of_role(role, OTHER, "aws")


def test_the_policy_lets_the_role_be_assumed_in_every_account() -> None:
    statements = {each["Sid"]: each for each in audit_policy("reader")["Statement"]}
    assert statements["OtherAccounts"]["Resource"] == "arn:*:iam::*:role/reader"
    assert {each["Resource"] for sid, each in statements.items() if sid != "OtherAccounts"} == {"*"}
