"""Notices about files: a file that cannot be read, and keys that are repeated in it."""

from __future__ import annotations

import errno
from collections.abc import Sequence

from ..model.debug import show_traceback
from ..model.document import Document
from ..model.notice import NOT_CHECKED, NOT_COVERED, UNKNOWN_FILE, Notice
from ..model.place import Place
from .quotable_text import STDIN_NAME
from .text.text import Duplicate, Position, TextError


def unreadable(
    name: str, error: TextError | OSError, sha256: str | None = None, may_be_quoted: bool = True
) -> Document:
    """Return a document with one notice: why the file cannot be read."""
    show_traceback(error, f"reading {name}")
    problem = (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
    position = error.position if isinstance(error, TextError) else None
    notice = Notice(
        f"{name} cannot be read: {problem}.",
        "ecs-guard denies a file that it cannot read.",
        _remedy(name, error),
        address=name,
        place=Place(name, *position) if position else Place(name),
    )
    return Document(name, (notice,), sha256, may_be_quoted=may_be_quoted)


def _remedy(name: str, error: TextError | OSError) -> str:
    remedy = TextError("").remedy
    if isinstance(error, OSError) and error.errno == errno.ENOENT:
        return "Run cdk synth, which writes it." if "cdk.out" in name.split("/") else "Check the path."
    if isinstance(error, TextError) and error.remedy != remedy:
        return error.remedy
    return "Correct the output of the command that writes to standard input." if name == STDIN_NAME else remedy


def unknown_file(name: str) -> Document:
    """Return a document with one notice: the file mentions task definitions, and is not read."""
    return _listed(
        name,
        "This file mentions task definitions, and its format is not one that ecs-guard reads.",
        "Check what the file becomes: the template, the plan, or the JSON of register-task-definition.",
    )


def unnamed_file(name: str) -> Document:
    """Return a document with one notice: the file is in a cloud assembly whose manifest does not name it."""
    return _listed(
        name,
        "This file has task definitions, and no stack of the cloud assembly names it.",
        "Delete the cloud assembly, which may hold files of earlier runs, and run cdk synth.",
    )


def _listed(name: str, message: str, remedy: str) -> Document:
    risk = "If it contains task definitions, they are not checked."
    notice = Notice(message, risk, remedy, kind=UNKNOWN_FILE, address=name, place=Place(name))
    return Document(name, (notice,), may_be_quoted=False, is_unknown=True)


def unread_containers(name: str, path: Sequence[str], position: Position) -> Notice:
    """Return the notice for containers in API JSON, at a place where ecs-guard does not expect a task definition."""
    where = f"{'/'.join(path)} of {name}" if path else name
    return Notice(
        f"{where} cannot be read: it has container definitions, where no task definition is expected.",
        "ecs-guard denies a file that it cannot read.",
        "Write each task definition into a file of its own, in the format of register-task-definition.",
        address=name,
        place=Place(name, *position),
    )


def unparsed_workloads(name: str, error: TextError) -> Notice:
    """Return the notice for code of other workloads than task definitions that cannot be parsed."""
    return Notice(
        f"{name} may run containers as other resources than task definitions, and cannot be read: {error}.",
        "No check is about these resources.",
        "Review them by hand.",
        kind=NOT_COVERED,
        address=name,
        place=Place(name),
    )


def repeated_key(name: str, logical_id: str, duplicate: Duplicate) -> Notice:
    """Return the notice that a key is repeated.

    Args:
        name: the name of the file.
        logical_id: the resource that contains the key; empty if the key is elsewhere.
        duplicate: the key, with its first and last place.
    """
    first, last = duplicate.first.line, duplicate.last.line
    return Notice(
        f"The key {'/'.join(duplicate.path)} is repeated, in line {first} and in line {last}.",
        f"CloudFormation uses the last value without a warning: line {first} is not checked.",
        "Remove one of the two.",
        kind=NOT_CHECKED,
        address=f"{name}/{logical_id}" if logical_id else name,
        name=logical_id,
        place=Place(name, *duplicate.last),
    )
