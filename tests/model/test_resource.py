"""A resource as its template has it: its family, and the places of its properties."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.cloudformation.scenario import Scenario
from ecs_guard_aspects.cloudformation.values import MalformedError, UndecidedError
from ecs_guard_aspects.model.place import Place
from ecs_guard_aspects.model.resource import TASK_DEFINITION, Resource, type_of


def resource(properties: Any) -> Resource:
    return Resource("Api/Td", TASK_DEFINITION, properties)


@pytest.mark.parametrize(
    ("properties", "family"),
    [
        ({"Family": "web"}, "web"),
        ({"Family": ""}, ""),
        ({}, None),
        (None, None),
        ([], None),
        ("web", None),
        ({"Family": 5}, None),
        ({"Family": {"Ref": "Name"}}, None),
        ({"Family": {"Fn::Sub": "web"}}, None),
        ({"Family": "{{resolve:ssm:/family}}"}, None),
        ({"Family": "web-{{resolve:ssm:/family}}"}, None),
    ],
    ids=repr,
)
def test_the_family_is_one_that_is_written(properties: Any, family: str | None) -> None:
    assert resource(properties).family == family


PROPERTIES = {
    "NetworkMode": {"Fn::If": ["C", "awsvpc", "host"]},
    "ContainerDefinitions": [{"Name": "web"}, {"Fn::If": ["C", {"Name": "proxy"}, {"Ref": "AWS::NoValue"}]}],
    "RuntimePlatform": {"OperatingSystemFamily": "LINUX"},
}


# fmt: off
PLACES = [
    # location                                            override path                      what is written there
    ("Properties/NetworkMode",                            "NetworkMode",                     PROPERTIES["NetworkMode"]),
    ("Properties/Cpu",                                    "Cpu",                             None),
    ("Properties/RuntimePlatform/OperatingSystemFamily",  "RuntimePlatform.OperatingSystemFamily", "LINUX"),
    ("Properties/ContainerDefinitions/0/Name",            "ContainerDefinitions.0.Name",     "web"),
    ("Properties/ContainerDefinitions/0/User",            "ContainerDefinitions.0.User",     None),
    ("Properties/ContainerDefinitions/7/User",            "ContainerDefinitions.7.User",     None),
    ("Properties/ContainerDefinitions/1/Fn::If/1/Name",   None,                              None),
    ("Properties/NetworkMode/Fn::If/2",                   None,                              None),
]
# fmt: on


@pytest.mark.parametrize(("location", "path", "written"), PLACES)
def test_where_an_override_reaches(location: str, path: str | None, written: Any) -> None:
    found = resource(PROPERTIES)
    assert found.override_path(location) == path
    if path is not None:
        assert found.written(path) == written


def test_no_override_reaches_into_properties_that_are_an_expression() -> None:
    assert resource({"Fn::If": ["C", {}, {}]}).override_path("Properties/NetworkMode") is None


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        (None, {}),
        ({"Cpu": 256}, {"Cpu": 256}),
        ([], MalformedError),
        ("x", MalformedError),
        ({"Ref": "X"}, UndecidedError),
    ],
    ids=repr,
)
def test_it_is_read_in_a_scenario(properties: Any, expected: Any) -> None:
    found = resource(properties)
    if isinstance(expected, dict):
        assert dict(found.read(Scenario(found.declarations))) == expected
    else:
        with pytest.raises(expected, match=r"^Properties is "):
            found.read(Scenario(found.declarations))


def test_what_is_not_in_a_file_has_no_place() -> None:
    assert resource({}).place_of("Properties/NetworkMode") == Place(None, None, None)


@pytest.mark.parametrize(
    ("written", "kind"), [({"Type": "A"}, "A"), ({"Type": 5}, 5), ({}, None), (None, None), ([], None), ("Type", None)]
)
def test_the_type_of_a_resource(written: Any, kind: Any) -> None:
    assert type_of(written) == kind
