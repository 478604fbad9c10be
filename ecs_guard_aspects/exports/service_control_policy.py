"""Service control policy (SCP) of AWS Organizations: the part of the policy that IAM can express.

``ecs:RegisterTaskDefinition`` has condition keys for privileged containers and for the launch types of a task
definition. It has none for the network mode and for users.
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ..policy.errors import PolicyError
from ..policy.policy import Policy
from .guard_rules import MADE_BY_ECS, denied_checks
from .limits import SERVICE_CONTROL_POLICY, within

_REGISTER = "ecs:RegisterTaskDefinition"
_REGISTER_DAEMON = "ecs:RegisterDaemonTaskDefinition"
_LAUNCH_TYPES = "ecs:compute-compatibility"

_EXPRESSIBLE = "no-privileged-containers"

# Fargate supports only awsvpc, no host mode and no privileged containers: these checks hold for tasks only on Fargate.
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
_KEPT_ON_FARGATE = frozenset(
    ("awsvpc-network-mode", "host-mode-root-user", "host-mode-privileged", "no-host-network-mode", _EXPRESSIBLE)
)

# By check: the property without a condition key.
_NO_KEY: Mapping[str, str] = {
    "awsvpc-network-mode": "the network mode",
    "host-mode-root-user": "the network mode, and none for the user",
    "host-mode-privileged": "the network mode, and none for the user",
    "no-host-network-mode": "the network mode",
    "non-root-user": "the user",
    "non-admin-windows-user": "the user",
}


def service_control_policy(policy: Policy, *, fargate_only: bool = False) -> str:
    """Return a service control policy, as JSON, that denies what the policy denies, if IAM can express it.

    It denies all task definitions of daemons: IAM has no condition key for their privileged containers.

    Args:
        policy: the policy.
        fargate_only: whether to deny every task definition that is not only for Fargate. That is stricter than every
            policy, but it is the only way to enforce network modes with IAM.

    Raises:
        PolicyError: if IAM can express no check of the policy, or if the text is longer than AWS Organizations allows.
    """
    statements = []
    if any(check.id == _EXPRESSIBLE for check in denied_checks(policy)):
        statements.append(_deny("DenyPrivilegedContainers", {"StringEquals": {"ecs:privileged": "true"}}))
    if fargate_only:
        # Without a launch type ForAllValues is true and ForAnyValue is not, so a Null condition is not needed.
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
        for sid, of_which in (("DenyWithoutFargate", "ForAllValues"), ("DenyOtherThanFargate", "ForAnyValue")):
            statements.append(_deny(sid, {f"{of_which}:StringNotEquals": {_LAUNCH_TYPES: "FARGATE"}}))
    if statements:
        # Daemons can have privileged containers and have no launch type; this action has no documented condition keys.
        statements.append({"Sid": "DenyDaemons", "Effect": "Deny", "Action": _REGISTER_DAEMON, "Resource": "*"})
    else:
        raise PolicyError(
            f"a service control policy cannot express this policy: it does not deny {_EXPRESSIBLE}, and IAM has no"
            " condition keys for network modes and users. Set no-privileged-containers to deny, or, if all tasks run on"
            " Fargate, deny all others (--fargate-only)"
        )
    text = json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=2)
    return within(f"{text}\n", SERVICE_CONTROL_POLICY)


def left_out(policy: Policy, *, fargate_only: bool = False) -> Iterator[str]:
    """Yield the parts of a policy that a service control policy leaves out, as sentences."""
    kept = _KEPT_ON_FARGATE if fargate_only else {_EXPRESSIBLE}
    denied = denied_checks(policy)
    for check in policy.enforced_checks:
        if check.is_made_by_ecs:
            yield f"{check.id}: {MADE_BY_ECS}."
        elif check not in denied:
            yield f"{check.id} is set to {policy.enforcement_of(check.id).value}: IAM has no warnings."
        elif check.id not in kept:
            missing = _NO_KEY.get(check.id)
            yield f"{check.id}: {f'IAM has no condition key for {missing}' if missing else 'it is a custom check'}."
    if policy.exemptions:
        yield (
            f"Exemptions ({len(policy.exemptions)}): a service control policy has none; attach it only to accounts and"
            " organizational units that need no exemption."
        )


def _deny(sid: str, condition: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"Sid": sid, "Effect": "Deny", "Action": _REGISTER, "Resource": "*", "Condition": condition}
