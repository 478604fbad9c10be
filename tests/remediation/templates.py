"""Small templates of stacks, for what is found by references."""

from __future__ import annotations

from typing import Any

from ecs_guard_aspects.cloudformation.declarations import Declarations
from ecs_guard_aspects.model.template import Origin, StackTemplate


def resource(kind: str, **properties: Any) -> dict[str, Any]:
    """Return the body of a resource."""
    return {"Type": kind, "Properties": properties}


def stack(
    path: str = "Stack", outputs: Any = None, parameters: Any = None, conditions: Any = None, **resources: Any
) -> StackTemplate:
    """Return the template of a stack, whose resources have the addresses ``Stack/LogicalId``."""
    declared = {"Outputs": outputs or {}, "Parameters": parameters or {}, "Conditions": conditions or {}}
    body = {"Resources": resources, **declared}

    def origin_of(logical_id: str) -> Origin:
        return Origin(f"{path}/{logical_id}")

    return StackTemplate(f"{path}.json", path, body, Declarations.of(body), origin_of=origin_of)
