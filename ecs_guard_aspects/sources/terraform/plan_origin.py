"""The code that a Terraform plan was made of: a plan itself knows neither files nor lines.

Looked for by text, so that it needs no parser of HCL: blocks as ``terraform fmt`` leaves them. What is not there
exactly once is not found, and the plan stands for it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from ...model.place import Place
from ..folders import CODE
from ..text.text import Lines, TextError, decode
from .plan_configuration import Block, Configuration

_LARGEST = 1_000_000

_TOKEN = re.compile(
    r"""(?P<one>"(?:[^"\\\r\n]|\\.)*"?|\#[^\r\n]*|//[^\r\n]*)|/\*|<<[-~]?(?P<word>\w+)[^\S\r\n]*\r?\n"""
)
"""A string or comment in one line; what starts a comment or a text over several."""

_HEAD = re.compile(r'^(resource|module)[ \t]+"([^"]+)"(?:[ \t]+"([^"]+)")?[ \t]*\{', re.MULTILINE)
_END = re.compile(r"^\}", re.MULTILINE)


class _Found(NamedTuple):
    """A block in a file, from ``start`` to ``end``; ``text`` is the file without comments and texts over lines."""

    file: str
    text: str
    start: int
    end: int

    def place_of(self, attribute: str) -> Place:
        """Return where the value of an attribute stands; the block, if it is not there exactly once."""
        pattern = rf"^[ \t]+{re.escape(attribute)}\b[ \t]*=?[ \t]?"
        matches = list(re.compile(pattern, re.MULTILINE).finditer(self.text, self.start, self.end))
        index = matches[0].end() if attribute and len(matches) == 1 else self.start
        return Place(self.file, *Lines(self.text).position(index))


class Blocks:
    """Finds blocks in the folders that the code may be in.

    Args:
        folders: where the root module may be, the likeliest first.
        name_of: what a file is called; None for one that is none of ours to name.
    """

    def __init__(self, folders: Sequence[Path], name_of: Callable[[Path], str | None]) -> None:
        self._folders = folders
        self._name_of = name_of
        self._roots: dict[Configuration, str] = {}
        self._found: dict[str, dict[tuple[str, ...], list[_Found]]] = {}

    def place_of(self, configuration: Configuration, block: Block, attribute: str) -> Place | None:
        """Return where an attribute of a block stands, or the nearest thing that is there: see ``PlaceOfBlock``."""
        folder = self._root(configuration)
        for name, source in block.modules if folder else ():
            if not source.startswith(("./", "../")):
                # The code of a module from elsewhere is not for those who call it to change.
                found = self._once(folder, ("module", name))
                return found.place_of("") if found else None
            folder = os.path.normpath(os.path.join(folder, source))
        found = self._once(folder, block.labels)
        return found.place_of(attribute) if found else None

    def _root(self, configuration: Configuration) -> str:
        """Return the folder that has all that the root module of a plan has; empty if none does."""
        if configuration not in self._roots:
            labels = configuration.root_labels
            found = (
                one for one in map(str, self._folders) if labels and all(self._once(one, label) for label in labels)
            )
            self._roots[configuration] = next(found, "")
        return self._roots[configuration]

    def _once(self, folder: str, labels: tuple[str, ...]) -> _Found | None:
        if not folder:
            return None
        if folder not in self._found:
            self._found[folder] = {}
            for key, block in self._blocks_in(Path(folder)):
                self._found[folder].setdefault(key, []).append(block)
        blocks = self._found[folder].get(labels, [])
        return blocks[0] if len(blocks) == 1 else None

    def _blocks_in(self, folder: Path) -> Iterator[tuple[tuple[str, ...], _Found]]:
        try:
            paths = sorted(path for path in folder.iterdir() if path.name.lower().endswith(CODE))
        except OSError:
            return
        for path in paths:
            name = self._name_of(path)
            text = _text_of(path) if name is not None else ""
            for head in _HEAD.finditer(text):
                end = _END.search(text, head.end())
                labels = tuple(label for label in head.groups() if label is not None)
                yield labels, _Found(name or "", text, head.start(), end.start() if end else len(text))


def _text_of(path: Path) -> str:
    """Return the code of a file, blanks for what only looks like code."""
    try:
        if path.stat().st_size > _LARGEST:
            return ""
        text = decode(path.read_bytes())
    except (OSError, TextError):
        return ""
    parts, at = [], 0
    for start, end in _no_code(text):
        parts += [text[at:start], re.sub(r"[^\r\n]", " ", text[start:end])]
        at = end
    return "".join([*parts, text[at:]])


def _no_code(text: str) -> Iterator[tuple[int, int]]:
    """Yield where comments and texts over several lines start and end; one that never ends is all that follows."""
    at = 0
    while token := _TOKEN.search(text, at):
        at = token.end()
        if token["one"]:
            continue
        closing = rf"^[ \t]*{token['word']}[ \t]*\r?$" if token["word"] else r"\*/"
        end = re.compile(closing, re.MULTILINE).search(text, at)
        at = end.end() if end else len(text)
        yield token.start(), at
