"""Closed ports: where clients come by a registry or Service Connect, the container port must be admitted."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.remediation import Blocker, Network
from ecs_guard_aspects.remediation.instances.network import InstanceNetworks
from ecs_guard_aspects.remediation.obstacles.addresses.closed_ports import closed_ports
from ecs_guard_aspects.remediation.obstacles.situation import Situation
from ecs_guard_aspects.remediation.who_runs_it.references import References

from ...instances.support import app, launch, ref, service
from ...support import ports

REGISTRY = [{"RegistryArn": "arn", "ContainerName": "web", "ContainerPort": 8080}]
CONNECT = {"Enabled": True, "Services": [{"PortName": "http"}]}
OVERRIDDEN = {"Enabled": True, "Services": [{"PortName": "http", "IngressPortOverride": 9000}]}
DYNAMIC = {"IpProtocol": "tcp", "FromPort": 32768, "ToPort": 65535, "SourceSecurityGroupId": ref("Front")}
OPEN = {**DYNAMIC, "FromPort": 8000, "ToPort": 9000}


def group(*rules: Any) -> Any:
    return {"Type": "AWS::EC2::SecurityGroup", "Properties": {"VpcId": ref("Vpc"), "SecurityGroupIngress": list(rules)}}


def task(mode: str = "bridge", **mapping: Any) -> Any:
    container = ports({"ContainerPort": 8080, "Name": "http", **mapping})
    return {
        "Type": "AWS::ECS::TaskDefinition",
        "Properties": {"NetworkMode": mode, "ContainerDefinitions": [container]},
    }


def connected(security_group: Any) -> Any:
    network = {"AwsvpcConfiguration": {"SecurityGroups": [security_group]}}
    return service(ServiceConnectConfiguration=CONNECT, NetworkConfiguration=network)


def found(given: Network | None = None, **resources: Any) -> list[Blocker]:
    own = {"Task": task(), "Service": service(ServiceRegistries=REGISTRY), "Group": group(DYNAMIC), **resources}
    references = References([app(**own)])
    instances = InstanceNetworks(references)
    (definition,) = references.resources("AWS::ECS::TaskDefinition")
    network_of = instances.network_for if given is None else lambda _address, _parameters: given
    situation = Situation(definition, references.consumers_of(definition), references, network_of, instances=instances)
    return [step for step in closed_ports(situation) if isinstance(step, Blocker)]


@pytest.mark.parametrize(
    ("resources", "is_closed"),
    [
        ({}, True),
        ({"Task": task(HostPort=0)}, True),
        ({"Service": service(ServiceConnectConfiguration=CONNECT)}, True),
        ({"Service": service(ServiceConnectConfiguration=OVERRIDDEN)}, False),  # the port stays the same
        ({"Group": None}, True),  # its rules are not here
        ({"Group": group(OPEN)}, False),
        ({"Group": group({"IpProtocol": "-1", "SourceSecurityGroupId": ref("Group")})}, False),
        ({"Task": task(ContainerPort=40000), "Service": service(ServiceConnectConfiguration=CONNECT)}, False),
        ({"Task": task(HostPort=8080)}, False),  # clients used that port before
        ({"Task": task("host")}, False),
        ({"Service": connected(ref("Own")), "Own": group()}, True),  # as the CDK makes it for awsvpc
        ({"Service": connected(ref("Own")), "Own": group(OPEN)}, False),
        ({"Service": connected("sg-1")}, False),
        ({"Service": service()}, False),
        ({"Service": service(ServiceConnectConfiguration={"Enabled": True})}, False),  # a client only
        ({"Launch": launch(SecurityGroups=None)}, False),  # the default group admits its members
    ],
)
def test_a_container_port_that_no_rule_admits(resources: dict[str, Any], is_closed: bool) -> None:
    assert [blocker.resource for blocker in found(**resources)] == (["Stack/Service"] if is_closed else [])


def test_what_it_says() -> None:
    (blocker,) = found()
    assert blocker.text.endswith("under awsvpc at port 8080/tcp, and no rule here of Stack/Group admits port 8080/tcp")
    assert blocker.remedy == "add an ingress rule for port 8080/tcp to Stack/Group"


def test_who_gives_a_network_answers_for_its_rules() -> None:
    assert found(Network(("subnet-1",), ("sg-1",))) == []
