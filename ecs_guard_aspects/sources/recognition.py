"""What a file is, by what is in it: a template, a task definition of the API, Terraform, or none of ours."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from mmap import mmap
from typing import TYPE_CHECKING, Any

from ..cloudformation.declarations import Declarations
from ..model.document import Document
from ..model.inline_exemption import InlineExemption
from ..model.notice import NOT_CHECKED, Notice
from ..model.place import Place
from ..model.resource import NESTED_STACK, TASK_DEFINITION, Resource, type_of
from ..model.template import Origin
from .api_json import paths_to_registered, registered
from .cloudformation.template import items_of
from .folders import JSON_CODE
from .text.inline_exemptions import at_members, every
from .text.text import Duplicate, Text, TextError

if TYPE_CHECKING:
    from .terraform.plan import PlaceOfBlock

# One after the other: a pattern with all of them takes ten times as long.
_TASKS = (b"ECS::TaskDefinition", b"ontainerDefinitions")
_OTHERS = (
    # What deploys templates that are not there, makes what it names in a loop, or changes the template.
    *(b"CloudFormation::Stack", b"Serverless::Application", b"CloudFormationProvisionedProduct", b"::MODULE"),
    *(b"Fn::ForEach", b"Transform"),
    b"ecs_task_definition",  # plans and states of Terraform
)

# Letters written as escapes, words cut in two: nobody does that but to hide them.
_HIDDEN = re.compile(rb"\\u00(?:3[aA]|[4-7])|\\U000000(?:3[aA]|[4-7])|\\x(?:3[aA]|[4-7])|[A-Za-z:]\\\r?\n")
# In code: what is no reference to one, labels written with escapes, modules from elsewhere.
_TASK_BLOCKS = re.compile(rb"ecs_task_definition(?!\s*[.\[]|\w)|resource\s+\"[^\"\n]*\\")
_MODULES = re.compile(rb"source\"?\s*[=:]\s*\"(?!\.)[^\"\n]*\becs\b", re.IGNORECASE)

_SHOW = "Judge what terraform show -json writes of it."
_LINKS_TO_TEMPLATES = {NESTED_STACK: "TemplateURL", "AWS::Serverless::Application": "Location"}


def may_be_ours(content: bytes | mmap) -> bool:
    """Return whether it is worth parsing what was found in a folder."""
    return _mentions(content, (*_TASKS, *_OTHERS)) or (content.find(b"\\") >= 0 and _HIDDEN.search(content) is not None)


def may_be_code(content: bytes | mmap) -> bool:
    """Return whether a file of code is worth parsing."""
    return _TASK_BLOCKS.search(content) is not None or _MODULES.search(content) is not None


def mentions_tasks(content: bytes) -> bool:
    """Return whether what cannot be parsed must not be passed over."""
    # A plan is JSON; workflows and notes that mention the resource of Terraform are not.
    return _mentions(content, _TASKS) or (content.lstrip()[:1] == b"{" and b"ecs_task_definition" in content)


def _mentions(content: bytes | mmap, words: tuple[bytes, ...]) -> bool:
    return any(content.find(word) >= 0 for word in words)


def is_ours(value: object) -> bool:
    """Return whether a value is a template, a task definition, or of Terraform."""
    return _is_template(value) or bool(paths_to_registered(value)) or _is_terraform(value)


def not_shown(content: bytes) -> TextError | None:
    """Return what is said of a plan that is not as ``terraform show -json`` writes it; None of all else."""
    if content[:2] == b"PK" and b"tfplan" in content[:200]:
        return TextError("it is a plan as Terraform keeps it", remedy=_SHOW)
    if content.startswith(b'{"@level"'):
        return TextError("it is the log of terraform plan -json, not the plan", remedy=_SHOW)
    return None


def is_like_a_plan(content: bytes) -> bool:
    """Return whether it may be a plan or a state that cannot be parsed: it holds secrets all the same."""
    return _mentions(content, (b'"format_version"', b'"terraform_version"', b'"resource_changes"'))


def no_block(*block: object) -> None:
    """Return that nobody knows where a block of Terraform stands: see ``PlaceOfBlock``."""


def recognize(
    name: str, text: Text, sha256: str | None = None, place_of_block: PlaceOfBlock = no_block
) -> Document | None:
    """Return what a file holds; None if it is none of ours.

    Args:
        name: what the file is called.
        text: what is in it.
        sha256: its digest.
        place_of_block: finds the code that a plan of Terraform was made of.
    """
    try:
        if _is_template(text.value):
            return _template(name, text, sha256)
        if _is_terraform(text.value) or _is_raw_state(text.value) or name.lower().endswith(JSON_CODE):
            return _terraform(name, text, sha256, place_of_block)
        paths = paths_to_registered(text.value)
        return _registered(name, text, paths, sha256) if paths else None
    except RecursionError:
        return unreadable(name, TextError("it is nested too deeply"), sha256)


def code(name: str, text: str, content: bytes, sha256: str) -> Document:
    """Return what a file of Terraform code holds; it is not parsed unless it may hold something."""
    from .terraform.code import code_document

    try:
        return code_document(name, text, sha256) if may_be_code(content) else Document(name, (), sha256)
    except TextError as error:
        return unreadable(name, error, sha256)


def unreadable(
    name: str, error: TextError | OSError, sha256: str | None = None, may_be_quoted: bool = True
) -> Document:
    """Return a document that only says why the file could not be read, and may be shown where it could not."""
    problem = (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
    mark = error.mark if isinstance(error, TextError) else None
    notice = Notice(
        f"{name} cannot be read: {problem}.",
        "The gate fails closed: what it cannot read it does not admit.",
        (error if isinstance(error, TextError) else TextError("")).remedy,
        address=name,
        place=Place(name, *mark) if mark else Place(name),
    )
    return Document(name, (notice,), sha256, may_be_quoted=may_be_quoted)


def stray_task_definition(name: str, text: Text, sha256: str | None = None) -> Document | None:
    """Return a document that says of a file which is no template that a task definition stands in it, if one does."""
    path = next(_task_definitions(text.value), None)
    if path is None:
        return None
    notice = Notice(
        f"{'/'.join(path)} is a task definition, but {name} is no CloudFormation template.",
        "The gate does not know what is made of it: it is not checked.",
        "Judge the template that is deployed.",
        kind=NOT_CHECKED,
        address=name,
        place=Place(name, *text.place_of(path)),
    )
    return Document(name, (notice,), sha256)


def links(value: Any) -> dict[str, str]:
    """Return the nested stacks of a template that it names by a path, by logical id."""
    resources = value.get("Resources") if isinstance(value, dict) else None
    found = {}
    for logical_id, resource in resources.items() if isinstance(resources, dict) else ():
        kind = type_of(resource)
        key = _LINKS_TO_TEMPLATES.get(kind) if isinstance(kind, str) else None
        properties = resource.get("Properties") if key else None
        link = properties.get(key) if isinstance(properties, dict) else None
        if isinstance(link, str) and link and "://" not in link:
            found[logical_id] = link
    return found


def without_links(document: Document, read: Collection[str]) -> Document:
    """Return a template without the notices on nested stacks that are read too."""
    items = [item for item in document.items if isinstance(item, Resource) or item.name not in read]
    left = [item for item in document.items if isinstance(item, Notice) and item.name in read]
    exemptions = [*document.exemptions, *(exemption for notice in left for exemption in notice.exemptions)]
    return replace(document, items=tuple(items), exemptions=exemptions)


def _is_template(value: object) -> bool:
    return isinstance(value, dict) and ("AWSTemplateFormatVersion" in value or isinstance(value.get("Resources"), dict))


def _registered(name: str, text: Text, paths: Sequence[tuple[str, ...]], sha256: str | None) -> Document:
    repeated = [_repeated_key(name, "", duplicate) for duplicate in text.duplicates]
    inline = at_members(text.comments_at(), name)
    if isinstance(text.value, dict):  # the whole file is one task definition
        return Document(name, (*repeated, *registered(name, text, paths, lambda path: every(inline))), sha256)
    judged = {path[0] for path in paths}
    items = registered(name, text, paths, lambda path: inline.get(path[0], ()))
    return Document(name, (*repeated, *items), sha256, every(inline, judged))


def _is_terraform(value: object) -> bool:
    """Return whether a value is a plan or a state, in whatever version."""
    if not isinstance(value, dict):
        return False
    if any(key in value for key in ("resource_changes", "planned_values")):
        return True
    # A state with nothing in it has no values.
    is_state = isinstance(value.get("values"), dict) and "root_module" in value["values"]
    return "format_version" in value and (is_state or set(value) <= {"format_version", "terraform_version"})


def _is_raw_state(value: object) -> bool:
    """Return whether a value is a state as Terraform keeps it for itself."""
    return isinstance(value, dict) and {"lineage", "serial", "terraform_version"} <= value.keys()


def _terraform(name: str, text: Text, sha256: str | None, place_of_block: PlaceOfBlock) -> Document:
    from .terraform.code import json_code_document
    from .terraform.plan import terraform_document

    if _is_raw_state(text.value):
        return unreadable(name, TextError("it is a state as Terraform keeps it", remedy=_SHOW), sha256)
    if name.lower().endswith(JSON_CODE):
        return json_code_document(name, text, sha256)
    try:
        return terraform_document(name, text, sha256, place_of_block)
    except TextError as error:
        return unreadable(name, error, sha256)


def _template(name: str, text: Text, sha256: str | None) -> Document:
    template = text.value
    if not isinstance(template.get("Resources"), dict):
        what = "no Resources" if template.get("Resources") is None else "Resources that are not a map"
        return unreadable(name, TextError(f"it is no CloudFormation template, it has {what}"), sha256)

    inline = at_members(text.comments_at("Resources"), name)
    items = list(items_of(template, Declarations.of(template), origins_in(name, text, inline), name))
    judged = {item.name for item in items}
    return Document(name, (*_repeated(name, text), *items), sha256, every(inline, judged))


def origins_in(
    name: str, text: Text, inline: Mapping[str | None, Sequence[InlineExemption]] | None = None
) -> Callable[[str], Origin]:
    """Return what tells where a logical id of a template in a file comes from, and what stands beside it."""
    beside = inline or {}

    def origin_of(logical_id: str) -> Origin:
        def place_of(location: str) -> Place:
            steps = location.split("/") if location else ()
            return Place(name, *text.place_of(("Resources", logical_id, *steps)))

        return Origin(f"{name}/{logical_id}", place_of, exemptions=beside.get(logical_id, ()))

    return origin_of


def _repeated(name: str, text: Text) -> Iterator[Notice]:
    """Yield what is to be said of keys that are there twice, where that can change a verdict."""
    for duplicate in text.duplicates:
        section, *inside = duplicate.path
        logical_id = inside[0] if section == "Resources" and inside else ""
        if section not in ("Resources", "Parameters", "Conditions", "Mappings", "Transform"):
            continue
        resource = text.value["Resources"].get(logical_id)
        if len(inside) < 2 or section != "Resources" or type_of(resource) == TASK_DEFINITION:
            yield _repeated_key(name, logical_id, duplicate)


def _repeated_key(name: str, logical_id: str, duplicate: Duplicate) -> Notice:
    return Notice(
        f"{'/'.join(duplicate.path)} is there twice, in line {duplicate.first.line} and in line {duplicate.last.line}.",
        f"CloudFormation takes the last one without a word: what stands in line {duplicate.first.line} is not checked.",
        "Remove one of them.",
        kind=NOT_CHECKED,
        address=f"{name}/{logical_id}" if logical_id else name,
        name=logical_id,
        place=Place(name, *duplicate.last),
    )


def _task_definitions(value: object) -> Iterator[tuple[str, ...]]:
    """Yield where in ``value`` something has the type and the properties of a task definition."""
    nodes: list[tuple[tuple[str, ...], Any]] = [((), value)]
    while nodes:
        path, node = nodes.pop()
        if isinstance(node, dict):
            if node.get("Type") == TASK_DEFINITION and "Properties" in node:
                yield path
            nodes += [((*path, str(key)), member) for key, member in node.items()]
        elif isinstance(node, list):
            nodes += [((*path, str(index)), item) for index, item in enumerate(node)]
