"""Imported subnets: those of VPCs that the app looks up or names by id, with what the CDK knows about them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, cast

from aws_cdk import aws_ec2 as ec2
from constructs import IConstruct

from ....cloudformation.text import canonical
from ....remediation.instances.routes import WayOut
from .rendering import resolved

# What the CDK imports has no class of its own, only interfaces.
_VPC = "aws-cdk-lib.aws_ec2.IVpc"


class ImportedSubnets:
    """The imported subnets of a Stage.

    Args:
        stage: the Stage.
    """

    def __init__(self, stage: IConstruct) -> None:
        self._stage = stage

    def way_out(self, leaf: Any) -> WayOut:
        """Return what leads out of a subnet, as a template names it."""
        return self._ways.get(canonical(leaf), WayOut.UNKNOWN)

    @cached_property
    def _ways(self) -> dict[str, WayOut]:
        return {
            name: way for node in self._stage.node.find_all() if _is_imported_vpc(node) for name, way in _ways_in(node)
        }


def _is_imported_vpc(node: IConstruct) -> bool:
    return _VPC in (node.__jsii_ref__.interfaces or ())  # type: ignore[attr-defined]


def _ways_in(node: IConstruct) -> Iterator[tuple[str, WayOut]]:
    vpc = cast(ec2.IVpc, node)
    # Before a VPC is looked up, its private and isolated subnets have the same ids: the last one counts.
    groups = (
        (WayOut.NONE, vpc.isolated_subnets),
        (WayOut.PUBLIC, vpc.public_subnets),
        (WayOut.PRIVATE, vpc.private_subnets),
    )
    for way, subnets in groups:
        for subnet in subnets:
            yield canonical(resolved(node, subnet.subnet_id)), way
