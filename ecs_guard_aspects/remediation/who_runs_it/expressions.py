"""References in expressions: logical ids, imports, and texts with holes for what only the deployment knows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from ...cloudformation.declarations import Among, Declarations
from ...cloudformation.nodes import attribute_in, nodes_in, single_member
from ...cloudformation.text import scalar_text
from ...cloudformation.values import is_filled_in

HOLE = "\0"
"""The placeholder in a text for what only the deployment knows."""

_FILLED_IN = re.compile(r"\{\{.*?\}\}|\[\[.*?\]\]", re.DOTALL)
_PLACEHOLDER = re.compile(r"\$\{([^!}][^}]*)\}")
_MADE_OF_TEXTS = ("Fn::Base64", "Fn::Join", "Fn::Select", "Fn::Split", "Fn::Sub")


class Reference(NamedTuple):
    """A reference: its location as a dotted path; its kind, "id", "text" or "import"; and its text."""

    location: str
    kind: str
    text: str


def references_in(node: Any, declarations: Declarations | None = None, location: str = "") -> Iterator[Reference]:
    """Yield all references in properties; those inside a function have the location of the function.

    A parameter yields its possible values if they are declared, and a mapping all its values.
    """
    if isinstance(node, str):
        yield Reference(location, "text", node)
    elif isinstance(node, list):
        for index, item in enumerate(node):
            yield from references_in(item, declarations, _join(location, str(index)))
    elif isinstance(node, dict):
        function = next(iter(node)) if len(node) == 1 else None
        found = None if function is None else _named_by(function, node[function], declarations or Declarations())
        if found is not None:
            yield from (Reference(location, kind, text) for kind, text in found)
        else:
            for key, value in node.items():
                yield from references_in(value, declarations, _join(location, str(key)))


def _named_by(function: object, operand: Any, declarations: Declarations) -> list[tuple[str, str]] | None:
    """Return the references of a function; None if it is not one, or if its branches have locations of their own."""
    if function == "Ref":
        return [("id", str(operand)), *(("text", value) for value in _values_of(str(operand), declarations))]
    if function == "Fn::GetAtt":
        return [("id", attribute_in(operand)[0])]
    if function == "Fn::FindInMap":
        name = operand[0] if isinstance(operand, list) and operand else None
        mapping = declarations.mappings.get(name) if isinstance(name, str) else declarations.mappings
        return [("text", text) for text in nodes_in(mapping) if isinstance(text, str)]
    if function not in _MADE_OF_TEXTS and function != "Fn::ImportValue":
        return None
    found = [(name.kind, name.text) for name in references_in(operand, declarations)]
    if function == "Fn::ImportValue":
        return [*found, ("import", flat(operand))]
    if function == "Fn::Sub":
        pattern = operand[0] if isinstance(operand, list) and operand else operand
        names = _PLACEHOLDER.findall(pattern) if isinstance(pattern, str) else []
        found += [("id", name.partition(".")[0].strip()) for name in names]
    return [*found, ("text", flat({function: operand}))]


def flat(node: Any) -> str:
    """Return the text of an expression, with holes for what only the deployment knows."""
    text = scalar_text(node)
    if text is not None:
        return _FILLED_IN.sub(HOLE, text) if is_filled_in(text) else text
    function, operand = single_member(node)
    if function == "Fn::Base64":
        return flat(operand)
    if function == "Fn::Join" and isinstance(operand, list) and len(operand) == 2 and isinstance(operand[1], list):
        return str(operand[0]).join(flat(part) for part in operand[1])
    if function == "Fn::Sub":
        given = operand[1] if isinstance(operand, list) and len(operand) == 2 else None
        pattern = operand[0] if isinstance(operand, list) and operand else operand
        return _substituted(pattern, given if isinstance(given, dict) else {})
    return HOLE


def with_declared_values(node: Any, declarations: Declarations) -> Iterator[Any]:
    """Yield an expression with the declared values of its parameters in their places, once for each value."""
    names = {each.text for each in references_in(node) if each.kind == "id"}
    values = {name: list(_values_of(name, declarations)) for name in names}
    for number in range(max(map(len, values.values()), default=0)):
        yield _filled(node, {name: own[min(number, len(own) - 1)] for name, own in values.items() if own})


def _filled(node: Any, values: Mapping[str, str]) -> Any:
    if isinstance(node, list):
        return [_filled(item, values) for item in node]
    if not isinstance(node, dict):
        return node
    if len(node) == 1 and node.get("Ref") in values:
        return values[node["Ref"]]
    if isinstance(node.get("Fn::Sub"), str):
        return {"Fn::Sub": [node["Fn::Sub"], dict(values)]}
    filled = {key: _filled(value, values) for key, value in node.items()}
    operand = filled.get("Fn::Sub")
    if isinstance(operand, list) and len(operand) == 2 and isinstance(operand[1], dict):
        filled["Fn::Sub"] = [operand[0], {**values, **operand[1]}]
    return filled


def is_constant(node: Any) -> bool:
    """Return whether an expression is the same text in every deployment."""
    return HOLE not in flat(node)


def _substituted(pattern: object, given: Mapping[str, Any]) -> str:
    if not isinstance(pattern, str):
        return HOLE

    def value(match: re.Match[str]) -> str:
        return flat(given[match[1]]) if match[1] in given else HOLE

    return _FILLED_IN.sub(HOLE, _PLACEHOLDER.sub(value, pattern).replace("${!", "${"))


def may_be_equal(one: str, other: str) -> bool:
    """Return whether two texts with holes may be equal, by their beginnings and ends."""
    if HOLE not in one and HOLE not in other:
        return one == other
    heads, tails = zip(*(_ends(text) for text in (one, other)), strict=True)
    return _one_begins_with_the_other(*heads) and _one_begins_with_the_other(*tails)


def _ends(text: str) -> tuple[str, str]:
    """Return the known beginning of a text and its known end, the latter reversed."""
    return text.partition(HOLE)[0], text[::-1].partition(HOLE)[0]


def _one_begins_with_the_other(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _values_of(name: str, declarations: Declarations) -> Iterable[str]:
    """Return the declared values of a parameter."""
    parameter = declarations.parameters.get(name)
    if parameter is None:
        return ()
    if isinstance(parameter.domain, Among):
        return parameter.domain.values
    return () if parameter.domain.default is None else (parameter.domain.default,)


def _join(location: str, key: str) -> str:
    return f"{location}.{key}" if location else key
