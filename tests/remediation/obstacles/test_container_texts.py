"""Texts of containers: in which properties they are, and which container they belong to."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.cloudformation.declarations import Declarations
from ecs_guard_aspects.model.resource import TASK_DEFINITION, Resource
from ecs_guard_aspects.remediation.obstacles.container_texts import container_texts, environment_of


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


def test_the_variables_of_an_environment() -> None:
    environment = [{"Name": "A", "Value": "b"}, {"Name": "C", "Value": ANY}, {"Name": ANY, "Value": "d"}]
    definition = Resource(
        "T", TASK_DEFINITION, {"ContainerDefinitions": [app(Environment=environment)]}, Declarations()
    )
    assert [(name, each.container, each.text) for name, each in environment_of(definition)] == [("A", "app", "b")]


ANY = {"Ref": "Any"}


@pytest.mark.parametrize(
    "properties",
    [
        {"Environment": [{"Name": "NO_PROXY", "Value": "169.254.169.254,169.254.170.2"}]},
        {"Environment": [{"Name": "no_proxy", "Value": {"Fn::Sub": "169.254.169.254,${Host}"}}]},
        {"Environment": [{"Name": "JAVA_OPTS", "Value": "-Dhttp.nonProxyHosts=localhost|169.254.169.254 -Xmx1g"}]},
        {"Command": ["sh", "-c", "no_proxy=169.254.169.254 app"]},
        {"Command": ["curl", "--no-proxy=169.254.169.254", "x"]},
    ],
)
def test_hosts_that_are_reached_without_the_proxy_do_not_count_as_used(properties: dict[str, Any]) -> None:
    assert not [each for each in found([app(**properties)]) if "169.254.169.254" in each[3]]
