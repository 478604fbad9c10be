"""The parser of the command line: its errors name the nearest command, option or value."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from ....policy.errors import did_you_mean

_OPTION = re.compile(r"(?<![\w-])--?[a-z][a-z-]*")

# By shell: what completes a path; ``shtab.FILE``, without the import.
_FILES = {"bash": "_shtab_compgen_files", "zsh": "_files", "fish": "(__fish_complete_path (commandline -ct))"}


class Parser(argparse.ArgumentParser):
    """A parser that takes no abbreviations, and whose errors name what was probably meant."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **{"allow_abbrev": False, "formatter_class": _formatter, **options})
        self._commands: Any = None

    def add_subparsers(self, **options: Any) -> Any:
        """Add the commands of this one."""
        self._commands = super().add_subparsers(**options)
        return self._commands

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse a command line; what is left over is an error here, where the options of the command are known."""
        words = sys.argv[1:] if args is None else list(args)
        if self._commands and words:
            self._require_command(words[0])
        known, left = super().parse_known_args(words, namespace)
        if left:
            self._refuse(left)
        return known, left

    def _require_command(self, word: str) -> None:
        names = list(self._commands.choices)
        if word.startswith("-"):
            if word.partition("=")[0] not in self._options():
                self._refuse([word])
        elif word not in names:
            self.error(f"argument {self._commands.metavar}: {_invalid(word, names)}")

    def _refuse(self, words: Sequence[str]) -> None:
        option = next((word for word in words if word.startswith("-")), "")
        hint = did_you_mean(option.partition("=")[0], self._options()) if option else ""
        self.error(f"unrecognized arguments: {' '.join(words)}{'.' if hint else ''}{hint}")

    def _options(self) -> list[str]:
        # Of --help the usage has the short name only.
        return [*_OPTION.findall(self.format_usage()), "--help"]


def _formatter(prog: str) -> argparse.HelpFormatter:
    return argparse.HelpFormatter(prog, width=_width())


def _width() -> int:
    """Return the width of help texts, as argparse does, which imports shutil for it, and so all formats of archives."""
    with suppress(ValueError):
        if (columns := int(os.environ.get("COLUMNS", ""))) > 0:
            return columns - 2
    with suppress(OSError):
        return (os.get_terminal_size().columns or 80) - 2
    return 78


def one_of(names: Iterable[str]) -> Callable[[str], str]:
    """Return the type of an argument that has choices: its error names the nearest one."""
    known = list(names)

    def checked(word: str) -> str:
        name = plain_name(word)
        if name not in known:
            raise argparse.ArgumentTypeError(_invalid(word, known))
        return name

    return checked


def plain_name(word: str) -> str:
    """Return a name in lower case with hyphens: ``AWS_CONFIG``, as Python and the pages write it, is ``aws-config``."""
    return word.lower().replace("_", "-")


def _invalid(word: str, names: Sequence[str]) -> str:
    return f"invalid choice: {word!r}.{did_you_mean(word, names)} Choose from {', '.join(names)}"


def add_path(group: Any, *names: str, type: Callable[[str], object] = Path, **options: Any) -> None:
    """Add an argument that is a path, which shells complete; the arguments are those of ``add_argument``."""
    group.add_argument(*names, type=type, **options).complete = _FILES
