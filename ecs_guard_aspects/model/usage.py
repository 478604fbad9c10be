"""Usage of a task definition in an AWS account: what only an audit can tell."""

from __future__ import annotations

from typing import Any, NamedTuple


class Usage(NamedTuple):
    """What an account knows about a registered task definition.

    Attributes:
        region: the AWS Region.
        status: ``ACTIVE``, or ``INACTIVE`` once it is deregistered; tasks that run continue to run.
        in_use_by: what uses it, such as ``service web in cluster prod (primary deployment)``.
    """

    region: str
    status: str
    in_use_by: tuple[str, ...]


ACCOUNT_FIELDS = ("account", *Usage._fields)
"""Fields that reports in JSON have only for what was found in an account."""


def account_fields(found: Any) -> dict[str, Any]:
    """Return the account fields of a finding or a judged task definition as JSON; empty unless found in an account."""
    if not found.region:
        return {}
    return {name: getattr(found, name) for name in ACCOUNT_FIELDS} | {"in_use_by": list(found.in_use_by)}


def without_revision(address: str) -> str:
    """Return the ARN of a task definition without its revision: what stays the same when it is fixed."""
    family, _, revision = address.rpartition(":")
    return family if revision.isdecimal() else address
