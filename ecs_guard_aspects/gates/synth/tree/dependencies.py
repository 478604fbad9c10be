"""Dependencies that are declared in code: of constructs and of stacks. No template shows them before it is written."""

from __future__ import annotations

import aws_cdk as cdk

from .constructs import Nodes


class Dependencies:
    """The dependencies of constructs, each read once.

    Args:
        nodes: the constructs.
    """

    def __init__(self, nodes: Nodes) -> None:
        self._nodes = nodes
        self._found: dict[str, list[str]] = {}

    def of(self, path: str) -> list[str]:
        """Return the paths of what the construct at a path waits for, itself or as a stack."""
        if path not in self._found:
            self._found[path] = self._asked_for(path)
        return self._found[path]

    def _asked_for(self, path: str) -> list[str]:
        node = self._nodes.at(path)
        # Reading the dependencies of a Stage would call the functions that wait for the end of its Aspects.
        if node is None or isinstance(node, cdk.Stage):
            return []
        awaited = [*node.node.dependencies, *(node.dependencies if isinstance(node, cdk.Stack) else ())]
        return [each.node.path for each in awaited]
