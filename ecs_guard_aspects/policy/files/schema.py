"""JSON schema of a policy, published with the package as ``ecs-guard.schema.json``."""

from __future__ import annotations

from typing import Any

from ..checks import ALL as BUILT_IN
from ..checks import ContainerCheck
from ..enforcement import GATE_KEYS, Enforcement
from ..exemptions import FIELDS, REQUIRED_FIELDS
from ..ids import EXEMPTIBLE_NOTICES
from ..profiles import profile_names
from .configuration import CHECK_NAME

_ID = "^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
_SEGMENT = r"(\*\*|([^/*]|\*(?!\*))+)"
_GLOB = rf"^(?=.*\S)/*{_SEGMENT}(/{_SEGMENT})*/*$"
# Addresses of Terraform have segments between dots too, and text in brackets is literal.
_PART = r"(\*\*|([^/*\[]|\[(?!\")|\[\"[^\"]*\"\]|\*(?!\*))+)"
_PATH_GLOB = rf"^(?=.*\S)/*{_PART}([/.]{_PART})*/*$"


def json_schema() -> dict[str, Any]:
    """Return the JSON schema of the configuration object."""
    about_all = [*(check.id for check in BUILT_IN if not isinstance(check, ContainerCheck)), *EXEMPTIBLE_NOTICES]
    enforcement = {"enum": [member.value for member in Enforcement]}
    by_gate = {
        "type": "object",
        "description": "By gate; default is for the gates that are not named.",
        "minProperties": 1,
        "additionalProperties": False,
        "properties": dict.fromkeys(GATE_KEYS, enforcement),
    }
    text = {"type": "string", "pattern": r"\S"}
    date = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
    glob = {"type": "string", "pattern": _GLOB, "description": "* within a segment, ** as a whole one for any number."}
    path = {**glob, "pattern": _PATH_GLOB}
    own = {"expires": date, "account": {"type": "string", "pattern": "^[0-9]{12}$"}, "path": path, "family": glob}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A policy of ecs-guard: the ecs-guard object of cdk.json, or a file of its own",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "profile": {"enum": list(profile_names())},
            "enforcement": {
                "type": "object",
                "description": "By check id, custom checks too; naming one outside the profile switches it on.",
                "propertyNames": {"pattern": _ID},
                "additionalProperties": {"anyOf": [enforcement, by_gate]},
            },
            "unresolved": enforcement,
            "exemptions": {
                "type": "array",
                "items": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": list(REQUIRED_FIELDS),
                    "anyOf": [{"required": ["path"]}, {"required": ["family"]}],
                    "if": {"properties": {"check": {"enum": about_all}}},
                    "then": {"properties": {"container": False}},
                    "properties": dict.fromkeys(FIELDS, text) | own,
                },
            },
            "checks": {
                "type": "array",
                "items": {"type": "string", "pattern": rf"^{CHECK_NAME.pattern}$"},
                "description": "Custom checks as MODULE:NAME, imported only if the caller allows it (--allow-checks).",
            },
            "max_exemption_days": {
                "type": "integer",
                "minimum": 1,
                "maximum": 36500,
                "description": "In how many days from today an exemption must end at the latest.",
            },
            "local_exemptions": {
                "type": "boolean",
                "description": "Whether code and templates may exempt themselves.",
            },
            "fix": {"description": "Not read by the policy: the app's own switch for EcsGuardFix."},
        },
    }
