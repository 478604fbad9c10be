"""Languages: how a message names a property, and how it says what to change.

The source of a resource knows its language: a template, the code of a CDK app, Terraform, the JSON of the ECS API.
"""

from __future__ import annotations

import json

from ..cloudformation.values import Cause
from .sentence import Message, Property, Remove, Sentence, Set


class Language:
    """CloudFormation in YAML; other languages derive from it.

    Attributes:
        deployer: the service or tool that refuses a value of the wrong type.
        reference: the page that documents the valid values.
        decide: what to do about a value that is not known before the deployment, without a full stop.
    """

    deployer = "CloudFormation"
    reference = "the AWS::ECS::TaskDefinition reference"
    decide = "Write a literal value (for a parameter, AllowedValues are enough)"

    def say(self, message: Message) -> str:
        """Return a message in the words of this language."""
        if not isinstance(message, Sentence):
            return message
        said = message.template.format_map({name: self._word(value) for name, value in message.values.items()})
        return said[:1].upper() + said[1:] if message.begins_with_change else said

    def remedy(self, message: Message) -> str:
        """Return what to change, in the words of this language."""
        return self.say(message)

    def name(self, prop: Property) -> str:
        """Return the name of a property."""
        return prop.name

    def location(self, location: str) -> str:
        """Return a location, such as ``Properties/NetworkMode``."""
        return location

    def set(self, prop: Property, value: str) -> str:
        """Return how to give a property a value, as the rest of a sentence."""
        return f"set {self.name(prop)}: {value if value.isalnum() else json.dumps(value)}"

    def remove(self, prop: Property) -> str:
        """Return how to leave a property out, as the rest of a sentence."""
        return f"remove {self.name(prop)}"

    def _word(self, value: object) -> object:
        if isinstance(value, Property):
            return self.name(value)
        if isinstance(value, Set):
            return self.set(*value)
        if isinstance(value, Remove):
            return self.remove(value.property)
        if isinstance(value, Cause):
            return f"{self.location(value.location)} {value.text}" if value.location else value.text
        return self.say(value) if isinstance(value, Sentence) else value


class JsonTemplate(Language):
    """CloudFormation in JSON."""

    def set(self, prop: Property, value: str) -> str:
        return f"set {json.dumps(self.name(prop))}: {json.dumps(value)}"


def dotted(steps: list[str]) -> str:
    """Return the path to a value, as in code: ``container_definitions[0].user``."""
    path = ".".join(f"[{step}]" if step.isdecimal() else step for step in steps)
    return path.replace(".[", "[")


CLOUDFORMATION = Language()
CLOUDFORMATION_JSON = JsonTemplate()


def template_language(name: str) -> Language:
    """Return the language of a template file."""
    return CLOUDFORMATION_JSON if name.lower().endswith(".json") else CLOUDFORMATION
