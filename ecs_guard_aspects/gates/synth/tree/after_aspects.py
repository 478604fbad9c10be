"""The one moment between the Aspects of a Stage and the references between its stacks.

The CDK first asks every construct, the Stage before all others, what it depends on. What is changed then is written,
and references that are made then are exported. https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/core/lib/private/prepare-app.ts
"""

from __future__ import annotations

from collections.abc import Callable

from constructs import Dependable, DependencyGroup, IConstruct


class _Hook(Dependable):
    def __init__(self, then: Callable[[], None]) -> None:
        super().__init__()
        self._then = then

    @property
    def dependency_roots(self) -> list[IConstruct]:
        self._then()
        return []


def after_aspects(stage: IConstruct, then: Callable[[], None]) -> None:
    """Have ``then`` called when all Aspects of a Stage have run: once for each Stage around it too, so more than once.

    An exception it raises fails the synth.
    """
    group = DependencyGroup()  # an IDependable made in Python loses its identity
    Dependable.implement(group, _Hook(then))
    stage.node.add_dependency(group)
