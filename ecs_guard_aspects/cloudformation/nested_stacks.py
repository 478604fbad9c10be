"""Parameters of a nested stack, with the values that its parent passes.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stack.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .declarations import Among, Declarations, Parameter
from .nodes import map_or_empty
from .scenario import explore
from .text import scalar_text

_SCENARIO_LIMIT = 64


def as_called(declared: Declarations, nested_stack: Mapping[str, Any], parent: Declarations) -> Declarations:
    """Return the declarations of a nested stack, with its parameters narrowed to the values that its parent passes.

    Each parameter is evaluated by itself. If the parent does not determine its value, it stays as it is declared.

    Args:
        declared: what the template of the nested stack declares.
        nested_stack: the ``AWS::CloudFormation::Stack`` that deploys it.
        parent: what the expressions of the parent refer to.
    """
    arguments = _arguments(nested_stack)
    if not isinstance(arguments, Mapping) or any(str(key).startswith("Fn::") for key in arguments):
        return declared
    narrowed = {name: _narrowed(name, p, arguments, parent) for name, p in declared.parameters.items()}
    return declared.with_parameters(narrowed)


def _narrowed(name: str, parameter: Parameter, arguments: Mapping[str, Any], parent: Declarations) -> Parameter:
    if parameter.undecidable:
        return parameter
    try:
        values = _values(name, parameter, arguments, parent)
    except RecursionError:  # expressions nested deeper than Python's stack
        return parameter
    return parameter if values is None else parameter._replace(domain=Among(tuple(dict.fromkeys(values))))


def _values(name: str, parameter: Parameter, arguments: Mapping[str, Any], parent: Declarations) -> list[str] | None:
    """Return all values that a parent can pass to a parameter; None if they are not known."""
    if name not in arguments:
        default = None if isinstance(parameter.domain, Among) else parameter.domain.default
        return None if default is None else [default]
    values = []
    for result in explore(parent, lambda scenario: scenario.value(arguments[name]), _SCENARIO_LIMIT):
        text = scalar_text(result[1]) if result and not result[0].undecided else None
        if text is None:
            return None
        values.append(text)
    return values


def _arguments(nested_stack: Mapping[str, Any]) -> Any:
    """Return the parameters that a nested stack passes; if a macro or a loop can change them, the expression around
    them."""
    properties = map_or_empty(nested_stack.get("Properties"))
    for part in (nested_stack, properties):
        if any(str(key).startswith("Fn::") for key in part):
            return part
    parameters = properties.get("Parameters")
    return {} if parameters is None else parameters
