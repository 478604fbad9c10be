"""Services and what they depend on: one row for each obstacle to awsvpc."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.remediation import Consumer, Resource

from ..support import NETWORK, NO_VALUE, REFERENCE, changed, if_prod, plan, resource, service, task_definition, texts

SUBNETS = {"AwsvpcConfiguration": {"Subnets": ["subnet-9"]}}
WEB_80 = {"ContainerName": "web", "ContainerPort": 80}
TG = "LoadBalancers.0.TargetGroupArn"
BALANCED: dict[str, Any] = {
    "NetworkConfiguration": SUBNETS,
    "LoadBalancers": [{"TargetGroupArn": {"Ref": "TG"}, "ContainerName": "web", "ContainerPort": 80}],
}
REPLACES = "target group Api/TG registers instances: switching it replaces the target group"
REGISTRY = "service Api/Svc has a service registry"


def target_group(kind: object = "ip", path: str = "Api/TG", **more: object) -> Resource:
    properties = {**more, **({} if kind is None else {"TargetType": kind})}
    return resource(path, "AWS::ElasticLoadBalancingV2::TargetGroup", properties)


def registry(*records: object) -> Resource:
    dns = {"DnsConfig": {"DnsRecords": [{"Type": record, "TTL": 60} for record in records]}} if records else {}
    return resource("Api/Reg", "AWS::ServiceDiscovery::Service", dns)


def balanced(group: Resource | None) -> Consumer:
    return service({TG: group} if group else {}, **BALANCED)


def registered(found: Resource | None, **names: object) -> Consumer:
    entry = {"RegistryArn": {"Fn::GetAtt": ["Reg", "Arn"]}, **names}
    dependencies = {"ServiceRegistries.0.RegistryArn": found} if found else {}
    return service(dependencies, NetworkConfiguration=SUBNETS, ServiceRegistries=[entry])


def task_set(**parameters: object) -> Consumer:
    return Consumer(
        resource("Api/X", "AWS::ECS::TaskSet", {"TaskDefinition": REFERENCE, **parameters}), "TaskDefinition"
    )


GOOD = {
    "target group of addresses": balanced(target_group("ip")),
    "alternate target group of addresses": service(
        {
            TG: target_group("ip"),
            "LoadBalancers.0.AdvancedConfiguration.AlternateTargetGroupArn": target_group("ip", "Api/Green"),
        },
        NetworkConfiguration=SUBNETS,
        LoadBalancers=[
            {"TargetGroupArn": {"Ref": "TG"}, "AdvancedConfiguration": {"AlternateTargetGroupArn": {"Ref": "G"}}}
        ],
    ),
    "one target group or another": service(
        {f"{TG}.Fn::If.1": target_group("ip"), f"{TG}.Fn::If.2": target_group("ip", "Api/TG2")},
        NetworkConfiguration=SUBNETS,
        LoadBalancers=[{"TargetGroupArn": if_prod({"Ref": "TG"}, {"Ref": "TG2"})}],
    ),
    "lattice target group of addresses": service(
        {
            "VpcLatticeConfigurations.0.TargetGroupArn": resource(
                "Api/L", "AWS::VpcLattice::TargetGroup", {"Type": "IP"}
            )
        },
        NetworkConfiguration=SUBNETS,
        VpcLatticeConfigurations=[{"TargetGroupArn": {"Fn::GetAtt": ["L", "Arn"]}}],
    ),
    "SRV by container and port": registered(registry("SRV"), **WEB_80),
    "SRV by container and port, registry elsewhere": registered(None, **WEB_80),
    "SRV by port": registered(registry("SRV"), Port=80),
    "A records": registered(registry("A")),
    "no DNS": registered(registry(), **WEB_80),
}

BAD = {
    "role": (
        service(Role={"Ref": "Role"}),
        ["service Api/Svc has a Role, which awsvpc does not permit: removing it replaces the service"],
    ),
    "CodeDeploy": (
        service(DeploymentController={"Type": "CODE_DEPLOY"}),
        ["service Api/Svc is deployed by CODE_DEPLOY, and nothing else can change its task definition"],
    ),
    "target group of instances": (balanced(target_group("instance")), [REPLACES]),
    "target group that says nothing": (balanced(target_group(None)), [REPLACES]),
    "target group of instances in one scenario": (balanced(target_group(if_prod("ip", "instance"))), [REPLACES]),
    "target group that is a function": (
        balanced(target_group("lambda")),
        ["target group Api/TG registers lambdas: switching it replaces the target group"],
    ),
    "target group elsewhere": (
        balanced(None),
        ["service Api/Svc names a target group that is not in this app (TargetGroupArn): it may register instances"],
    ),
    "alternate target group of instances": (
        service(
            {
                TG: target_group("ip"),
                "LoadBalancers.0.AdvancedConfiguration.AlternateTargetGroupArn": target_group(None),
            },
            NetworkConfiguration=SUBNETS,
            LoadBalancers=[
                {"TargetGroupArn": {"Ref": "TG"}, "AdvancedConfiguration": {"AlternateTargetGroupArn": {"Ref": "G"}}}
            ],
        ),
        [REPLACES],
    ),
    "lattice target group of instances": (
        service(
            {
                "VpcLatticeConfigurations.0.TargetGroupArn": resource(
                    "Api/TG", "AWS::VpcLattice::TargetGroup", {"Type": "INSTANCE"}
                )
            },
            NetworkConfiguration=SUBNETS,
            VpcLatticeConfigurations=[{"TargetGroupArn": {"Fn::GetAtt": ["L", "Arn"]}}],
        ),
        [REPLACES],
    ),
    "classic load balancer": (
        service(NetworkConfiguration=SUBNETS, LoadBalancers=[{"LoadBalancerName": "elb", **WEB_80}]),
        ["service Api/Svc is behind a Classic Load Balancer, which cannot reach awsvpc tasks"],
    ),
    "task set behind instances": (
        Consumer(
            task_set(NetworkConfiguration=NO_VALUE, LoadBalancers=BALANCED["LoadBalancers"]).resource,
            "TaskDefinition",
            {TG: target_group(None)},
        ),
        [REPLACES],
    ),
    "SRV by container, port and another port": (
        registered(registry("SRV"), **WEB_80, Port=80),
        [f"{REGISTRY} that names neither exactly a ContainerName and ContainerPort nor exactly a Port"],
    ),
    "SRV without a port": (
        registered(registry("SRV")),
        [f"{REGISTRY} with SRV records that names neither a container and its port nor a port"],
    ),
    "A records with a port": (
        registered(registry("A"), **WEB_80),
        [f"{REGISTRY} without SRV records that names a port"],
    ),
    "registry elsewhere without a container": (
        registered(None),
        [f"{REGISTRY} that is not in this app: whether it has SRV records cannot be seen"],
    ),
    "DAEMON": (
        service(SchedulingStrategy="DAEMON"),
        ["service Api/Svc is a DAEMON: under awsvpc clients cannot use the address of its instance"],
    ),
}

UNREADABLE = {
    "load balancers": (service(NetworkConfiguration=SUBNETS, LoadBalancers="x"), "LoadBalancers is not a list"),
    "target type": (balanced(target_group({"Ref": "Free"})), "target group Api/TG: Properties/TargetType is ${Free}"),
}


@pytest.mark.parametrize("runs_it", GOOD.values(), ids=GOOD)
def test_a_service_without_obstacles_stays_as_it_is(runs_it: Consumer) -> None:
    decided = plan(task_definition(), [runs_it])

    assert texts(decided) == []
    assert changed(decided) == {"Api/Td NetworkMode": "awsvpc"}


@pytest.mark.parametrize(("runs_it", "expected"), BAD.values(), ids=BAD)
def test_an_obstacle_refuses_the_fix(runs_it: Consumer, expected: list[str]) -> None:
    decided = plan(task_definition(), [runs_it], network=NETWORK)

    assert texts(decided) == expected
    assert decided.changes == ()


@pytest.mark.parametrize(("runs_it", "expected"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_refuses_it(runs_it: Consumer, expected: str) -> None:
    decided = plan(task_definition(), [runs_it], network=NETWORK)

    assert any(expected in text for text in texts(decided)), texts(decided)
    assert decided.changes == ()


def test_blockers_name_the_resource_they_are_about() -> None:
    decided = plan(task_definition(Links=[]), [balanced(target_group(None)), service()])

    assert [blocker.resource for blocker in decided.blockers] == ["Api/TG", "Api/Svc"]


@pytest.mark.parametrize(
    ("runs_it", "remedy"),
    [
        (balanced(target_group("instance")), "EcsGuard().protect(app, defaults=True)"),
        (balanced(target_group(None)), ""),  # the type is that of the code
        (balanced(target_group("instance", HealthCheckPort="8081")), ""),  # the port stays, at the task
        (balanced(target_group("instance", HealthCheckPort="traffic-port")), "EcsGuard().protect(app, defaults=True)"),
        (BAD["lattice target group of instances"][0], ""),  # the mode of the task does not change its type
    ],
    ids=["load balancer", "type of the code", "port of health checks", "port of the traffic", "lattice"],
)
def test_the_remedy_is_one_that_changes_the_target_group(runs_it: Consumer, remedy: str) -> None:
    assert [blocker.remedy for blocker in plan(task_definition(), [runs_it], network=NETWORK).blockers] == [remedy]
