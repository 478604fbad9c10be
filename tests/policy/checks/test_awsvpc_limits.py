"""Limits of awsvpc: port mappings, and parameters of containers."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.cloudformation.declarations import Declarations
from ecs_guard_aspects.cloudformation.properties import Properties
from ecs_guard_aspects.cloudformation.scenario import Scenario
from ecs_guard_aspects.cloudformation.values import MalformedError
from ecs_guard_aspects.policy.checks.awsvpc_limits import container_name, has_parameter, other_host_ports, port_mappings

ANY = {"Ref": "Any"}


def container(**properties: Any) -> Properties:
    declared = Declarations({"Any": {"Type": "String"}, "Other": {"Type": "String"}})
    return Properties(Scenario(declared), properties, "Properties/ContainerDefinitions/0")


@pytest.mark.parametrize(
    ("mapping", "text"),
    [
        ({"ContainerPort": 80}, "80/tcp"),
        ({"ContainerPort": "53", "Protocol": "udp"}, "53/udp"),
        ({"ContainerPort": 53, "Protocol": "UDP"}, "53/tcp"),
        ({"ContainerPortRange": "80-90"}, "80-90/tcp"),
        ({"ContainerPort": ANY}, "${Any}/tcp"),
    ],
)
def test_the_ports_of_a_mapping(mapping: Any, text: str) -> None:
    assert [str(ports) for _, ports in port_mappings(container(PortMappings=[mapping]))] == [text]


@pytest.mark.parametrize(
    "mapping", [{}, {"ContainerPort": 0}, {"ContainerPort": 65536}, {"ContainerPort": 1, "ContainerPortRange": "1-2"}]
)
def test_a_mapping_that_ecs_does_not_know(mapping: Any) -> None:
    with pytest.raises(MalformedError, match="needs either a ContainerPort or a ContainerPortRange"):
        list(port_mappings(container(PortMappings=[mapping])))


@pytest.mark.parametrize(
    ("one", "other", "do_overlap"),
    [
        ({"ContainerPort": 80}, {"ContainerPortRange": "80-90"}, True),
        ({"ContainerPort": 79}, {"ContainerPortRange": "80-90"}, False),
        ({"ContainerPort": 53}, {"ContainerPort": 53, "Protocol": "udp"}, False),
        ({"ContainerPort": 53}, {"ContainerPort": ANY}, True),
    ],
)
def test_ports_in_common(one: Any, other: Any, do_overlap: bool) -> None:
    first, second = (ports for _, ports in port_mappings(container(PortMappings=[one, other])))
    assert first.overlaps(second) is do_overlap


@pytest.mark.parametrize(
    ("mapping", "host_ports"),
    [
        ({"ContainerPort": 80, "HostPort": 81}, [81]),
        ({"ContainerPort": 80, "HostPort": 0}, [0]),
        ({"ContainerPort": 80, "HostPort": 80}, []),
        ({"ContainerPort": ANY, "HostPort": ANY}, []),
        ({"ContainerPort": 80}, []),
    ],
)
def test_host_ports_that_are_not_the_container_port(mapping: Any, host_ports: list[int]) -> None:
    assert [port for _, _, port in other_host_ports(container(PortMappings=[mapping]))] == host_ports


@pytest.mark.parametrize(
    ("parameter", "value", "is_set"),
    [
        ("Links", ["a"], True),
        ("Links", [ANY], True),
        ("Links", [], False),
        ("Hostname", "", False),
        ("Hostname", ANY, True),
        ("DisableNetworking", "true", True),
        ("DisableNetworking", False, False),
    ],
)
def test_parameters_that_are_set(parameter: str, value: Any, is_set: bool) -> None:
    assert has_parameter(container(**{parameter: value}), parameter) is is_set


def test_a_container_without_a_known_name_has_its_location() -> None:
    assert container_name(container(Name="web")) == "web"
    assert container_name(container(Name=ANY)) == "ContainerDefinitions/0"
