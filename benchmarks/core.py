"""The policy core alone: how fast it judges."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Any, NamedTuple

from ecs_guard_aspects.cloudformation.declarations import Declarations
from ecs_guard_aspects.model.resource import TASK_DEFINITION
from ecs_guard_aspects.policy import Policy, Resource, evaluate

POLICY = Policy()
BATCH_SECONDS = 0.05


class Case(NamedTuple):
    """One kind of task definition, and how many findings it has."""

    name: str
    properties: dict[str, Any]
    declarations: Declarations
    findings: int

    def evaluate(self) -> None:
        evaluate(Resource("Task", TASK_DEFINITION, self.properties, self.declarations), POLICY)


def _literal(mode: str, user: str) -> dict[str, Any]:
    containers = [{"Name": name, "Image": "nginx", "User": user, "Memory": 256} for name in ("web", "proxy")]
    return {"NetworkMode": mode, "Cpu": "256", "Memory": "512", "ContainerDefinitions": containers}


_STAGES = Declarations.of(
    {
        "Parameters": {
            "Stage": {"Type": "String", "AllowedValues": ["dev", "test", "prod"]},
            "User": {"Type": "String", "Default": "1000"},
        },
        "Conditions": {
            "IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]},
            "IsTest": {"Fn::Equals": [{"Ref": "Stage"}, "test"]},
        },
        "Mappings": {"Modes": {"dev": {"Mode": "awsvpc"}, "test": {"Mode": "awsvpc"}, "prod": {"Mode": "host"}}},
    }
)
_EXPRESSIONS = {
    "NetworkMode": {"Fn::FindInMap": ["Modes", {"Ref": "Stage"}, "Mode"]},
    "ContainerDefinitions": [
        {
            "Name": "web",
            "Image": {"Fn::Sub": "${AWS::AccountId}.dkr.ecr.${AWS::Region}.amazonaws.com/web"},
            "User": {"Fn::If": ["IsProd", "1000:1000", "root"]},
        },
        {"Fn::If": ["IsTest", {"Name": "proxy", "User": {"Fn::Sub": "${User}:1000"}}, {"Ref": "AWS::NoValue"}]},
    ],
}
_SWITCHES = Declarations.of(
    {
        "Parameters": {f"Switch{i}": {"Type": "String"} for i in range(11)},
        "Conditions": {f"Has{i}": {"Fn::Equals": [{"Ref": f"Switch{i}"}, "on"]} for i in range(11)},
    }
)
_CONDITIONAL = {
    "NetworkMode": "host",
    "ContainerDefinitions": [
        {
            "Fn::If": [
                f"Has{i}",
                {"Name": f"c{i}", "User": {"Fn::If": [f"Has{(i + 1) % 11}", "1000", "root"]}},
                {"Ref": "AWS::NoValue"},
            ]
        }
        for i in range(11)
    ],
}

_NONE = Declarations()
CASES = (
    Case("literal, 2 containers, admitted", _literal("awsvpc", "1000:1000"), _NONE, 0),
    Case("literal, 2 containers, 1 finding", _literal("bridge", "1000:1000"), _NONE, 1),
    Case("literal, 2 containers, 3 findings", _literal("host", "root"), _NONE, 3),
    Case("with expressions, 2 containers, 1 finding", _EXPRESSIONS, _STAGES, 1),
    Case("11 conditional containers, 12 findings", _CONDITIONAL, _SWITCHES, 12),
)


def rates(rounds: int) -> dict[str, float]:
    """Return evaluations per second of CPU for every case: the median of interleaved rounds."""
    batches = {}
    for case in CASES:
        found = evaluate(Resource("Task", TASK_DEFINITION, case.properties, case.declarations), POLICY)
        assert len(found) == case.findings, f"{case.name}: {len(found)} findings"
        batches[case.name] = max(1, round(BATCH_SECONDS / _seconds(case.evaluate, 20) * 20))
    measured: dict[str, list[float]] = {case.name: [] for case in CASES}
    for _ in range(rounds):
        for case in CASES:
            batch = batches[case.name]
            measured[case.name].append(batch / _seconds(case.evaluate, batch))
    return {name: median(values) for name, values in measured.items()}


def _seconds(run: Callable[[], None], times: int) -> float:
    start = time.process_time()
    for _ in range(times):
        run()
    return max(time.process_time() - start, 1e-6)
