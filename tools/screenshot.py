"""Draws docs/denied.svg: what the CDK CLI shows in a terminal when the gate denies the app of the README.

python -m tools.screenshot

The CDK CLI runs the app. Its lines are wrapped between words, and are short enough to be read on a phone.
"""

from __future__ import annotations

import os
import pty
import re
import tempfile
from collections.abc import Iterator
from contextlib import chdir
from html import escape
from pathlib import Path

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "denied.svg"
COMMAND = ["cdk", "synth", "--quiet"]

COLUMNS = 58
_CHARACTER, _LINE, _MARGIN, _TITLE = 7.8, 19, 16, 30
_CODE = re.compile(r"\x1b\[([0-9;]*)m")
_APP = re.compile(r"<!-- denied -->\n```python\n(.*?)```", re.DOTALL)
_STYLES = {"1": "b", "31": "r", "34": "i", "38;5;208": "e", "90": "d"}

Span = tuple[str, frozenset[str]]


def output_of(command: list[str]) -> tuple[str, int]:
    """Return what a command prints in a terminal for the app of the README, and its exit code."""
    app = _APP.search((ROOT / "README.md").read_text(encoding="utf-8"))
    assert app
    printed = bytearray()

    def read(terminal: int) -> bytes:
        data = os.read(terminal, 4096)
        printed.extend(data)
        return data

    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        Path("app.py").write_text(app[1], encoding="utf-8")
        Path("cdk.json").write_text('{"app": "python app.py"}', encoding="utf-8")
        status = pty.spawn(command, read)
    return printed.decode().replace("\r\n", "\n"), os.waitstatus_to_exitcode(status)


def lines_of(text: str) -> Iterator[list[Span]]:
    """Yield the lines of a terminal, each as characters with their styles, and no line longer than the picture."""
    line: list[Span] = []
    styles: frozenset[str] = frozenset()
    for index, part in enumerate(_CODE.split(text)):
        if index % 2:
            styles = styles | {_STYLES[part]} if part in _STYLES else frozenset()
            continue
        for character in part:
            if character == "\n":
                yield from _wrapped(line)
                line = []
            else:
                line.append((character, styles))
    yield from _wrapped(line)


def _wrapped(line: list[Span]) -> Iterator[list[Span]]:
    """Yield the parts of a line, broken at spaces, with the indentation of the line."""
    text = "".join(character for character, _ in line)
    indent = line[: len(text) - len(text.lstrip())]
    while len(line) > COLUMNS:
        end = "".join(character for character, _ in line).rfind(" ", len(indent), COLUMNS + 1)
        yield line[:end]
        line = [*indent, *line[end + 1 :]]
    yield line


def drawn(lines: list[list[Span]]) -> str:
    """Return the lines as an SVG picture of a terminal."""
    width = round(COLUMNS * _CHARACTER + 2 * _MARGIN)
    height = len(lines) * _LINE + _TITLE + 2 * _MARGIN
    rows = "\n".join(
        f'<text x="{_MARGIN}" y="{_TITLE + _MARGIN + (number + 1) * _LINE - 5}">{_row(line)}</text>'
        for number, line in enumerate(lines)
    )
    return f"""<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"
  role="img" xml:space="preserve">
<title>cdk synth, denied by ecs-guard</title>
<style>
text {{ font: 13px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: #d4d4d4; white-space: pre; }}
.b {{ font-weight: bold; fill: #ffffff; }} .e {{ fill: #ff8700; }} .r {{ fill: #f14c4c; }}
.d {{ fill: #9a9a9a; }} .i {{ fill: #6cb6ff; }}
</style>
<rect width="{width}" height="{height}" rx="8" fill="#1e1e1e"/>
<circle cx="20" cy="18" r="6" fill="#ff5f56"/><circle cx="40" cy="18" r="6" fill="#ffbd2e"/>
<circle cx="60" cy="18" r="6" fill="#27c93f"/>
{rows}
</svg>
"""


def _row(line: list[Span]) -> str:
    spans: list[tuple[str, frozenset[str]]] = []
    for character, styles in line:
        if spans and spans[-1][1] == styles:
            spans[-1] = (spans[-1][0] + character, styles)
        else:
            spans.append((character, styles))
    return "".join(
        f'<tspan class="{" ".join(sorted(styles))}">{escape(text)}</tspan>' if styles else escape(text)
        for text, styles in spans
    )


def main() -> None:
    text, exit_code = output_of(COMMAND)
    if exit_code != 1:
        raise SystemExit(f"{' '.join(COMMAND)} ended with {exit_code}: the app of the README should be denied")
    lines = list(lines_of(f"$ {' '.join(COMMAND)}\n{text.strip()}\n$ echo $?\n{exit_code}"))
    PICTURE.write_text(drawn(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
