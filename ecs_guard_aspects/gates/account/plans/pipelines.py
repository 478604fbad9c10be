"""Pipelines of CodePipeline that deploy a service: what they do to the new revision.

https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECS.html
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Any

from ....sources.account.calls import CallError
from ....sources.account.found import name_of
from ....sources.account.surroundings import Answer, Surroundings
from .users import Users


def pipeline_notes(users: Users, surroundings: Surroundings, region: str) -> Iterator[str]:
    """Yield a sentence for each pipeline that deploys one of the services, and one if they cannot be read.

    Args:
        users: what runs the revision.
        surroundings: its Region.
        region: the name of the Region.
    """
    services = [user.found for user in users.services]
    try:
        pipelines = surroundings.pipelines if services else []
    except CallError as error:
        yield f"The pipelines of CodePipeline cannot be read: {error}. One of them may deploy it."
        return
    for pipeline in pipelines:
        for action in _deployments(pipeline):
            what = _what(action, services)
            if what:
                words = ("codepipeline", "get-pipeline-state", "--name", pipeline["name"], "--region", region)
                state = shlex.join(("aws", *words))
                yield f"Pipeline {pipeline['name']}, action {action['name']}, {what} Its state: {state}"


def _deployments(pipeline: Answer) -> list[dict[str, Any]]:
    actions = [action for stage in pipeline.get("stages", ()) for action in stage.get("actions", ())]
    return [action for action in actions if action.get("actionTypeId", {}).get("category") == "Deploy"]


def _what(action: dict[str, Any], services: list[Answer]) -> str:
    """Return what an action does to one of some services; empty if it does nothing to them."""
    provider, settings = action["actionTypeId"].get("provider"), action.get("configuration", {})
    for service in services:
        names = (name_of(service["clusterArn"]), service["serviceName"])
        if provider == "ECS" and (settings.get("ClusterName", "default"), settings.get("ServiceName")) == names:
            return "replaces the images of the revision that the service has, so the new revision stays changed."
        if provider == "CodeDeployToECS" and service.get("deploymentController", {}).get("type") == "CODE_DEPLOY":
            file = settings.get("TaskDefinitionTemplatePath", "taskdef.json")
            return f"may deploy it from {file} of its artifact: change that file as well (ecs-guard fix)."
    return ""
