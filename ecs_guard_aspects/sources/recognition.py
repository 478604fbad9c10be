"""File recognition: a template, an ECS task definition of the API, or Terraform, distinguished by content."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from ..cloudformation.nodes import located
from ..model.document import Document
from ..model.notice import NOT_CHECKED, Notice
from ..model.place import Place
from ..model.resource import JUDGED_TYPES, type_of
from .api_json import is_registered, member_of, paths_to_registered, paths_to_unread, registered
from .cloudformation.template_file import is_template, links_in, template_in_file
from .decoys import decoy, has_family
from .file_notices import repeated_key, unknown_file, unread_containers, unreadable
from .folders import CODE
from .relevance import mentions_definitions, mentions_tasks, narrow, resembles_plan
from .terraform.terraform_file import (
    hcl_file,
    is_terraform,
    is_terraform_file,
    terraform_json_file,
    unsupported_format,
)
from .text.inline_exemptions import at_members, every
from .text.read import read_text
from .text.text import Text, TextError, decode, distinct

if TYPE_CHECKING:
    from .terraform.plan import PlaceOfBlock

_UNKNOWN = TextError(
    "it is not recognized as a CloudFormation template, an ECS task definition, a cloud assembly or a Terraform plan"
)


_EMPTY = TextError("it is empty")
_TWO_FORMATS = TextError(
    "it has the keys of a task definition and those of another format", remedy="Write each into a file of its own."
)
_SERVERLESS = TextError(
    "it is a file of the Serverless Framework, not a CloudFormation template",
    remedy="Check the template that is deployed: run serverless package, then ecs-guard check on the template in"
    " .serverless.",
)


def _unknown(text: Text) -> TextError:
    """Return why the format of a parsed file is not recognized."""
    if not text.content.strip():
        return _EMPTY
    is_serverless = isinstance(text.value, dict) and {"service", "provider"} <= text.value.keys()
    return _SERVERLESS if is_serverless else _UNKNOWN


class ReadFile(NamedTuple):
    """A file that was read.

    Attributes:
        document: its document.
        is_recognized: whether its format is known; if not, the document says why it is not read.
        links: its nested templates, as paths by logical id.
    """

    document: Document
    is_recognized: bool = False
    links: Mapping[str, str] = {}


def no_block(*block: object) -> None:
    """Return None: the place of a Terraform block is not known. See ``PlaceOfBlock``."""


def read_file(
    name: str, content: bytes, *, ignore_unknown: bool = False, place_of_block: PlaceOfBlock = no_block
) -> ReadFile | None:
    """Return the file with this content, None if it is skipped.

    Args:
        name: the name of the file.
        content: its bytes.
        ignore_unknown: whether a file without task definitions is skipped.
        place_of_block: finds the code of a Terraform plan.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    try:
        decoded = decode(content)
        if name.lower().endswith(CODE):
            code = hcl_file(name, decoded, narrow(content), sha256)
            return ReadFile(code, is_recognized=True) if code.items or not ignore_unknown else None
        text = read_text(decoded)
    except TextError as error:
        return _broken_file(name, content, error, sha256, ignore_unknown)
    document = recognize(name, text, sha256, place_of_block)
    if document is not None:
        # A template without task definitions that was found in a folder is skipped, unless it has inline exemptions.
        is_wanted = document.items or document.exemptions or not ignore_unknown
        return ReadFile(document, is_recognized=True, links=links_in(text.value)) if is_wanted else None
    if not ignore_unknown:
        return ReadFile(unreadable(name, _unknown(text), sha256))
    document = _stray_task_definition(name, text, sha256)
    return ReadFile(document) if document is not None else _listed(name, content)


def recognize(
    name: str, text: Text, sha256: str | None = None, place_of_block: PlaceOfBlock = no_block
) -> Document | None:
    """Return the document of a parsed file, None if its format is not known.

    Args:
        name: the name of the file.
        text: its text.
        sha256: its digest.
        place_of_block: finds the code of a Terraform plan.
    """
    try:
        if is_registered(text.value) and (is_template(text.value) or is_terraform_file(name, text.value)):
            return unreadable(name, _TWO_FORMATS, sha256)  # some tools drop the keys of the other format
        if is_template(text.value):
            return template_in_file(name, text, sha256)
        if is_terraform_file(name, text.value):
            return terraform_json_file(name, text, sha256, place_of_block)
        other = decoy(name, text.value)
        if other is not None and not has_family(text.value):
            return Document(name, (other,), sha256)
        paths = paths_to_registered(text.value)
        document = _api_json_file(name, text, paths, sha256) if paths else None
        if document is None or other is None:
            return document
        return replace(document, items=(other, *document.items))
    except RecursionError:
        return unreadable(name, TextError("it is nested too deeply"), sha256)


def _broken_file(name: str, content: bytes, error: TextError, sha256: str, ignore_unknown: bool) -> ReadFile | None:
    known = unsupported_format(content)
    if known or not ignore_unknown or _must_be_reported(content, error):
        return ReadFile(unreadable(name, known or error, sha256, may_be_quoted=not resembles_plan(content)))
    return _listed(name, content) if error.documents else None


def _listed(name: str, content: bytes) -> ReadFile | None:
    return ReadFile(unknown_file(name)) if mentions_definitions(narrow(content)) else None


def _must_be_reported(content: bytes, error: TextError) -> bool:
    if error.documents:
        return any(is_template(value) or paths_to_registered(value) or is_terraform(value) for value in error.documents)
    return mentions_tasks(narrow(content))


def _stray_task_definition(name: str, text: Text, sha256: str | None = None) -> Document | None:
    """Return a document with a notice if an unknown file contains a task definition."""
    path = next((path for path, node in located(text.value) if _is_task_definition(node)), None)
    if path is None:
        return None
    notice = Notice(
        f"{'/'.join(path)} is a task definition, but {name} is not a CloudFormation template.",
        "ecs-guard does not know how it is deployed, so it is not checked.",
        "Check the template that is deployed.",
        kind=NOT_CHECKED,
        address=name,
        place=Place(name, *text.position_of(path)),
    )
    return Document(name, (notice,), sha256)


def _is_task_definition(node: object) -> bool:
    return isinstance(node, dict) and type_of(node) in JUDGED_TYPES and "Properties" in node


def _api_json_file(name: str, text: Text, paths: Sequence[tuple[str, ...]], sha256: str | None) -> Document:
    notices = [repeated_key(name, "", duplicate) for duplicate in distinct(text.duplicates)]
    notices += [unread_containers(name, path, text.position_of(path)) for path in paths_to_unread(text.value, paths)]
    members = [member_of(path) for path in paths]
    inline = at_members(text.comments_at(*members[0][:-1]), name)
    if members == [()]:  # the whole file is one task definition
        items = registered(name, text, paths, lambda path: every(inline))
        return Document(name, (*notices, *items), sha256, text=text)
    judged = {member[-1] for member in members}
    items = registered(name, text, paths, lambda path: inline.get(member_of(path)[-1], ()))
    return Document(name, (*notices, *items), sha256, every(inline, judged), text=text)
