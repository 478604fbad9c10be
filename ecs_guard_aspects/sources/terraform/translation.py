"""Attributes of Terraform's task definitions as CloudFormation's properties.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ecs_task_definition
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ...cloudformation.declarations import AnythingBut, Declarations, Parameter
from ...model.address import AddressKind
from ...model.language import Language
from ...model.place import Place
from ...model.resource import DAEMON_TASK_DEFINITION, TASK_DEFINITION, Resource
from ..api_json import as_properties

AWS = "aws_ecs_task_definition"
AWSCC = "awscc_ecs_task_definition"
"""The provider that is generated from the CloudFormation schema: its attributes are the properties in snake case."""

AWS_DAEMON = "aws_ecs_daemon_task_definition"

TYPES: Mapping[str, str] = {
    AWS: TASK_DEFINITION,
    AWSCC: TASK_DEFINITION,
    AWS_DAEMON: DAEMON_TASK_DEFINITION,
    "awscc_ecs_daemon_task_definition": DAEMON_TASK_DEFINITION,
}
"""The types of resources that are judged, with those of CloudFormation."""

CONTAINERS = "container_definitions"
_CONTAINER = "container_definition"
"""The containers of ``AWS``, and the block of one container of ``AWS_DAEMON``."""

_OTHER_NAMES = {
    "docker_volume_configuration": "DockerVolumeConfiguration",
    "efs_volume_configuration": "EFSVolumeConfiguration",
    "fsx_windows_file_server_volume_configuration": "FSxWindowsFileServerVolumeConfiguration",
    "iam": "IAM",
    "placement_constraints": "PlacementConstraints",
    "properties": "ProxyConfigurationProperties",
    "size_in_gib": "SizeInGiB",
    "volume": "Volumes",
}

# Blocks that can occur only once: a plan has a list of them.
_SINGLE = (
    *("authorization_config", "docker_volume_configuration", "efs_volume_configuration", "ephemeral_storage"),
    *("fsx_windows_file_server_volume_configuration", "proxy_configuration", "runtime_platform"),
)

_MAPS_OF_ANY_KEYS = ("docker_labels", "driver_opts", "labels", "options")

# Attributes that only Terraform uses, and attributes that only deployed resources have.
_NO_PROPERTIES = frozenset(
    {
        *("//", "connection", "count", "depends_on", "dynamic", "for_each", "lifecycle", "provider", "provisioner"),
        *("arn", "arn_without_revision", "id", "region", "revision", "skip_destroy", "tags_all", "task_definition_arn"),
        *("timeouts", "track_latest"),
    }
)

# The provider reads the JSON as Go does, with keys in any case.
_READ_BY_CHECKS = ("name", "privileged", "user")

_NO_JSON = "text that is not JSON"
"""Instead of containers that cannot be read. A message must not show them: they may contain secrets."""

_PART = re.compile(r"\$\{([^}]*)\}")


@dataclass(frozen=True)
class Unevaluated:
    """A value that is not known before evaluation.

    Attributes:
        text: the expression, or a text with expressions in ``${...}``.
    """

    text: str


class Translation:
    """One task definition as CloudFormation properties.

    Args:
        kind: the type of the resource.
        attributes: its attributes; any part may be ``Unevaluated``.
        reason: why unevaluated values are not known, as a clause.
    """

    def __init__(self, kind: str, attributes: Mapping[str, Any], reason: str) -> None:
        self._kind = kind
        self._names: list[str] = []
        self._reason = reason
        read = {
            key: self._attribute(kind, key, value) for key, value in attributes.items() if key not in _NO_PROPERTIES
        }
        self.properties = {_property(key): value for key, value in read.items() if value is not None}

    @property
    def declarations(self) -> Declarations:
        """The declarations for the expressions in the properties."""
        unknown = Parameter(AnythingBut(), undecidable=self._reason)
        return Declarations().with_parameters(dict.fromkeys(self._names, unknown))

    def resource(self, address: str, name: str, place_of: Callable[[str], Place], language: Language) -> Resource:
        """Return it as a resource to judge.

        Args:
            address: its address.
            name: its name in the document.
            place_of: returns the place of a location in the properties.
            language: the language of its place.
        """
        return Resource(
            address=address,
            address_kind=AddressKind.TERRAFORM,
            type=TYPES[self._kind],
            properties=self.properties,
            declarations=self.declarations,
            name=name,
            place_of=place_of,
            language=language,
        )

    def _attribute(self, kind: str, key: str, value: Any) -> Any:
        if isinstance(value, Unevaluated):
            return self._scalar(value)
        if key == CONTAINERS and kind == AWS:
            return self._containers(value)
        if key == "tags" and isinstance(value, dict):
            return [{"Key": name, "Value": self._scalar(text)} for name, text in value.items()]
        return self._convert(key, value)

    def _containers(self, value: Any) -> Any:
        containers = value
        if isinstance(value, str):
            try:
                containers = json.loads(value)
            except (ValueError, RecursionError):
                return _NO_JSON
        if not isinstance(containers, list):
            return _NO_JSON if isinstance(value, str) else as_properties(containers, self._scalar)
        return as_properties([_with_usual_keys(container) for container in containers], self._scalar)

    def _convert(self, key: str, value: Any) -> Any:
        if value == "" and key:  # the provider stores an attribute that is not set like this
            return None
        if isinstance(value, list):
            if key in _SINGLE and len(value) < 2:
                return self._convert(key, value[0]) if value else None
            return [self._convert("", item) for item in value]
        if isinstance(value, dict):
            if key == "properties":  # of the proxy: a map in Terraform, pairs in CloudFormation
                return [{"Name": name, "Value": self._scalar(text)} for name, text in value.items()]
            names = key in _MAPS_OF_ANY_KEYS
            members = {
                name if names else _property(name): self._convert("" if names else name, member)
                for name, member in value.items()
            }
            members = {name: member for name, member in members.items() if member is not None}
            if "HostPath" in members:
                members["Host"] = {"SourcePath": members.pop("HostPath")}
            if key == "efs_volume_configuration" and "FileSystemId" in members:
                members["FilesystemId"] = members.pop("FileSystemId")  # this spelling is only in EFS volumes
            return members
        return self._scalar(value)

    def _scalar(self, value: Any) -> Any:
        if not isinstance(value, Unevaluated):
            return value
        # Up to the last brace: behind it each "${" is searched to the end of the text, which takes quadratic time.
        names = [name.strip() for name in _PART.findall(value.text, 0, value.text.rfind("}") + 1)]
        if value.text.count("${") != len(names) or not all(map(_is_plain, names)) or not names:
            return self._refer(value.text)
        if value.text == f"${{{names[0]}}}":
            return self._refer(names[0])
        return {"Fn::Sub": [value.text, {name: self._refer(name) for name in names}]}

    def _refer(self, name: str) -> dict[str, str]:
        name = name if _is_plain(name) else f" {name}"
        self._names.append(name)
        return {"Ref": name}


def as_attributes(kind: str, location: str) -> Iterator[str]:
    """Yield the keys of Terraform for a location of CloudFormation, such as ``Properties/NetworkMode``.

    Below the containers of the AWS provider they are those of the ECS API.
    """
    steps = location.split("/")[1:]
    for index, step in enumerate(steps):
        if kind == AWS_DAEMON and step == "ContainerDefinitions":
            yield _CONTAINER
        elif kind == AWS and index and steps[0] == "ContainerDefinitions":
            yield step[:1].lower() + step[1:]
        else:
            yield _attribute(step)


def _with_usual_keys(container: Any) -> Any:
    if not isinstance(container, dict):
        return container
    return {key.lower() if key.lower() in _READ_BY_CHECKS else key: value for key, value in container.items()}


def _is_plain(name: str) -> bool:
    """Return whether a name has no meaning in CloudFormation."""
    return bool(name) and not name.startswith(("AWS::", "!"))


def _property(attribute: str) -> str:
    if attribute == _CONTAINER:
        return "ContainerDefinitions"
    return _OTHER_NAMES.get(attribute) or "".join(part[:1].upper() + part[1:] for part in attribute.split("_"))


def _attribute(name: str) -> str:
    for attribute, other in _OTHER_NAMES.items():
        if other == name:
            return attribute
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
