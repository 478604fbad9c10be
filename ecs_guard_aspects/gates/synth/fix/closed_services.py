"""Services behind a Network Load Balancer whose security groups admit nobody.

The CDK lets an Application Load Balancer into the security group of an awsvpc service; a Network Load Balancer it does
not, and the targets never become healthy.
https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-register-targets.html#target-security-groups
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ....model.resource import Resource
from ....remediation.who_runs_it.references import Named, References

_NETWORK_PROTOCOLS = ("TCP", "TCP_UDP", "TLS", "UDP")


class ClosedService(NamedTuple):
    """A service that nothing is admitted to: its path, and what is to be said."""

    path: str
    text: str


def closed_services(references: References) -> Iterator[ClosedService]:
    """Yield the services behind a Network Load Balancer whose security groups, all of the app, admit nothing."""
    for named in references.all:
        if named.resource.type != "AWS::ECS::Service":
            continue
        ports = list(_network_ports(named, references))
        groups = [group.resource for group in _named_at(named, "SecurityGroups", references)]
        if ports and groups and not any(_is_open(group, references) for group in groups):
            path = named.resource.address
            line = f"service.connections.allow_from(ec2.Peer.ipv4(vpc.vpc_cidr_block), ec2.Port.{ports[0]})"
            text = f"behind a Network Load Balancer, and security group {groups[0].address} admits nothing: add {line}"
            yield ClosedService(path, f"{path} is {text}")


def _network_ports(named: Named, references: References) -> Iterator[str]:
    """Yield the ports at which a Network Load Balancer reaches a service, as the CDK writes them."""
    balancers = named.resource.written("LoadBalancers")
    for index, balancer in enumerate(balancers if isinstance(balancers, list) else ()):
        for group in _named_at(named, f"LoadBalancers.{index}.TargetGroupArn", references):
            protocol = group.resource.written("Protocol")
            if protocol in _NETWORK_PROTOCOLS and isinstance(balancer, dict):
                kind = "udp" if protocol == "UDP" else "tcp"
                yield f"{kind}({balancer.get('ContainerPort')})"


def _named_at(named: Named, place: str, references: References) -> list[Named]:
    ids = [name.text for name in named.names if name.kind == "id" and place in name.location]
    return [found for logical_id in ids for found in references.called(logical_id, named.stack_path)]


def _is_open(group: Resource, references: References) -> bool:
    """Return whether a security group admits something: by its own rules, or by a rule that names it anywhere."""
    if group.type != "AWS::EC2::SecurityGroup" or group.written("SecurityGroupIngress"):
        return True
    rules = (named for named in references.all if named.resource.type == "AWS::EC2::SecurityGroupIngress")
    at_group = (name.text for named in rules for name in named.names if name.location == "GroupId")
    return any(group.name in text for text in at_group)  # an import names it inside a longer text
