"""Products of Service Catalog: whether all their templates are assets that are read."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.sources.cloudformation.products import is_of_assets

READ = ["aaa", "bbb"]
SUB = {"Fn::Sub": "https://s3.${AWS::Region}.${AWS::URLSuffix}/cdk-assets/aaa.json"}
LEGACY = {"Fn::Join": ["", ["https://s3/", {"Ref": "AssetParametersbbbS3Bucket"}, "/x.json"]]}


def version(url: Any, **info: Any) -> dict[str, Any]:
    return {"DisableTemplateValidation": False, "Info": {"LoadTemplateFromURL": url, **info}}


def product(*versions: Any, **properties: Any) -> dict[str, Any]:
    return {"Properties": {"Name": "p", "Owner": "o", "ProvisioningArtifactParameters": list(versions), **properties}}


IF = {"Fn::If": ["C", "https://s3/aaa.json", "https://example.com/x.json"]}
# fmt: off
PRODUCTS = [
    (product(version("https://s3/aaa.json")),                                                    True),
    (product(version(SUB)),                                                                      True),
    (product(version(LEGACY)),                                                                   True),
    (product(version(SUB), version(LEGACY)),                                                     True),
    (product(version("https://example.com/x.json")),                                             False),
    (product(version("https://s3/asset.ccc.json")),                                              False),  # a local file
    (product(version(SUB), version("https://example.com/x.json")),                               False),
    (product(version({"Ref": "Url"})),                                                           False),
    (product(version(None)),                                                                     False),
    (product(version(IF)),                                                                       False),
    (product({"Info": {"ImportFromPhysicalId": "arn:aws:cloudformation:..."}}),                  False),
    (product(version(SUB), {"Info": {}}),                                                        False),
    (product(version(SUB), {"Info": "aaa"}),                                                     False),
    (product(version(SUB), "aaa"),                                                               False),
    (product(version(SUB), {"Fn::If": ["C", version(SUB), {"Ref": "AWS::NoValue"}]}),            False),
    (product(version(SUB), SourceConnection={"Type": "CODESTAR"}),                               False),
    (product(version(SUB), **{"Fn::Transform": {"Name": "Mine"}}),                               False),
    ({**product(version(SUB)), "Fn::Transform": {"Name": "Mine"}},                               False),
    (product(),                                                                                  False),
    ({"Properties": {"ProvisioningArtifactParameters": {"Fn::If": ["C", [version(SUB)], []]}}},  False),
    ({"Properties": {"ProvisioningArtifactParameters": "aaa"}},                                  False),
    ({"Properties": {}},                                                                         False),
    ({"Properties": "aaa"},                                                                      False),
    ({},                                                                                         False),
]
# fmt: on


@pytest.mark.parametrize(("resource", "read"), PRODUCTS, ids=[str(row[0])[:90] for row in PRODUCTS])
def test_whether_every_version_is_read(resource: dict[str, Any], read: bool) -> None:
    assert is_of_assets(resource, READ) is read
    assert is_of_assets(resource, []) is False
