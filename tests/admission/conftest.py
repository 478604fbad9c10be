"""What the tests of the gate inside CDK apps share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from ecs_guard_aspects.admission import before_2_262

from .support import make_app

if before_2_262.is_in_use():

    @pytest.fixture(scope="module", autouse=True)
    def stopped() -> Iterator[None]:
        """Let a denied synth end without an exception, as newer versions do when the CDK CLI runs the app."""
        synth = cdk.App.synth

        def synth_to_the_end(app: cdk.App, **options: Any) -> Any:
            try:
                return synth(app, **options)
            except RuntimeError as error:
                if "'ecs-guard' modified the cloud assembly" not in str(error):
                    raise

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(cdk.App, "synth", synth_to_the_end)
            yield


@pytest.fixture
def app(tmp_path: Path) -> cdk.App:
    """An app as the CDK CLI runs it."""
    return make_app(tmp_path / "cdk.out")


@pytest.fixture
def stack(app: cdk.App) -> cdk.Stack:
    """A stack of the app."""
    return cdk.Stack(app, "Stack")
