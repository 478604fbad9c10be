"""The log of a fix in one app: changes, refusals and notes."""

from __future__ import annotations

from dataclasses import dataclass, field

from ....remediation.changes import Blocker, Change
from ..tree.constructs import is_within


@dataclass(frozen=True)
class Refusal:
    """A task definition that the fix has not changed, or not made awsvpc.

    Attributes:
        resource: its construct path.
        blockers: all obstacles.
        code: the change in code that would do it, as one line of Python; empty if no line alone would.
    """

    resource: str
    blockers: tuple[Blocker, ...]
    code: str


@dataclass(frozen=True)
class FixNote:
    """A note of a fix on a construct.

    Attributes:
        path: the path of the construct.
        text: the note.
        in_stage: whether the construct is in a Stage.
        is_refusal: whether it says why something was not fixed.
    """

    path: str
    text: str
    in_stage: bool
    is_refusal: bool = False


@dataclass(eq=False)
class FixLog:
    """The changes of a fix in one app, by resource and path, its refusals, by task definition, and its notes."""

    changes: dict[tuple[str, str], Change] = field(default_factory=dict)
    refusals: dict[str, Refusal] = field(default_factory=dict)
    notes: dict[FixNote, None] = field(default_factory=dict)

    def forget_refusal(self, path: str) -> None:
        """Forget the refusal of a task definition, which is planned again."""
        if self.refusals.pop(path, None):
            self.notes = {note: None for note in self.notes if not (note.is_refusal and note.path == path)}

    def forget_refusals_below(self, path: str) -> None:
        """Forget the refusals at and below a construct path."""
        for refused in [each for each in self.refusals if is_within(each, path)]:
            self.forget_refusal(refused)
