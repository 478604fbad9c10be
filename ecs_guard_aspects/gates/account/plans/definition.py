"""Definitions: a revision as the input of ``register-task-definition``, as it is and changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from ....remediation.changes import Change, apply
from ....remediation.text_edits.api_fix import spelled
from ....sources.account.surroundings import Definition
from ....sources.api_json import ONLY_DESCRIBED

_RESERVED = "aws:"  # tags that only AWS sets: https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html


def register_input(definition: Definition, changes: Iterable[Change] = ()) -> dict[str, Any]:
    """Return what registers a revision again, with changes to its properties.

    Args:
        definition: the revision.
        changes: changes of a plan, by paths in CloudFormation properties.
    """
    described = {key: value for key, value in definition.described.items() if key not in ONLY_DESCRIBED}
    tags = [tag for tag in definition.tags if not str(tag.get("key", "")).startswith(_RESERVED)]
    if tags:
        described["tags"] = tags
    as_spelled = (replace(each, path=".".join(spelled(described, each.path.split(".")))) for each in changes)
    registered: dict[str, Any] = apply(described, as_spelled)
    return registered


def stack_of(*tagged: Iterable[dict[str, Any]]) -> str | None:
    """Return the CloudFormation stack that owns something, by the tags that CloudFormation sets."""
    tags = {tag.get("key"): tag.get("value") for tags in tagged for tag in tags}
    return tags.get("aws:cloudformation:stack-name")
