"""Files and folders: the source of ``ecs-guard check`` and of the other gates that read files."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from ..model.document import Document
from ..model.notice import Notice
from ..model.place import Place
from ..model.resource import Resource
from .cloudformation.template_file import without_links
from .file_names import FileNames
from .file_notices import unknown_file, unnamed_file, unreadable
from .folders import MANIFEST, SUFFIXES, is_assembly, unnamed_files, walk
from .quotable_text import STDIN_NAME, QuotableText
from .reading import FileReader
from .recognition import ReadFile, read_file
from .terraform.plan_code import PlanCode
from .terraform.terraform_file import unsupported_format
from .text.text import TextError, decode

STDIN = "-"
"""The path of standard input."""


class Files:
    """A source: the documents in some files and folders. A file is read once.

    Args:
        paths: files, folders, and ``-`` for standard input.
        root: the folder that names are relative to.
        exclude: globs of names that are skipped; see ``glob_matcher``.
        ignore_unknown: whether a named file without task definitions is skipped.
        stdin: reads standard input.
        watch: is called with the name of each file.
        reader: reads files.

    Attributes:
        empty_folders: the named folders without any document, complete after iteration.
        unused_globs: the globs of ``exclude`` that matched nothing in the named folders, complete after iteration.
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
        reader: FileReader | None = None,
    ) -> None:
        self.empty_folders: list[str] = []
        self._paths = list(dict.fromkeys(paths))
        self._ignore_unknown = ignore_unknown
        self._stdin = stdin
        self._watch = watch
        self._reader = reader or FileReader()
        self._names = FileNames(root, exclude)
        self._text = QuotableText(self._names)
        self._plan_code = PlanCode(self._names)
        self._seen: set[str] = set()
        self._has_found_any = False

    def __iter__(self) -> Iterator[Document]:
        for path in self._paths:
            self._has_found_any = False
            for document in self._documents_at(path):
                self._has_found_any = self._has_found_any or not document.is_unknown
                if document.may_be_quoted:
                    self._text.allow(document.name, document.text)
                yield document
            if not self._has_found_any and os.path.isdir(path):
                self.empty_folders.append(path)

    @property
    def unused_globs(self) -> Sequence[str]:
        """The globs of ``exclude`` that matched nothing; none if no folder was named."""
        return self._names.unused if any(map(os.path.isdir, self._paths)) else ()

    def text_of(self, name: str) -> str | None:
        """Return the text of a file by its name, None if reports may not show it; see ``QuotableText``."""
        return self._text.text_of(name)

    def _documents_at(self, path: str) -> Iterator[Document]:
        target = Path(path)
        if path == STDIN:
            yield from self._in_stdin()
        elif os.path.isdir(path):
            yield from self._in_folder(target)
        elif target.name == MANIFEST and is_assembly(target.parent):
            yield from self._in_assembly(target.parent)
        elif not self._names.is_excluded(target):
            yield from self._in_named_file(target, self._ignore_unknown)

    def _in_stdin(self) -> Iterator[Document]:
        content = self._stdin()
        try:
            self._text.keep_stdin(decode(content))
        except TextError as error:
            yield unreadable(STDIN_NAME, unsupported_format(content) or error)
            return
        found = read_file(
            STDIN_NAME,
            content,
            ignore_unknown=self._ignore_unknown,
            place_of_block=self._plan_code.finder(Path.cwd()),
        )
        if found is not None:
            yield found.document

    def _in_folder(self, folder: Path) -> Iterator[Document]:
        for found in walk(folder, self._names.is_excluded):
            if found.error is not None:
                yield unreadable(self._names.name_of(found.path), found.error)
            elif found.is_assembly:
                yield from self._in_assembly(found.path)
            else:
                yield from self._in_found_file(found.path)

    def _in_assembly(self, folder: Path) -> Iterator[Document]:
        from .assembly.documents import read_assembly
        from .assembly.stack import AssemblyOptions

        if self._has_seen(folder):
            return
        self._see(folder)
        self._has_found_any = True
        name = self._names.name_of(folder)
        self._watch(name)
        read = set()
        for document in read_assembly(folder, AssemblyOptions(root=self._names.root)):
            read.add(folder / document.name)
            yield _inside(name, document, self._names.root)
        yield from self._unnamed(folder, read)

    def _unnamed(self, assembly: Path, read: Collection[Path]) -> Iterator[Document]:
        """Yield a document for each file of an assembly that has task definitions and belongs to no stack."""
        try:
            for path in unnamed_files(assembly):
                if path in read or self._names.is_excluded(path):
                    continue
                name, content = self._names.name_of(path), self._reader.read_if_relevant(path)
                found = content and read_file(name, content, ignore_unknown=True)
                if found and found.is_recognized:
                    yield unnamed_file(name)
        except OSError as error:
            yield unreadable(self._names.name_of(assembly), error)

    def _in_found_file(self, path: Path) -> Iterator[Document]:
        """Yield the documents of a file in a folder. An irrelevant file is skipped."""
        self._watch(path.name)
        try:
            if not path.name.lower().endswith(SUFFIXES):
                yield from self._listed(path)
                return
            content = self._reader.read_if_relevant(path)
        except OSError as error:
            yield unreadable(self._names.name_of(path), error)
            return
        if content is not None and not self._has_seen(path):
            yield from self._in_content(self._names.name_of(path), content, path, ignore_unknown=True)

    def _listed(self, path: Path) -> Iterator[Document]:
        """Yield the document of a file with a suffix that is not read: it is listed if it mentions task definitions."""
        name = self._names.name_of(path)
        if name.endswith(".hcl"):
            from .terraform.terragrunt import terragrunt_document  # few repositories have such a file

            document = terragrunt_document(name, self._reader.read(path).decode(errors="replace"))
            if document.items:
                yield document
                return
        if self._reader.mentions_definitions(path):
            yield unknown_file(name)

    def _in_named_file(self, path: Path, ignore_unknown: bool) -> Iterator[Document]:
        """Yield the documents of a named file."""
        name = self._names.name_of(path)
        self._watch(name)
        if self._has_seen(path):
            return
        try:
            content = self._reader.read(path)
        except OSError as error:
            yield unreadable(name, error)
            return
        yield from self._in_content(name, content, path, ignore_unknown)

    def _in_content(self, name: str, content: bytes, path: Path, ignore_unknown: bool) -> Iterator[Document]:
        folder = Path(os.path.abspath(path)).parent
        finder = self._plan_code.finder(folder)
        found = read_file(name, content, ignore_unknown=ignore_unknown, place_of_block=finder)
        if found is None:
            return
        if not found.is_recognized:
            yield found.document
            return
        self._see(path)
        yield from self._with_linked(found, path)

    def _with_linked(self, found: ReadFile, path: Path) -> Iterator[Document]:
        """Yield a file and the nested templates that it names by path: ``package`` uploads them together."""
        linked = {logical_id: path.parent / link for logical_id, link in found.links.items()}
        linked = {logical_id: file for logical_id, file in linked.items() if self._may_be_linked(file)}
        yield without_links(found.document, linked) if linked else found.document
        for file in linked.values():
            yield from self._in_named_file(file, ignore_unknown=False)

    def _may_be_linked(self, file: Path) -> bool:
        """Return whether a template may add this file. It must not add files with secrets, which a report would
        quote."""
        is_template = file.name.lower().endswith(SUFFIXES) and os.path.isfile(file)
        return is_template and self._names.is_below_root(file) and not self._names.is_excluded(file)

    def _has_seen(self, path: Path) -> bool:
        """Return whether a file was read before."""
        has_seen = self._names.real_path(path) in self._seen
        self._has_found_any = self._has_found_any or has_seen
        return has_seen

    def _see(self, path: Path) -> None:
        self._seen.add(self._names.real_path(path))


def _inside(folder: str, document: Document, root: Path) -> Document:
    """Return a document of an assembly with names relative to the root instead of the assembly.

    If the code is not on this machine, because the assembly is from another one, the place is in the template.
    """
    name = document.name if folder == "." else f"{folder}/{document.name}"

    @cache
    def moved(place: Place) -> Place:
        if place.file is None or place.file == document.name:
            return place._replace(file=name)
        return place if (root / place.file).is_file() else Place(name)

    def move(item: Resource | Notice) -> Resource | Notice:
        exemptions = [exemption._replace(place=moved(exemption.place)) for exemption in item.exemptions]
        if isinstance(item, Notice):
            return replace(item, place=moved(item.place), exemptions=exemptions)
        place_of = item.place_of
        return replace(item, place_of=lambda location: moved(place_of(location)), exemptions=exemptions)

    return replace(document, name=name, items=tuple(move(item) for item in document.items))
