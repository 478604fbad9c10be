"""Terraform code: the task definitions in files of Terraform and OpenTofu."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from ...model.address import AddressKind
from ...model.document import Document
from ...model.notice import NOT_CHECKED, Notice
from ...model.place import Place
from ...model.resource import Resource
from ..stacks import STACKS, stack_notice
from ..text.inline_exemptions import at_members, every
from ..text.text import Position, Text, TextError
from ..workloads import TERRAFORM_TYPES, workload_notice
from .hcl import read_code, read_template
from .json_template import Hole, json_with_holes
from .language import CHECK_PLAN, TerraformCode
from .translation import AWS, CONTAINERS, TYPES, Translation, Unevaluated, as_attributes

_ONLY_IN_THE_PLAN = "which only the plan has"

_OVERRIDE = re.compile(r"(?:.*_)?override\.(?:tf|tofu)(?:\.json)?")
"""Files that change blocks of others: https://developer.hashicorp.com/terraform/language/files/override"""

# Words, separated by all characters but letters and digits: module names have underscores too.
_ABOUT_ECS = re.compile(r"(?<![a-z0-9])(?:ecs|fargate)(?![a-z0-9])", re.IGNORECASE)
_MAKES_TASKS = re.compile(
    r"(?<![a-z0-9])(?:ecs|fargate)(?![a-z0-9]).*(?<![a-z0-9])(?:service|task|fargate|app|daemon|job|worker)(?![a-z0-9])"
    r"|(?<![a-z0-9])fargate(?![a-z0-9]).*(?<![a-z0-9])ecs(?![a-z0-9])",
    re.IGNORECASE,
)
_OF_TASKS = frozenset(
    {"container_definition", "container_definitions", "network_mode", "task_cpu", "task_definition", "task_memory"}
)
_MAKES_NONE = re.compile(r"container-definition|cluster", re.IGNORECASE)
_ABOUT_TASKS = re.compile(r"container_(?:definitions?|image|name)|task_(?:definition|cpu|memory)|network_mode|services")

_READ_TYPES = frozenset((*TYPES, *STACKS, *TERRAFORM_TYPES))

_CREDENTIALS = re.compile(r"(?<=//)[^/@]*@|\?.*", re.DOTALL)
"""Parts of the URL of a module that may have a password or a token."""

_REFERENCE = re.compile(r"(?<!\$)\$\{\s*([\w.*\[\]-]{1,80})\s*\}")


def code_document(name: str, text: str, sha256: str | None) -> Document:
    """Return the document of a file in HCL.

    Args:
        name: the name of the file.
        text: its text.
        sha256: its digest.

    Raises:
        TextError: if it cannot be parsed, or the parser is not installed.
    """
    code = read_code(text, ("resource", "module"), CONTAINERS)
    inline = at_members(code.comments, name)
    items: list[Resource | Notice] = []
    judged: set[str] = set()
    for block in code.blocks:
        made: list[Resource | Notice] = []
        if block.labels[0] == "module":
            made += module_notices(name, block.labels[-1], block.values, block.position_of(()))
        elif len(block.labels) == 3 and block.labels[1] in TYPES:
            made += _resource(name, block.labels[1], block.labels[2], block.values, block.position_of)
        elif len(block.labels) == 3:
            made += _workload(name, block.labels[1], block.labels[2], block.text, block.values, block.position_of(()))
        if made:
            judged.add(block.step)
        items += [replace(item, exemptions=inline.get(block.step, ())) for item in made]
    return Document(name, tuple(items), sha256, every(inline, judged))


def json_code_document(name: str, text: Text, sha256: str | None) -> Document:
    """Return the document of a file of Terraform code in JSON.

    https://developer.hashicorp.com/terraform/language/syntax/json

    Raises:
        TextError: if a key with blocks of interest is repeated.
    """
    _refuse_repeated_keys(text)
    items: list[Resource | Notice] = []
    for path, label, values in _labelled(text.value, ("module",)):
        items += module_notices(name, label, values, text.position_of(path))
    for kind in TYPES:
        for path, label, values in _labelled(text.value, ("resource", kind)):
            items += _resource(name, kind, label, _json_attributes(kind, values), partial(_json_position, text, path))
    for kind in sorted(STACKS | TERRAFORM_TYPES):
        for path, label, values in _labelled(text.value, ("resource", kind)):
            items += _workload(name, kind, label, values, _json_attributes(kind, values), text.position_of(path))
    return Document(name, tuple(items), sha256)


def _refuse_repeated_keys(text: Text) -> None:
    """Refuse a repeated key that hides blocks: Terraform reads both values, a parser of JSON keeps the last one."""
    for duplicate in text.duplicates:
        section, *inside = [step for step in duplicate.path if not step.isdecimal()] or [""]  # a step may be a list
        if section == "module" or (section == "resource" and (not inside or inside[0] in _READ_TYPES)):
            raise TextError(
                f"the key {'/'.join((section, *inside))} is repeated, in line {duplicate.first.line} and in line "
                f"{duplicate.last.line}, and Terraform reads both",
                duplicate.last,
                remedy="Write the key once, with a list of both values.",
            )


def _workload(
    name: str, kind: str, label: str, code: object, attributes: Mapping[str, Any], position: Position
) -> Iterator[Notice]:
    """Yield a notice about a resource that no check covers; ``code`` is searched for calls."""
    notice = stack_notice(kind, attributes) or workload_notice(kind, code)
    if notice is None or _has_count_0(attributes):
        return
    folder, slash, _ = name.rpartition("/")
    yield replace(
        notice,
        address=f"{folder}{slash}{kind}.{label}",
        address_kind=AddressKind.TERRAFORM,
        name=f"{kind}.{label}",
        place=Place(name, *position),
    )


def _has_count_0(attributes: Mapping[str, Any]) -> bool:
    return attributes.get("count") == 0 and not isinstance(attributes.get("count"), bool)


def _resource(
    name: str, kind: str, label: str, attributes: Mapping[str, Any], position_of: Callable[[tuple[str, ...]], Position]
) -> Iterator[Resource | Notice]:
    folder, slash, file = name.rpartition("/")
    address = f"{folder}{slash}{kind}.{label}"
    if _has_count_0(attributes):
        return
    if _OVERRIDE.fullmatch(file):
        yield Notice(
            f"This block overrides parts of {kind}.{label}.",
            "ecs-guard does not merge the two blocks: the changes are not checked.",
            CHECK_PLAN,
            kind=NOT_CHECKED,
            address=address,
            address_kind=AddressKind.TERRAFORM,
            name=f"{kind}.{label}",
            place=Place(name, *position_of(())),
        )
        return
    yield Translation(kind, attributes, _ONLY_IN_THE_PLAN).resource(
        address,
        f"{kind}.{label}",
        lambda location: Place(name, *position_of(tuple(as_attributes(kind, location)))),
        TerraformCode(kind),
    )


def module_notices(name: str, label: str, values: Mapping[str, Any], position: Position) -> Iterator[Notice]:
    """Yield a notice about a module from a registry that defines tasks. Local modules are read like other code."""
    source = values.get("source")
    if not isinstance(source, str) or source.startswith(".") or values.get("count") == 0:
        return
    is_about_tasks = _ABOUT_ECS.search(source) and any(_ABOUT_TASKS.fullmatch(key) for key in values)
    is_about_tasks = is_about_tasks or not _OF_TASKS.isdisjoint(values)
    if _MAKES_NONE.search(source) or not (is_about_tasks or _MAKES_TASKS.search(source)):
        return
    folder, slash, _ = name.rpartition("/")
    yield Notice(
        f"The module {_CREDENTIALS.sub('', source)} creates task definitions.",
        "ecs-guard does not read its code: its task definitions are not checked.",
        CHECK_PLAN,
        kind=NOT_CHECKED,
        address=f"{folder}{slash}module.{label}",
        address_kind=AddressKind.TERRAFORM,
        name=f"module.{label}",
        place=Place(name, *position),
    )


def _json_position(text: Text, path: tuple[str, ...], attributes: tuple[str, ...]) -> Position:
    return text.position_of((*path, *attributes))


def _labelled(value: object, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str, Mapping[str, Any]]]:
    """Yield the blocks below a path, each with its path and its label. Each step may be a map or a list of maps."""
    found: list[tuple[tuple[str, ...], object]] = [((), value)]
    for step in path:
        found = [((*at, step), one[step]) for at, one in _maps(found) if step in one]
    for at, labels in _maps(found):
        for label, node in labels.items():
            yield from ((where, label, one) for where, one in _maps([((*at, label), node)]))


def _maps(found: list[tuple[tuple[str, ...], object]]) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    for path, node in found:
        if isinstance(node, dict):
            yield path, node
        elif isinstance(node, list):
            yield from (((*path, str(index)), item) for index, item in enumerate(node) if isinstance(item, dict))


def _json_attributes(kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    attributes = {key: _json_value(kind, key, value) for key, value in values.items()}
    dynamic = values.get("dynamic")
    for label in dynamic if isinstance(dynamic, dict) else ():
        attributes[label] = Unevaluated(f"dynamic {label}")
    return attributes


def _json_value(kind: str, key: str, value: Any) -> Any:
    """Return the value of an attribute. Texts are templates, as in HCL."""
    if isinstance(value, dict):
        return {name: _json_value(kind, name, member) for name, member in value.items()}
    if isinstance(value, list):
        return [_json_value(kind, "", item) for item in value]
    if not isinstance(value, str):
        return value
    pieces = list(_pieces(value))
    is_json = kind == AWS and key == CONTAINERS
    if any("${" in piece or "%{" in piece for piece in pieces if isinstance(piece, str)):
        return read_template(value, is_json=is_json)
    if is_json and any(pieces[::2]):
        return json_with_holes(pieces)[0]
    shown = "".join(piece if isinstance(piece, str) else f"${{{piece.text}}}" for piece in pieces)
    return Unevaluated(shown) if len(pieces) > 1 else value


def _pieces(text: str) -> Iterator[str | Hole]:
    """Yield texts and references alternately, with a text first and last."""
    start = 0
    for match in _REFERENCE.finditer(text):
        yield text[start : match.start()]
        yield Hole(match[1], len(match[0]))
        start = match.end()
    yield text[start:]
