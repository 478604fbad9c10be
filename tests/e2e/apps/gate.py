"""One app for every row of "What must hold at the gate": `-c case=NAME` chooses what it holds."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_servicecatalog as servicecatalog
from aws_cdk import pipelines
from aws_cdk.cloud_assembly_schema import ArtifactType, AwsCloudFormationStackProperties
from aws_cdk.cloudformation_include import CfnInclude
from constructs import Construct

from ecs_guard_aspects import EcsGuard, EcsGuardFix, Enforcement, Exemption, Policy, Severity
from ecs_guard_aspects.policy import Container, ContainerCheck, TaskDefinition, Violation


def fine(scope: Construct, name: str = "Td", **properties: Any) -> ecs.CfnTaskDefinition:
    container = ecs.CfnTaskDefinition.ContainerDefinitionProperty(name="web", image="nginx", user="1000")
    return ecs.CfnTaskDefinition(
        scope, name, **{"network_mode": "awsvpc", "container_definitions": [container], **properties}
    )


def bad(scope: Construct, name: str = "Td") -> ecs.CfnTaskDefinition:
    return fine(scope, name, network_mode="bridge")


def include(scope: Construct, mode: str) -> None:
    resource = {"Type": "AWS::ECS::TaskDefinition", "Properties": {"NetworkMode": mode}}
    file = Path(f"included-{mode}.json").absolute()
    file.write_text(json.dumps({"Resources": {"Included": resource}}))
    CfnInclude(scope, "Include", template_file=str(file))


def acknowledge(scope: Construct, rule: str, reason: str) -> None:
    cdk.Validations.of(scope).acknowledge(cdk.Acknowledgment(id=rule, reason=reason))


def case_fine(app: cdk.App) -> None:
    fine(cdk.Stack(app, "Stack"))


def case_stack(app: cdk.App) -> None:
    bad(cdk.Stack(app, "Stack"))


def case_nested(app: cdk.App) -> None:
    bad(cdk.NestedStack(cdk.NestedStack(cdk.Stack(app, "Stack"), "Nested"), "Deeper"))


def case_stage(app: cdk.App) -> None:
    bad(cdk.Stack(cdk.Stage(cdk.Stage(app, "Prod"), "Eu"), "Stack"))
    fine(cdk.Stack(app, "Stack"))


def case_nested_in_stage(app: cdk.App) -> None:
    bad(cdk.NestedStack(cdk.Stack(cdk.Stage(app, "Prod"), "Stack"), "Nested"))


def case_below_a_stack(app: cdk.App) -> None:
    """A Stage and another stack below a stack, as in apps with CDK Pipelines: neither is a nested stack of it."""
    outer = cdk.Stack(app, "Outer")
    fine(outer)
    inner = cdk.Stack(cdk.Stage(outer, "Prod"), "Inner")
    fine(inner)
    fine(cdk.NestedStack(inner, "Nested"))
    fine(cdk.Stack(outer, "Beside"))


def case_bad_below_a_stack(app: cdk.App) -> None:
    outer = cdk.Stack(app, "Outer")
    bad(cdk.NestedStack(cdk.Stack(cdk.Stage(outer, "Prod"), "Inner"), "Nested"))
    bad(cdk.Stack(outer, "Beside"))


def case_alike(app: cdk.App) -> None:
    """An output has the logical id of a task definition, and an exemption is for the path of the output."""
    stack = cdk.Stack(app, "Stack")
    cdk.CfnOutput(stack, "Alike", value="x").override_logical_id("Worker")
    bad(Construct(stack, "Deep")).override_logical_id("Worker")


def case_without_metadata(app: cdk.App) -> None:
    app.node.set_context("aws:cdk:disable-logicalId-metadata", True)
    bad(cdk.Stack(app, "Stack"))


def case_overridden_bad(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Stack")
    fine(stack).add_property_override("NetworkMode", "host")
    fine(stack, "Deleted").add_property_deletion_override("NetworkMode")


def case_overridden_good(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Stack")
    bad(stack).add_property_override("NetworkMode", "awsvpc")
    root = fine(stack, "Deleted", network_mode="host")
    root.add_property_override("ContainerDefinitions.1", {"Name": "agent", "Privileged": False})
    root.add_property_deletion_override("ContainerDefinitions.1")
    root.add_property_override("NetworkMode", "awsvpc")


def case_generic_bad(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Stack")
    cdk.CfnResource(stack, "Generic", type="AWS::ECS::TaskDefinition", properties={"NetworkMode": "bridge"})
    include(stack, "host")


def case_generic_good(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Stack")
    cdk.CfnResource(stack, "Generic", type="AWS::ECS::TaskDefinition", properties={"NetworkMode": "awsvpc"})
    include(stack, "awsvpc")


def case_retyped(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Stack")
    cdk.CfnResource(stack, "Topic", type="AWS::SNS::Topic").add_override("Type", "AWS::ECS::TaskDefinition")
    bad(stack).add_override("Type", "AWS::SNS::Topic")


def case_acknowledged(app: cdk.App) -> None:
    rule, reason = "ecs-guard::awsvpc-network-mode", "moves in May"
    stack = cdk.Stack(app, "Stack")
    acknowledge(bad(stack), rule, reason)
    nested = cdk.NestedStack(stack, "Nested")
    acknowledge(nested, rule, reason)
    bad(nested)
    stage = cdk.Stage(app, "Prod")
    acknowledge(stage, rule, reason)
    bad(cdk.Stack(stage, "Stack"))


def case_acknowledged_elsewhere(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Stack")
    bad(stack)
    acknowledge(fine(stack, "Other"), "ecs-guard::awsvpc-network-mode", "other")
    acknowledge(stack, "ecs-guard::host-mode-root-user", "another rule")


def case_acknowledged_blank(app: cdk.App) -> None:
    bad(cdk.Stack(app, "Stack"))
    bad(cdk.Stack(cdk.Stage(app, "Prod"), "Stack"))
    acknowledge(app, "ecs-guard::awsvpc-network-mode", " ")


@jsii.implements(cdk.IStackSynthesizer)
class Vandal:
    """Breaks the templates of the stacks before its own, after they are written and before they are judged."""

    def __init__(self, harm: Callable[[Path], object]) -> None:
        self._harm = harm

    def bind(self, stack: cdk.Stack) -> None:
        pass

    def synthesize(self, session: cdk.ISynthesisSession) -> None:
        for file in Path(session.outdir).glob("*Stack*.template.json"):
            self._harm(file)


def cut_off(file: Path) -> None:
    file.write_text(file.read_text()[: file.stat().st_size // 2])


def emptied(file: Path) -> None:
    file.write_text("")


def in_latin_1(file: Path) -> None:
    file.write_bytes(file.read_text().replace("web", "w\u00e4b").encode("latin-1"))


def harmed(scope: Construct, harm: Callable[[Path], object]) -> None:
    stack = cdk.Stack(scope, "Stack")
    fine(stack)
    fine(cdk.NestedStack(stack, "Nested"))
    cdk.Stack(scope, "Vandal", synthesizer=Vandal(harm))


def case_truncated(app: cdk.App) -> None:
    harmed(app, cut_off)


def case_emptied(app: cdk.App) -> None:
    harmed(app, emptied)


def case_in_latin_1(app: cdk.App) -> None:
    harmed(app, in_latin_1)


def case_lost(app: cdk.App) -> None:
    harmed(app, Path.unlink)


def case_nested_lost(app: cdk.App) -> None:
    harmed(app, lambda file: file.unlink() if "nested" in file.name else None)


def case_stage_truncated(app: cdk.App) -> None:
    harmed(cdk.Stage(app, "Prod"), cut_off)


def case_warnings(app: cdk.App) -> None:
    fine(cdk.Stack(app, "Stack"), network_mode="bridge", requires_compatibilities=["EXTERNAL"])


def case_stage_warnings(app: cdk.App) -> None:
    fine(cdk.Stack(cdk.Stage(app, "Prod"), "Stack"), network_mode="bridge", requires_compatibilities=["EXTERNAL"])


def case_pipeline(app: cdk.App) -> None:
    source = pipelines.CodePipelineSource.connection("team/app", "main", connection_arn="arn:aws:x:eu-west-1:1:c/1")
    step = pipelines.ShellStep("Synth", input=source, commands=["cdk synth"])
    pipeline = pipelines.CodePipeline(cdk.Stack(app, "Pipeline"), "Pipeline", synth=step)
    stage = cdk.Stage(app, "Prod")
    bad(cdk.Stack(stage, "Stack"))
    pipeline.add_stage(stage)


class Terse(cdk.StackSynthesizer):
    """Writes only the template: the assembly has no metadata of constructs."""

    def add_docker_image_asset(self, asset: cdk.DockerImageAssetSource) -> cdk.DockerImageAssetLocation:
        raise NotImplementedError

    def add_file_asset(self, asset: cdk.FileAssetSource) -> cdk.FileAssetLocation:
        raise NotImplementedError

    def synthesize(self, session: cdk.ISynthesisSession) -> None:
        self._synthesize_template(session)
        session.assembly.add_artifact(
            self._bound_stack.artifact_id,
            type=ArtifactType.AWS_CLOUDFORMATION_STACK,
            environment="aws://unknown-account/unknown-region",
            display_name=self._bound_stack.node.path,
            properties=AwsCloudFormationStackProperties(template_file=self._bound_stack.template_file),
        )


def case_terse(app: cdk.App) -> None:
    bad(cdk.Stack(app, "Stack", synthesizer=Terse()))


def case_said_by_another(app: cdk.App) -> None:
    """The text exists already, in a note that does not fail the synth."""
    node = bad(cdk.Stack(app, "Stack"))
    cdk.Annotations.of(node).add_info("NetworkMode is 'bridge'. (ecs-guard::awsvpc-network-mode)")


def case_product(app: cdk.App) -> None:
    """A Service Catalog product: a template among the assets, which nothing in the app runs."""
    stack = cdk.Stack(app, "Stack")
    product = servicecatalog.ProductStack(stack, "Product")
    cdk.CfnResource(product, "X", type="AWS::SNS::Topic").add_override("Type", "AWS::ECS::TaskDefinition")
    template = servicecatalog.CloudFormationTemplate.from_product_stack(product)
    version = servicecatalog.CloudFormationProductVersion(cloud_formation_template=template)
    servicecatalog.CloudFormationProduct(stack, "P", owner="o", product_name="p", product_versions=[version])


def case_conditional(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Stack")
    size = cdk.CfnParameter(stack, "Size", allowed_values=["small", "large"])
    large = cdk.CfnCondition(stack, "Large", expression=cdk.Fn.condition_equals(size.value_as_string, "large"))
    mode = cdk.Fn.condition_if(large.logical_id, "awsvpc", "bridge").to_string()
    fine(stack, network_mode=mode)
    only_large = fine(stack, "OnlyLarge", network_mode=mode)
    only_large.cfn_options.condition = large


def case_many_guards(app: cdk.App) -> None:
    """Two policies on two subtrees, and one subtree protected twice."""
    strict, lax = cdk.Stack(app, "Strict"), cdk.Stack(app, "Lax")
    bad(strict)
    bad(lax)
    EcsGuard().protect(strict)
    EcsGuard().protect(strict).protect(strict)
    EcsGuard(Policy(enforcement={"awsvpc-network-mode": Enforcement.OFF})).protect(lax)


def case_one_name(app: cdk.App) -> None:
    """The templates of both stacks are called S.template.json."""
    bad(cdk.Stack(app, "S"))
    bad(cdk.Stack(cdk.Stage(app, "Default"), "S"))


def with_links(scope: Construct, name: str = "Td") -> ecs.CfnTaskDefinition:
    """Return a denied task definition that no fix corrects."""
    container = ecs.CfnTaskDefinition.ContainerDefinitionProperty(name="web", image="nginx", links=["a"])
    return fine(scope, name, network_mode="bridge", container_definitions=[container])


def case_select(app: cdk.App) -> None:
    """A denied stack, and one that is admitted."""
    fine(cdk.Stack(app, "Web"))
    with_links(cdk.Stack(app, "Worker"))


def case_select_warning(app: cdk.App) -> None:
    case_select(app)
    fine(app.node.find_child("Web"), "Warned", network_mode="bridge", requires_compatibilities=["EXTERNAL"])  # type: ignore[arg-type]


def case_select_bad(app: cdk.App) -> None:
    """What an exemption admits or a fix corrects."""
    case_select(app)
    bad(app.node.find_child("Web"), "Bad")  # type: ignore[arg-type]


def case_select_acknowledged(app: cdk.App) -> None:
    case_select_bad(app)
    acknowledge(app.node.find_child("Web"), "ecs-guard::awsvpc-network-mode", "moves in May")  # type: ignore[arg-type]


def case_select_not_checked(app: cdk.App) -> None:
    case_select(app)
    cdk.CfnStack(app.node.find_child("Web"), "Far", template_url="https://example.com/t.json")  # type: ignore[arg-type]


def case_select_stage(app: cdk.App) -> None:
    fine(cdk.Stack(app, "Web"))
    bad(cdk.Stack(cdk.Stage(app, app.node.try_get_context("stage") or "Prod"), "Stack"))


def case_aspect(app: cdk.App) -> None:
    """The guard as an Aspect alone."""
    stack = cdk.Stack(app, "Stack")
    bad(stack)
    bad(cdk.NestedStack(stack, "Nested"))
    cdk.Aspects.of(app).add(EcsGuard())


class Broken:
    """A violation that has only the property to point at: it fails when it is put into words."""

    property = "NetworkMode"

    def __getattr__(self, name: str) -> object:
        raise LookupError("no such thing")


class Breaking(ContainerCheck):
    id = "breaking"
    severity = Severity.HIGH
    title = "A check that breaks off the whole judgement."

    def violation(self, task_definition: TaskDefinition, container: Container) -> Violation | None:
        return Broken()  # type: ignore[return-value]


def case_aspect_broken(app: cdk.App) -> None:
    fine(cdk.Stack(app, "Stack"))
    cdk.Aspects.of(app).add(EcsGuard(Policy(checks=[Breaking()])))


class Raising(ContainerCheck):
    id = "raising"
    severity = Severity.HIGH
    title = "A check that fails."

    def violation(self, task_definition: TaskDefinition, container: Container) -> Violation | None:
        raise LookupError("no such thing")


def exempt(*paths: str) -> Policy:
    return Policy(
        exemptions=[
            Exemption(check="awsvpc-network-mode", path=path, reason="old", owner="team", expires="2099-01-01")
            for path in paths
        ]
    )


POLICIES = {
    "exempt-s": exempt("S/**"),
    "exempt-default-s": exempt("Default/S/**"),
    "exempt-both": exempt("S/**", "Default/S/**"),
    "exempt-web": exempt("Web/**"),
    "stale": exempt("Gone/**"),
    "raising": Policy(checks=[Raising()], enforcement={"raising": Enforcement.AUDIT}),
    "warn": Policy(enforcement={"awsvpc-network-mode": Enforcement.WARN}),
    "audit": Policy(enforcement={"awsvpc-network-mode": Enforcement.AUDIT}),
    "off": Policy(enforcement={"awsvpc-network-mode": Enforcement.OFF}),
}


FORMS: dict[str, Callable[[cdk.App, EcsGuard, EcsGuardFix | None], object]] = {
    "protect": lambda app, guard, fix: guard.protect(app, fix=fix),
    "late": lambda app, guard, fix: guard.protect(app, fix=fix),
    "aspect": lambda app, guard, fix: cdk.Aspects.of(app).add(guard),
    "aspect-at-the-first": lambda app, guard, fix: cdk.Aspects.of(app.node.children[0]).add(guard),
    "aspect-twice": lambda app, guard, fix: [
        cdk.Aspects.of(scope).add(EcsGuard(guard.policy)) for scope in (app, app.node.children[0])
    ],
    "both": lambda app, guard, fix: [cdk.Aspects.of(app).add(guard), EcsGuard(guard.policy).protect(app)],
    "none": lambda app, guard, fix: None,
}
"""How the guard is added: ``-c form=NAME``; all but ``protect`` when the constructs are made."""


def main(app: cdk.App) -> None:
    case = app.node.get_context("case")
    own = case in ("many_guards", "aspect", "aspect_broken")
    form = app.node.try_get_context("form") or ("none" if own else "protect")
    guard = EcsGuard(POLICIES.get(app.node.try_get_context("policy")))
    fix = EcsGuardFix(run_elsewhere=True) if app.node.try_get_context("fix") else None
    if form == "protect":
        FORMS[form](app, guard, fix)
    globals()[f"case_{case}"](app)
    if form != "protect":
        FORMS[form](app, guard, fix)
    app.synth()


if __name__ == "__main__":
    main(cdk.App())
