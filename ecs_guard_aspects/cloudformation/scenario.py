"""Scenarios: the values that expressions can have.

A *scenario* has one choice for every parameter, pseudo parameter and undecidable condition that was read. ``explore``
runs a function once for every scenario that the function can distinguish. Choices are made when a value is read, so
values that are not read cost nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from .choices import Choices
from .declarations import Declarations
from .functions import call, function_of
from .text import canonical, outline, scalar_text, shown
from .values import Cause, Unknown, without_filled_in

T = TypeVar("T")

SCENARIO_LIMIT = 512
"""The maximum number of scenarios for one check of one container. With more, the check is undecided."""


class Scenario(Choices):
    """One scenario of a template. Its choices are made while values are read."""

    def __init__(self, declarations: Declarations, script: list[int] | None = None) -> None:
        super().__init__(declarations, script)
        self._truths: dict[str, bool] = {}
        self._open_conditions: set[str] = set()

    def settled(self, node: Any) -> Any:
        """Return the value of ``node`` if this scenario has chosen it already, without more choices."""
        copy = Scenario(self.declarations)
        copy._domains, copy._truths = dict(self._domains), dict(self._truths)
        value = copy.value(node)
        return value if copy.is_the_only_one else Unknown(shown(node), "which this scenario leaves open")

    def aside(self, read: Callable[[], T]) -> T:
        """Read values for a message, not for the verdict: assumptions are not recorded."""
        remembered = len(self.undecided)
        try:
            return read()
        finally:
            del self.undecided[remembered:]

    def resolve(self, node: Any, location: str = "") -> tuple[Any, str]:
        """Return the value of ``node`` and its location in the template.

        The value is plain on the outside: a scalar, a list or dict whose members can be expressions, None for an
        absent value (null or ``AWS::NoValue``), or ``Unknown``.
        """
        while True:
            value = node
            if isinstance(node, dict):
                function = function_of(node)
                if function is None:
                    return node, location
                value = self._branch(node) if function == "Fn::If" else call(self, function, node)
                if function == "Fn::If" and not isinstance(value, Unknown):
                    location, node = f"{location}/Fn::If/{value}", node["Fn::If"][value]
                    continue
            value = without_filled_in(value)
            if isinstance(value, Unknown) and value is not node:
                value = replace(value, outline=outline(node))
            return value, location

    def value(self, node: Any) -> Any:
        """Return the value of ``node``, as ``resolve`` does, without its location."""
        return self.resolve(node)[0]

    def mappings(self) -> Mapping[str, Any]:
        """Return the mappings of the template."""
        return self.declarations.mappings

    def refer_to(self, name: object) -> Any:
        """Return the value of ``Ref`` to ``name``."""
        if name == "AWS::NoValue":
            return None
        if not isinstance(name, str):
            return Unknown(shown({"Ref": name}), "which refers to nothing")
        parameter = self.declarations.variable(name)
        if parameter is None:
            return Unknown(f"${{{name}}}", "the identity of a resource that only the deployment knows")
        if parameter.undecidable:
            return Unknown(f"${{{name}}}", parameter.undecidable)
        value = self.pick(name)
        if not parameter.is_list:
            return value
        if isinstance(value, Unknown):
            return replace(value, variable=None)
        return [item.strip() for item in value.split(",")] if value else []

    def entry_of(self, key: Unknown, names: Sequence[str], expression: str, or_none: bool) -> str | Unknown | None:
        """Return which of the entries ``names`` an unknown key is; None for a key that is in no entry."""
        if key.variable is None:
            options = (*names, *((None,) if or_none else ()))
            return self.assume(key, expression, options) if options else Unknown(expression, key.reason)
        try:
            # Without a default, a key that is in no entry fails the deployment, so only the entries are possible.
            return self.pick_among(key.variable, names, or_none)
        except LookupError:
            return Unknown(expression, "which finds no entry")

    def is_true(self, condition: object) -> bool:
        """Return whether a condition (its name, or a condition function) holds in this scenario."""
        membership = self.declarations.membership(condition)
        if membership:
            return self.is_member(membership.variable, membership.values) is membership.inside
        if isinstance(condition, str):
            return self._named_condition(condition)
        if isinstance(condition, dict) and len(condition) == 1:
            ((function, operands),) = condition.items()
            if function == "Condition" and isinstance(operands, str):
                return self._named_condition(operands)
            if isinstance(operands, list) and operands:
                if function == "Fn::Equals" and len(operands) == 2:
                    return self._equal(operands[0], operands[1])
                if function == "Fn::And":
                    return all(self.is_true(operand) for operand in operands)
                if function == "Fn::Or":
                    return any(self.is_true(operand) for operand in operands)
                if function == "Fn::Not" and len(operands) == 1:
                    return not self.is_true(operands[0])
        return self._free_truth(condition, "which is not a condition that can be evaluated")

    def _branch(self, node: dict[str, Any]) -> int | Unknown:
        operands = node["Fn::If"]
        if not isinstance(operands, list) or len(operands) != 3:
            return Unknown(shown(node), "which needs a condition and two values")
        return 1 if self.is_true(operands[0]) else 2

    def _named_condition(self, name: str) -> bool:
        if name in self._truths:
            return self._truths[name]
        if name not in self.declarations.conditions:
            truth = self._free_truth({"Condition": name}, "which the template does not define")
        elif name in self._open_conditions:
            truth = self._free_truth({"Condition": name}, "which is defined by itself")
        else:
            self._open_conditions.add(name)
            truth = self.is_true(self.declarations.conditions[name])
            self._open_conditions.discard(name)
        self._truths[name] = truth
        return truth

    def _equal(self, left: Any, right: Any) -> bool:
        name, other = self.declarations.free_variable(left), right
        if name is None:
            name, other = self.declarations.free_variable(right), left
        if name is None:
            return self._equal_values(self.value(left), self.value(right), (left, right))
        if self.declarations.free_variable(other) == name:
            return True
        value = self.value(other)
        text = scalar_text(value)
        if text is not None:
            return self.is_member(name, frozenset((text,)))
        return self._equal_values(self.pick(name), value, (left, right))

    def _equal_values(self, left: Any, right: Any, operands: tuple[Any, Any]) -> bool:
        for known, unknown in ((left, right), (right, left)):
            text = scalar_text(known)
            if isinstance(unknown, Unknown) and text is not None:
                if unknown.variable is not None:
                    return self.is_member(unknown.variable, frozenset((text,)))
                if not text.startswith(unknown.prefix):
                    return False
        left_text, right_text = scalar_text(left), scalar_text(right)
        if left_text is not None and right_text is not None:
            return left_text == right_text
        if operands[0] == operands[1]:
            return True
        return self._free_truth({"Fn::Equals": list(operands)}, "which only the deployment can compare")

    def _free_truth(self, condition: object, reason: str) -> bool:
        key = canonical(condition)
        if key not in self._truths:
            self.remember(Cause("", f"a condition is {shown(condition)}, {reason}"))
            self._truths[key] = self.choose((True, False))
        return self._truths[key]


def explore(
    declarations: Declarations, run: Callable[[Scenario], T], limit: int
) -> Iterator[tuple[Scenario, T] | None]:
    """Run ``run`` in every scenario that it can distinguish, and yield each with its result.

    Yields None, last, if there are more than ``limit``.
    """
    script: list[int] | None = []
    for _ in range(limit):
        scenario = Scenario(declarations, script)
        result = run(scenario)
        yield scenario, result
        script = scenario.next_script()
        if script is None:
            return
    yield None
