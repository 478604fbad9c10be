"""Texts of containers: what their environment, commands, health checks and log options say, with holes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ...model.resource import Resource
from ..who_runs_it.expressions import references_in

_PLACE = re.compile(
    r"ContainerDefinitions\.(?:Fn::\w+\.)?(?P<container>\d+)(?:\.Fn::\w+)?(?:\.\d+)?"
    r"\.(?P<property>Environment|Command|EntryPoint|HealthCheck|LogConfiguration|Image)\b.*"
)


class ContainerText(NamedTuple):
    """A text of a container: the container's number and name, the property, and the text with holes."""

    number: str
    container: str
    property: str
    text: str


def container_texts(task_definition: Resource) -> Iterator[ContainerText]:
    """Yield the texts of the containers of a task definition, those of all branches of expressions."""
    for location, kind, text in references_in(task_definition.properties, task_definition.declarations):
        place = _PLACE.fullmatch(location)
        if place is not None and kind == "text":
            container = location[: location.rindex(f".{place['property']}")]
            yield ContainerText(place["container"], _name_of(task_definition, container), place["property"], text)


def _name_of(task_definition: Resource, container: str) -> str:
    name = task_definition.written(f"{container}.Name")
    return name if isinstance(name, str) else container.replace(".", "/")
