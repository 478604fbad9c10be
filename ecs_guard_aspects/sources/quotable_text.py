"""Quotable text: the files whose lines a report may show."""

from __future__ import annotations

import re

from .file_names import FileNames
from .folders import CODE, JSON_CODE
from .text.private import without_private
from .text.text import Text, decode

STDIN_NAME = "stdin"
"""The name of standard input in reports."""

# fmt: off
SOURCE_CODE = frozenset((
    ".ts", ".mts", ".cts", ".tsx", ".js", ".mjs", ".cjs", ".jsx",
    ".py", ".java", ".kt", ".scala", ".cs", ".fs", ".vb", ".go",
    *CODE,
))
# fmt: on
"""Suffixes of source code: of CDK apps, and of the code of Terraform plans."""

# A text in an expression of Terraform code: an operand, an argument, an item of a list, but not a key of an object.
# Between an operator and the text is no other operator: a search from each of them takes quadratic time.
_TEXT_IN_EXPRESSION = re.compile(
    r"""(?:[=!]=|[?]|\$\{|(?<!jsonencode)\()(?:[^"}?(=!$]|(?<=jsonencode)\(|[=!](?!=)|\$(?!\{))*+\""""
    r"""|[\[,]\s*"(?!(?:[^"\\]|\\.)*"\s*[=:][^=])"""
)

# What follows an escape in a text of JSON: a text in an expression begins with an escaped quote.
_AFTER_ESCAPE = re.compile(r"""(?:\\.[^"\\\n]*)+""")


class QuotableText:
    """Lines for reports: of files that were read, and of source code below the root.

    A cloud assembly names the source files of its constructs. It must not be able to show a file with secrets.
    """

    def __init__(self, names: FileNames) -> None:
        self._names = names
        self._allowed: dict[str, Text | None] = {}
        self._stdin: str | None = None

    def allow(self, name: str, text: Text | None = None) -> None:
        """Let reports show a file that was read.

        Args:
            name: the name of the file.
            text: its text with a syntax tree; values that can be secrets are not shown.
        """
        self._allowed[name] = text

    def keep_stdin(self, text: str) -> None:
        """Keep the text of standard input, which cannot be read twice."""
        self._stdin = text

    def text_of(self, name: str) -> str | None:
        """Return the text of a file by its name, None if it may not be shown or cannot be read."""
        read = self._allowed.get(name)
        if read is not None:
            return without_private(read.content, read.root)
        if name == STDIN_NAME:
            return self._stdin if name in self._allowed else None
        path = self._names.root / name
        try:
            may_be_shown = path.suffix.lower() in SOURCE_CODE and self._names.is_below_root(path)
            if not may_be_shown and name not in self._allowed:
                return None
            shown = decode(path.read_bytes())
        except (OSError, ValueError):
            return None
        if path.name.lower().endswith(JSON_CODE):
            return _AFTER_ESCAPE.sub(lambda match: "*" * len(match[0]), shown)
        is_terraform = path.suffix.lower() in CODE
        return "\n".join(map(_without_texts, shown.split("\n"))) if is_terraform else shown


def _without_texts(line: str) -> str:
    """Return a line of Terraform code with asterisks for the texts in its expressions, which may be secrets."""
    found = _TEXT_IN_EXPRESSION.search(line)
    if found is None:
        return line
    start, end = found.end(), line.rindex('"')
    return line[:start] + "*" * (end - start) + line[max(start, end) :]
