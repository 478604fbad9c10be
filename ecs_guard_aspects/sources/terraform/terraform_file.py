"""Terraform files: plans, states and code, distinguished by their content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...model.document import Document
from ..file_notices import unparsed_workloads, unreadable
from ..folders import JSON_CODE
from ..relevance import code_is_relevant, code_may_define_tasks
from ..text.text import Text, TextError

if TYPE_CHECKING:
    from .plan import PlaceOfBlock

_SHOW = "Check the output of terraform show -json instead."


def is_terraform(value: object) -> bool:
    """Return whether a parsed file is a plan or a state, of any version."""
    if not isinstance(value, dict):
        return False
    if any(key in value for key in ("resource_changes", "planned_values")):
        return True
    # An empty state has no values.
    is_state = isinstance(value.get("values"), dict) and "root_module" in value["values"]
    return "format_version" in value and (is_state or set(value) <= {"format_version", "terraform_version"})


def is_raw_state(value: object) -> bool:
    """Return whether a parsed file is a state file, which has another format than ``terraform show -json``."""
    return isinstance(value, dict) and {"lineage", "serial", "terraform_version"} <= value.keys()


def is_terraform_file(name: str, value: object) -> bool:
    """Return whether a parsed file is a plan, a state, or code in JSON."""
    return is_terraform(value) or is_raw_state(value) or name.lower().endswith(JSON_CODE)


def unsupported_format(content: bytes) -> TextError | None:
    """Return the error for a binary plan or a log, None for other files."""
    if content[:2] == b"PK" and b"tfplan" in content[:200]:
        return TextError("it is a binary Terraform plan", remedy=_SHOW)
    if content.startswith(b'{"@level"'):
        return TextError("it is the log of terraform plan -json, not the plan", remedy=_SHOW)
    return None


def hcl_file(name: str, text: str, content: bytes, sha256: str) -> Document:
    """Return the document of Terraform code in HCL. Code that cannot define tasks or other workloads is not parsed."""
    from .code import code_document

    may_define_tasks = code_may_define_tasks(content)
    if not may_define_tasks and not code_is_relevant(content):
        return Document(name, (), sha256)
    try:
        return code_document(name, text, sha256)
    except TextError as error:
        if may_define_tasks:
            return unreadable(name, error, sha256)
        return Document(name, (unparsed_workloads(name, error),), sha256)


def terraform_json_file(name: str, text: Text, sha256: str | None, place_of_block: PlaceOfBlock) -> Document:
    """Return the document of a plan, a state, or code in JSON.

    Args:
        name: the name of the file.
        text: its text.
        sha256: the digest of the file.
        place_of_block: finds the code of a plan.
    """
    from .code import json_code_document
    from .plan import terraform_document

    if is_raw_state(text.value):
        return unreadable(name, TextError("it is a Terraform state file", remedy=_SHOW), sha256)
    try:
        if name.lower().endswith(JSON_CODE):
            return json_code_document(name, text, sha256)
        return terraform_document(name, text, sha256, place_of_block)
    except TextError as error:
        return unreadable(name, error, sha256, may_be_quoted=False)
