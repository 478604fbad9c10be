"""Terragrunt and Terraform Stacks: the modules that a file in HCL deploys.

https://terragrunt.gruntwork.io/docs/reference/hcl/blocks/
https://developer.hashicorp.com/terraform/language/stacks/reference/tfcomponent
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...model.document import Document
from ...model.notice import Notice
from ..text.text import Position
from .code import module_notices

_BLOCK = re.compile(r"^[ \t]*(?:(terraform)|(?:unit|stack|component)[ \t]+\"([^\"\n]*)\")[ \t]*\{", re.MULTILINE)
_SOURCE = re.compile(r"^[ \t]*source[ \t]*=[ \t]*\"([^\"\n]+)\"", re.MULTILINE)
_INPUT = re.compile(r"^[ \t]*(\w+)[ \t]*=", re.MULTILINE)
_LOCAL = re.compile(r"\$\{\s*(?:dirname|find_in_|get_|path_relative_)")
"""Functions of Terragrunt for folders of the repository, whose modules are read where they are."""


def terragrunt_document(name: str, text: str) -> Document:
    """Return a document with a notice for each module that comes from elsewhere and makes task definitions.

    The file is searched, not evaluated: a local module is read where it is.
    """
    # Each line has a URL, which may have a token.
    return Document(name, tuple(_notices(name, text)), may_be_quoted=False)


def _notices(name: str, text: str) -> Iterator[Notice]:
    blocks = list(_BLOCK.finditer(text))
    for number, block in enumerate(blocks, start=1):
        end = blocks[number].start() if number < len(blocks) else len(text)
        match = _SOURCE.search(text, block.end(), end)
        if match is None or _LOCAL.match(match[1]):
            continue
        # The inputs of the module of a whole file are next to its block; those of one of several are in it.
        inputs = dict.fromkeys(_INPUT.findall(text if block[1] else text[block.start() : end]), "")
        position = Position(text.count("\n", 0, match.start(1)) + 1, 1)
        yield from module_notices(name, block[2] or "terragrunt", {**inputs, "source": match[1]}, position)
