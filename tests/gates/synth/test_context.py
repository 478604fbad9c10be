"""The policy of a guard: the given one, or that of the context; and the warning about one that no guard reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from ecs_guard_aspects import EcsGuard, Enforcement, Policy, Profile
from ecs_guard_aspects.policy import PolicyError

from .support import AWSVPC, generic, make_app, report_of, written

AUDIT = {"enforcement": {AWSVPC: "audit"}}
GIVEN = Policy()


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run in a folder without a cdk.json, as the CDK CLI does not."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CDK_CONTEXT_JSON", raising=False)
    monkeypatch.delenv("CONTEXT_OVERFLOW_LOCATION_ENV", raising=False)
    return tmp_path


def synthesize(tmp_path: Path, guard: EcsGuard, bare: bool = False, **context: Any) -> cdk.App:
    app = make_app(tmp_path / "cdk.out", **context)
    generic(cdk.Stack(app, "Stack"))
    if bare:
        cdk.Aspects.of(app).add(guard)
    else:
        guard.protect(app)
    app.synth()
    return app


@pytest.mark.parametrize("bare", [False, True], ids=["protect", "bare"])
@pytest.mark.parametrize(
    ("given", "context", "enforcement"),
    [
        (None, {}, "deny"),
        (None, {"ecs-guard": AUDIT}, "audit"),
        (None, {f"ecs-guard:enforcement:{AWSVPC}": "warn"}, "warn"),
        (GIVEN, {"ecs-guard": AUDIT}, "deny"),
    ],
    ids=["nothing", "object", "single value", "given"],
)
def test_the_context_counts_where_no_policy_is_given(
    tmp_path: Path, given: Policy | None, context: dict[str, Any], enforcement: str, bare: bool
) -> None:
    guard = EcsGuard(given)
    synthesize(tmp_path, guard, bare, **context)
    assert [finding.enforcement.value for finding in guard.findings] == [enforcement]


@pytest.mark.parametrize(
    ("file", "enforcement"),
    [({"context": {"ecs-guard": AUDIT}}, "audit"), ({"context": {}}, "deny"), ({"app": "python app.py"}, "deny")],
)
def test_cdk_json_is_read_where_no_cli_has_read_it(elsewhere: Path, file: Any, enforcement: str) -> None:
    (elsewhere / "cdk.json").write_text(json.dumps(file))
    guard = EcsGuard()
    synthesize(elsewhere, guard)
    assert [finding.enforcement.value for finding in guard.findings] == [enforcement]


def test_what_the_app_says_itself_wins_over_cdk_json(elsewhere: Path) -> None:
    (elsewhere / "cdk.json").write_text(json.dumps({"context": {"ecs-guard": AUDIT}}))
    guard = EcsGuard()
    synthesize(elsewhere, guard, **{"ecs-guard": {"profile": "strict"}})
    assert guard.policy.profile is Profile.STRICT
    assert guard.policy.enforcement_of(AWSVPC) is Enforcement.DENY


def test_under_the_cli_cdk_json_is_not_read_again(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (elsewhere / "cdk.json").write_text(json.dumps({"context": {"ecs-guard": AUDIT}}))
    monkeypatch.setenv("CDK_CONTEXT_JSON", "{}")
    guard = EcsGuard()
    synthesize(elsewhere, guard)
    assert [finding.enforcement.value for finding in guard.findings] == ["deny"]


@pytest.mark.parametrize("content", ["{", "[]", "\xff"])
def test_a_cdk_json_that_cannot_be_read_may_hold_the_policy(elsewhere: Path, content: str) -> None:
    (elsewhere / "cdk.json").write_bytes(content.encode("latin-1"))
    with pytest.raises(PolicyError, match=r"cdk\.json cannot be read, and it may hold the policy"):
        synthesize(elsewhere, EcsGuard())


@pytest.mark.parametrize("key", ["ecs_guard", "ecsGuard", "EcsGuard", "ecs_guard:profile", "ecsguard"])
def test_a_key_that_is_almost_the_one_is_named(tmp_path: Path, key: str) -> None:
    with pytest.raises(PolicyError, match=f"context key '{key}' is not read: did you mean 'ecs-guard'"):
        synthesize(tmp_path, EcsGuard(), **{key: {}})


@pytest.mark.parametrize(
    ("context", "said"),
    [
        ({"ecs-guard": AUDIT}, True),
        ({"ecs-guard:profile": "strict"}, True),
        ({"ecsGuard": AUDIT}, True),
        ({}, False),
        ({"ecs-guard": {"fix": True}}, False),
        ({"ecs-guard:fix": "true"}, False),
        ({"other": 1}, False),
    ],
    ids=str,
)
@pytest.mark.parametrize("bare", [False, True], ids=["protect", "bare"])
def test_a_policy_that_is_not_read_is_reported_once(
    tmp_path: Path, context: dict[str, Any], said: bool, bare: bool
) -> None:
    guard = EcsGuard(GIVEN)
    app = synthesize(tmp_path, guard, bare, **context)
    texts = [v["description"] for v in report_of(app)["violations"] if v["ruleName"] == "policy"]
    assert len(texts) == int(said)
    assert all("Policy.from_context(app, base=...)" in text for text in texts)


def test_a_policy_made_from_the_context_has_read_it(tmp_path: Path) -> None:
    app = make_app(tmp_path / "cdk.out", **{"ecs-guard": AUDIT})
    generic(cdk.Stack(app, "Stack"))
    EcsGuard(Policy.from_context(app, base=Policy(profile=Profile.STRICT))).protect(app)
    app.synth()
    assert "policy" not in {violation["ruleName"] for violation in report_of(app)["violations"]}


@pytest.mark.parametrize("mode", ["awsvpc", "bridge"])
def test_a_context_that_relaxes_the_policy_is_reported_in_one_line_and_in_the_proof(tmp_path: Path, mode: str) -> None:
    app = make_app(tmp_path / "cdk.out", **{"ecs-guard": {"enforcement": {AWSVPC: "off"}}})
    generic(cdk.Stack(app, "Stack"), mode=mode)
    EcsGuard().protect(app)
    app.synth()
    report = written(tmp_path / "cdk.out" / "validation-report.json")
    lines = [violation["description"] for plugin in report["pluginReports"] for violation in plugin["violations"]]
    setting = f"{AWSVPC}: off (-c or the code of the app)"
    assert lines == [f"The context of this app relaxes the policy: {setting}."]
    (proof,) = written(tmp_path / "cdk.out" / "ecs-guard.json")
    assert proof["relaxed_by_context"] == [setting]


@pytest.mark.parametrize("form", ["protect", "aspect"])
def test_a_context_that_relaxes_the_policy_of_a_file_is_in_the_proof(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "ecs-guard.yaml").write_text("profile: strict")
    monkeypatch.chdir(tmp_path)
    app = make_app(tmp_path / "cdk.out", **{"ecs-guard:enforcement:non-root-user": "off"})
    generic(cdk.Stack(app, "Stack"), mode="awsvpc")
    if form == "protect":
        EcsGuard().protect(app)
    else:
        cdk.Aspects.of(app).add(EcsGuard())
    app.synth()
    (proof,) = written(tmp_path / "cdk.out" / "ecs-guard.json")
    assert proof["relaxed_by_context"] == ["non-root-user: off (-c or the code of the app)"]


def test_a_policy_that_reads_no_context_is_not_relaxed_by_it(tmp_path: Path) -> None:
    app = make_app(tmp_path / "cdk.out", **{"ecs-guard": {"enforcement": {AWSVPC: "off"}}})
    generic(cdk.Stack(app, "Stack"))
    EcsGuard(Policy()).protect(app)
    app.synth()
    (proof,) = written(tmp_path / "cdk.out" / "ecs-guard.json")
    assert "relaxed_by_context" not in proof
