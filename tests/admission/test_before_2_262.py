"""What versions before 2.262 get, on a newer one that is told to refuse plugins that write.

The real ones are for tests/e2e, in ``make test-floor``.
"""

from __future__ import annotations

from pathlib import Path

import aws_cdk as cdk
import pytest

from ecs_guard_aspects import EcsGuard
from ecs_guard_aspects.admission import before_2_262

from .support import AWSVPC, BY_CLI, generic

pytestmark = pytest.mark.skipif(before_2_262.is_in_use(), reason="it is the real one")
REFUSED = "ecs-guard.* modified the cloud assembly"


@pytest.fixture(autouse=True)
def in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(before_2_262, "is_in_use", lambda: True)


def refusing_app(outdir: Path) -> cdk.App:
    return cdk.App(outdir=str(outdir), context=BY_CLI, confirm_validation_plugins_do_not_mutate=True)


@pytest.fixture
def app(tmp_path: Path) -> cdk.App:
    return refusing_app(tmp_path / "cdk.out")


@pytest.mark.parametrize("in_stage", [False, True])
def test_what_is_denied_is_said_and_stops_every_synth(
    app: cdk.App, capfd: pytest.CaptureFixture[str], in_stage: bool
) -> None:
    generic(cdk.Stack(cdk.Stage(app, "Prod") if in_stage else app, "Stack"))
    guard = EcsGuard().protect(app)
    for _ in range(2):
        with pytest.raises(RuntimeError, match=REFUSED):
            app.synth(force=True)
    place = "Prod/Stack/Td" if in_stage else "Stack/Td"
    assert [(finding.check, finding.resource) for finding in guard.findings] == [(AWSVPC, place)]
    text = capfd.readouterr().err
    assert text.count(f"ecs-guard::awsvpc-network-mode at {place}:\nNetworkMode is 'bridge'.") == 2
    assert text.count("Set NetworkMode to awsvpc") == 2


def test_what_is_admitted_passes(app: cdk.App, capfd: pytest.CaptureFixture[str]) -> None:
    generic(cdk.Stack(app, "Stack"), mode="awsvpc")
    EcsGuard().protect(app)
    app.synth()
    assert "ecs-guard" not in capfd.readouterr().err


def test_all_guards_have_their_say(app: cdk.App, capfd: pytest.CaptureFixture[str]) -> None:
    stacks = [cdk.Stack(app, name) for name in ("One", "Two")]
    for stack in stacks:
        generic(stack)
        EcsGuard().protect(stack)
    with pytest.raises(RuntimeError, match=REFUSED):
        app.synth()
    text = capfd.readouterr().err
    assert (text.count("at One/Td:"), text.count("at Two/Td:")) == (1, 1)


def test_each_app_of_a_guard_has_its_own_verdict(app: cdk.App, tmp_path: Path) -> None:
    other = refusing_app(tmp_path / "other")
    generic(cdk.Stack(app, "Good"), mode="awsvpc")
    generic(cdk.Stack(other, "Bad"))
    guard = EcsGuard()
    guard.protect(other)
    guard.protect(app)
    app.synth()
    with pytest.raises(RuntimeError, match=REFUSED):
        other.synth()


def test_a_plugin_that_cannot_know_its_app_denies(app: cdk.App, capfd: pytest.CaptureFixture[str]) -> None:
    generic(cdk.Stack(app, "Stack"), mode="awsvpc")
    cdk.Validations.of(app).add_plugins(EcsGuard())
    with pytest.raises(RuntimeError, match=REFUSED):
        app.synth()
    assert "Attach the guard with protect(app)" in capfd.readouterr().err


def test_a_plugin_that_has_seen_its_app_as_an_aspect_judges_it(app: cdk.App, capfd: pytest.CaptureFixture[str]) -> None:
    generic(cdk.Stack(app, "Stack"))
    guard = EcsGuard()
    cdk.Aspects.of(app).add(guard)
    cdk.Validations.of(app).add_plugins(guard)
    with pytest.raises(RuntimeError, match=REFUSED):
        app.synth()
    assert "at Stack/Td:\nNetworkMode is 'bridge'." in capfd.readouterr().err
