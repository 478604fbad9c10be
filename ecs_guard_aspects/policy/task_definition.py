"""Task definitions as checks read them: one possible task definition, with plain values.

Reading a value that depends on an expression is a choice of the scenario, and stays the same in it. If values with few
options (``network_mode``, ``privileged``, ``runs_as_root``, ``is_windows``) are not known, each option is assumed in
turn. Other unknown values raise ``UndecidedError``, which the engine turns into an unresolved finding.

Properties: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-taskdefinition.html
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from ..cloudformation.properties import Properties
from ..cloudformation.scenario import Scenario
from ..cloudformation.text import kind_of, scalar_text
from ..cloudformation.values import MalformedError, UndecidedError, Unknown
from ..model.start import EC2, EXTERNAL, MANAGED_INSTANCES, Start
from . import user as users

NETWORK_MODES = ("awsvpc", "bridge", "host", "none")

_REPLACED = "which looks like a placeholder, and is not a valid value"
_BY_INDEX = ": an override by index makes such a map where there is no list"


class _Facts:
    """Properties, which can be absent or unknown as a whole."""

    def __init__(self, scenario: Scenario, node: Any, location: str) -> None:
        self.scenario = scenario
        value, self.location = scenario.resolve(node, location)
        self.node = value.outlined() if isinstance(value, Unknown) else value
        self._branches: dict[str, str] = {}

    def place_of(self, key: str) -> str:
        """Return the location of a property, with the branches that this scenario has chosen; that of all properties
        if they are not known."""
        if isinstance(self.node, Unknown):
            return self.location
        return f"{self.location}/{key}{self._branches.get(key, '')}"

    def get(self, key: str) -> Any:
        """Return the value of a property: plain, None if absent, or Unknown."""
        node = self.node
        if isinstance(node, dict):
            value, self._branches[key] = self.scenario.resolve(node.get(key))
            return value
        self.require_map()
        return node

    def text(self, key: str) -> str | Unknown | None:
        """Like ``get`` for a property that must be a string; other scalars are read as CloudFormation does."""
        value = self.get(key)
        if value is None or isinstance(value, Unknown):
            return value
        text = scalar_text(value)
        if text is None:
            raise MalformedError(self.place_of(key), f"is {kind_of(value)}, which is not a string")
        return text

    def word(self, key: str) -> Any:
        """Like ``get`` for a property that is one of a few words: ``Unknown`` for a placeholder of another tool."""
        value = self.get(key)
        return Unknown(value, _REPLACED) if isinstance(value, str) and users.is_placeholder(value) else value

    def plain_properties(self) -> Properties:
        if isinstance(self.node, Unknown):
            raise UndecidedError(self.node, self.location)
        self.require_map()
        return Properties(self.scenario, self.node or {}, self.location)

    def require_map(self) -> None:
        """Make sure that the properties are a map, absent or unknown."""
        if self.node is not None and not isinstance(self.node, dict | Unknown):
            raise MalformedError(self.location, f"is {kind_of(self.node)}, which is not a map of properties")


class _WithFacts:
    """What checks read of a task definition and of a container alike."""

    _facts: _Facts

    @property
    def properties(self) -> Properties:
        """The CloudFormation properties as plain values.

        Raises:
            UndecidedError: if the names of the properties cannot be known.
        """
        return self._facts.plain_properties()

    def location_of(self, key: str) -> str:
        """Return the location of a property, whether it is set or not."""
        return self._facts.place_of(key)


class TaskDefinition(_WithFacts):
    """One possible ``AWS::ECS::TaskDefinition``, with plain values: what a check reads.

    Its facts: ``network_mode``, ``requires_compatibilities``, ``operating_system_family``, ``is_windows`` and
    ``containers``; all other properties are in ``properties``, by their CloudFormation names.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-taskdefinition.html
    """

    def __init__(
        self, scenario: Scenario, node: Any, location: str = "Properties", starts: Sequence[Start] = ()
    ) -> None:
        self._facts = _Facts(scenario, node, location)
        self._starts = starts
        self._made: dict[str, Container] = {}

    @cached_property
    def network_mode(self) -> str | None:
        """``NetworkMode``, None if absent.

        https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
        """
        mode = self._facts.word("NetworkMode")
        if isinstance(mode, Unknown):
            # An expression counts as a mode; properties that cannot be read may have none.
            candidates = NETWORK_MODES if isinstance(self._facts.node, dict) else (*NETWORK_MODES, None)
            return self._facts.scenario.assume_text(mode, self.location_of("NetworkMode"), candidates)
        text = scalar_text(mode)
        if mode is not None and text is None:
            raise MalformedError(self.location_of("NetworkMode"), f"is {kind_of(mode)}, which is not a string")
        return text

    @cached_property
    def requires_compatibilities(self) -> frozenset[str] | None:
        """``RequiresCompatibilities``, empty if absent, None if it cannot be decided."""
        values = self._facts.get("RequiresCompatibilities")
        if values is None:
            return frozenset()
        if not isinstance(values, list):
            return None
        names = [self._facts.scenario.value(value) for value in values]
        names = [name for name in names if name is not None]
        are_known = all(isinstance(name, str) and not users.is_placeholder(name) for name in names)
        return frozenset(names) if are_known else None

    @cached_property
    def operating_system_family(self) -> str | None:
        """``RuntimePlatform.OperatingSystemFamily``, None if absent.

        Raises:
            UndecidedError: if it cannot be known; use ``is_windows`` if that is enough.
        """
        family = self._operating_system_family
        if isinstance(family, Unknown):
            raise UndecidedError(family, self._runtime_platform.place_of("OperatingSystemFamily"))
        return family

    @cached_property
    def is_windows(self) -> bool:
        """Whether the operating system family is a Windows one; absent means Linux.

        https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RuntimePlatform.html
        """
        family = self._operating_system_family
        if isinstance(family, Unknown):
            known = family.prefix.upper()
            if known.startswith("WINDOWS") or not "WINDOWS".startswith(known):
                return known.startswith("WINDOWS")
            location = self._runtime_platform.place_of("OperatingSystemFamily")
            return self._facts.scenario.assume(family, location, (False, True))
        return family is not None and family.upper().startswith("WINDOWS")

    @cached_property
    def known_launch_types(self) -> frozenset[str]:
        """The known launch types: those it requires, and others that it is started with nevertheless.

        Nothing is assumed; empty if it cannot be decided. Messages name them, and they decide whether a violation can
        be fixed.
        """
        return self._required_launch_types | {start.launch_type or EC2 for start in self.contradicting_starts}

    @cached_property
    def contradicting_starts(self) -> tuple[Start, ...]:
        """The resources that start it with another launch type, if it requires only ECS Anywhere or ECS Managed
        Instances."""
        if self._required_launch_types not in ({EXTERNAL}, {MANAGED_INSTANCES}):
            return ()
        (required,) = self._required_launch_types
        return tuple(start for start in self._starts if start.contradicts(required))

    @cached_property
    def _required_launch_types(self) -> frozenset[str]:
        try:
            return self.scenario.aside(lambda: self.requires_compatibilities) or frozenset()
        except MalformedError:
            return frozenset()

    @cached_property
    def is_known_to_be_windows(self) -> bool:
        """``is_windows`` for messages: nothing is assumed; false if it cannot be decided."""
        try:
            family = self.scenario.aside(lambda: self.operating_system_family)
        except (UndecidedError, MalformedError):
            return False
        return (family or "").upper().startswith("WINDOWS")

    @cached_property
    def containers(self) -> tuple[Container, ...]:
        """All containers of this scenario.

        A check of one container does not need it: reading it chooses a value for every condition on every container.

        Raises:
            UndecidedError: if the list or one of its members cannot be known.
        """
        containers = [Container(self, node, location) for node, location in self.container_nodes]
        return tuple(container for container in containers if container.exists)

    def containers_at(self, locations: tuple[str, ...]) -> list[Container]:
        """Return the containers of this scenario at one of these locations, without reading the others."""
        found = []
        for location in locations:
            if location in self._nodes_by_location:
                container = self._made.get(location)
                if container is None:
                    container = self._made[location] = Container(self, self._nodes_by_location[location], location)
                if container.exists:
                    found.append(container)
        return found

    @cached_property
    def _nodes_by_location(self) -> dict[str, Any]:
        return {location: node for node, location in self.container_nodes}

    @cached_property
    def container_nodes(self) -> list[tuple[Any, str]]:
        """The members of ``ContainerDefinitions``, unevaluated, each with its location.

        A list that cannot be known is one unknown member.
        """
        value = self._facts.get("ContainerDefinitions")
        location = self.location_of("ContainerDefinitions")
        if value is None:
            return []
        if isinstance(value, Unknown):
            return [(value, location)]
        if not isinstance(value, list):
            made_by = (
                _BY_INDEX if isinstance(value, dict) and value and all(str(key).isdecimal() for key in value) else ""
            )
            raise MalformedError(location, f"is {kind_of(value)}, which is not a list of containers{made_by}")
        return [(node, f"{location}/{index}") for index, node in enumerate(value)]

    @property
    def _operating_system_family(self) -> str | Unknown | None:
        family = self._runtime_platform.text("OperatingSystemFamily")
        return Unknown(family, _REPLACED) if isinstance(family, str) and users.is_placeholder(family) else family

    @cached_property
    def _runtime_platform(self) -> _Facts:
        platform = self._facts.get("RuntimePlatform")
        return _Facts(self._facts.scenario, platform, self.location_of("RuntimePlatform"))

    @property
    def scenario(self) -> Scenario:
        """The scenario of this task definition."""
        return self._facts.scenario


class Container(_WithFacts):
    """One possible member of ``ContainerDefinitions``, with plain values: what a check reads.

    Its facts: ``name``, ``user``, ``runs_as_root``, ``declares_root_user`` and ``privileged``; all other properties are
    in ``properties``, by their CloudFormation names.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ecs-taskdefinition-containerdefinition.html
    """

    def __init__(self, task_definition: TaskDefinition, node: Any, location: str) -> None:
        self._facts = _Facts(task_definition.scenario, node, location)

    @property
    def location(self) -> str:
        """Its location in the resource, such as ``Properties/ContainerDefinitions/0``."""
        return self._facts.location

    @property
    def exists(self) -> bool:
        """Whether the container exists in this scenario."""
        return self._facts.node is not None

    def require_map(self) -> None:
        """Make sure that the container is a map of properties, or can be one.

        Raises:
            MalformedError: if it is anything else.
        """
        self._facts.require_map()

    @property
    def name(self) -> str | None:
        """``Name``, or the expression if it is not known; None if absent."""
        node = self._facts.node
        name = node.get("Name") if isinstance(node, dict) else None
        if not isinstance(name, dict):
            return scalar_text(name)
        value = self._facts.scenario.settled(name)
        return value.expression if isinstance(value, Unknown) else scalar_text(value)

    @cached_property
    def user(self) -> str | None:
        """``User``, None if absent.

        Raises:
            UndecidedError: if it cannot be known; use ``runs_as_root`` if that is enough.
        """
        user = self._user
        if isinstance(user, Unknown):
            raise UndecidedError(user, self.location_of("User"))
        return user

    @cached_property
    def runs_as_root(self) -> bool:
        """Whether ``User`` means root on Linux (see ``user.is_root``)."""
        user = self._user
        if not isinstance(user, Unknown):
            return users.is_root(user)
        decided = users.prefix_decides_root(user.prefix)
        if decided is not None:
            return decided
        return self._facts.scenario.assume(user, self.location_of("User"), (True, False))

    @property
    def declares_root_user(self) -> bool:
        """Whether ``User`` is given and means root; if it is absent or empty, the image decides."""
        user = self._user
        return self.runs_as_root if isinstance(user, Unknown) else bool(user) and users.is_root(user)

    @property
    def _user(self) -> str | Unknown | None:
        """``User`` on Linux: ``Unknown`` for a placeholder of another tool, if it can be another user than root."""
        user = self._facts.text("User")
        if isinstance(user, str) and not users.is_root(user) and users.is_placeholder(user):
            return Unknown(user, _REPLACED)
        return user

    @cached_property
    def runs_as_container_administrator(self) -> bool:
        """Whether ``User`` means the administrator on Windows (see ``user.is_container_administrator``)."""
        user = self._facts.text("User")
        if (
            isinstance(user, str)
            and not users.is_container_administrator(user)
            and users.is_placeholder(user, on_windows=True)
        ):
            user = Unknown(user, _REPLACED)
        if isinstance(user, Unknown):
            return self._facts.scenario.assume(user, self.location_of("User"), (True, False))
        return users.is_container_administrator(user)

    @property
    def user_as_written(self) -> str | None:
        """``User`` for a message: its value, or the expression."""
        user = self._facts.text("User")
        return user.expression if isinstance(user, Unknown) else user

    @cached_property
    def privileged(self) -> bool:
        """``Privileged``: true or ``"true"``; anything else that is known is false."""
        privileged = self._facts.word("Privileged")
        if isinstance(privileged, Unknown):
            candidates = ("true", "false")
            return self._facts.scenario.assume_text(privileged, self.location_of("Privileged"), candidates) == "true"
        return privileged is True or privileged == "true"
