"""Places in files: the file, line and column of a finding."""

from __future__ import annotations

from typing import NamedTuple


class Place(NamedTuple):
    """A place in a file.

    Attributes:
        file: the name of the file, relative to the root of the repository.
        line: the line, from 1.
        column: the column, from 1, in code points.
    """

    file: str | None = None
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        """Return ``file:line``, or the file if the line is not known; empty without a file."""
        return f"{self.file}:{self.line}" if self.file and self.line is not None else self.file or ""


NOWHERE = Place()
"""The place of something that was not read from a file."""


def nowhere(location: str) -> Place:
    """Return the place of every location of a resource that was not read from a file."""
    return NOWHERE
