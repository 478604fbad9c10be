"""Assertions about a Region that was read."""

from __future__ import annotations

from ecs_guard_aspects.model.document import Document
from ecs_guard_aspects.model.notice import Notice
from ecs_guard_aspects.model.resource import Resource
from ecs_guard_aspects.model.usage import Usage
from tests.cloud import IRELAND, OWN
from tests.code_lines import without_lines

CLUSTER = f"arn:aws:ecs:{IRELAND}:{OWN}:cluster/prod"


RUN_TASK = "arn:aws:scheduler:::aws-sdk:ecs:runTask"


def in_use(document: Document) -> dict[str, tuple[str, ...]]:
    """Return by revision what uses it."""
    resources = [item for item in document.items if isinstance(item, Resource)]
    return {item.address.rpartition("/")[2]: item.usage.in_use_by for item in resources if item.usage}


def said(document: Document) -> list[str]:
    return [without_lines(item.what) for item in document.items if isinstance(item, Notice)]


NO_POLICY = "is missing (no identity-based policy allows it)"


def usage(document: Document, name: str = "web:1") -> Usage:
    name = f"task-definition/{name}"
    (found,) = [item.usage for item in document.items if isinstance(item, Resource) and item.address.endswith(name)]
    assert found
    return found
