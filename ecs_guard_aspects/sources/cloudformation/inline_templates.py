"""Inline templates: the ``TemplateBody`` of nested stacks and StackSets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ...cloudformation.nodes import alternatives
from ...model.resource import NESTED_STACK, type_of
from .deployers import STACK_SET

_KEY = "TemplateBody"
LOCATION = f"Properties/{_KEY}"
"""The location of an inline template in its resource."""


def inline_templates(resource: object) -> list[Mapping[str, Any] | None]:
    """Return the inline templates of a resource; None for one that is an expression or cannot be read."""
    properties = resource.get("Properties") if isinstance(resource, Mapping) else None
    if type_of(resource) not in (NESTED_STACK, STACK_SET) or not isinstance(properties, Mapping):
        return []
    bodies: list[Mapping[str, Any] | None] = [_template_in(value) for value in alternatives(properties.get(_KEY))]
    return [*bodies, None] if bodies and "Fn::Transform" in {*resource, *properties} else bodies  # type: ignore[misc]


def _template_in(value: object) -> Mapping[str, Any] | None:
    if isinstance(value, str):
        value = _parsed(value)
    if isinstance(value, Mapping) and isinstance(value.get("Resources"), Mapping):
        return value
    return None


def _parsed(text: str) -> object:
    try:
        if text.lstrip()[:1] == "{":
            return json.loads(text)
        from ..text.read import read_text  # needs PyYAML, which the Lambda function of the hook does not have

        return read_text(text).value
    except (ImportError, ValueError, RecursionError):
        return None
