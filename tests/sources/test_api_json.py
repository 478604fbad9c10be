"""Task definitions as the ECS API has them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ecs_guard_aspects.cloudformation.values import Unknown
from ecs_guard_aspects.model.document import Document
from ecs_guard_aspects.model.resource import Resource
from ecs_guard_aspects.policy import Policy, Profile, Verdict, judge
from ecs_guard_aspects.sources.recognition import recognize
from ecs_guard_aspects.sources.text.read import read_text


def document(value: Any) -> Document | None:
    return recognize("task.json", read_text(value if isinstance(value, str) else json.dumps(value, indent=1)))


def resources(value: Any) -> list[Resource]:
    found = document(value)
    assert found is not None
    return [item for item in found.items if isinstance(item, Resource)]


def properties(value: Any) -> Any:
    (resource,) = resources({"containerDefinitions": [], **value})
    return {key: item for key, item in resource.properties.items() if key != "ContainerDefinitions"}  # type: ignore[attr-defined]


CONTAINER = {"name": "web", "user": "1000"}
GOOD = {"family": "web", "networkMode": "awsvpc", "containerDefinitions": [CONTAINER]}

# What is in the file, and the addresses of its task definitions.
RECOGNIZED = [
    (GOOD, ["task.json"]),
    ({"taskDefinition": GOOD, "tags": []}, ["task.json"]),
    ({"containerDefinitions": None}, ["task.json"]),
    ({"ContainerDefinitions": []}, ["task.json"]),
    ([GOOD], ["task.json/0"]),
    ([1, GOOD, {"taskDefinition": GOOD}], ["task.json/1", "task.json/2"]),
    ("family: web\nnetworkMode: awsvpc\ncontainerDefinitions:\n  - {name: web, user: '1000'}\n", ["task.json"]),
    ([GOOD, {"TaskDefinition": GOOD}], ["task.json/0", "task.json/1"]),
    ({"TaskDefinitions": [GOOD]}, ["task.json/TaskDefinitions/0"]),
    ({"taskDefinition": "web:1"}, None),
    ({"definitions": {"containerDefinitions": []}}, None),
    ([[GOOD]], None),
    ({}, None),
    ("web", None),
]


@pytest.mark.parametrize(("value", "addresses"), RECOGNIZED)
def test_what_is_a_task_definition(value: Any, addresses: list[str] | None) -> None:
    found = document(value)
    assert addresses == (None if found is None else [item.address for item in found.items])


def replaced(text: str) -> Unknown:
    """Return what a text with a placeholder is."""
    reason = "which contains a placeholder"
    return Unknown(text, reason, outline="a text")


# The API's spelling, and that of CloudFormation.
SPELLING: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"networkMode": "host"}, {"NetworkMode": "host"}),
    ({"runtimePlatform": {"operatingSystemFamily": "LINUX"}}, {"RuntimePlatform": {"OperatingSystemFamily": "LINUX"}}),
    (
        {"logConfiguration": {"options": {"awslogs-group": "x"}}},
        {"LogConfiguration": {"Options": {"awslogs-group": "x"}}},
    ),
    ({"dockerLabels": {"com.x": "y"}}, {"DockerLabels": {"com.x": "y"}}),
    ({"proxyConfiguration": {"properties": []}}, {"ProxyConfiguration": {"ProxyConfigurationProperties": []}}),
    (
        {"volumes": [{"efsVolumeConfiguration": {"fileSystemId": "f", "authorizationConfig": {"iam": "ENABLED"}}}]},
        {"Volumes": [{"EFSVolumeConfiguration": {"FilesystemId": "f", "AuthorizationConfig": {"IAM": "ENABLED"}}}]},
    ),
    (
        {"volumes": [{"fsxWindowsFileServerVolumeConfiguration": {"fileSystemId": "f"}}]},
        {"Volumes": [{"FSxWindowsFileServerVolumeConfiguration": {"FileSystemId": "f"}}]},
    ),
    ({"tags": [{"key": "a", "value": None}]}, {"Tags": [{"Key": "a", "Value": None}]}),
    ({"networkMode": "${MODE}"}, {"NetworkMode": replaced("${MODE}")}),
    ({"family": "${NAME}"}, {"Family": "${NAME}"}),
    ({"networkMode": "{{ mode }}-x"}, {"NetworkMode": replaced("{{ mode }}-x")}),
]


@pytest.mark.parametrize(("written", "expected"), SPELLING)
def test_the_spelling_of_cloudformation(written: dict[str, Any], expected: dict[str, Any]) -> None:
    assert properties(written) == expected


BRIDGE = {"family": "db", "networkMode": "bridge", "containerDefinitions": [CONTAINER]}
UNREAD = [
    ([GOOD, {"service": "x", "definition": BRIDGE}], "1/definition"),
    ([GOOD, {"CONTAINERDEFINITIONS": []}], "1"),
    ([GOOD, [BRIDGE]], "1/0"),
    ({"taskDefinitions": [GOOD], "bad": BRIDGE}, "bad"),
    ({"taskDefinitions": [GOOD, {"service": "x", "definition": BRIDGE}]}, "taskDefinitions/1/definition"),
    ({"taskDefinition": GOOD, "TaskDefinition": BRIDGE}, "TaskDefinition"),
    ({**GOOD, "former": {"taskDefinition": BRIDGE}}, "former/taskDefinition"),
]


@pytest.mark.parametrize(("value", "where"), UNREAD)
def test_a_task_definition_at_an_unknown_place_is_denied(value: Any, where: str) -> None:
    found = document(value)
    assert found is not None
    (finding,) = judge([found], Policy()).findings
    assert (finding.check, finding.is_denied) == ("unreadable", True)
    assert finding.what.startswith(f"{where} of task.json cannot be read: it has container definitions")


STRICT = Policy(profile=Profile.STRICT)


def verdicts(value: Any) -> dict[tuple[str, str | None], Verdict]:
    found = document(value)
    assert found is not None
    return {(finding.check, finding.container): finding.verdict for finding in judge([found], STRICT).findings}


AWSVPC, ROOT, HOST = "awsvpc-network-mode", "non-root-user", "no-host-network-mode"
JUDGED: list[tuple[dict[str, Any], dict[tuple[str, str | None], str]]] = [
    ({}, {}),
    ({"networkMode": "bridge"}, {(AWSVPC, None): "violation"}),
    ({"networkMode": None}, {(AWSVPC, None): "violation"}),
    ({"networkMode": ["host"]}, {(AWSVPC, None): "violation", (HOST, None): "unresolved"}),
    ({"networkMode": "${MODE}"}, {(AWSVPC, None): "unresolved", (HOST, None): "unresolved"}),
    ({"containerDefinitions": [{"name": "web", "user": "<%= user %>"}]}, {(ROOT, "web"): "unresolved"}),
    ({"containerDefinitions": [{"name": "${NAME}", "user": "0"}]}, {(ROOT, "${NAME}"): "violation"}),
    ({"containerDefinitions": [{"name": "web", "user": "<USER>"}]}, {(ROOT, "web"): "unresolved"}),
    ({"containerDefinitions": [{"name": "web", "user": 0}]}, {(ROOT, "web"): "violation"}),
    # The same property in two spellings.
    ({"NetworkMode": "bridge"}, {(AWSVPC, None): "unresolved", (HOST, None): "unresolved"}),
    ({"NETWORKMODE": "host"}, {(AWSVPC, None): "unresolved", (HOST, None): "unresolved"}),
    ({"containerDefinitions": [{"name": "web", "User": "0", "user": "1000"}]}, {(ROOT, "web"): "unresolved"}),
    ({"containerDefinitions": [{"name": "web", "user": "1000", "User": "0"}]}, {(ROOT, "web"): "unresolved"}),
    (
        {"containerDefinitions": [{**CONTAINER, "Privileged": False, "privileged": True}]},
        {("no-privileged-containers", "web"): "unresolved"},
    ),
    ({"ContainerDefinitions": [{"name": "db", "user": "0"}]}, {(ROOT, None): "unresolved"}),
]


@pytest.mark.parametrize(("changes", "expected"), JUDGED)
def test_what_is_judged(changes: dict[str, Any], expected: dict[tuple[str, str | None], str]) -> None:
    found = {key: verdict.value for key, verdict in verdicts({**GOOD, **changes}).items()}
    assert {key: found.get(key) for key in expected} == expected
    assert bool(found) == bool(expected)


@pytest.mark.parametrize("text", ["${" * 200_000, "{" * 400_000, "<%" * 200_000])
def test_brackets_that_are_not_closed_take_linear_time(text: str) -> None:
    (read,) = resources({**GOOD, "executionRoleArn": text})
    assert read.properties["ExecutionRoleArn"] == text


def test_the_reason_why_a_placeholder_cannot_be_decided() -> None:
    found = document({**GOOD, "networkMode": "${MODE}"})
    assert found is not None
    (finding, *_) = judge([found], Policy()).findings
    assert finding.what.endswith("networkMode is ${MODE}, which contains a placeholder.")


def test_the_reason_why_two_spellings_cannot_be_decided() -> None:
    found = document({**GOOD, "NetworkMode": "bridge"})
    assert found is not None
    (finding, *_) = judge([found], Policy()).findings
    assert "networkMode is one of several values, because it is spelled networkMode and NetworkMode" in finding.what
    assert finding.remedy.startswith("Remove networkMode or NetworkMode, so that one of them is left. If it is correct")


PLACES = [
    ("Properties/NetworkMode", (3, 17)),
    ("Properties/ContainerDefinitions/0/User", (7, 12)),
    ("Properties/ContainerDefinitions/0/Privileged", (5, 3)),
    ("Properties/Cpu", (1, 1)),
]


@pytest.mark.parametrize(("location", "place"), PLACES)
def test_where_a_location_stands(location: str, place: tuple[int, int]) -> None:
    (resource,) = resources(GOOD)
    assert resource.place_of(location) == ("task.json", *place)
    (described,) = resources({"taskDefinition": GOOD})
    if location != "Properties/Cpu":
        assert described.place_of(location) == ("task.json", place[0] + 1, place[1] + 1)


def test_it_is_called_by_its_family() -> None:
    (resource,) = resources(GOOD)
    assert (resource.name, resource.family) == ("web", "web")
    assert resources({"containerDefinitions": []})[0].name == ""


def test_a_repeated_key_is_reported() -> None:
    found = document('{"containerDefinitions": [{"name": "a",\n"user": "0",\n"user": "1"}]}')
    assert found is not None
    assert [item.what for item in found.items if not isinstance(item, Resource)] == [
        "The key containerDefinitions/0/user is repeated, in line 2 and in line 3."
    ]
