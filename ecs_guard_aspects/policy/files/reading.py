"""Reading of policy files: ``ecs-guard.yaml``, ``pyproject.toml`` or ``cdk.json``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from ...sources.text.read import read_text
from ...sources.text.text import TextError, decode
from ..errors import PolicyError
from .context import CONTEXT_KEY, policy_keys

OWN_JSON = "ecs-guard.json"
OWN_FILES = ("ecs-guard.yaml", "ecs-guard.yml", OWN_JSON)
PYPROJECT = "pyproject.toml"
CDK_JSON = "cdk.json"

SIZE_LIMIT = 1_000_000
"""The maximum number of bytes of a file with a policy."""

Configuration = Mapping[str, Any]
"""The context of a CDK app: ``{"ecs-guard": {...}}``."""


def read_configuration(path: Path, name: str) -> Configuration | None:
    """Return the policy in a file, as the context of a CDK app has it; None if the file has none.

    Raises:
        PolicyError: if the file cannot be read.
    """
    content = read_content(path, name)
    if len(content) > SIZE_LIMIT:
        raise PolicyError(f"{name} cannot be read: it has {len(content):,} bytes, and the limit is {SIZE_LIMIT:,}")
    if path.name == PYPROJECT:
        return _from_toml(content, name)
    if path.name == CDK_JSON:
        return _from_cdk_json(content, name)
    return {CONTEXT_KEY: _from_own_file(content, name)}


def read_content(path: Path, name: str) -> bytes:
    """Return the bytes of a file.

    Raises:
        PolicyError: if it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise PolicyError(f"{name} cannot be read: {error.strerror}") from error


def _from_own_file(content: bytes, name: str) -> Configuration:
    try:
        text = read_text(decode(content))
    except TextError as error:
        line = f", line {error.position.line}" if error.position else ""
        hint = "; put a glob that begins with * in quotes" if "alias" in str(error) else ""
        raise PolicyError(f"{name} cannot be read{line}: {error}{hint}") from error
    if text.duplicates:
        twice = text.duplicates[0]
        raise PolicyError(f"{name}, line {twice.last.line}: {'.'.join(twice.path)} is repeated; keep one")
    if text.value is None:
        return {}
    if not isinstance(text.value, dict):
        raise PolicyError(f"{name} is not a policy: it must be an object with profile, enforcement, exemptions")
    return text.value


def _from_toml(content: bytes, name: str) -> Configuration | None:
    try:
        tool = _toml(content).get("tool", {})
    except (ValueError, RecursionError) as error:
        raise PolicyError(f"{name} cannot be read: {error}") from error
    return {CONTEXT_KEY: _plain(tool[CONTEXT_KEY])} if isinstance(tool, dict) and CONTEXT_KEY in tool else None


@lru_cache(maxsize=1)  # the guards of an app and the warnings about its policies read the same file
def _toml(content: bytes) -> dict[str, Any]:
    import tomllib  # few policies are in TOML

    return tomllib.loads(content.decode())


def _plain(value: Any) -> Any:
    """Return TOML as JSON, with dates as texts."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool) else value.isoformat()


def _from_cdk_json(content: bytes, name: str) -> Configuration | None:
    try:
        context = json.loads(content, object_pairs_hook=_without_duplicates).get("context", {})
        return policy_keys(context) or None
    except (ValueError, AttributeError, RecursionError) as error:
        raise PolicyError(f"{name} cannot be read: {error}") from error


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"{key} is repeated; keep one")
        found[key] = value
    return found
