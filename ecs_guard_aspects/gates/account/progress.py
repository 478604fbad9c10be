"""Progress of an audit: how many of its Regions are read."""

from __future__ import annotations

import threading

from ...model.plural import counted


class AuditProgress:
    """How far an audit is. Several threads report to it.

    Args:
        accounts: how many accounts are read.
    """

    def __init__(self, accounts: int) -> None:
        self._accounts = counted(accounts, "account")
        self._regions: int | None = None
        self._read = 0
        self._lock = threading.Lock()

    def has_regions(self, number: int) -> None:
        """Take the number of Regions, of all accounts together, once it is known."""
        self._regions = number

    def has_read(self) -> None:
        """Count a Region as read."""
        with self._lock:
            self._read += 1

    def __str__(self) -> str:
        """Return the Region that is read, such as ``Region 12 of 51, 2 accounts``."""
        if self._regions is None:
            return f"Regions of {self._accounts}"
        return f"Region {min(self._read + 1, self._regions)} of {self._regions}, {self._accounts}"
