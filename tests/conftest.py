"""What all tests share."""

from __future__ import annotations

import os
from importlib.metadata import version

import pytest
from hypothesis import HealthCheck, settings

# The CDK's built-in template validation takes seconds for every synth; the policy-validation plugin runs without it.
os.environ.setdefault("CDK_VALIDATION", "false")

# The same examples on every machine and in every run: a red build is red for everybody. To look for new ones:
# HYPOTHESIS_PROFILE=explore python -m pytest tests/policy -k properties
settings.register_profile(
    "ci", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("explore", parent=settings.get_profile("ci"), derandomize=False, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


# The CDK that tests marked as `newest` need; `make test-floor` runs with an older one.
NEWEST = (2, 275)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip on an older CDK what is marked as ``newest``."""
    if tuple(map(int, version("aws-cdk-lib").split(".")[:2])) >= NEWEST:
        return
    for item in items:
        if item.get_closest_marker("newest"):
            item.add_marker(pytest.mark.skip(reason="the CDK or its tools are older than what this test is about"))
