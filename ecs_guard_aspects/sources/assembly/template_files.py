"""Template files of a cloud assembly: reading a template, and the notice about one that cannot be read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ...model.debug import HINT, show_traceback
from ...model.notice import Notice

MALFORMED = (OSError, ValueError, TypeError, AttributeError, KeyError, RecursionError)
"""The exceptions of reading a file of an assembly that is missing or malformed."""


class TemplateFile(NamedTuple):
    """A template that was read.

    Attributes:
        body: the template; None if it cannot be read.
        sha256: the digest of the file.
        problem: why it cannot be read.
    """

    body: Mapping[str, Any] | None
    sha256: str | None
    problem: Notice | None = None


class TemplateFiles:
    """The templates in a folder, each read once.

    Args:
        folder: the folder of the assembly.
        prefix: the beginning of the names of its files.
    """

    def __init__(self, folder: Path, prefix: str) -> None:
        self._folder = folder
        self._prefix = prefix
        self._read: dict[str, TemplateFile] = {}

    def read(self, file: str) -> TemplateFile:
        """Return a template by its path in the folder."""
        if file not in self._read:
            self._read[file] = _read_template(self._folder / file, self.name_of(file))
        return self._read[file]

    def name_of(self, file: str) -> str:
        """Return the name of a template in reports."""
        return f"{self._prefix}{file}"


def text_of(value: object) -> str:
    """Return a value that must be a string.

    Raises:
        TypeError: if it is something else.
    """
    if not isinstance(value, str):
        raise TypeError(f"a value of the type {type(value).__name__} is not a string")
    return value


def _read_template(file: Path, name: str) -> TemplateFile:
    sha256 = None
    try:
        content = file.read_bytes()
        sha256 = hashlib.sha256(content).hexdigest()
        body = _parsed(name, content.decode("utf-8"))
        if not isinstance(body, dict):
            raise TypeError(f"it is a {type(body).__name__}, not an object")
    except MALFORMED as error:
        return TemplateFile(None, sha256, unreadable_notice(f"The template {name}", error))
    return TemplateFile(body, sha256)


def _parsed(name: str, text: str) -> Any:
    """Return the value of a template. The CDK writes JSON; an asset of the user can be YAML."""
    if name.lower().endswith(".json"):
        return json.loads(text)
    from ..text.read import read_text

    return read_text(text).value


def unreadable_notice(what: str, error: Exception) -> Notice:
    """Return the notice that a file of an assembly cannot be read."""
    show_traceback(error, f"reading {what}")
    return Notice(
        f"{what} cannot be read: {type(error).__name__}: {error}.",
        "ecs-guard denies a file that it cannot read.",
        f"Synthesize into an empty output folder. If the error remains, report it with this message. {HINT}.",
    )
