"""Choices of a scenario: the value of each parameter, and the assumptions that were needed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from .declarations import Among, AnythingBut, Declarations, Domain, Parameter
from .values import Cause, Unknown

T = TypeVar("T")


class Choices:
    """The choices that make one scenario, in the order in which they were needed.

    ``undecided`` lists assumptions that the template does not guarantee: the results of a scenario are certain only
    while that list is empty.
    """

    def __init__(self, declarations: Declarations, script: list[int] | None = None) -> None:
        self.declarations = declarations
        self.script: list[int] = [] if script is None else script
        self.undecided: list[Cause] = []
        self._position = 0
        self._arities: list[int] = []
        self._domains: dict[str, Domain] = {}

    @property
    def is_the_only_one(self) -> bool:
        """Whether nothing had to be chosen so far."""
        return self._position == 0 and not self.undecided

    def choose(self, options: Sequence[T]) -> T:
        """Return the option of this scenario; later scenarios have the other ones."""
        if len(options) == 1:
            return options[0]
        if self._position == len(self.script):
            self.script.append(0)
        self._arities.append(len(options))
        option = options[self.script[self._position]]
        self._position += 1
        return option

    def next_script(self) -> list[int] | None:
        """Return the choices of the scenario after this one, or None if this was the last."""
        for position in range(self._position - 1, -1, -1):
            if self.script[position] + 1 < self._arities[position]:
                return [*self.script[:position], self.script[position] + 1]
        return None

    def remember(self, assumption: Cause) -> None:
        """Record an assumption."""
        if assumption not in self.undecided:
            self.undecided.append(assumption)

    def assume(self, unknown: Unknown, location: str, options: Sequence[T]) -> T:
        """Return one of the values that ``unknown`` can have, and record it as an assumption."""
        self.remember(unknown.cause_at(location))
        return self.choose(options)

    def assume_text(self, unknown: Unknown, location: str, candidates: Sequence[str | None]) -> str | None:
        """Like ``assume`` for a string, without the candidates that ``unknown`` cannot have.

        Returns the expression itself if it can have none of them.
        """
        variable = unknown.variable
        domain = self._domains.get(variable) if variable else None
        options = [
            c
            for c in candidates
            if c is None or (c.startswith(unknown.prefix) and (domain is None or domain.allows(c)))
        ]
        value = self.assume(unknown, location, [*options, unknown.expression])
        if variable and value is not None and value != unknown.expression:
            self._domains[variable] = Among((value,))
        return value

    def pick(self, name: str) -> str | Unknown:
        """Choose the value of a parameter: one of its allowed values, its default, or any other value."""
        domain = self._domain(name)
        if isinstance(domain, Among):
            value = self.choose(domain.values)
            self._domains[name] = Among((value,))
            return value
        default = domain.default
        if default is not None and self.choose((True, False)):
            self._domains[name] = Among((default,))
            return default
        if default is not None:
            self._domains[name] = AnythingBut(None, domain.excluded | {default})
        what = _ANY_PSEUDO_PARAMETER if name.startswith("AWS::") else _ANY_PARAMETER
        return Unknown(f"${{{name}}}", what, variable=name)

    def is_member(self, name: str, values: frozenset[str]) -> bool:
        """Choose whether a parameter has one of some values."""
        inside, outside = self._domain(name).split(values)
        if inside is None or outside is None:
            return inside is not None
        member = self.choose((True, False))
        self._domains[name] = inside if member else outside
        return member

    def pick_among(self, name: str, values: Sequence[str], or_none: bool) -> str | None:
        """Choose which of some values a parameter has; None for another value, if that is allowed.

        Raises:
            LookupError: if it can have none of them, but must.
        """
        domain = self._domain(name)
        options: list[str | None] = [value for value in values if domain.allows(value)]
        if or_none:
            options.append(None)
        if not options:
            raise LookupError(name)
        value = self.choose(options)
        known = frozenset(option for option in options if option is not None) if value is None else frozenset((value,))
        inside, outside = domain.split(known)
        self._domains[name] = (outside if value is None else inside) or domain
        return value

    def _domain(self, name: str) -> Domain:
        domain = self._domains.get(name)
        if domain is None:
            domain = self._domains[name] = self._parameter(name).domain
        return domain

    def _parameter(self, name: str) -> Parameter:
        parameter = self.declarations.variable(name)
        assert parameter is not None
        return parameter


_ANY_PSEUDO_PARAMETER = "a pseudo parameter that can be anything"
_ANY_PARAMETER = "a parameter without AllowedValues"
