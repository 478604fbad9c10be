"""Findings that somebody has accepted, with a reason, through the CDK's own ``Validations.of(x).acknowledge(...)``."""

from __future__ import annotations

from dataclasses import dataclass

import aws_cdk as cdk
from constructs import IConstruct

from ..policy.policy import UNREADABLE
from ..policy.text import is_blank

PLUGIN_NAME = "ecs-guard"


@dataclass(frozen=True)
class Acknowledgement:
    """One acknowledgement: the construct it was made on, and its reason."""

    path: str
    reason: str

    @property
    def counts(self) -> bool:
        """Whether it gives a reason; one that is blank admits nothing."""
        return not is_blank(self.reason)


def rule_id(check: str) -> str:
    """Return the id under which users acknowledge a check."""
    return f"{PLUGIN_NAME}::{check}"


def find_acknowledgement(root: IConstruct, path: str, check: str) -> Acknowledgement | None:
    """Return the acknowledgement of a check that is closest to a construct path, on it or on an ancestor.

    What cannot be read cannot be acknowledged: nobody knows what it is.
    """
    found = None
    if check == UNREADABLE:
        return None
    for scope in _scopes(root, path):
        for entry in scope.node.metadata:
            if entry.type != cdk.Validations.ACKNOWLEDGED_RULES_METADATA_KEY or not isinstance(entry.data, dict):
                continue
            if rule_id(check) in entry.data:
                found = Acknowledgement(scope.node.path, str(entry.data[rule_id(check)] or ""))
    return found


def _scopes(root: IConstruct, path: str) -> list[IConstruct]:
    """Return the constructs on the way from the root down to a path, as far as there are any."""
    scopes = [root]
    for name in path.split("/"):
        child = scopes[-1].node.try_find_child(name)
        if child is None:
            break
        scopes.append(child)
    return scopes
