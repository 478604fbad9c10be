"""The real ``ecs-guard``, as a process; its findings in a cloud assembly are those of the gate at synth."""

from __future__ import annotations

import datetime
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecs as ecs

from ecs_guard_aspects import EcsGuard, Finding, Policy, Profile
from ecs_guard_aspects.gates.command_line.outputs import FORMATS
from ecs_guard_aspects.policy import judge
from ecs_guard_aspects.sources.files import Files

SCRIPT = Path(sys.executable).with_name("ecs-guard")
COMMAND = [str(SCRIPT)] if SCRIPT.exists() else [sys.executable, "-m", "ecs_guard_aspects.gates.command_line"]
ROOT = Path(__file__).parents[2]
BRIDGE = "Resources:\n  Task:\n    Type: AWS::ECS::TaskDefinition\n    Properties:\n      NetworkMode: bridge\n"


class Run(NamedTuple):
    code: int
    out: str
    err: str


def run(*words: str, cwd: Path, stdin: bytes | None = None, **environment: str) -> Run:
    kept = {name: value for name, value in os.environ.items() if name not in ("FORCE_COLOR", "NO_COLOR")}
    done = subprocess.run(
        [*COMMAND, *words],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        env={**kept, "PYTHONPATH": str(ROOT), **environment},
        timeout=60,
        check=False,
    )
    return Run(done.returncode, done.stdout.decode(), done.stderr.decode())


def test_a_template(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(BRIDGE)
    done = run("check", cwd=tmp_path)
    assert (done.code, done.err) == (1, "")
    assert done.out.startswith(
        "error[awsvpc-network-mode]: NetworkMode is 'bridge'.\n"
        " --> x.yaml:5:20  Task\n"
        "  |\n"
        "5 |       NetworkMode: bridge\n"
        "  |                    ^^^^^^\n"
        "  |\n"
        "  = why: "
    )
    assert "\nDenied: 1 of 1 task definition in 1 file (policy: profile default). 0." in done.out


def test_standard_input(tmp_path: Path) -> None:
    done = run("check", "-", "--format", "json", cwd=tmp_path, stdin=BRIDGE.encode())
    assert done.code == 1
    assert json.loads(done.out)["findings"][0]["address"] == "stdin/Task"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_any_encoding_of_the_terminal(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "\u00fc\u6f22.yaml").write_text(
        f"# \u6f22\n{BRIDGE}".replace("bridge", "br\u00fccke \u6f22"), encoding="utf-8"
    )
    done = subprocess.run(
        [*COMMAND, "check"],
        cwd=tmp_path,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding},
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, b"")
    assert b"error[awsvpc-network-mode]" in done.stdout


def test_a_reader_that_has_enough(tmp_path: Path) -> None:
    for number in range(300):
        (tmp_path / f"{number}.yaml").write_text(BRIDGE.replace("bridge", f"mode{number}"))
    with subprocess.Popen(
        [*COMMAND, "check"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode in (1, 2)  # 1 where the pipe holds all of it


@pytest.mark.skipif(os.name == "nt", reason="file names are text there")
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize(
    ("words", "redirection", "code", "said"),
    [
        ("explain", ">/dev/full", 2, "ecs-guard: error: standard output cannot be written: No space left on device\n"),
        ("explain", ">&-", 2, "ecs-guard: error: standard output is closed\n"),
        ("check x.yaml", "<&- >/dev/null", 1, ""),
        ("check x.yaml", "2>&- >/dev/null", 1, ""),
    ],
)
def test_streams_that_are_closed_or_full(tmp_path: Path, words: str, redirection: str, code: int, said: str) -> None:
    (tmp_path / "x.yaml").write_text(BRIDGE)
    done = subprocess.run(
        ["sh", "-c", f'"$@" {redirection}', "sh", *COMMAND, *words.split()],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (code, said)


def test_names_that_are_not_text(tmp_path: Path) -> None:
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\x1b[31m\n.yaml"))).write_text(BRIDGE)
    outputs = [word for name in FORMATS for word in ("--output", f"{name}=out.{name}.txt")]
    done = run("check", *outputs, cwd=tmp_path)
    assert (done.code, done.err) == (1, "")
    for text in (done.out, *((tmp_path / f"out.{name}.txt").read_text() for name in FORMATS)):
        assert "awsvpc-network-mode" in text
        assert "\x1b" not in text


def test_a_baseline(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(BRIDGE)
    done = run("check", "--write-baseline", "known.json", cwd=tmp_path)
    assert (done.code, done.err) == (1, "ecs-guard: known.json: 1 finding written\n")
    (tmp_path / "x.yaml").write_text(f"# It moves.\n{BRIDGE}")
    done = run("check", "--baseline", "known.json", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert "1 known from the baseline." in done.out


def test_neither_the_cdk_nor_what_is_not_needed_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text('{"Resources": {}}')
    program = (
        "import sys; from ecs_guard_aspects.gates.command_line.main import main; main(['check', 'x.json'])\n"
        "print([name for name in ('aws_cdk', 'jsii', 'yaml', 'tomllib', 'urllib.request') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("name", ["EcsGuard", "EcsGuardFix"])
def test_without_the_cdk_the_gate_says_what_to_install(name: str) -> None:
    program = f"""
import sys
sys.modules["aws_cdk"] = None
from ecs_guard_aspects import Network, {name}
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    last = done.stderr.splitlines()[-1]
    assert last == f"ModuleNotFoundError: {name} needs the AWS CDK: pip install 'ecs-guard-aspects[cdk]'"


def test_ten_thousand_files_without_task_definitions(tmp_path: Path) -> None:
    body = "data:\n" + "".join(f"  key{number}: value\n" for number in range(50))
    for number in range(10_000):
        if number % 100 == 0:
            (tmp_path / str(number)).mkdir()
        (tmp_path / str(number // 100 * 100) / f"{number}.yaml").write_text(body)
    (tmp_path / "x.yaml").write_text(BRIDGE)
    start = time.monotonic()
    done = run("check", cwd=tmp_path)
    assert time.monotonic() - start < 10  # two seconds on a machine that does nothing else
    assert done.code == 1


# --- at synth and afterwards --------------------------------------------------------------------------------------


def add_tasks(scope: Any) -> None:
    """Add one of each: L2, L1, generic, overridden, acknowledged."""
    image = ecs.ContainerImage.from_registry("nginx")
    level2 = ecs.Ec2TaskDefinition(scope, "L2", network_mode=ecs.NetworkMode.HOST)
    level2.add_container("web", image=image, memory_limit_mib=128)
    ecs.CfnTaskDefinition(scope, "L1", family="level-1")
    properties = {"NetworkMode": "awsvpc", "ContainerDefinitions": [{"Name": "a", "User": "0"}]}
    cdk.CfnResource(scope, "Generic", type="AWS::ECS::TaskDefinition", properties=properties)
    overridden = ecs.Ec2TaskDefinition(scope, "Overridden")
    overridden.add_container("web", image=image, memory_limit_mib=128, user="1000")
    overridden.node.default_child.add_property_override("NetworkMode", "none")
    accepted = ecs.CfnTaskDefinition(scope, "Accepted")
    acknowledgment = cdk.Acknowledgment(id="ecs-guard::awsvpc-network-mode", reason="moves in May")
    cdk.Validations.of(accepted).acknowledge(acknowledgment)


def essence(finding: Finding) -> tuple[object, ...]:
    """Return a finding without its folder, and without its remedy: only the app knows that its code is Python."""
    values = finding.to_json(datetime.date(2026, 1, 1))
    del values["remedy"]
    file = str(values.pop("file") or "")
    source = str(values.pop("source"))
    return (*(str(value) for value in values.values()), file.removeprefix("cdk.out/"), source.removeprefix("cdk.out/"))


@pytest.mark.parametrize("profile", [Profile.DEFAULT, Profile.STRICT])
def test_a_synth_and_a_check_of_what_it_wrote_find_the_same(tmp_path: Path, profile: Profile) -> None:
    app = cdk.App(outdir=str(tmp_path / "cdk.out"), analytics_reporting=False)
    guard = EcsGuard(Policy(profile=profile)).protect(app)
    stack = cdk.Stack(app, "Stack")
    add_tasks(stack)
    add_tasks(cdk.NestedStack(stack, "Nested"))
    add_tasks(cdk.Stack(cdk.Stage(cdk.Stage(app, "Prod"), "Eu"), "Stack"))
    with pytest.raises(RuntimeError, match="Validation"):
        app.synth()
    report = judge(Files([str(tmp_path)], tmp_path), Policy(profile=profile))
    assert len(report.resources) == 15
    assert {resource.address for resource in report.resources} == {
        resource.address for resource in guard.report.resources
    }
    assert sorted(map(essence, report.findings)) == sorted(map(essence, guard.findings))
    assert report.is_admitted == guard.report.is_admitted is False


def test_fix_shows_then_writes_then_has_nothing_to_do(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "a.yaml").write_text(BRIDGE)
    shown = run("fix", "--run-elsewhere", "a.yaml", cwd=tmp_path)
    assert (shown.code, shown.out.splitlines()[-2:]) == (
        1,
        ["-      NetworkMode: bridge", "+      NetworkMode: awsvpc"],
    )
    written = run("fix", "--run-elsewhere", "--write", ".", cwd=tmp_path)
    assert (written.code, written.err.splitlines()[-1]) == (
        0,
        "ecs-guard: 1 of 1 denied task definition fixed, 1 file written",
    )
    assert (tmp_path / "a.yaml").read_text() == BRIDGE.replace("bridge", "awsvpc")
    assert run("fix", ".", cwd=tmp_path) == Run(0, "", "ecs-guard: nothing to fix\n")
    assert run("check", ".", cwd=tmp_path).code == 0
