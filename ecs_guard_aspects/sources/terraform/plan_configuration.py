"""Configuration of a Terraform plan: its modules, resources and expressions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from ...cloudformation.nodes import map_or_empty
from ...model.address import AddressKind
from .translation import TYPES


class Block(NamedTuple):
    """A block of Terraform code.

    Attributes:
        modules: the module calls that lead to it, from the root: name and source of each.
        labels: its type and labels, such as ``("resource", "aws_ecs_task_definition", "web")``.
    """

    modules: tuple[tuple[str, str], ...]
    labels: tuple[str, ...]


class Configuration:
    """The expressions of resources by address; indexes in an address are ignored.

    https://developer.hashicorp.com/terraform/internals/json-format#configuration-representation
    """

    def __init__(self, configuration: object) -> None:
        self._root = map_or_empty(map_or_empty(configuration).get("root_module"))
        self._expressions: dict[tuple[str, ...], dict[str, Mapping[str, Any]]] = {}

    def block_of(self, address: str) -> Block:
        """Return the block behind an address."""
        names, kind, name = _parts(address)
        modules = [
            (step, str(_call(module, step).get("source", "")))
            for step, module in zip(names, self._modules(names), strict=False)
        ]
        return Block(tuple(modules), ("resource", kind, name))

    @cached_property
    def root_labels(self) -> tuple[tuple[str, ...], ...]:
        """The labels of the task definitions and of the module calls that the root module has."""
        resources = [
            ("resource", str(resource["type"]), str(resource.get("name")))
            for resource in _list(self._root.get("resources"))
            if isinstance(resource, dict) and str(resource.get("type")) in TYPES and resource.get("mode") != "data"
        ]
        return (*resources, *(("module", name) for name in map_or_empty(self._root.get("module_calls"))))

    def expressions_of(self, address: str) -> Mapping[str, Any] | None:
        """Return the expressions of a resource by attribute, None if the plan does not contain the resource."""
        names, kind, name = _parts(address)
        module = tuple(names)
        if module not in self._expressions:
            resources = _list(list(self._modules(names))[-1].get("resources"))
            self._expressions[module] = {
                str(resource.get("address")): map_or_empty(resource.get("expressions"))
                for resource in resources
                if isinstance(resource, dict)
            }
        return self._expressions[module].get(f"{kind}.{name}")

    def is_known(self, address: str, expression: object) -> bool:
        """Return whether all references of an expression are known before the apply."""
        return self._is_known(_parts(address)[0], expression)

    def _is_known(self, names: Sequence[str], expression: object) -> bool:
        if not isinstance(expression, dict) or "constant_value" in expression:
            return isinstance(expression, dict)
        references = terraform_references(expression)
        return bool(references) and all(self._is_reference_known(names, reference) for reference in references)

    def _is_reference_known(self, names: Sequence[str], reference: str) -> bool:
        kind, _, rest = reference.partition(".")
        if kind != "var":
            return kind in ("path", "terraform")
        if not names:
            return True  # variables of the root module are given with the plan
        caller = list(self._modules(names))[-2]
        given = map_or_empty(_call(caller, names[-1]).get("expressions"))
        variable = re.split(r"[.\[]", rest, maxsplit=1)[0]
        return variable not in given or self._is_known(names[:-1], given[variable])

    def _modules(self, names: Sequence[str]) -> Iterator[Mapping[str, Any]]:
        """Yield the root module, and each module on the way to the last one of ``names``."""
        module = self._root
        yield module
        for name in names:
            module = map_or_empty(_call(module, name).get("module"))
            yield module


def terraform_references(expression: object) -> list[str]:
    """Return the references of an expression, the most specific first."""
    references = expression.get("references") if isinstance(expression, dict) else None
    return [reference for reference in _list(references) if isinstance(reference, str)]


def _parts(address: str) -> tuple[list[str], str, str]:
    """Return the names of the modules of an address, the type and the name of its resource, all without indexes."""
    *path, kind, name = ["", "", *(segment.partition("[")[0] for segment in AddressKind.TERRAFORM.segments(address))]
    return path[3::2], kind, name


def _call(module: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return map_or_empty(map_or_empty(module.get("module_calls")).get(name))


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
