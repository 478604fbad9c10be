"""HCL: the blocks of Terraform and OpenTofu code, and their literal values.

Nothing is evaluated: an expression with a variable, a local value or a file is ``Unevaluated``.
https://developer.hashicorp.com/terraform/language/syntax/configuration
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from ..text.text import Comment, Lines, Position, TextError
from .escapes import undoubled, unescaped
from .hcl_comments import gate_comments
from .hcl_nodes import children, first_error, interpolations, unwrapped
from .json_template import Hole, json_with_holes
from .translation import Unevaluated

if TYPE_CHECKING:
    from tree_sitter import Node

_LARGEST = 10_000_000
"""The maximum number of bytes of code."""

_TEMPLATE = "template = "
"""The beginning of an attribute with a template, which the parser does not accept alone."""

_REFERENCE = re.compile(r"[\w.*\[\]-]{1,80}")


@dataclass(frozen=True)
class CodeBlock:
    """A block.

    Attributes:
        labels: its type and its labels.
        values: its attributes by name. A nested block is a list of maps, a dynamic block is ``Unevaluated``.
        positions: where its parts start, by path; the empty path is the block itself.
        step: the name by which comments refer to it.
        text: its code.
    """

    labels: tuple[str, ...]
    values: dict[str, Any] = field(default_factory=dict)
    positions: dict[tuple[str, ...], Position] = field(default_factory=dict)
    step: str = ""
    text: str = ""

    def position_of(self, path: Sequence[str]) -> Position:
        """Return where the value at a path starts; if it does not exist, the nearest value around it."""
        steps = tuple(path)
        while steps not in self.positions:
            steps = steps[:-1]
        return self.positions[steps]


class Code(NamedTuple):
    """The content of a file: blocks, and the comments that name ecs-guard."""

    blocks: list[CodeBlock]
    comments: list[Comment]


def read_code(text: str, kinds: Sequence[str], json_attribute: str) -> Code:
    """Return the content of a file.

    Args:
        text: the code.
        kinds: the types of the blocks to return.
        json_attribute: the attribute with JSON, as a text or with ``jsonencode``.

    Raises:
        TextError: if it cannot be parsed, or the parser is not installed.
    """
    try:
        return _Reader(text, json_attribute).read(kinds)
    except RecursionError:
        raise TextError("it is nested too deeply") from None


def read_template(template: str, *, is_json: bool) -> Any:
    """Return the value of a template, such as ``${"awsvpc"}``, or ``${jsonencode([...])}`` where it results in JSON.

    A template that has to be evaluated is ``Unevaluated``, and so is each one if the parser is not installed.

    Args:
        template: a text of Terraform code in JSON, without the escapes of JSON.
        is_json: whether its value is a text with JSON.
    """
    try:
        return _Reader(f'{_TEMPLATE}"{template}"').read_template(len(_TEMPLATE), is_json=is_json)
    except (TextError, RecursionError):
        return Unevaluated("...")


class _Reader:
    def __init__(self, text: str, json_attribute: str = "") -> None:
        self._text = text
        self._source = text.encode("utf-8", "surrogatepass")
        self._lines = Lines(text)
        self._json_attribute = json_attribute
        self._positions: dict[tuple[str, ...], Position] = {}

    def read(self, kinds: Sequence[str]) -> Code:
        root = self._parse()
        nodes = [node for body in children(root, "body") for node in children(body, "block")]
        return Code(list(self._blocks(nodes, kinds)), gate_comments(root, nodes, self._text, self._position))

    def read_template(self, start: int, *, is_json: bool) -> Any:
        """Return the value of the only attribute, whose quoted template starts at an index and ends with the text."""
        for body in children(self._parse(), "body"):
            for attribute in children(body, "attribute"):
                node = unwrapped(next(iter(children(attribute, "expression"))))
                # A quote in the template can end it early: then the rest is not part of it.
                if (node.start_byte, node.end_byte) != (start, len(self._source)):
                    break
                only = self._only_interpolation(node)
                if only is not None:
                    return self._json(only, ()) if is_json else self._value(only, ())
                # Around interpolations a backslash is itself in JSON, and the start of an escape in HCL.
                if not is_json and "\\" not in self._text:
                    return self._template(node)
        return Unevaluated("...")

    def _blocks(self, nodes: Sequence[Node], kinds: Sequence[str]) -> Iterator[CodeBlock]:
        for number, node in enumerate(nodes):
            labels = tuple(self._label(label) for label in children(node, "identifier", "string_lit"))
            if labels and labels[0] in kinds:
                self._positions = {(): self._position(node)}
                yield CodeBlock(labels, self._body(node, ()), self._positions, str(number), self._source_of(node))

    def _parse(self) -> Node:
        try:
            import tree_sitter
            import tree_sitter_hcl
        except ImportError:
            raise TextError(
                "the extra for Terraform code, ecs-guard-aspects[terraform], is not installed",
                remedy="pip install 'ecs-guard-aspects[terraform]', or check the plan, which does not need the extra.",
            ) from None
        if len(self._source) > _LARGEST:
            raise TextError(f"it has more than {_LARGEST:,} bytes of code")
        parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_hcl.language()))
        root = parser.parse(self._source).root_node
        if root.has_error:
            raise TextError("it is not valid HCL", self._position(first_error(root)))
        return root

    def _body(self, block: Node, path: tuple[str, ...]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for body in children(block, "body"):
            for node in body.named_children:
                if node.type == "attribute":
                    name = self._source_of(node.named_children[0])
                    if name in values:
                        raise TextError(f"{name} is repeated", self._position(node))
                    expression = next(iter(children(node, "expression")))
                    values[name] = self._attribute(name, expression, (*path, name))
                elif node.type == "block":
                    self._add_block(values, node, path)
        return values

    def _add_block(self, values: dict[str, Any], node: Node, path: tuple[str, ...]) -> None:
        kind, *labels = [self._label(label) for label in children(node, "identifier", "string_lit")]
        if kind == "dynamic" and labels:
            self._positions.setdefault((*path, labels[0]), self._position(node))
            values[labels[0]] = Unevaluated(f"dynamic {labels[0]}")
        elif not isinstance(values.get(kind), Unevaluated):
            blocks = values.setdefault(kind, [])
            if not isinstance(blocks, list):
                raise TextError(f"{kind} is repeated", self._position(node))
            self._positions.setdefault((*path, kind), self._position(node))
            inner = (*path, kind, str(len(blocks)))
            self._positions[inner] = self._position(node)
            blocks.append(self._body(node, inner))
            if len(blocks) == 1:  # a block that can occur only once has no index
                found = [(at, place) for at, place in self._positions.items() if at[: len(inner)] == inner]
                self._positions |= {(*path, kind, *at[len(inner) :]): place for at, place in found}

    def _attribute(self, name: str, expression: Node, path: tuple[str, ...]) -> Any:
        self._positions[path] = self._position(expression)
        return self._json(expression, path) if name == self._json_attribute else self._value(expression, path)

    def _json(self, expression: Node, path: tuple[str, ...]) -> Any:
        """Return the value of the JSON that an expression results in."""
        node = unwrapped(expression)
        if node.type == "function_call" and self._source_of(node.named_children[0]) == "jsonencode":
            arguments = [
                child for list_ in children(node, "function_arguments") for child in children(list_, "expression")
            ]
            if len(arguments) == 1:
                return self._value(arguments[0], path)
        if node.type in ("quoted_template", "heredoc_template"):
            only = self._only_interpolation(node)
            return self._json(only, path) if only is not None else self._json_template(node, path)
        return self._value(expression, path)

    def _value(self, expression: Node, path: tuple[str, ...]) -> Any:
        node = unwrapped(expression)
        self._positions.setdefault(path, self._position(expression))
        if node.type == "string_lit":
            return self._string(node)
        if node.type in ("numeric_lit", "bool_lit", "null_lit") or node.type == "operation":
            return self._scalar(node)
        if node.type == "tuple":
            items = enumerate(children(node, "expression"))
            return [self._value(item, (*path, str(index))) for index, item in items]
        if node.type == "object":
            return self._object(node, path)
        if node.type in ("quoted_template", "heredoc_template"):
            only = self._only_interpolation(node)
            return self._value(only, path) if only is not None else self._template(node)
        return Unevaluated(self._shown(node))

    def _object(self, node: Node, path: tuple[str, ...]) -> Any:
        members: dict[str, Any] = {}
        for element in children(node, "object_elem"):
            key, value = element.child_by_field_name("key"), element.child_by_field_name("val")
            name = self._key(key) if key is not None else None
            if name is None or value is None:
                return Unevaluated("an object whose keys are computed")
            inner = (*path, name)
            self._positions[inner] = self._position(value)
            members[name] = self._value(value, inner)
        # Sorted like jsonencode: of User and user in one container the last counts.
        return dict(sorted(members.items()))

    def _key(self, expression: Node) -> str | None:
        """Return a key of an object, None for a computed key."""
        children = expression.named_children
        node = children[0] if len(children) == 1 else expression
        if node.type == "variable_expr":
            return self._source_of(node)
        if node.type == "literal_value":
            value = self._value(expression, ("",))
            return value if isinstance(value, str) else self._source_of(node)
        return None

    def _scalar(self, node: Node) -> Any:
        written = self._source_of(node)
        if written in ("true", "false", "null"):
            return {"true": True, "false": False}.get(written)
        try:
            number = float(written)
            return int(number) if number.is_integer() and abs(number) < 2**53 else number
        except (ValueError, OverflowError):
            return Unevaluated(self._shown(node))

    def _string(self, node: Node) -> str:
        return unescaped("".join(self._source_of(part) for part in children(node, "template_literal")))

    def _label(self, node: Node) -> str:
        return self._string(node) if node.type == "string_lit" else self._source_of(node)

    def _only_interpolation(self, node: Node) -> Node | None:
        """Return the expression of a template without other text, such as ``"${var.x}"``."""
        parts = interpolations(node)
        if node.type != "quoted_template" or [(part.start_byte, part.end_byte) for part in parts] != [
            self._bounds(node)
        ]:
            return None
        return next(iter(children(parts[0], "expression")), None)

    def _template(self, node: Node) -> Unevaluated | str:
        pieces = list(self._pieces(node))
        text = "".join(piece if isinstance(piece, str) else f"${{{self._shown(piece)}}}" for piece in pieces)
        return undoubled(text) if all(isinstance(piece, str) for piece in pieces) else Unevaluated(text)

    def _pieces(self, node: Node) -> Iterator[str | Node]:
        """Yield the texts of a template, unescaped, and its interpolations; ``${"text"}`` is a text."""
        start, end = self._bounds(node)
        decoded = unescaped if node.type == "quoted_template" else str
        for part in interpolations(node):
            yield decoded(self._source[start : part.start_byte].decode("utf-8", "replace"))
            constant = self._constant(part)
            yield part if constant is None else constant
            start = part.end_byte
        yield decoded(self._source[start:end].decode("utf-8", "replace"))

    def _constant(self, part: Node) -> str | None:
        """Return the text that an interpolation results in, None if it is not a constant."""
        expression = next(iter(children(part, "expression")), None)
        node = unwrapped(expression) if expression is not None and part.type == "template_interpolation" else None
        return self._string(node) if node is not None and node.type == "string_lit" else None

    def _bounds(self, node: Node) -> tuple[int, int]:
        """Return where the text of a template starts and ends."""
        if node.type == "quoted_template":
            return node.start_byte + 1, node.end_byte - 1
        first, *_, last = children(node, "heredoc_identifier")
        start = self._source.find(b"\n", first.end_byte) + 1
        return min(start, last.start_byte), last.start_byte

    def _json_template(self, node: Node, path: tuple[str, ...]) -> Any:
        """Return the value of a JSON text. Its interpolations are ``Unevaluated``."""
        if any(part.type != "template_interpolation" for part in interpolations(node)):
            return Unevaluated("a template with %{...}")
        pieces = [
            piece if isinstance(piece, str) else Hole(self._shown(piece), len(self._source_of(piece)))
            for piece in self._pieces(node)
        ]
        value, json_text = json_with_holes(pieces)
        if json_text is not None and node.type == "heredoc_template":
            start = len(self._source[: self._bounds(node)[0]].decode("utf-8", "replace"))
            for steps in _paths(value):
                self._positions[path + steps] = self._lines.position(start + json_text.index_of(steps))
        return value

    def _shown(self, node: Node) -> str:
        """Return an expression for a message, without literals, which may be secrets."""
        if node.type == "template_interpolation":
            return next((self._shown(expression) for expression in children(node, "expression")), "...")
        inner = unwrapped(node) if node.type == "expression" else node
        if inner.type == "function_call":
            return f"{self._source_of(inner.named_children[0])}(...)"
        written = self._source_of(node if node.type == "expression" else node.parent or node)
        return written if _REFERENCE.fullmatch(written) else "..."

    def _source_of(self, node: Node) -> str:
        return self._source[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def _position(self, node: Node) -> Position:
        index = node.start_byte
        return self._lines.position(
            index if self._text.isascii() else len(self._source[:index].decode("utf-8", "replace"))
        )


def _paths(value: Any) -> Iterator[tuple[str, ...]]:
    """Yield the paths of containers and of their members."""
    for index, container in enumerate(value if isinstance(value, list) else []):
        yield (str(index),)
        yield from ((str(index), key) for key in (container if isinstance(container, dict) else ()))
