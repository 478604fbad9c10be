"""Inline exemptions: those in a comment of a file, and those in the metadata of a resource."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from ...model.inline_exemption import InlineExemption
from ...model.place import Place
from .text import MENTION, Comment

CHECK_LIMIT = 20
"""The maximum number of checks in one comment."""

LIST_LIMIT = 1_000
"""The maximum number of exemptions in the metadata of one resource."""

# Compiled at their first use, so that commands start faster: most files have no comment for the gate.
_COMMENT = r"(?s:(?:#+|//+|/\*[\s*]*)?\s*ecs-guard(?![\w-])\s*(?P<colon>:?)\s*(?P<body>.*?)\s*(?:\*/)?\s*)"
_IGNORE = r"ignore\s*\[(?P<checks>[^\]]*)\](?!\S)\s*"
_FIELD = r"""(?P<name>[A-Za-z_-]+)=(?P<value>"[^"]*"(?!\S)|(?!")\S*)\s*"""
_LOOKS_LIKE_A_FIELD = r"(?<!\S)(owner|until|expires|ticket|container)="

_FIELDS = {"owner": "owner", "until": "expires", "ticket": "ticket", "container": "container"}
"""The fields of an exemption by their names in a comment."""

_REQUIRED = {"owner": "owner=...", "until": "until=YYYY-MM-DD"}


class _ProblemError(ValueError):
    """An invalid comment. The message says why, as a clause."""


def parse_comment(text: str, place: Place) -> list[InlineExemption]:
    """Return the exemptions of a comment: one for each check it names, none if it is not for the gate.

    Args:
        text: the comment, with or without its delimiters (``#``, ``//``, ``/* */``).
        place: its place.
    """
    match = re.fullmatch(_COMMENT, text.strip())
    if match is None or not (match["colon"] or match["body"].startswith("ignore")):
        return []
    try:
        checks, fields = _parse(match["colon"], match["body"])
    except _ProblemError as error:
        return [InlineExemption({}, place, problem=str(error))]
    return [InlineExemption({"check": check, **fields}, place) for check in checks]


def at_members(comments: Iterable[Comment], file: str) -> dict[str | None, list[InlineExemption]]:
    """Return the exemptions of comments by the member that they belong to; under None those that belong to none.

    Args:
        comments: the comments of a file.
        file: the name of the file.
    """
    found: dict[str | None, list[InlineExemption]] = {}
    for comment in comments:
        found.setdefault(comment.step, []).extend(parse_comment(comment.text, Place(file, *comment.position)))
    return found


def every(
    exemptions: Mapping[str | None, Sequence[InlineExemption]], but: Collection[str | None] = ()
) -> list[InlineExemption]:
    """Return the exemptions of all members but some, in the order of the file."""
    found = [exemption for step, given in exemptions.items() if step not in but for exemption in given]
    return sorted(found, key=lambda exemption: exemption.place.line or 0)


def in_metadata(resource: object, place_of: Callable[[str], Place]) -> Iterator[InlineExemption]:
    """Yield the exemptions in the metadata of a resource: a list under ``ecs-guard``.

    Args:
        resource: the resource, as it is in the template.
        place_of: returns the place of a location in it.
    """
    metadata = resource.get("Metadata") if isinstance(resource, Mapping) else None
    if not isinstance(metadata, Mapping) or MENTION not in metadata:
        return
    location, written = f"Metadata/{MENTION}", metadata[MENTION]
    if not isinstance(written, list) or len(written) > LIST_LIMIT:
        problem = f"{MENTION} in Metadata must be a list of exemptions, {LIST_LIMIT:,} at the most"
        yield InlineExemption({}, place_of(location), location, problem)
        return
    for index, item in enumerate(written):
        at = f"{location}/{index}"
        if isinstance(item, Mapping):
            yield InlineExemption({str(key): value for key, value in item.items()}, place_of(at), at)
        else:
            yield InlineExemption({}, place_of(at), at, f"{MENTION}[{index}] in Metadata must be an object")


def _parse(colon: str, body: str) -> tuple[list[str], dict[str, str]]:
    """Return the checks that a comment names, and the fields of its exemptions."""
    if not colon:
        raise _ProblemError("a colon is missing after ecs-guard")
    match = re.match(_IGNORE, body)
    if match is None:
        # The text is not quoted: a comment can contain secrets.
        raise _ProblemError("it does not begin with ignore[CHECK]" if body else "it is empty")
    checks = list(dict.fromkeys(name.strip() for name in match["checks"].split(",")))
    if not all(checks):
        raise _ProblemError("a name of a check is missing in the brackets")
    if len(checks) > CHECK_LIMIT:
        raise _ProblemError(f"it names more than {CHECK_LIMIT} checks")
    fields, reason = _fields(body[match.end() :])
    missing = [form for name, form in _REQUIRED.items() if _FIELDS[name] not in fields]
    if not reason:
        missing.append("the reason, at the end")
    if missing:
        raise _ProblemError(f"it lacks {', '.join(missing)}")
    return checks, {**fields, "reason": reason}


def _fields(text: str) -> tuple[dict[str, str], str]:
    """Return the fields at the beginning of a text, and the reason after them."""
    fields: dict[str, str] = {}
    while match := re.match(_FIELD, text):
        name = match["name"]
        if name not in _FIELDS:
            hint = ": the last day is until=..." if name == "expires" else f"; known are {', '.join(_FIELDS)}"
            raise _ProblemError(f"{_cut(name)}= is unknown{hint}")
        if _FIELDS[name] in fields:
            raise _ProblemError(f"{name}= is repeated")
        fields[_FIELDS[name]] = match["value"].strip('"')
        text = text[match.end() :]
    late = re.search(_LOOKS_LIKE_A_FIELD, text)
    if late:
        where = "has a quote that does not end, or text after its quotes" if late.start() == 0 else "is in the reason"
        raise _ProblemError(f'{late[1]}= {where}; fields come first, such as owner="team a"')
    return fields, text.strip()


def _cut(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}..."
