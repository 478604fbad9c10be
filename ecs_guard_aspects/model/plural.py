"""How messages count things, and cut long lists."""

from __future__ import annotations

from collections.abc import Sequence


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Return a number with its noun: ``1 file``, ``2 files``; ``plural`` is for what takes more than an s."""
    return f"{number} {noun if number == 1 else plural or f'{noun}s'}"


def first_of(items: Sequence[str], most: int) -> list[str]:
    """Return so many items at the most; of more, a last one says how many are left out."""
    more = len(items) - most
    return [*items[:most], f"and {more} more"] if more > 0 else list(items)
