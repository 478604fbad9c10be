"""File names: the name of a file in reports, and whether it belongs to the repository."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from .folders import glob_matcher, glob_pattern


class FileNames:
    """The names of files below a root.

    Args:
        root: the folder that names are relative to.
        exclude: globs of excluded names; see ``glob_matcher``.

    Attributes:
        unused: the globs that have not matched any name so far.
    """

    def __init__(self, root: Path, exclude: Sequence[str] = ()) -> None:
        self.root = root
        self.unused = list(exclude)
        self._matches = glob_matcher(exclude) if exclude else None
        self._real: dict[Path, str] = {}

    def name_of(self, path: Path) -> str:
        """Return the path from the root, with ``/``. Links are followed unless they lead out of the root."""
        absolute = Path(os.path.abspath(path))
        for candidate in (Path(self.real_path(path)), absolute):
            if candidate.is_relative_to(self.root):
                return candidate.relative_to(self.root).as_posix()
        try:
            return Path(os.path.relpath(absolute, self.root)).as_posix()
        except ValueError:  # on another drive
            return absolute.as_posix()

    def name_below_root(self, path: Path) -> str | None:
        """Return the name of a file, None for a file outside the root."""
        return self.name_of(path) if self.is_below_root(path) else None

    def is_below_root(self, path: Path) -> bool:
        """Return whether a file is in the root, links followed."""
        return Path(self.real_path(path)).is_relative_to(self.root)

    def is_excluded(self, path: Path) -> bool:
        """Return whether a glob excludes a file or folder."""
        if self._matches is None:
            return False
        name = self.name_of(path)
        if not self._matches(name):
            return False
        self.unused = [glob for glob in self.unused if not re.fullmatch(glob_pattern(glob), f"/{name}")]
        return True

    def real_path(self, path: Path) -> str:
        """Return a path with links followed."""
        if path not in self._real:
            self._real[path] = os.path.realpath(path)
        return self._real[path]
