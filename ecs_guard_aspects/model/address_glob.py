"""Globs on addresses: the path and the family of an exemption.

``*`` matches within one segment, ``**`` as a whole segment matches any number of them, also none.
"""

from __future__ import annotations

import re
from functools import lru_cache

from .address import AddressKind

# Separates segments during a match. An address that contains it never matches.
_SEPARATOR = "\0"


def problem_of_glob(glob: str, kind: AddressKind) -> str | None:
    """Return why a glob cannot match an address of a kind, a clause; None if it can."""
    for segment in kind.segments(glob.strip("/")):
        if "**" in segment and segment != "**":
            return "'**' must be a whole segment, as in 'Prod/**/Agent'"
        if not segment:
            return "a segment is empty, so it matches nothing"
    return None


def pattern_of_glob(glob: str, kind: AddressKind) -> re.Pattern[str]:
    """Return the pattern of a glob for the addresses of a kind; None if the glob cannot match that kind."""
    if problem_of_glob(glob, kind):
        return re.compile("(?!)")
    return re.compile("".join(map(_pattern, kind.segments(glob.strip("/")))))


def is_match(pattern: re.Pattern[str], address: str, kind: AddressKind) -> bool:
    """Return whether an address of a kind matches a pattern of that kind.

    Args:
        pattern: see ``pattern_of_glob``.
        address: the address, or the family.
        kind: its kind.
    """
    return _SEPARATOR not in address and pattern.fullmatch(_joined(address, kind)) is not None


@lru_cache(maxsize=4096)
def _joined(address: str, kind: AddressKind) -> str:
    return "".join(f"{_SEPARATOR}{segment}" for segment in kind.segments(address))


def _pattern(segment: str) -> str:
    if segment == "**":
        return f"(?:{_SEPARATOR}[^{_SEPARATOR}]+)*"
    return _SEPARATOR + re.escape(segment).replace(r"\*", f"[^{_SEPARATOR}]*")
