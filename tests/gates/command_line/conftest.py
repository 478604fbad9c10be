"""A repository to run the command in."""

from __future__ import annotations

import io
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

from ecs_guard_aspects.gates.command_line.main import main


def template(mode: str | None, **resources: Any) -> str:
    """Return a template with one task definition."""
    properties = {"NetworkMode": mode} if mode else {}
    task = {"Type": "AWS::ECS::TaskDefinition", "Properties": properties}
    return json.dumps({"Resources": {"Task": task, **resources}}, indent=1)


class Run(NamedTuple):
    """What a run of the command ended with."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The report on standard output."""
        return json.loads(self.out)

    @property
    def summary(self) -> str:
        """The last line of the text report, without the seconds."""
        return self.out.splitlines()[-1].rpartition(" ")[0].removesuffix(" 0.0").strip().rpartition(" ")[0]


class Repository:
    """A repository with files in it, and the command."""

    def __init__(self, root: Path, capture: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> None:
        self.root = root
        self._capture = capture
        self._patch = patch
        (root / ".git").mkdir()

    def put(self, name: str, content: str | bytes) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def run(self, *words: str, stdin: bytes = b"", cwd: str = ".") -> Run:
        """Run ``ecs-guard`` with these words."""
        self._patch.chdir(self.root / cwd)
        self._patch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(stdin)))
        try:
            code = main(words)
        except SystemExit as stop:  # argparse
            code = int(stop.code or 0)
        out, err = self._capture.readouterr()
        return Run(code, out, err)

    def check(self, *words: str, **options: Any) -> Run:
        return self.run("check", *words, **options)


@pytest.fixture
def repository(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Repository:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return Repository(tmp_path, capsys, monkeypatch)
