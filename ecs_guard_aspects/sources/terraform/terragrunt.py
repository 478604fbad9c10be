"""Terragrunt: the module that a ``terragrunt.hcl`` deploys.

https://terragrunt.gruntwork.io/docs/reference/config-blocks-and-attributes/#terraform
"""

from __future__ import annotations

import re

from ...model.document import Document
from ..text.text import Position
from .code import module_notices

_SOURCE = re.compile(r"^[ \t]*source[ \t]*=[ \t]*\"([^\"\n]+)\"", re.MULTILINE)
_INPUT = re.compile(r"^[ \t]*(\w+)[ \t]*=", re.MULTILINE)


def terragrunt_document(name: str, text: str) -> Document:
    """Return a document with a notice if the module comes from elsewhere and makes task definitions.

    The file is searched, not evaluated: a local module is read where it is.
    """
    match = _SOURCE.search(text)
    if match is None:
        return Document(name, ())
    inputs = dict.fromkeys(_INPUT.findall(text), "")
    position = Position(text.count("\n", 0, match.start(1)) + 1, 1)
    notices = tuple(module_notices(name, "terragrunt", {**inputs, "source": match[1]}, position))
    return Document(name, notices, may_be_quoted=False)  # the line has the URL, which may have a token
