"""Which nested stacks deploy which templates of a stack, and what they give to the parameters of these."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..policy.nested_stack import Call, as_called
from ..policy.problems import NESTED_STACK, type_of
from ..policy.template import Template
from ..policy.text import canonical


class Nesting:
    """The nested stacks of a top-level stack.

    Args:
        bodies: its templates by file name.
        assets: the templates among its file assets: the file name by source hash.
    """

    def __init__(self, bodies: Mapping[str, Mapping[str, Any]], assets: Mapping[str, str]) -> None:
        self._bodies = bodies
        self._contexts: dict[str, Template] = {}
        self._parents: dict[str, list[tuple[str, Any]]] = {}
        self._elsewhere: dict[str, list[str]] = {}
        others = []
        for parent, body in bodies.items():
            for logical_id, resource in _resources(body).items():
                if type_of(resource) != NESTED_STACK:
                    others.append(resource)
                    continue
                properties = resource.get("Properties")
                properties = properties if isinstance(properties, dict) else {}
                name = _asset_of(properties, assets)
                if name is None:
                    self._elsewhere.setdefault(parent, []).append(logical_id)
                else:
                    self._parents.setdefault(name, []).append((parent, _arguments(resource, properties)))
        if self._parents:
            self._forget_parents_of(others, assets)

    def elsewhere(self, name: str) -> list[str]:
        """Return the logical ids of the nested stacks in a template that deploy none of the assets."""
        return self._elsewhere.get(name, [])

    def context_of(self, name: str) -> Template:
        """Return what the expressions of a template refer to, its parameters as its parents give them."""
        if name not in self._contexts:
            declared = self._contexts[name] = Template.of(self._bodies[name])  # holds for a stack that deploys itself
            calls = [Call(arguments, self.context_of(parent)) for parent, arguments in self._parents_of(name)]
            self._contexts[name] = as_called(declared, calls)
        return self._contexts[name]

    def _forget_parents_of(self, others: list[Any], assets: Mapping[str, str]) -> None:
        """Leave the templates alone that other resources deploy too: a loop, a product of Service Catalog."""
        text = canonical(others)
        for source_hash, name in assets.items():
            if source_hash in text:
                self._parents.pop(name, None)

    def _parents_of(self, name: str) -> list[tuple[str, Any]]:
        """Return the nested stacks that deploy a template, or one with the same content: these are one asset."""
        twins = (twin for twin in self._parents if twin == name or self._bodies.get(twin) == self._bodies[name])
        return [parent for twin in twins for parent in self._parents[twin]]


def _resources(body: Mapping[str, Any]) -> Mapping[str, Any]:
    resources = body.get("Resources")
    return resources if isinstance(resources, Mapping) else {}


def _arguments(resource: Mapping[str, Any], properties: dict[str, Any]) -> Any:
    """Return what a nested stack gives to parameters; where a macro may change that, what holds the macro."""
    return next((part for part in (resource, properties) if "Fn::Transform" in part), properties.get("Parameters"))


def _asset_of(properties: dict[str, Any], assets: Mapping[str, str]) -> str | None:
    """Return the name of the template that a nested stack deploys, if it is among the assets."""
    # The legacy synthesizer passes the location through parameters named after the hash.
    url = canonical(properties.get("TemplateURL"))
    return next((name for source_hash, name in assets.items() if source_hash in url), None)
