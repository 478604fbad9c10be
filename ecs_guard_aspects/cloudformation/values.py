"""What an expression evaluates to where it is no plain value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

DYNAMIC_REFERENCE = "{{resolve:"


@dataclass(frozen=True)
class Unknown:
    """A value that cannot be known before deployment.

    Attributes:
        expression: the expression as it reads in the template.
        reason: why it cannot be known, as a clause.
        prefix: what the value is known to start with.
        variable: the parameter it is the value of, if it is nothing else.
    """

    expression: str
    reason: str
    prefix: str = ""
    variable: str | None = None


class UndecidedError(Exception):
    """A check asked for the plain value of something that cannot be known before deployment.

    The engine catches it and reports the check as unresolved.
    """

    def __init__(self, unknown: Unknown, location: str) -> None:
        super().__init__(f"{location} is {unknown.expression}, {unknown.reason}")
        self.location = location


class MalformedError(Exception):
    """Something in a resource has a shape that CloudFormation cannot take."""

    def __init__(self, location: str, problem: str) -> None:
        super().__init__(f"{location} {problem}")
        self.location = location


def without_dynamic_references(value: Any) -> Any:
    """Return ``value``, ``Unknown`` if it is a text that only the deployment completes."""
    if isinstance(value, str) and DYNAMIC_REFERENCE in value:
        return Unknown(value, "a dynamic reference that only the deployment reads", before_reference(value))
    return value


def before_reference(text: str) -> str:
    """Return what a text is known to start with."""
    return text.partition(DYNAMIC_REFERENCE)[0]
