"""``ecs-guard generate``: the policy in the words of AWS Config, CloudFormation and IAM, and what an audit may do."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from ....policy.errors import PolicyError
from ....policy.files.discovery import repository_root
from ....policy.policy import Policy
from ...account.errors import AccountError
from ..errors import CommandError
from ..exit_codes import ADMITTED
from ..outputs import write_output
from ..policy_choice import policy_of
from ..terminal import say, write_out


class Generated(NamedTuple):
    """A text, and what of the policy it does not say."""

    text: str
    left_out: Iterable[str] = ()


def generate(arguments: Namespace) -> int:
    """Run the command and return its exit code."""
    try:
        generated = KINDS[arguments.kind](arguments)
    except (PolicyError, AccountError) as error:
        raise CommandError(f"{arguments.kind}: {error}") from None
    if arguments.output is None:
        write_out(generated.text)
    else:
        write_output(arguments.output, generated.text, str(arguments.output))
    for sentence in generated.left_out:
        say(f"left out: {sentence}")
    return ADMITTED


def _guard_rules(arguments: Namespace) -> Generated:
    from ....exports import guard_rules
    from ....exports.guard_rules import left_out

    policy = _policy(arguments)
    return Generated(guard_rules(policy), left_out(policy))


def _conformance_pack(arguments: Namespace) -> Generated:
    from ....exports import conformance_pack
    from ....exports.guard_rules import left_out

    policy = _policy(arguments)
    return Generated(conformance_pack(policy, managed_rules=arguments.managed_rules), left_out(policy))


def _organization_conformance_pack(arguments: Namespace) -> Generated:
    from ....exports import organization_conformance_pack
    from ....exports.guard_rules import left_out

    policy = _policy(arguments)
    text = organization_conformance_pack(
        policy,
        name=arguments.name,
        excluded_accounts=arguments.exclude_account,
        delivery_bucket=arguments.delivery_bucket,
        managed_rules=arguments.managed_rules,
    )
    return Generated(text, left_out(policy))


def _service_control_policy(arguments: Namespace) -> Generated:
    from ....exports import service_control_policy
    from ....exports.service_control_policy import not_expressible

    policy = _policy(arguments)
    text = service_control_policy(policy, fargate_only=arguments.fargate_only)
    return Generated(text, not_expressible(policy, fargate_only=arguments.fargate_only))


def _audit_policy(arguments: Namespace) -> Generated:
    import json

    from ...account.permissions import audit_policy

    return Generated(f"{json.dumps(audit_policy(arguments.role), indent=2)}\n")


# The arguments of each are in `arguments`.
KINDS: Mapping[str, Callable[[Namespace], Generated]] = {
    "guard-rules": _guard_rules,
    "conformance-pack": _conformance_pack,
    "organization-conformance-pack": _organization_conformance_pack,
    "service-control-policy": _service_control_policy,
    "audit-policy": _audit_policy,
}


def _policy(arguments: Namespace) -> Policy:
    return policy_of(arguments, repository_root(Path.cwd()))
