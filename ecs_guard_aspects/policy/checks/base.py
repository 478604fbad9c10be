"""Base classes of checks."""

from __future__ import annotations

import enum
import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from ...model.resource import TASK_DEFINITION
from ...model.sentence import Message
from ..enforcement import Severity
from ..task_definition import Container, TaskDefinition
from .examples import Example

_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


class Control(NamedTuple):
    """A control: a rule of a public standard or product that a check implements.

    Attributes:
        name: the product and the id, such as ``Security Hub ECS.17``.
        url: the page that describes it.
    """

    name: str
    url: str


class Fixable(enum.Enum):
    """What the fix can change about a task definition: its network mode, or the users of its containers."""

    NETWORK_MODE = "network mode"
    USER = "user"


@dataclass(frozen=True)
class Violation:
    """Why one possible task definition, or one of its containers, does not pass a check.

    Attributes:
        what: what is wrong, one sentence: a text, or a ``Sentence`` that each language puts into its own words.
        why: why it matters, one sentence, likewise.
        remedy: what to change, one sentence, likewise.
        property: the property to point at; of the container in a container check, else of the task definition.
        fixable: False if ECS leaves no other choice; such a finding is at most a warning in the default profile.
    """

    what: Message
    why: Message
    remedy: Message
    property: str
    fixable: bool = True


class Check(ABC):
    """The base class of all checks. Derive from ``TaskDefinitionCheck`` or ``ContainerCheck``.

    In the docstring of a check of this package, the first paragraph says when it is violated. The others are shown by
    ``ecs-guard explain`` and in docs/checks.md.

    Attributes:
        id: words joined by ``-``, which users write in policies, exemptions and acknowledgements.
        severity: how much a violation matters.
        title: what the check requires, one sentence.
        risk: the consequences of a violation, some sentences.
        question: the question that cannot be decided, as in "it cannot be decided whether ...".
        types: the types of resources that it is about.
        fields: the properties it reads.
        allowed: the values that pass.
        setting: the setting that passes, as in "NetworkMode: `awsvpc`".
        example: a violation and its correction, in YAML, CDK and Terraform.
        controls: the public rules it implements.
        profiles: the values of the profiles that contain it; ``strict`` contains all that ECS does not make itself.
        fixed_by: what the fix changes to correct it, if it can.
        is_made_by_ecs: whether ECS refuses to register a task definition that violates it. Then it is in no profile,
            and no account has such a task definition.
    """

    id: ClassVar[str]
    severity: ClassVar[Severity]
    title: ClassVar[str]
    risk: ClassVar[str] = ""
    question: ClassVar[Message] = "this check passes"
    types: ClassVar[tuple[str, ...]] = (TASK_DEFINITION,)
    fields: ClassVar[tuple[str, ...]] = ()
    allowed: ClassVar[str] = ""
    setting: ClassVar[tuple[str, str] | None] = None
    example: ClassVar[Example | None] = None
    controls: ClassVar[tuple[Control, ...]] = ()
    profiles: ClassVar[frozenset[str]] = frozenset()
    fixed_by: ClassVar[frozenset[Fixable]] = frozenset()
    is_made_by_ecs: ClassVar[bool] = False

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "id" not in cls.__dict__:
            return
        if not _ID.fullmatch(str(cls.id)):
            raise TypeError(f"{cls.__name__}.id is {cls.id!r}: a check id is lower-case words joined by '-'")
        if not isinstance(getattr(cls, "severity", None), Severity):
            raise TypeError(f"{cls.__name__}.severity must be a Severity")
        if not isinstance(getattr(cls, "title", None), str):
            raise TypeError(f"{cls.__name__}.title must say what the check requires")


class TaskDefinitionCheck(Check):
    """A check of a task definition as a whole. Set ``id``, ``severity`` and ``title``, and write ``violation``."""

    @abstractmethod
    def violation(self, task_definition: TaskDefinition) -> Violation | None:
        """Return why this possible task definition does not pass, or None if it does.

        Args:
            task_definition: one possible task definition, with plain values.

        Raises:
            UndecidedError: from a value that cannot be known. Do not catch it: it becomes an unresolved finding.
        """


class ContainerCheck(Check):
    """A check of every container by itself. Set ``id``, ``severity`` and ``title``, and write ``violation``."""

    @abstractmethod
    def violation(self, task_definition: TaskDefinition, container: Container) -> Violation | None:
        """Return why this possible container does not pass, or None if it does.

        Args:
            task_definition: one possible task definition, with plain values.
            container: the container to check.

        Raises:
            UndecidedError: from a value that cannot be known. Do not catch it: it becomes an unresolved finding.
        """
