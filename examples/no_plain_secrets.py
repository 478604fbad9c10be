"""Secrets come from Secrets Manager or SSM (``Secrets``), not from plain environment variables."""

from __future__ import annotations

import re

from ecs_guard_aspects.policy import Container, ContainerCheck, Severity, TaskDefinition, Violation

_SECRET = re.compile(r"(?i)(password|passwd|secret|token|api_?key|private_?key)")


class NoPlainSecrets(ContainerCheck):
    id = "no-plain-secrets"
    severity = Severity.HIGH
    title = "No environment variable looks like a secret."
    question = "no environment variable looks like a secret"

    def violation(self, task_definition: TaskDefinition, container: Container) -> Violation | None:
        names = [variable["Name"] for variable in container.properties.get("Environment", [])]
        found = [name for name in names if _SECRET.search(name)]
        if not found:
            return None
        why = "Whoever may describe the task definition can read it."
        return Violation(f"Environment holds {', '.join(found)}.", why, "Move it to Secrets.", "Environment")
