"""Lists of subnets: those of an Auto Scaling group, each as a member of its own, as a task needs them.

An Auto Scaling group takes several subnets in one text with commas, too.
https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html
"""

from __future__ import annotations

import re
from typing import Any

from ...cloudformation.text import scalar_text
from .leaves import leaves_of
from .named_text import named_text

_ENDS_IN_PLURAL = re.compile(r"(?:subnets|ids|list)[^a-z0-9]*$", re.IGNORECASE)


def one_by_one(subnets: Any) -> Any:
    """Return the subnets of an Auto Scaling group with one subnet in each member; None if a member may be several."""
    if not isinstance(subnets, list):
        return subnets
    whole = _joined(subnets[0]) if len(subnets) == 1 else None
    if whole is not None and not isinstance(whole, list):
        return whole
    members: list[Any] = []
    for item in subnets:
        parts = _parts_of(item)
        if parts is None:
            return None
        members += parts
    return members


def _parts_of(item: Any) -> list[Any] | None:
    """Return the subnets that a member is; None if only the deployment knows them."""
    joined, text = _joined(item), scalar_text(item)
    if joined is not None:
        found = one_by_one(joined)
        return found if isinstance(found, list) else None
    if text is not None and "{{" not in text:
        return [part.strip() for part in text.split(",")]
    return None if any(map(_may_be_several, leaves_of(item))) else [item]


def _joined(item: Any) -> Any:
    """Return what ``Fn::Join`` joins with commas; None if an expression is something else."""
    operand = item.get("Fn::Join") if isinstance(item, dict) else None
    if not isinstance(operand, list) or len(operand) != 2:
        return None
    return operand[1] if str(operand[0]).strip() == "," else None


def _may_be_several(leaf: Any) -> bool:
    if isinstance(leaf, dict) and "Fn::Select" in leaf:
        return False
    text = named_text(leaf)
    has_commas = "," in text and (isinstance(leaf, str) or "Fn::Sub" in leaf)
    return has_commas or _joined(leaf) is not None or _ENDS_IN_PLURAL.search(text) is not None
