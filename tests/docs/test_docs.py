"""The documentation: every Python block runs, every other block parses, every link leads somewhere.

A Python block runs by itself, unless a comment in the line before it says otherwise:
``<!-- continues -->`` it goes on where the one before it ended; ``<!-- denied -->`` the gate denies it. The marker may
follow the name of a file in a guide: ``<!-- file: app.py, denied -->``.
"""

from __future__ import annotations

import inspect
import json
import re
import subprocess
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ecs_guard_aspects.gates.command_line.main import main
from ecs_guard_aspects.sources.text.read import read_text

ROOT = Path(__file__).parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/**/*.md"))]

_BLOCK = re.compile(
    r"^(?:<!-- (?:file: [^\s,]+(?:, )?)?(?P<marker>[a-z]*) -->\n)?"
    r"(?P<indent> *)```(?P<language>\w*)\n(?P<body>.*?)^ *```$",
    re.MULTILINE | re.DOTALL,
)
_LINK = re.compile(r"\]\((?P<target>[^)\s]+)\)")
_HEADING = re.compile(r"^#+ (?P<text>.+)$", re.MULTILINE)
_MADE_AT = re.compile(r"\bapp\.py:(?P<line>\d+)")


@dataclass(frozen=True)
class Block:
    """A fenced block: its page and line, its language and the marker before it."""

    page: Path
    line: int
    language: str
    marker: str
    body: str

    @property
    def name(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def _blocks(*languages: str) -> list[Block]:
    """Return the blocks in these languages; in all if none is named."""
    return [block for page in PAGES for block in blocks_of(page) if not languages or block.language in languages]


def blocks_of(page: Path) -> Iterator[Block]:
    text = page.read_text(encoding="utf-8")
    for match in _BLOCK.finditer(text):
        line = text.count("\n", 0, match.start("body")) + 1
        yield Block(page, line, match["language"], match["marker"] or "", textwrap.dedent(match["body"]))


def programs() -> list[list[Block]]:
    """Return the Python blocks, each with those it continues."""
    programs: list[list[Block]] = []
    for block in _blocks("python"):
        if block.marker == "continues":
            programs[-1].append(block)
        else:
            programs.append([block])
    return programs


@pytest.mark.parametrize("program", programs(), ids=lambda program: program[0].name)
def test_python_runs(program: list[Block], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CDK_VALIDATION", "false")
    namespace: dict[str, Any] = {"__name__": "documented"}
    for block in program:
        # The line numbers are those of the page.
        code = compile("\n" * (block.line - 1) + block.body, str(block.page), "exec")
        if block.marker == "denied":
            with pytest.raises(RuntimeError, match="Validation"):
                exec(code, namespace)
        else:
            exec(code, namespace)
    for name, value in list(namespace.items()):
        if name.startswith("test_") and inspect.isfunction(value):
            value()


@pytest.mark.parametrize("block", _blocks("sh", "bash"), ids=lambda block: block.name)
def test_shell_parses(block: Block) -> None:
    subprocess.run(["bash", "-n"], input=block.body, text=True, check=True)


@pytest.mark.parametrize("block", _blocks("json", "yaml"), ids=lambda block: block.name)
def test_data_parses(block: Block) -> None:
    assert json.loads(block.body) if block.language == "json" else read_text(block.body).value


def test_every_block_names_its_language() -> None:
    known = {"python", "typescript", "hcl", "sh", "bash", "json", "yaml", "text", "console", "diff"}
    assert {block.name: block.language for block in _blocks() if block.language not in known} == {}


@pytest.mark.parametrize("block", _blocks("console"), ids=lambda block: block.name)
def test_help_is_what_the_command_says(block: Block, capsys: pytest.CaptureFixture[str]) -> None:
    command, _, shown = block.body.partition("\n")
    if command.startswith("$ ecs-guard ") and command.endswith(" --help"):
        with pytest.raises(SystemExit):
            main(command.split()[2:])
        # Where lines are broken depends on the terminal.
        assert shown.split() == capsys.readouterr().out.split()


def _anchors(page: Path) -> set[str]:
    text = _BLOCK.sub("", page.read_text(encoding="utf-8"))
    return {
        re.sub(r"[^\w -]", "", match["text"].lower()).strip().replace(" ", "-") for match in _HEADING.finditer(text)
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for match in _LINK.finditer(_BLOCK.sub("", page.read_text(encoding="utf-8"))):
        file, _, anchor = match["target"].partition("#")
        if "://" in file or file.startswith("mailto:"):
            continue
        target = (page.parent / file).resolve() if file else page
        if not target.exists() or (anchor and anchor not in _anchors(target)):
            broken.append(match["target"])
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_bridge_is_nowhere_called_the_only_choice_of_ecs_anywhere(page: Path) -> None:
    # It has bridge, host and none.
    assert not re.search(r"(?i)bridge[^.|]{0,30}\bonly (choice|mode)\b", page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_findings_point_into_the_sample_app(page: Path) -> None:
    source = (ROOT / "app.py").read_text(encoding="utf-8").splitlines()
    for match in _MADE_AT.finditer(page.read_text(encoding="utf-8")):
        assert "TaskDefinition(" in source[int(match["line"]) - 1], match[0]


@pytest.mark.parametrize("page", [*PAGES, ROOT / "docs/denied.svg"], ids=lambda page: str(page.relative_to(ROOT)))
def test_nothing_of_this_machine_is_shown(page: Path) -> None:
    assert not re.search(r"(?<![\w.])/(tmp|home|root|work|Users)/", page.read_text(encoding="utf-8"))
