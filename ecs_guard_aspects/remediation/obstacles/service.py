"""Obstacles of a service or task set to awsvpc: its role, deployment, load balancers and registries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from ...cloudformation.properties import Properties, is_given, map_at, maps_at, text_at
from ...cloudformation.scenario import Scenario
from ...model.resource import Resource
from ..changes import Blocker, Change, Step
from .scenarios import in_all_scenarios

ServiceDependencies = Mapping[str, Resource]

Switch = Callable[[Resource], Iterable[Change] | str]
"""Returns the changes by which a target group registers addresses, or why it cannot be switched, as a clause."""

LIFTED_BY = "may_replace_target_groups=True"


def service_obstacles(
    service: Properties, resource: Resource, dependencies: ServiceDependencies, who: str, switch: Switch
) -> Iterator[Step | str]:
    """Yield the obstacles of a service, and of what it depends on, in one scenario."""
    yield from _role(service, resource, who)
    yield from _deployment_controller(service, who)
    yield from _scheduling(service, who)
    yield from _load_balancers(service, dependencies, who, switch)
    yield from _lattice(service, dependencies, who)
    for registry in maps_at(service, "ServiceRegistries"):
        yield from _registry(registry, dependencies, who)


def _role(service: Properties, resource: Resource, who: str) -> Iterator[Step | str]:
    """Under awsvpc ECS uses its service-linked role. ``Role`` is create-only: without it the service is replaced.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ecs-service.html#cfn-ecs-service-role
    """
    if is_given(service, "Role"):
        what = f"{who} has a Role, which awsvpc does not permit: removing it replaces the service"
        path = resource.override_path(service.resolve("Role")[1])
        if is_given(service, "ServiceName"):
            yield f"{what}, whose ServiceName the new one cannot have while the old one exists"
        elif path is None:
            yield f"{what}, and it is there only in some cases of an expression"
        else:
            yield Blocker(resource.address, what, LIFTED_BY)
            yield Change(resource.address, path, resource.written(path), None)


def _deployment_controller(service: Properties, who: str) -> Iterator[str]:
    """CloudFormation can change neither task definition nor network of a service that CodeDeploy deploys.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
    """
    controller = map_at(service, "DeploymentController")
    kind = text_at(controller, "Type") if controller else None
    if kind in ("CODE_DEPLOY", "EXTERNAL"):
        yield f"{who} is deployed by {kind}, and nothing else can change its task definition"


def _scheduling(service: Properties, who: str) -> Iterator[str]:
    """A daemon serves its instance: clients reach it at the address of the instance.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html
    """
    if text_at(service, "SchedulingStrategy") == "DAEMON":
        yield f"{who} is a DAEMON: under awsvpc clients cannot use the address of its instance"


def _load_balancers(
    service: Properties, dependencies: ServiceDependencies, who: str, switch: Switch
) -> Iterator[Step | str]:
    """Target groups must register IP addresses; Classic Load Balancers cannot.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-ecs-service-loadbalancer.html#cfn-ecs-service-loadbalancer-targetgrouparn
    """
    for balancer in maps_at(service, "LoadBalancers"):
        if is_given(balancer, "LoadBalancerName"):
            yield f"{who} is behind a Classic Load Balancer, which cannot reach awsvpc tasks"
        yield from _target_group(balancer, "TargetGroupArn", dependencies, who, switch)
        advanced = map_at(balancer, "AdvancedConfiguration")
        if advanced:
            yield from _target_group(advanced, "AlternateTargetGroupArn", dependencies, who)


def _lattice(service: Properties, dependencies: ServiceDependencies, who: str) -> Iterator[Step | str]:
    """https://docs.aws.amazon.com/vpc-lattice/latest/ug/target-groups.html"""
    for lattice in maps_at(service, "VpcLatticeConfigurations"):
        yield from _target_group(lattice, "TargetGroupArn", dependencies, who)


SECURE_FROM_BIRTH = "EcsGuard().protect(app, defaults=True)"
"""The remedy for an L2 task definition without a mode: the CDK makes a target group of addresses, with the same ids."""

# The property that says what a target group registers, and the value awsvpc needs. Both are create-only.
_TARGET_TYPE = {
    "AWS::ElasticLoadBalancingV2::TargetGroup": ("TargetType", "ip"),
    "AWS::VpcLattice::TargetGroup": ("Type", "IP"),
}


_MADE_BY_CDK = ("AWS::ElasticLoadBalancingV2::TargetGroup",)


def _cannot_switch(_group: Resource) -> str:
    return ""


def _target_group(
    owner: Properties, key: str, dependencies: ServiceDependencies, who: str, switch: Switch = _cannot_switch
) -> Iterator[Step | str]:
    if not is_given(owner, key):
        return
    group = _resource_at(owner, key, dependencies)
    if group is None or group.type not in _TARGET_TYPE:
        yield f"{who} names a target group that is not in this app ({key}): it may register instances"
        return
    property_name, needed = _TARGET_TYPE[group.type]

    def judge(scenario: Scenario) -> Iterator[Step | str]:
        registers = text_at(group.read(scenario), property_name) or "instance"
        if registers == needed:
            return
        what = f"target group {group.address} registers {registers.lower()}s: switching it replaces the target group"
        changes = switch(group) if registers == "instance" else ""
        if isinstance(changes, str):
            text = f"{what}, and {changes}" if changes else what
            yield Blocker(group.address, text, remedy=SECURE_FROM_BIRTH if _is_made_for_a_service(group) else "")
        else:
            yield Blocker(group.address, what, LIFTED_BY)
            yield from changes

    yield from in_all_scenarios(group, judge, about=f"target group {group.address}: ")


def _is_made_for_a_service(group: Resource) -> bool:
    """Return whether the CDK made a target group for a service, and would make another one for an awsvpc service.

    It writes the type of the targets then. Otherwise the type is that of the code. A port of health checks stays.
    """
    is_checked_there = group.written("HealthCheckPort") in (None, "traffic-port")
    return group.type in _MADE_BY_CDK and group.written("TargetType") == "instance" and is_checked_there


def _registry(registry: Properties, dependencies: ServiceDependencies, who: str) -> Iterator[Step | str]:
    """With SRV records a service registry names a container and its port, or a port, not both; A records need neither.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-ecs-service-serviceregistry.html
    """
    container = (is_given(registry, "ContainerName"), is_given(registry, "ContainerPort"))
    port = is_given(registry, "Port")
    what = f"{who} has a service registry"
    if any(container) != all(container) or (any(container) and port):
        yield f"{what} that names neither exactly a ContainerName and ContainerPort nor exactly a Port"
        return
    namespace = _resource_at(registry, "RegistryArn", dependencies)
    if namespace is None or namespace.type != "AWS::ServiceDiscovery::Service":
        # A container and its port can only be named with SRV records, and work with them in every network mode.
        if not all(container):
            yield f"{what} that is not in this app: whether it has SRV records cannot be seen"
        return

    def judge(scenario: Scenario) -> Iterator[str]:
        dns = map_at(namespace.read(scenario), "DnsConfig")
        records = {text_at(record, "Type") for record in maps_at(dns, "DnsRecords")} if dns else set()
        if "SRV" in records and not (port or all(container)):
            yield f"{what} with SRV records that names neither a container and its port nor a port"
        elif records and "SRV" not in records and (port or all(container)):
            yield f"{what} without SRV records that names a port"

    yield from in_all_scenarios(namespace, judge, about=f"service registry {namespace.address}: ")


def _resource_at(owner: Properties, key: str, dependencies: ServiceDependencies) -> Resource | None:
    """Return the resource of the app that a property names in this scenario."""
    location = owner.resolve(key)[1]
    return dependencies.get(location.removeprefix("Properties/").replace("/", "."))
