"""Task definitions of a cloud assembly (``cdk.out``)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ...model.document import Document
from ...model.template import StackTemplate
from ..cloudformation.template import items_of
from .metadata import Acknowledgements
from .templates import read_templates


def read_assembly(
    folder: Path,
    acknowledged: Acknowledgements | None = None,
    root: Path | None = None,
    template_files: Mapping[str, str] | None = None,
) -> list[Document]:
    """Return a document for each template of a cloud assembly; what cannot be read is a notice in its place.

    Args:
        folder: the folder with the ``manifest.json``.
        acknowledged: what was acknowledged on constructs above stacks: the assembly does not hold it.
        root: what source files are shown relative to; the working directory if left out.
        template_files: templates of nested stacks by construct path, as far as the caller knows them.
    """
    return [document_of(template) for template in read_templates(folder, acknowledged, root, template_files)]


def document_of(template: StackTemplate) -> Document:
    """Return a template of an assembly as a document to judge."""
    items = (
        ()
        if template.body is None
        else items_of(
            template.body, template.declarations, template.origin_of, template.path, template.read_too, template.account
        )
    )
    return Document(template.name, (*template.notices, *items), template.sha256)
