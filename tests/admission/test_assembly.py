"""The written templates: which are read, which are missed, and that no stale file is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_s3_assets as assets

from ecs_guard_aspects import EcsGuard, Enforcement, Exemption, Policy
from ecs_guard_aspects.admission.assembly import read_templates

from .support import AWSVPC, TASK_DEFINITION, facts, generic, make_app, only, outdir_of, report_of, resource_of, written

BAD = {"Type": TASK_DEFINITION, "Properties": {"NetworkMode": "bridge"}}
MANIFEST = "asset manifest of Stack.template.json cannot be read"
NESTED = "AWS::CloudFormation::Stack"


def found_in(file: Path, expected: tuple[str, ...] = ()) -> dict[str, list[str]]:
    """Return what is said of each template file."""
    return {
        template.file.name: [f"{logical_id}: {problem.what}" for logical_id, problem in template.problems]
        for template in read_templates(file, "Stack", expected)
    }


class Assembly:
    """A cloud assembly made by hand."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "Stack.template.json"

    def put(self, name: str, content: Any) -> None:
        (self.folder / name).write_text(content if isinstance(content, str) else json.dumps(content))

    def nested(self, *hashes: str) -> None:
        resources = {f"N{index}": self.stack(f"https://s3/{name}.json") for index, name in enumerate(hashes)}
        self.put(self.file.name, {"Resources": resources})

    @staticmethod
    def stack(url: Any) -> dict[str, Any]:
        return {"Type": NESTED, "Properties": {"TemplateURL": url}}

    def manifest(self, **paths: str) -> None:
        files = {name: {"source": {"path": path, "packaging": "file"}} for name, path in paths.items()}
        self.put("Stack.assets.json", {"files": files})


@pytest.fixture
def assembly(tmp_path: Path) -> Assembly:
    return Assembly(tmp_path)


class TestReadTemplates:
    def test_a_stack_without_nested_stacks(self, assembly: Assembly) -> None:
        assembly.put("Stack.template.json", {"Resources": {"Td": BAD}})
        assembly.manifest(stack="Stack.template.json", code="asset.zip")
        assembly.put("Old.nested.template.json", {"Resources": {"Td": BAD}})
        assert found_in(assembly.file) == {"Stack.template.json": []}

    def test_nested_stacks_by_the_manifest(self, assembly: Assembly) -> None:
        assembly.nested("aaa", "bbb")
        assembly.manifest(aaa="A.nested.template.json", bbb="B.nested.template.json", ccc="asset.zip")
        for name in ("A", "B", "Stale"):
            assembly.put(f"{name}.nested.template.json", {"Resources": {}})
        expected = {"Stack.template.json": [], "A.nested.template.json": [], "B.nested.template.json": []}
        assert found_in(assembly.file) == expected

    def test_other_templates_among_the_assets(self, assembly: Assembly) -> None:
        assembly.put("Stack.template.json", {"Resources": {}})
        assembly.manifest(aaa="Product.product.template.json")
        assembly.put("Product.product.template.json", {"Resources": {"Td": BAD}})
        assert list(found_in(assembly.file)) == ["Stack.template.json", "Product.product.template.json"]

    def test_a_template_that_the_tree_expects(self, assembly: Assembly) -> None:
        assembly.put("Stack.template.json", {"Resources": {}})
        assembly.manifest()
        found = found_in(assembly.file, ("Stack.template.json", "Gone.nested.template.json"))
        assert list(found) == ["Stack.template.json", "Gone.nested.template.json"]
        assert "FileNotFoundError" in found["Gone.nested.template.json"][0]

    @pytest.mark.parametrize(
        "content", ["", "{", "[]", "null", '"text"', "\ufeff{}", b"\xff\xfe", '{"Resources": {"a": NaN'], ids=range(8)
    )
    def test_what_is_no_template(self, assembly: Assembly, content: Any) -> None:
        assembly.file.write_bytes(content if isinstance(content, bytes) else content.encode())
        (template,) = read_templates(assembly.file, "Stack")
        assert template.body is None
        ((logical_id, problem),) = template.problems
        assert logical_id is None
        assert problem.check == "unreadable"
        assert "Stack.template.json cannot be read" in problem.what

    @pytest.mark.parametrize(
        "manifest",
        ["{", "[]", "null", '{"files": []}', '{"files": {"aaa": {}}}', '{"files": {"aaa": null}}', '{"files": null}'],
    )
    def test_a_malformed_manifest_is_denied(self, assembly: Assembly, manifest: str) -> None:
        assembly.nested("aaa")
        assembly.put("Stack.assets.json", manifest)
        said = found_in(assembly.file)["Stack.template.json"]
        assert any(MANIFEST in text for text in said)

    def test_no_manifest_at_all_is_denied(self, assembly: Assembly) -> None:
        assembly.nested("aaa")
        said = found_in(assembly.file)["Stack.template.json"]
        assert any(MANIFEST in text for text in said)

    @pytest.mark.parametrize(
        "url",
        [
            "https://example.com/stack.json",
            {"Fn::Sub": "https://${Bucket}/x.json"},
            {"Ref": "Url"},
            None,
            {"Fn::Join": ["", ["https://s3/", "zzz", ".json"]]},
        ],
        ids=str,
    )
    def test_a_nested_stack_from_elsewhere(self, assembly: Assembly, url: Any) -> None:
        assembly.put("Stack.template.json", {"Resources": {"Far": assembly.stack(url), "Near": assembly.stack("aaa")}})
        assembly.manifest(aaa="A.nested.template.json", zzz="asset.json")
        assembly.put("A.nested.template.json", {"Resources": {"Deep": assembly.stack(url)}})
        found = found_in(assembly.file)
        assert [text.split(":")[0] for text in found["Stack.template.json"]] == ["Far"]
        assert [text.split(":")[0] for text in found["A.nested.template.json"]] == ["Deep"]

    @pytest.mark.parametrize("resources", [None, [], "text", {"A": None}, {"A": []}, {"A": {"Type": NESTED}}], ids=str)
    def test_odd_resources_do_not_stop_it(self, assembly: Assembly, resources: Any) -> None:
        assembly.put("Stack.template.json", {"Resources": resources})
        assembly.manifest()
        assert list(found_in(assembly.file)) == ["Stack.template.json"]


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


def test_a_template_file_of_ones_own_name(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Stack", stack_name="team-web")
    generic(cdk.NestedStack(stack, "Nested"))
    generic(stack).override_logical_id("Own")
    guard = EcsGuard().protect(app)
    app.synth()
    assert {finding.resource for finding in guard.findings} == {"Stack/Td", "Stack/Nested/Td"}


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

    def test_an_asset_that_is_no_template_of_the_cdk(self, app: cdk.App, stack: cdk.Stack, tmp_path: Path) -> None:
        file = tmp_path / "template.json"
        file.write_text(json.dumps({"Resources": {"Td": BAD}}))
        asset = assets.Asset(stack, "Asset", path=str(file))
        cdk.CfnStack(stack, "Far", template_url=asset.http_url)
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
        exemption = Exemption("not-checked", "Stack/*", "judged there", "team", "2099-01-01")  # type: ignore[arg-type]
        guard = EcsGuard(Policy(exemptions=(exemption,))).protect(app)
        app.synth()
        assert only(guard.findings).enforcement is Enforcement.AUDIT

    def test_a_macro(self, app: cdk.App, stack: cdk.Stack) -> None:
        stack.add_transform("AWS::LanguageExtensions")
        generic(stack, mode="awsvpc")
        guard = EcsGuard().protect(app)
        app.synth()
        assert guard.findings == ()


@jsii.implements(cdk.IStackSynthesizer)
class Vandal:
    """Runs after the stacks before its own are written, and before they are judged."""

    def __init__(self, harm: Any) -> None:
        self._harm = harm

    def bind(self, stack: cdk.Stack) -> None:
        pass

    def synthesize(self, session: cdk.ISynthesisSession) -> None:
        self._harm(Path(session.outdir))


def overwrite(pattern: str, content: str) -> Any:
    def harm(outdir: Path) -> None:
        files = list(outdir.glob(pattern))
        assert files
        for file in files:
            file.write_text(content)

    return harm


@pytest.mark.parametrize(
    ("harm", "part"),
    [
        (overwrite("Stack.assets.json", "{"), "asset manifest of Stack.template.json cannot be read"),
        (
            overwrite("Stack.assets.json", '{"files": {"a": {}}}'),
            "asset manifest of Stack.template.json cannot be read",
        ),
        (overwrite("Stack.assets.json", '{"files": {}}'), "not synthesize"),
        (overwrite("*.nested.template.json", "[1]"), "it is a list, not an object"),
        (overwrite("Stack.template.json", '{"Resources": [1]}'), "The Resources of this template are not a map."),
        (overwrite("Stack.template.json", '{"Resources": {"A": 1}}'), "Resource A is a int."),
    ],
    ids=range(6),
)
def test_what_is_harmed_is_not_admitted(app: cdk.App, harm: Any, part: str) -> None:
    for stack in nest(app):
        generic(stack, mode="awsvpc")
    cdk.Stack(app, "Vandal", synthesizer=Vandal(harm))
    guard = EcsGuard().protect(app)
    app.synth()
    messages = [finding.message for finding in guard.findings]
    assert any(part in message for message in messages), messages
    assert report_of(app)["violations"]
    if "not synthesize" not in part:
        assert any(finding.check == "unreadable" and finding.is_denied for finding in guard.findings)
        assert not report_of(app)["success"]


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
