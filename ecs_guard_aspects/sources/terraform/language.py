"""The language of Terraform: attributes of a task definition, in code and in plans."""

from __future__ import annotations

import json

from ...model.language import Language, dotted
from ...model.sentence import Property
from .translation import as_attributes

_SHOW = "Check the plan: terraform show -json PLAN > plan.json, then ecs-guard check plan.json"
CHECK_PLAN = f"{_SHOW}."


class Terraform(Language):
    """Terraform, for one type of resource.

    Args:
        kind: the type of the resource.
    """

    deployer = "ECS"
    decide = "Set it to a value that is known when Terraform plans"

    def __init__(self, kind: str) -> None:
        self.reference = f"the reference of {kind}"
        self._kind = kind

    def name(self, prop: Property) -> str:
        parents = "ContainerDefinitions/0/" if prop.is_of_container else ""
        steps = list(as_attributes(self._kind, f"Properties/{parents}{prop.name.replace('.', '/')}"))
        return dotted(steps[2:] if prop.is_of_container else steps)

    def location(self, location: str) -> str:
        if not location.startswith("Properties/"):
            return location
        return dotted(list(as_attributes(self._kind, location)))

    def set(self, prop: Property, value: str) -> str:
        return f"set {self.name(prop)} = {json.dumps(value)}"


class TerraformCode(Terraform):
    """Terraform code, which does not have the values of the plan."""

    decide = _SHOW
