"""The guides: each is done as a reader would do it, in an empty folder, from its first block to its last.

``<!-- file: NAME -->`` before a block: the reader writes it into this file. A ``console`` block: the reader types what
follows ``$``, and sees the rest. ``UPDATE_SNAPSHOTS=1`` writes what the commands print into the guides.
"""

from __future__ import annotations

import os
import re
import subprocess
import tarfile
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

import pytest

from .test_docs import ROOT

GUIDES = sorted((ROOT / "docs/guides").glob("*.md"))
LAST_DAY = str(datetime.now(UTC).date() + timedelta(days=200))

_BLOCK = re.compile(
    r"^(?:<!-- file: (?P<file>[^\s,]+)(?:, denied)? -->\n)?```(?P<language>\w*)\n(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_CHANGING = [  # what another day or another machine prints
    (re.compile(r"\d+\.\d s$", re.MULTILINE), "0.1 s"),
    (re.compile(r"\d+ days left"), "212 days left"),
    (re.compile(r"(?<=2027-06-30  )\d+ "), "212 "),
    (re.compile(r"(?<=until=)\d{4}-\d\d-\d\d"), "2027-02-28"),
    (re.compile(r'(?<="expires": ")\d{4}-\d\d-\d\d'), "2027-02-28"),
]


def typed(line: str, folder: Path) -> str:
    """Return what a command prints, on standard output and standard error, and its exit code if it is not 0."""
    bins = os.pathsep.join(map(str, (ROOT / ".venv/bin", ROOT / "node_modules/.bin", os.environ["PATH"])))
    environment = {**os.environ, "PATH": bins, "NO_COLOR": "1", "PYTHONUNBUFFERED": "1", "COLUMNS": "100"}
    environment |= {"CDK_DISABLE_NOTICES": "1", "CDK_DISABLE_CLI_TELEMETRY": "1"}
    environment.pop("CI", None)  # with it the CDK CLI writes its warnings to standard output
    line = line.replace("2027-06-30", LAST_DAY)
    done = subprocess.run(
        ["bash", "-c", line], cwd=folder, env=environment, text=True, check=False, stdout=-1, stderr=subprocess.STDOUT
    )
    printed = done.stdout.replace(LAST_DAY, "2027-06-30")
    for pattern, usual in _CHANGING:
        printed = pattern.sub(usual, printed)
    return printed


def session(body: str, folder: Path) -> str:
    """Return a ``console`` block with what its commands print."""
    lines = [line for line in body.splitlines() if line.startswith("$ ")]
    return "".join(f"{line}\n{typed(line.removeprefix('$ '), folder)}" for line in lines)


def npm_packages(folder: Path) -> None:
    """Make the ``node_modules`` of a TypeScript app from what jsii brings: the CDK's own packages of npm."""
    for module, name in (
        ("aws_cdk", "aws-cdk-lib"),
        ("constructs", "constructs"),
        ("aws_cdk.cloud_assembly_schema", "@aws-cdk/cloud-assembly-schema"),
    ):
        spec = find_spec(f"{module}._jsii")
        assert spec
        assert spec.submodule_search_locations
        (archive,) = Path(spec.submodule_search_locations[0]).glob("*.jsii.tgz")
        with tarfile.open(archive) as packed:
            packed.extractall(folder / "package", filter="data")
        (folder / "node_modules" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "package/package").rename(folder / "node_modules" / name)
    (folder / "node_modules/.bin").mkdir()
    (folder / "node_modules/.bin/cdk").symlink_to(ROOT / "node_modules/.bin/cdk")


@pytest.mark.parametrize(
    "guide",
    [pytest.param(guide, marks=[pytest.mark.e2e] if "cdk synth" in guide.read_text() else []) for guide in GUIDES],
    ids=lambda guide: guide.stem,
)
def test_a_reader_sees_what_the_guide_shows(guide: Path, tmp_path: Path) -> None:
    if guide.stem == "typescript":
        npm_packages(tmp_path)
    text = guide.read_text(encoding="utf-8")
    blocks = list(_BLOCK.finditer(text))
    seen: list[tuple[re.Match[str], str]] = []
    for block in blocks:
        if block["file"]:
            (tmp_path / block["file"]).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / block["file"]).write_text(block["body"].replace("2027-06-30", LAST_DAY), encoding="utf-8")
        elif block["language"] == "console":
            seen.append((block, session(block["body"], tmp_path)))
    if os.environ.get("UPDATE_SNAPSHOTS"):
        for block, printed in reversed(seen):
            text = text[: block.start("body")] + printed + text[block.end("body") :]
        guide.write_text(text, encoding="utf-8")
        return
    assert [printed for _, printed in seen] == [block["body"] for block, _ in seen]


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_a_guide_is_short_and_ends_with_a_green_run(guide: Path) -> None:
    text = guide.read_text(encoding="utf-8")
    last = [block["body"] for block in _BLOCK.finditer(text) if block["language"] == "console"][-1]
    assert "Admitted: " in last or "exit code 0" in last
    assert len(_BLOCK.sub("", text).splitlines()) <= 60


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_the_text_names_each_file_that_the_reader_writes(guide: Path) -> None:
    """The comments that name the files are not shown on the page."""
    text = guide.read_text(encoding="utf-8")
    for block in _BLOCK.finditer(text):
        if block["file"]:
            before = _BLOCK.sub("", text[: block.start()])
            parts = Path(block["file"]).parts
            names = ["/".join(parts[first:]) for first in range(len(parts))]
            assert any(f"`{name}`" in before for name in names), block["file"]
