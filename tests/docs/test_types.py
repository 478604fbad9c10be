"""What the documentation shows passes the type checker as strictly as the library does."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from .test_docs import ROOT, programs

_EXPIRES = """
from ecs_guard_aspects import Exemption

Exemption(check="awsvpc-network-mode", family="web", reason="r", owner="o", expires="2027-06-30")
"""
_REFUSED = """
from ecs_guard_aspects import Exemption, Policy

Exemption(check="awsvpc-network-mode", family="web", reason="r", owner="o", expires=20270630)
Exemption("awsvpc-network-mode", "Task", "r", "o", "2027-06-30")
Policy(enforcement={"awsvpc-network-mode": "warn"})
"""


def _mypy(files: list[Path]) -> str:
    # The cache is that of `make types`: without it the types of the CDK take a minute.
    cache = ROOT / ".mypy_cache"
    command = [sys.executable, "-m", "mypy", "--config-file", str(ROOT / "pyproject.toml"), "--cache-dir", str(cache)]
    done = subprocess.run(
        [*command, "--strict", "--no-error-summary", *map(str, files)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


@pytest.mark.newest
def test_every_snippet_passes_the_type_checker(tmp_path: Path) -> None:
    files = []
    snippets = {re.sub(r"\W", "_", program[0].name): program for program in programs()}
    for name, program in snippets.items():
        file = tmp_path / f"{name}.py"
        file.write_text("\n".join(block.body for block in program), encoding="utf-8")
        files.append(file)
    assert len(files) > 15
    refused = tmp_path / "refused.py"
    refused.write_text(_REFUSED, encoding="utf-8")
    expires = tmp_path / "expires.py"
    expires.write_text(_EXPIRES, encoding="utf-8")
    errors = _mypy([*files, expires, refused]).splitlines()
    assert [line for line in errors if "refused.py" not in line] == []
    wrong = {match[1] for line in errors if (match := re.search(r"refused\.py:(\d+): error", line))}
    assert wrong == {"4", "5", "6"}
