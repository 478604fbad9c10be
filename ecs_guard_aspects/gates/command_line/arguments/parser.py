"""The parser of the command line: its errors name the nearest command, option or value."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from ....policy.errors import PolicyError, require_known

_OPTION = re.compile(r"(?<![\w-])--?[a-z][a-z-]*")

# By shell: what completes a path; ``shtab.FILE``, without the import.
_FILES = {"bash": "_shtab_compgen_files", "zsh": "_files", "fish": "(__fish_complete_path (commandline -ct))"}


class Parser(argparse.ArgumentParser):
    """A parser that takes no abbreviations, and whose errors name what was probably meant."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **{"allow_abbrev": False, **options})
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
        if word.startswith("-"):
            self._require_option(word)
        else:
            self._require_known(self._commands.metavar.lower(), word, self._commands.choices)

    def _refuse(self, words: Sequence[str]) -> None:
        for word in words:
            if word.startswith("-"):
                self._require_option(word)
        self.error(f"unexpected argument {words[0]!r}")

    def _require_option(self, word: str) -> None:
        # Of --help the usage has the short name only.
        names = [*_OPTION.findall(self.format_usage()), "--help"]
        self._require_known("option", word.partition("=")[0], names)

    def _require_known(self, kind: str, word: str, names: Iterable[str]) -> None:
        try:
            require_known(kind, word, names)
        except PolicyError as error:
            self.error(str(error))


def one_of(kind: str, names: Iterable[str]) -> Callable[[str], str]:
    """Return the type of an argument that has choices: its error names the nearest one.

    Args:
        kind: what the names are, such as ``format``.
        names: the choices.
    """
    known = list(names)

    def checked(word: str) -> str:
        try:
            return require_known(kind, word, known)
        except PolicyError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return checked


def add_path(group: Any, *names: str, type: Callable[[str], object] = Path, **options: Any) -> None:
    """Add an argument that is a path, which shells complete; the arguments are those of ``add_argument``."""
    group.add_argument(*names, type=type, **options).complete = _FILES
