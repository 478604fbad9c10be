"""Counting in messages: numbers with their nouns, and shortened lists."""

from __future__ import annotations

from collections.abc import Sequence


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Return a number with its noun: ``1 file``, ``2 files``; ``plural`` is for nouns that do not end with s then."""
    return f"{number} {noun if number == 1 else plural or f'{noun}s'}"


def first_of(items: Sequence[str], most: int) -> list[str]:
    """Return at most so many items; of more, a last one says how many are left out."""
    more = len(items) - most
    return [*items[:most], f"and {more} more"] if more > 0 else list(items)
