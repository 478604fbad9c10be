"""What of the policy IAM can say: a service control policy (SCP) of AWS Organizations.

The condition keys of ``ecs:RegisterTaskDefinition`` know whether a container is privileged and which launch types a
task definition is for. They know neither its network mode nor its users.
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ..policy.errors import PolicyError
from ..policy.policy import Policy
from .guard_rules import denied_checks
from .limits import SERVICE_CONTROL_POLICY, within

_REGISTER = "ecs:RegisterTaskDefinition"
_REGISTER_DAEMON = "ecs:RegisterDaemonTaskDefinition"
_LAUNCH_TYPES = "ecs:compute-compatibility"

_EXPRESSIBLE = "no-privileged-containers"

# Fargate runs awsvpc only, has no host mode and no privileged containers: who registers nothing else keeps these.
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
_KEPT_ON_FARGATE = frozenset(
    ("awsvpc-network-mode", "host-mode-root-user", "host-mode-privileged", "no-host-network-mode", _EXPRESSIBLE)
)

# By check: why IAM cannot tell.
_NO_KEY: Mapping[str, str] = {
    "awsvpc-network-mode": "the network mode",
    "host-mode-root-user": "the network mode, and none for the user",
    "host-mode-privileged": "the network mode, and none for the user",
    "no-host-network-mode": "the network mode",
    "non-root-user": "the user",
    "non-admin-windows-user": "the user",
}


def service_control_policy(policy: Policy, *, fargate_only: bool = False) -> str:
    """Return a service control policy, as JSON, that denies what the policy denies as far as IAM can tell.

    It denies all task definitions of daemons: IAM cannot tell which of them have privileged containers.

    Args:
        policy: what it is to deny.
        fargate_only: whether to deny every task definition that is not for Fargate alone. That is more than any policy
            demands, and the only way in which IAM keeps network modes.

    Raises:
        PolicyError: if IAM can say nothing of the policy, or if the text is longer than AWS Organizations takes.
    """
    statements = []
    if any(check.id == _EXPRESSIBLE for check in denied_checks(policy)):
        statements.append(_deny("DenyPrivilegedContainers", {"StringEquals": {"ecs:privileged": "true"}}))
    if fargate_only:
        # ForAllValues is true, too, where no launch type is given, ForAnyValue is not: no Null test is needed.
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
        for sid, of_which in (("DenyWithoutFargate", "ForAllValues"), ("DenyOtherThanFargate", "ForAnyValue")):
            statements.append(_deny(sid, {f"{of_which}:StringNotEquals": {_LAUNCH_TYPES: "FARGATE"}}))
    if statements:
        # Daemons have privileged containers and no launch type, and no condition key is documented for this call.
        statements.append({"Sid": "DenyDaemons", "Effect": "Deny", "Action": _REGISTER_DAEMON, "Resource": "*"})
    else:
        raise PolicyError(
            f"a service control policy can say nothing of this policy: it does not deny {_EXPRESSIBLE}, and IAM has no"
            " condition key for a network mode or a user. Set no-privileged-containers to deny, or, where all run on"
            " Fargate, deny all else (--fargate-only)"
        )
    text = json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=2)
    return within(f"{text}\n", SERVICE_CONTROL_POLICY)


def not_expressible(policy: Policy, *, fargate_only: bool = False) -> Iterator[str]:
    """Yield, as sentences, what of a policy a service control policy does not say."""
    kept = _KEPT_ON_FARGATE if fargate_only else {_EXPRESSIBLE}
    denied = denied_checks(policy)
    for check in policy.enforced_checks:
        if check not in denied:
            yield f"{check.id} is set to {policy.enforcement_of(check.id).value}: IAM knows no warning."
        elif check.id not in kept:
            missing = _NO_KEY.get(check.id)
            yield f"{check.id}: {f'IAM has no condition key for {missing}' if missing else 'it is Python'}."
    if policy.exemptions:
        yield (
            f"Exemptions ({len(policy.exemptions)}): a service control policy has none; attach it to the accounts and"
            " organizational units that it is for."
        )


def _deny(sid: str, condition: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"Sid": sid, "Effect": "Deny", "Action": _REGISTER, "Resource": "*", "Condition": condition}
