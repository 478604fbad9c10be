"""Which accounts and Regions are to be read: what people ask for, checked before anything is read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ...model.document import Document
from ...policy.errors import PolicyError, require_known
from ...sources.account.calls import CallError, Calls
from ...sources.account.region import closed_account
from .connections import Connections
from .errors import AccountError

ALL = "all"
ORGANIZATION = "org"


@dataclass(frozen=True)
class Coverage:
    """What is to be read.

    Attributes:
        accounts: the accounts.
        regions: the Regions of each; None for all that are enabled there.
        closed: what is to be said of accounts that are not open.
        has_all_accounts: whether these are all accounts of the organization.
        scheduled: whether what rules and schedules start is read too.
    """

    accounts: tuple[str, ...]
    regions: tuple[str, ...] | None
    closed: tuple[Document, ...] = ()
    has_all_accounts: bool = False
    scheduled: bool = False


def coverage(
    connections: Connections, accounts: str | None, regions: str | None, *, has_role: bool, scheduled: bool
) -> Coverage:
    """Return what is to be read.

    Args:
        connections: the credentials to begin with.
        accounts: account ids with commas, or ``org``; the account of the role or the credentials if left out.
        regions: Regions with commas, or ``all``; the one that is configured if left out.
        has_role: whether there is a role to read other accounts with.
        scheduled: see ``Coverage``.

    Raises:
        AccountError: if no such thing can be read.
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
            f"account {others[0]} is not that of the credentials, {own}: name the role to read it with, --role NAME"
        )
    strange = [account for account in others if connections.account_of_role not in (None, account)]
    if strange:
        raise AccountError(
            f"--role is the ARN of a role in {connections.account_of_role}, so it reads no account {strange[0]}: "
            "give its name alone"
        )
    return Coverage(tuple(chosen), chosen_regions, tuple(closed), accounts == ORGANIZATION, scheduled)


def enabled_regions(connections: Connections, account: str, calls: Calls) -> list[str]:
    """Return the Regions that are enabled in an account.

    Raises:
        CallError: if AWS does not say.
    """
    answer = calls.one(connections.client("ec2", account), "describe_regions")
    return sorted(region["RegionName"] for region in answer["Regions"])


def _regions(connections: Connections, words: str | None) -> Iterator[str]:
    session = connections.session
    if words is None:
        if connections.home_region is None:
            raise AccountError("no Region is configured: give --regions NAME,... or --regions all, or set AWS_REGION")
        words = connections.home_region
    partitions = session.get_available_partitions()
    names = [name for partition in partitions for name in session.get_available_regions("ecs", partition)]
    for word in _words(words, "--regions"):
        try:
            yield require_known("Region", word, sorted(names))
        except PolicyError as error:
            hint = str(error).partition(" Known:")[0]
            raise AccountError(f"{hint} Or update boto3, if the Region is new.") from None


def _ids(words: str) -> Iterator[str]:
    for word in _words(words, "--accounts"):
        if not re.fullmatch(r"\d{12}", word, re.ASCII):
            raise AccountError(f"--accounts {word}: it must be the 12 digits of an AWS account id, or {ORGANIZATION}")
        yield word


def _words(text: str, option: str) -> list[str]:
    words = list(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))
    if not words:
        raise AccountError(f"{option}: it names none")
    return words


def _organization(connections: Connections, own: str) -> tuple[list[str], list[Document]]:
    calls = Calls(_nothing, _never)
    try:
        client = connections.client("organizations", own)
        accounts = list(calls.all(client, "list_accounts", "Accounts"))
    except CallError as error:
        raise AccountError(
            f"the accounts of the organization cannot be listed: {error}; "
            "it takes the management account or a delegated administrator, or --accounts ID,..."
        ) from None
    # `State` is what replaces `Status`.
    states = {account["Id"]: account.get("State") or account.get("Status") or "ACTIVE" for account in accounts}
    active = sorted(account for account, state in states.items() if state == "ACTIVE")
    return active, [closed_account(account, state) for account, state in sorted(states.items()) if state != "ACTIVE"]


def _nothing() -> None:
    pass


def _never() -> bool:
    return False
