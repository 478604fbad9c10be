"""The command, and a cloud that it asks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.cloud import IRELAND, OHIO, OTHER, OWN, Cloud, arn, patched
from tests.gates.command_line.conftest import Repository, Run, repository

__all__ = ["Repository", "repository"]


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    yield from patched(Cloud(), monkeypatch)


@pytest.fixture
def two_accounts(cloud: Cloud) -> Cloud:
    """Two accounts with two Regions each: one revision runs that is deregistered, one is pinned, 49 are not in use."""
    for account in (OWN, OTHER):
        for name in (IRELAND, OHIO):
            cloud.region(account, name)
    ireland = cloud.region()
    ireland.register("web:1", "INACTIVE")
    for revision in range(2, 52):
        ireland.register(f"web:{revision}")
    ireland.run("prod", "web:1", 2)
    ireland.serve("prod", "web", None, deployments=[{"taskDefinition": arn("web:2"), "status": "PRIMARY"}])
    ohio = cloud.region(OTHER, OHIO)
    ohio.register("agent:3", mode="host", containerDefinitions=[{"name": "agent"}])
    ohio.run("default", "agent:3")
    return cloud


def revisions(report: Any) -> list[str]:
    return [f"{one['account']} {one['region']} {one['address'].rpartition('/')[2]}" for one in report["resources"]]


def assert_refused(run: Run, cloud: Cloud, sentence: str) -> None:
    """The options of an audit are refused with one sentence, before ECS is asked."""
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith(f"ecs-guard: error: {sentence}")
    assert run.err.count("\n") == 1
    assert not any(action.startswith("ecs:") for _, _, action in cloud.calls)
