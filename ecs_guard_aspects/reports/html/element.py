"""Elements of HTML: a text becomes part of one by being escaped, there is no other way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from ..wording import printable


@dataclass(frozen=True)
class Html:
    """A piece of HTML, made by ``element`` only."""

    text: str

    @classmethod
    def joined(cls, parts: Iterable[Html]) -> Html:
        """Return pieces one after the other, a line each."""
        return cls("\n".join(part.text for part in parts))


Part = Html | str | int | None


def element(tag: str, *parts: Part | Iterable[Part], **attributes: str | int | bool | None) -> Html:
    """Return an element.

    Args:
        tag: its name; none that has no end tag.
        parts: what is in it: elements, and texts, which are escaped; None is nothing.
        attributes: its attributes; ``_`` stands for ``-``, and the one at the end of ``class_`` for nothing. One that
            is False or None is left out, one that is True has no value.
    """
    opened = "".join([f"<{tag}", *(_attribute(name, value) for name, value in attributes.items()), ">"])
    return Html("".join([opened, *map(_text, _flat(parts)), f"</{tag}>"]))


def _flat(parts: Iterable[Part | Iterable[Part]]) -> Iterable[Part]:
    for part in parts:
        if part is None or isinstance(part, Html | str | int):
            yield part
        else:
            yield from part


def _text(part: Part) -> str:
    if part is None:
        return ""
    return part.text if isinstance(part, Html) else escaped(str(part))


def escaped(text: str) -> str:
    """Return a text such that it stays one: in ASCII, so that no pipe can spoil it, and without what reorders it."""
    return escape(printable(text)).encode("ascii", "xmlcharrefreplace").decode()


def _attribute(name: str, value: str | int | bool | None) -> str:
    if value is None or value is False:
        return ""
    name = name.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escaped(str(value))}"'
