"""What the fix must never do: each row was once done by it, or to it."""

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
from aws_cdk import aws_ecs_patterns as ecs_patterns
from aws_cdk import aws_stepfunctions as sfn
from constructs import IConstruct

from ecs_guard_aspects import EcsGuard, EcsGuardFix, Network

from ..support import IMAGE, container, generic, level1, level2, make_app, permissive_fix, resource_of, template_of

SERVICE = "AWS::ECS::Service"
NETWORK = Network(("subnet-1",))
GIVEN = {"AwsvpcConfiguration": {"Subnets": ["subnet-1"], "AssignPublicIp": "DISABLED"}}
DYNAMIC = {"ContainerPort": 80, "HostPort": 0}


def serve(definition: cdk.CfnResource, stack: cdk.Stack | None = None, **properties: Any) -> cdk.CfnResource:
    scope = stack or cdk.Stack.of(definition)
    return cdk.CfnResource(scope, "Svc", type=SERVICE, properties={"TaskDefinition": definition.ref, **properties})


def refused(app: cdk.App, network: Network | None = NETWORK, **more: Any) -> list[str]:
    """Synthesize an app with a fix, and return what stood against it."""
    fix = permissive_fix(network=network, **more)
    EcsGuard().protect(app, fix=fix)
    app.synth()
    return [blocker.text for refusal in fix.refusals for blocker in refusal.blockers]


# ---- when it acts ----------------------------------------------------------------------------------------------------


@jsii.implements(cdk.IAspect)
class Watching:
    """Records that it was there, and in which mode it saw the task definition."""

    def __init__(self) -> None:
        self.seen: list[Any] = []

    def visit(self, node: IConstruct) -> None:
        if isinstance(node, ecs.CfnTaskDefinition):
            self.seen.append(node.network_mode)


def test_it_acts_after_all_aspects_and_before_references_are_made(app: cdk.App) -> None:
    net, stack = cdk.Stack(app, "Net"), cdk.Stack(app, "Stack")
    subnet = ec2.CfnSubnet(net, "Subnet", vpc_id="vpc-1")
    user = serve(level1(stack))
    watching = Watching()
    cdk.Aspects.of(app).add(watching, priority=1_000_000)
    assert refused(app, Network((subnet.ref,))) == []
    assert watching.seen == ["bridge"]
    assert resource_of(user)["Properties"]["NetworkConfiguration"]["AwsvpcConfiguration"]["Subnets"] == [
        {"Fn::ImportValue": "Net:ExportsOutputRefSubnetA9EDACB6"}
    ]


@pytest.mark.parametrize("where", ["app", "stage"])
@pytest.mark.parametrize("way", ["protect", "aspect", "dry run"])
def test_woken_early_it_fails_the_synth(app: cdk.App, where: str, way: str) -> None:
    scope = cdk.Stage(app, "Prod") if where == "stage" else app
    level2(cdk.Stack(scope, "Stack"))
    fix = permissive_fix(dry_run=way == "dry run")
    if way == "aspect":
        cdk.Aspects.of(scope).add(fix, priority=1)
    else:
        EcsGuard().protect(app, fix=fix)

    @jsii.implements(cdk.IAspect)
    class WakingThis:
        def visit(self, node: IConstruct) -> None:
            if isinstance(node, cdk.CfnResource):
                assert scope.node.dependencies == []

    cdk.Aspects.of(scope).add(WakingThis(), priority=500)
    with pytest.raises(RuntimeError, match="before all Aspects had run"):
        app.synth()


def test_stages_in_stages_and_more_than_one_synth_are_not_taken_for_that(app: cdk.App) -> None:
    stage = cdk.Stage(cdk.Stage(app, "Prod"), "Eu")
    node = level1(cdk.Stack(stage, "Stack"))
    EcsGuard().protect(app, fix=permissive_fix())
    for _ in range(3):
        app.synth(force=True)
    assert resource_of(node)["Properties"]["NetworkMode"] == "awsvpc"


@jsii.implements(cdk.IAspect)
class Late:
    """Adds, last of all, a dynamic port and something that runs the task."""

    def visit(self, node: IConstruct) -> None:
        scope = node.node.scope
        if isinstance(node, ecs.CfnTaskDefinition) and isinstance(scope, ecs.Ec2TaskDefinition):
            web: Any = scope.default_container
            if not web.port_mappings:
                web.add_port_mappings(ecs.PortMapping(container_port=80, host_port=0))
                serve(node, cdk.Stack.of(node))


def test_what_comes_late_is_mended_too(app: cdk.App, stack: cdk.Stack) -> None:
    definition = level2(stack)
    cdk.Aspects.of(app).add(Late(), priority=999_999)
    assert refused(app) == []
    (mapping,) = resource_of(definition)["Properties"]["ContainerDefinitions"][0]["PortMappings"]
    assert "HostPort" not in mapping
    assert resource_of(stack.node.find_child("Svc"))["Properties"]["NetworkConfiguration"] == GIVEN


# ---- raw overrides ---------------------------------------------------------------------------------------------------


def ec2_task(stack: cdk.Stack) -> Any:
    definition = level2(stack)
    web: Any = definition.default_container
    web.add_port_mappings(ecs.PortMapping(container_port=80, host_port=0))
    return definition.node.default_child


WHOLE = [{"Name": "own", "Image": "own", "PortMappings": [DYNAMIC]}]
# a raw override, and where it is found in the way; None where it is not
OVERRIDES: dict[str, tuple[str, Any, str | None]] = {
    "the list": ("ContainerDefinitions", WHOLE, "ContainerDefinitions"),
    "a list inside": ("ContainerDefinitions.0.PortMappings", [DYNAMIC, DYNAMIC | {"Protocol": "udp"}], "ContainerDefi"),
    "by index": ("ContainerDefinitions.0.Cpu", 7, "ContainerDefinitions"),
    "beside": ("Family", "own", None),
}


@pytest.mark.parametrize("name", OVERRIDES)
def test_a_raw_override_of_a_list_is_never_lost(app: cdk.App, stack: cdk.Stack, name: str) -> None:
    path, value, place = OVERRIDES[name]
    node = ec2_task(stack)
    node.add_property_override(path, value)
    found = refused(app)
    written = resource_of(node)["Properties"]
    for key in path.split("."):
        written = written[int(key)] if key.isdecimal() else written[key]
    assert written == value
    if place is None:
        assert found == []
    else:
        text = found[0]
        assert f"Stack/Td/Resource has a raw override at {place}" in text


def test_targets_of_a_rule_are_never_lost(app: cdk.App, stack: cdk.Stack) -> None:
    definition = level1(stack)
    rule = cdk.CfnResource(stack, "Rule", type="AWS::Events::Rule", properties={"Targets": []})
    target = {"Id": "t", "Arn": "arn:c", "EcsParameters": {"TaskDefinitionArn": {"Ref": "Td"}}}
    rule.add_property_override("Targets", [{"Id": "a", "Arn": "arn:a"}, target])
    (text,) = refused(app)
    assert text.startswith("Stack/Rule has a raw override at Targets")
    assert resource_of(rule)["Properties"]["Targets"][1] == target
    assert resource_of(definition)["Properties"]["NetworkMode"] == "bridge"


class Forgetful(cdk.CfnResource):
    """A resource that sets something else than it was told."""

    def add_property_override(self, property_path: str, value: Any) -> None:
        super().add_property_override("Cpu", "1")
        super().add_property_override(property_path, value)


def test_what_did_not_come_out_as_planned_fails_the_synth(app: cdk.App, stack: cdk.Stack) -> None:
    properties = {"ContainerDefinitions": [container()]}
    Forgetful(stack, "Td", type="AWS::ECS::TaskDefinition", properties=properties)
    EcsGuard().protect(app, fix=permissive_fix())
    with pytest.raises(RuntimeError, match="Stack/Td, and the change did not have the planned effect"):
        app.synth()


# ---- the network -----------------------------------------------------------------------------------------------------

FORMS: dict[str, Callable[[Any], tuple[str, ...]]] = {
    "string": lambda subnet: (subnet.ref,),
    "select": lambda subnet: (cdk.Fn.select(0, [subnet.ref, "x"]),),
    "list token": lambda subnet: tuple(cdk.Token.as_list({"Fn::Split": [",", subnet.ref]})),
    "in a longer string": lambda subnet: (f"{subnet.ref}",),
    "in a lazy": lambda subnet: (cdk.Fn.join("", [subnet.ref]),),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_network_of_another_stage_is_refused_in_any_form(app: cdk.App, form: str) -> None:
    subnet = ec2.CfnSubnet(cdk.Stack(app, "Net"), "Subnet", vpc_id="vpc-1")
    user = serve(level1(cdk.Stack(cdk.Stage(app, "Prod"), "Stack")))
    found = refused(app, Network(FORMS[form](subnet)))
    assert found == ["Prod/Stack/Svc would be given Net/Subnet, which belongs to another Stage or the app"]
    assert "NetworkConfiguration" not in resource_of(user)["Properties"]


def test_a_network_of_another_region_is_refused(app: cdk.App) -> None:
    account = "111122223333"
    net = cdk.Stack(app, "Net", env=cdk.Environment(account=account, region="eu-west-1"))
    stack = cdk.Stack(app, "Stack", env=cdk.Environment(account=account, region="us-east-1"))
    serve(level1(stack))
    (text,) = refused(app, Network((ec2.CfnSubnet(net, "Subnet", vpc_id="vpc-1").ref,)))
    where = f"which is in aws://{account}/eu-west-1, and it is in aws://{account}/us-east-1"
    assert text == f"Stack/Svc would be given Net/Subnet, {where}"


@pytest.mark.parametrize(("regions", "is_refused"), [(("eu-west-1", "us-east-1"), True), (("a", "a"), False)])
@pytest.mark.parametrize("in_stages", [False, True])
def test_literal_subnets_are_of_one_environment(
    app: cdk.App, regions: tuple[str, str], is_refused: bool, in_stages: bool
) -> None:
    users = []
    for index, region in enumerate(regions):
        scope = cdk.Stage(app, f"Stage{index}") if in_stages else app
        env = cdk.Environment(account="111122223333", region=region)
        users.append(serve(level1(cdk.Stack(scope, f"Stack{index}", env=env))))
    found = refused(app)
    assert len(found) == (2 if is_refused else 0)
    assert all("a network that is not of the app" in text for text in found)
    assert all(("NetworkConfiguration" in resource_of(user)["Properties"]) is not is_refused for user in users)


def by_reference(net: cdk.Stack, stack: cdk.Stack) -> None:
    topic = cdk.CfnResource(stack, "Topic", type="AWS::SNS::Topic")
    cdk.CfnResource(net, "Sub", type="AWS::SNS::Subscription", properties={"TopicArn": topic.ref})


def by_an_id_that_both_have(net: cdk.Stack, stack: cdk.Stack) -> None:
    cdk.CfnResource(net, "Topic", type="AWS::SNS::Topic")
    by_reference(net, stack)


def by_a_third(net: cdk.Stack, stack: cdk.Stack) -> None:
    third = cdk.Stack(net.node.root, "Third")
    net.add_dependency(third)
    by_reference(third, stack)


# why the stack of the subnets waits for that of the service
WAITING: dict[str, Callable[[cdk.Stack, cdk.Stack], None]] = {
    "reference": by_reference,
    "reference to an id that both have": by_an_id_that_both_have,
    "a third stack": by_a_third,
    "stack dependency": lambda net, stack: net.add_dependency(stack),
    "construct dependency": lambda net, stack: net.node.add_dependency(stack.node.find_child("Td")),
}


@pytest.mark.parametrize("name", WAITING)
def test_a_network_whose_stack_waits_for_the_service_is_refused(app: cdk.App, name: str) -> None:
    net, stack = cdk.Stack(app, "Net"), cdk.Stack(app, "Stack")
    subnet = ec2.CfnSubnet(net, "Subnet", vpc_id="vpc-1")
    serve(level1(stack))
    WAITING[name](net, stack)
    found = refused(app, Network((subnet.ref,)))
    assert found == ["Stack/Svc would be given Net/Subnet, which depends on it or its stack"]


def test_stacks_of_one_class_do_not_wait_for_each_other(app: cdk.App) -> None:
    for name in ("Dev", "Prod"):
        stack = cdk.Stack(app, name)
        definition = level1(stack)
        subnet = ec2.CfnSubnet(stack, "Subnet", vpc_id=ec2.CfnVPC(stack, "Vpc", cidr_block="10.0.0.0/16").ref)
        serve(definition)
        EcsGuard().protect(stack, fix=permissive_fix(network=Network((subnet.ref,))))
    app.synth()
    for name in ("Dev", "Prod"):
        resources = template_of(app.node.find_child(name))["Resources"]  # type: ignore[arg-type]
        assert resources["Svc"]["Properties"]["NetworkConfiguration"]["AwsvpcConfiguration"]["Subnets"] == [
            {"Ref": "Subnet"}
        ]


# why a security group waits for the service it would be given to
GROUPS: dict[str, Callable[[cdk.CfnResource, ec2.CfnSecurityGroup], Any]] = {
    "attribute": lambda user, group: setattr(group, "group_description", user.get_att("Name").to_string()),
    "DependsOn": lambda user, group: group.add_dependency(user),
    "construct dependency": lambda user, group: group.node.add_dependency(user),
}


@pytest.mark.parametrize("name", GROUPS)
def test_a_security_group_that_waits_for_the_service_is_refused(app: cdk.App, stack: cdk.Stack, name: str) -> None:
    user = serve(level1(stack))
    group = ec2.CfnSecurityGroup(stack, "Group", group_description="g")
    GROUPS[name](user, group)
    (text,) = refused(app, Network(("subnet-1",), (group.attr_group_id,)))
    assert text == "Stack/Svc would be given Stack/Group, which depends on it or its stack"


@pytest.mark.parametrize("nested", ["service", "subnet"])
def test_nested_stacks_wait_as_a_whole(app: cdk.App, stack: cdk.Stack, nested: str) -> None:
    inner = cdk.NestedStack(stack, "Nested")
    subnet = ec2.CfnSubnet(inner if nested == "subnet" else stack, "Subnet", vpc_id="vpc-1")
    user = serve(level1(inner if nested == "service" else stack))
    if nested == "subnet":
        cdk.CfnOutput(inner, "Out", value=user.ref)
        cdk.CfnResource(inner, "Alarm", type="AWS::CloudWatch::Alarm", properties={"AlarmName": user.ref})
    else:
        subnet.add_property_override("Tags", [{"Key": "k", "Value": user.ref}])
    (text,) = refused(app, Network((subnet.ref,)))
    assert text.endswith("which depends on it or its stack")


@pytest.mark.parametrize("how", ["flag", "tag"])
def test_public_subnets_are_refused(app: cdk.App, stack: cdk.Stack, how: str) -> None:
    tag = cdk.CfnTag(key="aws-cdk:subnet-type", value="Public")
    more: Any = {"map_public_ip_on_launch": True} if how == "flag" else {"tags": [tag]}
    subnet = ec2.CfnSubnet(stack, "Subnet", vpc_id="vpc-1", **more)
    serve(level1(stack))
    (text,) = refused(app, Network((subnet.ref,)))
    assert text.startswith("subnet Stack/Subnet is public: ")


@pytest.mark.parametrize(
    ("public", "address", "is_refused"), [(2, "DISABLED", True), (1, "DISABLED", False), (2, "ENABLED", False)]
)
def test_a_service_of_public_subnets_only_is_refused(
    app: cdk.App, stack: cdk.Stack, public: int, address: str, is_refused: bool
) -> None:
    subnets = [ec2.CfnSubnet(stack, f"S{n}", vpc_id="vpc-1", map_public_ip_on_launch=n < public).ref for n in range(2)]
    own = {"AwsvpcConfiguration": {"Subnets": subnets, "AssignPublicIp": address}}
    serve(level1(stack), NetworkConfiguration=own, LaunchType="FARGATE")
    assert bool(refused(app)) is is_refused


def test_an_id_that_is_not_there_is_refused(app: cdk.App, stack: cdk.Stack) -> None:
    serve(level1(stack))
    assert refused(app, Network((cdk.Fn.ref("Elsewhere"),))) == [
        "Stack/Svc would be given Elsewhere, which is not in its stack"
    ]


# ---- other Stages ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("A", {"type": SERVICE, "properties": {"TaskDefinition": "fam:3"}}),
        ("Z", {"type": SERVICE, "properties": {"TaskDefinition": "fam:3"}}),
        ("Z", {"type": "Custom::Run", "properties": {"run": "task-definition/fam"}}),
    ],
)
def test_a_family_that_another_stage_names_is_refused(app: cdk.App, name: str, told: Any) -> None:
    stages = {each: cdk.Stage(app, each) for each in sorted([name, "Prod"])}
    node = level1(cdk.Stack(stages["Prod"], "Stack"), family="fam")
    cdk.CfnResource(cdk.Stack(stages[name], "Stack"), "Svc", **told)
    (text,) = refused(app)
    assert text.startswith(f"{name}/Stack/Svc, which is in another Stage, names its family at ")
    assert resource_of(node)["Properties"]["NetworkMode"] == "bridge"


def test_of_another_account_it_is_another_family(app: cdk.App) -> None:
    for name, account in (("A", "1" * 12), ("B", "2" * 12)):
        env = cdk.Environment(account=account, region="eu-west-1")
        stack = cdk.Stack(cdk.Stage(app, name), "Stack", env=env)
        if name == "A":
            level1(stack, family="fam")
        else:
            cdk.CfnResource(stack, "Svc", type=SERVICE, properties={"TaskDefinition": "fam"})
    assert refused(app) == []


@jsii.implements(cdk.IStringProducer)
class Fam:
    def produce(self, context: cdk.IResolveContext) -> str:
        return "fam"


def test_what_only_shows_later_fails_the_synth(app: cdk.App) -> None:
    stages = {each: cdk.Stage(app, each) for each in ("Prod", "Z")}
    level1(cdk.Stack(stages["Prod"], "Stack"), family="fam")
    properties = {"TaskDefinition": cdk.Lazy.uncached_string(Fam())}
    cdk.CfnResource(cdk.Stack(stages["Z"], "Stack"), "Svc", type=SERVICE, properties=properties)
    EcsGuard().protect(app, fix=permissive_fix(network=NETWORK))
    with pytest.raises(RuntimeError, match="Z/Stack/Svc, which is in another Stage, names its family"):
        app.synth()


# ---- addresses -------------------------------------------------------------------------------------------------------

LOST = "of its instance, and no load balancer or registry of the app leads there: under awsvpc that address is gone"
AT_PORT = f"container web is reached at 80/tcp {LOST}"
AT_ANY_PORT = "container web is in host mode and maps no port"
# mode, port mapping, the beginning of what is lost
ADDRESSES: list[tuple[str, dict[str, Any] | None, str]] = [
    ("host", {"ContainerPort": 80}, AT_PORT),
    ("host", None, AT_ANY_PORT),
    ("bridge", {"ContainerPort": 80, "HostPort": 80}, AT_PORT),
    ("bridge", {"ContainerPort": 80, "HostPort": 0}, ""),
    ("bridge", {"ContainerPort": 80}, ""),
]


@pytest.mark.parametrize("allowed", [False, True])
@pytest.mark.parametrize(("mode", "mapping", "lost"), ADDRESSES)
def test_an_address_is_not_taken_unsaid(
    app: cdk.App, stack: cdk.Stack, mode: str, mapping: Any, lost: str, allowed: bool
) -> None:
    web = container(PortMappings=[mapping] if mapping else [])
    node = generic(stack, mode=mode, ContainerDefinitions=[web])
    found = refused(app, may_change_addresses=allowed)
    assert [text[: len(lost)] for text in found] == ([lost] if lost and not allowed else [])
    assert resource_of(node)["Properties"]["NetworkMode"] == (mode if found else "awsvpc")


LEADS: dict[str, tuple[dict[str, Any], bool]] = {
    "load balancer": ({"LoadBalancers": [{"ContainerName": "web", "ContainerPort": 80}]}, True),
    "load balancer of another port": ({"LoadBalancers": [{"ContainerName": "web", "ContainerPort": 81}]}, False),
    "load balancer of another container": ({"LoadBalancers": [{"ContainerName": "x", "ContainerPort": 80}]}, False),
    "registry": (
        {"ServiceRegistries": [{"RegistryArn": "arn:r", "ContainerName": "web", "ContainerPort": 80}]},
        True,
    ),
    "Service Connect": ({"ServiceConnectConfiguration": {"Services": [{"PortName": "http"}]}}, True),
    "nothing": ({}, False),
}


@pytest.mark.parametrize("name", LEADS)
def test_what_leads_to_a_task_finds_it_again(app: cdk.App, stack: cdk.Stack, name: str) -> None:
    properties, leads = LEADS[name]
    web = container(PortMappings=[{"ContainerPort": 80, "HostPort": 80, "Name": "http"}])
    serve(generic(stack, ContainerDefinitions=[web]), **properties)
    assert (AT_PORT in refused(app, may_change_addresses=False)) is not leads


# ---- what is said ----------------------------------------------------------------------------------------------------


def pattern(stack: cdk.Stack) -> None:
    cluster = ecs.Cluster(stack, "Cluster", vpc=ec2.Vpc(stack, "Vpc", max_azs=2))
    cluster.add_capacity("Instances", instance_type=ec2.InstanceType("t3.small"))
    options = ecs_patterns.ApplicationLoadBalancedTaskImageOptions(image=IMAGE)
    ecs_patterns.ApplicationLoadBalancedEc2Service(
        stack, "Api", cluster=cluster, memory_limit_mib=256, task_image_options=options, min_healthy_percent=50
    )


def linked(definition: ecs.Ec2TaskDefinition) -> None:
    other = definition.add_container("other", image=IMAGE, memory_limit_mib=64)
    other.add_link(definition.default_container)  # type: ignore[arg-type]


def host_mode_behind_load_balancer(stack: cdk.Stack) -> None:
    definition = ecs.Ec2TaskDefinition(stack, "Task", network_mode=ecs.NetworkMode.HOST)
    port = ecs.PortMapping(container_port=80)
    web = definition.add_container("web", image=IMAGE, memory_limit_mib=64, port_mappings=[port])
    group = cdk.CfnResource(stack, "Group", type="AWS::ElasticLoadBalancingV2::TargetGroup", properties={})
    balancer = {"TargetGroupArn": group.ref, "ContainerName": web.container_name, "ContainerPort": 80}
    serve(definition.node.default_child, LoadBalancers=[balancer])  # type: ignore[arg-type]


ACKNOWLEDGMENT = 'cdk.Acknowledgment(id="ecs-guard::awsvpc-network-mode", reason="...")'
CHANGES: dict[str, tuple[Callable[[cdk.Stack], Any], str]] = {
    "links": (lambda stack: linked(level2(stack, "Worker")), ""),  # no line alone would do it
    "hostname": (lambda stack: generic(stack, "Worker", ContainerDefinitions=[container(Hostname="h")]), ""),
    "daemon": (lambda stack: serve(level1(stack), SchedulingStrategy="DAEMON"), ""),
    "pattern": (pattern, "EcsGuard().protect(app, defaults=True)  # if the code names no network_mode"),
    "a mode that is named": (host_mode_behind_load_balancer, ""),
    "no network on purpose": (
        lambda stack: generic(stack, "Worker", mode="none"),
        f'cdk.Validations.of(scope.node.find_child("Worker")).acknowledge({ACKNOWLEDGMENT})',
    ),
    "address": (
        lambda stack: generic(
            stack, mode="host", ContainerDefinitions=[container(PortMappings=[{"ContainerPort": 1}])]
        ),
        "EcsGuardFix(may_change_addresses=True)  # if nothing uses the address of its instance",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_refusal_ends_with_the_change_in_code(app: cdk.App, stack: cdk.Stack, name: str) -> None:
    build, line = CHANGES[name]
    build(stack)
    fix = EcsGuardFix(network=NETWORK, run_elsewhere=True)
    guard = EcsGuard().protect(app, fix=fix)
    app.synth()
    (refusal,) = fix.refusals
    assert refusal.code == line
    notes = [note for finding in guard.findings for note in finding.notes if note.startswith("Not fixed: ")]
    assert [note.partition("In code: ")[2] for note in notes] == [line]


# ---- once more -------------------------------------------------------------------------------------------------------


def test_a_second_fix_changes_nothing_and_the_gate_agrees_twice(tmp_path: Path) -> None:
    for round_ in ("one", "two"):
        app = make_app(tmp_path / round_)
        stack = cdk.Stack(app, "Stack")
        node = ec2_task(stack)
        serve(node)
        first = permissive_fix(network=NETWORK)
        guard = EcsGuard().protect(app, fix=first)
        app.synth()
        before = json.dumps(template_of(stack))
        second = permissive_fix(network=NETWORK)
        cdk.Aspects.of(app).add(second)
        app.synth(force=True)
        assert json.dumps(template_of(stack)) == before
        assert len(first.changes) == 3
        assert second.changes == ()
        assert guard.findings == ()


# ---- state machines in files -----------------------------------------------------------------------------------------

UNSAFE = "state machine Stack/Machine/Resource runs it without a NetworkConfiguration"
AWSVPC = {"AwsvpcConfiguration": {"Subnets": ["subnet-1"]}}


@pytest.mark.parametrize(
    ("parameters", "reasons"),
    [
        ({"TaskDefinition": "shop"}, [UNSAFE]),
        ({"TaskDefinition": "${Task}"}, [UNSAFE]),
        ({"TaskDefinition": "${Task}", "NetworkConfiguration": AWSVPC}, []),
        ({"TaskDefinition": "billing"}, []),
    ],
)
@pytest.mark.parametrize("suffix", ["json", "yaml"])
def test_a_state_machine_in_a_file_is_read(
    parameters: Any, reasons: list[str], suffix: str, app: cdk.App, stack: cdk.Stack, tmp_path: Path
) -> None:
    definition = level1(stack, family="shop")
    serve(definition)
    state = {"Type": "Task", "Resource": "arn:aws:states:::ecs:runTask", "Parameters": parameters, "End": True}
    file = tmp_path / f"run.asl.{suffix}"
    file.write_text(json.dumps({"StartAt": "Run", "States": {"Run": state}}), encoding="utf-8")
    body = sfn.DefinitionBody.from_file(str(file))
    names = {"Task": definition.ref} if parameters["TaskDefinition"] == "${Task}" else None
    sfn.StateMachine(stack, "Machine", definition_body=body, definition_substitutions=names)
    assert refused(app) == reasons
