"""One task definition, whichever way it comes: as YAML, JSON, a cloud assembly, API JSON or YAML, a Terraform plan."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from ecs_guard_aspects.model.document import Document
from ecs_guard_aspects.model.language import CLOUDFORMATION
from ecs_guard_aspects.model.resource import Resource
from ecs_guard_aspects.policy import Finding, Policy, Profile, Report, judge
from ecs_guard_aspects.sources.files import Files

from .support import Assembly
from .terraform.support import change, plan

STRICT = Policy(profile=Profile.STRICT)

users = st.sampled_from(
    ["root", "0", "00", "0:0", "1000", "1000:0", "010", ":1", "", "app", 0, 1000, None, True, ["x"]]
)
flags = st.sampled_from([True, False, "true", "false", None, "yes", 1])
containers = st.lists(
    st.fixed_dictionaries(
        {"Name": st.sampled_from(["a", "b", "c"])},
        optional={
            "User": users,
            "Privileged": flags,
            "Image": st.just("nginx"),
            "Environment": st.just([{"Name": "A", "Value": "yes"}]),
            "DockerLabels": st.just({"com.x": "y"}),
        },
    ),
    max_size=3,
)
task_definitions = st.fixed_dictionaries(
    {},
    optional={
        "Family": st.sampled_from(["web", "010", "yes"]),
        # An empty text is left out: Terraform has one for an attribute that is not set.
        "NetworkMode": st.sampled_from(["awsvpc", "bridge", "host", "none", "Host", " ", None, 1, ["host"]]),
        "RequiresCompatibilities": st.sampled_from([["EC2"], ["FARGATE"], ["EXTERNAL"], ["EC2", "EXTERNAL"], []]),
        "RuntimePlatform": st.sampled_from([{"OperatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}, {}]),
        "ContainerDefinitions": containers,
    },
)


def camel_case(node: Any) -> Any:
    """Return CloudFormation's spelling in that of the API."""
    if isinstance(node, dict):
        return {
            key[0].lower() + key[1:]: value if key == "DockerLabels" else camel_case(value)
            for key, value in node.items()
        }
    return [camel_case(item) for item in node] if isinstance(node, list) else node


def attributes(properties: dict[str, Any]) -> dict[str, Any]:
    """Return CloudFormation's properties as a plan of Terraform has them."""
    found = {re.sub(r"(?<!^)(?=[A-Z])", "_", key).lower(): value for key, value in properties.items()}
    found["container_definitions"] = json.dumps(camel_case(found.get("container_definitions", [])))
    if "runtime_platform" in found:
        found["runtime_platform"] = [attributes_of_block(found["runtime_platform"])]
    return found


def attributes_of_block(platform: dict[str, Any]) -> dict[str, Any]:
    return {"operating_system_family": platform.get("OperatingSystemFamily")}


def judged(folder: Path, name: str, text: str) -> Report:
    (folder / name).write_text(text)
    return judged_in_one_language(Files([str(folder / name)], folder))


def judged_in_one_language(source: Iterable[Document]) -> Report:
    """Judge what a source yields with the same words for all: each has a language of its own."""
    documents = []
    for document in source:
        items = tuple(
            replace(item, language=CLOUDFORMATION) if isinstance(item, Resource) else item for item in document.items
        )
        documents.append(replace(document, items=items))
    return judge(documents, STRICT)


def said(report: Report) -> list[tuple[object, ...]]:
    assert len(report.resources) == 1
    assert not report.not_read
    return [essence(finding) for finding in report.findings]


def essence(finding: Finding) -> tuple[object, ...]:
    said = (finding.what, finding.why, finding.remedy, finding.family)
    return (finding.check, finding.verdict, finding.enforcement, finding.container, finding.location, *said)


@given(task_definitions)
def test_the_findings_are_the_same(properties: dict[str, Any]) -> None:
    template = {"Resources": {"Task": {"Type": "AWS::ECS::TaskDefinition", "Properties": properties}}}
    api = {"containerDefinitions": [], **camel_case(properties)}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        assembly = Assembly(folder / "cdk.out")
        assembly.template(**template["Resources"])
        reports = {
            "yaml": judged(folder, "a.yaml", yaml.safe_dump(template)),
            "flow yaml": judged(folder, "b.yaml", yaml.safe_dump(template, default_flow_style=True)),
            "json": judged(folder, "a.json", json.dumps(template)),
            "assembly": judged_in_one_language(Files([str(folder / "cdk.out")], folder)),
            "api": judged(folder, "task.json", json.dumps(api)),
            "described": judged(folder, "described.json", json.dumps({"taskDefinition": api}, indent=2)),
            "api yaml": judged(folder, "task.yaml", yaml.safe_dump(api)),
            "terraform": judged(folder, "plan.json", json.dumps(plan(change(after=attributes(properties))))),
        }
    expected = said(reports["json"])
    assert {kind: said(report) for kind, report in reports.items()} == dict.fromkeys(reports, expected)
