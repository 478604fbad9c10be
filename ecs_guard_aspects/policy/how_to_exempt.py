"""Exemptions to copy: what to write in a template, a policy file or a CDK app to exempt a finding."""

from __future__ import annotations

import datetime
from typing import NamedTuple

_OWNER, _REASON = "team-a", "moves to another cluster"


class Way(NamedTuple):
    """One way to exempt: where it is written, and the text."""

    where: str
    text: str


def ways_to_exempt(check: str, last_day: datetime.date, container: str | None = None) -> tuple[Way, ...]:
    """Return the ways to exempt a task definition, or one of its containers, from a check.

    Args:
        check: the id of the check.
        last_day: the last day of the exemption.
        container: the name of the container, where the check is about containers.
    """
    named = f" container={container}" if container else ""
    comment = f"# ecs-guard: ignore[{check}] owner={_OWNER} until={last_day}{named} {_REASON}\n"
    return (
        Way("In the YAML template or the Terraform code, directly above the task definition:", comment),
        Way(
            "In the policy file (ecs-guard.yaml), for the family of the task definition:",
            _policy_entry(check, f"family: {_FAMILY}", last_day, container),
        ),
        Way("In a CDK app, for a decision that has no end:", _acknowledgement(check)),
    )


def policy_entry_for_path(check: str, last_day: datetime.date) -> str:
    """Return the exemption of a policy file for the address that a finding shows."""
    return _policy_entry(check, "path: Prod/Network/NestedStack", last_day, None)


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
