"""Release: what `make build` makes, how PyPI shows it, and the workflow that publishes it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import yaml

from ecs_guard_aspects._version import VERSION
from tools.set_owner import owner_of, set_owner

from .test_pins import PYTHONS, ROOT

# `make test-floor` does not install what builds a release.
markdown = pytest.importorskip("readme_renderer.markdown")

WORKFLOWS = sorted((ROOT / ".github/workflows").iterdir())
SDIST, WHEEL = f"ecs_guard_aspects-{VERSION}.tar.gz", f"ecs_guard_aspects-{VERSION}-py3-none-any.whl"
REPOSITORY = f"{owner_of(ROOT)}/ecs-guard-aspects"


def tracked() -> list[str]:
    if not (ROOT / ".git").exists():
        pytest.skip("this is not a checkout of git")
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True)
    return done.stdout.split("\0")[:-1]


def copy(files: list[str], folder: Path) -> None:
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / file, folder / file)


def build(folder: Path, dist: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"}
    line = [sys.executable, "-m", "hatchling", "build", "-d", str(dist)]
    subprocess.run(line, cwd=folder, check=True, capture_output=True, env=environment)


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sdist and the wheel of the files that git knows."""
    folder = tmp_path_factory.mktemp("first")
    copy(tracked(), folder / "checkout")
    build(folder / "checkout", folder / "dist")
    return folder / "dist"


def test_a_second_build_gives_the_same_bytes(dist: Path, tmp_path: Path) -> None:
    """Elsewhere, later, from files with other times."""
    copy(tracked(), tmp_path / "checkout")
    for file in (tmp_path / "checkout").rglob("*"):
        os.utime(file, (1_900_000_000, 1_900_000_000))
    build(tmp_path / "checkout", tmp_path / "dist")
    assert sorted(file.name for file in dist.iterdir()) == sorted([SDIST, WHEEL])
    for name in (SDIST, WHEEL):
        assert (tmp_path / "dist" / name).read_bytes() == (dist / name).read_bytes(), name


def test_the_sdist_has_all_that_its_tests_read(dist: Path) -> None:
    with tarfile.open(dist / SDIST) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert names == {*tracked(), "PKG-INFO"}


def test_the_wheel_has_the_package_and_nothing_else(dist: Path) -> None:
    names = zipfile.ZipFile(dist / WHEEL).namelist()
    assert {name.partition("/")[0] for name in names} == {"ecs_guard_aspects", f"ecs_guard_aspects-{VERSION}.dist-info"}
    files = {file for file in tracked() if file.startswith("ecs_guard_aspects/")}
    assert files <= set(names)


class Page(HTMLParser):
    """Collects what a page links to, its pictures and its blocks of code."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.pictures: list[str] = []
        self.blocks = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "a":
            self.links.append(attributes["href"] or "")
        elif tag == "img":
            self.pictures.append(attributes["src"] or "")
        elif tag == "pre":
            self.blocks += 1


@pytest.fixture(scope="module")
def description(dist: Path) -> str:
    """The README as PyPI gets it: https://packaging.python.org/en/latest/specifications/core-metadata/#description"""
    metadata = zipfile.ZipFile(dist / WHEEL).read(f"ecs_guard_aspects-{VERSION}.dist-info/METADATA").decode()
    return metadata.partition("\n\n")[2]


def test_the_page_on_pypi_leads_to_files_of_this_release(description: str) -> None:
    page = Page(markdown.render(description) or "")
    there = f"https://github.com/{REPOSITORY}/blob/v{VERSION}/"
    assert page.links
    assert page.pictures
    for link in page.links:
        assert re.match("https://|#", link), link
        if link.startswith(there):
            assert (ROOT / link.removeprefix(there).partition("#")[0]).is_file(), link
    for picture in page.pictures:
        raw = f"https://raw.githubusercontent.com/{REPOSITORY}/v{VERSION}/"
        assert picture.startswith(raw), picture
        assert (ROOT / picture.removeprefix(raw)).is_file(), picture


def test_the_page_on_pypi_has_the_text_of_the_readme(description: str) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    fences = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
    assert "<!--" not in description
    assert fences.findall(description) == fences.findall(readme)
    assert Page(markdown.render(description) or "").blocks == len(fences.findall(readme))


def test_pypi_takes_it(dist: Path) -> None:
    line = [sys.executable, "-m", "twine", "check", "--strict", *map(str, dist.iterdir())]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_one_command_puts_the_owner_everywhere(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    copy(tracked(), tmp_path)
    subprocess.run(["git", "add", "--all"], cwd=tmp_path, check=True)
    names = {file.relative_to(tmp_path).as_posix() for file in set_owner(tmp_path, "acme-platform")}
    assert {"pyproject.toml", "docs/ci.md"} <= names
    assert [name for name in tracked() if REPOSITORY.encode() in (tmp_path / name).read_bytes()] == []
    assert owner_of(tmp_path) == "acme-platform"
    assert set_owner(tmp_path, "acme-platform") != []


@pytest.mark.parametrize("owner", ["", "a/b", "-a", "a--b", "a b", "a'b", "a" * 40, "a\n"])
def test_what_cannot_be_an_owner_is_refused(tmp_path: Path, owner: str) -> None:
    with pytest.raises(ValueError, match="cannot be a name on GitHub"):
        set_owner(tmp_path, owner)


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_actions_are_pinned_by_commit(file: Path) -> None:
    """With the version as a comment, which Dependabot updates too."""
    uses = re.findall(r"uses: (?!\./)(.*)", file.read_text(encoding="utf-8"))
    assert uses or "test.yml" in file.read_text(encoding="utf-8")
    assert [line for line in uses if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)] == []


def test_a_release_has_no_token_and_is_tried_before() -> None:
    release: dict[str, Any] = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text())
    jobs = release["jobs"]
    assert jobs["install"]["strategy"]["matrix"]["python"] == PYTHONS
    assert jobs["publish"]["needs"] == ["build", "test", "install"]
    assert jobs["publish"]["permissions"] == {"id-token": "write", "attestations": "write"}
    assert [name for name, job in jobs.items() if "id-token" in job.get("permissions", {})] == ["publish"]
    assert "secrets" not in (ROOT / ".github/workflows/release.yml").read_text()


@pytest.mark.parametrize("page", ["docs/ci.md", "CONTRIBUTING.md", "examples/platform/ci.yml"])
def test_the_documentation_names_this_version(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    assert set(re.findall(r"(?:ecs-guard-aspects@|rev: |tag `)v(\d+\.\d+\.\d+)", text)) == {VERSION}
