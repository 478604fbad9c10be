"""Errors of policies and reports."""

from __future__ import annotations

from collections.abc import Iterable


class PolicyError(ValueError):
    """An invalid policy. The message names the invalid part and what is allowed."""


class ReportError(Exception):
    """A JSON report that cannot be read. The message says why."""


def require_known(kind: str, name: object, allowed: Iterable[str]) -> str:
    """Return ``name`` if it is allowed.

    Raises:
        PolicyError: if it is not; the message names the nearest allowed name, and all of them.
    """
    names = list(allowed)
    if isinstance(name, str) and name in names:
        return name
    raise PolicyError(
        f"{kind} {as_written(name)} is unknown.{did_you_mean(str(name), names)} Known: {', '.join(names)}."
    )


def as_written(value: object) -> str:
    """Return a value for a message as a policy file has it: ``null`` and ``true``, not ``None`` and ``True``."""
    import json  # only invalid values need it

    return repr(value) if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)


def did_you_mean(name: str, allowed: Iterable[str]) -> str:
    """Return a question that names the nearest of some names, with a space before it; empty if none is near."""
    import difflib  # only invalid names need it

    text, names = name.lower(), list(allowed)
    near = difflib.get_close_matches(text, names, n=1) or [one for one in names if text and text in one]
    return f" Did you mean {near[0]!r}?" if near else ""
