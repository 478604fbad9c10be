"""The company's own checks."""

from __future__ import annotations

from ecs_guard_aspects.policy import Container, ContainerCheck, Severity, TaskDefinition, Violation

REGISTRY = "222222222222.dkr.ecr."


class OwnRegistry(ContainerCheck):
    id = "own-registry"
    severity = Severity.HIGH
    title = "An image comes from the registry of the company."
    question = "the image comes from the registry of the company"

    def violation(self, task_definition: TaskDefinition, container: Container) -> Violation | None:
        image = str(container.properties.get("Image", ""))
        if image.startswith(REGISTRY):
            return None
        why = "The company scans the images of its own registry, and no others."
        return Violation(
            "Image is not in the company's registry.", why, f"Use an image whose name begins with {REGISTRY}", "Image"
        )
