"""A resource as a template has it: the currency of everything that judges, mends or reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ..cloudformation.declarations import Declarations
from ..cloudformation.properties import Properties
from ..cloudformation.scenario import Scenario
from ..cloudformation.text import kind_of
from ..cloudformation.values import MalformedError, UndecidedError, Unknown, is_filled_in

TASK_DEFINITION = "AWS::ECS::TaskDefinition"
NESTED_STACK = "AWS::CloudFormation::Stack"

_ROOT = "Properties"


class Place(NamedTuple):
    """A place in a file: line and column count from 1, columns in code points."""

    file: str | None = None
    line: int | None = None
    column: int | None = None


class Acknowledgement(NamedTuple):
    """Who has accepted what a check finds: the address of what they said it on, and the reason; it may be blank."""

    address: str
    reason: str


class Usage(NamedTuple):
    """What an account says of a task definition that is registered there.

    Attributes:
        region: the AWS Region.
        status: ``ACTIVE``, or ``INACTIVE`` once it is deregistered; what runs goes on running.
        in_use_by: what uses it, such as ``service web in cluster prod (primary deployment)``.
    """

    region: str
    status: str
    in_use_by: tuple[str, ...]


NOWHERE = Place()
"""The place of what stands in no file."""


class LocalExemption(NamedTuple):
    """An exemption that stands beside what it is for, as it is written there: nobody knows yet whether it can be meant.

    Attributes:
        fields: what it says, by the names of the fields of an exemption.
        place: where it stands.
        location: where in the resource, if that is no comment.
        problem: why it cannot be read, a clause; empty if it can.
    """

    fields: Mapping[str, object]
    place: Place = NOWHERE
    location: str = ""
    problem: str = ""


def nowhere(location: str) -> Place:
    """Return the place of a location of what stands in no file."""
    return NOWHERE


@dataclass(frozen=True)
class Resource:
    """A resource of a template.

    Attributes:
        address: what people call it, and what exemptions match: its construct path, its file and logical id.
        type: its CloudFormation type.
        properties: its final CloudFormation properties; any part may be an expression.
        declarations: what these expressions refer to.
        condition: the condition it is created under.
        name: what it is called in its document: its logical id.
        place_of: where a location of it stands, such as ``Properties/NetworkMode``.
        acknowledged: by check id, who of those who made it has accepted what the check finds.
        account: the AWS account it is for, where that is known.
        exemptions: the exemptions that stand in its comments and its metadata.
        usage: what an account says of it, where it was read from one.
        reword: says a sentence on CloudFormation in the words of the language it is written in.
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
    exemptions: Sequence[LocalExemption] = ()
    usage: Usage | None = None
    reword: Callable[[str], str] = str

    @property
    def family(self) -> str | None:
        """The family of a task definition, where it is a literal."""
        family = self.written("Family")
        return family if isinstance(family, str) and not is_filled_in(family) else None

    def read(self, scenario: Scenario) -> Properties:
        """Return the properties in one scenario.

        Raises:
            UndecidedError: if not even the property names can be known.
            MalformedError: if they are no map.
        """
        value, location = scenario.resolve(self.properties, _ROOT)
        if isinstance(value, Unknown):
            raise UndecidedError(value, location)
        if value is not None and not isinstance(value, dict):
            raise MalformedError(location, f"is {kind_of(value)}, which is not a map of properties")
        return Properties(scenario, value or {}, location)

    def override_path(self, location: str) -> str | None:
        """Return a location as a CDK override path; None if it lies inside an expression, where none reaches."""
        path = location.removeprefix(f"{_ROOT}/").replace("/", ".")
        parents = path.split(".")[:-1]
        nodes = [self.properties, *[self.written(".".join(parents[: end + 1])) for end in range(len(parents))]]
        return None if any(_is_expression(node) for node in nodes) else path

    def written(self, path: str) -> object:
        """Return what stands at a dotted path, an expression as it is written; None where nothing does."""
        node: object = self.properties
        for key in path.split("."):
            if isinstance(node, list):
                node = node[int(key)] if key.isdecimal() and int(key) < len(node) else None
            else:
                node = node.get(key) if isinstance(node, dict) else None
        return node


def type_of(resource: object) -> Any:
    """Return the type of a member of ``Resources``, None if it has none."""
    # All resources of an app come by here, and a dict is told far sooner than any other mapping.
    return resource.get("Type") if isinstance(resource, (dict, Mapping)) else None


def _is_expression(node: object) -> bool:
    return isinstance(node, dict) and any(str(key) == "Ref" or str(key).startswith("Fn::") for key in node)
