"""Arguments of ``ecs-guard audit``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .conftest import Parse, Refused, changed

GIVEN: list[tuple[str, dict[str, Any]]] = [
    ("--regions all", {"regions": "all"}),
    ("--accounts org --role reader", {"accounts": "org", "role": "reader"}),
    ("--aws-profile prod", {"aws_profile": "prod"}),
    ("--include-scheduled", {"include_scheduled": True}),
    ("--compare last.json", {"compare": Path("last.json")}),
    ("--require 1", {"require": 1}),
]


@pytest.mark.parametrize(("line", "expected"), GIVEN)
def test_what_is_given(parse: Parse, line: str, expected: dict[str, Any]) -> None:
    assert changed(parse(f"audit {line}"), parse("audit")) == expected


@pytest.mark.parametrize("line", ["infra", "--baseline a.json", "--exclude a"])
def test_it_takes_no_files(refused: Refused, line: str) -> None:
    assert refused(f"audit {line}").startswith("ecs-guard audit: error: ")
