"""Where in the Python code a construct was made.

The CDK records it if ``JSII_HOST_STACK_TRACES=1`` is in the environment before constructs are made.
"""

from __future__ import annotations

import os
import re
import sysconfig

import aws_cdk as cdk

_FRAME = re.compile(r"\S+ \((?P<file>.+\.py):(?P<line>\d+)\)")
_INSTALLED = tuple({sysconfig.get_path(name) + os.sep for name in ("purelib", "platlib", "stdlib")})


def made_at(node: cdk.CfnElement) -> str | None:
    """Return ``file:line`` of the innermost frame of the user's own code, relative to the working directory.

    None if no such frame was recorded.
    """
    for entry in node.creation_stack:
        frame = _FRAME.fullmatch(entry.strip())
        if frame and not frame["file"].startswith(_INSTALLED):
            return f"{_shortest(frame['file'])}:{frame['line']}"
    return None


def _shortest(file: str) -> str:
    relative = os.path.relpath(file)
    return file if relative.startswith("..") else relative
