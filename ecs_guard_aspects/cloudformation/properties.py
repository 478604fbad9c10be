"""CloudFormation properties of one scenario as plain values, and readers that verify their types."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .scenario import Scenario
from .text import kind_of, scalar_text, shown
from .values import MalformedError, UndecidedError, Unknown

_INTEGER = re.compile(r"[+-]?\d{1,10}(\.0)?", re.ASCII)


class Properties(Mapping[str, Any]):
    """CloudFormation properties of one scenario, read as plain values: strings, lists, and mappings like this one.

    A key whose value is absent in the scenario (``AWS::NoValue``) is left out.

    Raises:
        UndecidedError: on reading a value that cannot be known before deployment.
    """

    def __init__(self, scenario: Scenario, node: dict[str, Any], location: str) -> None:
        self._scenario = scenario
        self._node = node
        self.location = location

    def __getitem__(self, key: str) -> Any:
        value = self._plain(self._node[key], f"{self.location}/{key}")
        if value is None:
            raise KeyError(key)
        return value

    def __iter__(self) -> Iterator[str]:
        return (key for key in self._node if self._scenario.value(self._node[key]) is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def resolve(self, key: str) -> tuple[Any, str]:
        """Return the value under ``key`` as ``Scenario.resolve`` does, with its location."""
        return self._scenario.resolve(self._node.get(key), f"{self.location}/{key}")

    def _plain(self, node: Any, location: str) -> Any:
        value, location = self._scenario.resolve(node, location)
        if isinstance(value, Unknown):
            raise UndecidedError(value.outlined(), location)
        if isinstance(value, dict):
            return Properties(self._scenario, value, location)
        if isinstance(value, list):
            items = [self._plain(item, f"{location}/{index}") for index, item in enumerate(value)]
            return [item for item in items if item is not None]
        return value


def map_at(properties: Properties, key: str) -> Properties | None:
    """Return a property that must be a map; None if absent."""
    value = properties.get(key)
    if value is None or isinstance(value, Properties):
        return value
    raise MalformedError(f"{properties.location}/{key}", f"is {kind_of(value)}, which is not a map of properties")


def maps_at(properties: Properties, key: str) -> list[Properties]:
    """Return a property that must be a list of maps; empty if absent."""
    items = list_at(properties, key)
    maps = [item for item in items if isinstance(item, Properties)]
    if len(maps) < len(items):
        raise MalformedError(f"{properties.location}/{key}", "has members that are not maps of properties")
    return maps


def list_at(properties: Properties, key: str) -> list[object]:
    """Return a property that must be a list; empty if absent."""
    value = properties.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise MalformedError(f"{properties.location}/{key}", "is not a list")
    return value


def text_at(properties: Properties, key: str) -> str | None:
    """Return a property that must be a scalar, as CloudFormation passes it on; None if absent."""
    value = properties.get(key)
    text = scalar_text(value)
    if value is not None and text is None:
        raise MalformedError(f"{properties.location}/{key}", "is not a scalar")
    return text


def integer_at(properties: Properties, key: str) -> int | None:
    """Return a property that must be an integer; None if absent."""
    text = text_at(properties, key)
    if text is not None and not _INTEGER.fullmatch(text):
        raise MalformedError(f"{properties.location}/{key}", f"is {shown(text)}, which is not an integer")
    return None if text is None else int(text.removesuffix(".0"))


def flag_at(properties: Properties, key: str) -> bool:
    """Return a property that must be a boolean; False if absent."""
    text = text_at(properties, key)
    if text not in (None, "true", "false"):
        raise MalformedError(f"{properties.location}/{key}", f"is {shown(text)}, which is neither true nor false")
    return text == "true"


def is_given(properties: Properties, key: str) -> bool:
    """Return whether a property is present, with any value."""
    return properties.resolve(key)[0] is not None
