"""What must hold at the gate, through the real CDK CLI and by `python app.py`: see apps/gate.py for the cases."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest

from ecs_guard_aspects.gates.synth.validation_report import suppresses_by_path

BRIDGE = "NetworkMode is 'bridge'."
HOST = "NetworkMode is 'host'."
ABSENT = "NetworkMode is not set."
CRASH = "The check itself failed with LookupError at gate.py:"

STAGES = ("stage", "nested_in_stage")
ASPECTS = ("aspect", "aspect-at-the-first", "aspect-twice", "both")

# case, context, exit code of `cdk synth`, exit code of `python app.py`, what is said and how often
ROWS: list[tuple[str, dict[str, str], int, int, dict[str, int]]] = [
    ("fine", {}, 0, 0, {"ecs-guard": 0}),
    ("stack", {}, 1, 1, {BRIDGE: 1, "Stack/Td": 2, "ecs-guard::awsvpc-network-mode": 1}),
    ("stack", {"form": "late"}, 1, 1, {BRIDGE: 1}),
    ("nested", {}, 1, 1, {BRIDGE: 1, "Stack/Nested/Deeper/Td": 2}),
    ("stage", {}, 1, 1, {BRIDGE: 1, "Prod/Eu/Stack/Td": 1}),
    ("stage", {"form": "late"}, 1, 1, {BRIDGE: 1, "Prod/Eu/Stack/Td": 1}),
    ("nested_in_stage", {}, 1, 1, {BRIDGE: 1, "Prod/Stack/Nested/Td": 1}),
    ("nested_in_stage", {"form": "late"}, 1, 1, {BRIDGE: 1}),
    ("below_a_stack", {}, 0, 0, {"ecs-guard": 0}),
    ("bad_below_a_stack", {}, 1, 1, {BRIDGE: 2, "Outer/Prod/Inner/Nested/Td": 1, "Outer/Beside/Td": 2}),
    ("alike", {}, 1, 1, {BRIDGE: 1, "Stack/Deep/Td": 2}),
    ("without_metadata", {}, 1, 1, {BRIDGE: 1, "Stack/<Td>": 2}),
    ("overridden_bad", {}, 1, 1, {HOST: 1, ABSENT: 1}),
    ("overridden_good", {}, 0, 0, {"ecs-guard": 0}),
    ("generic_bad", {}, 1, 1, {BRIDGE: 1, HOST: 1}),
    ("generic_good", {}, 0, 0, {"ecs-guard": 0}),
    ("retyped", {}, 1, 1, {ABSENT: 1, BRIDGE: 0}),
    ("conditional", {}, 1, 1, {BRIDGE: 1, "OnlyLarge": 0}),
    ("stack", {"policy": "raising"}, 1, 1, {CRASH: 1, "container web": 1}),
    ("stage", {"policy": "raising"}, 1, 1, {CRASH: 2}),
    ("truncated", {}, 1, 1, {"Stack.template.json cannot be read: JSONDecodeError": 1}),
    ("emptied", {}, 1, 1, {"Stack.template.json cannot be read: JSONDecodeError": 1}),
    ("in_latin_1", {}, 1, 1, {"Stack.template.json cannot be read: UnicodeDecodeError": 1}),
    ("lost", {}, 1, 1, {"Stack.template.json cannot be read: FileNotFoundError": 1}),
    ("nested_lost", {}, 1, 1, {".nested.template.json cannot be read: FileNotFoundError": 1, "Stack/Nested": 2}),
    ("stage_truncated", {}, 1, 1, {"template.json cannot be read: JSONDecodeError": 2, "Prod/Stack/Nested": 1}),
    ("stack", {"policy": "warn"}, 0, 0, {BRIDGE: 1}),
    ("stack", {"policy": "audit"}, 0, 0, {BRIDGE: 1}),
    ("stack", {"policy": "off"}, 0, 0, {BRIDGE: 0}),
    ("warnings", {}, 0, 0, {BRIDGE: 1}),
    ("stage_warnings", {}, 0, 0, {BRIDGE: 1}),
    ("acknowledged", {}, 0, 0, {BRIDGE: 0}),
    ("acknowledged", {"form": "late"}, 0, 0, {BRIDGE: 0}),
    ("acknowledged_elsewhere", {}, 1, 1, {BRIDGE: 1}),
    ("acknowledged_blank", {}, 1, 1, {BRIDGE: 2, "acknowledged at the app, but without a reason": 2}),
    ("terse", {}, 1, 1, {BRIDGE: 1}),
    ("said_by_another", {}, 1, 1, {"ERROR Stack/Td: NetworkMode is 'bridge'.": 1}),
    ("product", {}, 1, 1, {ABSENT: 1}),
    ("pipeline", {}, 1, 1, {BRIDGE: 1, "Prod/Stack/Td": 1}),
    ("many_guards", {}, 1, 1, {BRIDGE: 1, "Strict/Td": 2, "Lax/Td": 0}),
    ("one_name", {}, 1, 1, {"ERROR": 2}),
    ("one_name", {"policy": "exempt-s"}, 1, 1, {"ERROR": 1, "ERROR Default/S/Td": 1}),
    ("one_name", {"policy": "exempt-default-s"}, 1, 1, {"ERROR": 1, "ERROR Default/S/Td": 0}),
    ("one_name", {"policy": "exempt-both"}, 0, 0, {"ERROR": 0}),
    ("aspect", {}, 1, 0, {}),
    ("aspect_broken", {}, 1, 1, {"The gate failed with LookupError at gate.py:": 1}),
    ("fine", {"form": "aspect"}, 0, 0, {"ecs-guard": 0}),
    ("stack", {"form": "both"}, 1, 1, {BRIDGE: 1}),
    ("stack", {"form": "aspect", "policy": "warn"}, 0, 0, {}),
    ("stack", {"form": "aspect", "policy": "raising"}, 1, 0, {}),
    *[(case, {"form": form}, 1, 1, {BRIDGE: 1, "Td": 1}) for case in STAGES for form in ASPECTS],
    ("retyped", {"form": "aspect"}, 1, 0, {ABSENT: 1, BRIDGE: 0}),
    ("acknowledged", {"form": "aspect"}, 0, 0, {BRIDGE: 0}),
    ("pipeline", {"form": "aspect"}, 1, 1, {BRIDGE: 1}),
    ("truncated", {"form": "aspect"}, 1, 1, {"Stack.template.json cannot be read: JSONDecodeError": 1}),
]
NAMES = ["-".join([row[0], *row[1].values()]) for row in ROWS]


# Those that the CDK CLI runs itself, as users have it run. Of the others it reads what they wrote: the same to it.
WHOLE = frozenset(("fine", "stack", "nested_in_stage", "stage-raising", "acknowledged", "aspect", "aspect_broken"))
BY_CLI = {
    "@aws-cdk/core:failSynthOnValidationErrors": False,
    "aws:cdk:enable-path-metadata": True,
    "aws:cdk:enable-asset-metadata": True,
}
"""What the CLI adds to the context of an app."""


def rows(whole: bool) -> Any:
    chosen = {name: row for name, row in zip(NAMES, ROWS, strict=True) if (name in WHOLE) is whole}
    columns = ("case", "context", "cdk_exit", "python_exit", "said")
    marked = [
        pytest.param(*row, id=name, marks=pytest.mark.newest if name == "stage_truncated" else ())
        for name, row in chosen.items()
    ]
    return pytest.mark.parametrize(columns, marked)


@pytest.mark.e2e
@rows(whole=False)
def test_exit_code_and_output(
    synthesize: Any,
    synth_of: Any,
    case: str,
    context: dict[str, str],
    cdk_exit: int,
    python_exit: int,
    said: dict[str, int],
) -> None:
    context = {"case": case, **context}
    run = synth_of(synthesize("gate", {**context, **BY_CLI}))
    assert run.exit_code == cdk_exit, run.output
    assert {text: run.times(text) for text in said} == said, run.output
    with pytest.raises(RuntimeError) if python_exit else nullcontext():
        synthesize("gate", context)


@pytest.mark.e2e
@rows(whole=True)
def test_in_processes_of_their_own(
    run_cdk: Any,
    run_python: Any,
    case: str,
    context: dict[str, str],
    cdk_exit: int,
    python_exit: int,
    said: dict[str, int],
) -> None:
    context = {"case": case, **context}
    arguments = [word for key, value in context.items() for word in ("-c", f"{key}={value}")]
    for run, expected in ((run_cdk("gate", *arguments), cdk_exit), (run_python("gate", context), python_exit)):
        assert run.exit_code == expected, run.output
        assert {text: run.times(text) for text in said} == said, run.output
        if expected:
            assert "Validation" in run.output or "Traceback" not in run.output


@pytest.mark.e2e
def test_the_cli_as_a_process_of_its_own_does_the_same(run_cdk: Any, run_cold_cdk: Any) -> None:
    """The other tests run it many times in one process."""
    warm, cold = (run("gate", "-c", "case=stack") for run in (run_cdk, run_cold_cdk))
    assert (warm.exit_code, sorted(warm.output.split())) == (cold.exit_code, sorted(cold.output.split()))
    assert cold.exit_code == 1


@pytest.mark.e2e
@pytest.mark.parametrize("case", ["warnings", "stage_warnings"])
def test_strict_mode_fails_on_warnings(synthesize: Any, synth_of: Any, case: str) -> None:
    assert synth_of(synthesize("gate", {"case": case, **BY_CLI}), "--strict").exit_code == 1


# what Web holds beside a fine task definition, context; Worker is denied in each
WEB: list[tuple[str, dict[str, str]]] = [
    ("select", {}),
    ("select_warning", {}),
    ("select_bad", {"policy": "exempt-web"}),
    ("select", {"policy": "stale"}),
    ("select_bad", {"fix": "true"}),
    ("select_acknowledged", {}),
    ("select_not_checked", {}),
]


@pytest.mark.e2e
@pytest.mark.parametrize(("case", "context"), WEB, ids=["-".join([case, *given.values()]) for case, given in WEB])
def test_a_denied_stack_that_is_not_selected_denies_nothing(
    synthesize: Any, synth_of: Any, case: str, context: dict[str, str]
) -> None:
    written = synthesize("gate", {"case": case, **context, **BY_CLI})
    run = synth_of(written, "Web")
    assert (run.exit_code, run.times("Worker/Td")) == (0, 0), run.output
    run = synth_of(written, "Worker")
    assert (run.exit_code, run.times("   Worker/Td (Td) ")) == (1, 1), run.output


@pytest.mark.e2e
def test_selecting_stacks_of_an_app_that_the_cli_runs(run_cdk: Any) -> None:
    assert run_cdk("gate", "Web", "-c", "case=select_warning").exit_code == 0
    assert run_cdk("gate", "Worker", "-c", "case=select_warning").exit_code == 1


@pytest.mark.e2e
@pytest.mark.parametrize("selected", [[], ["Web", "Worker"], ["W*"]], ids=" ".join)
def test_a_denied_stack_among_those_selected_denies(synthesize: Any, synth_of: Any, selected: list[str]) -> None:
    run = synth_of(synthesize("gate", {"case": "select_warning", **BY_CLI}), *selected)
    assert (run.exit_code, run.times("   Worker/Td (Td) ")) == (1, 1), run.output


@pytest.mark.e2e
@pytest.mark.parametrize("stage", ["Prod", "Default"])
def test_a_denied_stage_always_counts(synthesize: Any, synth_of: Any, stage: str) -> None:
    written = synthesize("gate", {"case": "select_stage", "stage": stage, **BY_CLI})
    for selected in ([], ["Web"]):
        run = synth_of(written, *selected)
        assert (run.exit_code, run.times(f"ERROR {stage}/Stack/Td")) == (1, 1), run.output


@pytest.mark.e2e
def test_a_stage_that_is_deployed_by_itself_has_its_verdict(synthesize: Any, synth_of: Any) -> None:
    written = synthesize("gate", {"case": "stage", **BY_CLI})
    (inner,) = written.glob("assembly-Prod/assembly-*")
    for folder in (written / "assembly-Prod", inner):
        run = synth_of(folder)
        assert (run.exit_code, run.times("ERROR Prod/Eu/Stack/Td")) == (1, 1), run.output


@pytest.mark.e2e
@pytest.mark.parametrize(("case", "exit_code"), [("select_warning", 1), ("select", 0)])
def test_strict_mode_fails_on_warnings_of_what_is_selected(
    synthesize: Any, synth_of: Any, case: str, exit_code: int
) -> None:
    assert synth_of(synthesize("gate", {"case": case, **BY_CLI}), "Web", "--strict").exit_code == exit_code


FLAGS = ("@aws-cdk/core:aspectStabilization", "@aws-cdk/core:annotationsInValidationReport")


@pytest.mark.e2e
@pytest.mark.parametrize("case", ["stack", "nested_in_stage", "acknowledged"])
@pytest.mark.parametrize("flags", [FLAGS[1:], FLAGS], ids=["annotations", "both"])
def test_feature_flags_change_nothing(synthesize: Any, synth_of: Any, case: str, flags: tuple[str, ...]) -> None:
    context = {"case": case, **dict.fromkeys(flags, True)}
    run = synth_of(synthesize("gate", {**context, **BY_CLI}))
    assert (run.exit_code, run.times(BRIDGE)) == ((0, 0) if case == "acknowledged" else (1, 1)), run.output
    with nullcontext() if case == "acknowledged" else pytest.raises(RuntimeError):
        synthesize("gate", context)


@pytest.mark.e2e
def test_what_is_acknowledged_is_reported_with_its_reason(run_cdk: Any) -> None:
    report = run_cdk("gate", "-c", "case=acknowledged").report
    suppressed = {v["violatingConstructs"][0]["constructPath"]: v["reason"] for v in report["suppressedViolations"]}
    assert suppressed == dict.fromkeys(["Stack/Td", "Stack/Nested/Td", "Prod/Stack/Td"], "moves in May")
    assert report["violations"] == []


@pytest.mark.e2e
def test_the_report_holds_place_and_fix(run_python: Any) -> None:
    (violation,) = run_python("gate", {"case": "nested"}).report["violations"]
    assert violation["ruleName"] == "awsvpc-network-mode"
    assert violation["severity"] == ("error" if suppresses_by_path() else "fatal")
    assert violation["suggestedFix"].startswith('Set network_mode="awsvpc"')
    (construct,) = violation["violatingConstructs"]
    assert construct["constructPath"] == "Stack/Nested/Deeper/Td"


@pytest.mark.e2e
def test_files_of_earlier_runs_are_not_judged(run_cdk: Any, tmp_path: Any) -> None:
    outdir = tmp_path / "reused"
    assert run_cdk("gate", "-c", "case=nested", outdir=outdir).exit_code == 1
    assert run_cdk("gate", "-c", "case=fine", outdir=outdir).exit_code == 0


@pytest.mark.e2e
@pytest.mark.parametrize("form", ["protect", "aspect"])
def test_a_policy_that_is_not_valid_is_one_sentence(run_cdk: Any, form: str) -> None:
    run = run_cdk("gate", "-c", "case=fine", "-c", f"form={form}", "-c", "ecs-guard:profile=lax")
    assert run.exit_code == 1
    assert run.times("lax") == 1, run.output
    assert len([line for line in run.output.splitlines() if line.startswith("  File ")]) <= 4
