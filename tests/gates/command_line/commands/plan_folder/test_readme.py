"""The text about a plan: what happens, or what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ecs_guard_aspects.gates.account.plans.revision_plan import RevisionPlan
from ecs_guard_aspects.gates.command_line.commands.plan_folder.readme import index_of, readme_of
from tests.gates.account.plans.support import Given, arn, described, planned, rule_target, service, task

from .support import FOLDER, plan_of, report_of, written

# What a README has to say, by what is planned.
TEXTS: list[tuple[RevisionPlan, list[str]]] = [
    (
        plan_of(),
        [
            "| NetworkMode | `bridge` | `awsvpc` |",
            "Service web in cluster prod replaces 2 tasks, within minimumHealthyPercent 100",
            "does not roll back by itself",
            "aws ecs update-service --cluster prod --service web",
            "revision=$(aws ecs register-task-definition",
            "aws ecs stop-service-deployment --stop-type ROLLBACK --region eu-west-1",
            "may be secret. Only you can read them (mode 0600)",
            "Step Functions, AWS Batch and code that calls RunTask are not read",
        ],
    ),
    (
        plan_of(described(status="INACTIVE")),
        ["is deregistered (INACTIVE). Check first that its images still exist: shop:1."],
    ),
    (
        plan_of(services=[service(tags=[{"key": "aws:cloudformation:stack-name", "value": "shop"}])]),
        ["CloudFormation stack shop owns it. Change its template as well"],
    ),
    (
        plan_of(rule_targets=[rule_target(arn("web"))]),
        [
            "the target names the family, so it starts the new revision as soon as that is registered",
            "must allow ecs:RunTask on the new revision",
        ],
    ),
    (planned(Given(None)), ["It does not exist any more"]),
]


@pytest.mark.parametrize(("plan", "texts"), TEXTS)
def test_the_text_says_what_happens_or_what_to_do_by_hand(plan: RevisionPlan, texts: list[str], tmp_path: Path) -> None:
    written(tmp_path / "plans", plan)
    text = (tmp_path / "plans" / FOLDER / "README.md").read_text()
    for each in texts:
        assert each in text


ABOUT = "123456789012/eu-west-1 | unknown | awsvpc-network-mode"


def test_the_index_has_the_order_of_the_audit_and_what_is_next() -> None:
    plans = [("a", plan_of()), ("b", plan_of(tasks=[task()])), ("c", planned(Given(None), name="web:3"))]
    text = index_of(plans, report_of(*(plan for _, plan in plans)))
    rows = [line for line in text.splitlines() if line.startswith("| [")]
    assert rows == [
        f"| [web:1](a/README.md) | {ABOUT} | commands.sh |",
        f"| [web:1](b/README.md) | {ABOUT} | by hand: see README.md |",
        f"| [web:3](c/README.md) | {ABOUT} | nothing to do: it was deleted |",
    ]
    assert "Nothing has been written to AWS." in text


def test_a_deployment_that_goes_on_is_waited_for() -> None:
    older = [
        {"status": "PRIMARY", "taskDefinition": arn("web:2")},
        {"status": "ACTIVE", "taskDefinition": arn("web:1")},
    ]
    plan = plan_of(services=[service(taskDefinition=arn("web:2"), deployments=older)])
    text = readme_of(plan, report_of(plan))
    assert "A deployment of web replaces it. Wait until that is done:" in text
    assert "aws ecs wait services-stable" in text


# A service, and what its deployment does.
DEPLOYMENTS: list[tuple[dict[str, Any], str, bool]] = [
    ({}, "does not roll back by itself", True),
    (
        {"deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}},
        "roll back by",
        False,
    ),
    (
        {"desiredCount": 1, "deploymentConfiguration": {"minimumHealthyPercent": 0, "maximumPercent": 100}},
        "replaces 1 task, within minimumHealthyPercent 0 and maximumPercent 100.",
        True,
    ),
    ({}, "is in a deployment now", False),
    (
        {
            "deployments": [
                {"status": "PRIMARY", "taskDefinition": arn("web:1")},
                {"status": "ACTIVE", "taskDefinition": arn("web:0")},
            ]
        },
        "is in a deployment now, with 2 revisions: wait until that is done.",
        True,
    ),
]


@pytest.mark.parametrize(("more", "text", "is_said"), DEPLOYMENTS)
def test_what_a_deployment_does(more: dict[str, Any], text: str, is_said: bool) -> None:
    plan = plan_of(services=[service(**more)])
    assert (text in readme_of(plan, report_of(plan))) is is_said
