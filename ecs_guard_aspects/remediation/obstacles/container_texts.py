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

_NUMBER = re.compile(r"Properties/ContainerDefinitions/(?:Fn::\w+/)?(\d+)")


class ContainerText(NamedTuple):
    """A text of a container: the container's number and name, the property, and the text with holes."""

    number: str
    container: str
    property: str
    text: str


def container_texts(task_definition: Resource) -> Iterator[ContainerText]:
    """Yield the texts of the containers of a task definition, those of all branches of expressions."""
    yield from (found for _, found in _located_texts(task_definition))


def _located_texts(task_definition: Resource) -> Iterator[tuple[str, ContainerText]]:
    for location, kind, text in references_in(task_definition.properties, task_definition.declarations):
        place = _PLACE.fullmatch(location)
        if place is not None and kind == "text":
            container = location[: location.rindex(f".{place['property']}")]
            name = _name_of(task_definition, container)
            yield location, ContainerText(place["container"], name, place["property"], text)


# The variables by which images are told at which port they listen.
_PORT_VARIABLE = re.compile(r"(?:HTTPS?_|LISTEN_|SERVER_)?PORT|ASPNETCORE_(?:URLS|HTTPS?_PORTS)")
_PORTS = re.compile(r"(?<![\d.])\d{1,5}(?![\d.])")


def ports_in_environment(task_definition: Resource) -> Iterator[tuple[ContainerText, int]]:
    """Yield the ports at which the environment of a container tells it to listen."""
    for location, found in _located_texts(task_definition):
        variable, separator, _ = location.rpartition(".Value")
        if found.property == "Environment" and separator:
            name = task_definition.written(f"{variable}.Name")
            if isinstance(name, str) and _PORT_VARIABLE.fullmatch(name):
                yield from ((found, int(port)) for port in _PORTS.findall(found.text))


def number_of(location: str) -> str:
    """Return the number of the container at a location of the engine: ``Properties/ContainerDefinitions/0``."""
    match = _NUMBER.match(location)
    return match[1] if match is not None else location


def _name_of(task_definition: Resource, container: str) -> str:
    name = task_definition.written(f"{container}.Name")
    return name if isinstance(name, str) else container.replace(".", "/")
