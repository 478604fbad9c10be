"""Generated templates: which tool wrote a template, and what to change instead."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ...cloudformation.nodes import map_or_empty
from ...model.resource import type_of

_CDK = "is written by `cdk synth`: change the code of the app"
_SAM = "is written by `sam build`: change the template that it is built from"
_PACKAGED = "is written by `aws cloudformation package` or `sam package`: change the template that it is packaged from"
_SERVERLESS = "is written by the Serverless Framework: change serverless.yml"

# `package` names uploaded files after their digest.
_UPLOADED = re.compile(r"(?:s3://|https://[^/]*amazonaws\.com/).*/?[0-9a-f]{32}(?:\.template)?")
_DIGEST = re.compile(r"(?:.*/)?[0-9a-f]{32}(?:\.template)?")
_KEYS = ("S3Key", "Key")


def generated(template: Mapping[str, Any]) -> str | None:
    """Return the end of a sentence about the tool that writes a template and what to change instead, or None."""
    members = [each for each in map_or_empty(template.get("Resources")).values() if isinstance(each, Mapping)]
    metadata = {key for each in members for key in map_or_empty(each.get("Metadata"))}
    if "aws:cdk:path" in metadata or any(type_of(each) == "AWS::CDK::Metadata" for each in members):
        return _CDK
    if _is_bootstrapped(template.get("Parameters")):
        return _CDK
    if "SamResourceId" in metadata:
        return _SAM
    if "ServerlessDeploymentBucketName" in map_or_empty(template.get("Outputs")):
        return _SERVERLESS
    values = (value for each in members for value in map_or_empty(each.get("Properties")).values())
    return _PACKAGED if any(map(_is_uploaded, values)) else None


def _is_bootstrapped(parameters: object) -> bool:
    """Return whether a template has the parameter for the version of the CDK bootstrap stack."""
    version = map_or_empty(parameters).get("BootstrapVersion")
    return isinstance(version, Mapping) and str(version.get("Default")).startswith("/cdk-bootstrap/")


def _is_uploaded(value: object) -> bool:
    if isinstance(value, Mapping):
        return any(isinstance(value.get(key), str) and _DIGEST.fullmatch(value[key]) for key in _KEYS)
    return isinstance(value, str) and _UPLOADED.fullmatch(value) is not None
