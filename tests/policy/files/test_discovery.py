"""Which policy the command uses, and its errors about invalid policies."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest

from ...gates.command_line.conftest import Repository, template

YAML = "profile: cyscale\n"
JSON = '{"profile": "cyscale"}'
TOML = '[tool.ecs-guard]\nprofile = "cyscale"\n'
CDK = '{"app": "x", "context": {"ecs-guard": {"profile": "cyscale"}}}'

# Files of the repository, where the command is run, and which policy it finds.
FOUND: list[tuple[dict[str, str], str, str | None]] = [
    ({}, ".", None),
    ({"ecs-guard.yaml": YAML}, ".", "ecs-guard.yaml"),
    ({"ecs-guard.yml": YAML}, ".", "ecs-guard.yml"),
    ({"ecs-guard.json": JSON}, ".", "ecs-guard.json"),
    ({"pyproject.toml": TOML}, ".", "pyproject.toml"),
    ({"cdk.json": CDK}, ".", "cdk.json"),
    ({"cdk.json": '{"context": {"ecs-guard:profile": "cyscale"}}'}, ".", "cdk.json"),
    ({"ecs-guard.yaml": YAML}, "infra/prod", "ecs-guard.yaml"),
    ({"ecs-guard.yaml": "profile: strict\n", "infra/ecs-guard.json": JSON}, "infra/prod", "infra/ecs-guard.json"),
    ({"infra/ecs-guard.yaml": YAML}, ".", None),
    ({"infra/prod/cdk.json": CDK, "ecs-guard.yaml": "profile: strict\n"}, "infra/prod", "infra/prod/cdk.json"),
    ({"ecs-guard.yaml": YAML, "pyproject.toml": '[project]\nname = "ecs-guard"\n'}, ".", "ecs-guard.yaml"),
    ({"ecs-guard.yaml": YAML, "cdk.json": '{"context": {"ecs-guardian": 1}}'}, ".", "ecs-guard.yaml"),
    ({"ecs-guard.yaml": YAML, "pyproject.toml": "broken ["}, ".", "ecs-guard.yaml"),
]


@pytest.mark.parametrize(("files", "cwd", "origin"), FOUND, ids=[f"{list(f)} in {c}" for f, c, _ in FOUND])
def test_which_policy_counts(repository: Repository, files: dict[str, str], cwd: str, origin: str | None) -> None:
    (repository.root / "infra/prod").mkdir(parents=True)
    for name, content in files.items():
        repository.put(name, content)
    repository.put("infra/prod/x.json", template("awsvpc"))
    run = repository.check(str(repository.root / "infra/prod/x.json"), "--format", "json", cwd=cwd)
    assert run.code == 0, run.err
    profile = "cyscale" if origin else "default"
    assert (run.json["policy"]["origin"], run.json["policy"]["profile"]) == (origin, profile)


PROOF = '{"policy": {"profile": "default"}, "judged": 1, "findings": []}'
MANIFEST = '{"version": "48.0.0", "artifacts": {}}'

# Files of the repository, where the command is run, and which policy it finds.
ASSEMBLIES: list[tuple[str, dict[str, str], str, str | None]] = [
    ("the report of the gate", {"cdk.out/manifest.json": MANIFEST}, "cdk.out", None),
    ("an assembly without artifacts", {"cdk.out/manifest.json": "{}", "cdk.out/cdk.out": "{}"}, "cdk.out", None),
    ("the policy above", {"cdk.out/manifest.json": MANIFEST, "ecs-guard.yaml": YAML}, "cdk.out", "ecs-guard.yaml"),
    (
        "a Stage",
        {
            "cdk.out/manifest.json": MANIFEST,
            "cdk.out/assembly-Prod/manifest.json": MANIFEST,
            "cdk.out/assembly-Prod/ecs-guard.json": PROOF,
            "ecs-guard.yaml": YAML,
        },
        "cdk.out/assembly-Prod",
        "ecs-guard.yaml",
    ),
    (
        "a policy file of another name",
        {"cdk.out/manifest.json": MANIFEST, "cdk.out/ecs-guard.yml": YAML},
        "cdk.out",
        "cdk.out/ecs-guard.yml",
    ),
]


@pytest.mark.parametrize(
    ("files", "cwd", "origin"), [row[1:] for row in ASSEMBLIES], ids=[row[0] for row in ASSEMBLIES]
)
def test_the_report_of_the_gate_in_a_cloud_assembly_is_not_a_policy(
    repository: Repository, files: dict[str, str], cwd: str, origin: str | None
) -> None:
    for name, content in {"cdk.out/ecs-guard.json": PROOF, "x.json": template("awsvpc"), **files}.items():
        repository.put(name, content)
    run = repository.check(str(repository.root / "x.json"), "--format", "json", cwd=cwd)
    assert run.code == 0, run.err
    assert run.json["policy"]["origin"] == origin


def test_a_manifest_of_a_web_app_does_not_hide_a_policy(repository: Repository) -> None:
    for name, content in {
        "ecs-guard.json": JSON,
        "manifest.json": '{"icons": []}',
        "x.json": template("bridge"),
    }.items():
        repository.put(name, content)
    run = repository.check("x.json", "--format", "json")
    assert run.json["policy"]["origin"] == "ecs-guard.json"


def test_nothing_above_the_repository_is_looked_at(repository: Repository) -> None:
    repository.put("ecs-guard.yaml", YAML)
    (repository.root / "inner/.git").mkdir(parents=True)
    repository.put("inner/x.json", template("bridge"))
    assert repository.check("x.json", cwd="inner").code == 1


def test_without_a_repository_only_the_working_directory_counts(repository: Repository) -> None:
    (repository.root / ".git").rmdir()
    repository.put("ecs-guard.yaml", YAML)
    repository.put("inner/x.json", template("bridge"))
    assert repository.check("x.json", cwd="inner").code == 1
    assert repository.check("inner/x.json").code == 0


@pytest.mark.parametrize(
    ("files", "names"),
    [
        ({"ecs-guard.yaml": YAML, "ecs-guard.json": JSON}, "ecs-guard.yaml and ecs-guard.json"),
        ({"ecs-guard.yml": YAML, "cdk.json": CDK}, "ecs-guard.yml and cdk.json"),
        ({"pyproject.toml": TOML, "cdk.json": CDK}, "pyproject.toml and cdk.json"),
    ],
)
def test_two_policies_in_one_folder(repository: Repository, files: dict[str, str], names: str) -> None:
    repository.put("x.json", template("awsvpc"))
    for name, content in files.items():
        repository.put(name, content)
    run = repository.check("x.json")
    assert run.code == 2
    assert f"has two policies, {names}: keep one, or name one with --policy" in run.err
    assert run.out == ""
    assert repository.check("x.json", "--policy", next(iter(files))).code == 0
    assert repository.check("x.json", "--no-config").code == 0


# Arguments, and by what it is judged then.
ARGUMENTS: list[tuple[list[str], str | None, str]] = [
    ([], "ecs-guard.yaml", "cyscale"),
    (["--profile", "strict"], "ecs-guard.yaml", "strict"),
    (["--no-config"], None, "default"),
    (["--no-config", "--profile", "strict"], None, "strict"),
    (["--policy", "platform/policy.yaml"], "platform/policy.yaml", "security-hub"),
    (["--policy", "platform/policy.yaml", "--profile", "strict"], "platform/policy.yaml", "strict"),
    (["--policy", "platform/pyproject.toml"], "platform/pyproject.toml", "cyscale"),
    (["--policy", "platform/cdk.json"], "platform/cdk.json", "cyscale"),
]


@pytest.mark.parametrize(("words", "origin", "profile"), ARGUMENTS, ids=[" ".join(w) or "-" for w, _, _ in ARGUMENTS])
def test_arguments(repository: Repository, words: list[str], origin: str | None, profile: str) -> None:
    files = {"ecs-guard.yaml": YAML, "platform/policy.yaml": "profile: security-hub\n"}
    for name, content in {**files, "platform/pyproject.toml": TOML, "platform/cdk.json": CDK}.items():
        repository.put(name, content)
    repository.put("x.json", template("awsvpc"))
    policy = repository.check("x.json", *words, "--format", "json").json["policy"]
    assert (policy["origin"], policy["profile"]) == (origin, profile)


def test_the_policy_is_said(repository: Repository) -> None:
    repository.put("x.json", template("awsvpc"))
    repository.put("ecs-guard.yaml", YAML)
    assert "Admitted: 1 task definition in 1 file (policy: ecs-guard.yaml, profile cyscale)." in repository.check().out


def test_a_policy_outside_of_the_repository(repository: Repository, tmp_path_factory: Any) -> None:
    outside = tmp_path_factory.mktemp("outside") / "policy.yaml"
    outside.write_text(YAML)
    repository.put("x.json", template("bridge"))
    run = repository.check("x.json", "--policy", str(outside), "--format", "json")
    assert (run.code, run.json["policy"]["origin"]) == (0, outside.as_posix())


MISTAKES: list[tuple[str, str, str]] = [
    ("ecs-guard.yaml", "profil: strict\n", "ecs-guard.yaml: key 'profil' is unknown. Did you mean 'profile'?"),
    ("ecs-guard.yaml", "exemptions:\n", "ecs-guard.yaml: exemptions is null: it must be a list"),
    ("ecs-guard.yaml", "profile: [strict]\n", "profile [\"strict\"] is unknown. Did you mean 'strict'?"),
    ("ecs-guard.yaml", "unresolved: off\n", 'unresolved is false: write "off", in quotes, because YAML reads off as'),
    (
        "ecs-guard.yaml",
        "enforcement:\n  non-root-user: {synth: off}\n",
        'ecs-guard.yaml: enforcement.non-root-user.synth is false: write "off", in quotes,',
    ),
    (
        "ecs-guard.yaml",
        "exemptions:\n- path: **\n",
        "did not find expected alphabetic or numeric character; put a glob that begins with * in quotes",
    ),
    ("ecs-guard.yaml", "exemptions:\n- path: *Task\n", "for this alias; put a glob that begins with * in quotes"),
    ("ecs-guard.yaml", "profile: strict\n---\n", "line 2: it has several YAML documents, and only one is allowed"),
    ("ecs-guard.yaml", "profile: strct\n", "'strct' is unknown. Did you mean 'strict'?"),
    ("ecs-guard.yaml", "- a\n", "ecs-guard.yaml is not a policy: it must be an object"),
    ("ecs-guard.yaml", "profile: [\n", "ecs-guard.yaml cannot be read, line 2: "),
    (
        "ecs-guard.yaml",
        "profile: strict\nunresolved: warn\nprofile: default\n",
        "line 3: profile is repeated; keep one",
    ),
    ("ecs-guard.json", '{"profile": "strict"', "ecs-guard.json cannot be read, line 1: "),
    ("ecs-guard.json", "\x00", "ecs-guard.json cannot be read, line 1: it is not text: it has a NUL character"),
    ("pyproject.toml", "[tool.ecs-guard\n", "pyproject.toml cannot be read: "),
    ("pyproject.toml", "[tool]\necs-guard = 1\n", "ecs-guard is 1: it must be an object"),
    ("cdk.json", '{"context": {"ecs-guard": ', "cdk.json cannot be read: "),
    ("cdk.json", '["ecs-guard"]', "cdk.json cannot be read: "),
    ("cdk.json", '{"context": {"ecs-guard": []}}', "ecs-guard is []: it must be an object"),
    ("cdk.json", '{"context": {"ecs-guard:profil": "x"}}', "'profil' is unknown. Did you mean 'profile'?"),
]


@pytest.mark.parametrize(("name", "content", "said"), MISTAKES, ids=[f"{n} {c[:20]!r}" for n, c, _ in MISTAKES])
def test_a_mistake(repository: Repository, name: str, content: str, said: str) -> None:
    repository.put("x.json", template("awsvpc"))
    repository.put(name, content)
    run = repository.check("x.json")
    assert (run.code, run.out) == (2, "")
    assert said in run.err
    assert run.err.startswith("ecs-guard: error: ")


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
@pytest.mark.parametrize("name", ["ecs-guard.yaml", "pyproject.toml", "cdk.json"])
def test_a_link_that_leads_nowhere_is_not_skipped(repository: Repository, name: str) -> None:
    repository.put("x.json", template("awsvpc"))
    (repository.root / name).symlink_to("platform/policy")
    run = repository.check("x.json")
    assert (run.code, run.out) == (2, "")
    assert f"{name} cannot be read: No such file or directory" in run.err


def test_a_named_policy_that_says_nothing_or_is_not_there(repository: Repository) -> None:
    repository.put("x.json", template("awsvpc"))
    repository.put("pyproject.toml", "[project]\n")
    repository.put("cdk.json", "{}")
    for name, said in [
        ("pyproject.toml", "pyproject.toml has no policy: there is no [tool.ecs-guard] in it"),
        ("cdk.json", "cdk.json has no policy: there is no context.ecs-guard in it"),
        ("nowhere.yaml", "nowhere.yaml cannot be read: No such file or directory"),
        (".", ". cannot be read: Is a directory"),
    ]:
        run = repository.check("x.json", "--policy", name)
        assert (run.code, run.err) == (2, f"ecs-guard: error: {said}\n")


EXEMPTION = {
    "check": "awsvpc-network-mode",
    "path": "x.json/Task",
    "owner": "me",
    "reason": "it reads the counters",
    "expires": "2999-12-31",
}
WITH_A_DATE = {
    "ecs-guard.yaml": "exemptions:\n  - " + "\n    ".join(f"{key}: {value}" for key, value in EXEMPTION.items()),
    "pyproject.toml": "[[tool.ecs-guard.exemptions]]\n"
    + "\n".join(f"{key} = {value if key == 'expires' else repr(value)}" for key, value in EXEMPTION.items()),
    "cdk.json": json.dumps({"context": {"ecs-guard": {"exemptions": [EXEMPTION]}}}),
}


@pytest.mark.parametrize(("name", "content"), WITH_A_DATE.items(), ids=list(WITH_A_DATE))
def test_an_exemption_with_a_date(repository: Repository, name: str, content: str) -> None:
    repository.put("x.json", template("bridge"))
    repository.put(name, content)
    run = repository.check("x.json")
    assert run.code == 0, run.out
    assert "note[awsvpc-network-mode]: NetworkMode is 'bridge'." in run.out
    assert "Exempt until 2999-12-31" in run.out
