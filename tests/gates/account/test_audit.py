"""``ecs-guard audit``: which accounts and Regions, what is said of them, how it ends."""

from __future__ import annotations

import datetime
import html
import json
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from botocore.exceptions import EndpointConnectionError, NoCredentialsError

import ecs_guard_aspects
from ecs_guard_aspects.gates.account import audit
from ecs_guard_aspects.gates.command_line.outputs import AUDIT_FORMATS
from tests.cloud import IRELAND, OHIO, OTHER, OWN, THROTTLED, AwsError, Cloud, arn, denied
from tests.code_lines import without_lines

from .conftest import Repository

SCHEMA = Path(ecs_guard_aspects.__file__).parent / "reports" / "report.schema.json"


def revisions(report: Any) -> list[str]:
    return [f"{one['account']} {one['region']} {one['address'].rpartition('/')[2]}" for one in report["resources"]]


@pytest.mark.parametrize(("least", "code"), [("1", 0), ("2", 2)])
def test_a_least_number_of_task_definitions(repository: Repository, cloud: Cloud, least: str, code: int) -> None:
    cloud.region(OWN, IRELAND).register("web:1", mode="awsvpc")
    cloud.region(OWN, IRELAND).run("prod", "web:1")
    run = repository.run("audit", "--regions", IRELAND, "--require", least)
    assert run.code == code
    sentence = "1 task definition was judged, but --require asks for at least 2."
    assert (sentence in run.err, sentence in run.out) == (code == 2, code == 2)


def test_what_is_in_use_in_two_accounts(repository: Repository, two_accounts: Cloud) -> None:
    run = repository.run(
        "audit", "--accounts", "org", "--role", "reader", "--regions", "all", "--output", "json=report.json"
    )
    report = json.loads((repository.root / "report.json").read_text())
    jsonschema.validate(report, json.loads(SCHEMA.read_text()))
    assert revisions(report) == [
        f"{OTHER} {OHIO} agent:3",
        f"{OWN} {IRELAND} web:1",
        f"{OWN} {IRELAND} web:2",
    ]
    assert report["resources"][1] == {
        "address": arn("web:1"),
        "family": "web",
        "account": OWN,
        "region": IRELAND,
        "status": "INACTIVE",
        "in_use_by": ["2 tasks in cluster prod"],
        "exposure": {"level": "internal", "reasons": ["its containers publish no ports"]},
        "running_tasks": 2,
        "clusters": {"prod": "internal"},
        "production": False,
    }
    of_root = [f for f in report["findings"] if f["check"] == "host-mode-root-user"]
    assert [(f["account"], f["region"], f["status"], f["in_use_by"], f["resource"]) for f in of_root] == [
        (OTHER, OHIO, "ACTIVE", ["1 task in cluster default"], arn("agent:3", OTHER, OHIO))
    ]
    assert run.code == 1
    findings, _, end = run.out.rpartition("\n\n")
    assert findings == TEXT
    exposure, evidence, summary = end.splitlines()
    assert exposure == "Exposure of the denied task definitions: 1 unknown, 2 internal."
    command = r"ecs-guard [0-9.]+ audit --regions all --accounts org --role reader"
    assert re.fullmatch(rf"Audit by {CALLER} from {MOMENT} to {MOMENT} \({command}\)\.", evidence)
    total = "Denied: 3 of 3 task definitions in 2 accounts, 2 Regions (policy: profile default)."
    assert summary.startswith(total)


LAST_DAY = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=90)
EXEMPTION = {"check": "awsvpc-network-mode", "family": "agent", "account": OTHER, "owner": "team-a"}
EXEMPTION |= {"expires": str(LAST_DAY), "reason": "moves to another cluster"}
TEXT = f"""\
error[awsvpc-network-mode]: networkMode is 'host'.
 --> {arn("agent:3", OTHER, OHIO)}
     in use by 1 task in cluster default
     exposure unknown: a task has no container instance yet
  = why: In host mode containers use the network of the instance: its interface, security groups and loopback.
  = fix: Register a new revision: set "networkMode": "awsvpc", and add subnets and security groups wherever the task \
is run.
  = help: To exempt it, write into exemptions of the policy: {json.dumps(EXEMPTION)}

error[host-mode-root-user]: container agent: user is not set: the container runs as root (UID 0) in host network \
mode, unless its image sets another user.
 --> {arn("agent:3", OTHER, OHIO)}
     in use by 1 task in cluster default
     exposure unknown: a task has no container instance yet
  = why: As root on the network of the instance it can use any port and reach every service there.
  = fix: Register a new revision: set "user": "1000:1000" or another non-root UID, or set "networkMode": "awsvpc".

error[awsvpc-network-mode]: networkMode is 'bridge'.
 --> {arn("web:1")} (INACTIVE)
     in use by 2 tasks in cluster prod
     exposure internal: its containers publish no ports
 --> {arn("web:2")}
     in use by service web in cluster prod (primary deployment)
     exposure internal: its containers publish no ports
  = why: In bridge mode all tasks of an instance share its network interface and security groups, with awsvpc each \
task has its own.
  = fix: Register a new revision: set "networkMode": "awsvpc", and add subnets and security groups wherever the task \
is run."""
CALLER = f"arn:aws:sts::{OWN}:assumed-role/x/y"
MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"


CLUSTERS = "The clusters of Region us-east-2"
NO_ROLE = f"role arn:aws:iam::{OTHER}:role/reader cannot be assumed"

# The error of a call, what cannot be read, and why; the other Region, or account, is judged all the same.
NOT_READ: list[tuple[dict[str, Exception], str, str, str]] = [
    (
        {f"ecs:ListClusters {OHIO}": THROTTLED},
        f"{OTHER}/{OHIO}",
        CLUSTERS,
        "ecs:ListClusters was throttled, also when it was retried",
    ),
    (
        {f"ecs:ListClusters {OHIO}": EndpointConnectionError(endpoint_url="https://ecs")},
        f"{OTHER}/{OHIO}",
        CLUSTERS,
        'ecs:ListClusters could not be called: Could not connect to the endpoint URL: "https://ecs"',
    ),
    (
        {f"ecs:ListClusters {OHIO}": AwsError("UnrecognizedClientException", "The token is invalid.")},
        f"{OTHER}/{OHIO}",
        CLUSTERS,
        "AWS rejects the credentials for ecs:ListClusters (UnrecognizedClientException), or the Region is not enabled",
    ),
    (
        {f"sts:AssumeRole of {OTHER}": denied("sts:AssumeRole")},
        OTHER,
        OTHER,
        f"{NO_ROLE}: permission sts:AssumeRole is missing (no identity-based policy allows it)",
    ),
    (
        {f"ec2:DescribeRegions {OTHER}": AwsError("UnauthorizedOperation", "You are not authorized")},
        OTHER,
        OTHER,
        "permission ec2:DescribeRegions is missing",
    ),
    (
        {f"ecs:DescribeTasks {OHIO}": KeyError("tasks")},
        f"{OTHER}/{OHIO}",
        f"{OTHER}/{OHIO}",
        "unexpected KeyError at cloud.py:LINE (set ECS_GUARD_DEBUG=1 to see the traceback)",
    ),
]


@pytest.mark.parametrize(("errors", "source", "what", "why"), NOT_READ, ids=[next(iter(row[0])) for row in NOT_READ])
def test_what_cannot_be_read_ends_with_2(
    repository: Repository, two_accounts: Cloud, errors: dict[str, Exception], source: str, what: str, why: str
) -> None:
    two_accounts.errors = errors
    words = ("--accounts", f"{OWN},{OTHER}", "--role", "reader", "--regions", "all", "--exit-zero")
    run = repository.run("audit", *words, "--format", "json")
    assert [entry for entry in json.loads(without_lines(run.out))["not_read"] if OTHER in entry["source"]] == [
        {"source": source, "reason": f"{what} cannot be read: {why}."}
    ]
    assert (run.code, run.json["admitted"]) == (2, False)
    assert f"{OWN} {IRELAND} web:1" in revisions(run.json)


def test_the_text_says_what_could_not_be_read(repository: Repository, two_accounts: Cloud) -> None:
    two_accounts.errors = {"ecs:ListServices": denied("ecs:ListServices")}
    run = repository.run("audit")
    assert (
        "error[unreadable]: The services of cluster prod cannot be read: permission ecs:ListServices is missing (no "
        f"identity-based policy allows it).\n --> {OWN}/{IRELAND}\n  = why: The running tasks are not known, so they "
        "are denied.\n"
    ) in run.out
    assert f"1 part cannot be read. Denied: 1 of 1 task definition in {OWN}/{IRELAND} (policy" in run.out


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
    run = repository.run("audit", *words)
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith(f"ecs-guard: error: {sentence}")
    assert run.err.count("\n") == 1
    assert not any(action.startswith("ecs:") for _, _, action in cloud.calls)


@pytest.mark.parametrize("name", AUDIT_FORMATS)
def test_every_format_says_where_it_is_in_use_and_by_what(
    repository: Repository, two_accounts: Cloud, name: str
) -> None:
    said = html.unescape(repository.run("audit", "--format", name).out)
    uses = ("2 tasks in cluster prod", "service web in cluster prod (primary deployment)")
    assert [part for part in (OWN, IRELAND, "INACTIVE", *uses) if part not in said] == []


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


def test_the_order_of_what_to_fix(repository: Repository, cloud: Cloud) -> None:
    """Production, then the internet, then what runs, in every format that lists findings."""
    here = cloud.region()
    for name in ("idle:1", "inside:1", "tagged:1", "web:1"):
        here.register(name, containerDefinitions=[{"name": "app", "user": "1000", "portMappings": [{"hostPort": 80}]}])
    here.serve("prod", "idle", "idle:1", desiredCount=0)
    here.run("prod", "inside:1", containerInstanceArn=here.launch("i-1"))
    here.serve("prod", "tagged", "tagged:1", tags=[{"key": "env", "value": "prod"}])
    here.serve("prod", "web", "web:1", loadBalancers=[here.balance("web")])
    formats = ("json=r.json", "csv=r.csv", "markdown=r.md", "html=r.html", "sarif=r.sarif", "gitlab=r.gitlab")
    outputs = [word for one in formats for word in ("--output", one)]
    run = repository.run("audit", "--production", "env=prod", *outputs)
    report = json.loads((repository.root / "r.json").read_text())
    jsonschema.validate(report, json.loads(SCHEMA.read_text()))
    for part in ("findings", "resources"):
        assert [(one["family"], one["exposure"]["level"], one["production"]) for one in report[part]] == [
            ("tagged", "internal", True),
            ("web", "internet", False),
            ("inside", "internal", False),
            ("idle", "internal", False),
        ]
    assert report["audit"]["options"] == ["--production env=prod"]
    for text in (run.out, *((repository.root / one.partition("=")[2]).read_text() for one in formats)):
        found = [text.index(f"task-definition/{name}") for name in ("tagged:1", "web:1", "inside:1", "idle:1")]
        assert found == sorted(found)
        assert "load balancer web is internet-facing" in text
    assert "     production, exposure internal: service tagged runs no task\n" in run.out


@pytest.mark.parametrize("value", ["env", "=prod", ""])
def test_a_production_tag_has_a_name_and_a_value(repository: Repository, cloud: Cloud, value: str) -> None:
    run = repository.run("audit", "--production", value)
    assert run.code == 2
    assert f"argument --production: {value!r} is not TAG=VALUE" in run.err
