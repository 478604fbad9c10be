"""The fix of one task definition in a file, and the edited text, which must have the planned changes and no others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ...cloudformation.text import canonical
from ...model.resource import Resource
from ...sources.text.read import read_text
from ...sources.text.text import Text, TextError
from ..changes import Blocker
from ..plan import Plan
from ..who_runs_it.references import NamedElsewhereError, UnclearConsumerError
from .edits import Edit, EditRefusedError, applied


@dataclass(frozen=True)
class Fixed:
    """The fix of one task definition: its plan, and an edit of the text for each of its changes."""

    task_definition: Resource
    plan: Plan
    edits: tuple[Edit, ...] = ()


def unclear(address: str, error: UnclearConsumerError) -> Plan:
    """Return the plan for a task definition if it is not known what runs it, or that is in another file."""
    remedy = _ALONE if isinstance(error, NamedElsewhereError) else ""
    return Plan(address, (), (Blocker(address, str(error), remedy=remedy),))


_ALONE = "if it passes one, name this file alone, with --run-elsewhere"


class NotAsPlannedError(Exception):
    """The edited text differs from the plan and must not be written. The message says how."""


def edited_text(text: Text, fixed: Iterable[Fixed], intended: Any) -> Text:
    """Return a text with the edits of several task definitions, read again.

    Args:
        text: the text.
        fixed: the fixes of its task definitions.
        intended: the value that the edited text must have.

    Raises:
        NotAsPlannedError: if it has another one.
    """
    try:
        read = read_text(applied(text.content, [edit for each in fixed for edit in each.edits]))
    except (EditRefusedError, TextError) as error:
        raise NotAsPlannedError(str(error)) from None
    if canonical(read.value) != canonical(intended):
        raise NotAsPlannedError("the edited text differs from the plan")
    return read
