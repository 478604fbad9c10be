"""The network of instances where another stack uses it: references that the CDK turns into exports and imports."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import aws_cdk as cdk

from ....cloudformation.nodes import NO_VALUE
from ....remediation.instances.leaves import reference_of
from ....remediation.instances.network import InstanceNetwork, NetworkUnknownError
from ....remediation.load_balancers.target_groups import CannotSwitchError
from ....remediation.who_runs_it.expressions import references_in
from ....remediation.who_runs_it.references import References
from ....remediation.who_runs_it.referrer import Referrer
from ..tree.constructs import Nodes


def in_stack_of(stack: str, network: InstanceNetwork, nodes: Nodes) -> InstanceNetwork:
    """Return a network as a stack can use it.

    Args:
        stack: the construct path of the stack.
        network: the network, as the stack of the instances writes it.
        nodes: the constructs of the Stage.

    Raises:
        NetworkUnknownError: if an expression of the network means something in its own stack only.
    """

    def usable(node: Any) -> Any:
        if isinstance(node, list):
            return [usable(item) for item in node]
        reference = reference_of(node)
        meant = network.named.get(reference[0]) if reference is not None else None
        if isinstance(node, str) or node is None or node == NO_VALUE or is_local(node, meant):
            return node
        token = None if meant is None else _token(node, meant, nodes)
        if token is None:
            raise NetworkUnknownError(f"the network of its instances cannot be used outside of {network.stack_path}")
        return token

    def is_local(node: Any, meant: Referrer | None) -> bool:
        if meant is not None:
            return meant.stack_path == stack
        named = [network.named[each.text] for each in references_in(node) if each.text in network.named]
        return network.stack_path == stack and all(each.stack_path == stack for each in named)

    return replace(network, subnets=usable(network.subnets), security_groups=usable(network.security_groups))


def usable_in(value: Any, holder: Referrer, references: References, nodes: Nodes) -> Any:
    """Return an expression of a resource as a new resource of its stack can have it: with tokens for other stacks.

    Raises:
        CannotSwitchError: if it means something of another stack that has no token.
    """
    ids = [each.text for each in references_in(value) if each.kind == "id"]
    others = [each for name in ids for each in references.meant(name, holder) if each.stack_path != holder.stack_path]
    if not others:
        return value
    token = _token(value, others[0], nodes) if len(others) == 1 else None
    if token is None:
        raise CannotSwitchError(f"a rule of {holder.resource.address} cannot be copied")
    return token


def _token(node: Any, meant: Referrer, nodes: Nodes) -> str | None:
    """Return a reference to a resource as a token, which the CDK makes an export where that is needed."""
    reference, target = reference_of(node), nodes.at(meant.resource.address)
    if reference is None or not isinstance(target, cdk.CfnResource):
        return None
    return target.get_att(reference[1]).to_string() if reference[1] else target.ref
