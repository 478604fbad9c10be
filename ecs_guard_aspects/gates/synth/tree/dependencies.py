"""Dependencies in a Stage that are declared in code, or that its templates do not show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import aws_cdk as cdk
from constructs import IConstruct

from ....remediation.obstacles.deployment_order import Dependency
from ....remediation.who_runs_it.references import References
from ....remediation.who_runs_it.referrer import Referrer
from .constructs import node_at
from .targets import targets_of


def dependencies_in(stage: IConstruct, stacks: Iterable[cdk.Stack], references: References) -> Iterator[Dependency]:
    """Yield the dependencies of stacks, of constructs, and of references that could mean several stacks by their id."""
    for stack in stacks:
        for awaited in stack.dependencies:
            yield Dependency(stack.node.path, awaited.node.path)
    inside = f"{stage.node.path}/" if stage.node.path else ""
    for node in stage.node.find_all():
        # Asking a Stage for its dependencies would call what waits for the end of its Aspects.
        if not isinstance(node, cdk.Stage) and node.node.path.startswith(inside) and node.node.path != stage.node.path:
            for other in node.node.dependencies:
                yield Dependency(node.node.path, other.node.path)
    for referrer in references.all:
        yield from _of_two_meanings(referrer, stage, references)


def _of_two_meanings(referrer: Referrer, stage: IConstruct, references: References) -> Iterator[Dependency]:
    if not any(references.is_in_other_stacks(logical_id, referrer.stack_path) for logical_id in referrer.logical_ids):
        return
    node = node_at(stage.node.root, referrer.resource.address)
    if isinstance(node, cdk.CfnResource):
        for target in targets_of(node._cfn_properties, node):
            yield Dependency(referrer.resource.address, target.node.path)
