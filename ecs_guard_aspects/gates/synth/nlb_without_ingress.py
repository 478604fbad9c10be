"""Services behind a Network Load Balancer whose security groups have no ingress rule.

The CDK adds an ingress rule to the security group of an awsvpc service for an Application Load Balancer, but not for a
Network Load Balancer, whose targets then never become healthy.
https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-register-targets.html#target-security-groups
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ...model.resource import Resource
from ...model.start import SERVICE
from ...remediation.network import SECURITY_GROUP
from ...remediation.who_runs_it.references import References
from ...remediation.who_runs_it.referrer import Referrer

_NETWORK_PROTOCOLS = ("TCP", "TCP_UDP", "TLS", "UDP")


class UnreachableService(NamedTuple):
    """A service without an ingress rule: its path, and the warning about it."""

    path: str
    text: str


def nlb_without_ingress(references: References) -> Iterator[UnreachableService]:
    """Yield services behind a Network Load Balancer whose security groups, all of the app, have no ingress rule."""
    for referrer in references.all:
        if referrer.resource.type != SERVICE:
            continue
        ports = list(_network_ports(referrer, references))
        groups = [group.resource for group in _referenced_at(referrer, "SecurityGroups", references)]
        if ports and groups and not any(_is_open(group, references) for group in groups):
            path = referrer.resource.address
            allow = "service.connections.allow_from(ec2.Peer.ipv4(vpc.vpc_cidr_block), ec2.Port.{})"
            lines = " and ".join(allow.format(port) for port in dict.fromkeys(ports))
            text = f"and security group {groups[0].address} has no ingress rule: add {lines}"
            yield UnreachableService(path, f"{path} is behind a Network Load Balancer, {text}")


def _network_ports(referrer: Referrer, references: References) -> Iterator[str]:
    """Yield the ports at which a Network Load Balancer reaches a service, as the CDK writes them."""
    balancers = referrer.resource.written("LoadBalancers")
    for index, balancer in enumerate(balancers if isinstance(balancers, list) else ()):
        for group in _referenced_at(referrer, f"LoadBalancers.{index}.TargetGroupArn", references):
            protocol = group.resource.written("Protocol")
            if protocol in _NETWORK_PROTOCOLS and isinstance(balancer, dict):
                kind = "udp" if protocol == "UDP" else "tcp"
                yield f"{kind}({balancer.get('ContainerPort')})"


def _referenced_at(referrer: Referrer, place: str, references: References) -> list[Referrer]:
    ids = [
        reference.text for reference in referrer.references if reference.kind == "id" and place in reference.location
    ]
    return [found for logical_id in ids for found in references.called(logical_id, referrer.stack_path)]


def _is_open(group: Resource, references: References) -> bool:
    """Return whether a security group may have an ingress rule: its own, or a separate resource that references it."""
    if group.type != SECURITY_GROUP or group.written("SecurityGroupIngress"):
        return True
    rules = (referrer for referrer in references.all if referrer.resource.type == "AWS::EC2::SecurityGroupIngress")
    at_group = (
        reference.text for referrer in rules for reference in referrer.references if reference.location == "GroupId"
    )
    return any(group.name in text for text in at_group)  # an import names it inside a longer text
