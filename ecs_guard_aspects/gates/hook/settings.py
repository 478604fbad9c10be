"""Settings of the deployed hook, which the construct and the plain template share.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-lambdahook.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ...model.resource import JUDGED_TYPES
from ...policy.errors import PolicyError
from ...policy.exemptions import Exemption
from ...policy.policy import Policy
from .cloudtrail import REGISTERED

DEFAULT_ALIAS = "EcsGuard::TaskDefinition::Gate"
CHANGE_SET = "CHANGE_SET"
OPERATIONS = ("RESOURCE", "CLOUD_CONTROL", CHANGE_SET)
FAILURE_MODES = ("WARN", "FAIL")

# CloudFormation waits 30 seconds for the function, which waits at most 10 for a payload.
TIMEOUT_SECONDS = 25
MEMORY_MB = 256
VERSION_ALIAS = "live"
LOG_RETENTION_DAYS = 90
PERIOD_SECONDS = 300

NOTICE_PATH = "$.detail.responsePayload"
"""The path of the function's answer in an event about its result."""

HOOKS_PRINCIPAL = "hooks.cloudformation.amazonaws.com"

TARGETS: tuple[tuple[str, str], ...] = tuple((kind, action) for kind in JUDGED_TYPES for action in ("CREATE", "UPDATE"))
"""The resource types and actions of the hook, without deletions."""

Pattern = Mapping[str, Any]
"""An event pattern of EventBridge."""

_ALIAS = re.compile(r"(?!aws)[A-Za-z0-9]{2,64}(::[A-Za-z0-9]{2,64}){2}", re.IGNORECASE | re.ASCII)
_STACK = re.compile(r"[A-Za-z*?][A-Za-z0-9*?-]{0,127}", re.ASCII)
_MOST_STACKS = 50


def change_set_alias(alias: str) -> str:
    """Return the alias of the second hook: filters for resource types would exclude change sets from the first hook."""
    return f"{alias}ForChangeSets"


def hook_alias(alias: str) -> str:
    """Return an alias, if CloudFormation accepts it, also with the suffix of ``change_set_alias``.

    Raises:
        PolicyError: if it does not.
    """
    for name in (alias, change_set_alias(alias)):
        if not _ALIAS.fullmatch(name):
            raise PolicyError(
                f"the alias of the hook is {alias!r}: it must be three names of 2 to 64 letters and digits,"
                f" such as {DEFAULT_ALIAS}, not beginning with AWS; the last one has at most 51 here"
            )
    return alias


def one_of(name: str, value: str, allowed: Sequence[str]) -> str:
    """Return a value that is allowed.

    Raises:
        PolicyError: if it is not.
    """
    if value not in allowed:
        raise PolicyError(f"{name} is {value!r}: it must be one of {', '.join(allowed)}")
    return value


def operations(values: Sequence[str]) -> tuple[str, ...]:
    """Return the operations of the hooks, each once, in the order of ``OPERATIONS``.

    Raises:
        PolicyError: if one is unknown, or if there is none.
    """
    for value in values:
        one_of("target operation", value, OPERATIONS)
    if not values:
        raise PolicyError(f"target operations are empty: name at least one of {', '.join(OPERATIONS)}")
    return tuple(operation for operation in OPERATIONS if operation in values)


def excluded_stacks(names: Sequence[str]) -> tuple[str, ...]:
    """Return the names of stacks, or patterns, that the hooks skip, each once.

    Raises:
        PolicyError: if one is not a name of a stack, or if there are more than CloudFormation allows.
    """
    for name in names:
        if not _STACK.fullmatch(name):
            raise PolicyError(
                f"excluded stack {name!r}: it must be the name of a stack; * is for any characters and ? for one"
            )
        if not name.strip("*?"):
            raise PolicyError(f"excluded stack {name!r} is every stack: to switch the hook off, set enabled to false")
    distinct = tuple(dict.fromkeys(names))
    if len(distinct) >= _MOST_STACKS:  # the stack of the hook is excluded too
        raise PolicyError(f"{len(distinct)} excluded stacks: the limit of CloudFormation is {_MOST_STACKS - 1} here")
    return distinct


def registration_pattern() -> Pattern:
    """Return the event pattern of the calls that the watch judges: those that register task definitions."""
    names = [name for name, (kind, _) in REGISTERED.items() if kind in JUDGED_TYPES]
    return {
        "source": ["aws.ecs"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {"eventSource": ["ecs.amazonaws.com"], "eventName": names},
    }


def denial_pattern(function: Any) -> Pattern:
    """Return the event pattern of the results that the watch forwards: those that are not admitted.

    Args:
        function: a pattern for the beginning of its ARN; in the event an alias or a version follows it.
    """
    return {
        "source": ["lambda"],
        "detail-type": ["Lambda Function Invocation Result - Success"],
        "resources": function,
        "detail": {"responsePayload": {"outcome": ["denied", "error"]}},
    }


def unknown_at_the_hook(policy: Policy) -> tuple[Exemption, ...]:
    """Return the exemptions that hold at synth but not at the hook, which has no construct paths and no files."""
    return tuple(
        exemption
        for exemption in policy.exemptions
        if not exemption.holds_at_hook and not exemption.is_of_account and exemption.days_left(policy.date) >= 0
    )
