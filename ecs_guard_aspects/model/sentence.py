"""Sentences as data: messages that each language puts into its own words (see ``language``)."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias


class Property(NamedTuple):
    """A property of a task definition, or of one of its containers, by its name in CloudFormation."""

    name: str
    is_of_container: bool = False


NETWORK_MODE = Property("NetworkMode")
USER = Property("User", is_of_container=True)
PRIVILEGED = Property("Privileged", is_of_container=True)
CAPABILITIES = Property("LinuxParameters.Capabilities", is_of_container=True)


class Set(NamedTuple):
    """A change: give a property a value."""

    property: Property
    value: str


class Remove(NamedTuple):
    """A change: leave a property out."""

    property: Property


class Sentence:
    """A sentence whose words depend on the language of a place.

    Args:
        template: the sentence, with a field such as ``{mode}`` for each value.
        values: the values of the fields: a ``Property``, a ``Set``, a ``Remove``, a ``Cause``, another sentence, or a
            text.
    """

    def __init__(self, template: str, **values: object) -> None:
        self.template = template
        self.values = values

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sentence) and (self.template, self.values) == (other.template, other.values)

    def __hash__(self) -> int:
        return hash(self.template)

    def __repr__(self) -> str:
        return f"Sentence({self.template!r}, {self.values!r})"

    @property
    def changes(self) -> bool:
        """Whether it contains a change: what to set or to remove."""
        return any(isinstance(value, Set | Remove) for value in self.values.values())

    @property
    def begins_with_change(self) -> bool:
        """Whether its first word is the verb of a change."""
        first = self.template[1:].partition("}")[0] if self.template.startswith("{") else ""
        return isinstance(self.values.get(first), Set | Remove)


Message: TypeAlias = str | Sentence
"""A text that is the same everywhere, or a sentence that depends on the language of the place."""
