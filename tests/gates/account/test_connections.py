"""Connections: which credentials and Regions are used, and how often a client is made."""

from __future__ import annotations

import datetime
from typing import Any

import boto3
import pytest

from ecs_guard_aspects.gates.account.connections import Connections
from ecs_guard_aspects.gates.account.errors import AccountError
from ecs_guard_aspects.sources.account.calls import CallError
from tests.cloud import IRELAND, OHIO, OTHER, OWN, Answers, AwsError, Cloud, denied

from .conftest import Repository


@pytest.mark.parametrize(
    ("configured", "words", "asked"),
    [
        ("", ["--regions", "cn-north-1"], "cn-north-1"),
        ("", ["--regions", " us-gov-west-1 , us-gov-east-1"], "us-gov-west-1"),
        ("", ["--regions", "all"], "us-east-1"),
        (OHIO, ["--regions", IRELAND], OHIO),
    ],
)
def test_who_one_is_is_asked_in_the_partition_of_the_regions(
    repository: Repository,
    cloud: Cloud,
    monkeypatch: pytest.MonkeyPatch,
    configured: str,
    words: list[str],
    asked: str,
) -> None:
    monkeypatch.setenv("AWS_REGION", configured)
    repository.run("audit", *words)
    assert [region for _, region, action in cloud.calls if action == "sts:GetCallerIdentity"] == [asked]


def test_one_client_for_each_region(
    repository: Repository, two_accounts: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[tuple[str, str]] = []
    make = boto3.Session.client

    def client(session: boto3.Session, service: Any, region_name: str, **more: Any) -> Any:
        made.append((service, region_name))
        assert more["config"].retries["mode"] == "adaptive"
        return make(session, service, region_name=region_name, **more)

    monkeypatch.setattr(boto3.Session, "client", client)
    repository.run("audit", "--regions", f"{IRELAND},{OHIO}")
    assert sorted(made) == [("ecs", IRELAND), ("ecs", OHIO), ("sts", IRELAND)]


@pytest.mark.parametrize(("everywhere", "assumed"), [(False, [OTHER]), (True, [OWN, OTHER])])
def test_the_role_is_assumed_once_in_each_other_account(cloud: Cloud, everywhere: bool, assumed: list[str]) -> None:
    connections = Connections(role="reader", role_everywhere=everywhere)
    for account in (OWN, OTHER, OTHER):
        connections.client("ecs", account).list_clusters(maxResults=1)
    assert [account for account, _, action in cloud.calls if action == "ecs:ListClusters"] == [OWN, OTHER, OTHER]
    assert [action for _, _, action in cloud.calls].count("sts:AssumeRole") == len(assumed)


@pytest.mark.parametrize(("minutes", "count"), [(16, 1), (14, 2)])
def test_a_role_is_assumed_again_in_its_last_15_minutes(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, minutes: int, count: int
) -> None:
    ends = datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=minutes)
    held = {"AccessKeyId": "x", "SecretAccessKey": "x", "SessionToken": "x", "Expiration": ends}
    monkeypatch.setattr(Answers, "AssumeRole", lambda *_, **__: {"Credentials": held})
    connections = Connections(role="reader")
    for _ in range(2):
        connections.client("ecs", OTHER)
    assert cloud.counts()["sts:AssumeRole"] == count


def test_a_role_that_cannot_be_assumed_is_named(cloud: Cloud) -> None:
    cloud.errors = {"sts:AssumeRole": denied("sts:AssumeRole")}
    named = f"role arn:aws:iam::{OTHER}:role/reader cannot be assumed: permission sts:AssumeRole is missing"
    with pytest.raises(CallError, match=named):
        Connections(role="reader").client("ecs", OTHER)


def test_credentials_that_aws_rejects(cloud: Cloud) -> None:
    cloud.errors = {"sts:GetCallerIdentity": AwsError("ExpiredToken")}
    with pytest.raises(AccountError, match="the credentials have expired: log in again"):
        Connections().identity()


def test_the_identity_is_asked_once(cloud: Cloud) -> None:
    connections = Connections()
    assert {connections.identity().partition for _ in range(3)} == {"aws"}
    assert cloud.counts() == {"sts:GetCallerIdentity": 1}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"profile": "x"}, "--aws-profile x: The config profile"),
        ({"role": "a b"}, "--role a b: it is not the name or ARN of a role"),
    ],
)
def test_bad_credentials_options(cloud: Cloud, words: dict[str, str], message: str) -> None:
    with pytest.raises(AccountError, match=message):
        Connections(**words)
