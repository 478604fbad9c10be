"""Exemptions to copy: texts for a template, a policy file or a CDK app that exempt a finding."""

from __future__ import annotations

import datetime
import json
from typing import NamedTuple

from ..model.address import AddressKind
from .exemptions import Subject
from .policy import Policy

_OWNER, _REASON = "team-a", "moves to another cluster"
_DAYS = 90
_GLOB = frozenset("*?")


class Way(NamedTuple):
    """One way to exempt: where to write it, and the text."""

    where: str
    text: str


def suggested_last_day(policy: Policy) -> datetime.date:
    """Return a last day for an exemption that the policy accepts."""
    most = policy.max_exemption_days
    return policy.date + datetime.timedelta(days=_DAYS if most is None else min(_DAYS, most))


def comment_to_exempt(check: str, last_day: datetime.date, container: str | None = None) -> str:
    """Return the comment that exempts the task definition below it; the arguments are those of ``ways_to_exempt``."""
    named = f" container={container}" if container else ""
    return f"# ecs-guard: ignore[{check}] owner={_OWNER} until={last_day}{named} {_REASON}"


def entry_to_exempt(subject: Subject, last_day: datetime.date) -> str:
    """Return the exemption of one finding for a policy, as JSON in one line, which YAML takes too.

    It is empty if no exemption matches only that finding, because its address is not certain or has glob
    characters. In an account the exemption is for the family, because its revisions change.

    Args:
        subject: what the finding is about.
        last_day: the last day of the exemption.
    """
    if subject.address_kind is AddressKind.UNCERTAIN:
        return ""
    where, account = {"path": subject.address}, None
    if subject.address.startswith("arn:") and subject.family:
        where, account = {"family": subject.family}, subject.account
    if not all(where.values()) or not _GLOB.isdisjoint("".join(where.values())):
        return ""
    more = {"container": subject.container, "owner": _OWNER, "expires": str(last_day), "reason": _REASON}
    fields = {"check": subject.check, **where, "account": account, **more}
    return json.dumps({name: value for name, value in fields.items() if value}, ensure_ascii=False)


def ways_to_exempt(check: str, last_day: datetime.date, container: str | None = None) -> tuple[Way, ...]:
    """Return the ways to exempt a task definition, or one of its containers, from a check.

    Args:
        check: the id of the check.
        last_day: the last day of the exemption.
        container: the name of the container, where the check is about containers.
    """
    comment = comment_to_exempt(check, last_day, container)
    return (
        Way("In the YAML template or the Terraform code, directly above the task definition:", f"{comment}\n"),
        Way(
            "In the policy file (ecs-guard.yaml), for the family of the task definition:",
            _policy_entry(check, f"family: {_FAMILY}", last_day, container),
        ),
        Way("In a CDK app, for a decision that has no end:", _acknowledgement(check)),
    )


def policy_entry_for_path(check: str, last_day: datetime.date) -> str:
    """Return the exemption of a policy file for the address that a finding shows: a file, or a resource in it."""
    where = "infra/ecs-params.yml" if check == "unknown-file" else "infra/network.yaml/NestedStack"
    return _policy_entry(check, f"path: {where}", last_day, None)


_FAMILY = "web"


def _policy_entry(check: str, where: str, last_day: datetime.date, container: str | None) -> str:
    named = f"    container: {container}\n" if container else ""
    return f"""\
exemptions:
  - check: {check}
    {where}
{named}    owner: {_OWNER}
    expires: {last_day}
    reason: {_REASON}
"""


def _acknowledgement(check: str) -> str:
    return f"""\
cdk.Validations.of(task).acknowledge(
    cdk.Acknowledgment(id="ecs-guard::{check}", reason="{_REASON}")
)
"""
