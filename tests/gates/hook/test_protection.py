"""The service control policy that protects the hook: who may still change it, and what all others may not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ecs_guard_aspects.gates.hook.protection import hook_protection
from ecs_guard_aspects.policy import PolicyError


def statements(*roles: str, stack: str = "ecs-guard-hook") -> dict[str, dict[str, Any]]:
    policy = json.loads(hook_protection(roles, stack))
    assert policy["Version"] == "2012-10-17"
    return {statement["Sid"]: statement for statement in policy["Statement"]}


def test_every_statement_denies_all_but_the_roles() -> None:
    found = statements("cdk-*-cfn-exec-role-*", "arn:aws:iam::111122223333:role/aws/platform")
    for statement in found.values():
        assert statement["Effect"] == "Deny"
        assert statement["Condition"] == {
            "ArnNotLike": {
                "aws:PrincipalArn": [
                    "arn:*:iam::*:role/cdk-*-cfn-exec-role-*",
                    "arn:aws:iam::111122223333:role/aws/platform",
                ]
            }
        }


def test_what_switches_a_hook_off_has_no_resource() -> None:
    keep = statements("platform")["KeepTheHook"]
    assert keep["Resource"] == "*"
    assert {action.partition(":")[2] for action in keep["Action"]} == {
        "ActivateType",
        "DeactivateType",
        "SetTypeConfiguration",
    }


# CloudFormation cuts long names of stacks in the names that it generates.
NAMES = [
    ("gate", "gate-*"),
    ("a-stack-of-24-characters", "a-stack-of-24-characters-*"),
    ("a-stack-of-24-characters-", "a-stack-of-24-characters*"),
    ("StackSet-ecs-guard-hooks-members-*", "StackSet-ecs-guard-hooks*"),
    ("gate-*-members", "gate-*"),
]


@pytest.mark.parametrize(("stack", "names"), NAMES)
def test_the_stack_its_function_its_roles_and_the_watch_are_protected(stack: str, names: str) -> None:
    found = statements("platform", stack=stack)
    assert {sid: statement["Resource"] for sid, statement in found.items()} == {
        "KeepTheHook": "*",
        "KeepTheStack": f"arn:*:cloudformation:*:*:stack/{stack}/*",
        "KeepTheFunction": f"arn:*:lambda:*:*:function:{names}",
        "KeepTheRoles": f"arn:*:iam::*:role/{names}",
        "KeepTheWatch": [f"arn:*:events:*:*:rule/{names}", f"arn:*:sns:*:*:{names}"],
    }


REFUSED: list[tuple[tuple[str, ...], str, str]] = [
    ((), "gate", "name the role that deploys the hook"),
    (("*",), "gate", r"role '\*'"),
    (("arn:aws:iam::*:role/*",), "gate", r"role 'arn:aws:iam::\*:role/\*'"),
    (("arn:aws:iam::1:role/x",), "gate", "role 'arn:aws:iam::1:role/x'"),
    (("a b",), "gate", "role 'a b'"),
    (("",), "gate", "role ''"),
    (("platform",), "*", r"stack '\*'"),
    (("platform",), "a/b", "stack 'a/b'"),
    (tuple(f"{'r' * 60}{index:03}" for index in range(64)), "gate", "a service control policy is 5,120"),
]


@pytest.mark.parametrize(("roles", "stack", "message"), REFUSED)
def test_what_is_refused(roles: tuple[str, ...], stack: str, message: str) -> None:
    with pytest.raises(PolicyError, match=message):
        hook_protection(roles, stack)
