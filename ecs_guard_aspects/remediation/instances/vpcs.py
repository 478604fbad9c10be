"""VPCs of subnets and security groups: all of one task must be in the same.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..network import SECURITY_GROUP
from ..who_runs_it.referrer import Referrer
from .named_text import named_text
from .routes import SUBNET

_IN_A_VPC = (SUBNET, SECURITY_GROUP)


def other_vpcs(members: Iterable[Referrer]) -> Iterator[str]:
    """Yield a clause for each subnet or security group that is in another VPC than the first one.

    Args:
        members: what one task is given; other resources, and those whose VPC is not written, do not count.
    """
    known = [(each, named_text(each.resource.written("VpcId"))) for each in members if each.resource.type in _IN_A_VPC]
    places = [(referrer, vpc) for referrer, vpc in known if vpc]
    for referrer, vpc in places[1:]:
        first, first_vpc = places[0]
        if vpc != first_vpc:
            yield f"{referrer.resource.address} is in another VPC than {first.resource.address}"
