"""Identity: which construct a task definition of a template belongs to, and the verdict if that is not certain."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_s3_assets as assets
from aws_cdk import cloudformation_include as include
from constructs import Construct

from ecs_guard_aspects import EcsGuard, EcsGuardFix, Exemption, Policy
from ecs_guard_aspects.policy import judge
from ecs_guard_aspects.sources.assembly.documents import read_assembly

from .support import AWSVPC, TASK_DEFINITION, generic, level1, level2, make_app, only, outdir_of, report_of, resource_of

BAD = {"Type": TASK_DEFINITION, "Properties": {"NetworkMode": "bridge", "Family": "billing"}}


def exempt(path: str | None = None, **given: Any) -> Policy:
    exemption = Exemption(check=AWSVPC, path=path, reason="moves in May", owner="team", expires="2099-01-01", **given)
    return Policy(exemptions=(exemption,))


def acknowledge(node: Construct) -> None:
    cdk.Validations.of(node).acknowledge(cdk.Acknowledgment(id=f"ecs-guard::{AWSVPC}", reason="moves in May"))


# --- elements of a template that are called as a task definition ----------------------------------------------------


def output(stack: cdk.Stack, _: Path) -> cdk.CfnElement:
    element = cdk.CfnOutput(stack, "Alike", value="x")
    element.override_logical_id("Worker")
    return element


def condition(stack: cdk.Stack, _: Path) -> cdk.CfnElement:
    return cdk.CfnCondition(stack, "Worker")


def mapping(stack: cdk.Stack, _: Path) -> cdk.CfnElement:
    return cdk.CfnMapping(stack, "Worker", mapping={"a": {"b": "c"}})


def parameter(stack: cdk.Stack, _: Path) -> cdk.CfnElement:
    scope = Construct(stack, "Scope")
    element = cdk.CfnParameter(scope, "Alike", default="x")
    element.override_logical_id("Worker")
    return element


def rule(stack: cdk.Stack, _: Path) -> cdk.CfnElement:
    return cdk.CfnRule(stack, "Worker", assertions=[])


def included(stack: cdk.Stack, folder: Path) -> cdk.CfnElement:
    file = folder / "worker.json"
    file.write_text(json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}))
    return include.CfnInclude(stack, "Worker", template_file=str(file))


def claiming(stack: cdk.Stack, _: Path) -> Construct:
    node = Construct(stack, "Alike")
    node.node.add_metadata("aws:cdk:logicalId", "Worker")
    return node


ALIKE = [output, condition, mapping, parameter, rule, included, claiming]


def worker(stack: cdk.Stack) -> cdk.CfnResource:
    """Return a task definition that is one level deeper in the tree than what has its logical id."""
    node = generic(Construct(stack, "Deep"), "Td", Family="billing")
    node.override_logical_id("Worker")
    return node


@pytest.mark.parametrize("is_first", [True, False], ids=["first", "last"])
@pytest.mark.parametrize("has_tree", [True, False], ids=["tree", "no tree"])
@pytest.mark.parametrize("alike", ALIKE)
def test_what_has_the_logical_id_of_a_task_definition_does_not_take_its_address(
    tmp_path: Path, alike: Callable[..., Any], has_tree: bool, is_first: bool
) -> None:
    app = cdk.App(
        outdir=str(tmp_path / "out"),
        context={"@aws-cdk/core:failSynthOnValidationErrors": False},
        analytics_reporting=False,
        tree_metadata=has_tree,
    )
    stack = cdk.Stack(app, "S")
    if is_first:
        alike(stack, tmp_path)
    node = worker(stack)
    if not is_first:
        alike(stack, tmp_path)
    guards = [
        EcsGuard().protect(node),
        EcsGuard(exempt("S/Deep/Td")).protect(app),
        EcsGuard(exempt("S/Alike")).protect(app),
        EcsGuard(exempt("S/Worker")).protect(app),
    ]
    app.synth()
    assert {finding.address for guard in guards for finding in guard.findings if finding.check == AWSVPC} == {
        "S/Deep/Td"
    }
    assert [guard.report.is_admitted for guard in guards] == [False, True, False, False]
    if has_tree:
        assert [resource.address for resource in judge(read_assembly(tmp_path / "out")).resources] == ["S/Deep/Td"]


@pytest.mark.parametrize("alike", ALIKE)
def test_its_acknowledgement_and_its_fix_find_it(app: cdk.App, tmp_path: Path, alike: Callable[..., Any]) -> None:
    stack = cdk.Stack(app, "S")
    alike(stack, tmp_path)
    node = worker(stack)
    fix = EcsGuardFix(run_elsewhere=True)
    guard = EcsGuard().protect(app, fix=fix)
    app.synth()
    assert resource_of(node)["Properties"]["NetworkMode"] == "awsvpc", fix.refusals
    assert guard.findings == ()
    other = make_app(tmp_path / "acknowledged")
    stack = cdk.Stack(other, "S")
    alike(stack, tmp_path)
    acknowledge(worker(stack))
    guard = EcsGuard().protect(other)
    other.synth()
    assert guard.report.is_admitted
    assert report_of(other)["success"]


def test_an_include_called_as_its_task_definition(app: cdk.App, stack: cdk.Stack, tmp_path: Path) -> None:
    file = tmp_path / "task.json"
    file.write_text(json.dumps({"Resources": {"Task": BAD}}))
    template = include.CfnInclude(stack, "Task", template_file=str(file))
    guard = EcsGuard().protect(template.get_resource("Task"))
    app.synth()
    assert only(guard.findings).address == "Stack/Task/Task"


# --- addresses that are not certain -----------------------------------------------------------------------------------


def without_metadata(app: cdk.App, stack: cdk.Stack) -> None:
    stack.node.set_context("aws:cdk:disable-logicalId-metadata", True)
    generic(stack, Family="billing")


def with_a_forged_path(app: cdk.App, stack: cdk.Stack) -> None:
    stack.node.set_context("aws:cdk:disable-logicalId-metadata", True)
    generic(stack, Family="billing").add_override("Metadata", {"aws:cdk:path": "Stack/Td"})


def with_two_claims(app: cdk.App, stack: cdk.Stack) -> None:
    agent = generic(stack, "Agent", mode="awsvpc")
    generic(stack, Family="billing")
    agent.node.add_metadata("aws:cdk:logicalId", "Td")


@pytest.mark.parametrize("build", [without_metadata, with_a_forged_path, with_two_claims])
def test_an_address_that_is_not_certain_is_denied(app: cdk.App, stack: cdk.Stack, build: Callable[..., Any]) -> None:
    build(app, stack)
    acknowledge(stack)
    by_path, by_glob, by_family = exempt("Stack/Td"), exempt("Stack/**"), exempt(family="billing")
    guards = [EcsGuard(policy).protect(app) for policy in (Policy(), by_path, by_glob, by_family)]
    app.synth()
    found = [only([finding for finding in guard.findings if finding.check == AWSVPC]) for guard in guards]
    assert {finding.address for finding in found} == {"Stack/<Td>"}
    assert [finding.enforcement.value for finding in found] == ["deny", "deny", "deny", "audit"]
    assert all("it is not certain which construct" in " ".join(finding.notes) for finding in found)
    assert "No exemption by path matches" in " ".join(found[1].notes)
    assert "acknowledged at Stack, and that does not count" in " ".join(found[0].notes)
    assert [v["severity"] for v in report_of(app)["violations"] if v["ruleName"] == AWSVPC] == ["fatal"]


def test_protect_covers_what_may_be_its_own(app: cdk.App, stack: cdk.Stack) -> None:
    stack.node.set_context("aws:cdk:disable-logicalId-metadata", True)
    guard = EcsGuard().protect(generic(stack))
    elsewhere = EcsGuard().protect(cdk.Stack(app, "Other"))
    app.synth()
    assert only(guard.findings).address == "Stack/<Td>"
    assert elsewhere.findings == ()


# --- templates that no construct of the stack has written ------------------------------------------------------------


class _SetSynthesizer(cdk.StackSynthesizer):
    """Writes the template of a stack as an asset of another, as the package cdk-stacksets does."""

    def __init__(self, parent: cdk.Stack, deployer: cdk.CfnResource) -> None:
        super().__init__()
        self.parent, self.deployer, self.stack = parent, deployer, parent

    def add_file_asset(self, asset: Any) -> Any:
        raise NotImplementedError

    def add_docker_image_asset(self, asset: Any) -> Any:
        raise NotImplementedError

    def synthesize(self, session: Any) -> None:
        self._synthesize_template(session)
        location = self.parent.synthesizer.add_file_asset(
            packaging=cdk.FileAssetPackaging.FILE, source_hash="f" * 64, file_name=self.stack.template_file
        )
        self.deployer.add_property_override("TemplateURL", location.http_url)


def stack_set(stack: cdk.Stack) -> cdk.Stack:
    """Return a stack that a StackSet of another stack deploys."""
    deployer = cdk.CfnResource(stack, "Set", type="AWS::CloudFormation::StackSet", properties={"StackSetName": "set"})
    synthesizer = _SetSynthesizer(stack, deployer)
    inner = synthesizer.stack = cdk.Stack(stack, "OfSet", synthesizer=synthesizer)
    return inner


def test_the_template_of_a_stack_set_does_not_take_the_addresses_of_its_parent(app: cdk.App, stack: cdk.Stack) -> None:
    acknowledge(generic(stack))
    generic(stack_set(stack))
    guards = [EcsGuard().protect(app), EcsGuard(exempt("Stack/Td")).protect(app)]
    app.synth()
    for guard in guards:
        denied = only([finding for finding in guard.findings if finding.is_denied])
        assert (denied.check, denied.address) == (AWSVPC, "Stack/Set/<Td>")
        assert len(guard.report.resources) == 2
        assert {finding.check for finding in guard.findings} == {AWSVPC}
    assert not report_of(app)["success"]


def test_a_good_parent_is_not_blamed_for_the_template_of_a_stack_set(app: cdk.App, stack: cdk.Stack) -> None:
    generic(stack, mode="awsvpc")
    generic(stack_set(stack))
    guard = EcsGuard().protect(app)
    app.synth()
    assert only(guard.findings).address == "Stack/Set/<Td>"


def test_findings_of_two_templates_never_merge(app: cdk.App, stack: cdk.Stack, tmp_path: Path) -> None:
    template = {"Resources": {"Task": BAD}}
    urls = []
    for number in range(2):
        file = tmp_path / f"child{number}.json"
        file.write_text(json.dumps({**template, "Description": str(number)}))
        urls.append(assets.Asset(stack, f"Asset{number}", path=str(file)).http_url)
    condition = cdk.CfnCondition(stack, "C", expression=cdk.Fn.condition_equals(cdk.Aws.REGION, "eu-west-1"))
    cdk.CfnStack(stack, "Child", template_url=cdk.Token.as_string(cdk.Fn.condition_if("C", *urls)))
    guard = EcsGuard().protect(app)
    app.synth()
    assert condition
    assert [finding.address for finding in guard.findings] == ["Stack/Child/<Task>"] * 2
    texts = [violation["description"] for violation in report_of(app)["violations"]]
    assert [
        f"It is in the template {finding.source}." in text for finding, text in zip(guard.findings, texts, strict=True)
    ]
    assert guard.report.tally().denied == 2


@pytest.mark.parametrize("kind", ["AWS::CloudFormation::Stack", "AWS::CloudFormation::StackSet"])
@pytest.mark.parametrize("in_stage", [False, True])
def test_an_inline_template_is_named_and_has_its_own_words(app: cdk.App, kind: str, in_stage: bool) -> None:
    stack = cdk.Stack(cdk.Stage(app, "Prod") if in_stage else app, "Stack")
    body = json.dumps({"Resources": {"Task": BAD}})
    cdk.CfnResource(stack, "Set", type=kind, properties={"TemplateBody": body})
    guard = EcsGuard().protect(app)
    app.synth()
    assert only(guard.findings).remedy.startswith("Set NetworkMode: awsvpc, and")
    (violation,) = report_of(app)["violations"]
    assert f"It is in the template {only(guard.findings).source}." in violation["description"]


@pytest.mark.parametrize("is_staged", [True, False], ids=["staged", "no staging"])
@pytest.mark.parametrize("content", [[1, 2], {"Resources": {"Td": BAD}}, "text"], ids=repr)
def test_a_file_asset_is_a_template_only_if_a_resource_deploys_it(
    tmp_path: Path, content: Any, is_staged: bool
) -> None:
    app = make_app(tmp_path / "out", **({} if is_staged else {"aws:cdk:disable-asset-staging": True}))
    stack = cdk.Stack(app, "Stack")
    generic(stack, mode="awsvpc")
    file = tmp_path / "mail.template.json"
    file.write_text(json.dumps(content))
    assets.Asset(stack, "Mail", path=str(file))
    guard = EcsGuard().protect(app)
    app.synth()
    assert guard.findings == ()
    assert guard.report.is_admitted
    assert len(guard.report.sources) == 1


@pytest.mark.parametrize("is_staged", [True, False], ids=["staged", "no staging"])
@pytest.mark.parametrize("suffix", ["json", "yaml", "template.json", "template"])
def test_a_nested_stack_from_a_plain_asset_is_read(tmp_path: Path, suffix: str, is_staged: bool) -> None:
    app = make_app(tmp_path / "out", **({} if is_staged else {"aws:cdk:disable-asset-staging": True}))
    stack = cdk.Stack(app, "Stack")
    generic(stack, "Task", mode="awsvpc")
    file = tmp_path / f"child.{suffix}"
    text = "Resources:\n  Task:\n    Type: AWS::ECS::TaskDefinition\n    Properties: {NetworkMode: !Sub bridge}\n"
    file.write_text(text if suffix == "yaml" else json.dumps({"Resources": {"Task": BAD}}))
    asset = assets.Asset(stack, "Asset", path=str(file))
    cdk.CfnStack(stack, "Child", template_url=asset.http_url)
    guard = EcsGuard().protect(app)
    app.synth()
    assert [(finding.check, finding.address) for finding in guard.findings] == [(AWSVPC, "Stack/Child/<Task>")]
    assert not report_of(app)["success"]


@pytest.mark.newest
def test_the_other_template_of_a_conditional_url_is_said(app: cdk.App, stack: cdk.Stack, tmp_path: Path) -> None:
    nested = cdk.NestedStack(stack, "Nested")
    generic(nested)
    cdk.CfnCondition(stack, "C", expression=cdk.Fn.condition_equals(cdk.Aws.REGION, "eu-west-1"))
    resource = nested.nested_stack_resource
    assert isinstance(resource, cdk.CfnStack)
    resource.template_url = cdk.Token.as_string(
        cdk.Fn.condition_if("C", resource.template_url, "https://s3/other.json")
    )
    guard = EcsGuard().protect(app)
    app.synth()
    found = {finding.check: finding for finding in guard.findings}
    assert found[AWSVPC].address == "Stack/Nested/Td"
    assert found["not-checked"].what.startswith("This resource may also deploy another template. ")


def test_levels_of_constructs_have_their_own_paths(app: cdk.App, stack: cdk.Stack) -> None:
    level1(stack, "One")
    level2(stack, "Two", network_mode=None)
    guard = EcsGuard().protect(app)
    app.synth()
    assert {finding.address for finding in guard.findings} == {"Stack/One", "Stack/Two/Resource"}
    assert (outdir_of(app) / "tree.json").exists()
    assert jsii
