"""The generated Guard rules on public task definitions: their verdicts are those of the core."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

from ecs_guard_aspects.cloudformation.values import Unknown
from ecs_guard_aspects.model.resource import Resource
from ecs_guard_aspects.policy import Policy
from ecs_guard_aspects.sources.files import Files

from ..exports.cfn_guard import CfnGuard
from ..exports.conftest import cfn_guard  # noqa: F401 - a fixture
from ..exports.test_guard_rules import differences
from .test_corpus import CORPUS, STRICT

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason=f"there is no {CORPUS}")

GONE = object()


@pytest.mark.parametrize("policy", [STRICT, Policy()], ids=["strict", "default"])
def test_the_rules_say_of_the_corpus_what_the_core_says(cfn_guard: CfnGuard, policy: Policy) -> None:  # noqa: F811
    # Those that differ in what no rule reads need not be judged twice.
    distinct = {what_rules_read(one): one for one in recorded_task_definitions()}
    assert len(distinct) > 50
    assert differences(cfn_guard, policy, list(distinct.values())) == []


def recorded_task_definitions() -> Iterator[dict[str, Any]]:
    """Yield the task definitions of the corpus as AWS Config might record them."""
    for document in Files([str(CORPUS)], CORPUS):
        for item in document.items:
            if isinstance(item, Resource):
                task_definition = recorded(item.properties)
                if isinstance(task_definition, dict) and has_containers(task_definition):
                    yield task_definition


def recorded(node: Any) -> Any:
    """Return what may have become of a property: of ``Fn::If`` the first branch, of other expressions some text."""
    if isinstance(node, Mapping):
        if len(node) == 1:
            ((function, operands),) = node.items()
            if function == "Fn::If" and isinstance(operands, Sequence):
                return recorded(operands[1])
            if function == "Ref" or str(function).startswith("Fn::"):
                return GONE if operands == "AWS::NoValue" else "text"
        values = {str(name): recorded(value) for name, value in node.items()}
        return {name: value for name, value in values.items() if value is not GONE}
    if isinstance(node, list):
        return [value for value in map(recorded, node) if value is not GONE]
    return "text" if isinstance(node, Unknown) else node


def what_rules_read(task_definition: dict[str, Any]) -> str:
    of_all = [task_definition.get(name) for name in ("NetworkMode", "RequiresCompatibilities", "RuntimePlatform")]
    of_each = [
        [container.get("User"), container.get("Privileged")] for container in task_definition["ContainerDefinitions"]
    ]
    return repr([of_all, of_each])


def has_containers(task_definition: dict[str, Any]) -> bool:
    containers = task_definition.get("ContainerDefinitions")
    return isinstance(containers, list) and all(isinstance(container, dict) for container in containers)
