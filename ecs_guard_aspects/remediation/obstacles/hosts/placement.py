"""Placement constraints that choose instances without awsvpc: an operating system, hosts outside of EC2."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ....model.resource import Resource
from ....model.start import RUNNERS
from ...who_runs_it.expressions import references_in
from ..situation import Situation

_WITHOUT_AWSVPC = {
    # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html
    re.compile(r"windows_server_2016", re.IGNORECASE): "Windows Server 2016 does not support awsvpc",
    # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-anywhere.html
    re.compile(r"ecs\.capability\.external", re.IGNORECASE): "ECS Anywhere does not support awsvpc",
}
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-query-language.html
_NOT = re.compile(r"!|\bnot\b", re.IGNORECASE)
_AND_OR = re.compile(r"\band\b|\bor\b|&&|\|\|", re.IGNORECASE)


def hosts_without_awsvpc(situation: Situation) -> Iterator[str]:
    """Placement constraints of a task definition or what runs it choose instances that have no awsvpc."""
    for resource, place in _constraints_of(situation):
        for location, kind, text in references_in(resource.properties, resource.declarations):
            for pattern, what in _WITHOUT_AWSVPC.items():
                if kind == "text" and location.startswith(place) and _chooses(text, pattern):
                    yield f"{resource.address} has a placement constraint for hosts without it: {what}"


def _constraints_of(situation: Situation) -> Iterator[tuple[Resource, str]]:
    """Yield where placement constraints are: the resource and the beginning of their location."""
    yield situation.task_definition, "PlacementConstraints."
    for consumer in situation.consumers:
        runner = RUNNERS.get(consumer.resource.type)
        parameters = runner.parameters_of(consumer.reference) if runner is not None else None
        if parameters is not None:
            yield consumer.resource, f"{parameters}.PlacementConstraints.".lstrip(".")


def _chooses(expression: str, pattern: re.Pattern[str]) -> bool:
    """Return whether an expression chooses hosts by a pattern, not all others."""
    parts = _AND_OR.split(expression)
    return any(pattern.search(part) is not None and _NOT.search(part) is None for part in parts)
