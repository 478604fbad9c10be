"""What a template brings that is not in it: macros, loops, modules, templates given by URL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...model.notice import NOT_CHECKED, Notice
from ...model.resource import NESTED_STACK, TASK_DEFINITION, type_of
from .products import PRODUCT

# Transforms by AWS that make no task definitions, and change none.
_HARMLESS_TRANSFORMS = (
    "AWS::LanguageExtensions",
    "AWS::Serverless-",
    "AWS::CodeDeploy",
    "AWS::SecretsManager-",
    "AWS::ServiceCatalog",
)

# What deploys templates that are not in this one.
_WITH_TEMPLATES = {
    PRODUCT: "a product from a template by URL, or from an asset that is not here",
    "AWS::CloudFormation::StackSet": "stacks from a template of its own",
    "AWS::Serverless::Application": "an application as a nested stack",
    "AWS::ServiceCatalog::CloudFormationProvisionedProduct": "a product of Service Catalog",
}


def opaque_template(body: Mapping[str, Any]) -> Notice | None:
    """Return what is said of a template that a macro may change at deployment, if one may.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-reference.html
    """
    transforms = body.get("Transform", [])
    names = transforms if isinstance(transforms, list) else [transforms]
    unknown = [name for name in names if not isinstance(name, str) or not name.startswith(_HARMLESS_TRANSFORMS)]
    if "Fn::Transform" in body:
        unknown.append("Fn::Transform")
    if not unknown:
        return None
    return Notice(
        f"The macro {unknown[0]} changes this template at deployment.",
        "The gate cannot see what it makes of task definitions, or whether it adds any.",
        "Run evaluate_template on the processed template.",
        kind=NOT_CHECKED,
    )


def opaque_resource(logical_id: str, resource: object) -> Notice | None:
    """Return why a member of ``Resources`` cannot be judged, or is not looked into; None for any proper resource.

    Whether the template of a nested stack or of a product is there only its reader knows.
    """
    kind = type_of(resource)
    if logical_id.startswith("Fn::ForEach::"):
        return _opaque_loop(logical_id, resource)
    if logical_id == "Fn::Transform":
        return Notice(
            "A macro or AWS::Include adds resources at deployment.",
            "The gate cannot see them: a task definition among them is not checked.",
            "Run evaluate_template on the processed template, or write the resources out.",
            kind=NOT_CHECKED,
        )
    if kind == NESTED_STACK:
        return _NESTED
    if isinstance(kind, str):
        return _deploys_elsewhere(kind)
    problem = f"is a {type(resource).__name__}" if not isinstance(resource, Mapping) else "has no Type"
    return Notice(
        f"Resource {logical_id} {problem}.",
        "Nobody can tell whether it is a task definition, and CloudFormation will not take it.",
        "Write a resource with Type and Properties.",
    )


def _opaque_loop(logical_id: str, loop: object) -> Notice | None:
    """Return what is said of a ``Fn::ForEach``: it is not expanded."""
    kinds = list(_types_in(loop))
    if any(not isinstance(kind, str) or kind == TASK_DEFINITION or "{" in kind for kind in kinds):
        return Notice(
            f"{logical_id} makes task definitions at deployment.",
            "The gate sees no task definition before the loop is expanded, and does not guess what comes out.",
            "Write the task definitions out, or generate them in CDK.",
            decidable_later=True,
        )
    unseen = [kind for kind in kinds if kind == NESTED_STACK or _brought_by(kind)]
    if unseen:
        return Notice(
            f"{logical_id} makes {unseen[0]} at deployment.",
            "The gate cannot see the templates of what it makes: a task definition in them is not checked.",
            "Judge them where they are made, with evaluate_template.",
            kind=NOT_CHECKED,
        )
    return None


def _types_in(loop: object) -> Iterator[Any]:
    """Yield every type inside a ``Fn::ForEach``; one that is no string, or holds a ``{``, the loop puts together."""
    nodes = [loop]
    while nodes:
        node = nodes.pop()
        if isinstance(node, Mapping):
            if node.get("Type") is not None:
                yield node["Type"]
            nodes += reversed(list(node.values()))
        elif isinstance(node, list):
            nodes += reversed(node)


def _deploys_elsewhere(kind: str) -> Notice | None:
    """Return what is said of a resource that brings a template of its own, which the gate does not have."""
    brought = _brought_by(kind)
    if brought is None:
        return None
    return Notice(
        f"This {kind} deploys {brought}.",
        "The gate cannot see that template: a task definition in it is not checked.",
        "Judge it where it is made, with evaluate_template.",
        kind=NOT_CHECKED,
    )


def _brought_by(kind: str) -> str | None:
    return "a module" if kind.endswith("::MODULE") else _WITH_TEMPLATES.get(kind)


_NESTED = Notice(
    "The template of this nested stack is given by URL, or as an asset that is not here.",
    "The gate cannot see it: a task definition in it is not checked.",
    "Judge that template where it is made, with evaluate_template; in CDK, load it with CfnInclude.",
    kind=NOT_CHECKED,
)
