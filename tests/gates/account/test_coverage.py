"""The accounts and Regions that are read, and what is wrong with the options that name them."""

from __future__ import annotations

import pytest

from ecs_guard_aspects.gates.account.connections import Connections
from ecs_guard_aspects.gates.account.coverage import coverage
from tests.cloud import IRELAND, OHIO, OTHER, OWN, Cloud, denied

from .conftest import Repository, assert_refused

# What is asked for, and the Regions that are read.
WHERE: list[tuple[list[str], list[str]]] = [
    ([], [f"{OWN}/{IRELAND}"]),
    (["--regions", OHIO], [f"{OWN}/{OHIO}"]),
    (["--regions", f"{OHIO}, {IRELAND},{OHIO}"], [f"{OWN}/{IRELAND}", f"{OWN}/{OHIO}"]),
    (["--regions", "all"], [f"{OWN}/{IRELAND}", f"{OWN}/{OHIO}"]),
    (["--role", "reader"], [f"{OWN}/{IRELAND}"]),
    (["--role", f"arn:aws:iam::{OTHER}:role/path/reader"], [f"{OTHER}/{IRELAND}"]),
    (["--accounts", OTHER, "--role", "reader"], [f"{OTHER}/{IRELAND}"]),
    (["--accounts", "org", "--role", "reader"], [f"{OWN}/{IRELAND}", f"{OTHER}/{IRELAND}"]),
    (
        ["--accounts", f"{OWN},{OTHER}", "--role", "reader", "--regions", "all"],
        [f"{account}/{region}" for account in (OWN, OTHER) for region in (IRELAND, OHIO)],
    ),
]


@pytest.mark.parametrize(("words", "expected"), WHERE, ids=[" ".join(words) or "-" for words, _ in WHERE])
def test_where_it_looks(repository: Repository, two_accounts: Cloud, words: list[str], expected: list[str]) -> None:
    run = repository.run("audit", "--format", "json", *words)
    read = {f"{account}/{region}" for account, region, action in two_accounts.calls if action == "ecs:ListClusters"}
    assert sorted(read) == expected
    assert run.json["judged"]["sources"] == len(expected)
    assert run.json["not_read"] == []
    accounts, regions = zip(*(name.split("/") for name in expected), strict=True)
    scope = {name: sorted(values) for name, values in run.json["scope"].items()}
    assert scope == {"accounts": sorted(set(accounts)), "regions": sorted(set(regions))}
    alone = "note: only the configured Region eu-west-1 is read; --regions all reads all enabled Regions"
    assert (alone in run.err) is ("--regions" not in words)


def test_a_closed_account_is_said(repository: Repository, two_accounts: Cloud) -> None:
    two_accounts.organization = {OWN: "ACTIVE", OTHER: "SUSPENDED"}
    run = repository.run("audit", "--accounts", "org", "--role", "reader")
    assert f"Account {OTHER} of the organization is not checked: its state is SUSPENDED." in run.out
    assert f"Denied: 2 of 2 task definitions in {OWN}/{IRELAND} (policy: profile default). 1 warning." in run.out
    assert run.code == 1
    assert not any(account == OTHER for account, _, _ in two_accounts.calls)


def test_no_region_is_a_sentence(repository: Repository, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_REGION")
    run = repository.run("audit")
    assert run.code == 2
    assert "no Region is configured: use --regions NAME,... or --regions all, or set AWS_REGION" in run.err


# What is wrong with the options, and the sentence.
BAD: list[tuple[list[str], dict[str, Exception], str]] = [
    (["--regions", "eu-wst-1"], {}, "Region 'eu-wst-1' is unknown. Did you mean 'eu-west-1'? If the Region is new"),
    (["--regions", ","], {}, "--regions: the list is empty"),
    (["--accounts", "1234"], {}, "--accounts 1234: it must be the 12 digits of an AWS account id, or org"),
    (["--accounts", OTHER], {}, f"account {OTHER} is not the account of the credentials, {OWN}: set its role with"),
    (["--role", ""], {}, "--role : it is not the name or ARN of a role"),
    (["--accounts", OTHER, "--role", "a b"], {}, "--role a b: it is not the name or ARN of a role"),
    (
        ["--accounts", OTHER, "--role", "arn:aws:iam::333333333333:role/x"],
        {},
        f"--role is the ARN of a role in 333333333333, so it cannot read account {OTHER}: use the name",
    ),
    (
        ["--accounts", "org", "--role", "x"],
        {"organizations:ListAccounts": denied("organizations:ListAccounts")},
        "the accounts of the organization cannot be listed: permission organizations:ListAccounts is missing",
    ),
]


@pytest.mark.parametrize(("words", "errors", "sentence"), BAD, ids=[" ".join(row[0]) for row in BAD])
def test_bad_options_are_a_sentence(
    repository: Repository, cloud: Cloud, words: list[str], errors: dict[str, Exception], sentence: str
) -> None:
    cloud.errors = errors
    assert_refused(repository.run("audit", *words), cloud, sentence)


def test_a_region_that_is_like_no_other_is_unknown(repository: Repository, cloud: Cloud) -> None:
    run = repository.run("audit", "--regions", "mars")
    assert run.err == "ecs-guard: error: Region 'mars' is unknown. If the Region is new, update boto3.\n"


@pytest.mark.parametrize(("accounts", "expected"), [(None, False), (OWN, False), ("org", True)])
def test_only_an_organization_is_all_accounts(cloud: Cloud, accounts: str | None, expected: bool) -> None:
    found = coverage(Connections(role="reader"), accounts, "all", has_role=True, scheduled=True)
    assert (found.has_all_accounts, found.regions, found.scheduled) == (expected, None, True)
