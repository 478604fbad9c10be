"""``ecs-guard explain``: what it prints for checks and for findings of other kinds."""

from __future__ import annotations

import pytest

from ecs_guard_aspects.policy import Profile
from ecs_guard_aspects.policy.checks import ALL, Check
from ecs_guard_aspects.policy.ids import NOTICES

from ..conftest import Repository

CHECKS = pytest.mark.parametrize("check", ALL, ids=[check.id for check in ALL])
CUSTOM = """
from ecs_guard_aspects.policy import Severity, TaskDefinitionCheck

class Small(TaskDefinitionCheck):
    id = "small-task"
    severity = Severity.MEDIUM
    title = "A task is small."

    def violation(self, task_definition):
        return None
"""


def sections(out: str) -> dict[str, str]:
    """Return the text below each heading, on one line."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in out.splitlines()[1:]:
        if line and not line.startswith(" "):
            lines = found.setdefault(line, [])
        else:
            lines.append(line.strip())
    return {heading: " ".join(filter(None, lines)) for heading, lines in found.items()}


@CHECKS
def test_a_check(repository: Repository, check: Check) -> None:
    run = repository.run("explain", check.id)
    assert (run.code, run.err) == (0, "")
    assert run.out.startswith(f"{check.id}\n\nWhat\n  {check.title}\n  Severity: {check.severity.value}.\n")
    said = sections(run.out)
    assert list(said) == ["What", "Why", "How to fix", "How to exempt", "Controls", "Profiles"]
    assert said["Why"].startswith(check.risk)
    for control in check.controls:
        assert f"{control.name} <{control.url}>" in said["Controls"]
    profiles = [profile.value for profile in Profile if check in profile.checks]
    assert said["Profiles"] == (", ".join(profiles) or "none: the enforcement of a policy switches it on")


@CHECKS
def test_its_examples_and_exemptions_are_printed_as_they_are(repository: Repository, check: Check) -> None:
    out = repository.run("explain", check.id).out
    assert check.example is not None
    for diff in check.example:
        assert "\n".join(f"    {line}".rstrip() for line in diff.splitlines()) in out
    for text in (f"# ecs-guard: ignore[{check.id}] owner=", f"- check: {check.id}\n", f'id="ecs-guard::{check.id}"'):
        assert text in out


@pytest.mark.parametrize("name", [*(check.id for check in ALL), *NOTICES])
def test_there_is_no_markup(repository: Repository, name: str) -> None:
    out = repository.run("explain", name).out
    for markup in ("`", "](", "<!--", "|--"):
        assert markup not in out


@pytest.mark.parametrize(
    ("name", "heading", "text"),
    [
        ("unreadable", "What", "a file, template or task definition that cannot be read"),
        ("unreadable", "How to fix", "skip it with --exclude"),
        ("unreadable", "How to exempt", "Not possible"),
        ("not-checked", "What", "nested stacks, stack sets"),
        ("not-checked", "How to exempt", "- check: not-checked path: infra/network.yaml/NestedStack"),
        ("unknown-file", "How to exempt", "- check: unknown-file path: infra/ecs-params.yml"),
        ("stale-exemption", "Why", "hides the next violation"),
        ("stale-exemption", "How to fix", "Remove the exemption"),
        ("invalid-exemption", "How to fix", "# ecs-guard: ignore[CHECK] owner=TEAM until=YYYY-MM-DD REASON"),
    ],
)
def test_a_finding_that_no_check_makes(repository: Repository, name: str, heading: str, text: str) -> None:
    said = sections(repository.run("explain", name).out)
    assert list(said) == ["What", "Why", "How to fix", "How to exempt"]
    assert text in said[heading]


def test_all_of_them(repository: Repository) -> None:
    lines = repository.run("explain").out.splitlines()
    assert [line.split()[0] for line in lines[: len(ALL)]] == [check.id for check in ALL]
    assert lines[-2] == f"Findings of other kinds: {', '.join(NOTICES)}."
    assert lines[-1] == "Profiles: default, datadog, cyscale, aws-config, security-hub, strict."


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("DATADOG", "datadog"),
        ("AWS_CONFIG", "aws-config"),
        ("Security-Hub@2026-03", "security-hub@2026-03"),
        ("AWSVPC_NETWORK_MODE", "awsvpc-network-mode"),
        ("Not-Checked", "not-checked"),
    ],
)
def test_a_name_in_any_case(repository: Repository, word: str, name: str) -> None:
    run = repository.run("explain", word)
    assert (run.code, run.err) == (0, "")
    assert run.out == repository.run("explain", name).out


@pytest.mark.parametrize(
    ("name", "passes"),
    [
        ("host-mode-root-user", "a privileged container passes"),
        ("host-mode-privileged", "an absent User passes"),
    ],
)
def test_the_first_line_says_what_only_the_other_check_denies(repository: Repository, name: str, passes: str) -> None:
    assert passes in repository.run("explain", name).out.splitlines()[3]


def test_a_custom_check(repository: Repository) -> None:
    repository.put("small_checks.py", CUSTOM)
    assert "small-task" in repository.run("explain", "--checks", "small_checks:Small").out
    run = repository.run("explain", "small-task", "--checks", "small_checks:Small")
    said = sections(run.out)
    assert list(said) == ["What", "Why", "How to fix", "How to exempt", "Profiles"]
    assert said["What"] == "A task is small. Severity: medium."
    assert said["Profiles"] == "none: it is a custom check"


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("awsvpc-network-mod",), "'awsvpc-network-mod' is unknown. Did you mean 'awsvpc-network-mode'?"),
        (("small-task",), "check or profile 'small-task' is unknown."),
        (("datadoc",), "'datadoc' is unknown. Did you mean 'datadog'?"),
        (("datadog@2020-01",), "profile datadog: version '2020-01' is unknown."),
        (("small-task", "--checks", "small"), "--checks small: it must be MODULE:NAME"),
    ],
)
def test_what_cannot_be_explained(repository: Repository, words: tuple[str, ...], error: str) -> None:
    run = repository.run("explain", *words)
    assert (run.code, run.out) == (2, "")
    assert error in run.err


def test_the_versions_of_a_profile(repository: Repository) -> None:
    lines = repository.run("explain", "security-hub").out.splitlines()
    headings = ["security-hub@2026-02", "security-hub@2026-03 (security-hub without a version)"]
    assert [line for line in lines[1:] if line and not line.startswith(" ")] == headings
    assert lines.count("  host-mode-root-user") == 1
    pinned = repository.run("explain", "security-hub@2026-02").out
    assert "  host-mode-root-user\n" in pinned
    assert "2026-03" not in pinned


def test_an_unknown_version_of_a_profile(repository: Repository) -> None:
    run = repository.run("explain", "security-hub@2020-01")
    assert (run.code, run.out) == (2, "")
    assert "Known: 2026-02, 2026-03." in run.err
