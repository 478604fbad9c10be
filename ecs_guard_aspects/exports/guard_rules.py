"""Guard rules: the policy as the text of an AWS Config custom policy rule.

https://docs.aws.amazon.com/config/latest/developerguide/evaluate-config_develop-rules_cfn-guard.html
https://docs.aws.amazon.com/cfn-guard/latest/ug/writing-rules.html

The runtime of AWS Config is ``guard-2.x.x``. The rules use only syntax that Guard 2 and Guard 3 evaluate in the same
way:

- No flags in regular expressions, no functions, and ``empty`` only of a filter: on null Guard 2 stops with an error.
- No other rules than the checks: Config counts every rule, so a helper rule would be reported as NON_COMPLIANT too.
- A comparison of values of different types fails, with ``!=`` as well as ``==``. So the rules about users require an
  allowed value instead of excluding others: a value of an unexpected type fails.
- Guard 2 reads null as the text ``null``. A user of that name counts as absent.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from .._version import VERSION
from ..policy.checks import ALL, Check
from ..policy.enforcement import Enforcement
from ..policy.errors import PolicyError
from ..policy.policy import Policy
from .limits import RULE_TEXT, within
from .user_patterns import ADMINISTRATOR, ROOT, WINDOWS

_WINDOWS = f"/{WINDOWS}/"

# Rules refer to a variable as %name. Only variables that a rule refers to are written.
_VARIABLES: Mapping[str, str] = {
    "system": "configuration.RuntimePlatform.OperatingSystemFamily",
    "root": f"/^({ROOT}|null)(:|$)/",
    "declared_root": f"/^(({ROOT})(:|$)|:)/",
    "administrator": rf"/^([\s\S]*\\)?({ADMINISTRATOR})?$|^null$/",
}

_A_TASK_DEFINITION = """\
resourceType == "AWS::ECS::TaskDefinition"
    configuration.Status !exists or configuration.Status != /^(INACTIVE|DELETE_IN_PROGRESS)$/"""
_HAS_CONTAINERS = "some configuration.ContainerDefinitions[*] is_struct"
_IN_HOST_MODE = 'configuration.NetworkMode == "host"'

_AWSVPC = ("", 'configuration.NetworkMode == "awsvpc"')

# DEFAULT: ECS Anywhere does not support awsvpc, and Managed Instances use it if there is no mode.
_AWSVPC_WHERE_IT_CAN_BE = (
    "",
    """\
configuration.NetworkMode == "awsvpc" or
    configuration.RequiresCompatibilities[*] == "EXTERNAL" or
    configuration.RequiresCompatibilities[*] == "MANAGED_INSTANCES"
  configuration.NetworkMode == "awsvpc" or
    configuration.RequiresCompatibilities[*] == "EXTERNAL" or
    configuration.NetworkMode !exists or configuration.NetworkMode in ["null", null]""",
)

# By check: its condition, and what it requires.
_RULES: Mapping[str, tuple[str, str]] = {
    "awsvpc-network-mode": _AWSVPC,
    "host-mode-root-user": (
        f"{_IN_HOST_MODE}\n    {_HAS_CONTAINERS}",
        """\
configuration.ContainerDefinitions[*] {
    Privileged in [true, "true"] or User == /^[^:]/ or User != 0
    Privileged in [true, "true"] or User != %root or User in r[-2147483647, 2147483647]
  }""",
    ),
    "host-mode-privileged": (
        _IN_HOST_MODE,
        """\
configuration.ContainerDefinitions[ Privileged in [true, "true"] ] empty
  configuration.ContainerDefinitions[
    User == %declared_root or User == 0 or User > 2147483647 or User < -2147483647
  ] empty""",
    ),
    "no-host-network-mode": ("", 'configuration.NetworkMode !exists or configuration.NetworkMode not in ["host"]'),
    "no-privileged-containers": ("", 'configuration.ContainerDefinitions[ Privileged in [true, "true"] ] empty'),
    "non-root-user": (
        _HAS_CONTAINERS,
        f"""\
configuration.ContainerDefinitions[*] {{
    %system == {_WINDOWS} or User == /^[^:]/ or User != 0
    %system == {_WINDOWS} or User != %root or User in r[-2147483647, 2147483647]
  }}""",
    ),
    "non-admin-windows-user": (
        f"%system == {_WINDOWS}\n    {_HAS_CONTAINERS}",
        """\
configuration.ContainerDefinitions[*] {
    User != %administrator or User <= 0 or User > 0
  }""",
    ),
}


MADE_BY_ECS = "ECS refuses to register what it denies, so there is nothing to find in an account"
"""Why a check is left out of what AWS engines are given."""


def guard_rules(policy: Policy) -> str:
    """Return the checks that a policy denies as Guard rules for a Config custom policy rule, one named after each.

    The rules evaluate a revision as Config has recorded it; deregistered ones pass. A comment lists the parts of the
    policy that the rules leave out.

    Raises:
        PolicyError: if a custom check is denied, because it is Python; if nothing is denied; or if the text is longer
            than Config allows.
    """
    checks = denied_checks(policy)
    own = [check.id for check in checks if check not in ALL]
    if own:
        raise PolicyError(
            f"custom checks are Python, which AWS Config cannot run as a Guard rule: {', '.join(own)}. Generate"
            " from a policy without them (policy.without_custom_checks()), and make these checks at another gate"
        )
    if not checks:
        raise PolicyError(
            "this policy denies nothing, so there is nothing to generate: a rule of AWS Config has no warnings, only"
            " COMPLIANT and NON_COMPLIANT. Set the enforcement of a check to deny"
        )
    rules = [_rule(check, policy) for check in checks]
    variables = [f"let {name} = {value}" for name, value in _VARIABLES.items() if f"%{name} " in "".join(rules)]
    blocks = ["\n".join(header(policy, left_out(policy))), *(["\n".join(variables)] if variables else []), *rules]
    return within("\n\n".join(blocks) + "\n", RULE_TEXT)


def denied_checks(policy: Policy) -> tuple[Check, ...]:
    """Return the checks that a policy denies, for services without warnings, without those that ECS makes itself."""
    denied = (check for check in policy.enforced_checks if policy.enforcement_of(check.id) is Enforcement.DENY)
    return tuple(check for check in denied if not check.is_made_by_ecs)


def left_out(policy: Policy) -> Iterator[str]:
    """Yield the parts of a policy that the rules leave out, as sentences."""
    for check in policy.enforced_checks:
        enforcement = policy.enforcement_of(check.id)
        if check.is_made_by_ecs:
            yield f"{check.id}: {MADE_BY_ECS}."
        elif enforcement is not Enforcement.DENY:
            yield f"{check.id} is set to {enforcement.value}: Config has no warnings."
    if policy.exemptions:
        of = Counter(exemption.check for exemption in policy.exemptions)
        counts = ", ".join(f"{check} ({count})" for check, count in sorted(of.items()))
        yield f"Exemptions: Guard cannot compare dates, so they would never end. They are NON_COMPLIANT: {counts}."


def origin_of(policy: Policy) -> str:
    """Return a short name of a policy: one line of ASCII, for every name of its file."""
    origin = f", from {json.dumps(policy.origin)[1:-1]}" if policy.origin else ""
    return f"profile {policy.profile.value}{origin}"


def header(policy: Policy, sentences: Iterable[str]) -> Iterator[str]:
    """Yield the comment at the beginning of generated rules.

    Args:
        policy: the policy they are generated from.
        sentences: what they leave out.
    """
    yield f"# Generated by ecs-guard {VERSION} ({origin_of(policy)}): change the policy, not this text."
    for sentence in sentences:
        yield f"# Left out: {sentence}"


def _rule(check: Check, policy: Policy) -> str:
    condition, demand = _RULES[check.id]
    if check.id == "awsvpc-network-mode" and policy.profile.warns_where_nothing_can_be_fixed:
        condition, demand = _AWSVPC_WHERE_IT_CAN_BE
    when = f"{_A_TASK_DEFINITION}\n    {condition}" if condition else _A_TASK_DEFINITION
    return f"# {check.title}\nrule {check.id.replace('-', '_')} when {when}\n{{\n  {demand}\n}}"
