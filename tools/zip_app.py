"""One file that runs the command line: ``python ecs-guard.pyz check``, with any Python from 3.11 and nothing installed.

python -m tools.zip_app build/ecs-guard.pyz

It has the package and what it depends on, all of it plain Python. What an extra brings is not in it: audit, Terraform
code, CDK apps. The same files make the same bytes.
"""

from __future__ import annotations

import io
import sys
import zipfile
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "ecs_guard_aspects"
DEPENDENCIES = ("Jinja2", "MarkupSafe", "PyYAML", "shtab")
MAIN = """\
import sys
if sys.version_info < (3, 11):
    sys.exit("ecs-guard: error: it needs Python 3.11 or newer")
from ecs_guard_aspects.gates.command_line.main import main
sys.exit(main())
"""
SHEBANG = b"#!/usr/bin/env python3\n"

# Of all files in the zip: the earliest time there is, readable by all.
_TIME = (1980, 1, 1, 0, 0, 0)
_MODE = 0o100644 << 16


def contents() -> dict[str, bytes]:
    """Return the files of the zip, by name."""
    found = {"__main__.py": MAIN.encode()}
    for file in PACKAGE.rglob("*"):
        if file.is_file() and "__pycache__" not in file.parts:
            found[file.relative_to(PACKAGE.parent).as_posix()] = file.read_bytes()
    for name in DEPENDENCIES:
        found |= dict(_files_of(name))
    return found


def _files_of(name: str) -> Iterator[tuple[str, bytes]]:
    """Yield the modules of a distribution, and its license."""
    for file in distribution(name).files or ():
        is_license = "licenses" in file.parts
        if ".." not in file.parts and (file.suffix == ".py" or is_license):
            yield file.as_posix(), Path(str(file.locate())).read_bytes()


def zip_app() -> bytes:
    """Return the file."""
    buffer = io.BytesIO()
    buffer.write(SHEBANG)
    with zipfile.ZipFile(buffer, "a") as archive:
        for name, content in sorted(contents().items()):
            entry = zipfile.ZipInfo(name, _TIME)
            entry.create_system, entry.external_attr = 3, _MODE  # 3 is Unix
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED, 9)
    return buffer.getvalue()


def main(path: str) -> None:
    """Write the file, so that a shell can run it."""
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(zip_app())
    file.chmod(0o755)


if __name__ == "__main__":
    main(sys.argv[1])
