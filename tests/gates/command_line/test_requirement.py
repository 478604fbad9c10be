"""``--require N``: fewer task definitions are exit code 2, in every format, with what is missing."""

from __future__ import annotations

import json

import pytest

from .conftest import Repository, template

TWO = json.dumps(
    {
        "Resources": {
            name: {"Type": "AWS::ECS::TaskDefinition", "Properties": {"NetworkMode": "awsvpc"}} for name in ("A", "B")
        }
    }
)
EMPTY = '{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}'
CDK_JSON = '{"app": "python app.py"}'

# The file, the value of --require, the exit code.
REQUIRED = [
    (TWO, "0", 0),
    (TWO, "1", 0),
    (TWO, "2", 0),
    (TWO, "3", 2),
    (EMPTY, "0", 0),
    (EMPTY, "1", 2),
    (template("host"), "1", 1),
    (template("host"), "2", 2),
    (template("none"), "99", 2),
]


@pytest.mark.parametrize(("content", "least", "code"), REQUIRED)
def test_fewer_than_required_are_exit_code_2(repository: Repository, content: str, least: str, code: int) -> None:
    repository.put("task.json", content)
    run = repository.check("--require", least, "--format", "json")
    assert run.code == code
    assert run.json["admitted"] is (code == 0)
    assert ("shortfall" in run.json) is (code == 2)
    assert repository.check("--require", least, "--exit-zero").code == (code if code == 2 else 0)


def test_the_error_says_how_many_were_judged(repository: Repository) -> None:
    repository.put("task.json", TWO)
    run = repository.check("--require", "3")
    sentence = "2 task definitions were judged, but --require asks for at least 3."
    assert run.err == f"ecs-guard: error: {sentence}\n"
    assert sentence in run.out.splitlines()[-1]


@pytest.mark.parametrize("name", ["json", "sarif", "junit", "github", "gitlab", "markdown", "csv", "html", "text"])
def test_every_format_has_it(repository: Repository, name: str) -> None:
    repository.put("task.json", TWO)
    run = repository.check("--require", "3", "--format", name)
    assert "2 task definitions were judged, but " in run.out.replace("&#45;", "-")


def test_no_baseline_is_written(repository: Repository) -> None:
    repository.put("task.json", EMPTY)
    run = repository.check("--require", "1", "--write-baseline", "baseline.json")
    assert run.code == 2
    assert "baseline.json: not written, because too few task definitions were judged" in run.err
    assert not (repository.root / "baseline.json").exists()


@pytest.mark.parametrize("word", ["-1", "x", "1.5", ""])
def test_the_number_is_one(repository: Repository, word: str) -> None:
    run = repository.check(f"--require={word}")
    assert run.code == 2
    assert "is not a number of task definitions" in run.err


# The files of the repository, the words of the command, and the hint.
HINTS: list[tuple[dict[str, str], list[str], str | None]] = [
    ({"cdk.json": CDK_JSON}, [], "run cdk synth first, because there is cdk.json but no cdk.out"),
    ({"cdk.json": CDK_JSON}, ["cdk.out"], "run cdk synth first, because there is cdk.json but no cdk.out"),
    ({"infra/cdk.json": CDK_JSON}, [], "run cdk synth first, because there is infra/cdk.json but no infra/cdk.out"),
    ({"infra/cdk.json": CDK_JSON}, ["infra/cdk.out"], "because there is infra/cdk.json but no infra/cdk.out"),
    ({"cdk.json": "[not JSON"}, [], "run cdk synth first"),
    ({"cdk.json": CDK_JSON, "cdk.out/x.txt": ""}, [], None),
    ({"cdk.json": '{"output": "build"}', "build/x.txt": ""}, [], None),
    ({"cdk.json": '{"output": "build"}'}, [], "run cdk synth first"),
    ({"package.json": "{}"}, [], None),
    ({"node_modules/x/cdk.json": CDK_JSON}, [], None),
    ({"cdk.json": CDK_JSON, "task.json": template("awsvpc")}, [], None),
]


@pytest.mark.parametrize(("files", "words", "hint"), HINTS)
def test_a_cdk_app_without_an_assembly_is_named(
    repository: Repository, files: dict[str, str], words: list[str], hint: str | None
) -> None:
    for name, content in files.items():
        repository.put(name, content)
    run = repository.check(*words)
    assert "cdk synth" not in run.err if hint is None else hint in run.err
    required = repository.check("--require", "1", *words)
    assert "cdk synth" not in required.err if hint is None else hint in required.err
