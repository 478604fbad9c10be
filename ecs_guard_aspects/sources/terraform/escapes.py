"""Escapes in texts of Terraform code.

https://developer.hashicorp.com/terraform/language/expressions/strings#escape-sequences
"""

from __future__ import annotations

import re

DOUBLED = re.compile(r"([$%])\1\{")
"""``$${`` and ``%%{``: the characters ``${`` and ``%{``, not an interpolation."""

_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t"}


def unescaped(text: str) -> str:
    """Return a quoted text with its escapes replaced."""
    return undoubled(_ESCAPE.sub(_escape, text))


def _escape(match: re.Match[str]) -> str:
    digits = match[1] or match[2]
    if digits is None:
        return _ESCAPED.get(match[3], match[3])
    return chr(int(digits, 16)) if int(digits, 16) < 0x110000 else match[0]


def undoubled(text: str) -> str:
    """Return a text with ``$${`` and ``%%{`` replaced."""
    return DOUBLED.sub(r"\1{", text)
