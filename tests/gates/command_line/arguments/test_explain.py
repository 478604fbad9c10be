"""Arguments of ``ecs-guard explain``."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Parse, changed

GIVEN: list[tuple[str, dict[str, Any]]] = [
    ("", {}),
    ("awsvpc-network-mode", {"check": "awsvpc-network-mode"}),
    ("--checks a:b", {"checks": ["a:b"]}),
]


@pytest.mark.parametrize(("line", "expected"), GIVEN)
def test_what_is_given(parse: Parse, line: str, expected: dict[str, Any]) -> None:
    assert changed(parse(f"explain {line}"), parse("explain")) == expected
