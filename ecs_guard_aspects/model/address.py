"""Addresses: the names of resources in reports, and how each kind is divided into segments."""

from __future__ import annotations

import enum
import re

# A key in brackets is literal: module.svc["eu/a.b"]. A bracket that is not closed is a character like others.
_TOKEN = re.compile(r'\["(?:[^"\\]|\\.)*"\]|\[[^\]"]*\]|.', re.DOTALL)


class AddressKind(enum.Enum):
    """How an address is divided into segments.

    ``PATH``: at slashes: construct paths, files with a logical id, ARNs.
    ``TERRAFORM``: at slashes, and after the last slash at dots outside brackets: resource addresses of Terraform,
    https://developer.hashicorp.com/terraform/cli/state/resource-addressing
    ``UNCERTAIN``: at slashes; the construct of the resource is not known, so no path of an exemption matches.
    """

    PATH = "path"
    TERRAFORM = "terraform"
    UNCERTAIN = "uncertain"

    def segments(self, text: str) -> list[str]:
        """Return the segments of an address of this kind, or of a glob on one."""
        return _terraform_segments(text) if self is AddressKind.TERRAFORM else text.split("/")


def _terraform_segments(text: str) -> list[str]:
    tokens = _TOKEN.findall(text)
    last_slash = max((index for index, token in enumerate(tokens) if token == "/"), default=-1)
    segments = [""]
    for index, token in enumerate(tokens):
        if token == "/" or (token == "." and index > last_slash):
            segments.append("")
        else:
            segments[-1] += token
    return segments
