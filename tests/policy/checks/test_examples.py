"""The example of each check: it denies the text before the correction and passes the one after, in each language."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecs as ecs

from ecs_guard_aspects.policy import Enforcement, Policy, Profile, Report, judge
from ecs_guard_aspects.policy.checks import ALL, Check
from ecs_guard_aspects.policy.checks.examples import Example, after, before
from ecs_guard_aspects.sources.files import Files

POLICY = Policy(profile=Profile.STRICT, enforcement={check.id: Enforcement.DENY for check in ALL})
CHECKS = pytest.mark.parametrize("check", ALL, ids=[check.id for check in ALL])


def judged(folder: Path, name: str, text: str) -> Report:
    (folder / name).write_text(text, encoding="utf-8")
    report = judge(Files([folder / name], root=folder), POLICY)
    assert report.not_read == ()
    assert len(report.resources) == 1
    return report


def from_yaml(folder: Path, text: str) -> Report:
    return judged(folder, "template.yaml", f"Resources:\n{textwrap.indent(text, '  ')}")


def from_cdk(folder: Path, text: str) -> Report:
    app = cdk.App(outdir=str(folder / "cdk.out"))
    exec(text, {"ecs": ecs, "self": cdk.Stack(app, "Web")})
    return judge(Files([Path(app.synth().directory)], root=folder), POLICY)


def from_terraform(folder: Path, text: str) -> Report:
    return judged(folder, "main.tf", text)


LANGUAGES: dict[str, Callable[[Path, str], Report]] = {
    "yaml": from_yaml,
    "cdk": from_cdk,
    "terraform": from_terraform,
}


@pytest.mark.parametrize("language", LANGUAGES)
@CHECKS
def test_only_the_text_before_the_correction_is_denied(check: Check, language: str, tmp_path: Path) -> None:
    assert check.example is not None
    diff = getattr(check.example, language)
    denied = {}
    for name, text in (("before", before(diff)), ("after", after(diff))):
        folder = tmp_path / name
        folder.mkdir()
        denied[name] = {f.check for f in LANGUAGES[language](folder, text).findings if f.is_denied}
    assert check.id in denied["before"]
    assert denied["after"] <= denied["before"] - {check.id}


def test_every_language_has_a_reader() -> None:
    assert tuple(LANGUAGES) == Example._fields


@CHECKS
def test_its_lines_are_those_of_a_diff(check: Check) -> None:
    assert check.example is not None
    for diff in check.example:
        marks = {line[:1] for line in diff.splitlines()}
        assert marks <= {"", " ", "-", "+"}
        assert marks & {"-", "+"}


@pytest.mark.parametrize(("keep", "text"), [(before, "a\nb\n\n"), (after, "a\nc\n\n")])
def test_the_two_sides_of_a_diff(keep: Callable[[str], str], text: str) -> None:
    assert keep(" a\n-b\n+c\n\n") == text
