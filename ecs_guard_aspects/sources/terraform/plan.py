"""Terraform plans and states, as ``terraform show -json`` writes them.

https://developer.hashicorp.com/terraform/internals/json-format
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import zip_longest
from typing import Any

from ...model.address import AddressKind
from ...model.document import Document
from ...model.notice import NOT_CHECKED, Notice
from ...model.place import NOWHERE, Place
from ...model.resource import Resource
from ..stacks import STACKS, stack_notice
from ..text.text import Text, TextError
from ..workloads import TERRAFORM_TYPES, workload_notice
from .language import Terraform
from .plan_configuration import Block, Configuration, terraform_references
from .translation import AWS, CONTAINERS, TYPES, Translation, Unevaluated, as_attributes

PlaceOfBlock = Callable[[Configuration, Block, str], Place | None]
"""Returns the place of an attribute of a block in the code of a plan, None if it is not known."""

_MAJORS = ("0", "1")
_NOT_CREATED = (["delete"], ["forget"], ["read"])
_AFTER_APPLY = "which Terraform knows only after apply"

PLACES_UP_TO = 10_000_000
"""The maximum number of characters of a plan that are searched for the place of a value."""

_KNOWN_TYPES = frozenset((*TYPES, *STACKS, *TERRAFORM_TYPES))


def terraform_document(name: str, text: Text, sha256: str | None, place_of_block: PlaceOfBlock) -> Document:
    """Return the document of a plan or a state.

    Args:
        name: the name of the file.
        text: its text.
        sha256: its digest.
        place_of_block: finds the code of a plan.

    Raises:
        TextError: if its version is not supported.
    """
    version = text.value.get("format_version")
    if not isinstance(version, str) or version.partition(".")[0] not in _MAJORS:
        problem = "it has no format_version" if version is None else f"its format_version is {version!r}"
        raise TextError(f"{problem}, and only 0.x and 1.x are supported: write it with terraform show -json")
    # Reports do not quote its lines: sensitive values are in clear text.
    return Document(name, tuple(_Plan(name, text, place_of_block).items()), sha256, may_be_quoted=False)


class _Plan:
    def __init__(self, name: str, text: Text, place_of_block: PlaceOfBlock) -> None:
        self._name = name
        self._text = text
        self._value: Mapping[str, Any] = text.value
        self._configuration = Configuration(self._value.get("configuration"))
        self._place_of_block = place_of_block
        self._seen: set[str] = set()

    def items(self) -> Iterator[Resource | Notice]:
        """Yield its task definitions, and notices about the rest."""
        yield from self._unfinished()
        yield from self._changes()
        yield from self._deferred()
        for key in ("planned_values", "values"):
            if key in self._value:
                yield from self._values(key)

    def _unfinished(self) -> Iterator[Notice]:
        if self._value.get("errored") is True:
            yield self._unreadable(f"{self._name} is the plan of a failed run.", "Correct the code, and plan again.")
        elif self._value.get("complete") is False:
            yield Notice(
                "This plan is not complete: later plans have more changes.",
                "A task definition in a later plan is not checked.",
                "Check the later plans too.",
                kind=NOT_CHECKED,
                address=self._name,
                place=Place(self._name),
            )

    def _changes(self) -> Iterator[Resource | Notice]:
        for path, change in self._members(("resource_changes",)):
            if _matters(change):
                self._seen.add(str(change.get("address")))
                yield from self._changed(path, change)

    def _changed(self, path: tuple[str, ...], planned: Mapping[str, Any]) -> Iterator[Resource | Notice]:
        address, kind, change = planned.get("address"), planned.get("type"), planned.get("change")
        if not (isinstance(kind, str) and isinstance(change, dict) and isinstance(address, str)):
            yield self._unreadable(f"{'/'.join(path)} in {self._name} has no type, no address or no change.")
            return
        actions, after = change.get("actions"), change.get("after")
        if after is None and actions in _NOT_CREATED:
            return
        if not isinstance(after, dict):
            yield self._unreadable(f"{self._name} does not contain the planned values of {address}.")
            return
        unknown = change.get("after_unknown")
        known = self._known(address, kind, after, unknown if isinstance(unknown, dict) else {})
        yield from self._judged(kind, address, known, (*path, "change", "after"))

    def _known(self, address: str, kind: str, after: Mapping[str, Any], unknown: Mapping[str, Any]) -> dict[str, Any]:
        """Return the known attributes. An attribute that the code leaves out counts as known: the service sets it."""
        expressions = self._configuration.expressions_of(address)
        known = dict(after)
        for key, part in unknown.items():
            expression = None if expressions is None else expressions.get(key)
            if part is True and expressions is not None and self._is_left_out(address, key, expression):
                known.pop(key, None)
            elif kind != AWS and isinstance(expression, dict) and isinstance(expression.get("constant_value"), list):
                known[key] = expression["constant_value"]  # all attributes that the code leaves out in it are unknown
            else:
                known[key] = _merged(after.get(key), part, (terraform_references(expression) or [key])[0])
        return known

    def _is_left_out(self, address: str, key: str, expression: object) -> bool:
        if expression is None or (isinstance(expression, dict) and expression.get("constant_value", "") is None):
            return True
        # Null counts as left out. A mode that is computed from known values would be known if it were not null.
        return key == "network_mode" and self._configuration.is_known(address, expression)

    def _deferred(self) -> Iterator[Notice]:
        for path, deferred in self._members(("deferred_changes",)):
            planned = deferred.get("resource_change")
            planned = planned if isinstance(planned, dict) else {}
            if str(planned.get("type")) in TYPES and planned.get("mode") != "data":
                address = str(planned.get("address"))
                self._seen.add(address)
                yield Notice(
                    f"{address} is deferred to a later plan.",
                    "This plan does not contain its values.",
                    "Apply this plan, and check the next one.",
                    decidable_later=True,
                    address=address,
                    address_kind=AddressKind.TERRAFORM,
                    name=address,
                    place=self._place(path),
                )

    def _values(self, key: str) -> Iterator[Resource | Notice]:
        """Yield the resources of a state, or of the planned values that are not among the changes."""
        modules: list[tuple[str, ...]] = [(key, "root_module")]
        while modules:
            path = modules.pop()
            for member, resource in self._members((*path, "resources")):
                kind, address, values = resource.get("type"), resource.get("address"), resource.get("values")
                if not _matters(resource):
                    continue
                if not (isinstance(kind, str) and isinstance(address, str) and isinstance(values, dict)):
                    yield self._unreadable(f"{'/'.join(member)} in {self._name} has no type, no address or no values.")
                    continue
                if address in self._seen:
                    continue
                unknown = {}
                if key == "planned_values":  # unknown values are left out of them
                    expressions = self._configuration.expressions_of(address) or {}
                    unknown = {name: True for name in expressions if values.get(name) is None}
                yield from self._judged(kind, address, self._known(address, kind, values, unknown), (*member, "values"))
            children = (*path, "child_modules")
            modules += reversed([child for child, _ in self._members(children)])

    def _judged(
        self, kind: str, address: str, attributes: dict[str, Any], path: tuple[str, ...]
    ) -> Iterator[Resource | Notice]:
        if kind not in TYPES:
            notice = stack_notice(kind, attributes) or workload_notice(kind, attributes)
            if notice is not None:
                yield self._at(notice, address, path)
            return
        if attributes.get(CONTAINERS) is None and kind == AWS:
            attributes[CONTAINERS] = Unevaluated(
                CONTAINERS
            )  # the attribute is required: it was removed, or is not known
        yield Translation(kind, attributes, _AFTER_APPLY).resource(
            address, address, lambda location: self._place_of(kind, address, path, location), Terraform(kind)
        )

    def _at(self, notice: Notice, address: str, path: tuple[str, ...]) -> Notice:
        place = self._place(path)
        return replace(notice, address=address, address_kind=AddressKind.TERRAFORM, name=address, place=place)

    def _place_of(self, kind: str, address: str, path: tuple[str, ...], location: str) -> Place:
        attributes = tuple(as_attributes(kind, location))
        block = self._configuration.block_of(address)
        found = self._place_of_block(self._configuration, block, attributes[0] if attributes else "")
        return found or self._place((*path, *attributes))

    def _place(self, path: tuple[str, ...]) -> Place:
        if len(self._text.content) > PLACES_UP_TO:
            return NOWHERE._replace(file=self._name)
        return Place(self._name, *self._text.position_of(path))

    def _members(self, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
        """Yield the objects of a list, each with its path.

        Raises:
            TextError: if it is not a list of objects.
        """
        node: Any = self._value
        for step in path:
            if isinstance(node, dict):
                node = node.get(step)
            elif isinstance(node, list) and step.isdecimal():
                node = node[int(step)]
            elif node is not None:
                raise TextError(f"{'/'.join(path)} does not have the format of Terraform")
        if not isinstance(node, list | None):
            raise TextError(f"{'/'.join(path)} does not have the format of Terraform")
        for index, member in enumerate(node or []):
            if not isinstance(member, dict):
                raise TextError(f"{'/'.join(path)}/{index} is not an object")
            yield (*path, str(index)), member

    def _unreadable(self, what: str, remedy: str = "Write the file again with terraform show -json.") -> Notice:
        why = "ecs-guard denies a file that it cannot read."
        return Notice(what, why, remedy, address=self._name, place=Place(self._name))


def _matters(resource: Mapping[str, Any]) -> bool:
    """Return whether the type of a resource matters, or is missing."""
    kind = resource.get("type")
    return (not isinstance(kind, str) or kind in _KNOWN_TYPES) and resource.get("mode") != "data"


def _merged(value: Any, unknown: Any, text: str) -> Any:
    """Return a value with its unknown parts as ``Unevaluated``."""
    if unknown is True:
        return Unevaluated(text)
    if isinstance(unknown, dict) and isinstance(value, dict | None):
        known = value or {}
        return {**known, **{key: _merged(known.get(key), part, text) for key, part in unknown.items()}}
    if isinstance(unknown, list) and isinstance(value, list | None):
        return [_merged(item, part, text) for item, part in zip_longest(value or [], unknown)]
    return value
