"""Unknown values: expressions without a plain value, and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

# Marks of texts that only the deployment completes, and why their values cannot be known.
_FILLED_IN = {
    "{{resolve:": "a dynamic reference that only the deployment reads",
    "{{changeSet:KNOWN_AFTER_APPLY}}": "which the change set does not know before it is executed",
    "[[servicecatalog:": "which Service Catalog fills in when the product is launched",
}


@dataclass(frozen=True)
class Unknown:
    """A value that cannot be known before deployment.

    Attributes:
        expression: the expression, as in the template.
        reason: why it cannot be known, as a clause.
        prefix: the known beginning of the value.
        variable: the parameter, if the expression is only a reference to one.
        outline: the expression without the texts in it, which can be secrets.
        decide: what makes it known, as a sentence without a full stop; empty if that depends on the language only.
    """

    expression: str
    reason: str
    prefix: str = ""
    variable: str | None = None
    outline: str = "an expression"
    decide: str = ""

    @classmethod
    def one_of_several(cls, reason: str, decide: str) -> Unknown:
        """Return the value of something that has several values in one text."""
        either = "one of several values"
        return cls(either, reason, outline=either, decide=decide)

    def __repr__(self) -> str:
        return f"<{self.expression}, {self.reason}>"

    def cause_at(self, location: str) -> Cause:
        """Return why something cannot be decided that reads it at a location."""
        return Cause(location, f"is {self.expression}, {self.reason}", self.decide)

    def outlined(self) -> Unknown:
        """Return a copy that shows no text of the expression: for containers and their properties."""
        return replace(self, expression=self.outline)


class Cause(NamedTuple):
    """Why something cannot be decided or read: a location (empty if there is none), and the rest of the sentence.

    ``decide`` is that of ``Unknown``.
    """

    location: str
    text: str
    decide: str = ""


class UndecidedError(Exception):
    """A check has read a value that cannot be known before deployment.

    The engine catches it and reports the check as unresolved.
    """

    def __init__(self, unknown: Unknown, location: str) -> None:
        self.cause = unknown.cause_at(location)
        super().__init__(f"{location} {self.cause.text}")
        self.location = location


class MalformedError(Exception):
    """A part of a resource has a shape that CloudFormation refuses."""

    def __init__(self, location: str, problem: str) -> None:
        self.cause = Cause(location, problem)
        super().__init__(f"{location} {problem}")
        self.location = location


def is_filled_in(text: str) -> bool:
    """Return whether only the deployment completes a text.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
    """
    # Most texts have neither bracket, so the cheap test comes first.
    return ("{{" in text or "[[" in text) and any(marker in text for marker in _FILLED_IN)


def without_filled_in(value: Any) -> Any:
    """Return ``value``, ``Unknown`` if it is a text that only the deployment completes."""
    if isinstance(value, str) and is_filled_in(value):
        reason = next(reason for marker, reason in _FILLED_IN.items() if marker in value)
        return Unknown(value, reason, known_prefix(value))
    return value


def known_prefix(text: str) -> str:
    """Return the known beginning of a text."""
    return min((text.partition(marker)[0] for marker in _FILLED_IN), key=len)
