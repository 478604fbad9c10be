"""``ecs-guard explain``: what the page on checks says, on the terminal."""

from __future__ import annotations

import re
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from ....policy.checks import ALL
from ....policy.errors import PolicyError, require_known
from ....policy.ids import NOTICES
from ..errors import CommandError
from ..exit_codes import ADMITTED
from ..terminal import write_out

# The wheel has the page as a file of the package; in a checkout it is where it is written.
_PAGES = (Path(__file__).parents[3] / "checks.md", Path(__file__).parents[4] / "docs" / "checks.md")

_LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
_INDENT = 13
_COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)


def explain(arguments: Namespace) -> int:
    """Run the command and return its exit code."""
    write_out(f"{explanation(arguments.check)}\n" if arguments.check else _overview())
    return ADMITTED


def explanation(check: str) -> str:
    """Return what is said of a check.

    Raises:
        CommandError: if there is none of this name.
    """
    try:
        require_known("check", check, [*(check.id for check in ALL), *NOTICES])
    except PolicyError as error:
        raise CommandError(str(error)) from None
    page = _page()
    section = _notice(page, check) if check in NOTICES else _section(page, check)
    return f"{check}\n\n{section}"


def _overview() -> str:
    rows = [(check.id, check.severity.value, check.title) for check in ALL]
    width = max(len(check_id) for check_id, _, _ in rows)
    lines = [f"{check_id:{width}}  {severity:6}  {title}" for check_id, severity, title in rows]
    return "\n".join([*lines, "", f"No checks, but findings: {', '.join(NOTICES)}.", ""])


def _page() -> str:
    page = next((path for path in _PAGES if path.is_file()), None)
    if page is None:
        raise CommandError("the page on checks is not installed: reinstall ecs-guard-aspects")
    return page.read_text(encoding="utf-8")


def _section(page: str, check: str) -> str:
    body = page.partition(f"\n## {check}\n")[2].partition("\n## ")[0]
    lines = (_line(line) for line in _COMMENT.sub("", body).strip().splitlines())
    text = "\n".join(line for line in lines if line is not None)
    return _LINK.sub(_link, text.replace("), [", f"),\n{'':{_INDENT}}["))


def _line(line: str) -> str | None:
    """Return a line as it is, a row of a table as `name: value`; None for what only draws the table."""
    if not line.startswith("|"):
        return line
    cells = [cell.strip() for cell in line.strip("| ").split("|")]
    return (
        f"{cells[0] + ':':{_INDENT}}{' | '.join(cells[1:])}" if len(cells) > 1 and not set(line) <= set("|- ") else None
    )


def _notice(page: str, check: str) -> str:
    return _LINK.sub(_link, "\n".join(_notice_lines(page, check)))


def _notice_lines(page: str, check: str) -> Iterator[str]:
    for line in page.splitlines():
        if line.startswith(f"| `{check}` |"):
            _, said_of, enforcement = (cell.strip() for cell in line.strip("| ").split(" | "))
            yield f"Said of:     {said_of}"
            yield f"Enforcement: {enforcement}"


def _link(match: re.Match[str]) -> str:
    """Return a link as text, with its address if that leads anywhere from a terminal."""
    text, address = match.groups()
    return f"{text} <{address}>" if "://" in address else text
