"""Pins: every requirements file can be installed on every Python that the package is for.

``make test`` has no network: it reads what the installed distributions say of the Python they need. ``make test-pins``
asks pip, and pip its package index, whether each file resolves for each Python.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[1]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
FILES = (*sorted(ROOT.glob("requirements*.txt")), ROOT / "action/requirements.txt")

_CLASSIFIER = re.compile(r"Programming Language :: Python :: (3\.\d+)")
PYTHONS = [found[1] for line in PROJECT["classifiers"] if (found := _CLASSIFIER.fullmatch(line))]


def lines_of(file: Path) -> list[str]:
    """Return the lines of a requirements file; instead of the package itself, what it depends on."""
    lines = []
    for line in file.read_text().splitlines():
        if found := re.match(r"-e \.\[(.*)\]", line):
            extras = [needs for extra in found[1].split(",") for needs in PROJECT["optional-dependencies"][extra]]
            lines += [*PROJECT["dependencies"], *extras]
        else:
            lines.append(line)
    return lines


def for_python(python: str, lines: list[str]) -> list[str]:
    """Return the lines that hold for a Python: pip would evaluate their markers for the Python that it runs on."""
    environment = {"python_version": python, "python_full_version": f"{python}.0"}
    chosen = []
    for line in lines:
        requirement, semicolon, marker = re.split(r"(?:^| )#", line)[0].partition(";")
        if not semicolon:
            chosen.append(line)
        elif Marker(marker).evaluate(environment):
            chosen.append(requirement)
    return chosen


def pinned() -> list[str]:
    """Return the names of the distributions that a requirements file pins."""
    names = {Requirement(found[0]).name for file in FILES for found in map(_PIN.match, lines_of(file)) if found}
    return sorted(names)


_PIN = re.compile(r"[\w.-]+(\[\w+\])?==[\w.]+")


def test_the_classifiers_name_the_supported_pythons() -> None:
    assert PYTHONS == ["3.11", "3.12", "3.13", "3.14"]
    assert PROJECT["requires-python"] == f">={PYTHONS[0]}"


def test_ci_runs_the_tests_on_every_supported_python() -> None:
    github = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text())["jobs"]
    gitlab = yaml.safe_load((ROOT / ".gitlab-ci.yml").read_text())
    assert github["test"]["strategy"]["matrix"]["python"] == PYTHONS
    assert gitlab["test"]["parallel"]["matrix"] == [{"PYTHON": PYTHONS}]


@pytest.mark.parametrize("name", pinned())
def test_an_installed_pin_supports_every_python(name: str) -> None:
    try:
        needs = distribution(name).metadata["Requires-Python"]
    except PackageNotFoundError:
        pytest.skip(f"{name} is not installed")
    allowed = SpecifierSet(needs or "")
    # The first release of each, not the newest: Debian 12 has Python 3.11.2.
    assert [python for python in PYTHONS if f"{python}.0" not in allowed] == []


def test_a_line_with_a_marker_holds_for_some_pythons() -> None:
    lines = ["# two; of b", "a==1", 'b==1; python_version < "3.13"  # why', 'b==2; python_version >= "3.13"']
    assert for_python("3.11", lines) == ["# two; of b", "a==1", "b==1"]
    assert for_python("3.14", lines) == ["# two; of b", "a==1", "b==2"]


@pytest.mark.index
@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_requirements_file_resolves(file: Path, python: str, tmp_path: Path) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("\n".join(for_python(python, lines_of(file))))
    line = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--dry-run"]
    line += ["--ignore-installed", "--only-binary=:all:", "--python-version", python]
    line += ["--target", str(tmp_path / "target"), "--requirement", str(requirements)]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
