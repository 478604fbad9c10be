"""Random task definitions and consumers: after a fix every limit of AWS holds, and a refusal changes nothing.

The limits are stated here a second time, over plain values and by other means: each definition is judged in the two
worlds its expressions can make, dev and prod.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ecs_guard_aspects.cloudformation.declarations import Declarations
from ecs_guard_aspects.model.resource import TASK_DEFINITION
from ecs_guard_aspects.policy import Enforcement, Policy, Profile, evaluate
from ecs_guard_aspects.remediation import Consumer, Plan, Resource, apply

from .support import NETWORK, NO_VALUE, REFERENCE, TEMPLATE, Status, if_prod, plan, resource, status_of

AWSVPC = Policy(Profile.DATADOG, enforcement={"host-mode-root-user": Enforcement.OFF})
WORLDS = ("dev", "prod")

# ---- what is generated -----------------------------------------------------------------------------------------------


def forked(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Mostly a plain value; sometimes one that differs between dev and prod."""
    expression = st.builds(if_prod, values | st.just(NO_VALUE), values | st.just(NO_VALUE))
    return st.integers(0, 11).flatmap(lambda roll: expression if roll == 11 else values)


def rarely(value: Any, once_in: int = 40) -> st.SearchStrategy[Any]:
    return forked(st.integers(1, once_in).map(lambda roll: value if roll == once_in else NO_VALUE))


def record(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A map; what is absent is mostly left out, sometimes written as NoValue."""

    def without(values: tuple[dict[str, Any], bool]) -> dict[str, Any]:
        properties, keep = values
        return properties if keep else {key: value for key, value in properties.items() if value != NO_VALUE}

    return st.tuples(st.fixed_dictionaries(fields), st.integers(0, 3).map(lambda roll: roll == 0)).map(without)


def mappings_of(port: int) -> st.SearchStrategy[dict[str, Any]]:
    own = st.sampled_from([port, str(port)])
    ports = st.integers(0, 9).flatmap(lambda roll: own if roll < 9 else st.sampled_from([80, 81]))
    host_ports = st.sampled_from([NO_VALUE, NO_VALUE, 0, "0", port, str(port)])
    protocols = st.sampled_from([NO_VALUE, NO_VALUE, "tcp", "udp"])
    one = record(ContainerPort=forked(ports), HostPort=forked(host_ports | rarely(8080)), Protocol=forked(protocols))
    some = st.just({"ContainerPortRange": f"{port}-{port + 2}"})
    return st.integers(0, 5).flatmap(lambda roll: some if roll == 5 else one)


# Hypothesis takes longer to make a strategy than to draw from it, so each is made once.
MAPPINGS = st.sampled_from([mappings_of(port) for port in range(80, 91)]).flatmap(lambda mapping: mapping)


CONTROLS = st.lists(record(Namespace=st.sampled_from(["net.a", "kernel.b"]), Value=st.sampled_from("12")), max_size=1)
CONTAINERS = st.builds(
    lambda name, properties: {"Name": name, **properties},
    st.sampled_from("abc"),
    record(
        Links=rarely(["b"]),
        Hostname=rarely("h"),
        ExtraHosts=rarely([{"Hostname": "h", "IpAddress": "10.0.0.1"}]),
        DnsServers=rarely(["10.0.0.2"]),
        DnsSearchDomains=rarely(["a.b"]),
        DisableNetworking=rarely("true"),
        PortMappings=forked(st.lists(MAPPINGS, max_size=2)),
        SystemControls=st.just(NO_VALUE) | st.just(NO_VALUE) | CONTROLS,
        User=forked(st.sampled_from([NO_VALUE, "0", "root", "1000"])),
        Privileged=rarely(True, 5),
    ),
)
TASK_DEFINITIONS = record(
    NetworkMode=forked(st.sampled_from([NO_VALUE, "bridge", "bridge", "host", "host", "awsvpc", "none"])),
    RequiresCompatibilities=st.sampled_from([NO_VALUE, ["EC2"], ["EC2", "FARGATE"]]) | rarely(["EXTERNAL"], 5),
    RuntimePlatform=rarely({"OperatingSystemFamily": "WINDOWS_SERVER_2016_FULL"}, 5)
    | rarely({"OperatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}, 5),
    ContainerDefinitions=forked(st.lists(CONTAINERS, min_size=1, max_size=2, unique_by=lambda c: str(c["Name"]))),
)

KINDS = {
    "AWS::ECS::Service": ("TaskDefinition", "AwsvpcConfiguration"),
    "AWS::ECS::TaskSet": ("TaskDefinition", "AwsVpcConfiguration"),
    "AWS::Events::Rule": ("Targets.0.EcsParameters.TaskDefinitionArn", "AwsVpcConfiguration"),
    "AWS::Scheduler::Schedule": ("Target.EcsParameters.TaskDefinitionArn", "AwsvpcConfiguration"),
    "AWS::Pipes::Pipe": ("TargetParameters.EcsTaskParameters.TaskDefinitionArn", "AwsvpcConfiguration"),
}


def starts_of(key: str) -> st.SearchStrategy[dict[str, Any]]:
    networks = st.sampled_from([NO_VALUE, NO_VALUE, {key: {"Subnets": ["s"]}}, {key: {"Subnets": []}}])
    return record(
        NetworkConfiguration=forked(networks),
        LaunchType=forked(st.sampled_from([NO_VALUE, "EC2", "FARGATE"])) | rarely("EXTERNAL", 9),
    )


STARTS = {key: starts_of(key) for _, key in KINDS.values()}
OF_SERVICE = record(Role=rarely("role", 9), DeploymentController=rarely({"Type": "CODE_DEPLOY"}, 9))
LOAD_BALANCERS = record(TargetGroupArn=st.just("tg"), LoadBalancerName=rarely("elb", 9))
TARGET_GROUPS = record(TargetType=forked(st.sampled_from(["ip", "ip", "ip", "ip", "instance", NO_VALUE])))
NAMES_OF_KINDS = st.sampled_from(list(KINDS))


@st.composite
def consumers(draw: st.DrawFn) -> Consumer:
    kind = draw(NAMES_OF_KINDS)
    reference, key = KINDS[kind]
    properties: Any = {reference.rpartition(".")[2]: REFERENCE, **draw(STARTS[key])}
    dependencies = {}
    if kind in ("AWS::ECS::Service", "AWS::ECS::TaskSet"):
        properties |= draw(OF_SERVICE)
        if draw(st.booleans()):
            properties["LoadBalancers"] = [draw(LOAD_BALANCERS)]
            group = draw(TARGET_GROUPS)
            dependencies["LoadBalancers.0.TargetGroupArn"] = resource(
                "Api/TG", "AWS::ElasticLoadBalancingV2::TargetGroup", group
            )
    for name in reversed(reference.split(".")[:-1]):
        properties = [properties] if name.isdecimal() else {name: properties}
    return Consumer(resource("Api/X", kind, properties), reference, dependencies)


# ---- the limits, stated a second time --------------------------------------------------------------------------------


def world(node: Any, env: str) -> Any:
    """Return the value of a template with only ``if_prod`` and ``NO_VALUE`` in one world; None if it is absent."""
    if node == NO_VALUE:
        return None
    if isinstance(node, dict):
        if "Fn::If" in node:
            return world(node["Fn::If"][1 if env == "prod" else 2], env)
        members = {key: world(value, env) for key, value in node.items()}
        return {key: value for key, value in members.items() if value is not None}
    if isinstance(node, list):
        return [item for item in (world(item, env) for item in node) if item is not None]
    return node


def broken_by(task: dict[str, Any]) -> set[str]:
    """Return which limits a literal awsvpc task definition breaks."""
    broken = set()
    family = task.get("RuntimePlatform", {}).get("OperatingSystemFamily", "LINUX")
    if "EXTERNAL" in task.get("RequiresCompatibilities", []) or family == "WINDOWS_SERVER_2016_FULL":
        broken.add("platform")
    listening: Counter[tuple[str, int]] = Counter()
    containers = task.get("ContainerDefinitions", [])
    for container in containers:
        forbidden = {"Links", "Hostname", "ExtraHosts", "DnsServers", "DnsSearchDomains", "DisableNetworking"}
        broken |= forbidden & {key for key, value in container.items() if value}
        for mapping in container.get("PortMappings", []):
            first, _, last = str(mapping.get("ContainerPortRange") or mapping.get("ContainerPort", "")).partition("-")
            if not first:
                broken.add("no container port")
                continue
            listening.update((mapping.get("Protocol", "tcp"), n) for n in range(int(first), int(last or first) + 1))
            if "HostPort" in mapping and (last or str(mapping["HostPort"]) != first):
                broken.add("host port")
    if listening and max(listening.values()) > 1:
        broken.add("shared port")
    sysctls = [
        {(c["Namespace"], c["Value"]) for c in container.get("SystemControls", []) if c["Namespace"] == "net.a"}
        for container in containers
    ]
    if any(controls != sysctls[0] for controls in sysctls):
        broken.add("systemControls")
    return broken


def broken_at(consumer: Consumer, properties: Any, env: str) -> set[str]:
    """Return what keeps a consumer from running an awsvpc task definition."""
    reference, key = KINDS[consumer.resource.type]
    service = node = world(properties, env)
    for name in reference.split(".")[:-1]:
        node = node[int(name)] if isinstance(node, list) else node[name]
    broken = {"no subnets"} if not node.get("NetworkConfiguration", {}).get(key, {}).get("Subnets") else set()
    if node.get("LaunchType") == "EXTERNAL" or "Role" in service or "DeploymentController" in service:
        broken.add("service")
    for balancer in service.get("LoadBalancers", []):
        (group,) = consumer.service_dependencies.values()
        if "LoadBalancerName" in balancer or world(group.properties, env).get("TargetType") != "ip":
            broken.add("load balancer")
    return broken


def fixed(found: Resource, decided: Plan) -> Any:
    return apply(found.properties, [change for change in decided.changes if change.resource == found.address])


def naively_fixed(task: dict[str, Any]) -> dict[str, Any]:
    """Set awsvpc and remove the dynamic host ports of a literal definition, without a check of obstacles."""
    containers = [
        {
            **container,
            "PortMappings": [
                {key: value for key, value in mapping.items() if (key, str(value)) != ("HostPort", "0")}
                for mapping in container.get("PortMappings", [])
            ],
        }
        for container in task.get("ContainerDefinitions", [])
    ]
    return {**task, "NetworkMode": "awsvpc", "ContainerDefinitions": containers}


# ---- what must hold --------------------------------------------------------------------------------------------------


@given(TASK_DEFINITIONS, st.lists(consumers(), max_size=1), st.sampled_from([None, NETWORK]))
def test_what_is_fixed_is_good_and_what_is_refused_untouched(
    properties: dict[str, Any], found: list[Consumer], network: Any
) -> None:
    definition = resource("Api/Td", "AWS::ECS::TaskDefinition", properties)

    decided = plan(definition, found, network=network)

    if status_of(decided) is Status.FINE:
        assert all(world(properties, env).get("NetworkMode") == "awsvpc" for env in WORLDS)
        return
    if status_of(decided) is Status.REFUSED:
        assert decided.blockers
        assert decided.changes == ()
        return
    assert status_of(decided) is Status.FIXABLE
    after = fixed(definition, decided)
    assert not evaluate(Resource("x", TASK_DEFINITION, after, definition.declarations), AWSVPC)
    for env in WORLDS:
        assert world(after, env)["NetworkMode"] == "awsvpc"
        assert world(properties, env).get("NetworkMode") != "none"
        assert broken_by(world(after, env)) == set()
        for consumer in found:
            assert broken_at(consumer, fixed(consumer.resource, decided), env) == set()
    assert status_of(plan(Resource("Api/Td", definition.type, after, definition.declarations), found)) is Status.FINE


@given(TASK_DEFINITIONS, st.lists(consumers(), max_size=1), st.sampled_from(WORLDS))
def test_of_plain_definitions_only_those_are_refused_that_break_a_limit(
    properties: dict[str, Any], found: list[Consumer], env: str
) -> None:
    task = world(properties, env)
    plain = [
        Consumer(
            Resource(consumer.resource.address, consumer.resource.type, world(consumer.resource.properties, env)),
            consumer.reference,
            {
                path: Resource(r.address, r.type, world(r.properties, env))
                for path, r in consumer.service_dependencies.items()
            },
        )
        for consumer in found
    ]

    definition = Resource("Api/Td", "AWS::ECS::TaskDefinition", task)
    decided = plan(definition, plain, network=NETWORK, may_change_addresses=True)

    refused = task.get("NetworkMode") == "none" or broken_by(naively_fixed(task))
    for consumer in plain:
        refused = refused or broken_at(consumer, consumer.resource.properties, env) - {"no subnets"}
    if task.get("NetworkMode") != "awsvpc":
        assert status_of(decided) is (Status.REFUSED if refused else Status.FIXABLE)


@given(TASK_DEFINITIONS)
def test_no_root_container_is_left_in_host_mode_without_a_blocker(properties: dict[str, Any]) -> None:
    definition = resource("Api/Td", "AWS::ECS::TaskDefinition", properties)

    decided = plan(definition, awsvpc=False, user="1000")
    after = fixed(definition, decided)

    others = ("awsvpc-network-mode", "host-mode-privileged")
    checks = Policy(Profile.DATADOG, enforcement=dict.fromkeys(others, Enforcement.OFF))
    left = evaluate(Resource("x", TASK_DEFINITION, after, definition.declarations), checks)
    assert bool(left) is bool(decided.blockers)
    for env in WORLDS:
        before_world, after_world = world(properties, env), world(after, env)
        pairs = zip(
            before_world.get("ContainerDefinitions", []), after_world.get("ContainerDefinitions", []), strict=True
        )
        for container, container_after in pairs:
            if container != container_after:
                assert container_after == {**container, "User": "1000"}
                assert container.get("User", "root") in ("0", "root")
                assert before_world["NetworkMode"] == "host"
                assert not container.get("Privileged")
                assert "WINDOWS" not in str(before_world.get("RuntimePlatform"))


SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3)
NAMES = (
    *("ContainerDefinitions", "Name", "Links", "Hostname", "PortMappings", "ContainerPort", "HostPort", "NetworkMode"),
    *("SystemControls", "Namespace", "User", "RuntimePlatform", "OperatingSystemFamily", "RequiresCompatibilities"),
    *("TaskDefinition", "NetworkConfiguration", "AwsvpcConfiguration", "Subnets", "Targets", "EcsParameters", "0"),
    *("LaunchType", "Role", "DeploymentController", "LoadBalancers", "TargetGroupArn", "AdvancedConfiguration"),
    *("ServiceRegistries", "Definition", "DefinitionString", "Ref", "Fn::If", "Fn::Join", "Fn::Sub", "Fn::FindInMap"),
)
JUNK = st.recursive(
    SCALARS | st.sampled_from(["host", "bridge", "IsProd", "Env", "AWS::NoValue", "Mode"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=25,
)


@given(JUNK, JUNK, JUNK, st.sampled_from([*KINDS, "AWS::StepFunctions::StateMachine"]), st.none() | JUNK)
def test_nothing_it_reads_makes_it_raise(task: Any, runs_it: Any, dependencies: Any, kind: str, condition: Any) -> None:
    declarations = Declarations.of(TEMPLATE)
    group = Resource("Api/TG", "AWS::ElasticLoadBalancingV2::TargetGroup", dependencies, declarations, condition)
    registry = Resource("Api/Reg", "AWS::ServiceDiscovery::Service", dependencies, declarations)
    found = Consumer(
        Resource("Api/X", kind, runs_it, declarations, condition),
        KINDS.get(kind, ("",))[0],
        {"LoadBalancers.0.TargetGroupArn": group, "ServiceRegistries.0.RegistryArn": registry},
    )
    definition = Resource("Api/Td", "AWS::ECS::TaskDefinition", task, declarations, condition)

    decided = plan(definition, [found], user="1000", network=NETWORK)

    for whole in (definition, found.resource):
        fixed(whole, decided)
