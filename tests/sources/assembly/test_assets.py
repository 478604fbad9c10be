"""File assets: which of them a URL names, by the place it is uploaded to."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.sources.assembly.assets import FileAssets, assets_in_manifest, assets_in_metadata

BUCKET = "cdk-assets-${AWS::AccountId}-${AWS::Region}"
HOST = "https://s3.${AWS::Region}.${AWS::URLSuffix}"
MANIFEST = {
    "files": {
        "aaa": {
            "source": {"path": "asset.aaa.json", "packaging": "file"},
            "destinations": {"here": {"bucketName": BUCKET, "objectKey": "team/aaa.json"}},
        },
        "zip": {
            "source": {"path": "asset.zip", "packaging": "zip"},
            "destinations": {"here": {"bucketName": BUCKET, "objectKey": "team/zip.zip"}},
        },
        "bbb": {"source": {"path": "b.template.json", "packaging": "file"}},
    }
}
JOINED = [
    "https://s3.",
    {"Ref": "AWS::Region"},
    ".",
    {"Ref": "AWS::URLSuffix"},
    "/",
    {"Fn::Sub": BUCKET},
    "/team/aaa.json",
]
# fmt: off
URLS: list[tuple[Any, str | None]] = [
    ({"Fn::Sub": f"{HOST}/{BUCKET}/team/aaa.json"},                          "asset.aaa.json"),
    ({"Fn::Join": ["", JOINED]},                                             "asset.aaa.json"),
    (f"https://{BUCKET}.s3.amazonaws.com/team/aaa.json",                     "asset.aaa.json"),
    (f"s3://{BUCKET}/team/aaa.json",                                         "asset.aaa.json"),
    ("https://s3/bbb.json",                                                  "b.template.json"),
    # the key without the bucket, the hash without the key
    ({"Fn::Sub": f"{HOST}/other-bucket/team/aaa.json"},                      None),
    ({"Fn::Sub": f"{HOST}/{BUCKET}/other/aaa.json"},                         None),
    ({"Fn::Sub": f"{HOST}/{BUCKET}/team/aaa.json.bak"},                      None),
    ({"Fn::Sub": f"{HOST}/{BUCKET}/team/aaa.json/other.json"},               None),
    ({"Fn::Sub": [f"{HOST}/{BUCKET}/team/aaa.json", {}]},                    None),
    ("https://s3/bbb/other.json",                                            None),
    ("https://s3/other.json?bbb",                                            None),
    ({"Fn::Sub": f"{HOST}/{BUCKET}/team/zip.zip"},                           None),
    ({"Fn::Join": ["", [*JOINED[:-1], {"Fn::If": ["C", "/team/aaa.json", "/x"]}]]}, None),
    ({"Fn::If": ["C", "https://s3/bbb.json", "https://example.com/x"]},      None),
    ({"Ref": "Url"},                                                         None),
    ({1: "bbb", "b": 2},                                                     None),
    (None,                                                                   None),
]
LEGACY: list[tuple[Any, str | None]] = [
    ({"Fn::Join": ["", ["https://s3/", {"Ref": "AssetParametersaaaS3BucketF00"}]]},  "A.json"),
    ({"Fn::Join": ["", [{"Ref": "referencetoSAssetParametersaaaS3BucketF00Ref"},
                        {"Fn::Select": [0, {"Fn::Split": ["||", {"Ref": "AssetParametersaaaS3VersionKey1"}]}]}]]},
     "A.json"),
    ({"Fn::Join": ["", [{"Ref": "AssetParametersaaaS3Bucket"}, {"Ref": "AssetParametersbbbS3VersionKey"}]]}, None),
    ({"Fn::If": ["C", {"Ref": "AssetParametersaaaS3Bucket"}, "https://example.com/x.json"]},  None),
    ({"Ref": "AssetParametersaaaArtifactHash"},                                      None),
    ("https://s3/AssetParametersaaaS3Bucket",                                        None),
]
# fmt: on


@pytest.mark.parametrize(("url", "file"), URLS, ids=repr)
def test_which_asset_a_url_names(url: Any, file: str | None) -> None:
    assert FileAssets(assets_in_manifest(MANIFEST)).named_by(url) == file


@pytest.mark.parametrize(("url", "file"), LEGACY, ids=repr)
def test_which_asset_the_parameters_of_the_legacy_synthesizer_name(url: Any, file: str | None) -> None:
    entries = [{"sourceHash": "aaa", "path": "A.json"}, {"sourceHash": "bbb", "path": "B.json"}]
    assert FileAssets(assets_in_metadata(entries)).named_by(url) == file


def test_without_assets_no_url_names_one() -> None:
    assert FileAssets().named_by("https://s3/aaa.json") is None
