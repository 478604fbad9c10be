"""Escapes in texts of Terraform code."""

from __future__ import annotations

import pytest

from ecs_guard_aspects.sources.terraform.escapes import undoubled, unescaped

# fmt: off
TEXTS = [
    ("plain",            "plain"),
    (r"a\nb\tc\rd",      "a\nb\tc\rd"),
    (r"\"quoted\" \\",   '"quoted" \\'),
    (r"\u0065cs",        "ecs"),
    (r"\U00000065cs",    "ecs"),
    (r"\UFFFFFFFF",      r"\UFFFFFFFF"),
    ("$${var.x}",        "${var.x}"),
    ("%%{if x}",         "%{if x}"),
    ("$$x",              "$$x"),
]
# fmt: on


@pytest.mark.parametrize(("written", "expected"), TEXTS)
def test_a_text(written: str, expected: str) -> None:
    assert unescaped(written) == expected


def test_a_heredoc_has_no_backslash_escapes() -> None:
    assert undoubled(r"a\n$${x}") == r"a\n${x}"
