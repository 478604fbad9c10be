"""The owner of the repository: its name in all addresses of the repository.

The addresses say ``OWNER`` until the repository has a home; then ``make owner OWNER=acme`` replaces it.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

_NAME = re.compile(r"[A-Za-z0-9](-?[A-Za-z0-9]){0,38}")


def owner_of(root: Path) -> str:
    """Return the owner that ``pyproject.toml`` names."""
    urls = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["urls"]
    return str(urls["Homepage"].split("/")[3])


def set_owner(root: Path, owner: str) -> list[Path]:
    """Replace the owner in all files of a repository that git knows, and return the files that change.

    Raises:
        ValueError: ``owner`` cannot be the name of a user or an organization on GitHub.
    """
    if not _NAME.fullmatch(owner):
        raise ValueError(f"{owner!r} cannot be a name on GitHub: use letters, digits and single hyphens, at most 39")
    old, new = (f"{name}/ecs-guard-aspects".encode() for name in (owner_of(root), owner))
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, check=True).stdout
    files = [root / name for name in listed.decode().split("\0")[:-1]]
    changed = [file for file in files if old in file.read_bytes()]
    for file in changed:
        file.write_bytes(file.read_bytes().replace(old, new))
    return changed


if __name__ == "__main__":
    try:
        for file in set_owner(Path.cwd(), *sys.argv[1:]):
            print(file.relative_to(Path.cwd()))
    except ValueError as error:
        sys.exit(str(error))
