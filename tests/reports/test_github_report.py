"""The report as annotations: what a runner of GitHub Actions makes of each line."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from ecs_guard_aspects.policy import Enforcement, Report
from ecs_guard_aspects.policy.judging.report import NotRead
from ecs_guard_aspects.reports.github_report import MOST_OF_A_KIND, github_report, without_commands
from ecs_guard_aspects.sources.files import Files

from .test_text_report import finding, report_of


class Command(NamedTuple):
    """What the runner takes for a command."""

    name: str
    properties: dict[str, str]
    message: str


def unescaped(text: str) -> str:
    for written, meant in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(written, meant)
    return text


def commands(text: str) -> list[Command]:
    """Read a log as the runner does: actions/runner, src/Runner.Common/ActionCommand.cs and ActionCommandManager.cs."""
    found, stop = [], ""
    for line in re.split(r"\r\n|\r|\n", text):
        new = re.match(r"\s*::([^\s:]+)(?: ([^:]*))?::(.*)", line)
        old = re.search(r"##\[([^\s\]]+)[^\]]*\](.*)", line)
        name = new[1] if new else old[1] if old else ""
        if stop:
            stop = "" if name == stop else stop
        elif name == "stop-commands" and new:
            stop = new[3]
        elif new:
            pairs = [pair.split("=", 1) for pair in (new[2] or "").split(",") if pair]
            properties = {name: unescaped(value) for name, value in pairs}
            found.append(Command(new[1], properties, unescaped(new[3])))
        elif old:
            found.append(Command(old[1], {}, old[2]))
    assert not stop, "what comes after the text must count again"
    return found


def test_all_of_it(judged: tuple[Report, Files], is_as_before: Callable[[str, str], None]) -> None:
    report, _ = judged
    text = github_report(report)
    is_as_before("report.github.txt", text)
    assert [command.name for command in commands(text)] == ["error"] * 6 + ["warning"] * 3


ANNOTATIONS: list[tuple[dict[str, Any], list[tuple[str, dict[str, str]]]]] = [
    (
        {},
        [("error", {"file": "x.yaml", "line": "1", "col": "7", "title": "awsvpc-network-mode (medium)"})],
    ),
    (
        {"file": "a,b:c%d.yaml", "line": None, "column": None},
        [("error", {"file": "a,b:c%d.yaml", "title": "awsvpc-network-mode (medium)"})],
    ),
    (
        {"enforcement": Enforcement.WARN, "file": None, "source": "", "line": None, "column": None},
        [("warning", {"title": "awsvpc-network-mode (medium)"})],
    ),
    ({"enforcement": Enforcement.AUDIT}, []),
    ({"baseline": True}, []),
    ({"acknowledged": "moves in May"}, []),
]


@pytest.mark.parametrize(("changes", "expected"), ANNOTATIONS)
def test_an_annotation(changes: dict[str, Any], expected: list[tuple[str, dict[str, str]]]) -> None:
    found = commands(github_report(report_of(finding(**changes))))
    assert [(command.name, command.properties) for command in found] == expected


def test_a_message_comes_out_as_it_was() -> None:
    (command,) = commands(github_report(report_of(finding(container="50%::0A", what="A: %0A, b."))))
    assert command.message == "x.yaml/Task: container 50%::0A: A: %0A, b. A reason. A remedy."


@pytest.mark.parametrize(
    ("number", "shown"), [(MOST_OF_A_KIND, MOST_OF_A_KIND), (MOST_OF_A_KIND + 1, MOST_OF_A_KIND), (500, MOST_OF_A_KIND)]
)
def test_of_many_the_last_counts_the_rest(number: int, shown: int) -> None:
    findings = [finding(address=f"x.yaml/{index}") for index in range(number)]
    found = commands(github_report(report_of(*findings, finding(enforcement=Enforcement.WARN))))
    assert [command.name for command in found] == ["error"] * shown + ["warning"]
    rest = f"{number - shown + 1} more errors are in the log of this step: GitHub shows 10 of a kind."
    assert (found[shown - 1].message == rest) is (number > shown)


def test_what_was_not_read_without_a_finding() -> None:
    (command,) = commands(github_report(report_of(not_read=(NotRead("eu-west-1", "AccessDenied"),))))
    assert command == ("error", {"file": "eu-west-1", "title": "unreadable"}, "AccessDenied")


def test_nothing_in_the_text_is_a_command() -> None:
    text = "::error::x\n ::stop-commands::y\n::y::\n##[error]z\n"
    said = without_commands(text)
    assert text in said
    assert commands(text) != []
    assert commands(said) == []
