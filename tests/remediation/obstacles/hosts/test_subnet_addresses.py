"""Addresses of subnets: more tasks than addresses, and what is next to that."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.remediation import Network
from ecs_guard_aspects.remediation.instances.network import InstanceNetworks
from ecs_guard_aspects.remediation.obstacles.hosts.subnet_addresses import too_few_addresses
from ecs_guard_aspects.remediation.obstacles.situation import Situation
from ecs_guard_aspects.remediation.who_runs_it.references import References

from ...instances.support import app, instances, ref, routed, service
from ...templates import resource


def situation(block: Any, desired: Any, percent: int = 0, given: Network | None = None, **more: Any) -> Situation:
    """Return a service on instances in one subnet."""
    own = {**routed(NatGatewayId=ref("Nat"))}
    own["Subnet"] = resource("AWS::EC2::Subnet", VpcId=ref("Vpc"), CidrBlock=block)
    wanted = service(DesiredCount=desired, DeploymentConfiguration={"MinimumHealthyPercent": percent})
    references = References([app(**{**own, "Service": wanted, **more})])
    task = next(each for each in references.resources("AWS::ECS::TaskDefinition") if each.name == "Task")
    networks = InstanceNetworks(references)
    network_of = networks.network_for if given is None else lambda _address, _parameters: given
    return Situation(task, references.consumers_of(task), references, network_of, instances=networks)


OTHER = {
    "Other": service(TaskDefinition=ref("OtherTask"), DesiredCount=5),
    "OtherTask": resource("AWS::ECS::TaskDefinition", NetworkMode="bridge"),
}
SECOND = {
    **routed("Large", NatGatewayId=ref("Nat")),
    "Large": resource("AWS::EC2::Subnet", VpcId=ref("Vpc"), CidrBlock="10.0.1.0/24"),
    "Instances": instances(VPCZoneIdentifier=[ref("Subnet"), ref("Large")]),
}


@pytest.mark.parametrize(
    ("asked", "wants"),
    [
        (
            situation("10.0.0.0/28", 12),
            "service Stack/Service wants 12 tasks, and the subnets of its instances have 11 ",
        ),
        (situation("10.0.0.0/28", 11, percent=100), "wants 11 tasks and one more during a deployment, and the subnets"),
        (situation("10.0.0.0/28", 7, **OTHER), "wants 7 tasks next to 5 tasks of other services, and the subnets"),
        (situation("10.0.0.0/28", 11), ""),
        (situation("10.0.0.0/24", 200), ""),
        (situation("10.0.0.0/28", 12, **SECOND), ""),
        (situation({"Fn::Select": [0, "x"]}, 12), ""),  # only the deployment knows its size
        (situation("nothing", 12), ""),
        (situation("10.0.0.0/28", ref("Count")), ""),
        (situation("10.0.0.0/28", 12, given=Network(("subnet-1",))), ""),
    ],
    ids=lambda value: "",
)
def test_more_tasks_than_addresses(asked: Situation, wants: str) -> None:
    assert [wants in found.text for found in too_few_addresses(asked)] == ([True] if wants else [])
