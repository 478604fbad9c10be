"""Folder scanning: which files and folders are read."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from ecs_guard_aspects.sources.folders import SKIPPED, artifacts_in, glob_matcher, is_assembly, walk

GLOBS = [
    ("a.yaml", ["a.yaml", "x/a.yaml", "x/y/a.yaml"], ["b.yaml", "a.yaml2", "xa.yaml"]),
    ("*.yaml", ["a.yaml", "x/b.yaml"], ["a.yml"]),
    ("tests", ["tests", "tests/a.yaml", "x/tests/y/a.yaml"], ["test/a.yaml", "tests2"]),
    ("tests/", ["tests/a.yaml"], []),
    ("infra/*.yaml", ["infra/a.yaml"], ["infra/x/a.yaml", "x/infra/a.yaml"]),
    ("infra/**/a.yaml", ["infra/a.yaml", "infra/x/y/a.yaml"], ["infra/x/b.yaml"]),
    ("infra/**", ["infra/a.yaml", "infra/x/y/a.yaml"], ["other/a.yaml"]),
    ("**/old/**", ["old/a.yaml", "x/old/a.yaml"], ["older/a.yaml"]),
    ("./infra/a.yaml", ["infra/a.yaml"], []),
    ("a?.yaml", ["ab.yaml"], ["a.yaml", "abc.yaml"]),
    ("a.[x].yaml", ["a.[x].yaml"], ["a.x.yaml"]),
    ("../other/*.json", ["../other/a.json"], ["other/a.json"]),
]


@pytest.mark.parametrize(("glob", "matched", "others"), GLOBS, ids=[glob for glob, _, _ in GLOBS])
def test_a_glob(glob: str, matched: list[str], others: list[str]) -> None:
    matches = glob_matcher([glob])
    assert [path for path in matched if not matches(path)] == []
    assert [path for path in others if matches(path)] == []


def test_several_globs() -> None:
    matches = glob_matcher(["a", "b/*.json"])
    assert [matches(path) for path in ("x/a", "b/c.json", "c")] == [True, True, False]


def found(folder: Path, is_excluded: str = "nothing") -> list[str]:
    matches = glob_matcher([is_excluded])
    return [
        f"{item.path.relative_to(folder).as_posix()}{'/' if item.is_assembly else ''}"
        for item in walk(folder, lambda path: matches(path.relative_to(folder).as_posix()))
    ]


def put(folder: Path, *names: str, content: str = "{}") -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)


def test_files_by_their_suffix_in_alphabetical_order(tmp_path: Path) -> None:
    put(tmp_path, "b.yaml", "a.json", "c/d.yml", "c/e.template", "f.CFN", "g.py", "README.md", "h.yaml.bak", "json")
    assert found(tmp_path) == ["a.json", "b.yaml", "c/d.yml", "c/e.template", "f.CFN"]


# What tools download or make: .terraform holds modules of others, node_modules and site-packages packages.
# fmt: off
SKIPPED_FOLDERS = [
    ".aws-sam", ".bzr", ".eggs", ".git", ".hg", ".mypy_cache", ".nox", ".pytest_cache", ".ruff_cache", ".svn",
    ".terraform", ".terragrunt-cache", ".tox", ".venv", "__pycache__", "node_modules", "site-packages",
]
# fmt: on


@pytest.mark.parametrize("name", SKIPPED_FOLDERS)
def test_a_folder_of_a_tool_is_skipped(tmp_path: Path, name: str) -> None:
    put(tmp_path, f"{name}/a.yaml", f"x/{name}/modules/main.tf", "b.yaml")
    assert found(tmp_path) == ["b.yaml"]


def test_the_skipped_folders_are_these() -> None:
    assert sorted(SKIPPED) == SKIPPED_FOLDERS


@pytest.mark.parametrize("name", [".aws", ".github", "build", "dist", "terraform", "modules", "venv"])
def test_another_folder_is_read(tmp_path: Path, name: str) -> None:
    put(tmp_path, f"{name}/a.yaml")
    assert found(tmp_path) == [f"{name}/a.yaml"]


def test_a_folder_of_a_tool_that_is_named_is_looked_into(tmp_path: Path) -> None:
    put(tmp_path, "node_modules/a.yaml")
    assert found(tmp_path / "node_modules") == ["a.yaml"]


def test_what_is_excluded(tmp_path: Path) -> None:
    put(tmp_path, "a.yaml", "x/b.yaml", "x/y/c.yaml")
    assert found(tmp_path, "x") == ["a.yaml"]
    assert found(tmp_path, "**/c.yaml") == ["a.yaml", "x/b.yaml"]


def test_an_assembly_is_one_thing(tmp_path: Path) -> None:
    put(tmp_path, "cdk.out/Stack.template.json", "cdk.out/assembly-Prod/manifest.json", "other/a.json")
    put(tmp_path, "cdk.out/manifest.json", content='{"artifacts": {"A": {"type": "cdk:cloud-assembly"}}}')
    assert found(tmp_path) == ["cdk.out/", "other/a.json"]
    assert found(tmp_path / "cdk.out") == ["./"]


@pytest.mark.parametrize(
    ("manifest", "is_walked"),
    [
        ('{"version": "36.0.0", "artifacts": {}}', True),
        ('{"name": "A web app"}', True),
        ('{"version": "36.0.0"}', True),
        ('{"version": "36.0.0", "artifacts": {"Tree": {"type": "cdk:tree"}}}', True),
        ('{"artifacts": ["contracts/a.json"]}', True),  # of other tools
        ('{"artifacts": {"a": "x", "b": {"type": {}}}}', True),
        ('["artifacts"]', True),
        ('{"artifacts": {"Tree": {"type": "cdk:tree"}, "S": {"type": "aws:cloudformation:stack"}}}', False),
        ("{broken", False),  # the reader of assemblies reports these
        ("[" * 100_000, False),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_manifest_that_names_nothing_hides_no_files(tmp_path: Path, manifest: str, is_walked: bool) -> None:
    put(tmp_path, "infra/cdk.out", "infra/t.yaml", "infra/x/u.yaml")
    put(tmp_path, "infra/manifest.json", content=manifest)
    files = ["infra/manifest.json", "infra/t.yaml", "infra/x/u.yaml"]
    assert found(tmp_path) == (files if is_walked else ["infra/"])


ASSEMBLIES = [
    ({"manifest.json": '{"artifacts": {}}'}, True),
    ({"manifest.json": "{broken", "cdk.out": "{}"}, True),
    ({"manifest.json": '{"name": "A web app"}'}, False),
    ({"cdk.out": "{}"}, False),
    ({}, False),
]


@pytest.mark.parametrize(("files", "expected"), ASSEMBLIES)
def test_what_an_assembly_is(tmp_path: Path, files: dict[str, str], expected: bool) -> None:
    for name, content in files.items():
        put(tmp_path, name, content=content)
    assert is_assembly(tmp_path) is expected


def test_the_manifest_of_an_assembly_is_parsed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []
    load = json.loads
    monkeypatch.setattr(json, "loads", lambda text: (parsed.append(text), load(text))[1])
    manifest = '{"artifacts": {"Prod": {"type": "aws:cloudformation:stack"}}}'
    put(tmp_path, "manifest.json", content=manifest)
    assert found(tmp_path) == ["./"]
    assert list(artifacts_in(tmp_path)) == ["Prod"]
    assert parsed == [manifest]


def test_a_manifest_that_changes_is_parsed_again(tmp_path: Path) -> None:
    for name in ("Prod", "Test"):
        put(tmp_path, "manifest.json", content=f'{{"artifacts": {{"{name}": {{}}}}}}')
        assert list(artifacts_in(tmp_path)) == [name]


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_links_to_folders_are_not_followed_and_links_to_files_are(tmp_path: Path) -> None:
    put(tmp_path, "x/a.yaml")
    (tmp_path / "x" / "loop").symlink_to(tmp_path)
    (tmp_path / "b.yaml").symlink_to("x/a.yaml")
    (tmp_path / "c.yaml").symlink_to("nowhere")
    (tmp_path / "x" / "to-itself.yaml").symlink_to("to-itself.yaml")  # whoever reads it says so, of it alone
    assert found(tmp_path) == ["b.yaml", "x/a.yaml", "x/to-itself.yaml"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes")
def test_a_pipe_is_skipped(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.yaml")
    assert found(tmp_path) == []


def test_folders_as_deep_as_they_can_be(tmp_path: Path) -> None:
    """No call for each level: a thousand of them would end Python's stack."""
    made = [str(tmp_path)]
    while len(made[-1]) < 4000:
        made.append(f"{made[-1]}/d")
        os.mkdir(made[-1])
    try:
        Path(made[-1], "a.yaml").write_text("")
        assert len(list(walk(tmp_path, lambda path: False))) == 1
    finally:
        os.remove(f"{made[-1]}/a.yaml")
        for folder in reversed(made[1:]):
            os.rmdir(folder)  # shutil.rmtree calls itself for each level


def test_a_folder_that_cannot_be_read_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", refuse)
    (item,) = walk(tmp_path, lambda path: False)
    assert (item.path, str(item.error)) == (tmp_path, "[Errno 13] Permission denied")
