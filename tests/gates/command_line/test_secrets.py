"""Secrets: one marker is at every place that can hold one, in hostile files, and no output shows it."""

from __future__ import annotations

import json
import textwrap
from typing import Any

import pytest

from ecs_guard_aspects.gates.command_line.outputs import FORMATS

from .conftest import Repository, Run

MARKER = "Zq7Marker"

TRANSFORM = {"Name": "AWS::Include", "Parameters": {"Location": "s3://snippets/c.yaml"}}

PRIVATE: dict[str, Any] = {
    "Command": ["--password", MARKER],
    "DockerLabels": {"token": MARKER},
    "EntryPoint": ["sh", "-c", MARKER],
    "Environment": [{"Name": "DB_PASSWORD", "Value": MARKER}],
    "EnvironmentFiles": [{"Type": "s3", "Value": MARKER}],
    "HealthCheck": {"Command": ["CMD", MARKER]},
    "LogConfiguration": {"LogDriver": "splunk", "Options": {"splunk-token": MARKER}},
    "Secrets": [{"Name": "KEY", "ValueFrom": MARKER}],
}
"""The properties of a container that can hold secrets."""

CONTAINER = {**PRIVATE, "Image": "nginx", "Name": "web", "User": "root"}
TEXT = json.dumps([CONTAINER])


def template(containers: Any, **properties: Any) -> dict[str, Any]:
    task = {"NetworkMode": "host", "ContainerDefinitions": containers, **properties}
    return {"Resources": {"Task": {"Type": "AWS::ECS::TaskDefinition", "Properties": task}}}


def api(node: Any) -> Any:
    """Return properties in the words of the ECS API."""
    if isinstance(node, dict):
        return {key[:1].lower() + key[1:]: api(value) for key, value in node.items()}
    return [api(item) for item in node] if isinstance(node, list) else node


def plan(containers: Any, **after: Any) -> dict[str, Any]:
    values = {"family": "x", "network_mode": "host", "container_definitions": containers, **after}
    change = {"actions": ["create"], "before": None, "after": values, "after_unknown": {}, "after_sensitive": {}}
    where = {"address": "aws_ecs_task_definition.x", "mode": "managed", "type": "aws_ecs_task_definition", "name": "x"}
    return {"format_version": "1.2", "resource_changes": [{**where, "change": change}]}


# Templates: what is where containers, or one container, or the properties should be.
TEMPLATES: dict[str, dict[str, Any]] = {
    "plain": template([CONTAINER]),
    "a transform next to properties of a container": template([{**CONTAINER, "Fn::Transform": TRANSFORM}]),
    "a transform with parameters": template([{"Fn::Transform": {"Name": "M", "Parameters": CONTAINER}}]),
    "a transform next to the properties": template([CONTAINER], **{"Fn::Transform": TRANSFORM}),
    "a loop in a container": template([{**CONTAINER, "Fn::ForEach::Each": ["X", ["a"], {"${X}": CONTAINER}]}]),
    "a loop of containers": template({"Fn::ForEach::Each": ["X", ["a"], {"${X}": CONTAINER}]}),
    "an unknown function of a container": template([{"Fn::Container": CONTAINER}]),
    "an unknown function of containers": template({"Fn::Containers": [CONTAINER]}),
    "an unknown function of a text": template({"Fn::Containers": TEXT}),
    "an if with two entries": template([{"Fn::If": ["C", CONTAINER]}]),
    "an if with four entries": template({"Fn::If": ["C", [CONTAINER], [CONTAINER], TEXT]}),
    "an if that is a text": template({"Fn::If": TEXT}),
    "an if that is a map": template([{"Fn::If": CONTAINER}]),
    "an if of containers": template([{"Fn::If": ["C", CONTAINER, {**CONTAINER, "Fn::Transform": TRANSFORM}]}]),
    "a text": template(TEXT),
    "a text in a list": template([TEXT]),
    "a list in a list": template([[CONTAINER]]),
    "a map of containers": template({"web": CONTAINER}),
    "a sub of a text": template({"Fn::Sub": TEXT.replace("nginx", "${Image}")}),
    "a sub of a container": template([{"Fn::Sub": json.dumps(CONTAINER).replace("nginx", "${Image}")}]),
    "a sub with variables": template({"Fn::Sub": ["${X}${Y}", {"X": TEXT, "Y": {"Ref": "Image"}}]}),
    "a sub of a map": template([{"Fn::Sub": CONTAINER}]),
    "a join of texts": template({"Fn::Join": ["", [TEXT, {"Ref": "Image"}]]}),
    "a join of a map": template({"Fn::Join": ["", CONTAINER]}),
    "a select of containers": template([{"Fn::Select": [{"Ref": "X"}, [CONTAINER]]}]),
    "a select of too few containers": template([{"Fn::Select": [7, [CONTAINER]]}]),
    "a find-in-map of a map": template([{"Fn::FindInMap": ["M", CONTAINER, "x"]}]),
    "a ref of a map": template([{"Ref": CONTAINER}]),
    "a dynamic reference in a text": template(TEXT.replace("nginx", "{{resolve:ssm:/image}}")),
    "a length": template({"Fn::Length": [CONTAINER]}),
    "a text of JSON": template({"Fn::ToJsonString": [CONTAINER]}),
    "properties that are a list": {
        "Resources": {"Task": {"Type": "AWS::ECS::TaskDefinition", "Properties": [CONTAINER]}}
    },
    "properties that are a text": {"Resources": {"Task": {"Type": "AWS::ECS::TaskDefinition", "Properties": TEXT}}},
    "properties of a function": {
        "Resources": {"Task": {"Type": "AWS::ECS::TaskDefinition", "Properties": {"Fn::Task": CONTAINER}}}
    },
    "a mode that is a map": template([CONTAINER], NetworkMode=CONTAINER),
    "a mode of an unknown function": template([CONTAINER], NetworkMode={"Fn::Mode": CONTAINER}),
    "a mode that is a list": template([CONTAINER], NetworkMode=[CONTAINER]),
    "a user that is a map": template([{**CONTAINER, "User": PRIVATE}]),
    "a user of an unknown function": template([{**CONTAINER, "User": {"Fn::User": PRIVATE}}]),
    "a user of an if": template([{**CONTAINER, "User": {"Fn::If": ["C", PRIVATE]}}]),
    "a name that is a map": template([{**CONTAINER, "Name": PRIVATE}]),
    "a name of an unknown function": template([{**CONTAINER, "Name": {"Fn::Name": PRIVATE}}]),
    "privileged is a map": template([{**CONTAINER, "Privileged": {"Fn::Flag": PRIVATE}}]),
    "a platform that is a text": template([CONTAINER], RuntimePlatform=TEXT),
    "a platform of a function": template([CONTAINER], RuntimePlatform={"Fn::Platform": PRIVATE}),
    "launch types of a function": template([CONTAINER], RequiresCompatibilities={"Fn::Types": PRIVATE}),
    "a condition of a map": {
        **template([{**CONTAINER, "User": {"Fn::If": ["C", "root", "1000"]}}]),
        "Conditions": {"C": {"Fn::Equals": [{"Fn::Foo": PRIVATE}, "x"]}},
    },
    "an include at the top": {
        **template([CONTAINER]),
        "Transform": {"Name": "AWS::Include", "Parameters": {"Location": MARKER, **PRIVATE}},
    },
    "a list of transforms": {**template([CONTAINER]), "Transform": [PRIVATE, {"Name": PRIVATE}]},
    "a transform of resources": {"Resources": {"Fn::Transform": {"Name": "M", "Parameters": CONTAINER}}},
    "a loop of resources": {"Resources": {"Fn::ForEach::Tasks": ["X", ["a"], template([CONTAINER])["Resources"]]}},
    "a resource that is a text": {"Resources": {"Task": TEXT}, "Transform": "X"},
    "a resource without a type": {"Resources": {"Task": {"Properties": CONTAINER}}, "Transform": "X"},
    "a type that is a map": {"Resources": {"Task": {"Type": PRIVATE, "Properties": CONTAINER}}, "Transform": "X"},
    "resources that are a list": {"AWSTemplateFormatVersion": "2010-09-09", "Resources": [CONTAINER], "Transform": "X"},
    "an exemption in the metadata": {
        "Resources": {"Task": {**template([CONTAINER])["Resources"]["Task"], "Metadata": {"ecs-guard": [PRIVATE]}}}
    },
}

API: dict[str, Any] = {
    "plain": api({"Family": "x", "NetworkMode": "host", "ContainerDefinitions": [CONTAINER]}),
    "containers of a placeholder": {"containerDefinitions": TEXT.replace("nginx", "${IMAGE}")},
    "a container that is a text": {"containerDefinitions": [TEXT.replace("nginx", "{{ image }}")]},
    "a list": [api({"ContainerDefinitions": [CONTAINER]})],
    "a user that is a map": {"networkMode": "host", "containerDefinitions": [{"name": "w", "user": PRIVATE}]},
}

PLANS: dict[str, Any] = {
    "a plan": plan(json.dumps([api(CONTAINER)])),
    "containers that are not JSON": plan(TEXT[:-3]),
    "a container that is a text": plan(json.dumps([TEXT])),
    "a user that is a map": plan(json.dumps([{"name": "w", "user": PRIVATE}])),
    "a mode that is a map": plan("[]", network_mode=PRIVATE),
}

MODE_OF_TASK = """
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      NetworkMode: host
      ContainerDefinitions:
"""

FILES: dict[str, str] = {
    **{f"{name}.json": json.dumps(value) for name, value in (TEMPLATES | API | PLANS).items()},
    **{f"{name}, indented.json": json.dumps(value, indent=1) for name, value in (TEMPLATES | API | PLANS).items()},
}
# fmt: off
BLOCKS = {
    "an unknown tag": "- !Container\n  Environment: [{Name: P, Value: Zq7Marker}]\n  User: root",
    "a first key with a secret": "- Environment:\n  - {Name: P, Value: Zq7Marker}\n  Fn::Transform: {Name: X}",
    "a first key with a command": "- Command: [--password, Zq7Marker]\n  User: root\n- Command: [Zq7Marker]",
    "a first key with labels": "- DockerLabels: {x: Zq7Marker}",
    "a first key with options": "- LogConfiguration: {LogDriver: x, Options: {y: Zq7Marker}}",
    "one line": "[{Command: [Zq7Marker], User: root}]",
    "a key that is repeated": "- Name: w\n  Environment:\n  - Name: P\n    Value: Zq7Marker\n    Value: Zq7Marker",
    "a repeated environment": "- Environment: [{Name: P, Value: Zq7Marker}]\n  Environment:\n  - Value: Zq7Marker",
    "a repeated label": "- DockerLabels:\n    a: Zq7Marker\n    a: Zq7Marker",
    "a secret of several lines": "- Name: w\n  Command:\n  - >-\n    Zq7Marker\n    # ecs-guard: ignore[x]\n",
    "a quote that does not end": '- Name: w\n  Environment:\n  - Name: P\n    Value: "Zq7Marker\n',
    "a tab": "- Name: w\n  Environment:\n  - Name: P\n\tValue: Zq7Marker\n",
    "a character that begins nothing": "- Command:\n    - @Zq7Marker\n",
    "a percent sign": "- Command:\n    - %Zq7Marker\n",
    "an unknown alias": "- Environment:\n    - Value: *Zq7Marker\n",
    "a colon": "- Command: a: Zq7Marker: b\n",
    "a bracket that does not end": "- {Name: w, Command: [Zq7Marker}\n",
    "a placeholder": "- Command: {{ Zq7Marker }}\n",
    "a tag that is not one": "- Command: !<Zq7Marker x\n",
    "an escape": '- Command: "\\q Zq7Marker"\n',
    "a merge of a text": "- <<: Zq7Marker\n  User: root\n",
    "a merge of secrets": "- <<: [Zq7Marker]\n",
    "a comment after a secret": "- Command: [Zq7Marker]  # ecs-guard: ignore x\n",
    "a comment that is not an exemption": "# ecs-guard: Zq7Marker\n- Name: w\n",
    "a comment without fields": "# ecs-guard: ignore[x] Zq7Marker\n- Name: w\n",
    "a comment in the environment": "- Environment: [{Value: Zq7Marker}]  # ecs-guard: ignore[x] owner=a",
}
# fmt: on


def in_yaml(containers: str) -> str:
    """Return a template with these containers."""
    return f"Resources:{MODE_OF_TASK}{textwrap.indent(containers, ' ' * 8)}\n"


FILES |= {f"{name}.yaml": in_yaml(text) for name, text in BLOCKS.items()}
DEFINITION = json.dumps(API["plain"], indent=1)
BROKEN = {
    "no comma": DEFINITION.replace(f'"{MARKER}"\n', f'"{MARKER}" x\n'),
    "no quote": DEFINITION.replace(f'"{MARKER}"', f'"{MARKER}'),
    "a placeholder": DEFINITION.replace(f'"{MARKER}"', f"{{{{ {MARKER} }}}}"),
    "a control character": DEFINITION.replace(f'"{MARKER}"', f'"\x01{MARKER}"'),
    "a comment": DEFINITION.replace(f'"{MARKER}"', f'"{MARKER}" // it is'),
    "an escape": DEFINITION.replace(f'"{MARKER}"', f'"\\q{MARKER}"'),
    "one line": json.dumps(API["plain"])[:-2],
    "two documents": f"{DEFINITION}\n---\n{DEFINITION}",
}
FILES |= {f"broken, {name}.json": text for name, text in BROKEN.items()}
HCL = 'resource "aws_ecs_task_definition" "x" {\n  network_mode = "host"\n  container_definitions = %s\n}\n'
CODE = {
    "jsonencode": HCL % ('jsonencode([{ command = ["Zq7Marker"], user = var.user }])'),
    "concat": HCL % 'concat([{ command = ["Zq7Marker"] }], var.more)',
    "an if": HCL % 'var.x ? jsonencode([{ environment = [{ value = "Zq7Marker" }] }]) : "[]"',
    "a text": HCL % '"[{\\"command\\": [\\"Zq7Marker\\"], \\"user\\": \\"${var.user}\\"}]"',
    "a broken text": HCL % '"[{\\"command\\": [\\"Zq7Marker\\", \\"user\\": \\"${var.user}\\"}]"',
    "a heredoc": HCL % '<<E\n[{"command": ["Zq7Marker"],\n "command2": "x", "user": "${f(1)}"}]\nE',
    "a user": HCL % 'jsonencode([{ user = { command = "Zq7Marker" } }])',
    "a function": HCL % 'jsonencode([merge({ command = ["Zq7Marker"] }, var.x)])',
    "a condition of a user": HCL % 'jsonencode([{ user = var.x == "Zq7Marker" ? "Zq7Marker" : "0" }])',
    "a lookup of a user": HCL % 'jsonencode([{ user = lookup({ a = "Zq7Marker" }, "Zq7Marker", "0") }])',
    "an index of a user": HCL % 'jsonencode([{ user = local.users["Zq7Marker"] }])',
    "a condition in a text": HCL % '<<E\n[{"user": "${var.x == "Zq7Marker" ? "Zq7Marker" : "0"}"}]\nE',
    "a condition of the mode": (HCL % '"[]"').replace('"host"', 'var.x == "Zq7Marker" ? "host" : "Zq7Marker"'),
    "a comment": (HCL % '"[]"').replace("  network", "  # ecs-guard: Zq7Marker\n  network"),
    "a comment with fields": (HCL % '"[]"').replace("  network", "  # ecs-guard: ignore[x] Zq7Marker\n  network"),
    "a token of a module": 'module "x" {\n  source = "git::https://me:Zq7Marker@git.example.com/ecs-service.git"\n}\n',
    "a token in a query": 'module "x" {\n  source = "https://example.com/ecs-service.zip?token=Zq7Marker"\n}\n',
    "not closed": (HCL % 'jsonencode([{ command = ["Zq7Marker"')[:-3],
}
FILES |= {f"{name}.tf": text for name, text in CODE.items()}
FILES["terragrunt.hcl"] = 'terraform {\n  source = "git::https://Zq7Marker@git.example.com/ecs-service.git"\n}\n'
FILES["cdktf.tf.json"] = json.dumps(
    {
        "resource": {
            "aws_ecs_task_definition": {
                "x": {
                    "network_mode": "host",
                    "container_definitions": f'${{jsonencode([{{"command" = ["{MARKER}"], "user" = var.u}}])}}',
                }
            }
        }
    },
    indent=1,
)


def shown_by(run: Run) -> str:
    return run.out + run.err


def around(text: str) -> str:
    """Return what is around the marker."""
    at = text.find(MARKER)
    return text[max(0, at - 200) : at + 50] if at >= 0 else ""


@pytest.mark.parametrize("name", FILES)
def test_a_check_shows_no_secret(name: str, repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECS_GUARD_DEBUG", "1")
    repository.put(name, FILES[name])
    targets = [word for format in FORMATS for word in ("--output", f"{format}=report.{format}")]
    run = repository.check("--no-config", "--profile", "strict", *targets, "--write-baseline", "baseline.json", name)
    assert around(shown_by(run)) == ""
    written = [*repository.root.glob("report.*"), *repository.root.glob("baseline.json")]
    assert len(written) >= len(FORMATS)
    assert [(file.name, around(file.read_text())) for file in written if MARKER in file.read_text()] == []


@pytest.mark.parametrize("name", FILES)
def test_the_other_commands_show_no_secret(name: str, repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECS_GUARD_DEBUG", "1")
    repository.put(name, FILES[name])
    for words in (
        ("fix", "--no-config", "--subnets", "subnet-1", "--user", "1000:1000", name),
        ("exemptions", "--no-config", name),
        ("exemptions", "--no-config", "--format", "json", name),
        ("check", "--no-config", "-"),
        ("fix", "--no-config", "--write", "--subnets", "subnet-1", "--user", "1000:1000", name),
    ):
        run = repository.run(*words, stdin=FILES[name].encode())
        assert (words, around(shown_by(run))) == (words, "")
