"""What is generated from the code is up to date."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.generate import ROOT, outputs


@pytest.mark.parametrize("path", outputs(), ids=lambda path: str(path.relative_to(ROOT)))
def test_generated_files_are_up_to_date(path: Path) -> None:
    assert path.read_text() == outputs()[path], "run `python -m tools.generate`"
