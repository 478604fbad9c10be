"""What a resource says by itself, without the raw overrides laid over it."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk


def own_properties(node: cdk.CfnResource) -> Any:
    """Return the CloudFormation properties of a resource as it alone renders them; after all Aspects only."""
    stack = cdk.Stack.of(node)
    return stack.resolve(node._render_properties(stack.resolve(node._cfn_properties)))
