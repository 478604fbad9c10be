"""Resources: the task definitions and other resources that sources yield."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..cloudformation.declarations import Declarations
from ..cloudformation.properties import Properties
from ..cloudformation.scenario import Scenario
from ..cloudformation.text import kind_of
from ..cloudformation.values import MalformedError, UndecidedError, Unknown, is_filled_in
from .address import AddressKind
from .inline_exemption import Acknowledgement, InlineExemption
from .language import CLOUDFORMATION, Language
from .place import Place, nowhere
from .start import Start
from .usage import Usage

TASK_DEFINITION = "AWS::ECS::TaskDefinition"
DAEMON_TASK_DEFINITION = "AWS::ECS::DaemonTaskDefinition"
JUDGED_TYPES = (TASK_DEFINITION, DAEMON_TASK_DEFINITION)
"""The types of resources that checks cover. A daemon has containers, but no network mode."""

NESTED_STACK = "AWS::CloudFormation::Stack"

_ROOT = "Properties"


@dataclass(frozen=True)
class Resource:
    """A resource of a template.

    Attributes:
        address: its name in reports, which exemptions match: its construct path, or its file and logical id.
        type: its CloudFormation type.
        properties: its final CloudFormation properties; any part may be an expression.
        declarations: what these expressions refer to.
        condition: the condition it is created under.
        name: its name in its document: its logical id.
        place_of: returns the place of a location, such as ``Properties/NetworkMode``.
        acknowledged: acknowledgements by check id.
        account: the AWS account it is for, where that is known.
        exemptions: the inline exemptions in its comments and its metadata.
        usage: its usage, if it was read from an account.
        address_kind: how its address is divided into segments.
        language: the language it is written in, which messages about it use.
        starts: how resources of the same app or template start it, if it requires a launch type.
    """

    address: str
    type: str
    properties: object
    declarations: Declarations = field(default_factory=Declarations)
    condition: object = None
    name: str = ""
    place_of: Callable[[str], Place] = nowhere
    acknowledged: Mapping[str, Acknowledgement] = field(default_factory=dict)
    account: str | None = None
    exemptions: Sequence[InlineExemption] = ()
    usage: Usage | None = None
    address_kind: AddressKind = AddressKind.PATH
    language: Language = CLOUDFORMATION
    starts: Sequence[Start] = ()

    @property
    def family(self) -> str | None:
        """The family of a task definition, if it is a literal."""
        family = self.written("Family")
        return family if isinstance(family, str) and not is_filled_in(family) else None

    def read(self, scenario: Scenario) -> Properties:
        """Return the properties in one scenario.

        Raises:
            UndecidedError: if the names of the properties cannot be known.
            MalformedError: if they are not a map.
        """
        value, location = scenario.resolve(self.properties, _ROOT)
        if isinstance(value, Unknown):
            raise UndecidedError(value, location)
        if value is not None and not isinstance(value, dict):
            raise MalformedError(location, f"is {kind_of(value)}, which is not a map of properties")
        return Properties(scenario, value or {}, location)

    def override_path(self, location: str) -> str | None:
        """Return a location as a CDK override path; None for a location inside an expression, which has no such
        path."""
        path = location.removeprefix(f"{_ROOT}/").replace("/", ".")
        parents = path.split(".")[:-1]
        nodes = [self.properties, *[self.written(".".join(parents[: end + 1])) for end in range(len(parents))]]
        return None if any(_is_expression(node) for node in nodes) else path

    def written(self, path: str) -> object:
        """Return the value at a dotted path, expressions as they are written; None if there is none."""
        node: object = self.properties
        for key in path.split("."):
            if isinstance(node, list):
                node = node[int(key)] if key.isdecimal() and int(key) < len(node) else None
            else:
                node = node.get(key) if isinstance(node, dict) else None
        return node


def type_of(resource: object) -> Any:
    """Return the type of a member of ``Resources``, None if it has none."""
    # Called for all resources of an app: the check for a dict is much faster than that for a Mapping.
    return resource.get("Type") if isinstance(resource, (dict, Mapping)) else None


def _is_expression(node: object) -> bool:
    return isinstance(node, dict) and any(str(key) == "Ref" or str(key).startswith("Fn::") for key in node)
