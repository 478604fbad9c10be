"""The scope of a fix: the findings of the policies in force that are neither exempt nor acknowledged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..cloudformation.text import is_blank
from ..model.resource import Resource
from ..policy.checks.awsvpc_network_mode import AwsvpcNetworkMode
from ..policy.checks.base import Fixable
from ..policy.checks.host_mode_root_user import HostModeRootUser
from ..policy.enforcement import Enforcement
from ..policy.exemptions import Subject, find_exemption
from ..policy.judging.finding import Finding
from ..policy.judging.inline_exemptions import with_inline_exemptions
from ..policy.judging.judge import evaluate
from ..policy.policy import Policy
from ..policy.profiles import Profile


@dataclass(frozen=True)
class FixScope:
    """The properties of one task definition that a fix may change.

    Attributes:
        task_definition: the task definition.
        mode: whether it may change the network mode.
        user: whether it may change the users of containers, except those of exempt containers.
        needs_mode: whether it stays denied if its network mode stays as it is, with any users of its containers.
        policies: the policies in force, with their exemptions and the inline exemptions of the task definition.
    """

    task_definition: Resource
    mode: bool
    user: bool
    policies: Sequence[Policy]
    needs_mode: bool = False

    def covers_container(self, container: object) -> bool:
        """Return whether the user of a container may be changed."""
        name = container if isinstance(container, str) else None
        return self.user and not (name and _is_exempt(self.task_definition, self.policies, HostModeRootUser.id, name))


def fix_scope_of(task_definition: Resource, policies: Sequence[Policy]) -> FixScope:
    """Return what a fix may change about a task definition.

    Args:
        task_definition: the task definition.
        policies: those of the gates around it; if there are none, every check counts.
    """
    policies = [with_inline_exemptions(policy, task_definition) for policy in policies or (Policy(Profile.STRICT),)]
    corrected_by = [each for policy in policies for each in _corrections(task_definition, policy)]
    fixable = {each for fixes in corrected_by for each in fixes}

    def is_admitted(check: str) -> bool:
        return _is_acknowledged(task_definition, policies, check) or _is_exempt(task_definition, policies, check, None)

    mode = Fixable.NETWORK_MODE in fixable and not is_admitted(AwsvpcNetworkMode.id)
    return FixScope(
        task_definition,
        mode=mode,
        user=Fixable.USER in fixable and not is_admitted(HostModeRootUser.id),
        policies=policies,
        needs_mode=mode and {Fixable.NETWORK_MODE} in corrected_by,
    )


def _corrections(task_definition: Resource, policy: Policy) -> list[set[Fixable]]:
    """Return the changes that could correct what a policy denies or warns about, by check."""

    def is_objection(finding: Finding) -> bool:
        # An exemption that ends soon turns the finding into a warning, but the fix must still leave it alone.
        exemption = finding.exemption
        is_exempt = exemption is not None and exemption.days_left(policy.date) >= 0
        is_admitted = is_exempt or _is_acknowledged(task_definition, [policy], finding.check)
        return finding.enforcement is not Enforcement.AUDIT and not is_admitted

    objections = {finding.check for finding in evaluate(task_definition, policy) if is_objection(finding)}
    return [set(check.fixed_by) for check in policy.enforced_checks if check.id in objections]


def _is_acknowledged(task_definition: Resource, policies: Sequence[Policy], check: str) -> bool:
    acknowledgement = task_definition.acknowledged.get(check)
    if acknowledgement is None or is_blank(acknowledgement.reason):
        return False
    return all(policy.local_exemptions for policy in policies)


def _is_exempt(task_definition: Resource, policies: Sequence[Policy], check: str, container: str | None) -> bool:
    subject = Subject(check, task_definition.address, task_definition.family, container, task_definition.account)
    exemptions = ((policy, find_exemption(policy.exemptions, subject)) for policy in policies)
    return any(exemption is not None and exemption.days_left(policy.date) >= 0 for policy, exemption in exemptions)
