"""Images are pinned: a tag other than ``latest``, or a digest."""

from __future__ import annotations

from ecs_guard_aspects.policy import Container, ContainerCheck, Severity, TaskDefinition, Violation


class NoLatestImage(ContainerCheck):
    id = "no-latest-image"
    severity = Severity.MEDIUM
    title = "An image is pinned by a tag other than latest, or by a digest."
    question = "the image is pinned"

    def violation(self, task_definition: TaskDefinition, container: Container) -> Violation | None:
        image = str(container.properties.get("Image", ""))
        name = image.rpartition("/")[2]
        if "@" in name or (":" in name and not name.endswith(":latest")):
            return None
        why = "Tomorrow the same task definition may run another image."
        return Violation(f"Image is {image!r}.", why, "Pin the image by tag or digest.", "Image")
