"""Finds texts by a word in them, without a look at each of them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator

_END = "\n\0\n"
"""Stands between the texts, in no word that is looked for."""


class TextIndex:
    """Texts of several holders.

    Args:
        texts: the texts of each holder, by its number, in the order of these.
    """

    def __init__(self, texts: Iterable[tuple[int, Iterable[str]]]) -> None:
        self._starts: list[int] = []
        self._holders: list[int] = []
        parts: list[str] = []
        length = 0
        for holder, own in texts:
            text = _END.join(own)
            if text:
                self._starts.append(length)
                self._holders.append(holder)
                parts.append(text)
                length += len(text) + len(_END)
        self._all = _END.join(parts)

    def holders_of(self, word: str) -> Iterator[int]:
        """Yield the numbers of those who have a text with this word in it, each once, in order."""
        found = self._all.find(word)
        while found >= 0:
            index = bisect_right(self._starts, found) - 1
            yield self._holders[index]
            if index + 1 == len(self._starts):
                return
            found = self._all.find(word, self._starts[index + 1])
