"""The command, and a cloud that it asks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cloud import Cloud, patched
from tests.gates.command_line.conftest import Repository, repository

__all__ = ["Repository", "repository"]


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    yield from patched(Cloud(), monkeypatch)
