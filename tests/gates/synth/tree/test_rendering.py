"""A rendered stack is equal to its later template, with all kinds of resources and overrides."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_ecs_patterns as patterns
from aws_cdk.cloudformation_include import CfnInclude
from constructs import Construct, IConstruct, IValidation
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from ecs_guard_aspects.gates.synth.tree.after_aspects import after_aspects
from ecs_guard_aspects.gates.synth.tree.constructs import stacks_in
from ecs_guard_aspects.gates.synth.tree.rendering import render
from ecs_guard_aspects.model.template import StackTemplate

from ..support import (
    IMAGE,
    TASK_DEFINITION,
    container,
    crossings,
    generic,
    level1,
    level2,
    make_app,
    outdir_of,
    resource_of,
    template_of,
)

Builder = Callable[[Construct], Any]


class OwnGeneric(cdk.CfnResource):
    def __init__(self, scope: Construct, name: str) -> None:
        super().__init__(scope, name, type=TASK_DEFINITION, properties={"NetworkMode": "host"})


class OwnL1(ecs.CfnTaskDefinition):
    pass


class OwnL2(ecs.Ec2TaskDefinition):
    def __init__(self, scope: Construct, name: str) -> None:
        super().__init__(scope, name, network_mode=ecs.NetworkMode.HOST)
        self.add_container("own", image=IMAGE, memory_limit_mib=64)


def included(scope: Construct, *, condition: bool = False, **properties: Any) -> cdk.CfnResource:
    resource = {"Type": TASK_DEFINITION, "Properties": properties, **({"Condition": "IsProd"} if condition else {})}
    body = {
        "Parameters": {"Env": {"Type": "String", "AllowedValues": ["dev", "prod"]}},
        "Conditions": {"IsProd": {"Fn::Equals": [{"Ref": "Env"}, "prod"]}},
        "Resources": {"Included": resource},
    }
    file = Path(cdk.Stage.of(scope).outdir) / f"{scope.node.addr}.include.json"  # type: ignore[union-attr]
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(body))
    # Every row has a stack of its own: included parameters and conditions keep their names.
    return CfnInclude(scope, "Include", template_file=str(file)).get_resource("Included")


@jsii.implements(cdk.IStableAnyProducer)
class Late:
    def __init__(self, value: Any) -> None:
        self._value = value

    def produce(self) -> Any:
        return self._value


@jsii.implements(cdk.IStableStringProducer)
class LateText(Late):
    pass


def fargate(scope: Construct) -> Any:
    definition = ecs.FargateTaskDefinition(scope, "Td", cpu=256, memory_limit_mib=512)
    definition.add_container("web", image=IMAGE, environment={"A": cdk.Aws.REGION})
    return definition


def external(scope: Construct) -> Any:
    definition = ecs.ExternalTaskDefinition(scope, "Td")
    definition.add_container("web", image=IMAGE, memory_limit_mib=64)
    return definition


def managed_instances(scope: Construct) -> Any:
    definition = ecs.TaskDefinition(
        scope, "Td", compatibility=ecs.Compatibility.MANAGED_INSTANCES, cpu="256", memory_mib="512"
    )
    definition.add_container("web", image=IMAGE)
    return definition


def by_pattern(scope: Construct) -> Any:
    cluster = ecs.Cluster(scope, "Cluster", vpc=ec2.Vpc(scope, "Vpc", max_azs=1))
    cluster.add_capacity("Instances", instance_type=ec2.InstanceType("t3.small"))
    service = patterns.QueueProcessingEc2Service(
        scope, "Service", cluster=cluster, image=IMAGE, memory_limit_mib=128, min_healthy_percent=50
    )
    return service.task_definition


def rich(scope: Construct) -> Any:
    return level1(
        scope,
        container_definitions=[{"name": "a", "image": "nginx", "portMappings": [{"containerPort": 80}]}],
        volumes=cdk.Lazy.any(Late([ecs.CfnTaskDefinition.VolumeProperty(name="v")])),
        tags=[cdk.CfnTag(key="team", value="web")],
        network_mode=cdk.Lazy.string(LateText("host")),
    )


def tagged(scope: Construct) -> Any:
    definition = level1(scope)
    cdk.Tags.of(scope).add("owner", "platform")
    return definition


def condition(scope: Construct) -> cdk.CfnCondition:
    return cdk.CfnCondition(scope, "Cond", expression=cdk.Fn.condition_equals(cdk.Aws.REGION, "eu-west-1"))


def overridden(node: Any) -> Any:
    node.add_property_override("ContainerDefinitions.0.User", "0")
    node.add_property_deletion_override("NetworkMode")
    node.add_property_override("ContainerDefinitions.1", {"Name": "second", "Image": cdk.Aws.REGION})
    return node


def conditional(scope: Construct) -> Any:
    definition = generic(scope)
    definition.cfn_options.condition = condition(scope)
    return definition


MADE: dict[str, Builder] = {
    "L1": level1,
    "L1 with everything": rich,
    "L1 subclass": lambda scope: OwnL1(scope, "Td", network_mode="host", container_definitions=[]),
    "L1 without anything": lambda scope: ecs.CfnTaskDefinition(scope, "Td"),
    "L1 tagged from above": tagged,
    "L2 Ec2": level2,
    "L2 subclass": lambda scope: OwnL2(scope, "Td"),
    "L2 Fargate": fargate,
    "L2 External": external,
    "L2 on managed instances": managed_instances,
    "pattern": by_pattern,
    "generic": generic,
    "generic subclass": lambda scope: OwnGeneric(scope, "Td"),
    "generic without properties": lambda scope: cdk.CfnResource(scope, "Td", type=TASK_DEFINITION),
    "generic with empty properties": lambda scope: cdk.CfnResource(scope, "Td", type=TASK_DEFINITION, properties={}),
    "included": lambda scope: included(scope, NetworkMode="host", ContainerDefinitions=[container(User=0)]),
    "included with a condition": lambda scope: included(scope, condition=True, NetworkMode={"Ref": "Env"}),
    "condition": conditional,
    "L1 overridden": lambda scope: overridden(level1(scope)),
    "L2 overridden": lambda scope: overridden(level2(scope).node.default_child),
    "Fargate overridden": lambda scope: overridden(fargate(scope).node.default_child),
}

IF = {"Fn::If": ["C", "a", "b"]}
WEB, AGENT = container("web"), container("agent")
BASE = {"NetworkMode": "bridge", "ContainerDefinitions": [WEB, AGENT], "Tags": [{"Key": "a", "Value": "b"}]}


def put(path: str, value: Any) -> Builder:
    return lambda node: node.add_property_override(path, value)


def delete(path: str) -> Builder:
    return lambda node: node.add_property_deletion_override(path)


def override(path: str, value: Any) -> Builder:
    return lambda node: node.add_override(path, value)


def delete_raw(path: str) -> Builder:
    return lambda node: node.add_deletion_override(path)


def many_steps() -> list[Builder]:
    changes = []
    for index in range(40):
        changes.append(put(f"ContainerDefinitions.{index % 7}.Environment.{index}.Name", f"E{index}"))
        changes.append(delete(f"ContainerDefinitions.{(index * 3) % 7}.Environment.{index - 5}"))
    return changes


# properties of the generic resource, its overrides
OVERRIDDEN: dict[str, tuple[dict[str, Any], list[Builder]]] = {
    "mode": (BASE, [put("NetworkMode", "awsvpc")]),
    "mode deleted": (BASE, [delete("NetworkMode")]),
    "None deletes": (BASE, [put("NetworkMode", None)]),
    "None at depth deletes": (BASE, [put("ContainerDefinitions.0", {"User": None, "Privileged": True})]),
    "nothing but None": ({"A": {"b": 1}}, [put("A", {"b": None})]),
    "an item": (BASE, [put("ContainerDefinitions.0.User", "0"), put("ContainerDefinitions.1", AGENT)]),
    "an item's property deleted": (BASE, [delete("ContainerDefinitions.1.User")]),
    "an item deleted": (BASE, [delete("ContainerDefinitions.0")]),
    "all items deleted": (BASE, [delete("ContainerDefinitions.0"), delete("ContainerDefinitions.1")]),
    "an item added": (BASE, [put("ContainerDefinitions.2", container("new"))]),
    "an item added after a gap": (BASE, [put("ContainerDefinitions.5.Name", "new"), put("ContainerDefinitions.3", {})]),
    "an item deleted in a gap": ({"L": [1]}, [put("L.1", "a"), put("L.3", "b"), delete("L.2")]),
    "an item far away": ({"L": [1]}, [put("L.4000000", "x")]),
    "no index": ({"L": [1, 2]}, [put("L.x", "a"), put("L.-1", "b"), put("L.01", "c"), put("L.1.5", "d")]),
    "no index but a key": ({"L": [{"a": 1}]}, [put("L.x", "a"), delete("L.0")]),
    "foreign digits": ({"L": [1, 2]}, [put("L.\u00b2", "a"), put("L.\u0660", "b")]),
    "the whole list": (BASE, [put("ContainerDefinitions", [WEB])]),
    "a list with nothing in it": (BASE, [put("ContainerDefinitions", [])]),
    "a list with holes": (BASE, [put("ContainerDefinitions", [WEB, None, {"Name": "x", "User": None}])]),
    "an item of a list that is an override": (BASE, [put("L", [1, 2]), put("L.0", 3)]),
    "a list in a list": ({"L": [[1], [2]]}, [put("L.0.1", "a"), delete("L.1.0")]),
    "the last of a list": ({"L": [1], "M": 2}, [delete("L.0")]),
    "the last of all": ({"L": [{"a": 1}]}, [delete("L.0.a")]),
    "empty into empty": ({"A": {"b": {"c": 1}}, "D": 1}, [delete("A.b.c")]),
    "set and deleted": ({"A": {"b": 1}, "D": 1}, [put("A.b.c", 1), delete("A.b.c")]),
    "deleted and set": ({"A": {"b": 1}}, [delete("A"), put("A.c", 1)]),
    "an empty map": ({"A": {"b": 1}}, [put("A", {})]),
    "an empty map where nothing was": ({"A": 1}, [put("B.C", {})]),
    "into a scalar": (BASE, [put("NetworkMode.Deep", "x")]),
    "into an intrinsic": ({"A": IF}, [put("A.b", "x")]),
    "into an intrinsic's operands": ({"A": IF}, [put("A.Fn::If.1", "x")]),
    "an intrinsic over a map": ({"A": {"b": 1}}, [put("A", IF)]),
    "an intrinsic over an intrinsic": ({"A": IF}, [put("A", {"Ref": "X"})]),
    "a map with one key that is none": ({"A": {"Other": 1}}, [put("A", {"Fn::Length": [1]})]),
    "an intrinsic taken away": ({"A": {"Ref": "X", "b": 1}}, [delete("A.b"), put("A.c", 1)]),
    "a reference taken away": ({"A": {"b": 1}}, [delete("A.Ref")]),
    "a token": (BASE, [put("NetworkMode", cdk.Fn.ref("Mode"))]),
    "a token with text": (BASE, [put("Family", f"a-{cdk.Aws.REGION}")]),
    "a condition function": (BASE, [put("NetworkMode", cdk.Fn.condition_if("C", "awsvpc", "host"))]),
    "a condition function over a map": ({"A": {"b": 1}}, [put("A", cdk.Fn.condition_if("C", "a", "b"))]),
    "a condition function and a deletion": (
        BASE,
        [put("ContainerDefinitions.0.User", cdk.Fn.condition_if("C", "0", "1")), delete("ContainerDefinitions.0.Name")],
    ),
    "a token that is a map": (
        {"A": {"b": 1, "c": {"d": 1, "e": 2}}},
        [put("A.c", cdk.Token.as_any({"d": {"Ref": "X"}, "f": 3})), delete("A.b")],
    ),
    "a token that is an empty map": ({"A": {"b": 1}, "C": 1}, [put("A", cdk.Token.as_any({}))]),
    "a token that is a list": ({"A": [1, 2]}, [put("A", cdk.Token.as_any([{"Ref": "X"}]))]),
    "a list token": (BASE, [put("Links", cdk.Token.as_list({"Ref": "X"}))]),
    "a number token": (BASE, [put("Cpu", cdk.Token.as_number({"Ref": "X"}))]),
    "tokens in a list": (BASE, [put("L", ["a", cdk.Fn.ref("X"), None, cdk.Fn.condition_if("C", {"a": 1}, "b")])]),
    "a key with a dot": ({"A": {"b.c": 1, "b": {"c": 2}}}, [delete(r"A.b\.c")]),
    "a key with a slash": ({"A": {"b/c": 1, "b": {"c": 2}}}, [delete("A.b/c"), put("A.d/e.f", 1)]),
    "deleted below a key with a slash": ({"A": {"b/c": {"d": 1, "e": 2}}}, [delete("A.b/c.d")]),
    "a key with quotes": ({"A": {"'b'": 1, "b": 2, '"': 3}}, [delete("A.'b'"), delete('A."')]),
    "a key that reads like the message": (
        {"A": {"b at /rawOverrides/A": 1, "c": 1}},
        [delete("A.b at /rawOverrides/A")],
    ),
    "a key that JavaScript has": ({"A": {"b": 1}}, [put("A.constructor", 1), put("A.__proto__.c", 1)]),
    "other types": (
        {"A": True, "B": 1.5, "C": 1, "D": "x"},
        [put("A", False), put("B", 2.25), put("C", "1"), put("D", 7)],
    ),
    "Properties deleted": (BASE, [delete_raw("Properties")]),
    "Properties replaced": (BASE, [override("Properties", "text")]),
    "Properties an intrinsic": (BASE, [override("Properties", {"Fn::If": ["C", {"NetworkMode": "host"}, IF]})]),
    "Properties where none were": ({}, [override("Properties.NetworkMode", "host")]),
    "Type": (BASE, [override("Type", "AWS::SNS::Topic")]),
    "Condition": (BASE, [override("Condition", "C")]),
    "Condition deleted": (BASE, [override("Condition", "C"), delete_raw("Condition")]),
    "many steps": (BASE, many_steps()),
    "other attributes": (BASE, [override("DeletionPolicy", "Retain"), override("Metadata.a", {"b": 1})]),
}


@jsii.implements(IValidation)
class Renders:
    """Renders a Stage when it is validated: nothing changes the Stage after that."""

    def __init__(self, stage: IConstruct) -> None:
        self.templates: dict[str, StackTemplate] = {}
        self._stage = stage
        stage.node.add_validation(self)

    def validate(self) -> list[str]:
        self.templates = {template.path: template for template in render(stacks_in(self._stage))}
        return []


def rendered(stage: cdk.Stage) -> dict[str, StackTemplate]:
    """Synthesize an app, and return by construct path the templates that a Stage was rendered to before."""
    renders = Renders(stage)
    stage.node.root.synth()  # type: ignore[attr-defined]
    return renders.templates


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Any, Any]]:
    """Return for every row the written and the rendered template, from one synth."""
    app = make_app(tmp_path_factory.mktemp("rendering"))
    nodes: dict[str, Any] = {}
    for index, (name, make) in enumerate(MADE.items()):
        made = make(cdk.Stack(app, f"Made{index}"))
        nodes[name] = made if isinstance(made, cdk.CfnResource) else made.node.default_child
    stack = cdk.Stack(app, "Overridden")
    for index, (name, (properties, overrides)) in enumerate(OVERRIDDEN.items()):
        node = cdk.CfnResource(stack, f"Td{index}", type=TASK_DEFINITION, properties=properties)
        for change in overrides:
            change(node)
        nodes[name] = node
    templates = rendered(app)

    def of(node: cdk.CfnResource) -> Any:
        stack = cdk.Stack.of(node)
        return templates[stack.node.path].body["Resources"][stack.resolve(node.logical_id)]  # type: ignore[index]

    return {name: (resource_of(node), of(node)) for name, node in nodes.items()}


@pytest.mark.parametrize("name", [*MADE, *OVERRIDDEN])
def test_it_is_what_the_template_says(rows: dict[str, tuple[Any, Any]], name: str) -> None:
    written, before = rows[name]
    assert before == written


CROWD = 40
KEYS = ("NetworkMode", "A", "b", "Ref", "Fn::If", "Fn::GetAtt", "0", "1", "a/b", "x.y", "constructor", "\u00e9")
DELETED = object()

scalars = st.sampled_from(["awsvpc", "", "0", 0, 1, -3, 2.5, True, False])
keys = st.sampled_from(KEYS)
values = st.recursive(
    scalars,
    lambda children: st.lists(children, max_size=3) | st.dictionaries(keys, children, max_size=3),
    max_leaves=8,
)
random_properties = st.dictionaries(keys, values, max_size=4)
steps = keys | st.sampled_from(["0", "1", "2", "4", "01", "-1"])
paths = st.lists(steps, min_size=1, max_size=4)
# None at any depth is undefined on the other side.
holey = st.recursive(
    scalars | st.none(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(keys, children, max_size=3),
    max_leaves=6,
)
deletions = st.tuples(paths, st.just(DELETED))
random_overrides = st.lists(st.tuples(paths, holey) | deletions | deletions, max_size=5)


def change(node: cdk.CfnResource, path: list[str], value: Any) -> None:
    dotted = ".".join(key.replace(".", "\\.") for key in path)
    if value is DELETED:
        node.add_property_deletion_override(dotted)
    else:
        node.add_property_override(dotted, value)


# Not shrunk: a crowd shrinks for minutes, and the message names the one case that differs.
@settings(max_examples=12, phases=[Phase.generate])
@given(st.lists(st.tuples(random_properties, random_overrides), min_size=CROWD, max_size=CROWD))
def test_random_properties_and_overrides(crowd: list[tuple[dict[str, Any], list[tuple[list[str], Any]]]]) -> None:
    with TemporaryDirectory() as outdir:
        app = make_app(Path(outdir))
        stack = cdk.Stack(app, "Stack")
        for index, (given_properties, changes) in enumerate(crowd):
            node = cdk.CfnResource(stack, f"R{index}", type=TASK_DEFINITION, properties=given_properties)
            for path, value in changes:
                change(node, path, value)
        before = rendered(app)["Stack"].body
        after = template_of(stack)
    assert before is not None
    for index, case in enumerate(crowd):
        assert before["Resources"][f"R{index}"] == after["Resources"][f"R{index}"], case


def built(app: cdk.App) -> None:
    """Build stacks of all kinds: with assets, exports, nested stacks, a synthesizer of their own, in Stages."""
    first, second = cdk.Stack(app, "First"), cdk.Stack(app, "Second", description="d", tags={"a": "b"})
    generic(second, Family=level1(first).ref)
    by_pattern(cdk.Stack(app, "Pattern"))
    outer = cdk.NestedStack(second, "Outer")
    generic(cdk.NestedStack(outer, "Inner"), Family=first.region, Other=second.node.find_child("Td").ref)  # type: ignore[attr-defined]
    legacy = cdk.Stack(app, "Legacy", synthesizer=cdk.LegacyStackSynthesizer())
    generic(cdk.NestedStack(legacy, "Nested"))
    generic(cdk.Stack(app, "Small", synthesizer=cdk.BootstraplessSynthesizer()))
    for stack in (first, second, outer):
        cdk.CfnParameter(stack, "Env", allowed_values=["dev", "prod"], default="dev")
        is_prod = cdk.CfnCondition(stack, "IsProd", expression=cdk.Fn.condition_equals(cdk.Fn.ref("Env"), "prod"))
        cdk.CfnCondition(stack, "IsDev", expression=cdk.Fn.condition_not(is_prod))
        cdk.CfnMapping(stack, "Modes", mapping={"eu": {"mode": "awsvpc"}}).set_value("us", "mode", "host")
    first.add_transform("AWS::LanguageExtensions")


@pytest.mark.parametrize("where", ["app", "Prod", "Default"])
def test_whole_templates_are_those_that_are_written(app: cdk.App, where: str) -> None:
    stage = app if where == "app" else cdk.Stage(app, where)
    built(stage)  # type: ignore[arg-type]
    templates = rendered(stage)
    stacks = stacks_in(stage)
    assert set(templates) == {stack.node.path for stack in stacks}
    assert len(stacks) == 8
    for stack in stacks:
        folder = Path(stage.outdir)
        written = json.loads((folder / stack.template_file).read_text())
        assert _without_bootstrap(templates[stack.node.path].body) == _without_bootstrap(written), stack.node.path


def _without_bootstrap(template: Any) -> Any:
    """Leave out what the stack's own synthesizer adds about itself."""
    kept = {name: dict(value) if isinstance(value, dict) else value for name, value in template.items()}
    kept.get("Parameters", {}).pop("BootstrapVersion", None)
    kept.get("Rules", {}).pop("CheckBootstrapVersion", None)
    return {name: value for name, value in kept.items() if value != {}}


@pytest.mark.parametrize("moment", ["after Aspects", "validation"])
def test_rendering_changes_nothing_that_is_written(tmp_path: Path, moment: str) -> None:
    apps = {name: make_app(tmp_path / name) for name in ("plain", "rendered")}
    for app in apps.values():
        built(app)
    app = apps["rendered"]
    if moment == "validation":
        Renders(app)
    else:
        after_aspects(app, lambda: render(stacks_in(app)))  # type: ignore[arg-type, return-value]
    for each in apps.values():
        each.synth()
    files = {name: _files(outdir_of(each)) for name, each in apps.items()}
    assert files["rendered"] == files["plain"]


def _files(folder: Path) -> dict[str, Any]:
    """Return the content of an assembly; of the metadata the entries, without their number and stack traces."""

    def plain(file: Path) -> Any:
        if not file.name.endswith(".metadata.json"):
            return file.read_bytes()
        return {
            path: {(entry["type"], json.dumps(entry.get("data"))) for entry in entries}
            for path, entries in json.loads(file.read_text()).items()
        }

    return {str(file.relative_to(folder)): plain(file) for file in folder.rglob("*") if file.is_file()}


def test_nothing_is_nothing(app: cdk.App) -> None:
    assert render([]) == []


def test_a_folder_of_its_own_is_gone_afterwards(
    app: cdk.App, stack: cdk.Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    generic(stack)
    rendered(app)
    assert not list(tmp_path.glob("ecs-guard-*"))


def test_what_the_cdk_cannot_render_raises(app: cdk.App, stack: cdk.Stack) -> None:
    generic(stack, Family=cdk.Lazy.string(Fails()))
    with pytest.raises(RuntimeError, match="no such mapping"):
        render([stack])


@jsii.implements(cdk.IStableStringProducer)
class Fails:
    def produce(self) -> str:
        raise ValueError("no such mapping")


def test_it_knows_what_a_document_needs(app: cdk.App, stack: cdk.Stack) -> None:
    nested = cdk.NestedStack(stack, "Nested")
    node = level1(nested, mode=cdk.Fn.ref("Mode"))
    cdk.CfnParameter(nested, "Mode", allowed_values=["host"])
    cdk.Validations.of(node).acknowledge(cdk.Acknowledgment(id="ecs-guard::a", reason="on it"))
    cdk.Validations.of(stack).acknowledge(cdk.Acknowledgment(id="ecs-guard::b", reason="on the stack"))
    cdk.Validations.of(app).acknowledge(cdk.Acknowledgment(id="ecs-guard::c", reason="on the app"))
    template = rendered(app)["Stack/Nested"]
    assert (template.name, template.notices) == (nested.template_file, ())
    assert list(template.declarations.parameters) == ["Mode"]
    origin = template.origin_of("Td")
    assert origin.address == "Stack/Nested/Td"
    assert {check: where.address for check, where in origin.acknowledged.items()} == {
        "a": "Stack/Nested/Td",
        "b": "Stack",
        "c": "",
    }


def test_it_costs_by_stack_and_not_by_resource(app: cdk.App) -> None:
    counts = []
    for number in (1, 40):
        stack = cdk.Stack(app, f"Stack{number}")
        for index in range(number):
            generic(stack, f"Td{index}").add_property_override("NetworkMode", "host")
        with crossings() as sent:
            render([stack])
        counts.append(len(sent))
    assert counts[0] == counts[1] < 40
