"""``read`` is what the template will say; ``survey`` costs the same however many there are."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_ecs_patterns as patterns
from aws_cdk.assertions import Match
from aws_cdk.cloudformation_include import CfnInclude
from constructs import Construct

from ecs_guard_aspects import EcsGuard
from ecs_guard_aspects.admission.overrides import OverridesUnreadableError
from ecs_guard_aspects.admission.reading import (
    Rendered,
    is_task_definition,
    locate,
    read,
    select_task_definitions,
    stack_paths,
    survey,
    template_of,
)
from ecs_guard_aspects.policy import Template

from .support import IMAGE, TASK_DEFINITION, container, crossings, generic, level1, level2, make_app, resource_of
from .support import template_of as written_template_of

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
    "other attributes": (BASE, [override("DeletionPolicy", "Retain"), override("Metadata.a", {"b": 1})]),
}


@pytest.fixture(scope="module")
def readings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Any, Rendered]]:
    """What is written and what was read, of every row, out of one synth."""
    app = make_app(tmp_path_factory.mktemp("reading"))
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
    before = {name: _read(node) for name, node in nodes.items()}
    app.synth()
    return {name: (resource_of(node), before[name], _read(node)) for name, node in nodes.items()}  # type: ignore[misc]


def _read(node: cdk.CfnResource) -> Any:
    try:
        return read(node)
    except Exception as error:  # noqa: BLE001 - one row that cannot be read must not hide the others
        return error


@pytest.mark.parametrize("name", [*MADE, *OVERRIDDEN])
def test_read_is_what_the_template_says(readings: dict[str, Any], name: str) -> None:
    resource, before, after = readings[name]
    expected = Rendered(resource["Type"], resource.get("Properties"), resource.get("Condition"))
    assert after == expected
    # Tags are an Aspect.
    assert before == expected or name == "L1 tagged from above"


@pytest.mark.parametrize(
    ("make", "override_of"),
    [(level1, lambda node: node), (level2, lambda definition: definition.node.default_child), (fargate, None)],
    ids=["L1", "L2", "Fargate"],
)
def test_overrides_of_typed_resources(stack: cdk.Stack, make: Builder, override_of: Builder | None) -> None:
    made = make(stack)
    node = made if override_of is None else override_of(made)
    node = node if isinstance(node, cdk.CfnResource) else node.node.default_child
    node.add_property_override("ContainerDefinitions.0.User", "0")
    node.add_property_deletion_override("NetworkMode")
    node.add_property_override("ContainerDefinitions.1", {"Name": "second", "Image": cdk.Aws.REGION})
    before = read(node)
    stack.node.root.synth()  # type: ignore[attr-defined]

    assert before.properties == resource_of(node)["Properties"]
    assert before.properties["ContainerDefinitions"][0]["User"] == "0"
    assert "NetworkMode" not in before.properties


def test_overrides_in_many_steps_are_one(stack: cdk.Stack) -> None:
    node = generic(stack)
    for index in range(40):
        node.add_property_override(f"ContainerDefinitions.{index % 7}.Environment.{index}.Name", f"E{index}")
        node.add_property_deletion_override(f"ContainerDefinitions.{(index * 3) % 7}.Environment.{index - 5}")
    before = read(node)
    stack.node.root.synth()  # type: ignore[attr-defined]
    assert before.properties == resource_of(node)["Properties"]


def test_a_token_for_a_key_is_refused(stack: cdk.Stack) -> None:
    node = generic(stack)
    key = cdk.Lazy.string(LateText("A"))
    node.add_property_override(f"{key.replace('.', chr(92) + '.')}.b", 1)
    with pytest.raises(OverridesUnreadableError, match="Token"):
        read(node)


class TestThePrivateFields:
    """The CDK keeps these under the names we use. A new version that renames one fails here, and at the gate."""

    def test_raw_overrides(self, stack: cdk.Stack) -> None:
        node = generic(stack)
        node.add_property_override("A.b", 1)
        assert not Match.object_like({"rawOverrides": {"Properties": {"A": {"b": 1}}}}).test(node).has_failed()

    def test_cfn_properties(self, stack: cdk.Stack) -> None:
        shape = {"cfnResourceType": TASK_DEFINITION, "cfnProperties": {"networkMode": "bridge"}}
        assert not Match.object_like(shape).test(level1(stack)).has_failed()

    def test_mapping(self, stack: cdk.Stack) -> None:
        mapping = cdk.CfnMapping(stack, "M", mapping={"a": {"b": "c"}})
        assert not Match.object_like({"mapping": {"a": {"b": "c"}}}).test(mapping).has_failed()

    @pytest.mark.parametrize(
        ("field", "reader"),
        [
            ("rawOverrides", lambda node: read(node)),
            ("cfnProperties", lambda node: survey([node])),
            ("templateFile", lambda node: locate([node])),
            ("stack", lambda node: stack_paths([node])),
        ],
    )
    def test_a_renamed_field_is_an_error(
        self, monkeypatch: pytest.MonkeyPatch, stack: cdk.Stack, field: str, reader: Builder
    ) -> None:
        node = generic(stack)
        original = Match.object_like

        def renamed(pattern: Any) -> Any:
            def rename(value: Any) -> Any:
                if isinstance(value, dict):
                    return {"renamed" if key == field else key: rename(item) for key, item in value.items()}
                return value

            return original(rename(pattern))

        monkeypatch.setattr(Match, "object_like", renamed)
        with pytest.raises((RuntimeError, OverridesUnreadableError)):
            reader(node)


class TestSurvey:
    def test_the_number_of_crossings_is_fixed(self, app: cdk.App) -> None:
        counts = []
        for number in (2, 40):
            stack = cdk.Stack(app, f"Stack{number}")
            for index in range(number):
                generic(stack, f"Td{index}").add_property_override("NetworkMode", "host")
            nodes = select_task_definitions(stack)
            with crossings() as sent:
                survey(nodes)
            counts.append(len(sent))
        assert counts[0] == counts[1] < 40

    def test_what_it_says(self, stack: cdk.Stack) -> None:
        nested = cdk.NestedStack(stack, "Nested")
        level1(nested, network_mode=cdk.Fn.ref("Mode"))
        (estimate,) = survey(select_task_definitions(stack))
        place = estimate.place
        assert (place.path, place.stack_path) == ("Stack/Nested/Td", "Stack/Nested")
        assert place.template_file == nested.template_file
        assert (estimate.type, estimate.logical_id) == (TASK_DEFINITION, "Td")
        assert estimate.properties["NetworkMode"] == {"Ref": "Mode"}
        assert estimate.properties["ContainerDefinitions"][0]["Name"] == "web"

    def test_overrides_show(self, stack: cdk.Stack) -> None:
        node = generic(stack)
        node.add_property_override("ContainerDefinitions.0.User", "0")
        (estimate,) = survey([node])
        assert estimate.properties["ContainerDefinitions"][0]["User"] == "0"

    def test_nothing_is_nothing(self) -> None:
        assert locate([]) == survey([]) == stack_paths([]) == []


class TestWhatIsATaskDefinition:
    def test_it_costs_nothing_to_see_what_is_none(self, stack: cdk.Stack) -> None:
        others: list[Any] = [
            stack,
            Construct(stack, "Construct"),
            ec2.CfnVPC(stack, "Vpc", cidr_block="10.0.0.0/16"),
            ecs.CfnService(stack, "Service"),
            cdk.CfnParameter(stack, "Parameter"),
            level2(stack),
        ]
        guard = EcsGuard()
        with crossings() as sent:
            for node in others:
                guard.visit(node)
                assert not is_task_definition(node)
        assert sent == []

    def test_a_generic_resource_is_asked_for_its_type_once(self, stack: cdk.Stack) -> None:
        topic = cdk.CfnResource(stack, "Topic", type="AWS::SNS::Topic")
        with crossings() as sent:
            EcsGuard().visit(topic)
        assert len(sent) == 1

    def test_selection(self, app: cdk.App, stack: cdk.Stack) -> None:
        inner = cdk.Stack(cdk.Stage(app, "Stage"), "Inner")
        made = [generic(stack), level1(inner), level2(cdk.NestedStack(stack, "Nested")).node.default_child]
        cdk.CfnResource(stack, "Topic", type="AWS::SNS::Topic")
        paths = {node.node.path for node in select_task_definitions(app)}
        assert paths == {node.node.path for node in made}  # type: ignore[union-attr]
        assert all(is_task_definition(node) for node in select_task_definitions(app))


def test_what_expressions_refer_to_is_what_is_written(stack: cdk.Stack) -> None:
    cdk.CfnParameter(stack, "Env", allowed_values=["dev", "prod"], default="dev")
    cdk.CfnParameter(stack, "Size", type="Number", default=3)
    cdk.CfnParameter(stack, "Names", type="CommaDelimitedList", default="a,b")
    cdk.CfnParameter(stack, "Late", type="AWS::SSM::Parameter::Value<String>", default="/a/b")
    cdk.CfnParameter(stack, "Open")
    cdk.CfnParameter(cdk.NestedStack(stack, "Nested"), "Inner")
    is_prod = cdk.CfnCondition(stack, "IsProd", expression=cdk.Fn.condition_equals(cdk.Fn.ref("Env"), "prod"))
    cdk.CfnCondition(stack, "IsDev", expression=cdk.Fn.condition_not(is_prod))
    modes = cdk.CfnMapping(stack, "Modes", mapping={"eu-west-1": {"mode": "awsvpc"}})
    modes.set_value("us-east-1", "mode", "host")
    included(cdk.Stack(stack, "Other"), condition=True)

    before = template_of(stack)
    stack.node.root.synth()  # type: ignore[attr-defined]
    expected = Template.of(written_template_of(stack))

    assert set(before.parameters) == {"Env", "Size", "Names", "Late", "Open"}
    assert before.parameters == {name: expected.parameters[name] for name in before.parameters}
    assert before.conditions == expected.conditions
    assert before.mappings == expected.mappings
    other = template_of(cdk.Stack.of(stack.node.find_child("Other")))
    assert ({"Env"} <= set(other.parameters), set(other.conditions)) == (True, {"IsProd"})
