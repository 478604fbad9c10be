"""Addresses of single instances that the template names: in rules of security groups, DNS records, target groups."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ....cloudformation.text import canonical
from ...changes import Blocker
from ...instances.launch import INSTANCE
from ..situation import Situation
from .lost_addresses import LIFTED_BY

# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-instance.html
_ATTRIBUTES = "PrivateDnsName|PrivateIp|PublicDnsName|PublicIp"


def named_instances(situation: Situation) -> Iterator[Blocker]:
    """What names the address of an instance means the tasks on it, too: under awsvpc they have other addresses."""
    for host in (each.referrer for each in situation.hosts if each.referrer.resource.type == INSTANCE):
        name = re.escape(host.resource.name)
        pattern = re.compile(rf'(?<!\w){name}(?:\.|",\s*")(?:{_ATTRIBUTES})\b')
        for each in situation.references.all:
            is_named = each is not host and pattern.search(canonical(each.resource.properties)) is not None
            if is_named and host in situation.references.meant(host.resource.name, each):
                what = f"{each.resource.address} names the address of instance {host.resource.address}"
                text = f"{what}, on which the task runs: under awsvpc the task has an address of its own"
                yield Blocker(each.resource.address, text, LIFTED_BY)
