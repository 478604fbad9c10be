"""Regions of accounts: the documents with the task definitions that are in use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ...model.debug import show_traceback, type_and_place
from ...model.document import Document
from ...model.notice import NOT_CHECKED, Notice
from ...model.plural import counted, first_of
from ...model.resource import DAEMON_TASK_DEFINITION, TASK_DEFINITION, Resource
from ...model.usage import Usage
from ..api_json import described_properties
from ..api_language import REVISION
from .calls import CallError, Calls, Client, NotThereError
from .exposure.levels import Reached, examine
from .exposure.network import RegionNetwork
from .found import CLUSTERS, EXPOSURE, TASK_DEFINITIONS, InUse, Part, name_of
from .in_use import Clients, ProductionTag, find_in_use
from .scheduled import is_only_scheduled

_SHOWN = 5
_DAEMON = ":daemon-task-definition/"
_NO_SUCH_REVISION = ("ClientException",)  # "Unable to describe task definition."


class Region(NamedTuple):
    """One Region of one account."""

    account: str
    name: str

    @property
    def document(self) -> str:
        """The name of its document."""
        return f"{self.account}/{self.name}"


def read_region(region: Region, clients: Clients, calls: Calls, production: Sequence[ProductionTag] = ()) -> Document:
    """Return the document of a Region: its task definitions in use, and notices of what could not be read.

    Args:
        region: the Region, and its account.
        clients: the clients of the Region.
        calls: makes the calls.
        production: the tags of production.
    """
    found = find_in_use(region.name, clients, calls, production)
    described, missing = _described(found, clients.ecs, calls)
    reached = _reached(region, described, found, clients, calls)
    revisions = {one["taskDefinitionArn"]: one for one in described.values()}
    resources = [_resource(region, one, _usage(region, one, described, found, reached)) for one in revisions.values()]
    resources.sort(key=_family_and_revision)
    notices = [
        *(_not_read(region, part, names) for part, names in found.gaps.items()),
        *(_not_there(region, name, by) for name, by in missing.items()),
    ]
    return Document(region.document, (*notices, *resources))


def nothing_read(name: str, reason: str, account: str | None = None) -> Document:
    """Return a document with one notice: why an account or a Region could not be read.

    Args:
        name: the name of the document: the account, or account and Region.
        reason: why, without a full stop.
        account: the account.
    """
    notice = _unread(f"{name} cannot be read: {reason}.", name, account)
    return Document(name, (notice,))


def closed_account(account: str, state: str) -> Document:
    """Return a document with one notice: an account of the organization is not active."""
    notice = Notice(
        f"Account {account} of the organization is not checked: its state is {state}.",
        "It cannot be signed in to. Tasks that still run there are not checked.",
        "If the account should stay open, reopen it. Otherwise, no change is needed.",
        kind=NOT_CHECKED,
        address=account,
        account=account,
    )
    return Document(account, (notice,))


_Described = dict[str, dict[str, Any]]
"""Task definitions as ``DescribeTaskDefinition`` has them, by each of their names in use."""


def _described(found: InUse, ecs: Client, calls: Calls) -> tuple[_Described, dict[str, list[str]]]:
    """Return the task definitions in use, and the uses of those that do not exist."""
    described: _Described = {}
    missing: dict[str, list[str]] = {}
    for name, by in sorted(found.uses.items()):
        try:
            arn, definition = _describe(name, ecs, calls)
            described[name] = {**definition, "taskDefinitionArn": arn}
        except NotThereError as error:
            if is_only_scheduled(by):
                missing[name] = by
            else:
                found.miss(TASK_DEFINITIONS, name_of(name), str(error))
        except (CallError, KeyError, TypeError) as error:
            reason = str(error) if isinstance(error, CallError) else "the answer does not contain it"
            found.miss(TASK_DEFINITIONS, name_of(name), reason)
    return described, missing


def _describe(name: str, ecs: Client, calls: Calls) -> tuple[str, dict[str, Any]]:
    """Return the ARN of a task definition, which may be of a daemon, and what describes it."""
    if _DAEMON not in name:
        answer = calls.one(ecs, "describe_task_definition", _NO_SUCH_REVISION, taskDefinition=name)
        return answer["taskDefinition"]["taskDefinitionArn"], answer["taskDefinition"]
    if not hasattr(ecs, "describe_daemon_task_definition"):
        raise CallError("this version of boto3 does not support task definitions of daemons: install a later one")
    answer = calls.one(ecs, "describe_daemon_task_definition", daemonTaskDefinition=name)
    return answer["daemonTaskDefinition"]["daemonTaskDefinitionArn"], answer["daemonTaskDefinition"]


def _reached(
    region: Region, described: _Described, found: InUse, clients: Clients, calls: Calls
) -> Mapping[str, Reached]:
    """Return from where task definitions can be reached, by their ARNs."""
    if clients.other is None:
        return {}
    try:
        return examine(described, found, RegionNetwork(region.name, clients.ecs, clients.other, calls, found))
    except Exception as error:  # noqa: BLE001 - an unexpected answer must not lose the task definitions
        show_traceback(error, f"the exposure of {region.document}")
        found.miss(EXPOSURE, region.name, f"unexpected {type_and_place(error)}")
        return {}


def _usage(
    region: Region, revision: dict[str, Any], described: _Described, found: InUse, reached: Mapping[str, Reached]
) -> Usage:
    arn = revision["taskDefinitionArn"]
    # A family without a revision is its latest revision, which others may use by its ARN.
    names = [name for name, one in described.items() if one["taskDefinitionArn"] == arn]
    by = dict.fromkeys(use for name in names for use in found.uses[name])
    usage = Usage(
        region.name,
        str(revision.get("status", "ACTIVE")),
        tuple(by),
        running_tasks=sum(found.running[name] for name in names),
        is_production=not found.production.isdisjoint(names),
    )
    if arn not in reached:
        return usage
    return usage._replace(exposure=reached[arn].exposure, clusters=reached[arn].clusters)


def _resource(region: Region, revision: dict[str, Any], usage: Usage) -> Resource:
    arn = revision["taskDefinitionArn"]
    return Resource(
        address=arn,
        type=DAEMON_TASK_DEFINITION if _DAEMON in arn else TASK_DEFINITION,
        properties=described_properties(revision),
        name=arn,
        account=region.account,
        language=REVISION,
        usage=usage,
    )


def _family_and_revision(resource: Resource) -> tuple[str, int]:
    family, _, revision = resource.address.rpartition(":")
    return family, int(revision) if revision.isdecimal() else 0


def _not_read(region: Region, part: Part, names: Sequence[str]) -> Notice:
    what, noun, why = part.subject
    if len(names) == 1:
        subject = what.format(f"{noun} {names[0]}")
    else:
        plural = "event buses" if noun == "event bus" else None
        subject = f"{what.format(counted(len(names), noun, plural))} ({', '.join(first_of(names, _SHOWN))})"
    sentence = f"{subject} cannot be read: {part.reason}."
    return _unread(sentence[:1].upper() + sentence[1:], region.document, region.account, why)


def _unread(what: str, address: str, account: str | None, why: str = CLUSTERS.why) -> Notice:
    return Notice(
        what,
        why,
        "Correct the cause, and run the audit again. Required permissions: ecs-guard generate audit-policy.",
        address=address,
        account=account,
    )


def _not_there(region: Region, name: str, by: Sequence[str]) -> Notice:
    return Notice(
        f"{name_of(name)} does not exist, or has no active revision.",
        f"It cannot be started by {', '.join(first_of(by, _SHOWN))}.",
        "Remove the target, or register the task definition.",
        kind=NOT_CHECKED,
        address=f"{region.document}/{name_of(name)}",
        account=region.account,
    )
