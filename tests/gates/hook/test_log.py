"""Lines of the log: what CloudWatch makes metrics of, and what a person reads."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ecs_guard_aspects.gates.hook.answer import answer_to
from ecs_guard_aspects.gates.hook.log import log_line
from ecs_guard_aspects.policy import Policy

from .support import event, no_payload


def line_of(name: str) -> dict[str, Any]:
    answer = answer_to(event(name), Policy, no_payload)
    line: dict[str, Any] = json.loads(log_line(answer, function="gate", milliseconds=0.25, now=1_764_500_000_000))
    return line


# Event: gate, what is logged of it.
LINES: list[tuple[str, str, dict[str, Any]]] = [
    ("resource-create-denied", "hook", {"outcome": "denied", "Judged": 1, "Denied": 1, "Errors": 0}),
    ("resource-create-admitted", "hook", {"outcome": "admitted", "Judged": 1, "Denied": 0, "Errors": 0}),
    ("resource-delete", "hook", {"outcome": "ignored", "Judged": 0, "Denied": 0, "Errors": 0}),
    ("cloudtrail-registered-denied", "watch", {"outcome": "denied", "Judged": 1, "Denied": 1, "Errors": 0}),
    ("cloudtrail-parameters-omitted", "watch", {"outcome": "error", "Judged": 0, "Denied": 0, "Errors": 1}),
]


@pytest.mark.parametrize(("name", "gate", "logged"), LINES)
def test_a_line(name: str, gate: str, logged: dict[str, Any]) -> None:
    line = line_of(name)
    assert line["gate"] == gate
    assert {key: line[key] for key in logged} == logged


def test_cloudwatch_finds_its_metrics_in_the_line() -> None:
    line = line_of("resource-create-denied")
    assert line["_aws"]["Timestamp"] == 1_764_500_000_000
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == "EcsGuard"
    assert directive["Dimensions"] == [["Function"]]
    assert line["Function"] == "gate"
    names = [metric["Name"] for metric in directive["Metrics"]]
    assert names == ["Judged", "Denied", "Errors", "Milliseconds"]
    assert all(isinstance(line[name], (int, float)) for name in names)


def test_a_line_says_what_was_found_where() -> None:
    line = line_of("resource-create-denied")
    assert line["target"] == "Agent/Task"
    assert line["findings"] == [
        {"check": "awsvpc-network-mode", "address": "Agent/Task", "container": None, "outcome": "denied"},
        {"check": "host-mode-root-user", "address": "Agent/Task", "container": "app", "outcome": "denied"},
    ]
    assert line["policy"] == {"profile": "default", "sha256": Policy().sha256}
