"""Deployers: the resources that deploy other templates, and the URLs of these.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stack.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stackset.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-servicecatalog-cloudformationproduct.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...cloudformation.nodes import alternatives, maps_in
from ...model.resource import NESTED_STACK, type_of

APPLICATION = "AWS::Serverless::Application"
PRODUCT = "AWS::ServiceCatalog::CloudFormationProduct"
STACK_SET = "AWS::CloudFormation::StackSet"

_URL_PROPERTIES = {NESTED_STACK: "TemplateURL", STACK_SET: "TemplateURL", APPLICATION: "Location"}


def template_urls(resource: object) -> list[object]:
    """Return the URLs of all templates that a resource deploys; None among them means one that is not known."""
    kind = type_of(resource)
    if not isinstance(resource, Mapping) or not isinstance(kind, str) or kind not in (*_URL_PROPERTIES, PRODUCT):
        return []
    properties = resource.get("Properties")
    if not isinstance(properties, Mapping):
        return [None]
    unknown = [None] if "Fn::Transform" in {*resource, *properties} else []
    if kind == PRODUCT:
        return [*_urls_of_versions(properties), *unknown]
    return [*alternatives(properties.get(_URL_PROPERTIES[kind])), *unknown]


def deployers_in(loop: object) -> Iterator[Mapping[str, Any]]:
    """Yield the resources in a loop that deploy templates."""
    return (node for node in maps_in(loop) if template_urls(node))


def _urls_of_versions(product: Mapping[str, Any]) -> Iterator[object]:
    versions = product.get("ProvisioningArtifactParameters")
    # SourceConnection: versions that Service Catalog takes from a repository, now and later.
    if "SourceConnection" in product or not isinstance(versions, list):
        yield None
    for version in versions if isinstance(versions, list) else ():
        info = version.get("Info") if isinstance(version, Mapping) else None
        # Without a URL the version is imported from an existing stack.
        url = info.get("LoadTemplateFromURL") if isinstance(info, Mapping) else None
        yield from alternatives(url) if url is not None else (None,)
