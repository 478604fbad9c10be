"""The order of deployment: a resource waits for what it references and depends on, and for whole other stacks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property

from ..who_runs_it.references import References
from ..who_runs_it.referrer import Referrer


class DeploymentOrder:
    """The order in which the resources of a Stage are made.

    Args:
        references: the resources.
        stacks: the construct paths of all stacks.
        declared: returns the paths of what the construct at a path waits for, a stack too, if no template shows it.
    """

    def __init__(
        self, references: References, stacks: Iterable[str], declared: Callable[[str], Iterable[str]] = lambda _path: ()
    ) -> None:
        self._references = references
        self._stacks = frozenset(stacks)
        self._declared = declared

    def waits_for(self, first: Referrer, last: Referrer) -> bool:
        """Return whether one resource waits for another, directly or not.

        If they are in different stacks, the stacks wait for each other.
        """
        goal = self._outermost_other(last.stack_path, first.stack_path)
        waiting = [first, *self._all_in(self._outermost_other(first.stack_path, last.stack_path))]
        seen = {referrer.resource.address for referrer in waiting}
        while waiting:
            for other in self._awaited(waiting.pop()):
                if other is last or (goal is not None and other.stack_path in (goal, *self._stacks_in(goal))):
                    return True
                if other.resource.address not in seen:
                    seen.add(other.resource.address)
                    waiting.append(other)
        return False

    def _awaited(self, referrer: Referrer) -> Iterator[Referrer]:
        for logical_id in referrer.logical_ids:
            for other in self._references.meant(logical_id, referrer):
                yield from self._with_its_stack(other, referrer)
        for path in _paths_to(referrer.resource.address):
            for target in self._declared(path):
                for other in self._below.get(target, ()):
                    yield from self._with_its_stack(other, referrer)

    @cached_property
    def _below(self) -> dict[str, list[Referrer]]:
        """By construct path, the resources below it."""
        below: dict[str, list[Referrer]] = {}
        for referrer in self._references.all:
            for path in {*_paths_to(referrer.resource.address), *_paths_to(referrer.stack_path)}:
                below.setdefault(path, []).append(referrer)
        return below

    def _with_its_stack(self, other: Referrer, referrer: Referrer) -> Iterator[Referrer]:
        """Yield a resource that is awaited, and if it is in another stack all resources of that stack."""
        yield other
        yield from self._all_in(self._outermost_other(other.stack_path, referrer.stack_path))

    def _all_in(self, stack: str | None) -> Iterable[Referrer]:
        return self._below.get(stack, ()) if stack is not None else ()

    def _stacks_in(self, stack: str) -> Iterator[str]:
        return (path for path in self._stacks if path.startswith(f"{stack}/"))

    def _outermost_other(self, stack: str, other: str) -> str | None:
        """Return the outermost stack that one is, or is in, and the other is not; None if there is none."""
        others = (path for path in _paths_to(stack) if path in self._stacks and path not in _paths_to(other))
        return next(others, None)


def _paths_to(path: str) -> list[str]:
    """Return the paths of all constructs around one, and its own, the outermost first."""
    names = path.split("/")
    return ["/".join(names[:end]) for end in range(1, len(names) + 1)]
