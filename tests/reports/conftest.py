"""What the tests of report formats share."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ecs_guard_aspects.policy import Report
from ecs_guard_aspects.sources.files import Files

from .support import report_on

SNAPSHOTS = Path(__file__).parent / "snapshots"


@pytest.fixture
def judged(tmp_path: Path) -> tuple[Report, Files]:
    return report_on(tmp_path)


@pytest.fixture
def report(judged: tuple[Report, Files]) -> Report:
    return judged[0]


@pytest.fixture
def is_as_before() -> Callable[[str, str], None]:
    """Compare a text with a snapshot; ``UPDATE_SNAPSHOTS=1 pytest tests/reports`` writes it anew, to be read."""

    def compare(name: str, text: str) -> None:
        file = SNAPSHOTS / name
        if os.environ.get("UPDATE_SNAPSHOTS"):
            file.write_text(text, encoding="utf-8")
        assert text == file.read_text(encoding="utf-8")

    return compare
