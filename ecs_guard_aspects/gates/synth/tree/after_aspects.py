"""Calls after the Aspects of a Stage, before the CDK resolves references between its stacks.

The CDK then reads the dependencies of every construct, the Stage first. Changes that are made then are written, and
references are exported. https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/core/lib/private/prepare-app.ts

Other code that reads the dependencies of the Stage (``app.node.dependencies``) calls this too early, and the app can
lose changes that its Aspects make later. The two calls look the same. But if there are two calls without a validation
between them, the first one was too early, and the validation fails the synth.
"""

from __future__ import annotations

from collections.abc import Callable

import jsii
from constructs import Dependable, DependencyGroup, IConstruct, IValidation

from .constructs import is_synthesized

_TOO_EARLY = (
    "The fix of ecs-guard was called before all Aspects had run, because other code reads node.dependencies of this App"
    " or Stage: changes by the remaining Aspects may be lost. Read the dependencies of single constructs instead, or"
    " leave out the fix."
)


class _Turn:
    """The calls for one Stage: one for each synth of it, and one more for each Stage around it."""

    def __init__(self, stage: IConstruct, then: Callable[[], None]) -> None:
        self._stage = stage
        self._then = then
        self._has_run = False
        self._was_synthesized = False
        self._was_too_early = False

    def run(self) -> None:
        is_again = is_synthesized(self._stage)
        # A Stage inside others is called again for each Stage around it, when that is written.
        is_same_synth = is_again is self._was_synthesized if self._stage.node.scope is None else not is_again
        if self._has_run and is_same_synth:
            self._was_too_early = True
            return
        self._has_run = True
        self._was_synthesized = is_again
        self._then()

    def end(self) -> list[str]:
        """Return the errors of the synth that ends."""
        problems = [_TOO_EARLY] if self._was_too_early else []
        self._has_run = self._was_too_early = False
        return problems


class _Hook(Dependable):
    def __init__(self, turn: _Turn) -> None:
        super().__init__()
        self._turn = turn

    @property
    def dependency_roots(self) -> list[IConstruct]:
        self._turn.run()
        return []


@jsii.implements(IValidation)
class _End:
    def __init__(self, turn: _Turn) -> None:
        self._turn = turn

    def validate(self) -> list[str]:
        return self._turn.end()


def after_aspects(stage: IConstruct, then: Callable[[], None]) -> None:
    """Call ``then`` when all Aspects of a Stage have run, and again for each Stage around it.

    An exception of ``then`` fails the synth, and so does a call that comes too early.
    """
    turn = _Turn(stage, then)
    group = DependencyGroup()  # an IDependable made in Python loses its identity
    Dependable.implement(group, _Hook(turn))
    stage.node.add_dependency(group)
    stage.node.add_validation(_End(turn))
