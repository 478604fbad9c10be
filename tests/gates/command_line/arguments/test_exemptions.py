"""Arguments of ``ecs-guard exemptions``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .conftest import Parse, Refused, changed

GIVEN: list[tuple[str, dict[str, Any]]] = [
    ("infra", {"paths": ["infra"]}),
    ("--report a.json --report b.json", {"report": [Path("a.json"), Path("b.json")]}),
    ("--format markdown", {"format": "markdown"}),
    ("--policy a.yaml", {"policy": Path("a.yaml")}),
]


@pytest.mark.parametrize(("line", "expected"), GIVEN)
def test_what_is_given(parse: Parse, line: str, expected: dict[str, Any]) -> None:
    assert changed(parse(f"exemptions {line}"), parse("exemptions")) == expected


def test_formats_of_reports_are_refused(refused: Refused) -> None:
    assert "invalid choice: 'sarif'" in refused("exemptions --format sarif")
