"""Pipelines that deploy a service of a plan."""

from __future__ import annotations

from typing import Any

import pytest

from .support import (
    Given,
    described,
    planned,
    service,
)


def _pipeline(provider: str, **settings: str) -> dict[str, Any]:
    action = {"name": "Deploy", "actionTypeId": {"category": "Deploy", "provider": provider}, "configuration": settings}
    return {"name": "release", "stages": [{"name": "x", "actions": [action]}]}


PIPELINES = [
    (_pipeline("ECS", ClusterName="prod", ServiceName="web"), "ECS", "so the new revision stays changed"),
    (_pipeline("ECS", ClusterName="test", ServiceName="web"), "ECS", None),
    (_pipeline("S3", BucketName="web"), "ECS", None),
    (_pipeline("CodeDeployToECS", ApplicationName="a"), "ECS", None),
    (_pipeline("CodeDeployToECS", ApplicationName="a"), "CODE_DEPLOY", "may deploy it from taskdef.json"),
]


@pytest.mark.parametrize(("pipeline", "controller", "note"), PIPELINES)
def test_pipelines_that_deploy_the_service_are_listed(
    pipeline: dict[str, Any], controller: str, note: str | None
) -> None:
    plan = planned(
        Given(described(), services=[service(deploymentController={"type": controller})], pipelines=[pipeline])
    )
    assert len(plan.notes) == (note is not None)
    for each in plan.notes:
        assert str(note) in each
        assert each.endswith("aws codepipeline get-pipeline-state --name release --region eu-west-1")
