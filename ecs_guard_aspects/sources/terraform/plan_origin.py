"""Origins of planned resources: the file and line of a block in the code of a plan. Plans contain neither.

Blocks are found by text, without a parser of HCL, in the format of ``terraform fmt``. A block that does not occur
exactly once is not found, and findings point to the plan.
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


class _FoundBlock(NamedTuple):
    """A block in a file, from ``start`` to ``end``; ``text`` is the file without comments and texts over lines."""

    file: str
    text: str
    start: int
    end: int

    def place_of(self, attribute: str) -> Place:
        """Return the place of an attribute, or of the block if the attribute does not occur exactly once."""
        pattern = rf"^[ \t]+{re.escape(attribute)}\b[ \t]*=?[ \t]?"
        matches = list(re.compile(pattern, re.MULTILINE).finditer(self.text, self.start, self.end))
        index = matches[0].end() if attribute and len(matches) == 1 else self.start
        return Place(self.file, *Lines(self.text).position(index))


class Blocks:
    """Finds blocks in the folders that may contain the code.

    Args:
        folders: folders that may be the root module, the likeliest first.
        name_of: returns the name of a file; None for a file that is not read.
    """

    def __init__(self, folders: Sequence[Path], name_of: Callable[[Path], str | None]) -> None:
        self._folders = folders
        self._name_of = name_of
        self._roots: dict[Configuration, str] = {}
        self._found: dict[str, dict[tuple[str, ...], list[_FoundBlock]]] = {}

    def place_of(self, configuration: Configuration, block: Block, attribute: str) -> Place | None:
        """Return the place of an attribute, or of the nearest block around it; see ``PlaceOfBlock``."""
        folder = self._root(configuration)
        for name, source in block.modules if folder else ():
            if not source.startswith(("./", "../")):
                # Callers cannot change the code of a module from a registry.
                found = self._once(folder, ("module", name))
                return found.place_of("") if found else None
            folder = os.path.normpath(os.path.join(folder, source))
        found = self._once(folder, block.labels)
        return found.place_of(attribute) if found else None

    def _root(self, configuration: Configuration) -> str:
        """Return the folder with all blocks of the root module of a plan; empty if there is none."""
        if configuration not in self._roots:
            labels = configuration.root_labels
            found = (
                one for one in map(str, self._folders) if labels and all(self._once(one, label) for label in labels)
            )
            self._roots[configuration] = next(found, "")
        return self._roots[configuration]

    def _once(self, folder: str, labels: tuple[str, ...]) -> _FoundBlock | None:
        if not folder:
            return None
        if folder not in self._found:
            self._found[folder] = {}
            for key, block in self._blocks_in(Path(folder)):
                self._found[folder].setdefault(key, []).append(block)
        blocks = self._found[folder].get(labels, [])
        return blocks[0] if len(blocks) == 1 else None

    def _blocks_in(self, folder: Path) -> Iterator[tuple[tuple[str, ...], _FoundBlock]]:
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
                yield labels, _FoundBlock(name or "", text, head.start(), end.start() if end else len(text))


def _text_of(path: Path) -> str:
    """Return the code of a file, with blanks for comments and heredocs."""
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
    """Yield start and end of comments and heredocs. One without an end extends to the end of the file."""
    at = 0
    while token := _TOKEN.search(text, at):
        at = token.end()
        if token["one"]:
            continue
        closing = rf"^[ \t]*{token['word']}[ \t]*\r?$" if token["word"] else r"\*/"
        end = re.compile(closing, re.MULTILINE).search(text, at)
        at = end.end() if end else len(text)
        yield token.start(), at
