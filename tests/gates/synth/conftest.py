"""What the tests of the gate inside CDK apps share."""

from __future__ import annotations

from pathlib import Path

import aws_cdk as cdk
import pytest

from .support import make_app


@pytest.fixture
def app(tmp_path: Path) -> cdk.App:
    """An app as the CDK CLI runs it."""
    return make_app(tmp_path / "cdk.out")


@pytest.fixture
def stack(app: cdk.App) -> cdk.Stack:
    """A stack of the app."""
    return cdk.Stack(app, "Stack")
