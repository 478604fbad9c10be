"""Products of Service Catalog: where their templates come from.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-servicecatalog-cloudformationproduct.html
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from ...cloudformation.text import canonical

PRODUCT = "AWS::ServiceCatalog::CloudFormationProduct"


def is_of_assets(product: Mapping[str, Any], source_hashes: Collection[str]) -> bool:
    """Return whether every version of a product is one of these assets.

    Args:
        product: the ``AWS::ServiceCatalog::CloudFormationProduct``.
        source_hashes: the source hashes of the assets, which their URLs hold.
    """
    properties = product.get("Properties")
    # SourceConnection: versions that Service Catalog takes from a repository, now and later.
    if not isinstance(properties, Mapping) or "SourceConnection" in properties:
        return False
    versions = properties.get("ProvisioningArtifactParameters")
    if not isinstance(versions, list) or not versions or "Fn::Transform" in {*product, *properties}:
        return False
    return all(_is_of(version, source_hashes) for version in versions)


def _is_of(version: object, source_hashes: Collection[str]) -> bool:
    info = version.get("Info") if isinstance(version, Mapping) else None
    # Without a URL the version is imported from an existing stack.
    url = canonical(info.get("LoadTemplateFromURL")) if isinstance(info, Mapping) else ""
    return "Fn::If" not in url and any(source_hash in url for source_hash in source_hashes)
