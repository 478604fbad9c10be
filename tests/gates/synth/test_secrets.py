"""Secrets: a marker is at every place of a container that can hold one; after a synth only the template has it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from ecs_guard_aspects import EcsGuard, EcsGuardFix

from .support import generic, make_app

MARKER = "Zq7Marker"
TRANSFORM = {"Name": "AWS::Include", "Parameters": {"Location": "s3://b/c.yaml"}}
CONTAINER: dict[str, Any] = {
    "Command": ["--password", MARKER],
    "DockerLabels": {"token": MARKER},
    "EntryPoint": [MARKER],
    "Environment": [{"Name": "DB_PASSWORD", "Value": MARKER}],
    "HealthCheck": {"Command": ["CMD", MARKER]},
    "Image": "nginx",
    "LogConfiguration": {"LogDriver": "splunk", "Options": {"splunk-token": MARKER}},
    "Name": "web",
    "Secrets": [{"Name": "KEY", "ValueFrom": MARKER}],
}
TEXT = f'[{{"environment": "{MARKER}", "image": "${{Image}}"}}]'
CONTAINERS: dict[str, Any] = {
    "Transform": [{**CONTAINER, "Fn::Transform": TRANSFORM}],
    "Function": [{"Fn::Container": CONTAINER}],
    "If": [{"Fn::If": ["C", CONTAINER]}],
    "Text": TEXT,
    "Sub": {"Fn::Sub": TEXT},
    "Map": {"web": CONTAINER},
    "User": [{**CONTAINER, "User": {"Fn::User": CONTAINER}}],
}


@pytest.mark.newest
def test_no_output_of_a_synth_has_a_secret(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    app = make_app(tmp_path)
    stack = cdk.Stack(app, "Stack")
    for name, containers in CONTAINERS.items():
        generic(stack, name, "host", ContainerDefinitions=containers)
    cdk.Aspects.of(app).add(EcsGuardFix(user="1000:1000"))
    EcsGuard().protect(app)
    app.synth()
    written = [file for file in tmp_path.rglob("*") if file.is_file() and file.name != "Stack.template.json"]
    assert {"manifest.json", "validation-report.json"} <= {file.name for file in written}
    assert [file.name for file in written if MARKER in file.read_text(encoding="utf-8")] == []
    out, err = capfd.readouterr()
    assert MARKER not in out + err
