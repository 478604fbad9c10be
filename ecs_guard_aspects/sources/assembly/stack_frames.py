"""Stack frames: the line of code that created a construct, from ``aws:cdk:creationStack``."""

from __future__ import annotations

import os
import re
import sysconfig
from collections.abc import Iterable
from pathlib import Path

from ...model.place import Place

# In parentheses after a name, `new Billing (/abs/lib/billing.ts:16:18)`, `__init__ (/abs/app.py:8)`; or alone.
_PLACE = re.compile(r"(?:file://)?(?P<file>.+\.[A-Za-z]+):(?P<line>\d+)(?::(?P<column>\d+))?")
_INSTALLED_HERE = tuple({sysconfig.get_path(name) + os.sep for name in ("purelib", "platlib", "stdlib")})
_INSTALLED = re.compile(r"^node:|[/\\](node_modules|site-packages|dist-packages|lib[/\\]python3\.\d+)[/\\]")


def made_at(frames: Iterable[object], root: Path) -> Place:
    """Return the innermost frame of the user's own code, its file relative to ``root`` if it is below it.

    ``NOWHERE`` if no such frame was recorded: Python and Java record none unless ``JSII_HOST_STACK_TRACES=1`` is in the
    environment before constructs are made.
    """
    for frame in frames:
        match = _PLACE.fullmatch(_place_in(frame.strip())) if isinstance(frame, str) else None
        if match and not match["file"].startswith(_INSTALLED_HERE) and not _INSTALLED.search(match["file"]):
            column = int(match["column"]) if match["column"] else None
            return Place(_relative(match["file"], root), int(match["line"]), column)
    return Place()


def _place_in(frame: str) -> str:
    return frame.partition("(")[2].removesuffix(")") if frame.endswith(")") else frame


def _relative(file: str, root: Path) -> str:
    try:
        return Path(file).relative_to(root).as_posix()
    except ValueError:
        return file
