"""``ecs-guard check``: exit codes, arguments, and which output goes where."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from ..conftest import Repository, template

FILES = {
    "good.json": template("awsvpc"),
    "bad.json": template("bridge"),
    "warned.json": template(
        "host", Task={"Type": "AWS::ECS::TaskDefinition", "Properties": {"RequiresCompatibilities": ["EXTERNAL"]}}
    ),
    "broken.yaml": "AWS::ECS::TaskDefinition: [",
    "other.yaml": "a: 1",
    "other.png": b"\x89PNG",
}

EXIT_CODES: list[tuple[list[str], int, str]] = [
    (["good.json"], 0, ""),
    (["bad.json"], 1, ""),
    (["warned.json"], 0, ""),
    (["good.json", "bad.json"], 1, ""),
    (["broken.yaml"], 2, ""),
    (["good.json", "broken.yaml"], 2, ""),
    (["bad.json", "broken.yaml"], 2, ""),
    (["bad.json", "nowhere.yaml"], 2, ""),
    (["other.yaml"], 2, ""),
    (["other.png"], 2, ""),
    (["other.yaml", "--ignore-unknown"], 0, "no task definition was judged"),
    (["other.png", "--ignore-unknown"], 0, "no task definition was judged"),
    (["other.yaml", "bad.json", "--ignore-unknown"], 1, ""),
    (["broken.yaml", "--ignore-unknown"], 2, ""),
    (["nowhere.yaml", "--ignore-unknown"], 2, ""),
    (["bad.json", "--exit-zero"], 0, ""),
    (["broken.yaml", "--exit-zero"], 2, ""),
    ([], 2, ""),
    (["."], 2, ""),
    ([".", "--exclude", "broken.yaml"], 1, ""),
    ([".", "--exclude", "broken.yaml", "--exclude", "bad.*"], 0, ""),
    (["bad.json", "--profile", "cyscale"], 0, ""),
    (["--nonsense"], 2, "unrecognized arguments: --nonsense"),
    (["--profile", "nonsense"], 2, "invalid choice: 'nonsense'"),
    (["--format", "nonsense"], 2, "invalid choice: 'nonsense'"),
    (
        ["--output", "nonsense"],
        2,
        "argument --output: 'nonsense' is not FORMAT=FILE with one of the formats text,",
    ),
    (
        ["--output", "nonsense=x"],
        2,
        "argument --output: 'nonsense=x' is not FORMAT=FILE with one of the formats text,",
    ),
    (["--output", "json="], 2, "argument --output: 'json=' is not FORMAT=FILE with one of the formats text,"),
    (["--policy", "x", "--no-config"], 2, "not allowed with argument"),
    (["--form", "json"], 2, "unrecognized arguments: --form"),
]


@pytest.mark.parametrize(
    ("words", "code", "said"), EXIT_CODES, ids=[" ".join(words) or "-" for words, _, _ in EXIT_CODES]
)
def test_an_exit_code(repository: Repository, words: list[str], code: int, said: str) -> None:
    for name, content in FILES.items():
        repository.put(name, content)
    run = repository.check(*words)
    assert (run.code, said in run.err) == (code, True), run.err
    if not said:
        assert run.err == ""


@pytest.mark.parametrize("words", [[], ["nonsense"]])
def test_a_command_is_needed(repository: Repository, words: list[str]) -> None:
    run = repository.run(*words)
    assert run.code == 2
    assert run.out == ""
    assert "usage: ecs-guard" in run.err


@pytest.mark.parametrize(
    "words", [["--version"], ["--help"], ["check", "--help"], ["audit", "--help"], ["explain", "--help"]]
)
def test_help_ends_with_0(repository: Repository, words: list[str]) -> None:
    run = repository.run(*words)
    assert (run.code, run.err) == (0, "")
    assert "ecs-guard" in run.out


def test_standard_input(repository: Repository) -> None:
    run = repository.check("-", stdin=template("bridge").encode())
    assert run.code == 1
    assert "--> stdin:6:20  Task" in run.out
    assert '6 |     "NetworkMode": "bridge"' in run.out
    assert "Denied: 1 of 1 task definition from standard input (policy: profile default)." in run.out


def test_standard_input_that_is_nothing(repository: Repository) -> None:
    run = repository.check("-")
    assert run.code == 2
    assert "stdin cannot be read: it is empty" in run.out


def test_a_folder_without_task_definitions_is_a_warning(repository: Repository) -> None:
    repository.put("a/other.yaml", "a: 1")
    run = repository.check("a")
    assert run.code == 0
    assert "Nothing judged: 0 task definitions in 0 files" in run.out
    assert run.err == ("ecs-guard: warning: no task definitions found in a\n")


def test_a_template_without_task_definitions_is_said(repository: Repository) -> None:
    repository.put("x.json", '{"Resources": {}}')
    run = repository.check("x.json")
    assert (run.code, run.err) == (0, "ecs-guard: warning: no task definition was judged\n")


# --- formats ------------------------------------------------------------------------------------------------------


def test_json_on_standard_output_is_nothing_but_the_report(repository: Repository) -> None:
    repository.put("infra/x.json", template("bridge"))
    run = repository.check("--format", "json")
    (finding,) = run.json["findings"]
    assert (run.code, run.json["admitted"], finding["address"]) == (1, False, "infra/x.json/Task")


def test_several_outputs_in_one_run(repository: Repository) -> None:
    repository.put("x.json", template("bridge"))
    names = ("json", "sarif", "text", "html")
    run = repository.check("x.json", *(word for name in names for word in ("--output", f"{name}=out.{name}")))
    assert run.code == 1
    assert run.out.startswith("error[awsvpc-network-mode]: ")
    assert json.loads((repository.root / "out.json").read_text())["admitted"] is False
    assert json.loads((repository.root / "out.sarif").read_text())["version"] == "2.1.0"
    assert "<title>Denied - ecs-guard</title>" in (repository.root / "out.html").read_text()
    assert (repository.root / "out.text").read_text().startswith("error[awsvpc-network-mode]: ")


def test_what_was_written_is_not_judged_in_the_next_run(repository: Repository) -> None:
    repository.put("x.json", template("bridge"))
    first = repository.check("--output", "json=out.json", "--output", "sarif=out.sarif.json", "--format", "json")
    second = repository.check("--format", "json")
    assert {**second.json, "created": None} == {**first.json, "created": None}


def test_an_output_that_cannot_be_written(repository: Repository) -> None:
    repository.put("x.json", template("bridge"))
    run = repository.check("x.json", "--output", "json=nowhere/out.json")
    assert run.code == 2
    assert "Denied: 1 of 1" in run.out
    assert run.err == "ecs-guard: error: --output json=nowhere/out.json: No such file or directory\n"


def test_files_have_no_colours(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    repository.put("x.json", template("bridge"))
    run = repository.check("x.json", "--output", "text=out.txt")
    assert "\x1b[31;1m" in run.out
    assert "\x1b" not in (repository.root / "out.txt").read_text()


def test_exempt_findings_in_sarif(repository: Repository) -> None:
    repository.put("x.json", template("bridge"))
    repository.put(
        "ecs-guard.yaml",
        "exemptions: [{check: awsvpc-network-mode, path: x.json/Task, owner: me, reason: why, expires: 2999-01-01}]",
    )
    assert repository.check("--format", "sarif").json["runs"][0]["results"] == []
    (result,) = repository.check("--format", "sarif", "--include-exempt").json["runs"][0]["results"]
    assert result["suppressions"][0]["justification"] == "me: why"


STALE = "exemptions: [{check: awsvpc-network-mode, path: gone.json/Task, owner: me, reason: why, expires: 2999-01-01}]"

# Where the policy is, where the command is run, its arguments, and whether it can tell that an exemption is stale.
SEEN: list[tuple[str, str, list[str], bool]] = [
    ("", ".", [], True),
    ("", ".", ["."], True),
    ("", "infra", [".."], True),
    ("", ".", ["infra"], False),
    ("", "infra", [], False),
    ("", ".", ["x.json"], False),
    ("", ".", ["-"], False),
    ("", ".", [".", "--exclude", "infra"], False),
    ("infra/", "infra", [], True),
    ("infra/", "infra", [".."], True),
    ("infra/", "infra", ["../x.json"], False),
]


@pytest.mark.parametrize(("folder", "cwd", "words", "is_said"), SEEN)
def test_an_exemption_is_stale_only_if_all_was_seen(
    repository: Repository, folder: str, cwd: str, words: list[str], is_said: bool
) -> None:
    repository.put("x.json", template("awsvpc"))
    repository.put("infra/y.json", template("awsvpc"))
    repository.put(f"{folder}ecs-guard.yaml", STALE)
    run = repository.check(*words, cwd=cwd, stdin=template("awsvpc").encode())
    assert run.code == 0
    assert ("stale-exemption" in run.out) is is_said
    assert (f"\n --> {folder}ecs-guard.yaml  gone.json/Task\n" in run.out) is is_said


# An exemption, where its policy is, and the status that the list of exemptions gives it.
ELSEWHERE: list[tuple[str, str, str]] = [
    ("family: agent, account: '012345678901'", "ecs-guard.yaml", "not judged here"),
    ("path: x.json/Task, account: '012345678901'", "ecs-guard.yaml", "not judged here"),
    ("path: 'arn:aws:ecs:*:*:task-definition/agent:*'", "ecs-guard.yaml", "not judged here"),
    ("path: gone.json/Task", "../platform/ecs-guard.yaml", "not judged here"),
    ("family: agent", "../platform/ecs-guard.yaml", "not judged here"),
    ("family: agent", "platform/policy.yaml", "stale"),
    ("family: agent", "ecs-guard.yaml", "stale"),
]


@pytest.mark.parametrize(("fields", "policy", "status"), ELSEWHERE)
def test_an_exemption_for_something_elsewhere_is_not_judged_here(
    repository: Repository, fields: str, policy: str, status: str
) -> None:
    (repository.root / "app/.git").mkdir(parents=True)
    repository.put("app/x.json", template("awsvpc"))
    rest = "check: awsvpc-network-mode, owner: me, reason: why, expires: 2999-01-01"
    repository.put(f"app/{policy}", f"exemptions: [{{{fields}, {rest}}}]")
    words = [] if policy == "ecs-guard.yaml" else ["--policy", policy]
    run = repository.check(*words, cwd="app")
    assert run.code == 0
    assert ("Remove the exemption" in run.out) is (status == "stale")
    listed = repository.run("exemptions", *words, cwd="app").out
    assert listed.splitlines()[1].startswith(f"{status}  ")
    assert f"1 exemption: 1 {status}" in listed


# --- what is shown of sources -------------------------------------------------------------------------------------


def assembly_at(repository: Repository, file: str) -> None:
    """Write an assembly that says its task definition was made in line 1 of a file."""
    artifact = {
        "type": "aws:cloudformation:stack",
        "properties": {"templateFile": "S.template.json"},
        "displayName": "S",
        "metadata": {
            "/S/Task": [
                {"type": "aws:cdk:logicalId", "data": "Task"},
                {"type": "aws:cdk:creationStack", "data": [f"new S ({file}:1:1)"]},
            ]
        },
    }
    repository.put("cdk.out/manifest.json", json.dumps({"artifacts": {"S": artifact}}))
    repository.put("cdk.out/S.template.json", template("bridge"))


@pytest.mark.parametrize(
    ("name", "is_shown"), [("lib/app.ts", True), ("app.py", True), (".env.x", False), ("id.pem", False)]
)
def test_lines_of_source_code_are_shown_and_of_nothing_else(repository: Repository, name: str, is_shown: bool) -> None:
    """The assembly names the file: it must not be able to make the report print a secret."""
    path = repository.put(name, "secret = 1\n")
    assembly_at(repository, str(path))
    run = repository.check("cdk.out")
    assert run.code == 1
    assert f"--> {name}:1:1  S/Task (cdk.out/S.template.json)" in run.out
    assert ("secret" in run.out) is is_shown


def test_lines_outside_of_the_repository_are_not_shown(repository: Repository, tmp_path_factory: Any) -> None:
    outside = tmp_path_factory.mktemp("outside") / "app.py"
    outside.write_text("secret = 1\n")
    assembly_at(repository, str(outside))
    run = repository.check("cdk.out")
    assert f"--> {outside}:1:1" in run.out
    assert "secret" not in run.out


# --- own checks ---------------------------------------------------------------------------------------------------

OWN = """
from ecs_guard_aspects.policy import Severity, TaskDefinitionCheck, Violation

class HasFamily(TaskDefinitionCheck):
    id = "has-family"
    severity = Severity.MEDIUM
    title = "A task definition has a Family."

    def violation(self, task_definition):
        if "Family" not in task_definition.properties:
            return Violation("Family is not set.", "Why.", "Set it.", "Family")

CHECKS = [HasFamily()]
NOTHING = 1
"""
OWN_CHECKS: list[tuple[str, int, str]] = [
    ("{module}:HasFamily", 1, ""),
    ("{module}:CHECKS", 1, ""),
    (
        "{module}:NOTHING",
        2,
        "it is of the type int, which is not a check: derive from TaskDefinitionCheck",
    ),
    ("{module}:Severity", 2, ""),
    ("{module}:Nowhere", 2, "ImportError: cannot import name 'Nowhere' from"),
    ("{module}", 2, "it must be MODULE:NAME"),
    ("nowhere_at_all:X", 2, "ModuleNotFoundError: No module named 'nowhere_at_all'"),
]


@pytest.mark.parametrize(("name", "code", "said"), OWN_CHECKS, ids=[name for name, _, _ in OWN_CHECKS])
def test_own_checks(repository: Repository, name: str, code: int, said: str) -> None:
    module = f"own_checks_{abs(hash((name, code)))}"
    repository.put(f"{module}.py", OWN)
    repository.put("x.json", template("awsvpc"))
    path = list(sys.path)
    run = repository.check("x.json", "--checks", name.format(module=module))
    assert (run.code, said in run.err) == (code, True), run.err
    assert ("has-family" in run.out) is (code == 1)
    assert sys.path == path


def test_a_policy_may_name_own_checks_that_are_given_and_no_others(repository: Repository) -> None:
    repository.put("own_named.py", OWN)
    repository.put("x.json", template("awsvpc"))
    repository.put("ecs-guard.json", '{"enforcement": {"has-family": "warn"}}')
    assert repository.check("x.json", "--checks", "own_named:CHECKS").code == 0
    run = repository.check("x.json")
    assert run.code == 2
    assert "ecs-guard.json: enforcement: check 'has-family' is unknown." in run.err


def test_no_file_here_runs_by_itself(repository: Repository) -> None:
    """A pull request brings files: none of them is imported because it is called like something that is."""
    for name in ("yaml", "json", "argparse", "tomllib", "ecs_guard_aspects", "conftest", "sitecustomize"):
        repository.put(f"{name}.py", "raise SystemExit('taken over')")
    repository.put("x.yaml", template("bridge"))
    assert repository.check(".").code == 1


CORPUS = Path(__file__).parents[5] / "shared" / "corpus"
SAMPLES = CORPUS / "datadog-iac"


@pytest.mark.skipif(not SAMPLES.is_dir(), reason=f"there is no {SAMPLES}")
def test_the_samples_of_datadog_give_its_results_at_its_lines(repository: Repository) -> None:
    expected = json.loads((SAMPLES / "positive_expected_result.json").read_text())
    for path in SAMPLES.iterdir():
        repository.put(f"samples/{path.name}", path.read_bytes())
    findings = repository.check("samples", "--profile", "datadog", "--format", "json").json["findings"]
    found = [(Path(finding["file"]).name, finding["line"], finding["severity"].upper()) for finding in findings]
    assert sorted(found) == sorted((each["fileName"], each["line"], each["severity"]) for each in expected)
    assert [finding["column"] for finding in findings] == [20, 7]


@pytest.mark.skipif(not CORPUS.is_dir(), reason=f"there is no {CORPUS}")
@pytest.mark.parametrize("profile", ["default", "strict"])
def test_files_of_strangers(repository: Repository, profile: str) -> None:
    run = repository.check(str(CORPUS), "--profile", profile, "--format", "json")
    assert (run.code, run.err) == (1, "")
    assert run.json["judged"]["task_definitions"] > 300
    for finding in run.json["findings"]:
        assert "itself failed" not in finding["what"]
        assert finding["line"] is not None
        assert (CORPUS.parent / finding["file"].partition("/shared/")[2]).is_file()


# A path that is not there, and what to do.
MISSING = [("nowhere.yaml", "Check the path."), ("infra/cdk.out", "Run cdk synth, which writes it.")]


@pytest.mark.parametrize(("path", "remedy"), MISSING)
def test_a_path_that_is_not_there(repository: Repository, path: str, remedy: str) -> None:
    run = repository.check("--no-config", path)
    assert (run.code, f"{path} cannot be read" in run.out, f"fix: {remedy}" in run.out) == (2, True, True)


def test_an_exclude_that_excludes_nothing_is_said(repository: Repository) -> None:
    repository.put("sub/task.yaml", template("awsvpc"))
    run = repository.check("--no-config", "--exclude", "sub\\task.yaml", "--exclude", "other.yaml")
    warnings = run.err.splitlines()
    assert (run.code, len(warnings)) == (0, 2)
    assert "sub\\task.yaml does not exclude any file that is read: write / between" in warnings[0]
    assert warnings[1].endswith("other.yaml does not exclude any file that is read")
