"""Plans for all denied revisions: what fails for one of them loses no other."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.gates.account.plans import planner
from ecs_guard_aspects.gates.account.plans.planner import plan_denied
from ecs_guard_aspects.gates.account.plans.revision_plan import PlanStatus, RevisionPlan
from ecs_guard_aspects.model.document import Document
from ecs_guard_aspects.model.resource import TASK_DEFINITION, Resource
from ecs_guard_aspects.model.usage import Usage
from ecs_guard_aspects.policy import Policy, judge
from ecs_guard_aspects.remediation.plan import FixOptions
from ecs_guard_aspects.sources.account.calls import CallError
from ecs_guard_aspects.sources.api_language import REVISION
from tests.code_lines import without_lines

ACCOUNT = "123456789012"


class NoConnections:
    """Makes clients that are never called, except in Regions where the role cannot be assumed."""

    def __init__(self, *closed: str) -> None:
        self.closed = closed

    def client(self, service: str, account: str, region: str) -> None:
        if region in self.closed:
            raise CallError("role x cannot be assumed")


def revision(name: str, region: str, mode: str = "bridge") -> Resource:
    arn = f"arn:aws:ecs:{region}:{ACCOUNT}:task-definition/{name}"
    usage = Usage(region, "ACTIVE", ("service web in cluster prod (primary deployment)",))
    properties = {"NetworkMode": mode, "ContainerDefinitions": [{"Name": "app", "User": "1000"}]}
    return Resource(arn, TASK_DEFINITION, properties, name=arn, account=ACCOUNT, language=REVISION, usage=usage)


def planned(*closed: str) -> list[tuple[str, str, str]]:
    """Return name, status and reasons of the plans for what is denied."""
    ireland, ohio = "eu-west-1", "us-east-2"
    documents = [
        Document(f"{ACCOUNT}/{ireland}", (revision("a:1", ireland), revision("good:1", ireland, "awsvpc"))),
        Document(f"{ACCOUNT}/{ohio}", (revision("b:1", ohio), revision("odd:1", ohio), revision("c:1", ohio))),
    ]
    report = judge(documents, Policy())
    connections: Any = NoConnections(*closed)
    plans = plan_denied(connections, documents, report, FixOptions(), lambda name: None)
    return [
        (
            each.revision.address.rpartition("/")[2],
            each.status.name,
            without_lines("".join(b.text for b in each.blockers)),
        )
        for each in plans
    ]


@pytest.fixture(autouse=True)
def _plans(monkeypatch: pytest.MonkeyPatch) -> None:
    def plan(found: Resource, region: str, *_: Any) -> RevisionPlan:
        if "/odd:" in found.address:
            raise KeyError("hunter2")
        return RevisionPlan(found, region, PlanStatus.PLANNED)

    monkeypatch.setattr(planner, "plan_revision", plan)


UNREAD = "its surroundings cannot be read: "
ODD = f"{UNREAD}unexpected KeyError at test_planner.py:LINE (set ECS_GUARD_DEBUG=1 to see the traceback)"


def test_an_error_in_one_plan_loses_no_other() -> None:
    assert planned() == [
        ("a:1", "PLANNED", ""),
        ("b:1", "PLANNED", ""),
        ("odd:1", "REFUSED", ODD),
        ("c:1", "PLANNED", ""),
    ]


def test_a_region_that_cannot_be_asked_loses_no_other() -> None:
    closed = f"{UNREAD}role x cannot be assumed"
    assert planned("us-east-2") == [
        ("a:1", "PLANNED", ""),
        *((name, "REFUSED", closed) for name in ("b:1", "odd:1", "c:1")),
    ]


def test_what_was_not_planned_before_an_interruption_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planner, "in_threads", lambda jobs, stop: [jobs[0](), None])
    interrupted = f"{UNREAD}the command was interrupted"
    assert planned() == [
        ("a:1", "PLANNED", ""),
        *((name, "REFUSED", interrupted) for name in ("b:1", "odd:1", "c:1")),
    ]
