"""The policy as Guard rules: what an AWS Config custom policy rule runs.

https://docs.aws.amazon.com/config/latest/developerguide/evaluate-config_develop-rules_cfn-guard.html
https://docs.aws.amazon.com/cfn-guard/latest/ug/writing-rules.html

AWS Config calls its runtime ``guard-2.x.x``. The rules keep to what Guard 2 and Guard 3 read alike:

- No flags in regular expressions, no functions, and ``empty`` only of a filter: of null Guard 2 breaks off.
- No rule but the checks themselves: one that others refer to would fail, too, and Config counts every rule.
- A comparison of values of different types fails, ``!=`` as well as ``==``. So the rules about users demand what is
  right instead of looking for what is wrong: a value of a type that nobody expects fails.
- Guard 2 reads null as the text ``null``. A user of that name is taken for none.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping

from .._version import VERSION
from ..policy.checks import ALL, Check
from ..policy.enforcement import Enforcement
from ..policy.errors import PolicyError
from ..policy.policy import Policy
from .limits import RULE_TEXT, within

# The user part that `user.is_root` takes for root: the name, 0, and what is beyond 2147483647.
_BEYOND = "|".join(
    (
        "[1-9][0-9]{10,}",
        "[3-9][0-9]{9}",
        "2[2-9][0-9]{8}",
        "21[5-9][0-9]{7}",
        "214[89][0-9]{6}",
        "2147[5-9][0-9]{5}",
        "214749[0-9]{4}",
        "214748[4-9][0-9]{3}",
        "2147483[7-9][0-9]{2}",
        "21474836[5-9][0-9]",
        "214748364[89]",
    )
)
_ROOT = f"[Rr][Oo][Oo][Tt]|[+-]?0+|[+-]?0*({_BEYOND})"
_WINDOWS = "/^[Ww][Ii][Nn][Dd][Oo][Ww][Ss]/"
_ADMINISTRATOR = "".join(f"[{letter.upper()}{letter}]" for letter in "containeradministrator")

# What rules refer to as %name. A variable is written down only where a rule refers to it.
_VARIABLES: Mapping[str, str] = {
    "system": "configuration.RuntimePlatform.OperatingSystemFamily",
    "root": f"/^({_ROOT}|null)(:|$)/",
    "declared_root": f"/^(({_ROOT})(:|$)|:)/",
    "administrator": rf"/^([\s\S]*\\)?({_ADMINISTRATOR})?$|^null$/",
}

_A_TASK_DEFINITION = """\
resourceType == "AWS::ECS::TaskDefinition"
    configuration.Status !exists or configuration.Status != /^(INACTIVE|DELETE_IN_PROGRESS)$/"""
_HAS_CONTAINERS = "some configuration.ContainerDefinitions[*] is_struct"
_IN_HOST_MODE = 'configuration.NetworkMode == "host"'

_AWSVPC = ("", 'configuration.NetworkMode == "awsvpc"')

# DEFAULT: ECS Anywhere has no awsvpc, and Managed Instances use it where no mode is named.
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

# By check: when it is asked, and what it demands.
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


def guard_rules(policy: Policy) -> str:
    """Return the checks that a policy denies as Guard rules for a Config custom policy rule, one named after each.

    A revision is judged as Config has recorded it; what is deregistered passes. What the rules leave out of the policy
    is said in a comment.

    Raises:
        PolicyError: if a custom check is denied, which only Python can make; if nothing is denied; or if the
            text is longer than Config takes.
    """
    checks = denied_checks(policy)
    own = [check.id for check in checks if check not in ALL]
    if own:
        raise PolicyError(
            f"custom checks are Python, which AWS Config cannot run as a Guard rule: {', '.join(own)}. Generate"
            " from a policy without them (policy.without_custom_checks()), and ask them where ecs-guard itself runs"
        )
    if not checks:
        raise PolicyError(
            "this policy denies nothing, so there is nothing to generate: a rule of AWS Config knows no warning, only"
            " COMPLIANT and NON_COMPLIANT. Set the enforcement of a check to deny"
        )
    rules = [_rule(check, policy) for check in checks]
    variables = [f"let {name} = {value}" for name, value in _VARIABLES.items() if f"%{name} " in "".join(rules)]
    blocks = ["\n".join(_comment(policy)), *(["\n".join(variables)] if variables else []), *rules]
    return within("\n\n".join(blocks) + "\n", RULE_TEXT)


def denied_checks(policy: Policy) -> tuple[Check, ...]:
    """Return the checks that a policy denies: all that an engine can be given that knows no warning."""
    return tuple(check for check in policy.enforced_checks if policy.enforcement_of(check.id) is Enforcement.DENY)


def left_out(policy: Policy) -> Iterator[str]:
    """Yield, as sentences, what of a policy the rules do not say."""
    for check in policy.enforced_checks:
        enforcement = policy.enforcement_of(check.id)
        if enforcement is not Enforcement.DENY:
            yield f"{check.id} is set to {enforcement.value}: Config knows no warning."
    if policy.exemptions:
        of = Counter(exemption.check for exemption in policy.exemptions)
        counts = ", ".join(f"{check} ({count})" for check, count in sorted(of.items()))
        yield f"Exemptions: Guard has no clock, so they would never end; what is exempt is NON_COMPLIANT. {counts}."


def origin_of(policy: Policy) -> str:
    """Return, in a few words, which policy it is. ASCII on one line, whatever the file is called."""
    origin = f", from {json.dumps(policy.origin)[1:-1]}" if policy.origin else ""
    return f"profile {policy.profile.value}{origin}"


def _comment(policy: Policy) -> Iterator[str]:
    yield f"# Generated by ecs-guard {VERSION} ({origin_of(policy)}): change the policy, not this text."
    for sentence in left_out(policy):
        yield f"# Left out: {sentence}"


def _rule(check: Check, policy: Policy) -> str:
    condition, demand = _RULES[check.id]
    if check.id == "awsvpc-network-mode" and policy.profile.warns_where_nothing_can_be_fixed:
        condition, demand = _AWSVPC_WHERE_IT_CAN_BE
    when = f"{_A_TASK_DEFINITION}\n    {condition}" if condition else _A_TASK_DEFINITION
    return f"# {check.title}\nrule {check.id.replace('-', '_')} when {when}\n{{\n  {demand}\n}}"
