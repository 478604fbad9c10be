"""What is in use in an account, Region by Region: not what is registered there, which nobody may run any more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from ...model.document import Document
from ...model.notice import NOT_CHECKED, Notice
from ...model.plural import counted, first_of
from ...model.resource import TASK_DEFINITION, Resource
from ...model.usage import Usage
from ..api_json import described_properties
from ..api_language import REVISION
from .calls import CallError, Calls, Client, NotThereError
from .in_use import TASK_DEFINITIONS, Clients, Found, Part, find_in_use
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
        """What its document is called."""
        return f"{self.account}/{self.name}"


def read_region(region: Region, clients: Clients, calls: Calls) -> Document:
    """Return the task definitions that are in use in a Region, and what of it could not be read.

    Args:
        region: the Region, and its account.
        clients: the clients to read with.
        calls: the calls to read by.
    """
    found = find_in_use(region.name, clients, calls)
    daemons = {arn: found.uses.pop(arn) for arn in list(found.uses) if _DAEMON in arn}
    described, missing = _described(found, clients.ecs, calls)
    resources = [_resource(region, arn, properties, by) for arn, (properties, by) in described.items()]
    resources.sort(key=_family_and_revision)
    notices = [
        *(_not_read(region, part, names) for part, names in found.gaps.items()),
        *(_not_there(region, name, by) for name, by in missing.items()),
        *(_daemon(region, arn, by) for arn, by in sorted(daemons.items())),
    ]
    return Document(region.document, (*notices, *resources))


def nothing_read(name: str, reason: str, account: str | None = None) -> Document:
    """Return a document that only says why an account, or a Region, could not be read.

    Args:
        name: what it is called: the account, or account and Region.
        reason: why, without a full stop.
        account: the account.
    """
    notice = _unread(f"{name} cannot be read: {reason}.", name, account)
    return Document(name, (notice,))


def closed_account(account: str, state: str) -> Document:
    """Return a document that says that an account of the organization is not open."""
    notice = Notice(
        f"Account {account} of the organization is not looked into: its state is {state}.",
        "Nobody can sign in to it; what it runs, if it still runs, is not checked.",
        "Nothing, if the account is to be closed; else open it again.",
        kind=NOT_CHECKED,
        address=account,
        account=account,
    )
    return Document(account, (notice,))


_Described = dict[str, tuple[dict[str, Any], list[str]]]


def _described(found: Found, ecs: Client, calls: Calls) -> tuple[_Described, dict[str, list[str]]]:
    """Return by ARN what ECS says of what is in use, and by whom; and what does not exist."""
    described: _Described = {}
    missing: dict[str, list[str]] = {}
    for name, by in sorted(found.uses.items()):
        try:
            answer = calls.one(ecs, "describe_task_definition", _NO_SUCH_REVISION, taskDefinition=name)
            properties = answer["taskDefinition"]
            # A family without a revision is the latest of it, which others may use by its whole name.
            by_all = described.setdefault(properties["taskDefinitionArn"], (properties, []))[1]
            by_all += [use for use in by if use not in by_all]
        except NotThereError as error:
            if is_only_scheduled(by):
                missing[name] = by
            else:
                found.miss(TASK_DEFINITIONS, _short(name), str(error))
        except (CallError, KeyError, TypeError) as error:
            reason = str(error) if isinstance(error, CallError) else "the answer holds none"
            found.miss(TASK_DEFINITIONS, _short(name), reason)
    return described, missing


def _resource(region: Region, arn: str, described: dict[str, Any], by: Sequence[str]) -> Resource:
    status = str(described.get("status", "ACTIVE"))
    return Resource(
        address=arn,
        type=TASK_DEFINITION,
        properties=described_properties(described),
        name=arn,
        account=region.account,
        language=REVISION,
        usage=Usage(region.name, status, tuple(by)),
    )


def _family_and_revision(resource: Resource) -> tuple[str, int]:
    family, _, revision = resource.address.rpartition(":")
    return family, int(revision) if revision.isdecimal() else 0


def _not_read(region: Region, part: Part, names: Sequence[str]) -> Notice:
    if len(names) == 1:
        subject = part.what.format(f"{part.noun} {names[0]}")
    else:
        plural = "event buses" if part.noun == "event bus" else None
        subject = f"{part.what.format(counted(len(names), part.noun, plural))} ({', '.join(first_of(names, _SHOWN))})"
    what = f"{subject} cannot be read: {part.reason}."
    return _unread(what[:1].upper() + what[1:], region.document, region.account)


def _unread(what: str, address: str, account: str | None) -> Notice:
    return Notice(
        what,
        "What runs there is not known, so it is not admitted.",
        "Mend that, and run the audit again. What it has to be allowed: ecs-guard generate audit-policy.",
        address=address,
        account=account,
    )


def _not_there(region: Region, name: str, by: Sequence[str]) -> Notice:
    return Notice(
        f"{_short(name)} does not exist: ECS knows no such task definition, or none of it is active.",
        f"Nothing can be started from it by {', '.join(first_of(by, _SHOWN))}.",
        "Remove the target, or register the task definition.",
        kind=NOT_CHECKED,
        address=f"{region.document}/{_short(name)}",
        account=region.account,
    )


def _daemon(region: Region, arn: str, by: Sequence[str]) -> Notice:
    return Notice(
        f"{_short(arn)} is the task definition of a daemon ({', '.join(first_of(by, _SHOWN))}).",
        "A daemon of ECS Managed Instances has no network mode, and no check is about daemons: it is not checked.",
        "Look at it with aws ecs describe-daemon-task-definition.",
        kind=NOT_CHECKED,
        address=arn,
        account=region.account,
    )


def _short(name: str) -> str:
    return name.rpartition("/")[2]
