"""File reading: the content of a file, within limits."""

from __future__ import annotations

import errno
import mmap
from pathlib import Path
from typing import NamedTuple

from .relevance import WIDE, listed_mentions, narrow, relevance_test


class FileReader(NamedTuple):
    """Reads files.

    Attributes:
        size_limit: the maximum number of bytes.
        search_from: the size from which a file is searched on disk before it is read.
    """

    size_limit: int = 300_000_000
    search_from: int = 1_000_000

    def read(self, path: Path) -> bytes:
        """Return the content of a file.

        Raises:
            OSError: if it cannot be read, or is too large.
        """
        with path.open("rb") as file:
            content = file.read(self.size_limit + 1)  # a device can be endless
        if len(content) > self.size_limit:
            raise OSError(errno.EFBIG, f"it has more than {self.size_limit:,} bytes")
        return content

    def mentions_definitions(self, path: Path) -> bool:
        """Return whether the beginning of a file that is not read mentions task definitions.

        Raises:
            OSError: if it cannot be read.
        """
        with path.open("rb") as file:
            return listed_mentions(narrow(file.read(self.search_from)))

    def read_if_relevant(self, path: Path) -> bytes | None:
        """Return the content of a file, None if it cannot hold task definitions.

        Raises:
            OSError: see ``read``.
        """
        is_relevant = relevance_test(path.name.lower())
        size = path.stat().st_size
        if size < self.search_from or not size:
            content = path.read_bytes()
            return content if is_relevant(narrow(content)) else None
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            if not is_relevant(mapped) and not WIDE.match(mapped):
                return None
        return self.read(path)
