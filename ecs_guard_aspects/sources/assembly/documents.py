"""Documents of a cloud assembly (``cdk.out``): one for each template."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from ...model.document import Document
from ...model.template import StackTemplate
from ..cloudformation.starts import Starts, StartTemplate
from ..cloudformation.template import items_of
from .metadata import Acknowledgements, Tree
from .stack import NESTED_LIMIT
from .templates import read_templates


def read_assembly(
    folder: Path,
    acknowledged: Acknowledgements | None = None,
    root: Path | None = None,
    template_files: Mapping[str, str] | None = None,
    nested_limit: int = NESTED_LIMIT,
    code: str | None = None,
    tree: Tree | None = None,
) -> list[Document]:
    """Return a document for each template of a cloud assembly. A file that cannot be read is a notice.

    Args:
        folder: the folder with the ``manifest.json``.
        acknowledged: acknowledgements on constructs above stacks, which the assembly does not contain.
        root: the folder that source files are relative to; the working directory if left out.
        template_files: templates of nested stacks by construct path, if the caller knows them.
        nested_limit: how many nested stacks of one stack are read.
        code: the language of the app, if the caller knows it; see ``cdk_language``.
        tree: the constructs of the app, for an assembly that has no construct tree.
    """
    templates = read_templates(
        folder, acknowledged, root, template_files, nested_limit=nested_limit, code=code, tree=tree
    )
    return documents_of(templates)


def documents_of(templates: Iterable[StackTemplate]) -> list[Document]:
    """Return the templates of an assembly as documents to judge. A service in one can start a task definition in
    another."""
    read = list(templates)
    starts = Starts(
        StartTemplate(each.path, each.body, each.declarations, lambda name, each=each: each.origin_of(name).address)  # type: ignore[misc]
        for each in read
        if each.body is not None
    )
    return [document_of(template, starts) for template in read]


def document_of(template: StackTemplate, starts: Starts | None = None) -> Document:
    """Return a template of an assembly as a document to judge.

    Args:
        template: the template.
        starts: the starts of its task definitions; only those in this template if left out.
    """
    items = (
        ()
        if template.body is None
        else items_of(
            template.body,
            template.declarations,
            template.origin_of,
            template.path,
            template.read_too,
            template.account,
            in_cdk=True,
            partly_read=template.partly_read,
            starts=starts,
        )
    )
    return Document(template.name, (*template.notices, *items), template.sha256)
