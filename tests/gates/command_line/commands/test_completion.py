"""``ecs-guard completion``: what a shell proposes."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ..conftest import Repository

# What is typed, and some of what bash proposes.
PROPOSED = [
    ("ecs-guard ch", {"check"}),
    ("ecs-guard ", {"check", "fix", "audit", "generate", "completion"}),
    ("ecs-guard check --pro", {"--profile"}),
    ("ecs-guard check --profile cys", {"cyscale"}),
    ("ecs-guard check --format j", {"json", "junit"}),
    ("ecs-guard check inf", {"infra"}),
    ("ecs-guard check --policy ecs", {"ecs-guard.yaml"}),
    ("ecs-guard generate guard", {"guard-rules"}),
    ("ecs-guard generate hook --fail", {"--failure-mode"}),
    ("ecs-guard completion z", {"zsh"}),
]

BASH = """
eval "$1"
COMP_LINE=$2 COMP_POINT=${#2}
read -ra COMP_WORDS <<<"$2"
if [[ $2 == *' ' ]]; then COMP_WORDS+=(''); fi
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_shtab_ecs_guard ecs-guard "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}" || true
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.mark.parametrize(("typed", "expected"), PROPOSED)
def test_bash_proposes(repository: Repository, typed: str, expected: set[str]) -> None:
    repository.put("infra/a.yaml", "")
    repository.put("ecs-guard.yaml", "")
    script = repository.run("completion", "bash")
    assert (script.code, script.err) == (0, "")
    line = [str(shutil.which("bash")), "-c", BASH, "bash", script.out, typed]
    done = subprocess.run(line, cwd=repository.root, capture_output=True, text=True, check=False)
    proposed = {word.strip() for word in done.stdout.splitlines()}
    assert expected <= proposed, done.stderr
    if len(expected) < 3 and "--profile" not in typed:
        assert proposed == expected


@pytest.mark.parametrize(("shell", "start"), [("zsh", "#compdef ecs-guard"), ("fish", "# AUTOMATICALLY GENERATED")])
def test_other_shells_have_a_script(repository: Repository, shell: str, start: str) -> None:
    run = repository.run("completion", shell)
    assert run.code == 0
    assert run.out.startswith(start)
    assert "strict" in run.out
    assert "guard-rules" in run.out


@pytest.mark.parametrize(("shell", "words"), [("zsh", ["-n"]), ("fish", ["--no-execute"])])
def test_the_script_has_no_syntax_errors(repository: Repository, shell: str, words: list[str]) -> None:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"there is no {shell} on this machine")
    script = repository.put("script", repository.run("completion", shell).out)
    subprocess.run([program, *words, str(script)], check=True)


def test_nothing_of_ecs_guard_runs_when_the_user_presses_tab(repository: Repository) -> None:
    assert Path(sys.executable).name not in repository.run("completion", "bash").out
