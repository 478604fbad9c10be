"""What all tests share."""

from __future__ import annotations

import os

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
