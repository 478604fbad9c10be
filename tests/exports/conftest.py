"""What the tests of generated texts share."""

from __future__ import annotations

import pytest

from .cfn_guard import CfnGuard, find


@pytest.fixture(scope="session", params=[2, 3], ids=["cfn-guard 2", "cfn-guard 3"])
def cfn_guard(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> CfnGuard:
    """cfn-guard 2, which AWS Config names as its runtime, and cfn-guard 3."""
    return find(request.param, tmp_path_factory.mktemp(f"cfn-guard-{request.param}"))
