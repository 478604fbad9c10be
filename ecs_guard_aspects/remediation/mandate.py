"""What a fix may change: what the policies in force object to and nobody has admitted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..cloudformation.resource import Resource
from ..cloudformation.text import is_blank
from ..policy.checks.awsvpc_network_mode import AwsvpcNetworkMode
from ..policy.checks.host_mode_privileged import HostModePrivileged
from ..policy.checks.host_mode_root_user import HostModeRootUser
from ..policy.checks.no_host_network_mode import NoHostNetworkMode
from ..policy.checks.non_root_user import NonRootUser
from ..policy.evaluation import evaluate
from ..policy.exemptions import find_exemption
from ..policy.finding import Enforcement
from ..policy.policy import Policy
from ..policy.profiles import Profile

# The checks that another network mode, or another user, would pass.
_ABOUT_THE_MODE = {AwsvpcNetworkMode.id, HostModeRootUser.id, HostModePrivileged.id, NoHostNetworkMode.id}
_ABOUT_THE_USER = {HostModeRootUser.id, HostModePrivileged.id, NonRootUser.id}


@dataclass(frozen=True)
class Mandate:
    """What may be changed about one task definition.

    Attributes:
        mode: whether its network mode may.
        user: whether the users of its containers may, but for those that are exempt.
        policies: the policies in force, which hold the exemptions.
    """

    mode: bool
    user: bool
    policies: Sequence[Policy]

    def covers_container(self, path: str, container: object) -> bool:
        """Return whether the user of a container may be changed."""
        exempt = isinstance(container, str) and _is_exempt(self.policies, HostModeRootUser.id, path, container)
        return self.user and not exempt


def mandate_for(task_definition: Resource, policies: Sequence[Policy]) -> Mandate:
    """Return what may be changed about a task definition.

    Args:
        task_definition: the task definition.
        policies: those of the gates around it; if there are none, whatever any check objects to may be changed.
    """
    policies = policies or (Policy(Profile.STRICT),)
    objections = {check for policy in policies for check in _objections(task_definition, policy)}

    def is_admitted(check: str) -> bool:
        acknowledgement = task_definition.acknowledged.get(check)
        acknowledged = acknowledgement is not None and not is_blank(acknowledgement.reason)
        return acknowledged or _is_exempt(policies, check, task_definition.address, None)

    return Mandate(
        mode=bool(objections & _ABOUT_THE_MODE) and not is_admitted(AwsvpcNetworkMode.id),
        user=bool(objections & _ABOUT_THE_USER) and not is_admitted(HostModeRootUser.id),
        policies=policies,
    )


def _objections(task_definition: Resource, policy: Policy) -> set[str]:
    """Return the checks whose findings a policy denies or warns of."""
    found = evaluate(task_definition, policy)
    return {finding.check for finding in found if finding.enforcement is not Enforcement.AUDIT}


def _is_exempt(policies: Sequence[Policy], check: str, path: str, container: str | None) -> bool:
    exemptions = ((policy, find_exemption(policy.exemptions, check, path, container)) for policy in policies)
    return any(exemption is not None and exemption.days_left(policy.date) >= 0 for policy, exemption in exemptions)
