"""A resource as its template has it, read in every scenario its expressions allow."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from ..policy.expressions import Scenario, UndecidedError, Unknown, explore
from ..policy.judging import SCENARIO_LIMIT
from ..policy.task_definition import MalformedError, Properties
from ..policy.template import Template
from ..policy.text import scalar_text, text_of
from .changes import Blocker, Step

_INTEGER = re.compile(r"[+-]?\d{1,10}(\.0)?", re.ASCII)
_ROOT = "Properties"


@dataclass(frozen=True)
class Resource:
    """A resource of the app.

    Attributes:
        path: what people call it: its construct path, or its logical id.
        type: its CloudFormation type.
        properties: its final CloudFormation properties; any part may be an expression.
        template: what these expressions refer to.
        condition: the condition it is created under.
    """

    path: str
    type: str
    properties: object
    template: Template = field(default_factory=Template)
    condition: object = None

    def read(self, scenario: Scenario) -> Properties:
        """Return the properties in one scenario.

        Raises:
            UndecidedError: if not even the property names can be known.
            MalformedError: if they are no map.
        """
        value, location = scenario.resolve(self.properties, _ROOT)
        if isinstance(value, Unknown):
            raise UndecidedError(value, location)
        if value is not None and not isinstance(value, dict):
            raise MalformedError(location, f"is {text_of(value)}, which is not a map of properties")
        return Properties(scenario, value or {}, location)

    def override_path(self, location: str) -> str | None:
        """Return a location as a CDK override path; None if it lies inside an expression, where none reaches."""
        path = location.removeprefix(f"{_ROOT}/").replace("/", ".")
        parents = path.split(".")[:-1]
        nodes = [self.properties, *[self.written(".".join(parents[: end + 1])) for end in range(len(parents))]]
        return None if any(_is_expression(node) for node in nodes) else path

    def written(self, path: str) -> object:
        """Return what stands at a dotted path, an expression as it is written; None where nothing does."""
        node: object = self.properties
        for key in path.split("."):
            if isinstance(node, list):
                node = node[int(key)] if key.isdecimal() and int(key) < len(node) else None
            else:
                node = node.get(key) if isinstance(node, dict) else None
        return node


Judge = Callable[[Scenario], Iterable[Step | str]]
"""What one scenario of a resource needs or has against it; a string is a blocker of the resource itself."""


def survey(resource: Resource, *judges: Judge, about: str = "") -> list[Step]:
    """Return what the judges say, once each, over all scenarios in which the resource is created.

    What cannot be read, decided or explored to the end is a blocker; ``about`` is what its text begins with.
    """
    steps: list[Step] = []

    def look(scenario: Scenario) -> list[Step]:
        if resource.condition is not None and not scenario.is_true(resource.condition):
            return []
        said = [step for judge in judges for step in readable(judge, scenario, about=about)]
        return [Blocker(resource.path, step) if isinstance(step, str) else step for step in said]

    for result in explore(resource.template, look, SCENARIO_LIMIT):
        if result is None:
            limit = f"{resource.path} depends on more than {SCENARIO_LIMIT} combinations of parameters and conditions"
            found: list[Step] = [Blocker(resource.path, limit)]
        else:
            found = result[1]
        steps += found
    return unique(steps)


def readable(judge: Callable[..., Iterable[Step | str]], *args: object, about: str = "") -> Iterator[Step | str]:
    """Yield what a judge says; what it could not read is the last thing it says."""
    try:
        yield from judge(*args)
    except (UndecidedError, MalformedError) as error:
        yield f"{about}{error}"


def unique(steps: Iterable[Step]) -> list[Step]:
    """Return the steps, each once."""
    result: list[Step] = []
    for step in steps:
        if step not in result:
            result.append(step)
    return result


def map_at(properties: Properties, key: str) -> Properties | None:
    """Return a property that must be a map; None where absent."""
    value = properties.get(key)
    if value is None or isinstance(value, Properties):
        return value
    raise MalformedError(f"{properties.location}/{key}", f"is {text_of(value)}, which is not a map of properties")


def maps_at(properties: Properties, key: str) -> list[Properties]:
    """Return a property that must be a list of maps; empty where absent."""
    items = list_at(properties, key)
    maps = [item for item in items if isinstance(item, Properties)]
    if len(maps) < len(items):
        raise MalformedError(f"{properties.location}/{key}", "has members that are not maps of properties")
    return maps


def list_at(properties: Properties, key: str) -> list[object]:
    """Return a property that must be a list; empty where absent."""
    value = properties.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise MalformedError(f"{properties.location}/{key}", "is not a list")
    return value


def text_at(properties: Properties, key: str) -> str | None:
    """Return a property that must be a scalar, as CloudFormation passes it on; None where absent."""
    value = properties.get(key)
    text = scalar_text(value)
    if value is not None and text is None:
        raise MalformedError(f"{properties.location}/{key}", "is not a scalar")
    return text


def integer_at(properties: Properties, key: str) -> int | None:
    """Return a property that must be an integer; None where absent."""
    text = text_at(properties, key)
    if text is not None and not _INTEGER.fullmatch(text):
        raise MalformedError(f"{properties.location}/{key}", f"is {text_of(text)}, which is not an integer")
    return None if text is None else int(text.removesuffix(".0"))


def flag_at(properties: Properties, key: str) -> bool:
    """Return a property that must be a boolean; False where absent."""
    text = text_at(properties, key)
    if text not in (None, "true", "false"):
        raise MalformedError(f"{properties.location}/{key}", f"is {text_of(text)}, which is neither true nor false")
    return text == "true"


def is_given(properties: Properties, key: str) -> bool:
    """Return whether a property is there, whatever it is."""
    return properties.resolve(key)[0] is not None


def _is_expression(node: object) -> bool:
    return isinstance(node, dict) and any(str(key) == "Ref" or str(key).startswith("Fn::") for key in node)
