"""Families of task definitions, and texts that name one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from ...model.resource import Resource
from .expressions import HOLE, flat, may_be_equal

_NAME = r"[A-Za-z0-9_-]"
_ARN = re.compile(r"(?:^|[:/])task-definition/")
_REVISION = re.compile(rf":(\d+|{HOLE})$")
_FEWEST_LETTERS = 3
"""The fewest known letters of a family with holes for which texts are searched: fewer would be found anywhere."""


@dataclass(frozen=True)
class Family:
    """The family of a task definition, as a text that may have holes; None if CloudFormation generates one."""

    text: str | None

    @classmethod
    def of(cls, task_definition: Resource) -> Family:
        """Return the family of a task definition."""
        family = task_definition.written("Family")
        return cls(None if family is None else flat(family))

    def is_in(self, text: str) -> bool:
        """Return whether a text names it, alone or among other words."""
        literal = self.longest_literal
        return literal is not None and literal in text and self._pattern.search(text) is not None

    def is_run_by(self, text: str) -> bool:
        """Return whether a task definition property with this text names it, by family, revision or ARN.

        https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
        """
        name = _family_in(text)
        return self.text is not None and HOLE not in name + self.text and name == self.text

    def is_text_of(self, text: str) -> bool:
        """Return whether a text is this family, written the same way, or an ARN of it."""
        return self.text is not None and self.longest_literal is not None and _family_in(text) == self.text

    def may_be_run_by(self, text: str) -> bool:
        """Return whether a task definition property with this text may name it, once its holes are filled."""
        name, family = _family_in(text), self.text or HOLE
        if HOLE not in name and not self.text:
            return False
        return may_be_equal(name, family) or may_be_equal(_REVISION.sub("", name), family)

    @cached_property
    def longest_literal(self) -> str | None:
        """The longest part of it without holes; None if too little of it is known to search texts for it."""
        if self.text is None or len(self.text.replace(HOLE, "")) < (_FEWEST_LETTERS if HOLE in self.text else 1):
            return None
        return max(self.text.split(HOLE), key=len)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        parts = (re.escape(part) for part in (self.text or "").split(HOLE))
        name = rf"(?:{_NAME}|{HOLE})*".join(parts)
        return re.compile(rf"(?<!{_NAME}){name}(?!{_NAME})")


def _family_in(text: str) -> str:
    name = _ARN.split(text)[-1]
    return name if HOLE in name else name.partition(":")[0]
