"""Text reading: JSON or YAML. Each parser is imported when it is needed."""

from __future__ import annotations

import re

from .text import Lines, Text, TextError

_PLACEHOLDER = re.compile(r"\{\{|\{%|<%|[$#]\{|\$\(|\[\[|\(\(|<[A-Za-z]|[%@]{1,2}[A-Za-z]\w*[%@]|\$[A-Za-z]|__\w")
_COMMENT = re.compile("//|/[*]")

_REPLACE = "Put the placeholder in quotes, or check the file after its placeholders are replaced."


def read_text(text: str) -> Text:
    """Return a parsed text, JSON or YAML.

    Raises:
        TextError: if it is neither.
    """
    problem: TextError | None = None
    if text.lstrip()[:1] in ("{", "["):
        from .json_text import read_json

        try:
            return read_json(text)
        except TextError as error:
            problem = error  # YAML allows comments and a comma at the end; other errors of JSON are clearer
            if _is_at(text, error, _COMMENT):  # which YAML would read as a part of the next key
                raise TextError(
                    "JSON does not have comments",
                    error.position,
                    remedy="Remove the comments that start with / from it.",
                ) from error
    from .yaml_text import read_yaml

    try:
        return read_yaml(text)
    except TextError as error:
        found = problem or error
        if not found.documents and _is_at(text, found, _PLACEHOLDER):
            raise TextError("it has a placeholder that is not in quotes", found.position, remedy=_REPLACE) from found
        raise found  # noqa: B904 - its cause is shown, not that it is not YAML either


def _is_at(text: str, error: TextError, pattern: re.Pattern[str]) -> bool:
    """Return whether a pattern matches at an error or one character before it, because a brace is read before the
    error."""
    if error.position is None:
        return False
    index = Lines(text).index(error.position)
    return any(pattern.match(text, at) for at in (index, max(0, index - 1)))
