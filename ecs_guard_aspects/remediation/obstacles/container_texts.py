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

LOCALHOST = r"(?:\blocalhost|(?<![\d.])127\.0\.0\.1|\[::1\])"
"""A pattern of the names and addresses of localhost in a text."""

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


# Hosts that a client reaches without its proxy: a list of addresses, of which it need not use any.
_NO_PROXY_VARIABLE = re.compile(r"no_?proxy", re.IGNORECASE)
_NO_PROXY_OPTION = re.compile(r"(?<=nonProxyHosts=)\S+|(?<=--no-proxy[= ])\S+|(?<=\bno_proxy=)\S+", re.IGNORECASE)


def _located_texts(task_definition: Resource) -> Iterator[tuple[str, ContainerText]]:
    for location, kind, text in references_in(task_definition.properties, task_definition.declarations):
        place = _PLACE.fullmatch(location)
        if place is not None and kind == "text" and not _lists_exceptions(task_definition, location):
            text = _NO_PROXY_OPTION.sub("", text)
            container = location[: location.rindex(f".{place['property']}")]
            name = _name_of(task_definition, container)
            yield location, ContainerText(place["container"], name, place["property"], text)


def _lists_exceptions(task_definition: Resource, location: str) -> bool:
    name = _variable_at(task_definition, location)
    return name is not None and _NO_PROXY_VARIABLE.fullmatch(name) is not None


def environment_of(task_definition: Resource) -> Iterator[tuple[str, ContainerText]]:
    """Yield the variables in the environment of containers whose names are texts: name and value."""
    for location, found in _located_texts(task_definition):
        name = _variable_at(task_definition, location) if found.property == "Environment" else None
        if name is not None:
            yield name, found


def _variable_at(task_definition: Resource, location: str) -> str | None:
    variable, separator, _ = location.rpartition(".Value")
    name = task_definition.written(f"{variable}.Name") if separator else None
    return name if isinstance(name, str) else None


def number_of(location: str) -> str:
    """Return the number of the container at a location of the engine: ``Properties/ContainerDefinitions/0``."""
    match = _NUMBER.match(location)
    return match[1] if match is not None else location


def _name_of(task_definition: Resource, container: str) -> str:
    name = task_definition.written(f"{container}.Name")
    return name if isinstance(name, str) else container.replace(".", "/")
