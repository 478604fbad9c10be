"""Secrets: the gates that read no files of their own, cfn-lint, the hook and the audit, show none either."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cfnlint.config import ConfigMixIn, ManualArgs
from cfnlint.rules import Rules
from cfnlint.runner.template.runner import run_template_by_file_path

from ecs_guard_aspects.gates.command_line.outputs import AUDIT_FORMATS
from ecs_guard_aspects.gates.hook.answer import answer_to
from ecs_guard_aspects.gates.hook.log import log_line
from ecs_guard_aspects.policy import Policy, Profile
from tests.cloud import IRELAND, OWN, Cloud, patched

from .command_line.conftest import Repository, repository
from .command_line.test_secrets import API, BLOCKS, CONTAINER, MARKER, PRIVATE, TEMPLATES, TEXT, api, around, in_yaml
from .hook.support import event

__all__ = ["repository"]

STRICT = Policy(profile=Profile.STRICT)

TEMPLATE_FILES = {
    # cfn-lint itself fails where Resources is a list.
    **{f"{name}.json": json.dumps(value) for name, value in TEMPLATES.items() if isinstance(value["Resources"], dict)},
    **{f"{name}.yaml": in_yaml(text) for name, text in BLOCKS.items()},
}


def test_the_rules_of_cfn_lint_show_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    config = ConfigMixIn(**ManualArgs(include_checks=["I"]))
    rules = Rules.create_from_module("ecs_guard_aspects.cfn_lint")
    messages = []
    for name, text in TEMPLATE_FILES.items():
        Path(name).write_text(text)
        messages += [(name, match) for match in run_template_by_file_path(name, config, rules, False)]
    # E0000 is about a file that cfn-lint itself cannot parse.
    found = [(name, match.message) for name, match in messages if match.rule.id != "E0000"]
    assert len(found) > len(TEMPLATES)
    assert [(name, around(message)) for name, message in found if MARKER in message] == []


def is_task(template: dict[str, Any]) -> bool:
    task = template["Resources"].get("Task") if isinstance(template["Resources"], dict) else None
    return isinstance(task, dict) and task.get("Type") == "AWS::ECS::TaskDefinition"


PROPERTIES: dict[str, Any] = {
    **{name: value["Resources"]["Task"]["Properties"] for name, value in TEMPLATES.items() if is_task(value)},
    "a container that is a number": {"NetworkMode": "host", "ContainerDefinitions": [5, CONTAINER]},
    "a user that is a list": {"NetworkMode": "host", "ContainerDefinitions": [{**CONTAINER, "User": [PRIVATE]}]},
}
"""Properties of a task definition, as a deployment has them: CloudFormation leaves what it does not know as it is."""


def events() -> Iterator[tuple[str, dict[str, Any], bytes]]:
    """Yield events by name, each with the payload of its URL."""
    for name, properties in PROPERTIES.items():
        yield name, event("resource-create-denied", requestData__targetModel__resourceProperties=properties), b""
        changed = {
            "logicalResourceId": "Task",
            "resourceType": "AWS::ECS::TaskDefinition",
            "action": "CREATE",
            "afterContext": json.dumps({"Properties": properties}),
        }
        payload = json.dumps({"template": TEXT, "changedResources": [changed]}).encode()
        yield f"{name} in a change set", event("change-set"), payload
        yield f"{name} in a change set that ends early", event("change-set"), payload[:-3]
        broken = json.dumps({"changedResources": [{**changed, "afterContext": TEXT[:-2]}]}).encode()
        yield f"{name} in a broken context", event("change-set"), broken
        if isinstance(properties, dict):
            described = {"taskDefinitionArn": "arn:aws:ecs:x:y:task-definition/agent:7", **api(properties)}
            yield (
                f"{name} in CloudTrail",
                event(
                    "cloudtrail-registered-denied",
                    detail__requestParameters=api(properties),
                    detail__responseElements={"taskDefinition": described},
                ),
                b"",
            )


def test_the_hook_and_the_watch_show_no_secret() -> None:
    outcomes = set()
    for name, asked, payload in events():
        answer = answer_to(asked, lambda: STRICT, lambda url, payload=payload: payload)
        line = log_line(answer, function="gate", milliseconds=1, now=1)
        outcomes.add(answer.outcome)
        assert (name, around(json.dumps(answer.response) + line + str(answer.error))) == (name, "")
    assert outcomes == {"denied", "error"}


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    yield from patched(Cloud(), monkeypatch)


def test_an_audit_shows_no_secret(repository: Repository, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECS_GUARD_DEBUG", "1")
    region = cloud.region(OWN, IRELAND)
    described = [api(value) for value in PROPERTIES.values() if isinstance(value, dict)]
    described += [value for value in API.values() if isinstance(value, dict)]
    for number, one in enumerate(described):
        region.register(f"family{number}:1", **one)
        region.run("prod", f"family{number}:1")
    targets = [word for format in AUDIT_FORMATS for word in ("--output", f"{format}=report.{format}")]
    run = repository.run("audit", "--regions", IRELAND, "--profile", "strict", *targets)
    assert run.code != 0
    assert around(run.out + run.err) == ""
    written = list(repository.root.glob("report.*"))
    assert len(written) == len(AUDIT_FORMATS)
    assert [(file.name, around(file.read_text())) for file in written if MARKER in file.read_text()] == []
