"""Files of other services that only resemble task definitions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ecs_guard_aspects.model.notice import NOT_CHECKED, NOT_COVERED
from ecs_guard_aspects.policy.judging.judge import judge
from ecs_guard_aspects.sources.files import Files

DECOYS: list[tuple[dict[str, Any], str]] = [
    ({"AWSEBDockerrunVersion": 2, "networkMode": "awsvpc", "containerDefinitions": []}, NOT_CHECKED),
    ({"AWSEBDockerrunVersion": "2", "containerDefinitions": [{"name": "a", "image": "x"}]}, NOT_CHECKED),
    ({"Name": "g", "TotalCpuLimit": 1, "TotalMemoryLimit": 4, "ContainerDefinitions": []}, NOT_COVERED),
    ({"Name": "g", "ContainerGroupType": "GAME_SERVER", "GameServerContainerDefinition": {}}, NOT_COVERED),
]


@pytest.mark.parametrize(("value", "kind"), DECOYS)
def test_its_network_mode_decides_nothing(tmp_path: Path, value: dict[str, Any], kind: str) -> None:
    (tmp_path / "a.json").write_text(json.dumps(value))
    report = judge(Files([str(tmp_path / "a.json")], tmp_path))
    assert [finding.check for finding in report.findings] == [kind]
    assert (report.resources, report.not_read) == ((), ())


# With a family it can be registered: some tools drop keys that they do not know.
REGISTERED: list[tuple[dict[str, Any], list[str]]] = [
    ({"TotalCpuLimit": 1}, ["awsvpc-network-mode"]),
    ({"AWSEBDockerrunVersion": 2}, [NOT_CHECKED, "awsvpc-network-mode"]),
]


@pytest.mark.parametrize(("keys", "checks"), REGISTERED)
def test_a_task_definition_with_a_key_of_another_service_is_judged(
    tmp_path: Path, keys: dict[str, Any], checks: list[str]
) -> None:
    value = {"family": "web", "networkMode": "bridge", "containerDefinitions": [], **keys}
    (tmp_path / "a.json").write_text(json.dumps(value))
    report = judge(Files([str(tmp_path)], tmp_path))
    assert sorted(finding.check for finding in report.findings) == sorted(checks)
    assert len(report.resources) == 1


def test_version_1_has_no_containers_and_is_skipped(tmp_path: Path) -> None:
    (tmp_path / "Dockerrun.aws.json").write_text(json.dumps({"AWSEBDockerrunVersion": "1", "Image": {"Name": "x"}}))
    assert judge(Files([str(tmp_path)], tmp_path)).findings == ()
