"""The app in app.py, as a newcomer meets it: denied as it is, admitted with the fix."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

DENIED = """\
{place}
ERROR Agent/Task: container agent: User is not set: the container runs as root (UID 0) in host network mode, \
unless its image sets another user.
   As root on the network of the instance it can use any port and reach every service there. More: ecs-guard explain \
host-mode-root-user. (ecs-guard)
   Agent/Task/Resource (Task79114B6B) aws-cdk-lib.aws_ecs.CfnTaskDefinition
   Suggested fix: Set user="1000:1000" or another non-root UID, or set network_mode=ecs.NetworkMode.AWS_VPC.
   Acknowledge with 'ecs-guard::host-mode-root-user'
"""


def place_of(text: str, app: Path) -> str:
    """Return ``file:line`` of the line of the sample app that makes a construct, as seen from another directory."""
    lines = app.read_text().splitlines()
    (number,) = [number for number, line in enumerate(lines, 1) if text in line]
    return f"{app}:{number}"


@pytest.mark.e2e
@pytest.mark.newest
def test_it_is_denied_as_it_is(run_cdk: Any, pytestconfig: pytest.Config) -> None:
    run = run_cdk("sample")
    assert run.exit_code == 1
    place = place_of("network_mode=ecs.NetworkMode.HOST", pytestconfig.rootpath / "app.py")
    assert DENIED.format(place=place) in run.output
    assert {path: run.times(f"   {path} (") for path in ("Worker/Task/Resource", "Report/Task/Resource")} == {
        "Worker/Task/Resource": 1,
        "Report/Task/Resource": 1,
    }
    assert run.times("ERROR") == 3
    summary = "INFO 3 of 4 task definitions in 4 stacks denied, 0 with warnings, 0 exempt (policy: profile default)."
    assert run.times(summary) == 1


@pytest.mark.e2e
def test_it_is_admitted_with_the_fix(run_cdk: Any) -> None:
    run = run_cdk("sample", "-c", "ecs-guard:fix=true")
    assert run.exit_code == 0, run.output
    resources = {
        (stack, resource["Type"].rpartition("::")[2]): resource["Properties"]
        for stack in ("Worker", "Agent", "Report")
        for resource in json.loads((run.outdir / f"{stack}.template.json").read_text())["Resources"].values()
    }
    assert resources["Worker", "TaskDefinition"]["NetworkMode"] == "awsvpc"
    assert len(resources["Worker", "Service"]["NetworkConfiguration"]["AwsvpcConfiguration"]["Subnets"]) == 2
    assert resources["Report", "TaskDefinition"]["NetworkMode"] == "awsvpc"
    (target,) = resources["Report", "Rule"]["Targets"]
    assert len(target["EcsParameters"]["NetworkConfiguration"]["AwsVpcConfiguration"]["Subnets"]) == 2
    assert resources["Agent", "TaskDefinition"]["NetworkMode"] == "host"
    assert resources["Agent", "TaskDefinition"]["ContainerDefinitions"][0]["User"] == "1000:1000"
    # What the fix did is shown once and kept in the report.
    assert run.times('ecs-guard has changed NetworkMode from "bridge" to "awsvpc".') == 2
    assert run.times('ecs-guard has changed ContainerDefinitions.0.User from nothing to "1000:1000".') == 1
    remarks = [violation["description"] for violation in run.report["violations"] if violation["ruleName"] == "fix"]
    assert len(remarks) == 5
    (accepted,) = run.report["suppressedViolations"]
    assert (accepted["ruleName"], accepted["reason"]) == (
        "awsvpc-network-mode",
        "reads the instance's own network counters",
    )


@pytest.mark.e2e
@pytest.mark.newest
def test_the_command_line_changes_the_policy(run_cdk: Any) -> None:
    arguments = ["-c", "ecs-guard:enforcement:awsvpc-network-mode=warn"]
    run = run_cdk("sample", *arguments, "-c", "ecs-guard:enforcement:host-mode-root-user=warn")
    assert (run.exit_code, run.times(": NetworkMode is 'bridge'.")) == (0, 2), run.output
    mistaken = run_cdk("sample", "-c", "ecs-guard:profil=strict")
    assert mistaken.exit_code == 1
    assert "'profil' is unknown. Did you mean 'profile'?" in mistaken.output
