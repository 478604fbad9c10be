"""Grants: IAM statements by which a principal may run a task definition, such as the role of a function."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from ...model.resource import Resource
from ...model.start import PIPE, RULE, SCHEDULE
from ..instances.leaves import leaves_of
from . import state_machine
from .expressions import HOLE, flat, may_be_equal, references_in
from .family import Family
from .referrer import Referrer

_ACTIONS = ("ecs:runtask", "ecs:starttask")

# They run what their properties name, which is seen there.
_READ_ELSEWHERE = (RULE, PIPE, SCHEDULE, *state_machine.TYPES)
_ROLE = "AWS::IAM::Role"
# Policies of AWS that allow ecs:RunTask for every task definition.
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-iam-awsmanpol.html
_MANAGED_POLICIES = re.compile(
    r"(?:.*/)?(?:AmazonECS_FullAccess|AmazonEC2ContainerServiceFullAccess|AmazonEC2ContainerServiceEventsRole)"
)
_WITH_POLICIES = ("AWS::IAM::", "AWS::Serverless::")


@dataclass(frozen=True)
class Grant:
    """The resources of a statement that allows RunTask or StartTask, and the IAM resource it is in."""

    resource: Resource
    on: Sequence[Any]

    def covers(self, task_definition: Resource, family: Family) -> bool:
        """Return whether the statement may allow to run a task definition."""
        return any(_covers(each, task_definition, family) for each in self.on)


def grants_in(referrers: Sequence[Referrer]) -> list[Grant]:
    """Return the grants of an app, without those to roles that only resources with readable targets have."""
    iam = [referrer for referrer in referrers if referrer.resource.type.startswith(_WITH_POLICIES)]
    found = [(each, on) for each in iam for on in (*_granted(each.resource.properties), *_by_name(each.resource))]
    if not found:
        return []
    users = _users_by_role(referrers)
    kept = [(referrer, on) for referrer, on in found if not _is_read_elsewhere(referrer, iam, users)]
    return [Grant(referrer.resource, on) for referrer, on in kept]


def _granted(node: Any) -> Iterator[Sequence[Any]]:
    """Yield the resources of each statement that allows to run tasks."""
    if isinstance(node, list):
        for item in node:
            yield from _granted(item)
    elif isinstance(node, dict):
        if node.get("Effect") == "Allow" and _allows(node):
            yield _listed(node.get("Resource", "*"))
        for value in node.values():
            yield from _granted(value)


def _by_name(resource: Resource) -> Iterator[Sequence[Any]]:
    """Yield what the managed policies and the policy templates of a principal allow to run.

    https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-template-list.html
    """
    for key in ("ManagedPolicyArns", "Policies"):
        for leaf in leaves_of(resource.written(key)):
            template = leaf.get("EcsRunTaskPolicy") if isinstance(leaf, dict) else None
            if isinstance(template, dict):
                on = template.get("TaskDefinition", "*")
                yield [f"task-definition/{on}" if isinstance(on, str) and on != "*" else on]
            elif _MANAGED_POLICIES.fullmatch(flat(leaf)):
                yield ["*"]


def _allows(statement: Mapping[str, Any]) -> bool:
    """Return whether a statement allows RunTask. A permission for all actions does not show that it runs tasks."""
    if "NotAction" in statement:
        return False
    actions = (flat(each).lower() for each in _listed(statement.get("Action")))
    patterns = (action.replace(HOLE, "*") for action in actions)
    return any(
        pattern.startswith("ecs:") and any(fnmatchcase(each, pattern) for each in _ACTIONS) for pattern in patterns
    )


def _listed(node: Any) -> list[Any]:
    return list(node) if isinstance(node, list) else [node]


def _covers(written: Any, task_definition: Resource, family: Family) -> bool:
    if any(each.kind == "id" and each.text == task_definition.name for each in references_in(written)):
        return True
    texts = [flat(written), *(each.text for each in references_in(written) if each.kind == "text")]
    return any(_is_pattern_for(text, family) for text in texts)


def _is_pattern_for(text: str, family: Family) -> bool:
    if text == "*":
        return True
    _, separator, name = text.partition("task-definition/")
    name = name.partition(":")[0].replace("*", HOLE)
    return bool(separator) and bool(name) and may_be_equal(name, family.text or HOLE)


def _users_by_role(referrers: Iterable[Referrer]) -> dict[str, set[str]]:
    """Return the types of the resources that have a role, by the logical id of the role."""
    users: dict[str, set[str]] = {}
    for referrer in referrers:
        if not referrer.resource.type.startswith("AWS::IAM::"):
            for logical_id in referrer.logical_ids:
                users.setdefault(logical_id, set()).add(_kind_of(referrer))
    return users


def _kind_of(referrer: Referrer) -> str:
    """Return the type of a resource; for a state machine whose definition is in a file, that: it is not read."""
    return "a file" if state_machine.is_unread(referrer.resource) else referrer.resource.type


def _is_read_elsewhere(policy: Referrer, iam: Iterable[Referrer], users: Mapping[str, set[str]]) -> bool:
    if policy.resource.type in state_machine.TYPES:  # SAM makes its role of the policies that it has
        return not state_machine.is_unread(policy.resource)
    roles = _roles_of(policy, iam)
    return bool(roles) and all(users.get(role) and users[role] <= set(_READ_ELSEWHERE) for role in roles)


def _roles_of(policy: Referrer, iam: Iterable[Referrer]) -> set[str]:
    """Return the logical ids of the roles that a policy is for; the policy itself if it is a role."""
    if policy.resource.type == _ROLE:
        return {policy.resource.name}
    named = {each.text for each in policy.references if each.kind == "id" and each.location.startswith("Role")}
    attached = {
        each.resource.name for each in iam if each.resource.type == _ROLE and policy.resource.name in each.logical_ids
    }
    return named | attached
