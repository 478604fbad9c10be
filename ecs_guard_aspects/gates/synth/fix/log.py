"""What a fix has done to one app, for those who report it."""

from __future__ import annotations

from dataclasses import dataclass, field

from ....remediation.changes import Blocker, Change

NOT_FIXED = "Not fixed: "
"""With which the note of a finding begins that says why a fix has not mended it."""


@dataclass(frozen=True)
class Refusal:
    """A task definition that the fix has left as it is, or not made awsvpc.

    Attributes:
        resource: its construct path.
        blockers: everything that stands against it.
        code: the change in code that would do it, as one line of Python.
    """

    resource: str
    blockers: tuple[Blocker, ...]
    code: str


@dataclass(frozen=True)
class FixNote:
    """Something a fix has to say about a construct.

    Attributes:
        path: the path of the construct.
        text: what is to be said.
        in_stage: whether the construct is in a Stage.
        is_refusal: whether it says why something was not fixed.
    """

    path: str
    text: str
    in_stage: bool
    is_refusal: bool = False


@dataclass(eq=False)
class FixLog:
    """What a fix has changed in one app, by resource and path, what it has refused, and what is to be said of it."""

    changes: dict[tuple[str, str], Change] = field(default_factory=dict)
    refusals: dict[str, Refusal] = field(default_factory=dict)
    notes: dict[FixNote, None] = field(default_factory=dict)

    def forget_refusal(self, path: str) -> None:
        """Forget that a task definition was refused: it is asked for again."""
        if self.refusals.pop(path, None):
            self.notes = {note: None for note in self.notes if not (note.is_refusal and note.path == path)}
