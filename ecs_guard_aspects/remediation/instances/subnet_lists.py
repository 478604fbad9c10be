"""Lists of subnets: those of an Auto Scaling group, each as a member of its own, as a task needs them.

An Auto Scaling group takes several subnets in one text with commas, too.
https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ...cloudformation.declarations import Among, Declarations, Parameter
from ...cloudformation.text import scalar_text
from .leaves import leaves_of, reference_of
from .named_text import named_text

_ENDS_IN_PLURAL = re.compile(r"(?:subnets|ids|list)[^a-z0-9]*$", re.IGNORECASE)
_SAYS_SEVERAL = re.compile(r"\bcommas?\b|\bcomma-|\blist\b|\bsubnets\b", re.IGNORECASE)
_ONE = "AWS::EC2::Subnet::Id"


def is_list_type(kind: str) -> bool:
    """Return whether a parameter of a type is a list, one that is read from SSM too."""
    return "List<" in kind or "CommaDelimitedList" in kind


def one_by_one(subnets: Any, declarations: Declarations) -> Any:
    """Return the subnets of an Auto Scaling group with one subnet in each member; None if a member may be several."""
    if not isinstance(subnets, list):
        is_text = any(_is_text(leaf, declarations) for leaf in leaves_of(subnets))
        return None if is_text else subnets
    whole = _joined(subnets[0]) if len(subnets) == 1 else None
    if whole is not None and not isinstance(whole, list):
        return whole
    members: list[Any] = []
    for item in subnets:
        parts = _parts_of(item, declarations)
        if parts is None:
            return None
        members += parts
    return members


def _is_text(leaf: Any, declarations: Declarations) -> bool:
    """Return whether an expression is a single text where a list belongs: it may be several subnets."""
    parameter = _parameter_of(leaf, declarations)
    is_declared_list = parameter is None or not parameter.type or is_list_type(parameter.type)
    return not is_declared_list or any("," in text for text in _mapped(leaf, declarations))


def _parts_of(item: Any, declarations: Declarations) -> list[Any] | None:
    """Return the subnets that a member is; None if only the deployment knows them."""
    joined, text = _joined(item), scalar_text(item)
    if joined is not None:
        found = one_by_one(joined, declarations)
        return found if isinstance(found, list) else None
    if text is not None and "{{" not in text:
        return [part.strip() for part in text.split(",")]
    return None if any(_may_be_several(leaf, declarations) for leaf in leaves_of(item)) else [item]


def _joined(item: Any) -> Any:
    """Return what ``Fn::Join`` joins with commas; None if an expression is something else."""
    operand = item.get("Fn::Join") if isinstance(item, dict) else None
    if not isinstance(operand, list) or len(operand) != 2:
        return None
    return operand[1] if str(operand[0]).strip() == "," else None


def _may_be_several(leaf: Any, declarations: Declarations) -> bool:
    if isinstance(leaf, dict) and "Fn::Select" in leaf:
        return False
    parameter = _parameter_of(leaf, declarations)
    if parameter is not None and _ONE in parameter.type and not is_list_type(parameter.type):
        return False
    text = named_text(leaf)
    has_commas = "," in text and (isinstance(leaf, str) or "Fn::Sub" in leaf)
    values = (*_mapped(leaf, declarations), *(() if parameter is None else _said_of(parameter)))
    is_said = any("," in value for value in values) or (
        parameter is not None and _SAYS_SEVERAL.search(parameter.description) is not None
    )
    return has_commas or is_said or _joined(leaf) is not None or _ENDS_IN_PLURAL.search(text) is not None


def _parameter_of(leaf: Any, declarations: Declarations) -> Parameter | None:
    reference = reference_of(leaf)
    return None if reference is None else declarations.parameters.get(reference[0])


def _said_of(parameter: Parameter) -> tuple[str, ...]:
    """Return the values that a parameter is declared with."""
    domain = parameter.domain
    if isinstance(domain, Among):
        return domain.values
    return () if domain.default is None else (domain.default,)


def _mapped(leaf: Any, declarations: Declarations) -> Iterator[str]:
    """Yield the texts that ``Fn::FindInMap`` may come to."""
    operand = leaf.get("Fn::FindInMap") if isinstance(leaf, dict) else None
    if not isinstance(operand, list) or len(operand) < 3:
        return
    mapping = declarations.mappings.get(operand[0]) if isinstance(operand[0], str) else None
    for row in mapping.values() if isinstance(mapping, dict) else ():
        for key, value in row.items() if isinstance(row, dict) else ():
            if isinstance(value, str) and (operand[2] == key or not isinstance(operand[2], str)):
                yield value
