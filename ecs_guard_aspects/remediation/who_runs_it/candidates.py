"""Candidates: the resources that may run a task definition, found without reading each of them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence

from ...model.resource import Resource
from .family import Family
from .referrer import Referrer

_SEPARATOR = "\n\0\n"
"""Separates the texts; no word that is searched for contains it."""


class Candidates:
    """An index of the resources of some templates, for the search for consumers.

    Args:
        referrers: the resources, in the order of the templates.
        run_by_text: the addresses of resources that name the task definition they run by a text.
    """

    def __init__(self, referrers: Sequence[Referrer], run_by_text: Collection[str]) -> None:
        self._referrers = referrers
        self._numbers = {referrer.resource.address: number for number, referrer in enumerate(referrers)}
        self._by_logical_id: dict[str, list[int]] = {}
        self._always: list[int] = []  # candidates for every task definition
        for number, referrer in enumerate(referrers):
            ids = dict.fromkeys(each.text for each in referrer.references if each.kind == "id")
            for logical_id in ids:
                self._by_logical_id.setdefault(logical_id, []).append(number)
            imports = any(each.kind == "import" for each in referrer.references)
            if imports or referrer.resource.address in run_by_text or referrer.chooses_at_run_time:
                self._always.append(number)
        texts = ((number, (each.text for each in referrer.task_texts)) for number, referrer in enumerate(referrers))
        self._texts = TextIndex(texts)

    def of(self, task_definition: Resource, family: Family) -> Iterator[Referrer]:
        """Yield the candidates for a task definition, itself among them, in the order of the templates."""
        found = {*self._by_logical_id.get(task_definition.name, ()), *self._always}
        if family.longest_literal is not None:
            found.update(self._texts.holders_of(family.longest_literal))
        found.add(self._numbers[task_definition.address])
        yield from (self._referrers[number] for number in sorted(found))


class TextIndex:
    """The texts of several holders as one string, so that one search finds all holders of a word.

    Args:
        texts: the number of each holder, in ascending order, and its texts.
    """

    def __init__(self, texts: Iterable[tuple[int, Iterable[str]]]) -> None:
        self._starts: list[int] = []
        self._holders: list[int] = []
        parts: list[str] = []
        length = 0
        for holder, own in texts:
            text = _SEPARATOR.join(own)
            if text:
                self._starts.append(length)
                self._holders.append(holder)
                parts.append(text)
                length += len(text) + len(_SEPARATOR)
        self._all = _SEPARATOR.join(parts)

    def holders_of(self, word: str) -> Iterator[int]:
        """Yield the numbers of the holders that have a text with this word in it, each once, in order."""
        found = self._all.find(word)
        while found >= 0:
            index = bisect_right(self._starts, found) - 1
            yield self._holders[index]
            if index + 1 == len(self._starts):
                return
            found = self._all.find(word, self._starts[index + 1])
