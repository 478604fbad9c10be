"""The network of instances where another stack uses it: references that the CDK turns into exports and imports."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import aws_cdk as cdk

from ....remediation.instances.leaves import NO_VALUE, reference_of
from ....remediation.instances.network import InstanceNetwork, NetworkUnknownError
from ....remediation.who_runs_it.references import References
from ..tree.constructs import Nodes


def in_stack_of(address: str, network: InstanceNetwork, references: References, nodes: Nodes) -> InstanceNetwork:
    """Return a network as the stack of a resource can use it.

    Raises:
        NetworkUnknownError: if an expression of the network means something in its own stack only.
    """
    referrer = references.at(address)
    if referrer is None or referrer.stack_path == network.stack_path:
        return network

    def token(node: Any) -> Any:
        if isinstance(node, list):
            return [token(item) for item in node]
        if isinstance(node, str) or node is None or node == NO_VALUE:
            return node
        reference = reference_of(node)
        found = references.called(reference[0], network.stack_path) if reference is not None else []
        target = nodes.at(found[0].resource.address) if found else None
        if reference is None or not isinstance(target, cdk.CfnResource):
            raise NetworkUnknownError(f"the network of its instances cannot be used outside of {network.stack_path}")
        return target.get_att(reference[1]).to_string() if reference[1] else target.ref

    return replace(network, subnets=token(network.subnets), security_groups=token(network.security_groups))
