"""Template files: a CloudFormation template in a file, with its places, comments and links."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ...cloudformation.declarations import Declarations
from ...cloudformation.nodes import map_or_empty
from ...model.document import Document
from ...model.inline_exemption import InlineExemption
from ...model.language import template_language
from ...model.notice import Notice
from ...model.place import Place
from ...model.resource import JUDGED_TYPES, NESTED_STACK, Resource, type_of
from ...model.template import Origin, StackTemplate
from ..file_notices import repeated_key, unreadable
from ..text.inline_exemptions import at_members, every
from ..text.text import Duplicate, Text, TextError, distinct
from .template import items_of

_LINKS = {NESTED_STACK: "TemplateURL", "AWS::Serverless::Application": "Location"}
_CHECKED_SECTIONS = ("Resources", "Parameters", "Conditions", "Mappings", "Transform")


def is_template(value: object) -> bool:
    """Return whether a parsed file is a CloudFormation template. Files of other tools have a key ``Resources`` too."""
    if not isinstance(value, dict):
        return False
    resources = value.get("Resources")
    if "AWSTemplateFormatVersion" in value or ("Transform" in value and "Resources" in value):
        return True
    return isinstance(resources, dict) and (not resources or any(map(_resembles_resource, resources.items())))


def _resembles_resource(member: tuple[object, object]) -> bool:
    key, value = member
    keys = [key, *(value if isinstance(value, dict) else ())]
    return any(each in ("Type", "Properties") or str(each).startswith("Fn::") for each in keys)


def template_in_file(name: str, text: Text, sha256: str | None) -> Document:
    """Return the document of a template in a file.

    Args:
        name: the name of the file.
        text: its text; ``is_template`` of the value.
        sha256: the digest of the file.
    """
    template = text.value
    if template.get("Resources") is None:  # a macro can add resources to it
        template = {**template, "Resources": {}}
    if not isinstance(template["Resources"], dict):
        problem = "it is not a valid CloudFormation template: it has Resources that are not a map"
        return unreadable(name, TextError(problem), sha256)
    inline = at_members(text.comments_at("Resources"), name)
    origins = origins_in(name, text, inline)
    items = list(items_of(StackTemplate(name, name, template, Declarations.of(template), origin_of=origins)))
    judged = {item.name for item in items}
    return Document(name, (*_repeated_keys(name, text), *items), sha256, every(inline, judged), text=text)


def origins_in(
    name: str, text: Text, inline: Mapping[str | None, Sequence[InlineExemption]] | None = None
) -> Callable[[str], Origin]:
    """Return the function that maps a logical id to its origin in the file, with its inline exemptions."""
    exemptions = inline or {}
    language = template_language(name)

    def origin_of(logical_id: str) -> Origin:
        def place_of(location: str) -> Place:
            steps = location.split("/") if location else ()
            return Place(name, *text.position_of(("Resources", logical_id, *steps)))

        return Origin(f"{name}/{logical_id}", place_of, language=language, exemptions=exemptions.get(logical_id, ()))

    return origin_of


def links_in(value: Any) -> dict[str, str]:
    """Return the nested stacks whose templates are local files, as paths by logical id."""
    found = {}
    for logical_id, resource in map_or_empty(map_or_empty(value).get("Resources")).items():
        kind = type_of(resource)
        key = _LINKS.get(kind) if isinstance(kind, str) else None
        properties = resource.get("Properties") if key else None
        link = properties.get(key) if isinstance(properties, dict) else None
        if isinstance(link, str) and link and "://" not in link:
            found[logical_id] = link
    return found


def without_links(document: Document, read: Collection[str]) -> Document:
    """Return a template without the notices about nested stacks whose files are read too."""
    items = [item for item in document.items if isinstance(item, Resource) or item.name not in read]
    removed = [item for item in document.items if isinstance(item, Notice) and item.name in read]
    exemptions = [*document.exemptions, *(exemption for notice in removed for exemption in notice.exemptions)]
    return replace(document, items=tuple(items), exemptions=exemptions)


def _repeated_keys(name: str, text: Text) -> Iterator[Notice]:
    """Yield notices about repeated keys that can change a verdict."""
    for duplicate in distinct(each for each in text.duplicates if _is_checked(text, each)):
        section, *inside = duplicate.path
        yield repeated_key(name, inside[0] if section == "Resources" and inside else "", duplicate)


def _is_checked(text: Text, duplicate: Duplicate) -> bool:
    """Return whether a repeated key can change a verdict."""
    section, *inside = duplicate.path
    if section != "Resources" or len(inside) < 2:
        return section in _CHECKED_SECTIONS
    resources = text.value[section]
    return isinstance(resources, dict) and type_of(resources.get(inside[0])) in JUDGED_TYPES
