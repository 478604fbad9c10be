"""Files with a policy that cannot be read: one sentence each, and nothing is judged by the default instead."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ...gates.command_line.conftest import Repository, template

AMPLIFIED = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n" for before, name in zip("abcdefg", "bcdefgh", strict=True)
)
ANCHOR = """
unresolved: &level warn
enforcement: {non-root-user: *level}
"""


def folder(path: Path) -> None:
    path.mkdir()


def loop(path: Path) -> None:
    path.symlink_to(path.name)


def broken_link(path: Path) -> None:
    path.symlink_to("platform/policy.yaml")


def content(text: str | bytes) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(text if isinstance(text, bytes) else text.encode()) and None


# How the policy is made, and what the message says after "cannot be read".
BAD: dict[str, tuple[str, Callable[[Path], None], str]] = {
    "folder": ("ecs-guard.yaml", folder, "ecs-guard.yaml cannot be read: Is a directory"),
    "loop of links": ("ecs-guard.yaml", loop, "ecs-guard.yaml cannot be read: Too many levels of symbolic links"),
    "loop of links, cdk.json": ("cdk.json", loop, "cdk.json cannot be read: Too many levels of symbolic links"),
    "broken link": ("ecs-guard.json", broken_link, "ecs-guard.json cannot be read: No such file or directory"),
    "10 MB": ("ecs-guard.yaml", content("# x\n" * 2_500_000), "it has 10,000,000 bytes, and the limit is 1,000,000"),
    "10 MB of TOML": ("pyproject.toml", content("# ecs-guard\n" * 900_000), "and the limit is 1,000,000"),
    "two documents": ("ecs-guard.yaml", content("profile: strict\n---\nprofile: default\n"), "document"),
    "duplicate key": ("ecs-guard.yaml", content("profile: strict\nprofile: default\n"), "profile is repeated"),
    "duplicate key, JSON": ("ecs-guard.json", content('{"profile": "strict", "profile": "x"}'), "is repeated"),
    "duplicate key, cdk.json": (
        "cdk.json",
        content('{"context": {"ecs-guard": {"profile": "strict", "profile": "default"}}}'),
        "cdk.json cannot be read: profile is repeated; keep one",
    ),
    "duplicate key, TOML": ("pyproject.toml", content("[tool.ecs-guard]\n[tool.ecs-guard]\n"), "pyproject.toml cannot"),
    "too many aliases": ("ecs-guard.yaml", content(AMPLIFIED), "ecs-guard.yaml cannot be read"),
    "alias of nothing": ("ecs-guard.yaml", content("profile: *level\n"), "ecs-guard.yaml cannot be read, line 1"),
    "tag": ("ecs-guard.yaml", content("profile: !!python/name:os.system\n"), "ecs-guard"),
    "not UTF-8": ("ecs-guard.yaml", content(b"profile: \xff\xfe\n"), "ecs-guard.yaml cannot be read"),
    "deep": ("ecs-guard.json", content("[" * 100_000), "ecs-guard.json cannot be read"),
    "deep, cdk.json": ("cdk.json", content('{"ecs-guard": ' + "[" * 100_000), "cdk.json cannot be read"),
    "a list": ("ecs-guard.yaml", content("- profile\n"), "ecs-guard.yaml is not a policy: it must be an object"),
    "a text": ("ecs-guard.yaml", content("strict\n"), "ecs-guard.yaml is not a policy: it must be an object"),
}


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
@pytest.mark.parametrize("words", [["check"], ["exemptions"], ["fix", "."], ["generate", "guard-rules"]], ids=str)
@pytest.mark.parametrize("kind", BAD)
def test_a_policy_that_cannot_be_read_is_one_sentence(repository: Repository, kind: str, words: list[str]) -> None:
    name, make, message = BAD[kind]
    repository.put("x.json", template("awsvpc"))
    make(repository.root / name)
    run = repository.run(*words)
    assert (run.code, run.out) == (2, "")
    assert message in run.err
    assert run.err.startswith("ecs-guard: error: ")
    assert run.err.count("\n") == 1


def test_an_anchor_is_read(repository: Repository) -> None:
    repository.put("x.json", template("awsvpc"))
    repository.put("ecs-guard.yaml", ANCHOR)
    assert repository.check("x.json").code == 0
