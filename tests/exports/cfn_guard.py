"""cfn-guard, both versions: its verdicts on many Config items by one process.

Releases of one PyPI package have them, in an archive for npm: cfn-guard 3 the one that is installed, cfn-guard 2 an
older one that ``make setup`` puts next to it.
"""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
import tarfile
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

_PACKAGE = Path("cdklabs", "cdk_validator_cfnguard", "_jsii")
_PLATFORMS = {"linux": "ubuntu", "darwin": "macos"}
_MACHINES = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64"}

_ITEM = re.compile(r"(?:.*/)?(?P<index>\d+)\.json Status = \w+")
_RULE = re.compile(r"rules\.guard/(?P<rule>\w+)\s+(?P<status>PASS|FAIL|SKIP)")
_PASSED, _FAILED = 0, (5, 19)


class CfnGuard:
    """One version of cfn-guard."""

    def __init__(self, binary: Path, folder: Path) -> None:
        self._binary = binary
        self._folder = folder
        self._runs = 0

    def version(self) -> str:
        """Return the version that it prints."""
        return subprocess.run([self._binary, "--version"], capture_output=True, text=True, check=True).stdout.strip()

    def violated(self, rules: str, items: Sequence[Any]) -> list[set[str]]:
        """Return, for each Config item, the rules that fail."""
        self._runs += 1
        folder = self._folder / f"run-{self._runs}"
        (folder / "items").mkdir(parents=True)
        (folder / "rules.guard").write_text(rules, encoding="utf-8")
        for index, item in enumerate(items):
            (folder / "items" / f"{index:05}.json").write_text(json.dumps(item), encoding="utf-8")
        command = [self._binary, "validate", "--show-summary", "all", "-r", "rules.guard", "-d", "items"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, encoding="utf-8")
        assert done.returncode in (_PASSED, *_FAILED), done.stderr
        statuses = _statuses(done.stdout)
        rules_in_text = set(re.findall(r"^rule (\w+)", rules, re.MULTILINE))
        assert sorted(statuses) == list(range(len(items))), "an item was not judged"
        assert all(set(status) == rules_in_text for status in statuses.values()), "a rule was not asked"
        return [{rule for rule, status in statuses[index].items() if status == "FAIL"} for index in range(len(items))]


def _statuses(output: str) -> dict[int, dict[str, str]]:
    statuses: dict[int, dict[str, str]] = {}
    of_item: dict[str, str] = {}
    for line in output.splitlines():
        if item := _ITEM.fullmatch(line.strip()):
            of_item = statuses.setdefault(int(item["index"]), {})
        elif rule := _RULE.fullmatch(line.strip()):
            of_item[rule["rule"]] = rule["status"]
    return statuses


def find(version: int, folder: Path) -> CfnGuard:
    """Return cfn-guard 2 or 3; skip the test where there is none for this machine."""
    package = _installed() if version == 3 else Path(sys.prefix, f"cfn-guard-{version}") / _PACKAGE
    archive = next(iter(package.glob("*.tgz")), None) if package else None
    if archive is None:
        pytest.skip(f"cfn-guard {version} is not installed: make setup")
    binary = folder / "cfn-guard"
    wanted = set(_members(version))
    with tarfile.open(archive) as members:
        for member in members:
            content = members.extractfile(member) if member.name in wanted else None
            if content:
                binary.write_bytes(content.read())
                binary.chmod(0o755)
                return CfnGuard(binary, folder)
    pytest.skip(f"there is no cfn-guard {version} for {sys.platform} on {platform.machine()}")


def _installed() -> Path | None:
    try:
        spec = find_spec("cdklabs.cdk_validator_cfnguard")
    except ModuleNotFoundError:
        return None
    return Path(spec.origin).parent / "_jsii" if spec and spec.origin else None


def _members(version: int) -> Iterable[str]:
    system = _PLATFORMS.get(sys.platform, os.name)
    machine = _MACHINES.get(platform.machine().lower(), "?")
    if version == 3:
        yield f"package/bin/{system}/{machine}/cfn-guard"
    elif machine == "x86_64":
        yield f"package/bin/{system}/cfn-guard"
