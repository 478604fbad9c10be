"""``ecs-guard audit``: which accounts and Regions it reads, what it reports, and its exit codes."""

from __future__ import annotations

import datetime
import html
import json
import re
from pathlib import Path

import jsonschema
import pytest
from botocore.exceptions import EndpointConnectionError

import ecs_guard_aspects
from ecs_guard_aspects.gates.command_line.outputs import AUDIT_FORMATS
from tests.cloud import IRELAND, OHIO, OTHER, OWN, THROTTLED, AwsError, Cloud, arn, denied
from tests.code_lines import without_lines

from .conftest import Repository, revisions

SCHEMA = Path(ecs_guard_aspects.__file__).parent / "reports" / "report.schema.json"


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


@pytest.mark.parametrize("name", AUDIT_FORMATS)
def test_every_format_says_where_it_is_in_use_and_by_what(
    repository: Repository, two_accounts: Cloud, name: str
) -> None:
    said = html.unescape(repository.run("audit", "--format", name).out)
    uses = ("2 tasks in cluster prod", "service web in cluster prod (primary deployment)")
    assert [part for part in (OWN, IRELAND, "INACTIVE", *uses) if part not in said] == []


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
