"""Formats on the command line: their names, and the files they are written to."""

from __future__ import annotations

from argparse import ArgumentTypeError
from pathlib import Path

import pytest

from ecs_guard_aspects.gates.command_line.arguments.formats import format_of, target_of

NAMES = ("text", "json")
NEEDS_ACCOUNT = "the format asff needs an account and a Region, so only ecs-guard audit can write it. Use ocsf instead"


def test_a_format() -> None:
    assert [format_of(NAMES)(name) for name in NAMES] == ["text", "json"]
    assert format_of((*NAMES, "asff"))("asff") == "asff"


def test_a_format_and_its_file() -> None:
    assert target_of(NAMES)("json=out/a=b.json") == ("json", Path("out/a=b.json"))


@pytest.mark.parametrize("text", ["json", "json=", "=x", "xml=x", ""])
def test_what_is_not_a_format_and_its_file(text: str) -> None:
    with pytest.raises(ArgumentTypeError) as refused:
        target_of(NAMES)(text)
    assert str(refused.value) == f"{text!r} is not FORMAT=FILE with one of the formats text, json"


def test_standard_output_is_not_a_file() -> None:
    with pytest.raises(ArgumentTypeError) as refused:
        target_of(NAMES)("json=-")
    assert str(refused.value) == "'json=-' is not a file: --format json writes to standard output"


def test_a_file_is_written_once() -> None:
    target = target_of(NAMES)
    assert target("json=out/a.json") == ("json", Path("out/a.json"))
    assert target("text=out/a.txt") == ("text", Path("out/a.txt"))
    with pytest.raises(ArgumentTypeError) as refused:
        target("text=out/./a.json")
    assert str(refused.value) == "'text=out/./a.json' names a file that another --output writes"


def test_a_format_that_needs_an_account_is_for_the_audit() -> None:
    for read, text in ((format_of(NAMES), "asff"), (target_of(NAMES), "asff=x.json")):
        with pytest.raises(ArgumentTypeError) as refused:
            read(text)
        assert str(refused.value) == NEEDS_ACCOUNT
