"""Audit: reads the accounts and Regions in threads."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, partial

from ...model.debug import show_traceback, with_hint
from ...model.document import Document
from ...policy.judging.audit_record import AccountRecord
from ...sources.account.calls import CallError, Calls
from ...sources.account.in_use import Clients
from ...sources.account.region import Region, nothing_read, read_region
from .connections import Connections
from .coverage import Coverage, enabled_regions
from .progress import AuditProgress
from .threads import in_threads

_INTERRUPTED = "it was interrupted"


@dataclass(frozen=True)
class Audit:
    """The result of reading accounts.

    Attributes:
        documents: one for each account and Region, in order.
        accounts: the Regions that were asked and answered, by account.
        is_interrupted: whether Ctrl-C ended it before all was read.
    """

    documents: tuple[Document, ...]
    accounts: tuple[AccountRecord, ...]
    is_interrupted: bool


def read_accounts(connections: Connections, coverage: Coverage, progress: AuditProgress) -> Audit:
    """Read the task definitions in use.

    Args:
        connections: the credentials.
        coverage: the accounts and Regions.
        progress: is kept up to date.

    Returns:
        The documents. What could not be read is a notice in them. After Ctrl-C they contain what was read before.
    """
    reader = _Reader(connections, coverage, progress)
    parts = reader.parts()
    regions = [part for part in parts if isinstance(part, Region)]
    unread = [part for part in parts if isinstance(part, Document)]
    documents = (*coverage.closed, *unread, *reader.read(regions))
    return Audit(documents, reader.records(coverage.accounts, regions), reader.stop.is_set())


class _Reader:
    def __init__(self, connections: Connections, coverage: Coverage, progress: AuditProgress) -> None:
        self.stop = threading.Event()
        self._connections = connections
        self._coverage = coverage
        self._progress = progress
        self._unanswered: dict[str, int] = {}
        self._answered: set[str] = set()

    def parts(self) -> list[Region | Document]:
        """Return the Regions of each account, and a document for an account whose Regions are not known."""
        coverage = self._coverage
        if coverage.regions is not None:
            return [Region(account, name) for account in coverage.accounts for name in coverage.regions]
        jobs = [partial(self._regions, account) for account in coverage.accounts]
        found: list[Region | Document] = []
        for account, parts in zip(coverage.accounts, in_threads(jobs, self.stop), strict=True):
            found += [nothing_read(account, _INTERRUPTED, account)] if parts is None else parts
        return found

    def read(self, regions: Sequence[Region]) -> list[Document]:
        """Return a document for each Region."""
        self._progress.has_regions(len(regions))
        documents = in_threads([partial(self._read, region) for region in regions], self.stop)
        return [
            document or nothing_read(region.document, _INTERRUPTED, region.account)
            for region, document in zip(regions, documents, strict=True)
        ]

    def records(self, accounts: Iterable[str], regions: Iterable[Region]) -> tuple[AccountRecord, ...]:
        """Return which Regions of each account were asked, and which answered."""
        asked: dict[str, list[str]] = {account: [] for account in accounts}
        answered: dict[str, list[str]] = {account: [] for account in asked}
        for region in regions:
            asked[region.account].append(region.name)
            if region.document in self._answered:
                answered[region.account].append(region.name)
        return tuple(AccountRecord(one, tuple(asked[one]), tuple(answered[one])) for one in asked)

    def _regions(self, account: str) -> Sequence[Region | Document]:
        try:
            names = enabled_regions(self._connections, account, self._calls(account))
        except Exception as error:  # noqa: BLE001 - see _why
            return [nothing_read(account, why_not_read(error, account), account)]
        return [Region(account, name) for name in names]

    def _read(self, region: Region) -> Document:
        try:
            return read_region(region, self._clients(region), self._calls(region.document), self._coverage.production)
        except Exception as error:  # noqa: BLE001 - see _why
            return nothing_read(region.document, why_not_read(error, region.document), region.account)
        finally:
            self._progress.has_read()

    def _clients(self, region: Region) -> Clients:
        client = cache(partial(self._connections.client, account=region.account, region=region.name))
        if not self._coverage.scheduled:
            return Clients(client("ecs"), other=client)
        return Clients(client("ecs"), client("events"), client("scheduler"), client)

    def _calls(self, name: str) -> Calls:
        return Calls(partial(self._answered.add, name), self.stop.is_set, self._unanswered)


def why_not_read(error: Exception, name: str) -> str:
    """Return why an account or a Region could not be read.

    An unexpected error in one Region must not lose what was read in others.
    """
    show_traceback(error, f"reading {name}")
    if isinstance(error, CallError):
        return str(error)
    return f"unexpected {with_hint(error)}"
