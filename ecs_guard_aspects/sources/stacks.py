"""CloudFormation stacks in Terraform: resources that deploy a template, which is not read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..model.notice import NOT_CHECKED, Notice
from .relevance import relevance_test

STACKS = frozenset(
    f"{provider}_cloudformation_{kind}" for provider in ("aws", "awscc") for kind in ("stack", "stack_set")
)
"""The Terraform types of stacks."""

_may_define_tasks = relevance_test(".template")


def stack_notice(kind: str, attributes: Mapping[str, Any]) -> Notice | None:
    """Return the notice for a stack whose template may define tasks, or is not known; None for others.

    Args:
        kind: the type of the resource.
        attributes: its attributes; what is not a text is not known.
    """
    body = attributes.get("template_body")
    is_harmless = body is None or (isinstance(body, str) and not _may_define_tasks(body.encode("utf-8", "replace")))
    if kind not in STACKS or (is_harmless and not attributes.get("template_url")):
        return None
    return Notice(
        f"This {kind} deploys a CloudFormation template.",
        "ecs-guard does not read it: a task definition in it is not checked.",
        "Check that template with ecs-guard check.",
        kind=NOT_CHECKED,
    )
