"""Resources that are not in a template: macros, loops, modules, templates given by URL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ...cloudformation.nodes import nodes_in
from ...cloudformation.text import kind_of
from ...model.notice import NOT_CHECKED, Notice
from ...model.resource import JUDGED_TYPES, NESTED_STACK, type_of
from .deployers import APPLICATION, PRODUCT, STACK_SET
from .inline_templates import inline_templates

# Transforms by AWS that neither add nor change task definitions.
_HARMLESS_TRANSFORMS = (
    "AWS::LanguageExtensions",
    "AWS::Serverless-",
    "AWS::CodeDeploy",
    "AWS::SecretsManager-",
    "AWS::ServiceCatalog",
)

_MODULE = "::MODULE"
_PARTS_OF_LOOP = 3

# Resources that deploy other templates.
_WITH_TEMPLATES = {
    PRODUCT: "a product from a template that is given by URL, or as an asset that was not found",
    STACK_SET: "stacks from another template",
    APPLICATION: "an application as a nested stack",
    "AWS::ServiceCatalog::CloudFormationProvisionedProduct": "a product of Service Catalog",
}


_NOT_SEEN = "The gate cannot see that template: a task definition in it is not checked."
_CHECK_PROCESSED = (
    "Save the processed template (aws cloudformation get-template --template-stage Processed --query TemplateBody) and"
    " run ecs-guard check on it"
)
_CHECK_THAT = "Run ecs-guard check on that template"


def opaque_template(body: Mapping[str, Any]) -> Notice | None:
    """Return the notice for a template that a macro changes at deployment; None for others.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-reference.html
    """
    transforms = body.get("Transform", [])
    names = transforms if isinstance(transforms, list) else [transforms]
    unknown = [name for name in names if not isinstance(name, str) or not name.startswith(_HARMLESS_TRANSFORMS)]
    if "Fn::Transform" in body:
        unknown.append("Fn::Transform")
    if not unknown:
        return None
    name = unknown[0].get("Name") if isinstance(unknown[0], Mapping) else unknown[0]
    return Notice(
        f"The macro {name} changes this template at deployment."
        if isinstance(name, str)
        else "A macro changes this template at deployment.",
        "The gate cannot see whether it changes or adds task definitions.",
        f"{_CHECK_PROCESSED}.",
        kind=NOT_CHECKED,
    )


def opaque_resource(logical_id: str, resource: object, *, in_cdk: bool = False) -> Notice | None:
    """Return the notice for a member of ``Resources`` that cannot be judged or is not checked; None for others.

    Only the reader of a template knows whether the template of a nested stack or of a product was found.
    """
    kind = type_of(resource)
    if logical_id.startswith("Fn::ForEach::"):
        return _opaque_loop(logical_id, resource, in_cdk)
    if logical_id == "Fn::Transform":
        return _ADDED_BY_MACRO
    if inline_templates(resource):
        return _INLINE
    if kind == NESTED_STACK:
        return _NESTED_IN_CDK if in_cdk else _NESTED
    if isinstance(kind, str):
        return _deploys_elsewhere(kind) or _replaced_by_macro(kind, resource)
    if isinstance(resource, Mapping):
        problem = "has no Type" if kind is None else "has a Type that is not a text"
    else:
        problem = f"is {kind_of(resource)}"
    return Notice(
        f"Resource {logical_id} {problem}.",
        "The gate cannot tell whether it is a task definition, and CloudFormation refuses it.",
        "Write a resource with Type and Properties.",
    )


def partly_opaque(notice: Notice) -> Notice:
    """Return the notice for a resource that deploys several templates, of which some are read."""
    return replace(
        notice,
        what=f"This resource may also deploy another template. {notice.what}",
        why="The gate has read one of its templates, not this one: a task definition in it is not checked.",
    )


def _opaque_loop(logical_id: str, loop: object, in_cdk: bool) -> Notice | None:
    """Return the notice for a ``Fn::ForEach``, which is not expanded; None if it adds nothing relevant."""
    kinds = list(_types_in(loop))
    if any(not isinstance(kind, str) or kind in JUDGED_TYPES or "{" in kind for kind in kinds):
        return Notice(
            f"{logical_id} makes task definitions at deployment.",
            "The gate does not expand the loop, so it cannot check them.",
            "Write each task definition as a resource" + (", with a loop in the code of the app." if in_cdk else "."),
            decidable_later=True,
        )
    untyped = [
        name for name, resource in _members_of(loop) if not isinstance(resource, Mapping) or not type_of(resource)
    ]
    if "Fn::Transform" in untyped:
        return _ADDED_BY_MACRO
    if untyped:
        return Notice(
            f"{logical_id} makes a resource that has no Type.",
            "The gate cannot tell whether it is a task definition.",
            "Write the Type of each resource into the loop.",
        )
    unseen = [kind for kind in kinds if kind == NESTED_STACK or _brought_by(kind)]
    if unseen:
        return Notice(
            f"{logical_id} makes {' and '.join(dict.fromkeys(unseen))} at deployment.",
            "The gate cannot see their templates: a task definition in them is not checked.",
            "Run ecs-guard check on their templates.",
            kind=NOT_CHECKED,
        )
    return None


def _members_of(loop: object) -> Iterator[tuple[str, object]]:
    """Yield the resources that a ``Fn::ForEach`` makes, by name, also those of the loops in it.

    A loop that is not written as a name, a list and a mapping is one resource.
    """
    loops: list[tuple[str, object]] = [("Fn::ForEach", loop)]
    while loops:
        name, found = loops.pop()
        if isinstance(found, list) and len(found) == _PARTS_OF_LOOP and isinstance(found[-1], Mapping):
            for key, member in found[-1].items():
                if str(key).startswith("Fn::ForEach::"):
                    loops.append((str(key), member))
                else:
                    yield str(key), member
        else:
            yield ("Fn::Transform", found) if isinstance(found, Mapping) and "Fn::Transform" in found else (name, None)


def _types_in(loop: object) -> Iterator[Any]:
    """Yield every type inside a ``Fn::ForEach``. A type that is not a string, or contains a ``{``, is built by the
    loop.

    A loop can also build the key ``Type``, so the type of task definitions counts at every key.
    """
    for node in nodes_in(loop):
        if isinstance(node, Mapping) and node.get("Type") is not None:
            yield node["Type"]
        elif isinstance(node, str) and node in JUDGED_TYPES:
            yield node


def _deploys_elsewhere(kind: str) -> Notice | None:
    """Return the notice for a resource that deploys a template which the gate does not have."""
    brought = _brought_by(kind)
    if brought is None:
        return None
    return Notice(
        f"This {kind} deploys {brought}.",
        _NOT_SEEN,
        "Run ecs-guard check on the fragment of the module." if kind.endswith(_MODULE) else f"{_CHECK_THAT}.",
        kind=NOT_CHECKED,
    )


def _replaced_by_macro(kind: str, resource: object) -> Notice | None:
    """Return the notice for a resource that a macro next to its type can replace; ``AWS::Include`` only adds to it."""
    macro = resource.get("Fn::Transform") if isinstance(resource, Mapping) and kind not in JUDGED_TYPES else None
    name = macro.get("Name") if isinstance(macro, Mapping) else macro
    if name in (None, "AWS::Include"):
        return None
    return Notice(
        f"The macro {name} can replace this resource at deployment."
        if isinstance(name, str)
        else "A macro can replace this resource at deployment.",
        "The gate cannot see what it becomes: a task definition is not checked.",
        f"{_CHECK_PROCESSED}.",
        kind=NOT_CHECKED,
    )


def _brought_by(kind: str) -> str | None:
    return "a module" if kind.endswith(_MODULE) else _WITH_TEMPLATES.get(kind)


_ADDED_BY_MACRO = Notice(
    "A macro or AWS::Include adds resources at deployment.",
    "The gate cannot see them: a task definition among them is not checked.",
    f"{_CHECK_PROCESSED}, or write the resources into the template.",
    kind=NOT_CHECKED,
)
_NESTED = Notice(
    "The template of this nested stack is given by URL, or as an asset that was not found.",
    _NOT_SEEN,
    f"{_CHECK_THAT}.",
    kind=NOT_CHECKED,
)
_INLINE = replace(_NESTED, what="TemplateBody of this resource is an expression, or it cannot be read as a template.")
_NESTED_IN_CDK = replace(_NESTED, remedy=f"{_CHECK_THAT}, or load it with CfnInclude.")
