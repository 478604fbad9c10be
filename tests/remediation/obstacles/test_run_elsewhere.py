"""Tasks that are run elsewhere: what nothing in the templates runs."""

from __future__ import annotations

import pytest

from ecs_guard_aspects.remediation import Consumer
from ecs_guard_aspects.remediation.obstacles.run_elsewhere import nothing_runs_it
from ecs_guard_aspects.remediation.obstacles.situation import Situation

from ..support import resource, service, task_definition

RULE = resource("Api/Rule", "AWS::Events::Rule", {})
MACHINE = resource("Api/Machine", "AWS::StepFunctions::StateMachine", {})
POLICY = resource("Api/Policy", "AWS::IAM::Policy", {})


@pytest.mark.parametrize(
    ("consumers", "is_run"),
    [
        ([], False),
        ([service()], True),
        ([Consumer(RULE, "Targets.0.EcsParameters.TaskDefinitionArn")], True),
        ([Consumer(RULE, "EventPattern.detail.group.0")], False),
        ([Consumer(MACHINE, "DefinitionString")], True),
        ([Consumer(POLICY, "PolicyDocument.Statement.0.Resource")], False),
        ([Consumer(POLICY, "PolicyDocument.Statement.0.Resource"), service()], True),
    ],
)
def test_what_nothing_runs_is_run_elsewhere(consumers: list[Consumer], is_run: bool) -> None:
    found = list(nothing_runs_it(Situation(task_definition(), consumers)))

    assert [blocker.lifted_by for blocker in found] == ([] if is_run else ["run_elsewhere=True"])
