"""CloudFormation template: its task definitions, and notices about the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ...cloudformation.declarations import Declarations
from ...cloudformation.nested_stacks import as_called
from ...model.address import AddressKind
from ...model.document import Document
from ...model.inline_exemption import InlineExemption
from ...model.language import CLOUDFORMATION
from ...model.notice import Notice
from ...model.resource import JUDGED_TYPES, NESTED_STACK, Resource, type_of
from ...model.start import Start
from ...model.template import Origin, StackTemplate
from ..text.inline_exemptions import in_metadata
from ..workloads import workloads_in_template
from .deployers import template_urls
from .inline_templates import LOCATION, inline_templates
from .opaque import opaque_resource, opaque_template, partly_opaque
from .starts import Starts


class TemplateError(ValueError):
    """A value that is not a CloudFormation template."""


def template_document(template: Mapping[str, Any], name: str = "") -> Document:
    """Return the document of a template. The address of a resource is its logical id.

    Args:
        template: the parsed template.
        name: the name of the document.

    Raises:
        TemplateError: if it is not a CloudFormation template.
    """
    if not isinstance(template, Mapping):
        raise TemplateError(f"a CloudFormation template is a mapping, not a {type(template).__name__}")
    resources = template.get("Resources")
    if not isinstance(resources, Mapping):
        problem = "no Resources" if resources is None else f"Resources that are a {type(resources).__name__}"
        raise TemplateError(f"this is not a CloudFormation template: it has {problem}")
    return Document(name, tuple(items_of(StackTemplate(name, "", template, Declarations.of(template)))))


def items_of(template: StackTemplate, starts: Starts | None = None) -> Iterator[Resource | Notice]:
    """Yield the task definitions of a template, and notices of the rest; nothing if it could not be read.

    Args:
        template: the template.
        starts: the starts of its task definitions in all templates; only those in this template if left out.
    """
    if template.body is None:
        return
    starts = starts or Starts([template])
    transformed = opaque_template(template.body)
    if transformed:
        yield replace(transformed, address=template.path, account=template.account)
    for key, resource in template.body["Resources"].items():
        yield from _items_at(str(key), resource, template, starts)


def _items_at(name: str, resource: Any, template: StackTemplate, starts: Starts) -> Iterator[Resource | Notice]:
    """Yield the items of a member of ``Resources``."""
    inline = inline_templates(resource)
    for body in filter(None, inline):
        yield from _inline_items(body, resource, name, template)
    is_read = None not in inline and (name in template.read_too or (inline and not template_urls(resource)))
    opaque = None if is_read else opaque_resource(name, resource, in_cdk=template.in_cdk)
    if opaque and (name in template.partly_read or any(inline)):
        opaque = partly_opaque(opaque)
    notices = [*([opaque] if opaque else []), *([] if is_read else workloads_in_template(resource))]
    if notices:
        yield from (_placed(notice, name, resource, template) for notice in notices)
    elif type_of(resource) in JUDGED_TYPES:
        yield _task_definition(name, resource, template, starts)


def _task_definition(name: str, resource: Mapping[str, Any], template: StackTemplate, starts: Starts) -> Resource:
    origin = template.origin_of(name)
    found = resource_in(template, name, resource, origin)
    return replace(
        found,
        # A macro next to the properties can set any of them.
        properties=resource if "Fn::Transform" in resource else found.properties,
        language=origin.language,
        address_kind=origin.address_kind,
        starts=_starts_of(resource, starts, template.path, name),
    )


def resource_in(template: StackTemplate, logical_id: str, resource: Mapping[str, Any], origin: Origin) -> Resource:
    """Return a resource of a template that has a type, with its origin."""
    return Resource(
        address=origin.address,
        type=type_of(resource),
        properties=resource.get("Properties"),
        declarations=template.declarations,
        condition=resource.get("Condition"),
        name=logical_id,
        place_of=origin.place_of,
        acknowledged=origin.acknowledged,
        account=template.account,
        exemptions=_exemptions_of(resource, origin),
    )


def _starts_of(resource: Mapping[str, Any], starts: Starts, template: str, name: str) -> Sequence[Start]:
    """Return the starts of a task definition, which matter only if it requires a launch type."""
    properties = resource.get("Properties")
    if not isinstance(properties, Mapping) or "RequiresCompatibilities" not in properties:
        return ()
    family = properties.get("Family")
    return starts.of(template, name, family if isinstance(family, str) else None)


def _inline_items(
    body: Mapping[str, Any], deployer: Mapping[str, Any], name: str, template: StackTemplate
) -> Iterator[Resource | Notice]:
    """Yield the items of an inline template; their names begin with that of the resource that deploys it.

    A StackSet deploys it to other accounts. In a CDK app no construct has written it.
    """
    is_nested = type_of(deployer) == NESTED_STACK
    declared = Declarations.of(body)
    outer = template.origin_of(name)

    def origin_of(logical_id: str) -> Origin:
        address = f"{outer.address}/<{logical_id}>" if template.in_cdk else f"{outer.address}/{logical_id}"
        kind = AddressKind.UNCERTAIN if template.in_cdk else outer.address_kind
        place = outer.place_of(LOCATION)
        language = CLOUDFORMATION if template.in_cdk else outer.language
        return Origin(address, lambda location: place, outer.acknowledged, language, (), kind)

    inner = StackTemplate(
        template.name,
        outer.address,
        body,
        as_called(declared, deployer, template.declarations) if is_nested else declared,
        origin_of=origin_of,
        account=template.account if is_nested else None,
        in_cdk=template.in_cdk,
    )
    for item in items_of(inner):
        yield replace(item, name=f"{name}/{item.name}" if item.name else name)


def _placed(notice: Notice, name: str, resource: object, template: StackTemplate) -> Notice:
    origin = template.origin_of(name)
    return replace(
        notice,
        address=origin.address,
        name=name,
        place=origin.place_of(""),
        acknowledged=origin.acknowledged,
        account=template.account,
        exemptions=_exemptions_of(resource, origin),
        address_kind=origin.address_kind,
    )


def _exemptions_of(resource: object, origin: Origin) -> tuple[InlineExemption, ...]:
    """Return the inline exemptions of a resource, from comments and from its metadata."""
    return (*origin.exemptions, *in_metadata(resource, origin.place_of))
