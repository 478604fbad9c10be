"""The written templates: which are read, which are missed, and that no stale file is."""

from __future__ import annotations

import json
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_s3_assets as assets

from ecs_guard_aspects import EcsGuard, Enforcement, Exemption, Policy
from ecs_guard_aspects.gates.synth.guards import Guards
from ecs_guard_aspects.gates.synth.validation_report import ValidationPlugin

from .support import (
    AWSVPC,
    TASK_DEFINITION,
    Harm,
    Vandal,
    facts,
    generic,
    make_app,
    only,
    outdir_of,
    report_of,
    resource_of,
    written,
)

BAD = {"Type": TASK_DEFINITION, "Properties": {"NetworkMode": "bridge"}}


def nest(app: cdk.App, synthesizer: Any = cdk.DefaultStackSynthesizer) -> tuple[cdk.NestedStack, cdk.NestedStack]:
    stack = cdk.Stack(app, "Stack", synthesizer=synthesizer())
    outer = cdk.NestedStack(stack, "Outer")
    return outer, cdk.NestedStack(outer, "Inner")


@pytest.mark.parametrize("mode", ["bridge", "awsvpc"])
@pytest.mark.parametrize("synthesizer", [cdk.DefaultStackSynthesizer, cdk.LegacyStackSynthesizer])
def test_nested_stacks_of_every_synthesizer(app: cdk.App, synthesizer: Any, mode: str) -> None:
    for stack in nest(app, synthesizer):
        # Only the written template shows this.
        generic(stack, mode="awsvpc").add_property_override("NetworkMode", mode)
    guard = EcsGuard().protect(app)
    app.synth()
    paths = {"Stack/Outer/Td", "Stack/Outer/Inner/Td"} if mode == "bridge" else set()
    assert facts(guard) == {(AWSVPC, path, "deny") for path in paths}
    assert not report_of(app)["violations"] or mode == "bridge"


def test_the_bootstrapless_synthesizer_nests_nothing(app: cdk.App) -> None:
    generic(cdk.Stack(app, "Stack", synthesizer=cdk.BootstraplessSynthesizer()))
    guard = EcsGuard().protect(app)
    app.synth()
    assert facts(guard) == {(AWSVPC, "Stack/Td", "deny")}


def test_nested_stacks_of_one_content_are_each_judged(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Stack")
    for name in ("One", "Two"):
        generic(cdk.NestedStack(stack, name))
    other = cdk.Stack(app, "Other")
    generic(cdk.NestedStack(other, "One"))
    guard = EcsGuard().protect(app)
    app.synth()
    paths = ("Stack/One/Td", "Stack/Two/Td", "Other/One/Td")
    assert facts(guard) == {(AWSVPC, path, "deny") for path in paths}
    assert len(report_of(app)["violations"]) == 3


def test_stages_in_stages_with_nested_stacks(app: cdk.App) -> None:
    inner = cdk.Stage(cdk.Stage(app, "Prod"), "Eu")
    generic(cdk.NestedStack(cdk.Stack(inner, "Stack"), "Nested"))
    generic(cdk.NestedStack(cdk.Stack(app, "Stack"), "Nested"), mode="awsvpc")
    guard = EcsGuard().protect(app)
    app.synth()
    assert facts(guard) == {(AWSVPC, "Prod/Eu/Stack/Nested/Td", "deny")}
    assert not report_of(app)["success"]


def test_files_of_earlier_runs_are_not_read(tmp_path: Path) -> None:
    for mode, expected in (("bridge", 2), ("awsvpc", 0)):
        app = make_app(tmp_path)
        for stack in nest(app):
            generic(stack, f"Td{mode}", mode=mode)
        guard = EcsGuard().protect(app)
        app.synth()
        assert len(guard.findings) == expected
    assert "bridge" not in "".join(file.read_text() for file in tmp_path.glob("*.template.json"))
    (tmp_path / "Old.nested.template.json").write_text(json.dumps({"Resources": {"Td": BAD}}))
    (tmp_path / "Old.template.json").write_text(json.dumps({"Resources": {"Td": BAD}}))
    app = make_app(tmp_path)
    nest(app)
    guard = EcsGuard().protect(app)
    app.synth()
    assert guard.findings == ()


CDK_FOLDER = Path.cwd()
"""The working directory of the CDK, which has been imported."""


@pytest.mark.parametrize("form", ["protect", "aspect"])
@pytest.mark.parametrize("mode", ["bridge", "awsvpc"])
def test_a_relative_output_folder_of_an_app_that_changes_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str, form: str
) -> None:
    monkeypatch.chdir(tmp_path)
    app = make_app(Path(os.path.relpath(tmp_path / "out", CDK_FOLDER)))
    generic(cdk.Stack(app, "Stack"), mode=mode)
    generic(cdk.NestedStack(cdk.Stack(cdk.Stage(app, "Prod"), "Stack"), "Nested"), mode=mode)
    guard = EcsGuard()
    if form == "protect":
        guard.protect(app)
    else:
        cdk.Aspects.of(app).add(guard)
    app.synth()
    paths = {"Stack/Td", "Prod/Stack/Nested/Td"} if mode == "bridge" else set()
    assert facts(guard) == {(AWSVPC, path, "deny") for path in paths}
    assert (tmp_path / "out" / "ecs-guard.json").exists()
    with pytest.raises(RuntimeError, match="The app is synthesized already"):
        EcsGuard().protect(app)


def test_a_template_file_of_ones_own_name(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Stack", stack_name="team-web")
    generic(cdk.NestedStack(stack, "Nested"))
    generic(stack).override_logical_id("Own")
    guard = EcsGuard().protect(app)
    app.synth()
    assert {finding.address for finding in guard.findings} == {"Stack/Td", "Stack/Nested/Td"}


class TestFromElsewhere:
    def test_a_url(self, app: cdk.App, stack: cdk.Stack) -> None:
        cdk.CfnStack(stack, "Far", template_url="https://example.com/t.json")
        guard = EcsGuard().protect(app)
        app.synth()
        finding = only(guard.findings)
        assert (finding.check, finding.enforcement) == ("not-checked", Enforcement.WARN)
        assert "given by URL" in finding.message
        (violation,) = report_of(app)["violations"]
        assert (violation["ruleName"], violation["severity"]) == ("not-checked", "warning")
        assert report_of(app)["success"]

    def test_an_asset_whose_hash_is_only_a_part_of_the_url(
        self, app: cdk.App, stack: cdk.Stack, tmp_path: Path
    ) -> None:
        file = tmp_path / "template.json"
        file.write_text(json.dumps({"Resources": {"Td": BAD}}))
        asset = assets.Asset(stack, "Asset", path=str(file))
        cdk.CfnStack(stack, "Far", template_url=f"https://example.com/t.json?from={asset.asset_hash}")
        guard = EcsGuard().protect(app)
        app.synth()
        assert [finding.check for finding in guard.findings] == ["not-checked"]

    @pytest.mark.parametrize(
        ("enforcement", "success", "count"),
        [(Enforcement.DENY, False, 1), (Enforcement.AUDIT, True, 1), (Enforcement.OFF, True, 0)],
    )
    def test_the_policy_decides(
        self, app: cdk.App, stack: cdk.Stack, enforcement: Enforcement, success: bool, count: int
    ) -> None:
        cdk.CfnStack(stack, "Far", template_url="https://example.com/t.json")
        guard = EcsGuard(Policy(enforcement={"not-checked": enforcement})).protect(app)
        app.synth()
        assert len(guard.findings) == len(report_of(app)["violations"]) == count
        assert report_of(app)["success"] is success

    def test_it_can_be_exempted(self, app: cdk.App, stack: cdk.Stack) -> None:
        cdk.CfnStack(stack, "Far", template_url="https://example.com/t.json")
        exemption = Exemption(
            check="not-checked", path="Stack/*", reason="judged there", owner="team", expires="2099-01-01"
        )
        guard = EcsGuard(Policy(exemptions=(exemption,))).protect(app)
        app.synth()
        assert only(guard.findings).enforcement is Enforcement.AUDIT

    def test_a_macro(self, app: cdk.App, stack: cdk.Stack) -> None:
        stack.add_transform("AWS::LanguageExtensions")
        generic(stack, mode="awsvpc")
        guard = EcsGuard().protect(app)
        app.synth()
        assert guard.findings == ()


def write(pattern: str, content: str | bytes) -> Harm:
    """Return what gives other contents to files."""

    def harm(outdir: Path) -> None:
        files = list(outdir.rglob(pattern))
        assert files
        for file in files:
            file.write_bytes(content if isinstance(content, bytes) else content.encode())

    return harm


def cut_off(pattern: str) -> Harm:
    """Return what takes away the second half of files."""

    def harm(outdir: Path) -> None:
        files = list(outdir.rglob(pattern))
        assert files
        for file in files:
            content = file.read_bytes()
            file.write_bytes(content[: len(content) // 2])

    return harm


def take_away(pattern: str) -> Harm:
    """Return what deletes files."""
    return lambda outdir: [file.unlink() for file in outdir.rglob(pattern)]


def without_stacks(outdir: Path) -> None:
    """Take the stacks out of the manifests."""
    for file in outdir.rglob("manifest.json"):
        manifest = written(file)
        others = {k: v for k, v in manifest["artifacts"].items() if v["type"] != "aws:cloudformation:stack"}
        file.write_text(json.dumps({**manifest, "artifacts": others}))


TEMPLATE = "Stack.template.json cannot be read"
MANIFEST = "manifest.json of the cloud assembly cannot be read"
ASSETS = "asset manifest of Stack.template.json cannot be read"
METADATA = "metadata of Stack.template.json cannot be read"
# what is harmed, what is said of it
HARMED: list[tuple[Harm, str]] = [
    (cut_off("Stack.template.json"), f"{TEMPLATE}: JSONDecodeError"),
    (write("Stack.template.json", ""), f"{TEMPLATE}: JSONDecodeError"),
    (write("Stack.template.json", b'{"Resources": {"\xff\xfe": {}}}'), f"{TEMPLATE}: UnicodeDecodeError"),
    (write("Stack.template.json", "[" * 100_000), f"{TEMPLATE}: RecursionError"),
    (write("Stack.template.json", "null"), f"{TEMPLATE}: TypeError: it is a NoneType, not an object"),
    (take_away("Stack.template.json"), f"{TEMPLATE}: FileNotFoundError"),
    (write("Stack.template.json", '{"Resources": [1]}'), "The Resources of this template are not a map."),
    (write("Stack.template.json", '{"Resources": {"A": 1}}'), "Resource A is 1."),
    (cut_off("*.nested.template.json"), "nested.template.json cannot be read: JSONDecodeError"),
    (write("*.nested.template.json", "[1]"), "it is a list, not an object"),
    (take_away("*.nested.template.json"), "nested.template.json cannot be read: FileNotFoundError"),
    (write("Stack.assets.json", "{"), ASSETS),
    (write("Stack.assets.json", '{"files": {"a": {}}}'), ASSETS),
]


def nested_fine(app: cdk.App) -> None:
    for stack in nest(app):
        generic(stack, mode="awsvpc")


@pytest.mark.parametrize(("harm", "part"), HARMED, ids=range(len(HARMED)))
def test_what_is_harmed_is_not_admitted(app: cdk.App, harm: Harm, part: str) -> None:
    nested_fine(app)
    cdk.Stack(app, "Vandal", synthesizer=Vandal(harm))
    guard = EcsGuard().protect(app)
    app.synth()
    messages = [finding.message for finding in guard.findings]
    assert any(part in message for message in messages), messages
    assert any(finding.check == "unreadable" and finding.is_denied for finding in guard.findings)
    assert not guard.report.is_admitted
    assert not report_of(app)["success"]
    assert "Traceback" not in "".join(messages)


@pytest.mark.parametrize("name", ["Prod", "Default"])
def test_a_manifest_of_a_stage_that_is_harmed(app: cdk.App, name: str) -> None:
    """Stages are written before the stacks of the app."""
    nested_fine(cdk.Stage(app, name))  # type: ignore[arg-type]
    generic(cdk.Stack(app, "Stack"), mode="awsvpc")
    cdk.Stack(app, "Vandal", synthesizer=Vandal(cut_off("manifest.json")))
    guard = EcsGuard().protect(app)
    # The CDK reads it before it asks anybody, and says so itself.
    with pytest.raises(RuntimeError, match=r"JSON|Invalid"):
        app.synth()
    assert guard.findings == ()


@pytest.mark.parametrize(
    ("harm", "part"),
    [
        (cut_off("manifest.json"), f"{MANIFEST}: JSONDecodeError"),
        (write("manifest.json", ""), f"{MANIFEST}: JSONDecodeError"),
        (write("manifest.json", b"\xff"), f"{MANIFEST}: UnicodeDecodeError"),
        (write("manifest.json", "[]"), f"{MANIFEST}: AttributeError"),
        (write("manifest.json", '{"artifacts": {"S": {}}}'), f"{MANIFEST}: KeyError"),
        (
            write("manifest.json", '{"artifacts": {"S": {"type": "aws:cloudformation:stack", "properties": {}}}}'),
            f"{MANIFEST}: KeyError",
        ),
        (take_away("manifest.json"), f"{MANIFEST}: FileNotFoundError"),
        (without_stacks, "is not among those in the manifest of the cloud assembly"),
        (cut_off("*Stack*.metadata.json"), f"{METADATA}: JSONDecodeError"),
        (write("*Stack*.metadata.json", "[]"), METADATA),
        (write("*Stack*.metadata.json", '{"/Stack/Td": [{}]}'), METADATA),
        (write("*Stack*.metadata.json", '{"/Stack/Td": null}'), METADATA),
        (take_away("*Stack*.metadata.json"), f"{METADATA}: FileNotFoundError"),
    ],
    ids=range(13),
)
@pytest.mark.parametrize("name", ["app", "Prod", "Default"])
def test_what_is_harmed_when_all_is_written(app: cdk.App, name: str, harm: Harm, part: str) -> None:
    scope = app if name == "app" else cdk.Stage(app, name)
    stack = cdk.Stack(scope, "Stack", synthesizer=cdk.LegacyStackSynthesizer())
    generic(stack, mode="awsvpc")
    guard = EcsGuard().protect(app)
    app.synth()
    assert guard.report.is_admitted
    folder = Path(scope.outdir)
    harm(folder)
    # Asked once more, as the CDK asks: nothing but a plugin runs between writing and asking, and those must not write.
    template = SimpleNamespace(stack_construct_path=stack.node.path, template_path=folder / stack.template_file)
    context: Any = SimpleNamespace(stack_templates=[template])
    report = ValidationPlugin(Guards.of(app), denied=True).validate(context)
    messages = [finding.message for finding in guard.findings]
    shown = stack.template_file if scope is app else f"{folder.name}/{stack.template_file}"
    assert any(part.replace("Stack.template.json", shown) in message for message in messages), messages
    assert all(finding.check == "unreadable" and finding.is_denied for finding in guard.findings)
    assert not guard.report.is_admitted
    assert not report.success


def test_the_written_template_has_the_last_word(app: cdk.App, stack: cdk.Stack) -> None:
    node = generic(stack, mode="awsvpc")

    def harm(outdir: Path) -> None:
        file = outdir / "Stack.template.json"
        file.write_text(file.read_text().replace("awsvpc", "host"))

    cdk.Stack(app, "Vandal", synthesizer=Vandal(harm))
    guard = EcsGuard().protect(app)
    app.synth()
    assert resource_of(node)["Properties"]["NetworkMode"] == "host"
    assert facts(guard) == {(AWSVPC, "Stack/Td", "deny")}
    assert not report_of(app)["success"]
    assert written(outdir_of(app) / "Stack.template.json")["Resources"]
