"""State machines that run tasks: their task definitions and networks.

The definition of a state machine is text: it is read, and never changed.
https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from ...cloudformation.nodes import maps_in, single_member
from ...model.resource import Resource
from ...sources.text.read import read_text
from ...sources.text.text import TextError

TYPES = ("AWS::StepFunctions::StateMachine", "AWS::Serverless::StateMachine")

# Where it is named if it is in a file.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-stepfunctions-statemachine.html
# https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-statemachine.html
_FILES = ("DefinitionS3Location", "DefinitionUri")

TextOf = Callable[[object], str | None]
"""Returns the text of the file that a property of a state machine names; None if it is not here."""

_DEPLOYED = "1"
"""The placeholder for what only the deployment knows; valid JSON inside and outside of quotes."""


def is_unread(resource: Resource) -> bool:
    """Return whether a resource is a state machine whose definition is in a file that was not read."""
    written = ("Definition", "DefinitionString")
    return resource.type in TYPES and not any(map(resource.written, written)) and any(map(resource.written, _FILES))


def with_definition(resource: Resource, text_of: TextOf) -> Resource:
    """Return a state machine with what its file says as its ``Definition``; any other resource as it is."""
    if not is_unread(resource):
        return resource
    named = next(resource.written(key) for key in _FILES if resource.written(key))
    text = text_of(named)
    try:
        definition = read_text(text).value if text is not None else None
    except (TextError, RecursionError):
        definition = None
    if not isinstance(definition, dict) or not isinstance(resource.properties, dict):
        return resource
    return replace(resource, properties={**resource.properties, "Definition": definition})


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
    if resource.type not in TYPES:
        return False
    runs = _task_runs(_definition(resource.properties))
    return any(_is_chosen(run) and not _has_network(run) for run in runs)


def _is_chosen(parameters: Mapping[str, object]) -> bool:
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
    function, operand = single_member(node)
    if function == "Fn::Sub":
        return _text(operand[0] if isinstance(operand, list) and operand else operand)
    if function == "Fn::Join" and isinstance(operand, list) and len(operand) == 2 and isinstance(operand[1], list):
        return str(operand[0]).join(_text(part) for part in operand[1])
    return _DEPLOYED


def _task_runs(node: object) -> Iterator[Mapping[str, object]]:
    """Yield the parameters of everything that runs a task."""
    return (each for each in maps_in(node) if _value(each, "TaskDefinition") is not None)


def _has_network(parameters: object) -> bool:
    for key in ("NetworkConfiguration", "AwsvpcConfiguration", "Subnets"):
        parameters = _value(parameters, key)
        if isinstance(parameters, str) and parameters:
            return True  # a path or query that yields it at run time
    return bool(parameters)


def _value(node: object, key: str) -> object:
    """Return the value of ``key``, or of ``key.$``, which is a path to it in the input of the state."""
    return node.get(key, node.get(f"{key}.$")) if isinstance(node, dict) else None
