"""Capacity providers: the instances that a cluster has by them, and those that a task runs on by default."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.remediation.instances.network import InstanceNetworks, NetworkUnknownError
from ecs_guard_aspects.remediation.who_runs_it.references import References

from ..templates import resource
from .support import app, instances, launch, ref, routed, service


def provider(**more: Any) -> dict[str, Any]:
    return resource("AWS::ECS::CapacityProvider", **more)


def strategy(*providers: Any) -> list[dict[str, Any]]:
    return [{"CapacityProvider": each, "Weight": 1} for each in providers]


def association(providers: Any, default: Any = ()) -> dict[str, Any]:
    given = {"CapacityProviders": providers, "DefaultCapacityProviderStrategy": list(default)}
    return resource("AWS::ECS::ClusterCapacityProviderAssociations", Cluster=ref("Cluster"), **given)


BEHIND = {"AutoScalingGroupProvider": {"AutoScalingGroupArn": ref("Instances")}}
UNNAMED = {"Launch": launch(UserData="")}  # its commands name no cluster
MANAGED = {"Managed": provider(ManagedInstancesProvider={"InfrastructureRoleArn": "arn"})}
SECOND = {
    "Second": instances(LaunchConfigurationName=ref("SecondLaunch"), VPCZoneIdentifier=[ref("SecondSubnet")]),
    "SecondLaunch": launch(),
    **routed("SecondSubnet", NatGatewayId=ref("Nat")),
}
OURS = strategy(ref("Provider"))
OF_CLUSTER = resource("AWS::ECS::Cluster", CapacityProviders=[ref("Provider")], DefaultCapacityProviderStrategy=OURS)
EITHER = ["FARGATE", ref("Provider")]


def groups_of(**changed: Any) -> list[str]:
    template = app(**{"Provider": provider(**BEHIND), **changed})
    found = InstanceNetworks(References([template])).network_for("Stack/Service", "")
    return [address.removeprefix("Stack/") for address in found.instances]


@pytest.mark.parametrize(
    ("changed", "groups"),
    [
        ({**UNNAMED, "Association": association(EITHER)}, ["Instances"]),
        ({**UNNAMED, "Association": association(EITHER, OURS)}, ["Instances"]),
        ({**UNNAMED, "Cluster": OF_CLUSTER}, ["Instances"]),
        ({**UNNAMED, "Provider": provider(Name="x", **BEHIND), "Association": association(["x"])}, ["Instances"]),
        ({"Association": association(EITHER)}, ["Instances"]),  # by its commands too
        ({**MANAGED, "Association": association([*EITHER, ref("Managed")])}, ["Instances"]),
        ({**SECOND, **UNNAMED, "Association": association(EITHER)}, ["Second", "Instances"]),
        # Without a launch type a service runs by the default strategy alone.
        ({**SECOND, "Association": association(EITHER, OURS)}, ["Instances"]),
        ({**SECOND, "Association": association(EITHER, OURS), "Service": service(LaunchType="EC2")},
         ["Instances", "Second"]),
    ],
)  # fmt: skip
def test_the_instances_of_a_cluster(changed: Any, groups: list[str]) -> None:
    assert groups_of(**changed) == groups


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"Association": association(["elsewhere"])}, 'the instances of capacity provider "elsewhere" are not here'),
        ({"Association": association([], strategy("FARGATE_SPOT"))}, "it runs on Fargate"),
        (
            {**MANAGED, "Association": association([], strategy(ref("Managed")))},
            'the instances of capacity provider {"Ref": "Managed"} are not here',
        ),
    ],
)
def test_instances_that_are_not_here(changed: Any, reason: str) -> None:
    with pytest.raises(NetworkUnknownError) as caught:
        groups_of(**changed)
    assert str(caught.value) == reason
