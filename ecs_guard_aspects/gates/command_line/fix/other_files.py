"""The resources of the other files of one command, which may run a task definition by its family or by an export.

Most of these files hold no task definition, so they were not judged: they are read here if the name of a family or of
an export is in them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from ....cloudformation.declarations import Declarations
from ....model.document import Document
from ....model.resource import Resource
from ....model.template import Origin, StackTemplate
from ....remediation.who_runs_it.expressions import HOLE
from ....remediation.who_runs_it.other_stages import OtherStageResource
from ....remediation.who_runs_it.referrer import outputs_of, resources_of
from ....sources.file_names import FileNames
from ....sources.folders import CODE, walk
from ....sources.reading import FileReader
from ....sources.text.read import read_text
from ....sources.text.text import TextError


class OtherFiles:
    """The files of one command, read for what names a task definition of another file.

    Args:
        documents: what was judged.
        paths: the files and folders that are given.
        names: the names of files, and which are excluded.
    """

    def __init__(self, documents: Sequence[Document], paths: Iterable[str], names: FileNames) -> None:
        self._documents = documents
        self._paths = paths
        self._names = names

    def than(self, name: str) -> list[OtherStageResource]:
        """Return the resources of all files but one."""
        return [each for file, resources in self._by_file.items() if file != name for each in resources]

    @cached_property
    def _by_file(self) -> dict[str, list[OtherStageResource]]:
        bodies = {each.name: each.text.value for each in self._documents if each.text is not None}
        for path in self._unjudged(set(bodies)):
            bodies[self._names.name_of(path)] = self._body_of(path)
        return {
            name: [each for each in _resources_in(name, body) if each.texts or each.imports]
            for name, body in bodies.items()
        }

    def _unjudged(self, judged: set[str]) -> Iterator[Path]:
        for path in map(Path, self._paths):
            files = (entry.path for entry in walk(path, self._names.is_excluded) if not entry.is_assembly)
            for file in files if os.path.isdir(path) else (path,):
                if not file.name.lower().endswith(CODE) and self._names.name_of(file) not in judged:
                    yield file

    def _body_of(self, path: Path) -> Any:
        """Return what a file says; None if it names no family and no export, or is not JSON or YAML."""
        try:
            content = FileReader().read(path)
            return read_text(content.decode()).value if any(each in content for each in self._names_of_tasks) else None
        except (OSError, UnicodeDecodeError, TextError, RecursionError):
            return None

    @cached_property
    def _names_of_tasks(self) -> set[bytes]:
        """The families, and what is known of the names of exports."""
        items = (item for document in self._documents for item in document.items)
        families = {item.family for item in items if isinstance(item, Resource) and item.family}
        return {each.encode() for each in families | set(self._exports())}

    def _exports(self) -> Iterator[str]:
        for document in self._documents:
            template = _template_of(document.name, document.text.value) if document.text is not None else None
            for output in outputs_of(template) if template is not None else ():
                longest = max((output.export or "").split(HOLE), key=len)
                if longest:
                    yield longest


def _template_of(name: str, body: Any) -> StackTemplate | None:
    if not isinstance(body, dict) or not isinstance(body.get("Resources"), dict):
        return None
    return StackTemplate(
        name, name, body, Declarations.of(body), origin_of=lambda logical_id: Origin(f"{name}/{logical_id}")
    )


def _resources_in(name: str, body: Any) -> Iterator[OtherStageResource]:
    template = _template_of(name, body)
    for resource in resources_of(template) if template is not None else ():
        yield OtherStageResource(resource, where="another file")
