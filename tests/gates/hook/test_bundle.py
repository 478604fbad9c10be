"""The bundle: what is in it, that it is the same everywhere, and that a bare Python runs it."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from ecs_guard_aspects.gates.hook.bundle import HANDLER, bundle, modules
from ecs_guard_aspects.policy import Enforcement, Exemption, Policy, PolicyError, Profile

from ...policy.support import HasFamily
from .support import event

# -S -I: only the standard library and the folder of the bundle; -B: as in Lambda, nothing is compiled beforehand.
PROGRAM = """
import importlib, json, sys
sys.path.insert(0, sys.argv[1])
module, _, name = sys.argv[2].rpartition(".")
handler = getattr(importlib.import_module(module), name)
if len(sys.argv) > 3:
    for each in sys.argv[3:]:
        importlib.import_module(each)
responses = [handler(event, None) for event in json.load(sys.stdin)]
tops = {each.partition(".")[0] for each in sys.modules} - {"__main__", "ecs_guard_aspects"}
foreign = sorted(each for each in tops - set(sys.stdlib_module_names) if not each.startswith("_sysconfigdata"))
print(json.dumps({"responses": responses, "foreign": foreign}))
"""

POLICY = Policy(
    profile=Profile.SECURITY_HUB,
    enforcement={"host-mode-privileged": Enforcement.WARN, "awsvpc-network-mode": Enforcement.DENY},
    unresolved=Enforcement.AUDIT,
    exemptions=[
        Exemption(
            check="non-root-user", family="a*", reason="r", owner="o", expires="2999-01-31", account="111122223333"
        )
    ],
    max_exemption_days=None,
    local_exemptions=False,
)


def unpacked(policy: Policy, folder: Path) -> Path:
    zipfile.ZipFile(io.BytesIO(bundle(policy).content)).extractall(folder)
    return folder


def run(folder: Path, events: list[Any], *imported: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return what the handlers of a bundle answer, and the lines of their log."""
    command = [sys.executable, "-S", "-I", "-B", "-c", PROGRAM, str(folder), HANDLER, *imported]
    done = subprocess.run(command, input=json.dumps(events), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    *lines, result = map(json.loads, done.stdout.splitlines())
    return result, lines


def test_a_bare_python_runs_it(tmp_path: Path) -> None:
    names = ["resource-create-denied", "resource-create-admitted", "cloudtrail-registered-denied", "change-set"]
    result, lines = run(unpacked(POLICY, tmp_path), [event(name) for name in names])
    assert result["foreign"] == []
    denied, admitted, watched, change_set = result["responses"]
    assert (denied["hookStatus"], denied["errorCode"]) == ("FAILED", "NonCompliant")
    assert admitted["hookStatus"] == "SUCCESS"
    assert watched["outcome"] == "denied"
    assert change_set["errorCode"] == "InternalFailure"  # no such bucket, and no network
    assert [line["outcome"] for line in lines] == ["denied", "admitted", "denied", "error"]
    assert lines[0]["policy"]["sha256"] == POLICY.sha256


def test_every_module_in_it_can_be_imported(tmp_path: Path) -> None:
    names = [name.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for name in modules()]
    result, _ = run(unpacked(Policy(), tmp_path), [], *names)
    assert result["foreign"] == []


def test_only_what_the_handler_needs_is_in_it() -> None:
    names = zipfile.ZipFile(io.BytesIO(bundle(Policy()).content)).namelist()
    assert names == sorted(names)
    assert {"policy.json", "ecs_guard_aspects/__init__.py", "ecs_guard_aspects/gates/hook/payload.py"} <= set(names)
    rooms = {"/".join(name.split("/")[1:3]) for name in names if name.count("/") > 1}
    for room in ("gates/synth", "gates/command_line", "gates/account", "sources/account", "sources/terraform"):
        assert room not in rooms
    assert not any(name.startswith(("ecs_guard_aspects/reports/", "ecs_guard_aspects/remediation/")) for name in names)
    assert not any("construct" in name or "yaml" in name for name in names)


def test_it_is_small() -> None:
    assert len(bundle(Policy()).content) < 300_000


def test_the_same_policy_is_the_same_bundle_in_another_process() -> None:
    program = (
        "from ecs_guard_aspects.gates.hook.bundle import bundle\n"
        "from ecs_guard_aspects.policy import Policy\n"
        "print(bundle(Policy()).sha256)"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "PYTHONPATH": os.getcwd()}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == bundle(Policy()).sha256


def test_files_have_neither_a_time_nor_an_owner() -> None:
    for entry in zipfile.ZipFile(io.BytesIO(bundle(Policy()).content)).infolist():
        assert (entry.date_time, entry.create_system) == ((1980, 1, 1, 0, 0, 0), 3)
        assert entry.external_attr >> 16 == 0o100644


def test_another_policy_is_another_bundle() -> None:
    assert bundle(Policy()).file_name != bundle(POLICY).file_name


REFUSED: list[tuple[Policy, str]] = [
    (Policy(checks=[HasFamily()]), r"custom checks are Python.*has-family"),
    (Policy(today=POLICY.date), "a fixed day"),
]


@pytest.mark.parametrize(("policy", "message"), REFUSED)
def test_a_policy_that_cannot_travel_is_refused(policy: Policy, message: str) -> None:
    with pytest.raises(PolicyError, match=message):
        bundle(policy)


BROKEN = {
    "no JSON": "{",
    "a list": "[]",
    "an unknown key": '{"profil": "strict"}',
    "an unknown profile": '{"profile": "odd"}',
    "nothing": None,
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_a_broken_policy_in_the_bundle_fails_what_is_asked(text: str | None, tmp_path: Path) -> None:
    folder = unpacked(Policy(), tmp_path)
    (folder / "policy.json").unlink()
    if text is not None:
        (folder / "policy.json").write_text(text)
    result, (line,) = run(folder, [event("resource-create-admitted")])
    (response,) = result["responses"]
    assert (response["hookStatus"], response["errorCode"]) == ("FAILED", "InternalFailure")
    assert "its policy is invalid: policy.json" in response["message"]
    assert (line["outcome"], line["Errors"]) == ("error", 1)


def test_the_function_starts_without_what_few_events_need(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "sys.path.insert(0, sys.argv[1])\n"
        "__import__(sys.argv[2])\n"
        "print(*(name for name in sys.modules if name.startswith(('ecs_guard_aspects.sources', 'http', 'ssl'))))"
    )
    module = HANDLER.rpartition(".")[0]
    command = [sys.executable, "-S", "-I", "-B", "-c", program, str(unpacked(Policy(), tmp_path)), module]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
