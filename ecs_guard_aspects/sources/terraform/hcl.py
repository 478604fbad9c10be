"""Code of Terraform and OpenTofu: its blocks, and the values in them as far as they are written out.

Nothing is evaluated: what refers to a variable, a local value or a file is ``Unevaluated``.
https://developer.hashicorp.com/terraform/language/syntax/configuration
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from ..text.json_text import read_json
from ..text.text import Comment, Lines, Position, Text, TextError
from .hcl_comments import comments_for_us
from .translation import Unevaluated

if TYPE_CHECKING:
    from tree_sitter import Node

_LARGEST = 10_000_000
"""How many bytes of code are parsed."""

_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t"}
_NO_TEMPLATE = re.compile(r"([$%])\1\{")
_REFERENCE = re.compile(r"[\w.*\[\]\"-]{1,80}")
_QUOTE = re.compile(r'\\.|"', re.DOTALL)

# A character for each expression in a JSON text; this many there are, from the area that Unicode leaves to everybody.
_FIRST, _FILLER = 0xE000, "\uf8ff"
_HOLES = 6000
_OWN_AREA = re.compile("[\ue000-\uf8ff]")


class Hole(NamedTuple):
    """What has to be evaluated in a text: how it reads in a message, and how many characters it takes."""

    text: str
    length: int


@dataclass(frozen=True)
class CodeBlock:
    """A block.

    Attributes:
        labels: its type and its labels.
        values: its attributes by name; of a block in it a list of maps, ``Unevaluated`` for a dynamic one.
        positions: where its parts start, by path; the block itself by the empty one.
        step: by what name comments stand at it.
    """

    labels: tuple[str, ...]
    values: dict[str, Any] = field(default_factory=dict)
    positions: dict[tuple[str, ...], Position] = field(default_factory=dict)
    step: str = ""

    def position_of(self, path: Sequence[str]) -> Position:
        """Return where the value at a path starts, or the nearest one around it that is there."""
        steps = tuple(path)
        while steps not in self.positions:
            steps = steps[:-1]
        return self.positions[steps]


class Code(NamedTuple):
    """What a file holds: blocks, and the comments for the gate."""

    blocks: list[CodeBlock]
    comments: list[Comment]


def read_code(text: str, kinds: Sequence[str], json_attribute: str) -> Code:
    """Return what a file holds.

    Args:
        text: the code.
        kinds: the types of the blocks that are wanted.
        json_attribute: the attribute that holds JSON, as a text or by ``jsonencode``.

    Raises:
        TextError: if it cannot be parsed, or what parses is not installed.
    """
    try:
        return _Reader(text, json_attribute).read(kinds)
    except RecursionError:
        raise TextError("it is nested too deeply") from None


class _Reader:
    def __init__(self, text: str, json_attribute: str) -> None:
        self._text = text
        self._source = text.encode("utf-8", "surrogatepass")
        self._lines = Lines(text)
        self._json_attribute = json_attribute
        self._positions: dict[tuple[str, ...], Position] = {}

    def read(self, kinds: Sequence[str]) -> Code:
        root = self._parse()
        nodes = [node for body in _children(root, "body") for node in _children(body, "block")]
        return Code(list(self._blocks(nodes, kinds)), comments_for_us(root, nodes, self._text, self._position))

    def _blocks(self, nodes: Sequence[Node], kinds: Sequence[str]) -> Iterator[CodeBlock]:
        for number, node in enumerate(nodes):
            labels = tuple(self._label(label) for label in _children(node, "identifier", "string_lit"))
            if labels and labels[0] in kinds:
                self._positions = {(): self._position(node)}
                yield CodeBlock(labels, self._body(node, ()), self._positions, str(number))

    def _parse(self) -> Node:
        try:
            import tree_sitter
            import tree_sitter_hcl
        except ImportError:
            raise TextError(
                "what reads Terraform code, ecs-guard-aspects[terraform], is not installed",
                remedy="pip install 'ecs-guard-aspects[terraform]'; or judge the plan, which needs none of it.",
            ) from None
        if len(self._source) > _LARGEST:
            raise TextError(f"it has more than {_LARGEST:,} bytes of code")
        parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_hcl.language()))
        root = parser.parse(self._source).root_node
        if root.has_error:
            raise TextError("it is no HCL", self._position(_first_error(root)))
        return root

    def _body(self, block: Node, path: tuple[str, ...]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for body in _children(block, "body"):
            for node in body.named_children:
                if node.type == "attribute":
                    name = self._source_of(node.named_children[0])
                    if name in values:
                        raise TextError(f"{name} is there twice", self._position(node))
                    expression = next(iter(_children(node, "expression")))
                    values[name] = self._attribute(name, expression, (*path, name))
                elif node.type == "block":
                    self._add_block(values, node, path)
        return values

    def _add_block(self, values: dict[str, Any], node: Node, path: tuple[str, ...]) -> None:
        kind, *labels = [self._label(label) for label in _children(node, "identifier", "string_lit")]
        if kind == "dynamic" and labels:
            self._positions.setdefault((*path, labels[0]), self._position(node))
            values[labels[0]] = Unevaluated(f"dynamic {labels[0]}")
        elif not isinstance(values.get(kind), Unevaluated):
            blocks = values.setdefault(kind, [])
            if not isinstance(blocks, list):
                raise TextError(f"{kind} is there twice", self._position(node))
            self._positions.setdefault((*path, kind), self._position(node))
            blocks.append(self._body(node, (*path, kind)))

    def _attribute(self, name: str, expression: Node, path: tuple[str, ...]) -> Any:
        self._positions[path] = self._position(expression)
        return self._json(expression, path) if name == self._json_attribute else self._value(expression, path)

    def _json(self, expression: Node, path: tuple[str, ...]) -> Any:
        """Return what the JSON says that an expression makes."""
        node = _inside(expression)
        if node.type == "function_call" and self._source_of(node.named_children[0]) == "jsonencode":
            arguments = [
                child for list_ in _children(node, "function_arguments") for child in _children(list_, "expression")
            ]
            if len(arguments) == 1:
                return self._value(arguments[0], path)
        if node.type in ("quoted_template", "heredoc_template"):
            only = self._only_interpolation(node)
            return self._json(only, path) if only is not None else self._json_template(node, path)
        return self._value(expression, path)

    def _value(self, expression: Node, path: tuple[str, ...]) -> Any:
        node = _inside(expression)
        self._positions.setdefault(path, self._position(expression))
        if node.type == "string_lit":
            return self._string(node)
        if node.type in ("numeric_lit", "bool_lit", "null_lit") or node.type == "operation":
            return self._scalar(node)
        if node.type == "tuple":
            items = enumerate(_children(node, "expression"))
            return [self._value(item, (*path, str(index))) for index, item in items]
        if node.type == "object":
            return self._object(node, path)
        if node.type in ("quoted_template", "heredoc_template"):
            only = self._only_interpolation(node)
            return self._value(only, path) if only is not None else self._template(node)
        return Unevaluated(self._shown(node))

    def _object(self, node: Node, path: tuple[str, ...]) -> Any:
        members: dict[str, Any] = {}
        for element in _children(node, "object_elem"):
            key, value = element.child_by_field_name("key"), element.child_by_field_name("val")
            name = self._key(key) if key is not None else None
            if name is None or value is None:
                return Unevaluated("an object whose keys are computed")
            inner = (*path, name)
            self._positions[inner] = self._position(value)
            members[name] = self._value(value, inner)
        # As jsonencode has them: of User and user in one container the last counts.
        return dict(sorted(members.items()))

    def _key(self, expression: Node) -> str | None:
        """Return a key of an object, None for one that is computed."""
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
        return _unescaped("".join(self._source_of(part) for part in _children(node, "template_literal")))

    def _label(self, node: Node) -> str:
        return self._string(node) if node.type == "string_lit" else self._source_of(node)

    def _only_interpolation(self, node: Node) -> Node | None:
        """Return the expression of a template that is nothing but one: ``"${var.x}"``."""
        parts = _parts(node)
        if node.type != "quoted_template" or [(part.start_byte, part.end_byte) for part in parts] != [
            self._bounds(node)
        ]:
            return None
        return next(iter(_children(parts[0], "expression")), None)

    def _template(self, node: Node) -> Unevaluated | str:
        text = "".join(part if isinstance(part, str) else f"${{{self._shown(part)}}}" for part in self._pieces(node))
        return Unevaluated(text) if _parts(node) else _undoubled(text)

    def _pieces(self, node: Node) -> Iterator[str | Node]:
        """Yield the texts of a template, unescaped, and the parts between them that have to be evaluated."""
        start, end = self._bounds(node)
        unescaped = _unescaped if node.type == "quoted_template" else str
        for part in _parts(node):
            yield unescaped(self._source[start : part.start_byte].decode("utf-8", "replace"))
            yield part
            start = part.end_byte
        yield unescaped(self._source[start:end].decode("utf-8", "replace"))

    def _bounds(self, node: Node) -> tuple[int, int]:
        """Return where the text of a template starts and ends."""
        if node.type == "quoted_template":
            return node.start_byte + 1, node.end_byte - 1
        first, *_, last = _children(node, "heredoc_identifier")
        start = self._source.find(b"\n", first.end_byte) + 1
        return min(start, last.start_byte), last.start_byte

    def _json_template(self, node: Node, path: tuple[str, ...]) -> Any:
        """Return the value of a JSON text; what has to be evaluated in it is so in the value."""
        if any(part.type != "template_interpolation" for part in _parts(node)):
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
        """Return an expression for a message: not its literals, which may be secrets."""
        if node.type == "template_interpolation":
            return next((self._shown(expression) for expression in _children(node, "expression")), "...")
        inner = _inside(node) if node.type == "expression" else node
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


def json_with_holes(pieces: Sequence[str | Hole]) -> tuple[Any, Text | None]:
    """Return the value of a JSON text that is not all there, and the text, character for character as long.

    A text that is not JSON is its own value, ``Unevaluated`` if something is missing in it.
    """
    holes = [piece for piece in pieces if isinstance(piece, Hole)]
    texts = [piece for piece in pieces if isinstance(piece, str)]
    if len(holes) > _HOLES or any(_OWN_AREA.search(text) for text in texts):
        return Unevaluated("a template with too much in it"), None
    parts, is_in_string, number = [], False, 0
    for piece in pieces:
        if isinstance(piece, str):
            parts.append(_NO_TEMPLATE.sub(rf"{_FILLER}\1{{", piece))
            is_in_string ^= len([quote for quote in _QUOTE.findall(piece) if quote == '"']) % 2 == 1
        else:
            mark = chr(_FIRST + number)
            parts.append(
                mark.ljust(piece.length, _FILLER) if is_in_string else f'"{mark.ljust(piece.length - 2, _FILLER)}"'
            )
            number += 1
    written = "".join(parts)
    try:
        text = read_json(written)
    except TextError:
        return Unevaluated("a template that is JSON only once it is evaluated") if holes else written, None
    return _filled(text.value, holes), text


def _filled(node: Any, holes: Sequence[Hole]) -> Any:
    """Return a value with what was missing put back into it, as ``Unevaluated``."""
    if isinstance(node, dict):
        if any(_OWN_AREA.search(key) for key in node):
            return Unevaluated("an object whose keys are computed")
        return {key: _filled(value, holes) for key, value in node.items()}
    if isinstance(node, list):
        return [_filled(item, holes) for item in node]
    if not isinstance(node, str) or not _OWN_AREA.search(node):
        return node
    marks = [character for character in _OWN_AREA.findall(node) if character != _FILLER]
    text = node.replace(_FILLER, "")
    for mark in marks:
        text = text.replace(mark, f"${{{holes[ord(mark) - _FIRST].text}}}")
    return Unevaluated(text) if marks else text


def _paths(value: Any) -> Iterator[tuple[str, ...]]:
    """Yield the paths of containers and of their members."""
    for index, container in enumerate(value if isinstance(value, list) else []):
        yield (str(index),)
        yield from ((str(index), key) for key in (container if isinstance(container, dict) else ()))


def _children(node: Node, *kinds: str) -> list[Node]:
    return [child for child in node.named_children if child.type in kinds]


def _parts(node: Node) -> list[Node]:
    return _children(node, "template_interpolation", "template_directive")


def _inside(expression: Node) -> Node:
    """Return what an expression is, without what only wraps it; the expression itself, if it has several parts."""
    node = expression
    while node.type in ("expression", "literal_value", "template_expr", "collection_value"):
        children = [child for child in node.named_children if child.type != "comment"]
        if len(children) != 1:
            return node
        node = children[0]
    return node


def _first_error(root: Node) -> Node:
    node = root
    while not (node.is_error or node.is_missing):
        inner = next((child for child in node.children if child.has_error or child.is_missing), None)
        if inner is None:
            break
        node = inner
    return node


def _unescaped(text: str) -> str:
    return _undoubled(_ESCAPE.sub(_escape, text))


def _escape(match: re.Match[str]) -> str:
    digits = match[1] or match[2]
    if digits is None:
        return _ESCAPED.get(match[3], match[3])
    return chr(int(digits, 16)) if int(digits, 16) < 0x110000 else match[0]


def _undoubled(text: str) -> str:
    return _NO_TEMPLATE.sub(r"\1{", text)
