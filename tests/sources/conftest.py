"""What the tests of sources share."""

from __future__ import annotations

from pathlib import Path

import pytest

from .support import Assembly


@pytest.fixture
def assembly(tmp_path: Path) -> Assembly:
    return Assembly(tmp_path)
