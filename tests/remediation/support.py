"""Small resources to plan for, and plans in a form that fits a table."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import Any

from ecs_guard_aspects.cloudformation.declarations import Declarations
from ecs_guard_aspects.remediation import Consumer, FixOptions, Network, Plan, Resource
from ecs_guard_aspects.remediation.obstacles.situation import Situation
from ecs_guard_aspects.remediation.plan import plan as plan_of

NETWORK = Network(("subnet-1", "subnet-2"), ("sg-1",))
REFERENCE = {"Ref": "Td"}
TEMPLATE = {
    "Parameters": {
        "Env": {"Type": "String", "AllowedValues": ["dev", "prod"]},
        "Mode": {"Type": "String", "AllowedValues": ["bridge", "host"]},
        "Free": {"Type": "String", "Default": "bridge"},
        "Any": {"Type": "String"},
    },
    "Conditions": {"IsProd": {"Fn::Equals": [{"Ref": "Env"}, "prod"]}},
}
PERMITTED = {"run_elsewhere": True, "may_change_addresses": True, "may_replace_root": True}
NO_VALUE = {"Ref": "AWS::NoValue"}


class Status(enum.Enum):
    """The outcome of a plan.

    ``FINE``: nothing that was asked for is missing.
    ``FIXABLE``: the changes make it so.
    ``PARTLY``: awsvpc is refused, but containers get another user; the definition still lacks awsvpc.
    ``REFUSED``: nothing is changed.
    """

    FINE = "fine"
    FIXABLE = "fixable"
    PARTLY = "partly"
    REFUSED = "refused"


def plan(definition: Resource, consumers: Sequence[Consumer] = (), **options: Any) -> Plan:
    """Return the plan for a task definition; the fix permits what most tests are not about."""
    given = FixOptions(**{**PERMITTED, **options})
    return plan_of(Situation(definition, consumers, network_of=lambda _address, _path: given.network or ""), given)


def status_of(plan: Plan) -> Status:
    """Return the outcome of a plan."""
    if plan.blockers:
        return Status.PARTLY if plan.changes else Status.REFUSED
    return Status.FIXABLE if plan.changes else Status.FINE


def if_prod(prod: object, dev: object) -> dict[str, object]:
    """Return an expression that is one thing in prod and another in dev."""
    return {"Fn::If": ["IsProd", prod, dev]}


def resource(path: str, kind: str, properties: object, condition: object = None) -> Resource:
    """Return a resource whose expressions refer to ``TEMPLATE``."""
    return Resource(path, kind, properties, Declarations.of(TEMPLATE), condition)


def task_definition(*containers: object, **properties: object) -> Resource:
    """Return a task definition in bridge mode."""
    properties = {"NetworkMode": "bridge", "ContainerDefinitions": list(containers or [web()]), **properties}
    return resource("Api/Td", "AWS::ECS::TaskDefinition", properties)


def web(name: object = "web", **properties: object) -> dict[str, object]:
    """Return a container."""
    image = "example/web" if name == "web" or not isinstance(name, str) else f"example/{name}"
    return {"Name": name, "Image": image, **properties}


def ports(*mappings: dict[str, object], name: object = "web") -> dict[str, object]:
    """Return a container with these port mappings."""
    return web(name, PortMappings=list(mappings))


def service(dependencies: dict[str, Resource] | None = None, **properties: object) -> Consumer:
    """Return a service that lacks a network."""
    found = resource("Api/Svc", "AWS::ECS::Service", {"TaskDefinition": REFERENCE, **properties})
    return Consumer(found, "TaskDefinition", dependencies or {})


def texts(plan: Plan) -> list[str]:
    """Return the blockers in words."""
    return [blocker.text for blocker in plan.blockers]


def changed(plan: Plan) -> dict[str, Any]:
    """Return what is changed, by resource and path."""
    return {f"{change.resource} {change.path}": change.new for change in plan.changes}
