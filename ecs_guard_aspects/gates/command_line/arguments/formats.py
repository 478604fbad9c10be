"""Types of the arguments that choose formats of reports."""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Callable, Collection
from pathlib import Path

from ..outputs import AUDIT_FORMATS
from .parser import one_of


def format_of(names: Collection[str]) -> Callable[[str], str]:
    """Return the type of ``--format``: one of the names."""
    known = one_of(names)

    def checked(word: str) -> str:
        _require_account(word, names)
        return known(word)

    return checked


def target_of(names: Collection[str]) -> Callable[[str], tuple[str, Path]]:
    """Return the type of ``--output``: ``FORMAT=FILE`` with one of the names, and each file once."""
    files: set[Path] = set()

    def target(text: str) -> tuple[str, Path]:
        name, separator, file = text.partition("=")
        _require_account(name, names)
        if not separator or not file or name not in names:
            raise ArgumentTypeError(f"{text!r} is not FORMAT=FILE with one of the formats {', '.join(names)}")
        if file == "-":
            raise ArgumentTypeError(f"{text!r} is not a file: --format {name} writes to standard output")
        if Path(file) in files:
            raise ArgumentTypeError(f"{text!r} names a file that another --output writes")
        files.add(Path(file))
        return name, Path(file)

    return target


def _require_account(name: str, names: Collection[str]) -> None:
    if name in AUDIT_FORMATS and name not in names:
        raise ArgumentTypeError(
            f"the format {name} needs an account and a Region, so only ecs-guard audit can write it. Use ocsf instead"
        )
