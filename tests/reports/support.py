"""A repository with something of everything, and the report on it."""

from __future__ import annotations

import datetime
from pathlib import Path

from ecs_guard_aspects.policy import Enforcement, Exemption, Policy, Report, judge
from ecs_guard_aspects.sources.files import Files

BILLING = """\
Resources:
  taskdefinition:
    Type: AWS::ECS::TaskDefinition
    Properties:
      Family: billing
      NetworkMode: none
      ContainerDefinitions: []
  Other:
    Type: AWS::ECS::TaskDefinition
    Properties: {NetworkMode: none}
"""
AGENT = """\
{
  "family": "agent",
\t"networkMode": "host",
  "containerDefinitions": [{"name": "\u00e4gent", "user": "0", "image": "nginx"}, {"name": "sidecar"}]
}
"""
ANYWHERE = """\
Resources:
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties: {RequiresCompatibilities: [EXTERNAL]}
"""
BROKEN = f"{BILLING}  @"
FILES = {
    "infra/agent.json": AGENT,
    "infra/anywhere.yaml": ANYWHERE,
    "infra/billing.yaml": BILLING,
    "infra/broken.yaml": BROKEN,
    "infra/exempt.yaml": BILLING.replace("none", "bridge"),
}


def exemption(path: str, expires: str, **more: str) -> Exemption:
    check = more.pop("check", "awsvpc-network-mode")
    return Exemption(
        check=check,
        path=path,
        reason="reads the counters",
        owner="team-obs",
        expires=datetime.date.fromisoformat(expires),
        **more,
    )


POLICY = Policy(
    exemptions=[
        exemption("infra/exempt.yaml/taskdefinition", "2027-06-30", ticket="OBS-42"),
        exemption("infra/exempt.yaml/Other", "2027-01-05"),
        exemption("infra/agent.json", "2026-12-31"),
        exemption("infra/nowhere.yaml/Task", "2027-06-30"),
    ],
    enforcement={"stale-exemption": Enforcement.WARN},
    today=datetime.date(2027, 1, 1),
    origin="ecs-guard.yaml",
)


def put(folder: Path) -> None:
    """Write the files of the repository."""
    for name, content in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")


def report_on(folder: Path, policy: Policy = POLICY) -> tuple[Report, Files]:
    """Return the report on all of it, and what it was made of."""
    put(folder)
    files = Files([str(folder)], folder)
    return judge(files, policy), files
