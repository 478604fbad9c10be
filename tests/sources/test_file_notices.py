"""Notices about files: their texts and their places."""

from __future__ import annotations

import pytest

from ecs_guard_aspects.model.notice import Notice
from ecs_guard_aspects.sources.file_notices import repeated_key, unreadable
from ecs_guard_aspects.sources.text.text import Duplicate, Position, TextError

ERRORS: list[tuple[TextError | OSError, str, int | None]] = [
    (TextError("it is empty", Position(3, 7)), "x.yaml cannot be read: it is empty.", 3),
    (TextError("it is empty"), "x.yaml cannot be read: it is empty.", None),
    (PermissionError(13, "Permission denied"), "x.yaml cannot be read: Permission denied.", None),
    (OSError("the disk is gone"), "x.yaml cannot be read: the disk is gone.", None),
]


@pytest.mark.parametrize(("error", "what", "line"), ERRORS)
def test_an_unreadable_file(error: TextError | OSError, what: str, line: int | None) -> None:
    document = unreadable("x.yaml", error, "digest")
    (notice,) = document.items
    assert isinstance(notice, Notice)
    assert (notice.kind, notice.what, notice.place.file, notice.place.line) == ("unreadable", what, "x.yaml", line)
    assert (document.name, document.sha256) == ("x.yaml", "digest")


@pytest.mark.parametrize(("logical_id", "address"), [("Task", "x.yaml/Task"), ("", "x.yaml")])
def test_a_repeated_key(logical_id: str, address: str) -> None:
    notice = repeated_key("x.yaml", logical_id, Duplicate(("Resources", "Task"), Position(2, 3), Position(5, 3)))
    assert (notice.kind, notice.address, notice.place) == ("not-checked", address, ("x.yaml", 5, 3))
    assert notice.what == "The key Resources/Task is repeated, in line 2 and in line 5."
    assert notice.why == "CloudFormation uses the last value without a warning: line 2 is not checked."
