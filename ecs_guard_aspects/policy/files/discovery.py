"""Which policy the command judges by: the one that is named, or the nearest up to the root of the repository."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ...sources.text.read import read_text
from ...sources.text.text import TextError, decode
from ..checks import Check
from ..errors import PolicyError
from ..policy import Policy
from .context import CONTEXT_KEY

OWN_FILES = ("ecs-guard.yaml", "ecs-guard.yml", "ecs-guard.json")
_PYPROJECT = "pyproject.toml"
_CDK_JSON = "cdk.json"

Configuration = Mapping[str, Any]
"""What the context of a CDK app would hold: ``{"ecs-guard": {...}}``."""


def repository_root(start: Path) -> Path:
    """Return the nearest folder above with a ``.git``, ``start`` if there is none."""
    return next((folder for folder in (start, *start.parents) if (folder / ".git").exists()), start)


def find_policy(start: Path, root: Path) -> Path | None:
    """Return the policy file that counts in ``start``, None if there is none up to ``root``.

    Raises:
        PolicyError: if a folder has two, or one that cannot be read.
    """
    for folder in (start, *start.parents):
        found = list(_policy_files(folder))
        if len(found) > 1:
            names = " and ".join(path.name for path in found)
            raise PolicyError(f"{folder} has two policies, {names}: keep one, or name one with --policy")
        if found:
            return found[0]
        if folder == root:
            break
    return None


def load_policy(path: Path, name: str, checks: Sequence[Check] = ()) -> Policy:
    """Return the policy of a file.

    Args:
        path: the file.
        name: what it is called.
        checks: checks of one's own that it may name.

    Raises:
        PolicyError: if it cannot be read, or says what no policy can.
    """
    configuration = _read(path, name)
    if configuration is None:
        place = f"[tool.{CONTEXT_KEY}]" if path.name == _PYPROJECT else f"context.{CONTEXT_KEY}"
        raise PolicyError(f"{name} has no policy: there is no {place} in it")
    try:
        return Policy(checks=checks).in_context(configuration, name).replace(origin=name)
    except PolicyError as error:
        raise PolicyError(f"{name}: {error}") from None


def _policy_files(folder: Path) -> Iterator[Path]:
    yield from (folder / name for name in OWN_FILES if _is_there(folder / name))
    for name in (_PYPROJECT, _CDK_JSON):
        path = folder / name
        if _is_there(path) and CONTEXT_KEY.encode() in _content(path, name) and _read(path, str(path)) is not None:
            yield path


def _is_there(path: Path) -> bool:
    """Return whether a file is there; a link that leads nowhere is, for nobody may miss the policy behind it."""
    return path.is_file() or (path.is_symlink() and not path.exists())


def _read(path: Path, name: str) -> Configuration | None:
    """Return what a file says of the policy, None if it says nothing."""
    content = _content(path, name)
    if path.name == _PYPROJECT:
        return _from_toml(content, name)
    if path.name == _CDK_JSON:
        return _from_cdk_json(content, name)
    return {CONTEXT_KEY: _from_own_file(content, name)}


def _content(path: Path, name: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise PolicyError(f"{name} cannot be read: {error.strerror}") from None


def _from_own_file(content: bytes, name: str) -> Configuration:
    try:
        text = read_text(decode(content))
    except TextError as error:
        line = f", line {error.position.line}" if error.position else ""
        raise PolicyError(f"{name} cannot be read{line}: {error}") from None
    if text.duplicates:
        twice = text.duplicates[0]
        raise PolicyError(f"{name}, line {twice.last.line}: {'.'.join(twice.path)} is there twice; keep one")
    if text.value is None:
        return {}
    if not isinstance(text.value, dict):
        raise PolicyError(f"{name} is no policy: it must be an object with profile, enforcement, exemptions")
    return text.value


def _from_toml(content: bytes, name: str) -> Configuration | None:
    import tomllib  # few policies are in TOML

    try:
        tool = tomllib.loads(content.decode()).get("tool", {})
    except ValueError as error:
        raise PolicyError(f"{name} cannot be read: {error}") from None
    return {CONTEXT_KEY: _plain(tool[CONTEXT_KEY])} if isinstance(tool, dict) and CONTEXT_KEY in tool else None


def _plain(value: Any) -> Any:
    """Return TOML as JSON has it: a date is a text there."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool) else value.isoformat()


def _from_cdk_json(content: bytes, name: str) -> Configuration | None:
    try:
        context = json.loads(content).get("context", {})
        ours = {key: value for key, value in context.items() if key.partition(":")[0] == CONTEXT_KEY}
    except (ValueError, AttributeError, RecursionError) as error:
        raise PolicyError(f"{name} cannot be read: {error}") from None
    return ours or None
