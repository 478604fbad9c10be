"""Texts of file assets, by the expressions that name them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ecs_guard_aspects.gates.synth.tree.asset_texts import asset_text

HASH = "c" * 64
OTHER = "d" * 64


@pytest.mark.parametrize(
    ("named", "text"),
    [
        ({"Bucket": "b", "Key": f"{HASH}.json"}, "{}"),
        ({"Bucket": "b", "Key": f"prefix/{HASH}.json"}, "{}"),
        ({"Key": {"Fn::Select": [0, {"Ref": f"AssetParameters{HASH}S3VersionKey"}]}}, "{}"),
        ({"Bucket": "b", "Key": f"{OTHER}.json"}, None),
        ({"Bucket": "b", "Key": "run.json"}, None),
    ],
)
def test_an_asset_is_found_by_its_hash(named: Any, text: str | None, tmp_path: Path) -> None:
    (tmp_path / f"asset.{HASH}.json").write_text("{}", encoding="utf-8")
    assert asset_text(tmp_path, named) == text


def test_an_asset_that_is_not_text_is_not_read(tmp_path: Path) -> None:
    (tmp_path / f"asset.{HASH}").mkdir()
    (tmp_path / f"asset.{OTHER}.bin").write_bytes(b"\xff")
    assert [asset_text(tmp_path, {"Key": each}) for each in (HASH, OTHER)] == [None, None]
