"""Relaxations: what the context makes less strict, and which file it comes from."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ecs_guard_aspects.policy import Enforcement, Policy, Profile
from ecs_guard_aspects.policy.files.relaxation import relaxations

MODE, ROOT = "awsvpc-network-mode", "host-mode-root-user"
ELSEWHERE = "-c or the code of the app"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder; the working directory is a folder in it, and the CDK CLI has run the app."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("CDK_CONTEXT_JSON", "{}")
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return tmp_path


def relaxed(base: Policy | None = None, **context: Any) -> list[str]:
    app = SimpleNamespace(node=SimpleNamespace(get_all_context=lambda: context))
    return list(relaxations(app, Policy.from_context(app, base)))


def off(*checks: str, value: str = "off") -> dict[str, Any]:
    return {"enforcement": dict.fromkeys(checks, value)}


# fmt: off
ROWS: list[tuple[dict[str, Any], list[str]]] = [
    ({},                                                   []),
    ({"other": 1},                                         []),
    ({"ecs-guard": off(MODE, ROOT)},                       [f"{MODE}: off", f"{ROOT}: off"]),
    ({"ecs-guard": off(MODE, value="audit")},              [f"{MODE}: audit"]),
    ({"ecs-guard": json.dumps(off(MODE, value="warn"))},   [f"{MODE}: warn"]),
    ({f"ecs-guard:enforcement:{MODE}": "off"},             [f"{MODE}: off"]),
    ({"ecs-guard:unresolved": "audit"},                    ["unresolved: audit"]),
    ({"ecs-guard:profile": "cyscale"},                     ["profile: cyscale"]),
    # what is stricter, or is not checked by default
    ({"ecs-guard": off(MODE, value="deny")},               []),
    ({"ecs-guard": off("non-root-user", value="audit")},   []),
    ({"ecs-guard:profile": "strict"},                      []),
    ({"ecs-guard:unresolved": "deny"},                     []),
    ({"ecs-guard": off("not-checked")},                    ["not-checked: off"]),
    ({"ecs-guard": off("stale-exemption")},                []),
    ({f"ecs-guard:enforcement:{MODE}:synth": "audit"},     [f"{MODE}: audit"]),
    ({f"ecs-guard:enforcement:{MODE}:hook": "audit"},      []),
]

STRICT = Policy(profile=Profile.STRICT, enforcement={"not-checked": Enforcement.DENY})
OF_BASE: list[tuple[dict[str, Any], list[str]]] = [
    ({},                                                   []),
    ({"ecs-guard": {}},                                    []),
    ({"ecs-guard": off("non-root-user", value="audit")},   ["non-root-user: audit"]),
    ({"ecs-guard:enforcement:non-root-user": "off"},       ["non-root-user: off"]),
    ({"ecs-guard": off("not-checked", value="warn")},      ["not-checked: warn"]),
    ({"ecs-guard:profile": "default"},                     ["profile: default"]),
    ({"ecs-guard:profile": "strict"},                      []),
    ({"ecs-guard:profile": "strict@2026-03"},              []),
    ({"ecs-guard": {"profile": "datadog"} | off(MODE)},    ["profile: datadog", f"{MODE}: off"]),
]
# fmt: on


@pytest.mark.parametrize(("context", "settings"), ROWS, ids=[str(row[0]) for row in ROWS])
def test_what_is_relaxed(home: Path, context: dict[str, Any], settings: list[str]) -> None:
    assert relaxed(**context) == [f"{setting} ({ELSEWHERE})" for setting in settings]


@pytest.mark.parametrize(("context", "settings"), OF_BASE, ids=[str(row[0]) for row in OF_BASE])
def test_what_is_relaxed_is_that_of_the_policy_without_the_context(
    home: Path, context: dict[str, Any], settings: list[str]
) -> None:
    assert relaxed(STRICT, **context) == [f"{setting} ({ELSEWHERE})" for setting in settings]


def test_nothing_is_less_strict_than_a_profile_that_warns_of_nothing(home: Path) -> None:
    settings = relaxed(Policy(profile=Profile.DATADOG), **{"ecs-guard:profile": "default"})
    assert settings == [f"profile: default ({ELSEWHERE})"]


@pytest.mark.parametrize(
    ("given", "settings"),
    [
        ({}, []),
        ({"ecs-guard:enforcement:non-root-user": "off"}, ["non-root-user: off"]),
        ({"ecs-guard": {}}, ["profile: default", "local_exemptions: true", "max_exemption_days: no limit"]),
        ({"ecs-guard:max_exemption_days": 90}, ["max_exemption_days: 90"]),
        ({"ecs-guard:max_exemption_days": 9}, []),
        ({"ecs-guard:local_exemptions": True}, ["local_exemptions: true"]),
        ({"ecs-guard:profile": "datadog"}, ["profile: datadog"]),
        ({"ecs-guard:profile": "strict"}, []),
    ],
)
def test_what_cdk_json_demands_is_relaxed_elsewhere(home: Path, given: dict[str, Any], settings: list[str]) -> None:
    written = {"ecs-guard": {"profile": "strict", "local_exemptions": False, "max_exemption_days": 30}}
    (home / "work/cdk.json").write_text(json.dumps({"context": written}))
    assert relaxed(**{**written, **given}) == [f"{setting} ({ELSEWHERE})" for setting in settings]


@pytest.mark.parametrize(
    ("file", "is_below_context", "name"),
    [
        ("work/cdk.json", True, "cdk.json"),
        ("work/cdk.context.json", False, "cdk.context.json"),
        (".cdk.json", True, "~/.cdk.json"),
        ("work/cdk.json", False, ELSEWHERE),
        ("work/other.json", True, ELSEWHERE),
    ],
)
def test_where_it_comes_from(home: Path, file: str, is_below_context: bool, name: str) -> None:
    written = {"ecs-guard": off(MODE)}
    (home / file).write_text(json.dumps({"context": written} if is_below_context else written))
    assert relaxed(**written) == [f"{MODE}: off ({name})"]
    assert relaxed(**{"ecs-guard": off(ROOT)}) == [f"{ROOT}: off ({ELSEWHERE})"]


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff", b'{"context": []}'])
def test_a_file_that_cannot_be_read_names_nothing(home: Path, content: bytes) -> None:
    (home / ".cdk.json").write_bytes(content)
    assert relaxed(**{"ecs-guard": off(MODE)}) == [f"{MODE}: off ({ELSEWHERE})"]
