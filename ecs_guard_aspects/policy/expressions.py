"""What a CloudFormation expression can become.

A *scenario* is one possible world: a choice for every parameter, pseudo parameter and undecidable condition that was
looked at. ``explore`` runs a function once for every scenario the function can tell apart: choices are made when a
value is asked for, so what nobody reads costs nothing.

Intrinsic functions: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from .template import DYNAMIC_REFERENCE, Among, AnythingBut, Domain, Parameter, Template
from .text import canonical, scalar_text, shown, text_of

T = TypeVar("T")

_PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")


@dataclass(frozen=True)
class Unknown:
    """A value that cannot be known before deployment.

    Attributes:
        expression: the expression as it reads in the template.
        reason: why it cannot be known, as a clause.
        prefix: what the value is known to start with.
        variable: the parameter it is the value of, if it is nothing else.
    """

    expression: str
    reason: str
    prefix: str = ""
    variable: str | None = None


class UndecidedError(Exception):
    """A check asked for the plain value of something that cannot be known before deployment.

    The engine catches it and reports the check as unresolved.
    """

    def __init__(self, unknown: Unknown, location: str) -> None:
        super().__init__(f"{location} is {unknown.expression}, {unknown.reason}")
        self.location = location


@dataclass
class Scenario:
    """One possible world of a template, made up as its values are asked for.

    ``undecided`` lists what had to be assumed on the way without the template allowing it: what a scenario shows is
    only certain while that list is empty.
    """

    template: Template
    script: list[int] = field(default_factory=list)
    undecided: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._position = 0
        self._arities: list[int] = []
        self._domains: dict[str, Domain] = {}
        self._truths: dict[str, bool] = {}
        self._open_conditions: set[str] = set()

    @property
    def is_the_only_one(self) -> bool:
        """Whether nothing had to be chosen so far."""
        return self._position == 0 and not self.undecided

    def choose(self, options: Sequence[T]) -> T:
        """Return the option this scenario stands for; the others come in later scenarios."""
        if len(options) == 1:
            return options[0]
        if self._position == len(self.script):
            self.script.append(0)
        self._arities.append(len(options))
        option = options[self.script[self._position]]
        self._position += 1
        return option

    def assume(self, unknown: Unknown, location: str, options: Sequence[T]) -> T:
        """Return one of all the values that ``unknown`` may turn out to be, and remember that it is an assumption."""
        self._remember(f"{location} is {unknown.expression}, {unknown.reason}")
        return self.choose(options)

    def assume_text(self, unknown: Unknown, location: str, candidates: Sequence[str | None]) -> str | None:
        """Like ``assume`` for a string, leaving out the candidates that ``unknown`` cannot become.

        Returns the expression itself if it can become none of them.
        """
        variable = unknown.variable
        domain = self._domains.get(variable) if variable else None
        options = [
            c
            for c in candidates
            if c is None or (c.startswith(unknown.prefix) and (domain is None or domain.allows(c)))
        ]
        value = self.assume(unknown, location, [*options, unknown.expression])
        if variable and value is not None and value != unknown.expression:
            self._domains[variable] = Among((value,))
        return value

    def next_script(self) -> list[int] | None:
        """Return the choices of the scenario after this one, or None if this was the last."""
        for position in range(self._position - 1, -1, -1):
            if self.script[position] + 1 < self._arities[position]:
                return [*self.script[:position], self.script[position] + 1]
        return None

    def settled(self, node: Any) -> Any:
        """Return the value of ``node`` as far as this scenario has settled it, without settling anything more."""
        copy = Scenario(self.template)
        copy._domains, copy._truths = dict(self._domains), dict(self._truths)
        value = copy.value(node)
        return value if copy.is_the_only_one else Unknown(shown(node), "which this scenario leaves open")

    def aside(self, read: Callable[[], T]) -> T:
        """Read what shapes a message and not the verdict: what has to be assumed for it is not remembered."""
        remembered = len(self.undecided)
        try:
            return read()
        finally:
            del self.undecided[remembered:]

    def resolve(self, node: Any, location: str = "") -> tuple[Any, str]:
        """Return the value of ``node`` and where in the template it stands.

        The value is plain on the outside: a scalar, a list or dict whose members may still be expressions, None for
        what is absent (null or ``AWS::NoValue``), or ``Unknown``.
        """
        while True:
            if isinstance(node, dict):
                function = _function_of(node)
                if function is None:
                    return node, location
                if function != "Fn::If":
                    return _read_dynamic_references(self._call(function, node)), location
                branch = self._branch(node)
                if isinstance(branch, Unknown):
                    return branch, location
                location, node = f"{location}/Fn::If/{branch}", node["Fn::If"][branch]
            else:
                return _read_dynamic_references(node), location

    def value(self, node: Any) -> Any:
        """Return the value of ``node``, as ``resolve`` does, without its location."""
        return self.resolve(node)[0]

    def is_true(self, condition: object) -> bool:
        """Return whether a condition (its name, or a condition function) holds in this scenario."""
        membership = self.template.membership(condition)
        if membership:
            return self._is_member(membership.variable, membership.values) is membership.inside
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

    def _call(self, function: str, node: dict[str, Any]) -> Any:
        operands = node.get(function)
        if function == "Ref":
            return self._refer_to(operands)
        if function == "Fn::FindInMap":
            return self._find_in_map(operands)
        if function == "Fn::Sub":
            return self._substitute(operands)
        if function == "Fn::Join":
            return self._join(operands)
        if function == "Fn::Select":
            return self._select(operands)
        return Unknown(text_of(node), "which only the deployment evaluates")

    def _refer_to(self, name: object) -> Any:
        """Return the value of ``Ref`` to ``name``."""
        if name == "AWS::NoValue":
            return None
        if not isinstance(name, str):
            return Unknown(text_of({"Ref": name}), "which refers to nothing")
        parameter = self.template.variable(name)
        if parameter is None:
            return Unknown(f"${{{name}}}", "the identity of a resource that only the deployment knows")
        if parameter.undecidable:
            return Unknown(f"${{{name}}}", parameter.undecidable)
        value = self._pick(name)
        if not parameter.is_list:
            return value
        if isinstance(value, Unknown):
            return replace(value, variable=None)
        return [item.strip() for item in value.split(",")] if value else []

    def _find_in_map(self, operands: object) -> Any:
        expression = text_of({"Fn::FindInMap": operands})
        if not isinstance(operands, list) or len(operands) not in (3, 4):
            return Unknown(expression, "which needs a map, a top-level key and a second-level key")
        found: Any = self.template.mappings
        for operand in operands[:3]:
            key = self._map_key(operand, found, expression, has_default=len(operands) == 4)
            if isinstance(key, Unknown):
                return key
            if isinstance(found, Mapping) and any(str(name).startswith("Fn::") for name in found):
                return Unknown(expression, "which looks into a mapping that the deployment fills")
            if key is None or not isinstance(found, Mapping) or key not in found:
                return self._map_default(operands, expression)
            found = found[key]
        return found

    def _substitute(self, operands: object) -> Any:
        pattern, variables = operands if isinstance(operands, list) and len(operands) == 2 else (operands, {})
        if not isinstance(pattern, str) or not isinstance(variables, dict):
            return Unknown(text_of({"Fn::Sub": operands}), "which needs a string and, at most, a map of variables")
        parts: list[Any] = []
        end = 0
        for match in _PLACEHOLDER.finditer(pattern):
            parts.append(pattern[end : match.start()])
            parts.append(self._placeholder(match.group(1).strip(), variables))
            end = match.end()
        return _concatenate([*parts, pattern[end:]], pattern)

    def _join(self, operands: object) -> Any:
        expression = text_of({"Fn::Join": operands})
        if not isinstance(operands, list) or len(operands) != 2 or not isinstance(operands[0], str):
            return Unknown(expression, "which needs a delimiter and a list")
        items = self._items(operands[1])
        if isinstance(items, Unknown):
            return Unknown(expression, items.reason)
        parts: list[Any] = []
        for item in items:
            parts += [operands[0], item]
        return _concatenate(parts[1:], expression)

    def _select(self, operands: object) -> Any:
        expression = text_of({"Fn::Select": operands})
        if not isinstance(operands, list) or len(operands) != 2:
            return Unknown(expression, "which needs an index and a list")
        items = self._items(operands[1])
        if isinstance(items, Unknown):
            return Unknown(expression, items.reason)
        index = self.value(operands[0])
        if isinstance(index, Unknown):
            return Unknown(expression, index.reason)
        number = scalar_text(index)
        if number is None or not number.isdecimal() or int(number) >= len(items):
            return Unknown(expression, "which selects an item that the list does not have")
        return items[int(number)]

    def _branch(self, node: dict[str, Any]) -> int | Unknown:
        operands = node["Fn::If"]
        if not isinstance(operands, list) or len(operands) != 3:
            return Unknown(text_of(node), "which needs a condition and two values")
        return 1 if self.is_true(operands[0]) else 2

    def _items(self, node: Any) -> list[Any] | Unknown:
        items = self.value(node)
        if isinstance(items, Unknown):
            return items
        if not isinstance(items, list):
            return Unknown(text_of(items), "which is no list")
        values = [self.value(item) for item in items]
        return [value for value in values if value is not None]

    def _placeholder(self, name: str, variables: dict[str, Any]) -> Any:
        if name.startswith("!"):
            return f"${{{name[1:]}}}"
        if name in variables:
            return self.value(variables[name])
        if "." in name:
            return Unknown(f"${{{name}}}", "an attribute of a resource that only the deployment knows")
        return self._refer_to(name)

    def _map_key(self, operand: Any, entries: object, expression: str, has_default: bool) -> str | Unknown | None:
        """Return the key that is looked up, None for one that is in no entry."""
        key = self.value(operand)
        if not isinstance(key, Unknown):
            return scalar_text(key) or ""
        names: list[str] = [name for name in entries if isinstance(name, str)] if isinstance(entries, Mapping) else []
        no_entry: tuple[None, ...] = (None,) if has_default else ()
        if key.variable is None:
            options = (*names, *no_entry)
            return self.assume(key, expression, options) if options else Unknown(expression, key.reason)
        domain = self._domains[key.variable]
        names = [name for name in names if domain.allows(name)]
        if not names and not has_default:
            return Unknown(expression, "which finds no entry")
        # Without a default a key that is in no entry fails the deployment, so the entries are all that can be.
        name = self.choose((*names, *no_entry))
        inside, outside = domain.split(frozenset(names if name is None else (name,)))
        self._domains[key.variable] = (outside if name is None else inside) or domain
        return name

    def _map_default(self, operands: list[Any], expression: str) -> Any:
        if len(operands) == 4 and isinstance(operands[3], dict) and "DefaultValue" in operands[3]:
            return self.value(operands[3]["DefaultValue"])
        return Unknown(expression, "which finds no entry")

    def _domain(self, name: str, parameter: Parameter) -> Domain:
        return self._domains.setdefault(name, parameter.domain)

    def _pick(self, name: str) -> str | Unknown:
        """Settle what a parameter is: one of its allowed values, its default, or anything else."""
        parameter = self.template.variable(name)
        assert parameter is not None
        domain = self._domain(name, parameter)
        if isinstance(domain, Among):
            value = self.choose(domain.values)
            self._domains[name] = Among((value,))
            return value
        default = domain.default
        if default is not None and self.choose((True, False)):
            self._domains[name] = Among((default,))
            return default
        if default is not None:
            self._domains[name] = AnythingBut(None, domain.excluded | {default})
        return Unknown(f"${{{name}}}", _ANYTHING[name.startswith("AWS::")], variable=name)

    def _named_condition(self, name: str) -> bool:
        if name in self._truths:
            return self._truths[name]
        if name not in self.template.conditions:
            truth = self._free_truth({"Condition": name}, "which the template does not define")
        elif name in self._open_conditions:
            truth = self._free_truth({"Condition": name}, "which is defined by itself")
        else:
            self._open_conditions.add(name)
            truth = self.is_true(self.template.conditions[name])
            self._open_conditions.discard(name)
        self._truths[name] = truth
        return truth

    def _equal(self, left: Any, right: Any) -> bool:
        name, other = self.template.free_variable(left), right
        if name is None:
            name, other = self.template.free_variable(right), left
        if name is None:
            return self._equal_values(self.value(left), self.value(right), (left, right))
        if self.template.free_variable(other) == name:
            return True
        value = self.value(other)
        text = scalar_text(value)
        if text is not None:
            return self._is_member(name, frozenset((text,)))
        return self._equal_values(self._pick(name), value, (left, right))

    def _equal_values(self, left: Any, right: Any, operands: tuple[Any, Any]) -> bool:
        for known, unknown in ((left, right), (right, left)):
            text = scalar_text(known)
            if isinstance(unknown, Unknown) and text is not None:
                if unknown.variable is not None:
                    return self._is_member(unknown.variable, frozenset((text,)))
                if not text.startswith(unknown.prefix):
                    return False
        left_text, right_text = scalar_text(left), scalar_text(right)
        if left_text is not None and right_text is not None:
            return left_text == right_text
        if operands[0] == operands[1]:
            return True
        return self._free_truth({"Fn::Equals": list(operands)}, "which only the deployment can compare")

    def _is_member(self, name: str, values: frozenset[str]) -> bool:
        parameter = self.template.variable(name)
        assert parameter is not None
        inside, outside = self._domain(name, parameter).split(values)
        if inside is None or outside is None:
            return inside is not None
        member = self.choose((True, False))
        self._domains[name] = inside if member else outside
        return member

    def _free_truth(self, condition: object, reason: str) -> bool:
        key = canonical(condition)
        if key not in self._truths:
            self._remember(f"a condition is {text_of(condition)}, {reason}")
            self._truths[key] = self.choose((True, False))
        return self._truths[key]

    def _remember(self, assumption: str) -> None:
        if assumption not in self.undecided:
            self.undecided.append(assumption)


def explore(template: Template, run: Callable[[Scenario], T], limit: int) -> Iterator[tuple[Scenario, T] | None]:
    """Run ``run`` in every scenario it can tell apart and yield each with its result.

    Yields None, last, if there are more than ``limit``.
    """
    script: list[int] | None = []
    for _ in range(limit):
        scenario = Scenario(template, script if script is not None else [])
        result = run(scenario)
        yield scenario, result
        script = scenario.next_script()
        if script is None:
            return
    yield None


def _function_of(node: dict[Any, Any]) -> str | None:
    """Return the intrinsic function that ``node`` is, ``Fn::`` for what looks like one but has siblings, or None."""
    if len(node) == 1:
        (key,) = node
        return key if isinstance(key, str) and (key == "Ref" or key.startswith("Fn::")) else None
    for key in node:  # asked for every map of every scenario: a generator takes twice as long
        if isinstance(key, str) and key.startswith("Fn::"):
            return "Fn::"
    return None


def _read_dynamic_references(value: Any) -> Any:
    if isinstance(value, str) and DYNAMIC_REFERENCE in value:
        return Unknown(value, "a dynamic reference that only the deployment reads", _before_reference(value))
    return value


def _before_reference(text: str) -> str:
    return text.partition(DYNAMIC_REFERENCE)[0]


def _concatenate(parts: list[Any], expression: str) -> str | Unknown:
    parts = [part for part in parts if part != ""]
    if len(parts) == 1 and isinstance(parts[0], Unknown):
        return parts[0]
    text = ""
    for part in parts:
        known = scalar_text(part)
        if known is None:
            reason = (
                part.reason if isinstance(part, Unknown) else "which puts something that is no string into a string"
            )
            prefix = part.prefix if isinstance(part, Unknown) else ""
            return Unknown(expression, reason, prefix=_before_reference(text + prefix))
        text += known
    return text


_ANYTHING = {
    True: "a pseudo parameter that can be anything",
    False: "a parameter that can be anything: it has no AllowedValues",
}
