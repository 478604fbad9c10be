"""What a parent stack makes of the parameters of a nested stack.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stack.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from .expressions import explore
from .template import Among, Parameter, Template
from .text import scalar_text

_SCENARIO_LIMIT = 64


class Call(NamedTuple):
    """One ``AWS::CloudFormation::Stack`` that deploys a template: its ``Parameters``, and what these refer to."""

    arguments: Any
    parent: Template


def as_called(template: Template, calls: Sequence[Call]) -> Template:
    """Return the template of a nested stack with its parameters narrowed to what its parents give them.

    Each parameter is looked at by itself. One whose value a parent leaves open stays as it is declared.
    """
    if not calls:
        return template
    return template.with_parameters({name: _narrowed(name, p, calls) for name, p in template.parameters.items()})


def _narrowed(name: str, parameter: Parameter, calls: Sequence[Call]) -> Parameter:
    if parameter.undecidable:
        return parameter
    values: dict[str, None] = {}
    for call in calls:
        given = _values(name, parameter, call)
        if given is None:
            return parameter
        values |= dict.fromkeys(given)
    return replace(parameter, domain=Among(tuple(values)))


def _values(name: str, parameter: Parameter, call: Call) -> list[str] | None:
    """Return all that a parent may give to a parameter, None if that cannot be told."""
    if not isinstance(call.arguments, Mapping | None):
        return None
    arguments = call.arguments or {}
    if any(str(key).startswith("Fn::") for key in arguments):
        return None
    if name not in arguments:
        default = None if isinstance(parameter.domain, Among) else parameter.domain.default
        return None if default is None else [default]
    values = []
    for result in explore(call.parent, lambda scenario: scenario.value(arguments[name]), _SCENARIO_LIMIT):
        text = scalar_text(result[1]) if result and not result[0].undecided else None
        if text is None:
            return None
        values.append(text)
    return values
