"""Declarations of a template: the parameters, conditions and mappings that expressions refer to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from .nodes import map_or_empty
from .text import scalar_text
from .values import is_filled_in


class Among(NamedTuple):
    """A parameter that has one of ``values``."""

    values: tuple[str, ...]

    def allows(self, value: str) -> bool:
        return value in self.values

    def split(self, values: frozenset[str]) -> tuple[Domain | None, Domain | None]:
        """Return the parts of the domain inside and outside of ``values``; None for an empty part."""
        inside = tuple(value for value in self.values if value in values)
        outside = tuple(value for value in self.values if value not in values)
        return Among(inside) if inside else None, Among(outside) if outside else None


class AnythingBut(NamedTuple):
    """A parameter that can have its default (if there is one) and any other value that is not excluded."""

    default: str | None = None
    excluded: frozenset[str] = frozenset()

    def allows(self, value: str) -> bool:
        return value not in self.excluded

    def split(self, values: frozenset[str]) -> tuple[Domain | None, Domain | None]:
        """Return the parts of the domain inside and outside of ``values``; None for an empty part."""
        inside = tuple(sorted(values - self.excluded))
        default = None if self.default in values else self.default
        return Among(inside) if inside else None, AnythingBut(default, self.excluded | values)


Domain = Among | AnythingBut


class Membership(NamedTuple):
    """A condition that compares one parameter with some values."""

    variable: str
    values: frozenset[str]
    inside: bool = True

    def negated(self) -> Membership:
        return self._replace(inside=not self.inside)

    def and_also(self, other: Membership) -> Membership:
        """Return the conjunction of two conditions on the same parameter."""
        if self.inside and other.inside:
            return self._replace(values=self.values & other.values)
        if not self.inside and not other.inside:
            return self._replace(values=self.values | other.values)
        positive, negative = (self, other) if self.inside else (other, self)
        return positive._replace(values=positive.values - negative.values)


class Parameter(NamedTuple):
    """A template parameter: the values it can have, or why they are not known."""

    domain: Domain
    is_list: bool = False
    undecidable: str | None = None
    type: str = ""
    description: str = ""


class Declarations:
    """The parameters, conditions and mappings of one template."""

    def __init__(self, parameters: object = None, conditions: object = None, mappings: object = None) -> None:
        self.parameters = {name: _parameter(declaration) for name, declaration in map_or_empty(parameters).items()}
        self.conditions = map_or_empty(conditions)
        self.mappings = map_or_empty(mappings)
        self._memberships: dict[str, Membership | None] = {}

    def with_parameters(self, parameters: Mapping[str, Parameter]) -> Declarations:
        """Return a copy with other parameters."""
        copy = Declarations(conditions=self.conditions, mappings=self.mappings)
        copy.parameters = dict(parameters)
        return copy

    def variable(self, name: str) -> Parameter | None:
        """Return the parameter or pseudo parameter that ``Ref`` with this name refers to."""
        return _PSEUDO_PARAMETER if name.startswith("AWS::") else self.parameters.get(name)

    def free_variable(self, node: object) -> str | None:
        """Return the name of the scalar parameter, if ``node`` is only a reference to one."""
        name = node.get("Ref") if isinstance(node, dict) and len(node) == 1 else None
        if not isinstance(name, str) or name == "AWS::NoValue":
            return None
        parameter = self.variable(name)
        return name if parameter and not parameter.undecidable and not parameter.is_list else None

    def membership(self, condition: object) -> Membership | None:
        """Return a condition as a comparison of one parameter; None for other conditions.

        Such a condition splits the scenario in two, for any number of values.
        """
        if isinstance(condition, str):
            if condition not in self._memberships:
                self._memberships[condition] = None  # during the computation: a cycle has no result
                self._memberships[condition] = self.membership(self.conditions.get(condition))
            return self._memberships[condition]
        if not isinstance(condition, dict) or len(condition) != 1:
            return None
        ((function, operands),) = condition.items()
        if function == "Condition" and isinstance(operands, str):
            return self.membership(operands)
        if not isinstance(operands, list) or not operands:
            return None
        if function == "Fn::Equals" and len(operands) == 2:
            return self._comparison(operands[0], operands[1]) or self._comparison(operands[1], operands[0])
        if function not in ("Fn::And", "Fn::Or", "Fn::Not") or (function == "Fn::Not" and len(operands) != 1):
            return None
        members = [self.membership(operand) for operand in operands]
        return _combine(function, [member for member in members if member]) if all(members) else None

    def _comparison(self, left: object, right: object) -> Membership | None:
        name, text = self.free_variable(left), scalar_text(right)
        if name is None or text is None or is_filled_in(text):
            return None
        return Membership(name, frozenset((text,)))

    @classmethod
    def of(cls, template: Mapping[str, Any]) -> Declarations:
        """Return the declarations of a template."""
        return cls(template.get("Parameters"), template.get("Conditions"), template.get("Mappings"))


def _combine(function: str, members: list[Membership]) -> Membership | None:
    """Apply a logical function to conditions, if they are all about the same parameter."""
    first, *others = members
    if any(other.variable != first.variable for other in others):
        return None
    if function == "Fn::Not":
        return first.negated()
    # a or b = not (not a and not b)
    flipped = function == "Fn::Or"
    result = first.negated() if flipped else first
    for other in others:
        result = result.and_also(other.negated() if flipped else other)
    return result.negated() if flipped else result


def _parameter(declaration: object) -> Parameter:
    if not isinstance(declaration, Mapping):
        return Parameter(AnythingBut(), undecidable="a parameter that is not declared properly")
    kind, description = str(declaration.get("Type", "String")), str(declaration.get("Description", ""))
    if kind.startswith("AWS::SSM::Parameter::Value"):
        why = "a parameter that is read from SSM at deployment"
        return Parameter(AnythingBut(), undecidable=why, type=kind, description=description)
    is_list = kind == "CommaDelimitedList" or kind.startswith("List<")
    default = scalar_text(declaration.get("Default"))
    allowed = declaration.get("AllowedValues")
    texts = [scalar_text(value) for value in allowed] if isinstance(allowed, list) else []
    values = tuple(dict.fromkeys(text for text in texts if text is not None))
    # AllowedValues of a list limit its items, not the list.
    domain = Among(values) if values and not is_list else AnythingBut(default)
    return Parameter(domain, is_list, type=kind, description=description)


_PSEUDO_PARAMETER = Parameter(AnythingBut())
