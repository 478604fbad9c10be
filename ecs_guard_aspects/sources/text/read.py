"""Reading of a text that is JSON or YAML: the parser of each is imported when it is needed."""

from __future__ import annotations

from .text import Text, TextError


def read_text(text: str) -> Text:
    """Return what a text says, JSON or YAML.

    Raises:
        TextError: if it is neither.
    """
    problem: TextError | None = None
    if text.lstrip()[:1] in ("{", "["):
        from .json_text import read_json

        try:
            return read_json(text)
        except TextError as error:
            problem = error  # YAML takes comments and a comma at the end; other errors are best explained as JSON's
    from .yaml_text import read_yaml

    try:
        return read_yaml(text)
    except TextError as error:
        raise problem or error from None
