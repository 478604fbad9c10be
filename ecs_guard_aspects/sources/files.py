"""Files and folders, as people name them on a command line."""

from __future__ import annotations

import errno
import hashlib
import mmap
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..model.document import Document
from ..model.notice import Notice
from ..model.place import Place
from ..model.resource import Resource
from .folders import CODE, JSON_CODE, SUFFIXES, glob_matcher, is_assembly, walk
from .recognition import (
    code,
    is_like_a_plan,
    is_ours,
    links,
    may_be_code,
    may_be_ours,
    mentions_tasks,
    not_shown,
    recognize,
    stray_task_definition,
    unreadable,
    without_links,
)
from .text.text import Text, TextError, decode, read_text

if TYPE_CHECKING:
    from .terraform.plan import PlaceOfBlock
    from .terraform.plan_configuration import Block, Configuration
    from .terraform.plan_origin import Blocks

STDIN = "-"
STDIN_NAME = "stdin"

SOURCE_CODE = frozenset(
    (
        *(".ts", ".mts", ".cts", ".tsx", ".js", ".mjs", ".cjs", ".jsx"),
        *(".py", ".java", ".kt", ".scala", ".cs", ".fs", ".vb", ".go"),
        *CODE,
    )
)
"""How files end that a CDK app or the code of a plan is written in."""

SIZE_LIMIT = 300_000_000
"""How many bytes of one file are read."""

_LARGE = 1_000_000
"""From how many bytes a file is searched where it lies before it is read."""

_WIDE = re.compile(rb"\xff\xfe|\xfe\xff|\0|[^\0]\0")
"""How UTF-16 and UTF-32 begin."""

_NONE_OF_OURS = TextError(
    "it is no CloudFormation template, no task definition of the ECS API, no cloud assembly, no plan of Terraform"
)


class Files:
    """A source: all that is ours in some files and folders.

    Args:
        paths: files, folders, and ``-`` for what ``stdin`` returns.
        root: what names are relative to.
        exclude: globs on these names; see ``glob_matcher``.
        ignore_unknown: whether a file that was named and is none of ours is passed over.
        stdin: reads standard input.
        watch: is told of each file that is looked into.
    """

    def __init__(
        self,
        paths: Sequence[str],
        root: Path,
        *,
        exclude: Sequence[str] = (),
        ignore_unknown: bool = False,
        stdin: Callable[[], bytes] = bytes,
        watch: Callable[[str], object] = str,
    ) -> None:
        self.without_ours: list[str] = []
        """The folders that held nothing of ours, once all is read."""
        self._paths = list(dict.fromkeys(paths))
        self._root = root
        self._ignore_unknown = ignore_unknown
        self._stdin = stdin
        self._watch = watch
        self._matches = glob_matcher(exclude) if exclude else None
        self._seen: set[str] = set()
        self._names: set[str] = set()
        self._met_ours = False
        self._real: dict[Path, str] = {}
        self._piped: str | None = None
        self._blocks: dict[Path, Blocks] = {}

    def __iter__(self) -> Iterator[Document]:
        for path in self._paths:
            self._met_ours = False
            for document in self._named(path):
                self._met_ours = True
                if document.may_be_quoted:
                    self._names.add(document.name)
                yield document
            if not self._met_ours and os.path.isdir(path):
                self.without_ours.append(path)

    def text_of(self, name: str) -> str | None:
        """Return the text of a file by its name: of one that was read, or of source code below the root.

        Where the code of an assembly is, the assembly says; it must not be able to show a file with secrets.
        """
        if name == STDIN_NAME:
            return self._piped if name in self._names else None
        path = self._root / name
        try:
            may_be_shown = path.suffix.lower() in SOURCE_CODE and self._is_below_root(path)
            return decode(path.read_bytes()) if may_be_shown or name in self._names else None
        except (OSError, ValueError):
            return None

    def _named(self, path: str) -> Iterator[Document]:
        target = Path(path)
        if path == STDIN:
            yield from self._from_stdin()
        elif os.path.isdir(path):
            yield from self._below(target)
        elif target.name == "manifest.json" and is_assembly(target.parent):
            yield from self._assembly(target.parent)
        elif not self._is_excluded(target):
            yield from self._file(target, self._ignore_unknown)

    def _from_stdin(self) -> Iterator[Document]:
        content = self._stdin()
        try:
            self._piped = decode(content)
        except TextError as error:
            yield unreadable(STDIN_NAME, not_shown(content) or error)
        else:
            yield from self._document(STDIN_NAME, content, None, self._ignore_unknown)

    def _below(self, folder: Path) -> Iterator[Document]:
        for found in walk(folder, self._is_excluded):
            if found.error is not None:
                yield unreadable(self._name_of(found.path), found.error)
            elif found.is_assembly:
                yield from self._assembly(found.path)
            else:
                yield from self._found(found.path)

    def _assembly(self, folder: Path) -> Iterator[Document]:
        from .assembly.documents import read_assembly

        self._met_ours = True
        if self._see(folder):
            name = self._name_of(folder)
            self._watch(name)
            for document in read_assembly(folder, root=self._root):
                yield _inside(name, document)

    def _found(self, path: Path) -> Iterator[Document]:
        """Yield a file that was found in a folder: what is none of ours is passed over."""
        self._watch(path.name)
        try:
            content = _content_if_ours(path)
        except OSError as error:
            yield unreadable(self._name_of(path), error)
            return
        if content is not None and not self._has_seen(path):
            yield from self._document(self._name_of(path), content, path, ignore_unknown=True)

    def _file(self, path: Path, ignore_unknown: bool) -> Iterator[Document]:
        """Yield a file that was named: what cannot be read is said."""
        name = self._name_of(path)
        self._watch(name)
        if self._has_seen(path):
            return
        try:
            content = _read(path)
        except OSError as error:
            yield unreadable(name, error)
            return
        yield from self._document(name, content, path, ignore_unknown)

    def _document(self, name: str, content: bytes, path: Path | None, ignore_unknown: bool) -> Iterator[Document]:
        sha256 = hashlib.sha256(content).hexdigest()
        try:
            decoded = decode(content)
            if name.lower().endswith(CODE):
                yield from self._code(code(name, decoded, _narrow(content), sha256), path, ignore_unknown)
                return
            text = read_text(decoded)
        except TextError as error:
            known = not_shown(content)
            if known or not ignore_unknown or _is_broken_one_of_ours(content, error):
                yield unreadable(name, known or error, sha256, may_be_quoted=not is_like_a_plan(content))
            return
        document = recognize(name, text, sha256, self._place_of_block(path))
        if document is not None:
            # Else a template without task definitions that nobody has named, and none whom it exempts.
            if document.items or document.exemptions or not ignore_unknown:
                yield from self._with_linked(document, text, path)
            return
        said = stray_task_definition(name, text, sha256) if ignore_unknown else unreadable(name, _NONE_OF_OURS, sha256)
        if said is not None:
            yield said

    def _code(self, document: Document, path: Path | None, ignore_unknown: bool) -> Iterator[Document]:
        if path is not None:
            self._see(path)
        if document.items or not ignore_unknown:
            yield document

    def _place_of_block(self, path: Path | None) -> PlaceOfBlock:
        """Return what finds the code of a plan: beside it, in a folder above, or in the working directory."""

        def place_of_block(configuration: Configuration, block: Block, attribute: str) -> Place | None:
            from .terraform.plan_origin import Blocks

            folder = Path(os.path.abspath(path)).parent if path else Path.cwd()
            if folder not in self._blocks:
                near = (folder, *folder.parents, Path.cwd())
                self._blocks[folder] = Blocks([one for one in near if self._is_below_root(one)], self._name_below_root)
            return self._blocks[folder].place_of(configuration, block, attribute)

        return place_of_block

    def _with_linked(self, document: Document, text: Text, path: Path | None) -> Iterator[Document]:
        """Yield a template, and the nested ones that it names by a path: `package` uploads them with it."""
        if path is None:
            yield document
            return
        self._see(path)
        found = {logical_id: path.parent / link for logical_id, link in links(text.value).items()}
        found = {logical_id: file for logical_id, file in found.items() if self._may_be_linked(file)}
        yield without_links(document, found)
        for file in found.values():
            yield from self._file(file, ignore_unknown=False)

    def _may_be_linked(self, file: Path) -> bool:
        """Return whether a template may bring in this file: not one with secrets, that a report would quote from."""
        is_here = file.name.lower().endswith(SUFFIXES) and os.path.isfile(file) and self._is_below_root(file)
        return is_here and not self._is_excluded(file)

    def _has_seen(self, path: Path) -> bool:
        """Return whether a file that is ours was read before."""
        has_seen = self._real_path(path) in self._seen
        self._met_ours = self._met_ours or has_seen
        return has_seen

    def _see(self, path: Path) -> bool:
        """Return whether a path has not been read before."""
        before = len(self._seen)
        self._seen.add(self._real_path(path))
        return len(self._seen) > before

    def _real_path(self, path: Path) -> str:
        if path not in self._real:
            self._real[path] = os.path.realpath(path)
        return self._real[path]

    def _name_below_root(self, path: Path) -> str | None:
        return self._name_of(path) if self._is_below_root(path) else None

    def _is_below_root(self, path: Path) -> bool:
        return Path(self._real_path(path)).is_relative_to(self._root)

    def _is_excluded(self, path: Path) -> bool:
        return self._matches is not None and self._matches(self._name_of(path))

    def _name_of(self, path: Path) -> str:
        """Return what a file is called: its path from the root, with ``/``; links followed, unless they lead out."""
        absolute = Path(os.path.abspath(path))
        for candidate in (Path(self._real_path(path)), absolute):
            if candidate.is_relative_to(self._root):
                return candidate.relative_to(self._root).as_posix()
        try:
            return Path(os.path.relpath(absolute, self._root)).as_posix()
        except ValueError:  # on another drive
            return absolute.as_posix()


def _is_broken_one_of_ours(content: bytes, error: TextError) -> bool:
    if error.documents:
        return any(is_ours(value) for value in error.documents)
    return mentions_tasks(_narrow(content))


def _content_if_ours(path: Path) -> bytes | None:
    """Return what is in a file, if it is worth parsing."""
    is_wanted = _may_be_wanted(path.name.lower())
    if path.stat().st_size < _LARGE:
        content = path.read_bytes()
        return content if is_wanted(_narrow(content)) else None
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        if not is_wanted(mapped) and not _WIDE.match(mapped):
            return None
    return _read(path)


def _may_be_wanted(name: str) -> Callable[[bytes | mmap.mmap], bool]:
    """Return what tells whether the content of a file may be ours."""
    if name.endswith(JSON_CODE):
        return lambda content: may_be_code(content) or may_be_ours(content)
    return may_be_code if name.endswith(CODE) else may_be_ours


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        content = file.read(SIZE_LIMIT + 1)  # a device may never end
    if len(content) > SIZE_LIMIT:
        raise OSError(errno.EFBIG, f"it has more than {SIZE_LIMIT:,} bytes")
    return content


def _narrow(content: bytes) -> bytes:
    """Return bytes in which ASCII text can be found."""
    return content.replace(b"\0", b"") if _WIDE.match(content) else content


def _inside(folder: str, document: Document) -> Document:
    """Return a document of an assembly as it is called from outside: what it calls itself is a file in its folder."""
    name = document.name if folder == "." else f"{folder}/{document.name}"

    def moved(place: Place) -> Place:
        return place._replace(file=name) if place.file in (document.name, None) else place

    def move(item: Resource | Notice) -> Resource | Notice:
        exemptions = [exemption._replace(place=moved(exemption.place)) for exemption in item.exemptions]
        if isinstance(item, Notice):
            return replace(item, place=moved(item.place), exemptions=exemptions)
        place_of = item.place_of
        return replace(item, place_of=lambda location: moved(place_of(location)), exemptions=exemptions)

    return replace(document, name=name, items=tuple(move(item) for item in document.items))
