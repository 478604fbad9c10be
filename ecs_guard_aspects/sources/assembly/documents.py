"""Documents of a cloud assembly (``cdk.out``): one for each template."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ...model.document import Document
from ...model.template import StackTemplate
from ..cloudformation.starts import Starts
from ..cloudformation.template import items_of
from .stack import AssemblyOptions
from .templates import read_templates


def read_assembly(folder: Path, options: AssemblyOptions | None = None) -> list[Document]:
    """Return a document for each template of a cloud assembly. A file that cannot be read is a notice.

    Args:
        folder: the folder with the ``manifest.json``.
        options: what the caller knows about the assembly.
    """
    return documents_of(read_templates(folder, options))


def documents_of(templates: Iterable[StackTemplate]) -> list[Document]:
    """Return the templates of an assembly as documents to judge. A service in one can start a task definition in
    another."""
    read = list(templates)
    starts = Starts(read)
    return [Document(each.name, (*each.notices, *items_of(each, starts)), each.sha256) for each in read]
