"""Plans of Terraform written by hand, in the shape of the real ones."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from ecs_guard_aspects.policy import Finding, Policy, Profile, Report, judge
from ecs_guard_aspects.sources.files import Files

STRICT = Policy(profile=Profile.STRICT)
TASK = "aws_ecs_task_definition.web"
SECRET = "hunter2"


def containers(*given: dict[str, Any]) -> str:
    """Return containers as a plan has them: a JSON text, with a secret in it."""
    environment = [{"name": "PASSWORD", "value": SECRET}]
    return json.dumps([{"name": "app", "image": "nginx", "environment": environment, **one} for one in given])


def change(address: str = TASK, /, after: Any = None, unknown: Any = None, **more: Any) -> dict[str, Any]:
    """Return a change: a creation of a task definition that nothing is wrong with, unless something else is given."""
    given = {"family": "web", "network_mode": "awsvpc", "container_definitions": containers({"user": "1000"})}
    return {
        "address": address,
        "mode": "managed",
        "type": re.findall(r"\b(aws\w+)\.", address)[0],
        "name": "web",
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "change": {
            "actions": ["create"],
            "before": None,
            "after": given if after is None else after,
            "after_unknown": unknown or {},
        },
        **more,
    }


def acts(*actions: str, after: Any = None, address: str = TASK) -> dict[str, Any]:
    """Return a change by its actions, to nothing unless it is given."""
    one = change(address)
    return {**one, "change": {**one["change"], "actions": list(actions), "after": after}}


def plan(*changes: Any, **more: Any) -> dict[str, Any]:
    return {"format_version": "1.2", "terraform_version": "1.14.0", "resource_changes": list(changes), **more}


def configured(*resources: dict[str, Any], **calls: Any) -> dict[str, Any]:
    """Return the part of a plan that says what the code says."""
    return {"configuration": {"root_module": {"resources": list(resources), "module_calls": calls}}}


def code_of(address: str = TASK, /, **expressions: Any) -> dict[str, Any]:
    """Return what the code of a resource says, by attribute."""
    kind, name = address.split(".")
    return {"address": address, "mode": "managed", "type": kind, "name": name, "expressions": expressions}


def judged(folder: Path, value: Any, name: str = "plan.json", policy: Policy = STRICT) -> Report:
    """Judge what is written to a file."""
    text = value if isinstance(value, str) else json.dumps(value)
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode())
    return judge(Files([str(file)], folder), policy)


def modes(report: Report) -> list[str]:
    """Return the findings about network modes: ``violation`` or ``unresolved``, with their subject."""
    return [f"{f.verdict.value} {f.resource}" for f in report.findings if f.check == "awsvpc-network-mode"]


def said(report: Report) -> list[str]:
    return [f"{f.check}: {f.what}" for f in report.findings]


def places(findings: tuple[Finding, ...]) -> list[str]:
    return [f"{f.file}:{f.line}:{f.column}" for f in findings]


DEFAULT = Policy()


def block(attributes: str, containers: str = "[]") -> str:
    return f'resource "aws_ecs_task_definition" "web" {{\n{attributes}\n  container_definitions = {containers}\n}}\n'


def found(report: Any) -> list[str]:
    """Return what is found: the verdict, the check's first word, the container."""
    return [" ".join(filter(None, (f.verdict.value, f.check.split("-")[0], f.container))) for f in report.findings]


HOST = {"family": "web", "network_mode": "host", "container_definitions": containers({})}


WEB = code_of(family={"constant_value": "web"})


ADDRESS_IN_MODULE = f"module.m[0].{TASK}"


def located(source: str) -> dict[str, Any]:
    call = {"source": source, "module": {"resources": [WEB]}}
    return plan(change(after=HOST), change(ADDRESS_IN_MODULE, HOST), **configured(WEB, m=call))
