"""Texts of file assets: the CDK has copied them into the cloud assembly when their constructs were made."""

from __future__ import annotations

import re
from pathlib import Path

import aws_cdk as cdk
from constructs import IConstruct

from ....cloudformation.text import canonical
from .constructs import path_of

# The hash that is the name of an asset, in the key of an object or, with the legacy synthesizer, of a parameter.
_HASH = re.compile(r"[0-9a-f]{64}")


def text_of_asset_in(stage: IConstruct, named: object) -> str | None:
    """Return the text of the asset of a Stage that an expression names; None if it has none."""
    return asset_text(path_of(stage.asset_outdir), named) if isinstance(stage, cdk.Stage) else None


def asset_text(folder: Path, named: object) -> str | None:
    """Return the text of the asset that an expression names; None if it is not in this folder."""
    for asset in dict.fromkeys(_HASH.findall(canonical(named))):
        for file in sorted(folder.glob(f"asset.{asset}*")):
            try:
                return file.read_text(encoding="utf-8")
            except (OSError, ValueError):
                return None
    return None
