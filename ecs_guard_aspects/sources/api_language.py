"""The language of the ECS API: keys of the JSON for register-task-definition."""

from __future__ import annotations

import json

from ..model.language import Language, dotted
from ..model.sentence import Message, Property, Sentence


class Api(Language):
    """A file with the JSON of the API."""

    deployer = "ECS"
    reference = "the RegisterTaskDefinition reference"
    decide = "Write a literal value, or check the file after its placeholders are replaced"

    def name(self, prop: Property) -> str:
        return dotted([_key(step) for step in prop.name.split(".")])

    def location(self, location: str) -> str:
        if not location.startswith("Properties/"):
            return location
        return dotted([_key(step) for step in location.split("/")[1:]])

    def set(self, prop: Property, value: str) -> str:
        return f"set {json.dumps(self.name(prop))}: {json.dumps(value)}"


class Revision(Api):
    """A task definition in an account: a revision cannot be changed, only replaced by a new one."""

    decide = "Register a new revision with a literal value"

    def remedy(self, message: Message) -> str:
        said = self.say(message)
        if not isinstance(message, Sentence) or not message.changes:
            return said
        return f"Register a new revision: {said[:1].lower()}{said[1:]}"


def _key(name: str) -> str:
    return name[:1].lower() + name[1:]


API = Api()
REVISION = Revision()
