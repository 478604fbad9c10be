"""Lines of code in messages, which change with the code."""

from __future__ import annotations

import re


def without_lines(text: str) -> str:
    """Return a text with LINE for the line of each place in Python code, such as ``KeyError at support.py:LINE``."""
    return re.sub(r"(?<=\.py:)\d+", "LINE", text)
