"""Addresses whose segments are not parted by slashes alone."""

from __future__ import annotations

import re

# A key in brackets is literal, whatever is in it: module.svc["eu/a.b"]. One that is not closed is a character.
_TOKEN = re.compile(r'\["(?:[^"\\]|\\.)*"\]|\[[^\]"]*\]|.', re.DOTALL)


class DottedAddress(str):
    """The address of a resource of Terraform: folders parted by slashes, then names parted by dots.

    https://developer.hashicorp.com/terraform/cli/state/resource-addressing
    """

    __slots__ = ()


def dotted_segments(text: str) -> list[str]:
    """Return the segments of a dotted address, or of a glob on one: dots part what comes after the last slash."""
    tokens = _TOKEN.findall(text)
    last_slash = max((index for index, token in enumerate(tokens) if token == "/"), default=-1)
    segments = [""]
    for index, token in enumerate(tokens):
        if token == "/" or (token == "." and index > last_slash):
            segments.append("")
        else:
            segments[-1] += token
    return segments
