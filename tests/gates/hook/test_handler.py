"""The handler as Lambda calls it: it answers, and writes one line to the log."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from ecs_guard_aspects.gates.hook.handler import handler

from .support import EVENTS, event


@pytest.mark.parametrize("name", sorted(path.stem for path in EVENTS.glob("*.json")))
def test_without_a_policy_everything_fails_and_nothing_raises(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    # Here the package is not in a bundle, so there is no policy next to it.
    response = handler(event(name), SimpleNamespace(function_name="gate"))
    line = json.loads(capsys.readouterr().out)
    assert (line["outcome"], line["Function"]) == ("error", "gate")
    if name.startswith("cloudtrail"):
        assert response["outcome"] == "error"
    else:
        assert (response["hookStatus"], response["errorCode"]) == ("FAILED", "InternalFailure")


@pytest.mark.parametrize("bad", [None, [], "", 0, {}, {"detail": None}, {"detail": {}}, {"requestData": {}}])
def test_any_event_is_answered(bad: object, capsys: pytest.CaptureFixture[str]) -> None:
    response = handler(bad)
    assert response.get("hookStatus", response.get("outcome")) in ("FAILED", "error")
    assert len(capsys.readouterr().out.splitlines()) == 1
