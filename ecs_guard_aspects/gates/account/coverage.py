"""Coverage: the accounts and Regions that an audit reads, validated before it starts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...model.document import Document
from ...policy.errors import did_you_mean
from ...sources.account.calls import CallError, Calls
from ...sources.account.in_use import ProductionTag
from ...sources.account.region import closed_account
from .connections import Connections
from .errors import AccountError

ALL = "all"
ORGANIZATION = "org"


@dataclass(frozen=True)
class Coverage:
    """The accounts and Regions to read.

    Attributes:
        accounts: the accounts.
        regions: the Regions of each account; None for all enabled Regions.
        closed: documents of accounts that are not active.
        has_all_accounts: whether all accounts of the organization are read.
        scheduled: whether rules and schedules are read too.
        production: the tags of what is in production.
    """

    accounts: tuple[str, ...]
    regions: tuple[str, ...] | None
    closed: tuple[Document, ...] = ()
    has_all_accounts: bool = False
    scheduled: bool = False
    production: tuple[ProductionTag, ...] = ()


def coverage(
    connections: Connections,
    accounts: str | None,
    regions: str | None,
    *,
    has_role: bool,
    scheduled: bool,
    production: Sequence[ProductionTag] = (),
) -> Coverage:
    """Return the accounts and Regions to read.

    Args:
        connections: the credentials.
        accounts: account ids with commas, or ``org``; the account of the role or the credentials if left out.
        regions: Regions with commas, or ``all``; the configured Region if left out.
        has_role: whether there is a role for other accounts.
        scheduled: see ``Coverage``.
        production: see ``Coverage``.

    Raises:
        AccountError: if they cannot be read with these arguments.
    """
    chosen_regions = None if regions == ALL else tuple(_regions(connections, regions))
    own = connections.identity().account
    if accounts == ORGANIZATION:
        chosen, closed = _organization(connections, own)
    else:
        chosen, closed = list(_ids(accounts)) if accounts else [connections.account_of_role or own], []
    others = [account for account in chosen if account != own]
    if others and not has_role:
        raise AccountError(
            f"account {others[0]} is not the account of the credentials, {own}: set its role with --role NAME"
        )
    strange = [account for account in others if connections.account_of_role not in (None, account)]
    if strange:
        raise AccountError(
            f"--role is the ARN of a role in {connections.account_of_role}, so it cannot read account {strange[0]}: "
            "use the name of the role instead"
        )
    has_all = accounts == ORGANIZATION
    return Coverage(tuple(chosen), chosen_regions, tuple(closed), has_all, scheduled, tuple(production))


def enabled_regions(connections: Connections, account: str, calls: Calls) -> list[str]:
    """Return the Regions that are enabled in an account.

    Raises:
        CallError: if the call fails.
    """
    answer = calls.one(connections.client("ec2", account), "describe_regions")
    return sorted(region["RegionName"] for region in answer["Regions"])


def _regions(connections: Connections, words: str | None) -> Iterator[str]:
    session = connections.session
    if words is None:
        if connections.home_region is None:
            raise AccountError("no Region is configured: use --regions NAME,... or --regions all, or set AWS_REGION")
        words = connections.home_region
    partitions = session.get_available_partitions()
    names = [name for partition in partitions for name in session.get_available_regions("ecs", partition)]
    for word in _words(words, "--regions"):
        if word not in names:
            nearest = did_you_mean(word, sorted(names))
            raise AccountError(f"Region {word!r} is unknown.{nearest} If the Region is new, update boto3.")
        yield word


def _ids(words: str) -> Iterator[str]:
    for word in _words(words, "--accounts"):
        if not re.fullmatch(r"\d{12}", word, re.ASCII):
            raise AccountError(f"--accounts {word}: it must be the 12 digits of an AWS account id, or {ORGANIZATION}")
        yield word


def _words(text: str, option: str) -> list[str]:
    words = list(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))
    if not words:
        raise AccountError(f"{option}: the list is empty")
    return words


def _organization(connections: Connections, own: str) -> tuple[list[str], list[Document]]:
    calls = Calls(_nothing, _never)
    try:
        client = connections.client("organizations", own)
        accounts = list(calls.all(client, "list_accounts", "Accounts"))
    except CallError as error:
        raise AccountError(
            f"the accounts of the organization cannot be listed: {error}; "
            "use credentials of the management account or a delegated administrator, or --accounts ID,..."
        ) from error
    # AWS replaces `Status` by `State`.
    states = {account["Id"]: account.get("State") or account.get("Status") or "ACTIVE" for account in accounts}
    active = sorted(account for account, state in states.items() if state == "ACTIVE")
    return active, [closed_account(account, state) for account, state in sorted(states.items()) if state != "ACTIVE"]


def _nothing() -> None:
    pass


def _never() -> bool:
    return False
