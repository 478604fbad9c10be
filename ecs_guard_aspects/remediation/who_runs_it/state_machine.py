"""State machines that run tasks: their task definitions and networks.

The definition of a state machine is text: it is read, and never changed.
https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from ...model.resource import Resource

TYPE = "AWS::StepFunctions::StateMachine"

_DEPLOYED = "1"
"""The placeholder for what only the deployment knows; valid JSON inside and outside of quotes."""


def obstacles(state_machine: Resource) -> Iterator[str]:
    """Yield the obstacles of a state machine that names a task definition to awsvpc.

    Every state that runs a task must have a network: which of them runs this task definition often depends on a
    substitution.
    """
    runs = list(_task_runs(_definition(state_machine.properties)))
    if not runs:
        yield f"state machine {state_machine.address} names it, and its definition does not show how it runs it"
    elif not all(_has_network(parameters) for parameters in runs):
        yield f"state machine {state_machine.address} runs it without a NetworkConfiguration"


def chooses_at_run_time(resource: Resource) -> bool:
    """Return whether a resource is a state machine whose input decides what it runs, and which names no subnets."""
    if resource.type != TYPE:
        return False
    runs = _task_runs(_definition(resource.properties))
    return any(_is_chosen(run) and not _has_network(run) for run in runs)


def _is_chosen(parameters: dict[str, object]) -> bool:
    name = parameters.get("TaskDefinition")
    return name is None or (isinstance(name, str) and name.startswith(("{%", "${", "$.")))


def _definition(properties: object) -> object:
    if not isinstance(properties, dict):
        return None
    if isinstance(properties.get("Definition"), dict):
        return properties["Definition"]
    try:
        return json.loads(_text(properties.get("DefinitionString")))
    except (ValueError, RecursionError):
        return None


def _text(node: object) -> str:
    """Return a string, with the placeholder for what only the deployment knows."""
    if isinstance(node, str):
        return node
    function, operand = next(iter(node.items())) if isinstance(node, dict) and len(node) == 1 else (None, None)
    if function == "Fn::Sub":
        return _text(operand[0] if isinstance(operand, list) and operand else operand)
    if function == "Fn::Join" and isinstance(operand, list) and len(operand) == 2 and isinstance(operand[1], list):
        return str(operand[0]).join(_text(part) for part in operand[1])
    return _DEPLOYED


def _task_runs(node: object) -> Iterator[dict[str, object]]:
    """Yield the parameters of everything that runs a task."""
    if isinstance(node, dict):
        if _value(node, "TaskDefinition") is not None:
            yield node
        for value in node.values():
            yield from _task_runs(value)
    elif isinstance(node, list):
        for value in node:
            yield from _task_runs(value)


def _has_network(parameters: object) -> bool:
    for key in ("NetworkConfiguration", "AwsvpcConfiguration", "Subnets"):
        parameters = _value(parameters, key)
        if isinstance(parameters, str) and parameters:
            return True  # a path or query that yields it at run time
    return bool(parameters)


def _value(node: object, key: str) -> object:
    """Return the value of ``key``, or of ``key.$``, which is a path to it in the input of the state."""
    return node.get(key, node.get(f"{key}.$")) if isinstance(node, dict) else None
