"""Plain resources: those that the CDK writes as their code sets them, so that no rendering is needed to know it.

All are asked about at once: a call into jsii for each would take longer than a rendering.
"""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk.assertions import Match
from constructs import IConstruct

from ....model.resource import TASK_DEFINITION


def are_plainly_awsvpc(stage: IConstruct) -> bool:
    """Return whether all task definitions at and below a Stage are plain, level 1 or 2, and awsvpc.

    A resource that is a task definition by a raw override of its type, or has no construct, is not among them.
    """
    found = cdk.ConstructSelector.resources_of_type(TASK_DEFINITION).select(stage)
    return are_plain(found, networkMode="awsvpc")


def are_plain(nodes: Sequence[IConstruct | None], **fields: str) -> bool:
    """Return whether resources are all of a class of the CDK, have no raw override, and have these fields."""
    if not nodes:
        return True
    # A subclass may write anything.
    if not all(type(node).__module__.startswith("aws_cdk.") or type(node) is cdk.CfnResource for node in nodes):
        return False
    # A private field: if it is missing, no resource is plain.
    has = Match.object_like({"rawOverrides": Match.object_equals({}), **fields})
    return not Match.array_equals([has] * len(nodes)).test(nodes).has_failed()
