"""``ecs-guard audit``: its options, what is wrong with them, and its exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from botocore.exceptions import NoCredentialsError

from ecs_guard_aspects.gates.account import audit
from tests.cloud import IRELAND, OHIO, OTHER, OWN, THROTTLED, Cloud
from tests.gates.account.conftest import assert_refused, cloud, revisions, two_accounts

from ..conftest import Repository

__all__ = ["cloud", "two_accounts"]


@pytest.mark.parametrize(("least", "code"), [("1", 0), ("2", 2)])
def test_a_least_number_of_task_definitions(repository: Repository, cloud: Cloud, least: str, code: int) -> None:
    cloud.region(OWN, IRELAND).register("web:1", mode="awsvpc")
    cloud.region(OWN, IRELAND).run("prod", "web:1")
    run = repository.run("audit", "--regions", IRELAND, "--require", least)
    assert run.code == code
    sentence = "1 task definition was judged, but --require asks for at least 2."
    assert (sentence in run.err, sentence in run.out) == (code == 2, code == 2)


ODD = json.dumps(
    {
        "version": 1,
        "resources": [],
        "findings": [
            {
                **dict.fromkeys(("account", "region", "family", "check", "address"), "x"),
                "container": None,
                "in_use_by": [],
                "exemption": "x",
            }
        ],
    }
)


# What is wrong, and the sentence.
BAD: list[tuple[list[str], dict[str, Exception], str]] = [
    ([], {"sts:GetCallerIdentity": NoCredentialsError()}, "there are no AWS credentials: log in (aws sso login), or "),
    (["--aws-profile", "x"], {}, "--aws-profile x: The config profile (x) could not be found"),
    (["--compare", "nowhere.json"], {}, "--compare nowhere.json: No such file or directory"),
    (["--compare", "bytes.json"], {}, "--compare bytes.json: it is not in UTF-8"),
    (["--compare", "empty.json"], {}, "--compare empty.json: it is not a report of ecs-guard audit in JSON"),
    (["--compare", "list.json"], {}, "--compare list.json: it is not a report of ecs-guard audit in JSON"),
    (["--compare", "files.json"], {}, "--compare files.json: it is not a report of ecs-guard audit in JSON"),
    (["--compare", "good.json"], {}, "--compare good.json: it is not a report of ecs-guard audit in JSON"),
    (["--compare", "odd.json"], {}, "--compare odd.json: it is not a report of ecs-guard audit in JSON"),
    (["--compare", "infinite.json"], {}, "--compare infinite.json: it is not a report of ecs-guard audit in JSON"),
    (["--compare", "later.json"], {}, "--compare later.json: it is a report of version 2, this is 1"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "errors", "sentence"), BAD, ids=[row[2][:40] for row in BAD])
def test_bad_input_is_a_sentence(
    repository: Repository, cloud: Cloud, words: list[str], errors: dict[str, Exception], sentence: str
) -> None:
    for name, content in {
        "bytes.json": b"\xff\xfe\xff",
        "empty.json": b"",
        "list.json": b"[1]",
        "files.json": b'{"version": 1, "findings": [{"check": "awsvpc-network-mode", "address": "x.yaml/Task"}]}',
        "good.json": b'{"version": 1, "findings": [], "resources": [{"address": "x.yaml/Task", "family": "x"}]}',
        "odd.json": ODD.encode(),
        "infinite.json": ODD.replace('"exemption": "x"', '"exemption": {"owner": "x", "days_left": Infinity}').encode(),
        "later.json": b'{"version": 2, "findings": []}',
    }.items():
        repository.put(name, content)
    cloud.errors = errors
    assert_refused(repository.run("audit", *words), cloud, sentence)


# A process of its own: here boto3 is installed, and much of it is imported already.
WITHOUT = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("boto3", "botocore", "s3transfer"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Missing())
from ecs_guard_aspects.gates.command_line.main import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize("words", [["audit"], ["audit", "--compare", "last.json"]])
def test_without_boto3_it_says_what_to_install(repository: Repository, words: list[str]) -> None:
    repository.put("last.json", b'{"version": 1, "resources": [], "findings": []}')
    command = [sys.executable, "-c", WITHOUT, *words]
    done = subprocess.run(command, cwd=repository.root, capture_output=True, text=True, check=False)
    needs = "ecs-guard: error: audit needs boto3: pip install 'ecs-guard-aspects[account]'\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", needs)


def test_nothing_in_use_is_said(repository: Repository, cloud: Cloud) -> None:
    run = repository.run("audit")
    assert run.code == 0
    assert f"Nothing judged: 0 task definitions in {OWN}/{IRELAND} (policy: profile default)." in run.out
    assert "warning: no task definition is in use there" in run.err


def test_exemptions_hold_for_their_account(repository: Repository, two_accounts: Cloud) -> None:
    policy = {
        "exemptions": [
            {
                "check": "awsvpc-network-mode",
                "family": "web",
                "account": account,
                "reason": "moves",
                "owner": "team-a",
                "expires": "2999-01-01",
            }
            for account in (OWN, OTHER)
        ]
    }
    repository.put("policy.json", json.dumps(policy))
    words = ("--policy", "policy.json", "--accounts", "org", "--role", "reader", "--format", "json")
    run = repository.run("audit", *words)
    assert [(f["check"], f["enforcement"], f["exemption"]["owner"]) for f in run.json["findings"]] == [
        ("awsvpc-network-mode", "audit", "team-a"),
        ("awsvpc-network-mode", "audit", "team-a"),
    ]
    assert run.code == 0
    # The one of the other account covers nothing. Only who has seen all can say so.
    everything = ("--regions", "all", "--include-scheduled")
    assert "stale-exemption" in {f["check"] for f in repository.run("audit", *words, *everything).json["findings"]}
    two_accounts.errors = {f"ecs:ListClusters {OHIO}": THROTTLED}
    assert "stale-exemption" not in {f["check"] for f in repository.run("audit", *words, *everything).json["findings"]}


@pytest.mark.parametrize(("gate", "code"), [("audit", 0), ("check", 1), ("default", 0)])
def test_a_policy_may_enforce_a_check_otherwise_in_an_audit(
    repository: Repository, two_accounts: Cloud, gate: str, code: int
) -> None:
    repository.put("ecs-guard.json", json.dumps({"enforcement": {"awsvpc-network-mode": {gate: "warn"}}}))
    assert repository.run("audit").code == code


@pytest.mark.parametrize("value", ["env", "=prod", ""])
def test_a_production_tag_has_a_name_and_a_value(repository: Repository, cloud: Cloud, value: str) -> None:
    run = repository.run("audit", "--production", value)
    assert run.code == 2
    assert f"argument --production: {value!r} is not TAG=VALUE" in run.err


def test_ctrl_c_leaves_what_was_read(
    repository: Repository, two_accounts: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    def first_only(jobs: Sequence[Callable[[], Any]], stop: threading.Event) -> list[Any]:
        first = jobs[0]()
        stop.set()
        return [first, *(None for _ in jobs[1:])]

    monkeypatch.setattr(audit, "in_threads", first_only)
    run = repository.run("audit", "--regions", f"{IRELAND},{OHIO}", "--format", "json")
    assert run.code == 2
    assert revisions(run.json) == [f"{OWN} {IRELAND} web:1", f"{OWN} {IRELAND} web:2"]
    reason = f"{OWN}/{OHIO} cannot be read: it was interrupted."
    assert run.json["not_read"] == [{"source": f"{OWN}/{OHIO}", "reason": reason}]
    assert "error: interrupted: the report has what was read before, and names what is missing" in run.err


def test_a_production_tag_may_have_an_equals_sign_in_its_value(repository: Repository, cloud: Cloud) -> None:
    here = cloud.region()
    here.register("web:1", mode="awsvpc")
    here.run("prod", "web:1", tags=[{"key": "env", "value": "a=b"}])
    run = repository.run("audit", "--production", "env=a=b", "--format", "json")
    assert [one["production"] for one in run.json["resources"]] == [True]
