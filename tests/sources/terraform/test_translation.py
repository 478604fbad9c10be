"""Translation: attributes of Terraform's task definitions as CloudFormation's properties, and locations back."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ecs_guard_aspects.sources.terraform.translation import AWS, AWSCC, Translation, Unevaluated, as_attributes

REASON = "a value of the plan"
UNKNOWN = Unevaluated("var.mode")


PROXY = {"ProxyConfigurationProperties": [{"Name": "A", "Value": "1"}]}


def translated(kind: str, **attributes: Any) -> Any:
    return Translation(kind, attributes, REASON).properties


PROPERTIES = [
    # Names: words in snake case, and those that are spelled otherwise.
    (AWS, {"network_mode": "host", "family": "web"}, {"NetworkMode": "host", "Family": "web"}),
    (AWS, {"requires_compatibilities": ["EC2"]}, {"RequiresCompatibilities": ["EC2"]}),
    (AWSCC, {"ephemeral_storage": {"size_in_gi_b": 21}}, {"EphemeralStorage": {"SizeInGiB": 21}}),
    # What only Terraform has, and what is not set.
    (AWS, {"lifecycle": {}, "count": 2, "arn": "x", "revision": 3}, {}),
    (AWS, {"network_mode": None}, {}),
    (AWS, {"network_mode": "", "runtime_platform": [{"operating_system_family": ""}]}, {"RuntimePlatform": {}}),
    # A plan has a list of a block that may be there once.
    (AWS, {"runtime_platform": [{"cpu_architecture": "ARM64"}]}, {"RuntimePlatform": {"CpuArchitecture": "ARM64"}}),
    (AWS, {"runtime_platform": []}, {}),
    (AWS, {"volume": [{"name": "v", "host_path": "/x"}]}, {"Volumes": [{"Name": "v", "Host": {"SourcePath": "/x"}}]}),
    (AWS, {"tags": {"Team": "a"}}, {"Tags": [{"Key": "Team", "Value": "a"}]}),
    (AWS, {"proxy_configuration": [{"properties": {"A": "1"}}]}, {"ProxyConfiguration": PROXY}),
    # Keys of labels and options are no attributes.
    (
        AWSCC,
        {"container_definitions": [{"docker_labels": {"my_label": "x"}}]},
        {"ContainerDefinitions": [{"DockerLabels": {"my_label": "x"}}]},
    ),
    # Containers of the AWS provider are JSON of the ECS API; the provider reads keys in any letter case.
    (
        AWS,
        {"container_definitions": json.dumps([{"name": "a", "USER": "0"}])},
        {"ContainerDefinitions": [{"Name": "a", "User": "0"}]},
    ),
    (AWS, {"container_definitions": [{"Privileged": True}]}, {"ContainerDefinitions": [{"Privileged": True}]}),
    # A text that is not JSON may hold secrets.
    (AWS, {"container_definitions": "[secret"}, {"ContainerDefinitions": "text that is not JSON"}),
    (AWS, {"container_definitions": '{"a": 1}'}, {"ContainerDefinitions": "text that is not JSON"}),
    # What is not evaluated is a reference to something that cannot be known.
    (AWS, {"network_mode": UNKNOWN}, {"NetworkMode": {"Ref": "var.mode"}}),
    (AWS, {"network_mode": Unevaluated("${var.mode}")}, {"NetworkMode": {"Ref": "var.mode"}}),
    (AWS, {"container_definitions": [{"user": UNKNOWN}]}, {"ContainerDefinitions": [{"User": {"Ref": "var.mode"}}]}),
    (AWS, {"family": Unevaluated("a-${var.x}")}, {"Family": {"Fn::Sub": ["a-${var.x}", {"var.x": {"Ref": "var.x"}}]}}),
    # A name that CloudFormation gives a meaning has none here.
    (AWS, {"network_mode": Unevaluated("AWS::NoValue")}, {"NetworkMode": {"Ref": " AWS::NoValue"}}),
]
LOCATIONS = [
    (AWS, "Properties/NetworkMode", ["network_mode"]),
    (AWS, "Properties/ContainerDefinitions/0/User", ["container_definitions", "0", "user"]),
    (AWS, "Properties/ContainerDefinitions/0/LinuxParameters", ["container_definitions", "0", "linuxParameters"]),
    (AWSCC, "Properties/ContainerDefinitions/0/LinuxParameters", ["container_definitions", "0", "linux_parameters"]),
    (AWS, "Properties/Volumes/0", ["volume", "0"]),
]


@pytest.mark.parametrize(("kind", "attributes", "properties"), PROPERTIES)
def test_the_properties_of_attributes(kind: str, attributes: dict[str, Any], properties: dict[str, Any]) -> None:
    assert translated(kind, **attributes) == properties


@pytest.mark.parametrize(("kind", "location", "keys"), LOCATIONS)
def test_the_keys_of_a_location(kind: str, location: str, keys: list[str]) -> None:
    assert list(as_attributes(kind, location)) == keys


def test_each_reference_is_declared_with_the_reason_why_it_cannot_be_known() -> None:
    declarations = Translation(AWS, {"network_mode": UNKNOWN, "family": Unevaluated("a-${var.x}")}, REASON).declarations
    assert {name: one.undecidable for name, one in declarations.parameters.items()} == {
        "var.mode": REASON,
        "var.x": REASON,
    }


def test_interpolations_that_are_not_closed_take_linear_time() -> None:
    text = "${var.x}" + "${" * 200_000
    assert translated(AWS, network_mode=Unevaluated(text)) == {"NetworkMode": {"Ref": text}}
