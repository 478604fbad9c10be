"""Planning for all denied revisions of an audit: the Regions in threads, as the audit reads them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial

from ....model.document import Document
from ....model.resource import Resource
from ....policy.judging.report import Report
from ....remediation.changes import Blocker
from ....remediation.plan import FixOptions
from ....sources.account.calls import CallError, Calls
from ....sources.account.region import Region
from ....sources.account.surroundings import PLAN_SERVICES, PlanClients, Surroundings
from ..audit import why_not_read
from ..connections import Connections
from ..threads import in_threads
from .revision_plan import PlanStatus, RevisionPlan, plan_revision


def plan_denied(
    connections: Connections,
    documents: Sequence[Document],
    report: Report,
    options: FixOptions,
    watch: Callable[[str], object],
) -> list[RevisionPlan]:
    """Return a plan for each denied revision, in the order of the report.

    Args:
        connections: the credentials.
        documents: what the audit read.
        report: the report on it.
        options: the options of the fix.
        watch: is called for each call, with the name of its account and Region.
    """
    found = {item.address: item for each in documents for item in each.items if isinstance(item, Resource)}
    denied = dict.fromkeys(finding.address for finding in report.findings if finding.is_denied)
    revisions = [found[address] for address in denied if address in found]
    by_region: dict[Region, list[Resource]] = {}
    for each in revisions:
        if each.usage is not None and each.account is not None:
            by_region.setdefault(Region(each.account, each.usage.region), []).append(each)
    stop = threading.Event()

    def plans(region: Region) -> list[RevisionPlan]:
        calls = Calls(partial(watch, region.document), stop.is_set)
        try:
            clients = [connections.client(name, region.account, region.name) for name in PLAN_SERVICES]
        except CallError as error:
            return [_unread(each, region, str(error)) for each in by_region[region]]
        surroundings = Surroundings(PlanClients(*clients), calls)
        return [_plan(each, region, report, options, surroundings) for each in by_region[region]]

    results = in_threads([partial(plans, region) for region in by_region], stop)
    made = {each.revision.address: each for result in results for each in result or ()}
    interrupted = "the command was interrupted"
    return [
        made.get(each.address) or _unread(each, Region(str(each.account), each.address.split(":")[3]), interrupted)
        for each in revisions
    ]


def _plan(
    revision: Resource, region: Region, report: Report, options: FixOptions, surroundings: Surroundings
) -> RevisionPlan:
    try:
        return plan_revision(revision, region.name, report.policy, options, surroundings)
    except Exception as error:  # noqa: BLE001 - an unexpected error in one plan must not lose the others
        return _unread(revision, region, why_not_read(error, f"what is around {revision.address}"))


def _unread(revision: Resource, region: Region, reason: str) -> RevisionPlan:
    blocker = Blocker(revision.address, f"its surroundings cannot be read: {reason}")
    return RevisionPlan(revision, region.name, PlanStatus.REFUSED, blockers=(blocker,))
