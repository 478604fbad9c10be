"""Ports that lead to containers, in each network mode."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.sources.account.exposure.ports import ALL_PORTS, Listening, listening_of, ports_text
from ecs_guard_aspects.sources.account.workloads import Port

HTTP, DNS = {"containerPort": 80, "hostPort": 8080}, {"containerPort": 53, "protocol": "udp"}
RANGE = {"containerPortRange": "8000-8010", "protocol": "tcp"}
ANY_HIGH = Port(32768, 65535)

# The network mode, the port mappings, and how the containers listen.
MODES: list[tuple[str | None, list[dict[str, Any]], Listening]] = [
    ("awsvpc", [HTTP, DNS, HTTP], Listening("awsvpc", (Port(80, 80), Port(53, 53, "udp")))),
    ("host", [{"hostPort": 8080}], Listening("host", (Port(8080, 8080),))),
    ("awsvpc", [RANGE], Listening("awsvpc", (Port(8000, 8010),))),
    ("awsvpc", [{"containerPortRange": "odd"}], Listening("awsvpc", ALL_PORTS, is_declared=False)),
    ("host", [], Listening("host", ALL_PORTS, is_declared=False)),
    ("bridge", [HTTP], Listening("bridge", (Port(8080, 8080),))),
    (None, [HTTP], Listening("bridge", (Port(8080, 8080),))),
    ("bridge", [{"containerPort": 80}], Listening("bridge", (ANY_HIGH,))),
    ("bridge", [{"hostPort": 0, "protocol": "udp"}], Listening("bridge", (Port(32768, 65535, "udp"),))),
    ("bridge", [], Listening("bridge", ())),
    ("none", [HTTP], Listening("none", ())),
]  # fmt: skip


@pytest.mark.parametrize(("mode", "mappings", "expected"), MODES, ids=str)
def test_how_containers_listen(mode: str | None, mappings: list[dict[str, Any]], expected: Listening) -> None:
    described = {"networkMode": mode, "containerDefinitions": [{"name": "a"}, {"name": "b", "portMappings": mappings}]}
    assert listening_of(described) == expected


@pytest.mark.parametrize(("mode", "expected"), [("bridge", (Port(32770, 32770),)), ("awsvpc", (Port(80, 80),))])
def test_ports_that_are_bound_count_in_bridge_mode(mode: str, expected: tuple[Port, ...]) -> None:
    described = {"networkMode": mode, "containerDefinitions": [{"portMappings": [{"containerPort": 80}]}]}
    assert listening_of(described, [Port(32770, 32770)]).ports == expected


def test_the_network_of_a_daemon_is_not_known() -> None:
    arn = "arn:aws:ecs:x:y:daemon-task-definition/log:1"
    assert listening_of({"taskDefinitionArn": arn, "networkMode": "host"}) == Listening("daemon", ())


@pytest.mark.parametrize(
    ("ports", "expected"),
    [
        ([Port(80, 80)], "port 80"),
        ([Port(80, 80), Port(80, 80), Port(53, 53, "udp")], "ports 80, 53/udp"),
        ([Port(32768, 65535)], "ports 32768-65535"),
        ([Port(port, port) for port in range(1, 6)], "ports 1, 2, 3, 4, 5"),
        ([Port(port, port) for port in range(1, 9)], "ports 1, 2, 3, 4, 5 and 3 more"),
    ],
)
def test_ports_in_words(ports: list[Port], expected: str) -> None:
    assert ports_text(ports) == expected
