"""``ecs-guard explain``: the text of the page on checks."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecs_guard_aspects.gates.command_line.commands import explain as explain_module
from ecs_guard_aspects.policy.checks import ALL, Check
from ecs_guard_aspects.policy.ids import NOTICES

from ..conftest import Repository

PAGE = Path(__file__).parents[4] / "docs" / "checks.md"


@pytest.mark.parametrize("check", ALL, ids=[check.id for check in ALL])
def test_a_check(repository: Repository, check: Check) -> None:
    run = repository.run("explain", check.id)
    assert (run.code, run.err) == (0, "")
    assert run.out.startswith(f"{check.id}\n\nDemands:     {check.title}\n")
    for control in check.controls:
        assert f"{control.name} <{control.url}>" in run.out
    assert "<!--" not in run.out
    assert "|---" not in run.out
    assert "](" not in run.out


def test_it_is_the_text_of_the_page(repository: Repository) -> None:
    out = repository.run("explain", "awsvpc-network-mode").out
    section = PAGE.read_text(encoding="utf-8").partition("\n## awsvpc-network-mode\n")[2].partition("\n## ")[0]
    prose = [line for line in section.splitlines() if line and not line.startswith(("|", "<!--"))]
    assert len(prose) > 3
    assert all(line in out for line in prose if "](" not in line)


@pytest.mark.parametrize("notice", NOTICES)
def test_a_finding_that_is_no_check(repository: Repository, notice: str) -> None:
    out = repository.run("explain", notice).out
    assert out.startswith(f"{notice}\n\nSaid of:     ")
    assert "\nEnforcement: " in out
    assert "](" not in out


def test_all_of_them(repository: Repository) -> None:
    lines = repository.run("explain").out.splitlines()
    assert [line.split()[0] for line in lines[: len(ALL)]] == [check.id for check in ALL]
    assert lines[-1] == "No checks, but findings: unreadable, not-checked, stale-exemption, invalid-exemption."


def test_one_that_there_is_not(repository: Repository) -> None:
    run = repository.run("explain", "awsvpc-network-mod")
    assert (run.code, run.out) == (2, "")
    assert "check 'awsvpc-network-mod' is unknown. Did you mean 'awsvpc-network-mode'?" in run.err


def test_a_page_that_is_not_installed(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explain_module, "_PAGES", ())
    run = repository.run("explain", "awsvpc-network-mode")
    assert (run.code, run.err) == (
        2,
        "ecs-guard: error: the page on checks is not installed: reinstall ecs-guard-aspects\n",
    )
