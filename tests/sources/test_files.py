"""Files and folders: which files are judged, the notices about others, and the names in reports."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ecs_guard_aspects.model.notice import Notice
from ecs_guard_aspects.policy import Report, judge
from ecs_guard_aspects.sources.files import Files
from ecs_guard_aspects.sources.reading import FileReader

from .support import Assembly

BRIDGE = "Resources:\n  Task:\n    Type: AWS::ECS::TaskDefinition\n    Properties:\n      NetworkMode: bridge\n"
AWSVPC = BRIDGE.replace("bridge", "awsvpc")
API = '{"family": "web", "networkMode": "bridge", "containerDefinitions": []}'
UNKNOWN = (
    "it is not recognized as a CloudFormation template, an ECS task definition, a cloud assembly or a Terraform plan."
)


class Folder:
    """A repository with files in it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, name: str, content: str | bytes) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def files(self, *paths: str, **options: Any) -> Files:
        return Files([path if path == "-" else str(self.root / path) for path in paths], self.root, **options)

    def report(self, *paths: str, **options: Any) -> Report:
        return judge(self.files(*paths, **options))

    def found(self, *paths: str, **options: Any) -> list[str]:
        """Return what is found: file, line, and what it is."""
        return [
            f"{finding.file}:{finding.line or ''} {finding.what.removeprefix(f'{finding.file} cannot be read: ')}"
            for finding in self.report(*paths, **options).findings
        ]

    def unread(self, *paths: str, **options: Any) -> list[str]:
        return [f"{source}: {reason.partition(': ')[2]}" for source, reason in self.report(*paths, **options).not_read]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


# What a file says; what is found in it if it is named, and if it was found in a folder.
CONTENTS: dict[str, tuple[str | bytes, list[str], list[str]]] = {
    "a template": (BRIDGE, ["x.yaml:5 NetworkMode is 'bridge'."], ["x.yaml:5 NetworkMode is 'bridge'."]),
    "a template that is fine": (AWSVPC, [], []),
    "a template of SAM": (
        f"Transform: AWS::Serverless-2016-10-31\nGlobals: {{Function: {{Timeout: 3}}}}\n{BRIDGE}",
        ["x.yaml:7 NetworkMode is 'bridge'."],
        ["x.yaml:7 NetworkMode is 'bridge'."],
    ),
    "input of register-task-definition": (
        API,
        ["x.yaml:1 networkMode is 'bridge'."],
        ["x.yaml:1 networkMode is 'bridge'."],
    ),
    "UTF-16, as Windows writes it": (
        BRIDGE.encode("utf-16"),
        ["x.yaml:5 NetworkMode is 'bridge'."],
        ["x.yaml:5 NetworkMode is 'bridge'."],
    ),
    "UTF-16 without a mark": (
        BRIDGE.encode("utf-16-le"),
        ["x.yaml:5 NetworkMode is 'bridge'."],
        ["x.yaml:5 NetworkMode is 'bridge'."],
    ),
    "with escapes": (
        '{"Resources": {"Task": {"Type": "AWS::ECS\\u003a:T\\u0061skDefinition"}}}',
        ["x.yaml:1 NetworkMode is not set."],
        ["x.yaml:1 NetworkMode is not set."],
    ),
    "with a word in two lines": (
        'Resources:\n  Task:\n    Type: "AWS::ECS::Task\\\n      Definition"\n',
        ["x.yaml:2 NetworkMode is not set."],
        ["x.yaml:2 NetworkMode is not set."],
    ),
    "a loop that makes what a parameter names": (
        "Resources:\n  'Fn::ForEach::X': [T, [TaskDefinition], {'${T}': {Type: 'AWS::ECS::${T}'}}]\n",
        ["x.yaml:2 Fn::ForEach::X makes task definitions at deployment."],
        ["x.yaml:2 Fn::ForEach::X makes task definitions at deployment."],
    ),
    "a nested stack by URL": (
        "Resources:\n  N:\n    Type: AWS::CloudFormation::Stack\n    Properties: {TemplateURL: 'https://s3/x'}\n",
        ["x.yaml:3 The template of this nested stack is given by URL, or as an asset that was not found."],
        ["x.yaml:3 The template of this nested stack is given by URL, or as an asset that was not found."],
    ),
    "a template without task definitions": ("Resources:\n  B: {Type: AWS::S3::Bucket}\n", [], []),
    "a template without resources": (
        "AWSTemplateFormatVersion: 2010-09-09\n# AWS::ECS::TaskDefinition\n",
        [],
        [],
    ),
    "a template whose resources are a list": (
        "AWSTemplateFormatVersion: 2010-09-09\nResources: [AWS::ECS::TaskDefinition]\n",
        ["x.yaml: it is not a valid CloudFormation template: it has Resources that are not a map."],
        ["x.yaml: it is not a valid CloudFormation template: it has Resources that are not a map."],
    ),
    "broken, and mentions a task definition": (
        f"{BRIDGE}  @",
        ["x.yaml:6 while scanning for the next token: found character that cannot start any token."],
        ["x.yaml:6 while scanning for the next token: found character that cannot start any token."],
    ),
    "broken, and mentions none": (
        "a: b: c",
        ["x.yaml:1 mapping values are not allowed in this context."],
        [],
    ),
    "two documents, one of them a template": (
        f"a: 1\n---\n{BRIDGE}",
        ["x.yaml:2 it has several YAML documents, and only one is allowed."],
        ["x.yaml:2 it has several YAML documents, and only one is allowed."],
    ),
    "two documents of Kubernetes": (
        "kind: A\n---\nkind: B\ndata: |\n  containerDefinitions, AWS::ECS::TaskDefinition\n",
        ["x.yaml:2 it has several YAML documents, and only one is allowed."],
        [],
    ),
    "a workflow that mentions one": (
        "jobs:\n  a:\n    steps:\n      - run: jq .containerDefinitions x\n",
        [f"x.yaml: {UNKNOWN}"],
        [],
    ),
    "the configuration of another tool with a task definition in it": (
        "service: x\nresources:\n  Resources:\n    Task:\n      Type: AWS::ECS::TaskDefinition\n      Properties: {}\n",
        [f"x.yaml: {UNKNOWN}"],
        ["x.yaml:5 resources/Resources/Task is a task definition, but x.yaml is not a CloudFormation template."],
    ),
    "no text": (b"\x89PNG\r\n\x1a\n", ["x.yaml: it is not text: invalid start byte at byte 0."], []),
    "no text that mentions a task definition": (
        b"\x89 AWS::ECS::TaskDefinition",
        ["x.yaml: it is not text: invalid start byte at byte 0."],
        ["x.yaml: it is not text: invalid start byte at byte 0."],
    ),
    "nothing": ("", ["x.yaml: it is empty."], []),
    "a number": ("1", [f"x.yaml: {UNKNOWN}"], []),
}


@pytest.mark.parametrize("name", CONTENTS)
def test_a_file(folder: Folder, name: str) -> None:
    content, named, found = CONTENTS[name]
    folder.put("x.yaml", content)
    assert folder.found("x.yaml") == named
    assert folder.found("") == found


@pytest.mark.parametrize("name", CONTENTS)
def test_a_named_file_with_ignore_unknown_is_like_a_found_one(folder: Folder, name: str) -> None:
    content, _, found = CONTENTS[name]
    folder.put("x.yaml", content)
    assert folder.found("x.yaml", ignore_unknown=True) == found


@pytest.mark.parametrize("name", CONTENTS)
def test_standard_input_is_like_a_named_file(folder: Folder, name: str) -> None:
    content, named, _ = CONTENTS[name]
    data = content if isinstance(content, bytes) else content.encode()
    assert folder.found("-", stdin=lambda: data) == [line.replace("x.yaml", "stdin") for line in named]


def test_what_was_not_read_makes_the_report_incomplete(folder: Folder) -> None:
    folder.put("a.yaml", f"{BRIDGE}  @")
    folder.put("b.yaml", AWSVPC)
    report = folder.report("")
    assert [source for source, _ in report.not_read] == ["a.yaml"]
    assert not report.is_admitted
    assert [resource.address for resource in report.resources] == ["b.yaml/Task"]


def test_a_file_that_is_not_there(folder: Folder) -> None:
    assert folder.unread("x.yaml") == ["x.yaml: No such file or directory."]
    assert folder.unread("x.yaml", ignore_unknown=True) == ["x.yaml: No such file or directory."]


@pytest.mark.parametrize("name", ["x" * 5000, "a/" * 3000])
def test_a_name_that_no_file_can_have(folder: Folder, name: str) -> None:
    assert len(folder.unread(name)) == 1


def test_a_file_that_is_too_large(folder: Folder) -> None:
    folder.put("x.yaml", BRIDGE)
    assert folder.unread("x.yaml", reader=FileReader(size_limit=50)) == ["x.yaml: it has more than 50 bytes."]


@pytest.mark.parametrize("name", CONTENTS)
def test_a_large_file_is_searched_before_it_is_read(folder: Folder, name: str) -> None:
    content, _, found = CONTENTS[name]
    folder.put("x.yaml", content)
    assert folder.found("", reader=FileReader(search_from=0)) == found


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="there root can read everything")
def test_a_file_that_may_not_be_read(folder: Folder) -> None:
    folder.put("x.yaml", BRIDGE).chmod(0)
    assert folder.unread("") == folder.unread("x.yaml") == ["x.yaml: Permission denied."]


class RefusedReader(FileReader):
    def read(self, path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    read_if_relevant = read


@pytest.mark.parametrize("path", ["", "x.yaml"])
def test_a_file_that_cannot_be_read_is_always_reported(folder: Folder, path: str) -> None:
    folder.put("x.yaml", BRIDGE)
    assert folder.unread(path, reader=RefusedReader()) == ["x.yaml: Permission denied."]


# --- names ---------------------------------------------------------------------------------------


def addresses(report: Report) -> list[tuple[str, str, str | None]]:
    return [(judged.source, judged.address, judged.family) for judged in report.resources]


def test_names_are_relative_to_the_root_of_the_repository(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.put("infra/x.yaml", BRIDGE)
    folder.put("task.json", API)
    monkeypatch.chdir(folder.root / "infra")
    source = Files(["x.yaml", "../task.json", "."], folder.root)
    assert addresses(judge(source)) == [
        ("infra/x.yaml", "infra/x.yaml/Task", None),
        ("task.json", "task.json", "web"),
    ]


def test_a_file_outside_of_the_root(folder: Folder) -> None:
    folder.put("other/x.yaml", BRIDGE)
    (folder.root / "here").mkdir()
    source = Files([str(folder.root / "other")], folder.root / "here")
    assert [resource.address for resource in judge(source).resources] == ["../other/x.yaml/Task"]


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_links_are_followed_as_long_as_they_stay(folder: Folder, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder.put("v2/x.yaml", BRIDGE)
    (folder.root / "current.yaml").symlink_to("v2/x.yaml")
    outside = tmp_path_factory.mktemp("outside") / "y.yaml"
    outside.write_text(BRIDGE)
    (folder.root / "theirs.yaml").symlink_to(outside)
    assert [r.address for r in folder.report("current.yaml", "theirs.yaml").resources] == [
        "v2/x.yaml/Task",
        "theirs.yaml/Task",
    ]


def test_a_file_is_judged_once(folder: Folder) -> None:
    folder.put("x.yaml", BRIDGE)
    assert len(folder.report("x.yaml", "x.yaml", "", "./x.yaml").resources) == 1


def test_a_file_that_was_skipped_is_reported_once_it_is_named(folder: Folder) -> None:
    folder.put("x.yaml", "a: AWS::ECS::TaskDefinition")
    assert folder.unread("", "x.yaml") == [f"x.yaml: {UNKNOWN}"]


def test_a_folder_without_task_definitions(folder: Folder) -> None:
    folder.put("a/x.yaml", BRIDGE)
    folder.put("b/x.yaml", "a: 1")
    (folder.root / "c").mkdir()
    folder.put("d.yaml", "Resources: {B: {Type: AWS::S3::Bucket}}")
    source = folder.files("a", "b", "c", "d.yaml", "a/x.yaml", "a/../a")
    judge(source)
    assert source.empty_folders == [str(folder.root / "b"), str(folder.root / "c")]


def test_what_is_excluded(folder: Folder) -> None:
    for name in ("a.yaml", "old/b.yaml", "tests/x/c.yaml"):
        folder.put(name, BRIDGE)
    assert [r.source for r in folder.report("", exclude=["tests", "old/*.yaml"]).resources] == ["a.yaml"]
    assert folder.report("a.yaml", exclude=["a.yaml"]).resources == ()


def test_text_of_a_file(folder: Folder) -> None:
    folder.put("x.yaml", BRIDGE.encode("utf-16"))
    source = folder.files("x.yaml", "-", stdin=lambda: BRIDGE.encode())
    judge(source)
    folder.put("app.py", "x = 1")
    folder.put(".env", "secret")
    assert source.text_of("x.yaml") == source.text_of("stdin") == BRIDGE
    assert source.text_of("app.py") == "x = 1"
    for name in ("nowhere.py", ".env", "a\0b", "a\0b.py", "../app.py", "/etc/passwd"):
        assert source.text_of(name) is None


# --- keys that are there twice ------------------------------------------------------------------------------------

TWICE = [
    ("Resources:\n  A: {Type: AWS::ECS::TaskDefinition}\n  A: {Type: AWS::S3::Bucket}", "Resources/A", "x.yaml/A"),
    (f"{BRIDGE}      NetworkMode: awsvpc", "Resources/Task/Properties/NetworkMode", "x.yaml/Task"),
    (f"{AWSVPC}Resources: {{}}", "Resources", "x.yaml"),
    (f"{AWSVPC}Parameters:\n  P: {{Default: a, Default: b}}", "Parameters/P/Default", "x.yaml"),
    (f"{AWSVPC}Conditions:\n  C: [a]\n  C: [b]", "Conditions/C", "x.yaml"),
]


@pytest.mark.parametrize(("content", "path", "address"), TWICE, ids=[path for _, path, _ in TWICE])
def test_a_repeated_key_is_a_warning(folder: Folder, content: str, path: str, address: str) -> None:
    folder.put("x.yaml", content)
    (finding,) = folder.report("x.yaml").findings
    assert (finding.check, finding.enforcement.value, finding.address) == ("not-checked", "warn", address)
    assert finding.what.startswith(f"The key {path} is repeated, in line ")
    assert finding.line is not None


def test_a_repeated_key_elsewhere_is_not_reported(folder: Folder) -> None:
    folder.put(
        "x.yaml", f"{AWSVPC}  B:\n    Type: AWS::S3::Bucket\n    Properties: {{a: 1, a: 2}}\nOutputs: {{a: 1, a: 2}}\n"
    )
    assert folder.found("x.yaml") == []


# --- templates that are deployed together -------------------------------------------------------------------------

PARENT = "Resources:\n  N: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: %s}}\n"


def test_a_nested_stack_that_is_named_by_its_path_is_read_too(folder: Folder) -> None:
    folder.put("infra/main.yaml", PARENT % "./parts/task.yaml")
    folder.put("infra/parts/task.yaml", BRIDGE)
    assert folder.found("infra/main.yaml") == ["infra/parts/task.yaml:5 NetworkMode is 'bridge'."]
    assert folder.found("") == ["infra/parts/task.yaml:5 NetworkMode is 'bridge'."]


def test_a_nested_application_of_sam(folder: Folder) -> None:
    folder.put("main.yaml", "Resources:\n  N: {Type: AWS::Serverless::Application, Properties: {Location: a.yaml}}\n")
    folder.put("a.yaml", BRIDGE)
    assert folder.found("main.yaml") == ["a.yaml:5 NetworkMode is 'bridge'."]


def test_a_nested_stack_that_names_itself(folder: Folder) -> None:
    folder.put("main.yaml", PARENT % "main.yaml")
    assert folder.found("main.yaml") == []


LINKS = [
    "nowhere.yaml",
    "https://s3/x.yaml",
    "'a/\\'",
    "!Sub 'x.yaml'",
    "[x]",
    ".",
    "''",
    "../outside.yaml",
    "secret.env",
]


@pytest.mark.parametrize("link", LINKS)
def test_a_nested_stack_that_is_not_here(folder: Folder, link: str) -> None:
    repository = Folder(folder.root / "repository")
    folder.put("outside.yaml", BRIDGE)
    repository.put("secret.env", BRIDGE)
    repository.put("main.yaml", PARENT % link)
    (finding,) = repository.report("main.yaml").findings
    assert (finding.check, finding.address) == ("not-checked", "main.yaml/N")


def test_a_nested_stack_that_is_excluded_is_not_checked(folder: Folder) -> None:
    folder.put("main.yaml", PARENT % "x.yaml")
    folder.put("x.yaml", BRIDGE)
    (finding,) = folder.report("main.yaml", exclude=["x.yaml"]).findings
    assert (finding.check, finding.address) == ("not-checked", "main.yaml/N")


def test_a_nested_stack_that_is_not_a_template(folder: Folder) -> None:
    folder.put("main.yaml", PARENT % "x.yaml")
    folder.put("x.yaml", "a: 1")
    assert folder.unread("main.yaml") == [f"x.yaml: {UNKNOWN}"]


# --- assemblies ---------------------------------------------------------------------------------------------------


@pytest.fixture
def written(folder: Folder) -> Assembly:
    assembly = Assembly(folder.root / "cdk.out")
    assembly.template(Task={"Type": "AWS::ECS::TaskDefinition", "Properties": {"NetworkMode": "bridge"}})
    folder.put("lib/billing.ts", "// code")
    assembly.metadata(
        Task=[
            {"type": "aws:cdk:logicalId", "data": "Task"},
            {"type": "aws:cdk:creationStack", "data": [f"new Billing ({folder.root}/lib/billing.ts:16:18)"]},
        ]
    )
    return assembly


def test_a_file_that_the_manifest_of_an_assembly_does_not_name_is_listed(folder: Folder, written: Assembly) -> None:
    template = json.dumps({"Resources": {"Old": {"Type": "AWS::ECS::TaskDefinition"}}})
    for name in ("Stale.template.json", "assembly-Old/Stale.yaml", "asset.123/code.template.json", "text.md"):
        folder.put(f"cdk.out/{name}", template)
    folder.put("cdk.out/validation-report.json", json.dumps({"violations": ["AWS::ECS::TaskDefinition"]}))
    assert [(finding.check, finding.address) for finding in folder.report("").findings] == [
        ("awsvpc-network-mode", "Stack/Task"),
        ("unknown-file", "cdk.out/Stale.template.json"),
        ("unknown-file", "cdk.out/assembly-Old/Stale.yaml"),
    ]


def test_an_excluded_file_of_an_assembly_is_not_listed(folder: Folder, written: Assembly) -> None:
    folder.put("cdk.out/Stale.json", json.dumps({"Resources": {"Old": {"Type": "AWS::ECS::TaskDefinition"}}}))
    report = judge(Files([str(folder.root)], folder.root, exclude=["cdk.out/Stale.json"]))
    assert [finding.check for finding in report.findings] == ["awsvpc-network-mode"]


@pytest.mark.parametrize("path", ["", "cdk.out", "cdk.out/manifest.json"])
def test_an_assembly(folder: Folder, written: Assembly, path: str) -> None:
    (finding,) = folder.report(path).findings
    assert (finding.address, finding.resource) == ("Stack/Task", "Task")
    assert (finding.source, finding.file, finding.line, finding.column) == (
        "cdk.out/Stack.template.json",
        "lib/billing.ts",
        16,
        18,
    )


def test_an_assembly_without_source_lines_points_at_its_template(folder: Folder, written: Assembly) -> None:
    written.metadata(Task=[{"type": "aws:cdk:logicalId", "data": "Task"}])
    (finding,) = folder.report("").findings
    assert (finding.file, finding.line) == ("cdk.out/Stack.template.json", None)


def test_code_that_is_not_on_this_machine_is_not_a_place(folder: Folder, written: Assembly) -> None:
    (folder.root / "lib/billing.ts").unlink()
    (finding,) = folder.report("").findings
    assert (finding.file, finding.line) == ("cdk.out/Stack.template.json", None)


GLOBS = [
    (["cdk.out"], []),
    (["nothing/**"], ["nothing/**"]),
    (["lib\\billing.ts", "cdk.out/*"], ["lib\\billing.ts"]),
]


@pytest.mark.parametrize(("globs", "unused"), GLOBS)
def test_globs_that_exclude_nothing(folder: Folder, globs: list[str], unused: list[str]) -> None:
    folder.put("cdk.out/x.json", "{}")
    files = Files([str(folder.root)], folder.root, exclude=globs)
    assert list(files) == []
    assert files.unused_globs == unused
    named = Files([str(folder.root / "cdk.out/x.json")], folder.root, exclude=globs, ignore_unknown=True)
    assert (list(named), list(named.unused_globs)) == ([], [])


def test_an_assembly_as_the_root(folder: Folder, written: Assembly) -> None:
    (finding,) = judge(Files([str(written.folder)], written.folder)).findings
    assert finding.source == "Stack.template.json"


def test_a_template_of_an_assembly_that_is_named_is_a_template(folder: Folder, written: Assembly) -> None:
    (finding,) = folder.report("cdk.out/Stack.template.json").findings
    assert finding.address == "cdk.out/Stack.template.json/Task"


def test_a_broken_assembly_is_not_read(folder: Folder, written: Assembly) -> None:
    written.put("cdk.out", "{}")
    written.put("manifest.json", "{")
    assert [source for source, _ in folder.report("").not_read] == ["cdk.out/manifest.json"]


def test_a_lost_template_is_not_read(folder: Folder, written: Assembly) -> None:
    (written.folder / "Stack.template.json").unlink()
    report = folder.report("")
    assert [source for source, _ in report.not_read] == ["cdk.out/Stack.template.json"]
    assert [finding.file for finding in report.findings] == ["cdk.out/Stack.template.json"]


# --- hostile ------------------------------------------------------------------------------------------------------


def deep(levels: int) -> str:
    value = '{"Fn::If": ["C", ' * levels + '"x"' + ', "y"]}' * levels
    return f'{{"Resources": {{"T": {{"Type": "AWS::ECS::TaskDefinition", "Properties": {{"NetworkMode": {value}}}}}}}}}'


def nested(value: str) -> str:
    return "[" * 900 + value + "]" * 900


HOSTILE: dict[str, Callable[[], str]] = {
    "deep expressions": lambda: deep(150),
    "deeper expressions": lambda: deep(400),
    "too deep expressions": lambda: deep(5000),
    "a deep loop": lambda: '{"Resources": {"Fn::ForEach::X": ' + nested('{"Type": "AWS::ECS::TaskDefinition"}') + "}}",
    "deep containers": lambda: '{"containerDefinitions": ' + nested("") + "}",
    "a type that is a map": lambda: "Resources: {T: {Type: {a: 1}}, 'AWS::ECS::TaskDefinition': []}",
    "resources without names": lambda: "Resources: {~: {Type: AWS::ECS::TaskDefinition}}",
    "parameters that are a list": lambda: f"{BRIDGE}Parameters: [a]\nConditions: x\nMappings: 1\n",
    "metadata of somebody else": lambda: f"{BRIDGE}    Metadata: {{aws:cdk:path: Prod/Task}}\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_hostile_is_a_crash_or_admitted(folder: Folder, name: str) -> None:
    folder.put("x.yaml", HOSTILE[name]())
    assert not folder.report("x.yaml").is_admitted
    assert not folder.report("").is_admitted


def test_metadata_lends_no_address(folder: Folder) -> None:
    folder.put("x.yaml", HOSTILE["metadata of somebody else"]())
    assert [resource.address for resource in folder.report("x.yaml").resources] == ["x.yaml/Task"]


def test_notices_name_what_they_are_about(folder: Folder) -> None:
    folder.put("x.yaml", f"{BRIDGE}  @")
    (document,) = folder.files("x.yaml")
    (notice,) = document.items
    assert isinstance(notice, Notice)
    assert (notice.address, notice.name, notice.place) == ("x.yaml", "", ("x.yaml", 6, 3))
