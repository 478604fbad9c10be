"""Edited texts: read again, and compared with what was planned."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.model.resource import TASK_DEFINITION, Resource
from ecs_guard_aspects.remediation.plan import Plan
from ecs_guard_aspects.remediation.text_edits.edits import Edit
from ecs_guard_aspects.remediation.text_edits.fixed import Fixed, NotAsPlannedError, edited_text
from ecs_guard_aspects.sources.text.read import read_text

TEXT = "a: bridge\nb: bridge\n"
A, B = Edit(3, 9, "awsvpc"), Edit(13, 19, "awsvpc")


def fixed(*edits: Edit) -> Fixed:
    return Fixed(Resource("t.yaml/Task", TASK_DEFINITION, {}), Plan("t.yaml/Task"), edits)


# The edits of each task definition, and the text they make.
EDITS: list[tuple[list[Fixed], dict[str, Any], str]] = [
    ([], {"a": "bridge", "b": "bridge"}, TEXT),
    ([fixed(A)], {"a": "awsvpc", "b": "bridge"}, "a: awsvpc\nb: bridge\n"),
    ([fixed(B), fixed(A)], {"b": "awsvpc", "a": "awsvpc"}, "a: awsvpc\nb: awsvpc\n"),
    ([fixed(A, B)], {"a": "awsvpc", "b": "awsvpc"}, "a: awsvpc\nb: awsvpc\n"),
]


@pytest.mark.parametrize(("fixes", "intended", "content"), EDITS)
def test_the_edits_of_all_task_definitions(fixes: list[Fixed], intended: dict[str, Any], content: str) -> None:
    edited = edited_text(read_text(TEXT), fixes, intended)
    assert (edited.content, edited.value) == (content, intended)


# Edits that do not make what was planned, and why.
REFUSED: list[tuple[list[Fixed], str]] = [
    ([fixed(A)], "the edited text differs from the plan"),
    ([fixed(Edit(3, 9, "[host"))], "expected"),
    ([fixed(A), fixed(Edit(3, 5, "x"))], "two changes are about the same place"),
]


@pytest.mark.parametrize(("fixes", "message"), REFUSED, ids=["another value", "not YAML", "twice"])
def test_what_is_not_as_planned_is_refused(fixes: list[Fixed], message: str) -> None:
    with pytest.raises(NotAsPlannedError, match=message):
        edited_text(read_text(TEXT), fixes, {"a": "bridge", "b": "bridge"})
