"""What all tests share."""

from __future__ import annotations

import os

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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what the oldest versions of the CDK cannot do."""
    needy = [item for item in items if item.get_closest_marker("reads_reports")]
    if needy:
        from ecs_guard_aspects.admission import before_2_262

        if before_2_262.is_in_use():
            for item in needy:
                item.add_marker(pytest.mark.skip(reason="aws-cdk-lib before 2.262"))
