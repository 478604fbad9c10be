"""Plans and states of Terraform: what is judged in them, and the notices about the rest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecs_guard_aspects.policy import Exemption, Policy, judge
from ecs_guard_aspects.reports.text_report import text_report
from ecs_guard_aspects.sources.files import Files
from ecs_guard_aspects.sources.text.text import lines_of

from .support import (
    HOST,
    SECRET,
    STRICT,
    TASK,
    WEB,
    acts,
    change,
    code_of,
    configured,
    containers,
    judged,
    located,
    modes,
    places,
    plan,
    said,
)

SSM = "aws_ssm_parameter.x.value"
UNSET = {"family": "web", "network_mode": None, "container_definitions": containers({"user": "1000"})}
LEFT_OUT = {key: value for key, value in UNSET.items() if key != "network_mode"}
OPEN = {"arn": True, "network_mode": True}
VIOLATION, UNRESOLVED = [f"violation {TASK}"], [f"unresolved {TASK}"]


def mode_is(**expression: Any) -> dict[str, Any]:
    """Return a configuration in which the mode is an expression."""
    return configured(code_of(network_mode=expression))


def refers_to(*references: str) -> dict[str, Any]:
    return mode_is(references=list(references))


def in_module(inner: dict[str, Any], **given: Any) -> dict[str, Any]:
    """Return a plan for a module whose task definition takes its mode from a variable of the module."""
    resource = code_of("aws_ecs_task_definition.web", network_mode=inner)
    call = {"source": "./m", "expressions": given, "module": {"resources": [resource]}}
    return plan(change(f"module.m[0].{TASK}", LEFT_OUT, OPEN), **configured(m=call))


# What a plan has; what is said of the network mode.
MODES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "nothing wrong": (plan(change()), []),
    "create": (plan(change(after=HOST)), VIOLATION),
    "update": (plan(acts("update", after=HOST)), VIOLATION),
    "no-op": (plan(acts("no-op", after=HOST)), VIOLATION),
    "replace": (plan(acts("delete", "create", after=HOST)), VIOLATION),
    "replace, create first": (plan(acts("create", "delete", after=HOST)), VIOLATION),
    "forget and create": (plan(acts("create", "forget", after=HOST)), VIOLATION),
    "delete": (plan(acts("delete")), []),
    "delete that leaves something": (plan(acts("delete", after=HOST)), VIOLATION),
    "forget": (plan(acts("forget")), []),
    "data": (plan(change(after=HOST, mode="data")), []),
    "drift": (plan(resource_drift=[change(after=HOST)]), []),
    "another type": (plan(change("aws_sqs_queue.web", HOST)), []),
    "null": (plan(change(after=UNSET)), VIOLATION),
    "left out": (plan(change(after=LEFT_OUT, unknown=OPEN), **configured(WEB)), VIOLATION),
    "left out, null in code": (plan(change(after=LEFT_OUT, unknown=OPEN), **mode_is(constant_value=None)), VIOLATION),
    "variable that is null": (plan(change(after=LEFT_OUT, unknown=OPEN), **refers_to("var.mode")), VIOLATION),
    "known after apply": (plan(change(after=LEFT_OUT, unknown=OPEN), **refers_to(SSM)), UNRESOLVED),
    "local value": (plan(change(after=LEFT_OUT, unknown=OPEN), **refers_to("local.mode", "var.mode")), UNRESOLVED),
    "each.value": (plan(change(after=LEFT_OUT, unknown=OPEN), **refers_to("each.value")), UNRESOLVED),
    "function of nothing": (plan(change(after=LEFT_OUT, unknown=OPEN), **mode_is()), UNRESOLVED),
    "unknown, without configuration": (plan(change(after=LEFT_OUT, unknown=OPEN)), UNRESOLVED),
    "module, default": (in_module({"references": ["var.mode"]}), [f"violation module.m[0].{TASK}"]),
    "module, null": (
        in_module({"references": ["var.mode"]}, mode={"constant_value": None}), [f"violation module.m[0].{TASK}"]
    ),
    "module, given by a variable": (
        in_module({"references": ["var.mode"]}, mode={"references": ["var.x"]}), [f"violation module.m[0].{TASK}"]
    ),
    "module, given by a resource": (
        in_module({"references": ["var.mode"]}, mode={"references": ["aws_x.y.z"]}), [f"unresolved module.m[0].{TASK}"]
    ),
    "count": (plan(change(f"{TASK}[1]", LEFT_OUT, OPEN), **configured(WEB)), [f"violation {TASK}[1]"]),
    "for_each": (
        plan(change(f'{TASK}["a.b/c]"]', LEFT_OUT, OPEN), **configured(WEB)), [f'violation {TASK}["a.b/c]"]']
    ),
    "old version of the format": (plan(change(after=HOST), format_version="0.2"), VIOLATION),
    "unknown fields": (plan({**change(after=HOST), "new": 1}, new={}, format_version="1.99"), VIOLATION),
    "planned values alone": (
        {
            "format_version": "1.2",
            "planned_values": {"root_module": {"resources": [{**change(), "values": LEFT_OUT}]}},
            **refers_to("aws_x.y.z"),
        },
        UNRESOLVED,
    ),
    "state": (
        {
            "format_version": "1.0",
            "values": {"root_module": {"child_modules": [{"resources": [{**change(), "values": HOST}]}]}},
        },
        VIOLATION,
    ),
    "state, data": (
        {"format_version": "1.0", "values": {"root_module": {"resources": [change(mode="data", values=HOST)]}}}, []
    ),
    "empty state": ({"format_version": "1.0"}, []),
    "awscc, left out": (
        plan(change("awscc_ecs_task_definition.web", {"family": "web"}, {"network_mode": True}),
             **configured(code_of("awscc_ecs_task_definition.web"))),
        ["violation awscc_ecs_task_definition.web"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("value", "expected"), MODES.values(), ids=MODES)
def test_a_network_mode(tmp_path: Path, value: Any, expected: list[str]) -> None:
    report = judged(tmp_path, value)
    assert modes(report) == expected
    assert not report.not_read
    assert SECRET not in json.dumps(report.to_json())


def test_what_is_known_only_after_apply_is_called_so(tmp_path: Path) -> None:
    value = plan(change(after=LEFT_OUT, unknown=OPEN), **refers_to("aws_x.y.z", "aws_x.y"))
    (what,) = said(judged(tmp_path, value, policy=Policy()))
    assert what.endswith("network_mode is ${aws_x.y.z}, which Terraform knows only after apply.")


UNKNOWN_CONTAINERS = {"family": "web", "network_mode": "host"}
# Attributes, what is unknown; what is found by the default policy beside the mode.
CONTAINERS: dict[str, tuple[dict[str, Any], dict[str, Any], list[tuple[str, str | None]]]] = {
    "root": (HOST, {}, [("violation", "app")]),
    "any case": ({**HOST, "container_definitions": containers({"User": "1000"})}, {}, []),
    "the last of several counts": (
        {**HOST, "container_definitions": '[{"name": "app", "user": "1000", "USER": "0"}]'},
        {},
        [("violation", "app")],
    ),
    "unknown": (UNKNOWN_CONTAINERS, {"container_definitions": True}, [("unresolved", None)]),
    "taken out of the file": (UNKNOWN_CONTAINERS, {}, [("unresolved", None)]),
    "no JSON": ({**HOST, "container_definitions": f'[{{"value": "{SECRET}"'}, {}, [("unresolved", None)]),
    "no list": ({**HOST, "container_definitions": f'{{"value": "{SECRET}"}}'}, {}, [("unresolved", None)]),
    "none": ({**HOST, "container_definitions": "[]"}, {}, []),
}


@pytest.mark.parametrize(("after", "unknown", "expected"), CONTAINERS.values(), ids=CONTAINERS)
def test_containers(tmp_path: Path, after: Any, unknown: Any, expected: list[tuple[str, str | None]]) -> None:
    report = judged(tmp_path, plan(change(after=after, unknown=unknown)), policy=Policy())
    found = [(f.verdict.value, f.container) for f in report.findings if f.check == "host-mode-root-user"]
    assert found == expected
    assert SECRET not in json.dumps(report.to_json())


def test_unknown_containers_do_not_matter_in_awsvpc_mode(tmp_path: Path) -> None:
    value = plan(change(after={"network_mode": "awsvpc"}, unknown={"container_definitions": True}))
    assert judged(tmp_path, value, policy=Policy()).is_admitted


def test_all_properties_have_the_names_of_cloudformation(tmp_path: Path) -> None:
    after = {
        "family": "web",
        "network_mode": "awsvpc",
        "requires_compatibilities": ["EC2"],
        "cpu": "256",
        "task_role_arn": "arn:aws:iam::123456789012:role/x",
        "ephemeral_storage": [{"size_in_gib": 30}],
        "runtime_platform": [{"operating_system_family": "LINUX", "cpu_architecture": "ARM64"}],
        "container_definitions": '[{"portMappings": [{"containerPort": 80}], "dockerLabels": {"a.b": "c"}}]',
        "volume": [
            {"name": "host", "host_path": "/x", "docker_volume_configuration": [], "efs_volume_configuration": []},
            {
                "name": "efs",
                "efs_volume_configuration": [{"file_system_id": "fs-1", "authorization_config": [{"iam": "ENABLED"}]}],
            },
        ],
        "proxy_configuration": [{"container_name": "envoy", "type": "APPMESH", "properties": {"AppPorts": "80"}}],
        "tags": {"team": "a"},
        "skip_destroy": False,
    }
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(plan(change(after=after, unknown={"arn": True, "id": True}))))
    (document,) = Files([str(file)], tmp_path)
    (resource,) = document.items
    assert vars(resource)["properties"] == {
        "Family": "web",
        "NetworkMode": "awsvpc",
        "RequiresCompatibilities": ["EC2"],
        "Cpu": "256",
        "TaskRoleArn": "arn:aws:iam::123456789012:role/x",
        "EphemeralStorage": {"SizeInGiB": 30},
        "RuntimePlatform": {"OperatingSystemFamily": "LINUX", "CpuArchitecture": "ARM64"},
        "ContainerDefinitions": [{"PortMappings": [{"ContainerPort": 80}], "DockerLabels": {"a.b": "c"}}],
        "Volumes": [
            {"Name": "host", "Host": {"SourcePath": "/x"}},
            {
                "Name": "efs",
                "EFSVolumeConfiguration": {"FilesystemId": "fs-1", "AuthorizationConfig": {"IAM": "ENABLED"}},
            },
        ],
        "ProxyConfiguration": {
            "ContainerName": "envoy",
            "Type": "APPMESH",
            "ProxyConfigurationProperties": [{"Name": "AppPorts", "Value": "80"}],
        },
        "Tags": [{"Key": "team", "Value": "a"}],
    }


def test_the_provider_made_of_cloudformation(tmp_path: Path) -> None:
    after = {"network_mode": "host", "container_definitions": [{"name": "app"}, {"name": "b", "user": "1"}]}
    value = plan(change("awscc_ecs_task_definition.web", after))
    report = judged(tmp_path, value, policy=Policy())
    assert [(f.check, f.container) for f in report.findings] == [
        ("awsvpc-network-mode", None),
        ("host-mode-root-user", "app"),
    ]


def test_what_terraform_computes_in_what_is_written_out_counts_as_left_out(tmp_path: Path) -> None:
    written = [{"name": "app"}]
    kind = "awscc_ecs_task_definition.web"
    expressions = {"network_mode": {"constant_value": "host"}, "container_definitions": {"constant_value": written}}
    after = {"network_mode": "host", "container_definitions": written}
    unknown = {"container_definitions": [{"user": True, "privileged": True}]}
    report = judged(tmp_path, plan(change(kind, after, unknown), **configured(code_of(kind, **expressions))))
    assert ("host-mode-root-user", "violation") in [(f.check, f.verdict.value) for f in report.findings]


# A file; why it is not read.
UNREADABLE: dict[str, tuple[Any, str]] = {
    "a version to come": (plan(format_version="2.0"), "its format_version is '2.0'"),
    "no version": ({"resource_changes": []}, "it has no format_version"),
    "a version that is none": (plan(format_version=1.2), "its format_version is 1.2"),
    "changes that are no list": (plan(resource_changes="x"), "resource_changes does not have the format of Terraform"),
    "a change that is none": (plan(1), "resource_changes/0 is not an object"),
    "values that are none": (
        {"format_version": "1.0", "values": {"root_module": {"resources": [1]}}}, "values/root_module/resources/0"
    ),
    "no type": (plan({"change": {}}), "resource_changes/0 in plan.json has no type"),
    "no change": (plan({**change(), "change": None}), "resource_changes/0 in plan.json has no type"),
    "nothing that it becomes": (plan(acts("create")), f"plan.json does not contain the planned values of {TASK}"),
    "actions that are none": (plan(acts()), f"plan.json does not contain the planned values of {TASK}"),
    "a run that failed": (plan(errored=True, complete=False), "plan.json is the plan of a failed run"),
    "as Terraform keeps states": (
        {"version": 4, "terraform_version": "1.9.0", "serial": 1, "lineage": "x", "resources": []},
        "it is a Terraform state file",
    ),
    "a log": ('{"@level":"info"}\n{"@level":"info"}\n', "it is the log of terraform plan -json"),
    "half a plan": (json.dumps(plan(change()))[:-20], "plan.json cannot be read"),
}  # fmt: skip


@pytest.mark.parametrize(("value", "reason"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read(tmp_path: Path, value: Any, reason: str) -> None:
    report = judged(tmp_path, value)
    assert [reason in entry.reason for entry in report.not_read] == [True], report.not_read
    assert not report.is_admitted


def test_a_plan_as_terraform_keeps_it_is_unreadable_to_hooks_too(tmp_path: Path) -> None:
    file = tmp_path / "x.tfplan"
    file.write_bytes(b"PK\x03\x04\x14\0\x08\0\x08\0" + b"\0" * 20 + b"tfplan\xff\xfe")
    for ignore in (False, True):
        (finding,) = judge(Files([str(file)], tmp_path, ignore_unknown=ignore)).findings
        assert finding.what == "x.tfplan cannot be read: it is a binary Terraform plan."
        assert finding.remedy == "Check the output of terraform show -json instead."


# A plan; what is said beside verdicts.
NOTICES: dict[str, tuple[dict[str, Any], str, str]] = {
    "deferred": (plan(deferred_changes=[{"reason": "x", "resource_change": change(after=HOST)}]),
                 "unreadable", f"{TASK} is deferred to a later plan."),
    "not complete": (plan(complete=False),
                     "not-checked", "This plan is not complete: later plans have more changes."),
    "a stack": (plan(change("aws_cloudformation_stack.x", {"template_body": "Type: AWS::ECS::TaskDefinition"})),
                "not-checked", "This aws_cloudformation_stack deploys a CloudFormation template."),
}  # fmt: skip


ODD = {"address": "a.b", "type": {"Fn::Sub": 5}, "name": "b"}


@pytest.mark.parametrize("odd", [configured(ODD), {"deferred_changes": [{"resource_change": ODD}]}])
def test_a_type_that_is_not_a_text_hides_nothing(tmp_path: Path, odd: dict[str, Any]) -> None:
    (tmp_path / "main.tf").write_text('resource "aws_ecs_task_definition" "web" {\n}\n')
    assert modes(judged(tmp_path, plan(change(after=HOST), **odd))) == [f"violation {TASK}"]


# The type of a stack, its planned values, those that are not known, and whether it is listed.
STACKS: list[tuple[str, dict[str, Any], dict[str, Any], bool]] = [
    ("aws_cloudformation_stack", {}, {"template_body": True}, True),
    ("aws_cloudformation_stack", {}, {"template_url": True}, True),
    ("aws_cloudformation_stack_set", {"template_url": "https://x/t.yaml"}, {}, True),
    ("awscc_cloudformation_stack", {"template_body": "{T: {Type: AWS::ECS::TaskDefinition}}"}, {}, True),
    ("awscc_cloudformation_stack_set", {"template_body": "{T: {Type: AWS::CloudFormation::Stack}}"}, {}, True),
    ("aws_cloudformation_stack", {"template_body": "{T: {Type: AWS::S3::Bucket}}"}, {"id": True}, False),
]


@pytest.mark.parametrize(("kind", "values", "unknown", "is_listed"), STACKS)
def test_a_stack_is_listed_if_its_template_may_define_tasks(
    tmp_path: Path, kind: str, values: dict[str, Any], unknown: dict[str, Any], is_listed: bool
) -> None:
    (tmp_path / "plan.json").write_text(json.dumps(plan(change(f"{kind}.x", {"name": "x", **values}, unknown))))
    found = judge(Files([str(tmp_path)], tmp_path, ignore_unknown=True)).findings
    assert [finding.what for finding in found if finding.check == "not-checked"] == [
        f"This {kind} deploys a CloudFormation template."
    ] * is_listed


@pytest.mark.parametrize(("value", "check", "what"), NOTICES.values(), ids=NOTICES)
def test_what_is_not_there_to_judge(tmp_path: Path, value: Any, check: str, what: str) -> None:
    report = judged(tmp_path, value)
    assert said(report) == [f"{check}: {what}"]
    assert not report.not_read


def test_a_plan_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text(json.dumps(plan(change(after=HOST))))
    (tmp_path / "other.json").write_text(json.dumps(plan(change("aws_sqs_queue.x", {}))))
    report = judge(Files([str(tmp_path)], tmp_path))
    assert [resource.address for resource in report.resources] == [TASK]
    (tmp_path / "plan.json").write_text(json.dumps(plan(change(after=HOST)))[:-1])
    assert len(judge(Files([str(tmp_path)], tmp_path)).not_read) == 1


LINES = json.dumps(plan(change(after=HOST)), indent=1)


@pytest.mark.parametrize(("text", "place"), [(LINES, "18:22"), (LINES[: LINES.rindex(SECRET)], "19:")])
@pytest.mark.parametrize("name", ["plan.json", "-"])
def test_no_line_of_a_plan_is_ever_shown(tmp_path: Path, text: str, place: str, name: str) -> None:
    (tmp_path / "plan.json").write_text(text)
    files = Files([name if name == "-" else str(tmp_path / name)], tmp_path, stdin=text.encode)
    report = judge(files, STRICT)

    def read_lines(name: str) -> list[str] | None:
        text = files.text_of(name)
        return None if text is None else lines_of(text)

    said = text_report(report, read_lines=read_lines)
    assert f"{'stdin' if name == '-' else name}:{place}" in said
    assert "nginx" not in said
    assert SECRET not in said
    assert "PASSWORD" not in said


def test_an_exemption_by_address(tmp_path: Path) -> None:
    address = f'module.svc["eu/a.b"].{TASK}'
    end = {"check": "awsvpc-network-mode", "reason": "x", "owner": "y", "expires": "9999-01-01"}
    policy = Policy(exemptions=[Exemption(path='module.svc["eu/a.b"].*.web', **end)])
    (finding, _) = judged(tmp_path, plan(change(address, HOST)), policy=policy).findings
    assert finding.exemption is not None
    assert finding.address == address


# --- the code ----------------------------------------------------------------------------------------------------


def test_a_large_plan_is_not_searched_for_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ecs_guard_aspects.sources.terraform.plan.PLACES_UP_TO", 10)
    assert set(places(judged(tmp_path, plan(change(after=HOST))).findings)) == {"plan.json:None:None"}


# --- whatever comes ----------------------------------------------------------------------------------------------

BASE = located("./sub") | {
    "deferred_changes": [{"resource_change": change()}],
    "planned_values": {"root_module": {"child_modules": [{"resources": [{**change("aws_x.y"), "values": {}}]}]}},
}


ODD = [None, True, 1, "", "x", [], {}, [1], {"a": 1}, [[]], [{}], "module.x[", "aws_ecs_task_definition"]


def nodes(value: Any) -> list[Any]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [value, *(node for item in inner for node in nodes(item))]


@given(st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_mutated_plan_never_crashes(tmp_path: Path, data: st.DataObject) -> None:
    value = json.loads(json.dumps(BASE))
    for _ in range(data.draw(st.integers(1, 3))):
        node = data.draw(st.sampled_from([node for node in nodes(value) if isinstance(node, dict | list) and node]))
        key = data.draw(st.sampled_from(sorted(node) if isinstance(node, dict) else range(len(node))))
        node[key] = data.draw(st.sampled_from(ODD))
    report = judged(tmp_path, value)
    assert not [finding for finding in report.findings if "failed with" in finding.what]


EXEMPT = "If it is correct as it is, add an exemption with a reason."


@pytest.mark.parametrize(
    ("mode", "is_unknown", "remedy"),
    [
        ("bridge", False, 'Set network_mode = "awsvpc", and add subnets and security groups wherever the task is run.'),
        (None, True, f"Set it to a value that is known when Terraform plans. {EXEMPT}"),
        (["host"], False, "Write a value that the reference of aws_ecs_task_definition allows."),
    ],
)
def test_the_remedy_uses_the_words_of_terraform(tmp_path: Path, mode: Any, is_unknown: bool, remedy: str) -> None:
    after = {"network_mode": mode, "container_definitions": containers({})}
    report = judged(tmp_path, plan(change(after=after, unknown={"network_mode": is_unknown})), policy=Policy())
    assert remedy in [finding.remedy for finding in report.findings]
    assert "CloudFormation" not in " ".join(finding.message for finding in report.findings)
