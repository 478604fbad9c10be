"""``ecs-guard generate``: the policy for other engines, and the permissions of an audit."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ....policy.errors import PolicyError
from ....policy.files.discovery import repository_root
from ....policy.policy import Policy
from ...account.errors import AccountError
from ..errors import CommandError
from ..exit_codes import ADMITTED
from ..outputs import write_output
from ..policy_choice import policy_of
from ..terminal import say, write_out
from ..write_file import write_file


class Generated(NamedTuple):
    """A text, and the parts of the policy that it does not have."""

    text: str
    left_out: Iterable[str] = ()


def generate(arguments: Namespace) -> int:
    """Run the command and return its exit code."""
    try:
        # Some kinds do not need a policy.
        given = policy_of(arguments, repository_root(Path.cwd())) if "policy" in arguments else Policy()
        generated = KINDS[arguments.kind](arguments, given.without_custom_checks())
    except (PolicyError, AccountError) as error:
        raise CommandError(f"{arguments.kind}: {error}") from error
    if arguments.output is None:
        write_out(generated.text)
    else:
        write_output(arguments.output, generated.text, str(arguments.output))
    for sentence in generated.left_out:
        say(f"left out: {sentence}")
    for check in given.checks:
        say(f"left out: {check.id}: it is a custom check, which only ecs-guard can make.")
    return ADMITTED


def _guard_rules(arguments: Namespace, policy: Policy) -> Generated:
    from ....exports import guard_rules
    from ....exports.guard_rules import left_out

    return Generated(guard_rules(policy), left_out(policy))


def _conformance_pack(arguments: Namespace, policy: Policy) -> Generated:
    from ....exports import conformance_pack
    from ....exports.guard_rules import left_out

    return Generated(conformance_pack(policy, managed_rules=arguments.managed_rules), left_out(policy))


def _organization_conformance_pack(arguments: Namespace, policy: Policy) -> Generated:
    from ....exports import organization_conformance_pack
    from ....exports.guard_rules import left_out

    text = organization_conformance_pack(
        policy,
        name=arguments.name,
        excluded_accounts=arguments.exclude_account,
        delivery_bucket=arguments.delivery_bucket,
        managed_rules=arguments.managed_rules,
    )
    return Generated(text, left_out(policy))


def _service_control_policy(arguments: Namespace, policy: Policy) -> Generated:
    from ....exports import service_control_policy
    from ....exports.service_control_policy import left_out

    text = service_control_policy(policy, fargate_only=arguments.fargate_only)
    return Generated(text, left_out(policy, fargate_only=arguments.fargate_only))


def _cdk_rego(arguments: Namespace, policy: Policy) -> Generated:
    from ....exports import cdk_rego
    from ....exports.cdk_rego import left_out

    return Generated(cdk_rego(policy), left_out(policy))


def _audit_policy(arguments: Namespace, policy: Policy) -> Generated:
    from ...account.permissions import audit_policy

    return Generated(f"{json.dumps(audit_policy(arguments.role), indent=2)}\n")


def _hook(arguments: Namespace, policy: Policy) -> Generated:
    from ...hook.template import hook_template

    return _template_of_hook(arguments, policy, hook_template)


def _hook_stack_set(arguments: Namespace, policy: Policy) -> Generated:
    from ...hook.template import stack_set_template

    return _template_of_hook(arguments, policy, stack_set_template)


def _template_of_hook(arguments: Namespace, policy: Policy, template: Callable[..., Mapping[str, Any]]) -> Generated:
    """Return a template of the hook; the code of its function is a separate file."""
    from ...hook.bundle import bundle
    from ...hook.settings import unknown_at_the_hook

    code = bundle(policy)
    text = json.dumps(
        template(
            code,
            failure_mode=arguments.failure_mode,
            exclude_stacks=arguments.exclude_stack,
            alias=arguments.alias,
            watch=arguments.watch,
        ),
        indent=2,
    )
    left_out = [
        f"exemption from {exemption.check} for {exemption.where}: the hook has no paths. Give the family instead."
        for exemption in unknown_at_the_hook(policy)
    ]
    if arguments.code is None:
        left_out.append(f"the code of the function: write it with --code {code.file_name}, and upload it to S3.")
    else:
        write_file(arguments.code, code.content, f"--code {arguments.code}")
    return Generated(f"{text}\n", left_out)


def _hook_protection(arguments: Namespace, policy: Policy) -> Generated:
    from ...hook.protection import hook_protection

    return Generated(hook_protection(arguments.role, arguments.stack))


# `arguments` defines the options of each.
KINDS: Mapping[str, Callable[[Namespace, Policy], Generated]] = {
    "guard-rules": _guard_rules,
    "conformance-pack": _conformance_pack,
    "organization-conformance-pack": _organization_conformance_pack,
    "service-control-policy": _service_control_policy,
    "cdk-rego": _cdk_rego,
    "audit-policy": _audit_policy,
    "hook": _hook,
    "hook-stack-set": _hook_stack_set,
    "hook-protection": _hook_protection,
}
