"""Texts of containers: in which properties they are, and which container they belong to."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.cloudformation.declarations import Declarations
from ecs_guard_aspects.model.resource import TASK_DEFINITION, Resource
from ecs_guard_aspects.remediation.obstacles.container_texts import container_texts, ports_in_environment


def found(containers: Any) -> list[tuple[str, str, str, str]]:
    properties = {"ContainerDefinitions": containers, "Family": "localhost"}
    return [tuple(each) for each in container_texts(Resource("T", TASK_DEFINITION, properties, Declarations()))]  # type: ignore[misc]


def app(**properties: Any) -> dict[str, Any]:
    return {"Name": "app", **properties}


# The properties of a container, and its texts by property.
PROPERTIES: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    ({"Image": "nginx:1"}, [("Image", "nginx:1")]),
    ({"Command": ["-c", "curl x"]}, [("Command", "-c"), ("Command", "curl x")]),
    ({"EntryPoint": ["sh"]}, [("EntryPoint", "sh")]),
    ({"Environment": [{"Name": "A", "Value": "b"}]}, [("Environment", "A"), ("Environment", "b")]),
    ({"HealthCheck": {"Command": ["CMD"]}}, [("HealthCheck", "CMD")]),
    ({"LogConfiguration": {"Options": {"a": "b"}}}, [("LogConfiguration", "b")]),
    ({"WorkingDirectory": "/x", "User": "1000", "DockerLabels": {"Image": "x"}}, []),
    ({"ImageOfAnother": "x"}, []),
]


@pytest.mark.parametrize(("properties", "expected"), PROPERTIES)
def test_the_texts_of_a_property(properties: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert sorted(found([app(**properties)])) == sorted(("0", "app", *each) for each in expected)


def test_each_belongs_to_its_container() -> None:
    assert found([app(Image="a"), {"Name": "db", "Image": "b"}]) == [
        ("0", "app", "Image", "a"),
        ("1", "db", "Image", "b"),
    ]


@pytest.mark.parametrize("name", [None, {"Ref": "Name"}])
def test_a_container_without_a_literal_name_has_its_location(name: Any) -> None:
    own = {} if name is None else {"Name": name}
    assert [each[1] for each in found([{**own, "Image": "a"}])] == ["ContainerDefinitions/0"]


def test_containers_of_all_branches() -> None:
    either = {"Fn::If": ["C", [app(Image="a")], [app(Image="b")]]}
    assert sorted(each[3] for each in found(either)) == ["a", "b"]
    command = {"Fn::If": ["C", ["a"], ["b"]]}
    assert {"a", "b"} <= {each[3] for each in found([app(Command=command)])}
    in_list = [{"Fn::If": ["C", app(Image="a"), app(Image="b")]}]
    assert sorted((each[0], each[1], each[3]) for each in found(in_list)) == [("0", "app", "a"), ("0", "app", "b")]


@pytest.mark.parametrize(
    ("name", "value", "ports"),
    [
        ("PORT", "8080", [8080]),
        ("SERVER_PORT", "80", [80]),
        ("ASPNETCORE_URLS", "http://+:80;https://+:443", [80, 443]),
        ("PORT", {"Fn::If": ["C", "80", "81"]}, [80, 81]),
        ("PORT", {"Ref": "Port"}, []),
        ("DB_PORT", "5432", []),  # of another host
        ({"Ref": "Name"}, "80", []),
    ],
)
def test_the_ports_that_an_environment_tells(name: Any, value: Any, ports: list[int]) -> None:
    properties = {"ContainerDefinitions": [app(Environment=[{"Name": name, "Value": value}])]}
    told = ports_in_environment(Resource("T", TASK_DEFINITION, properties, Declarations()))
    assert [(each.container, port) for each, port in told] == [("app", port) for port in ports]
