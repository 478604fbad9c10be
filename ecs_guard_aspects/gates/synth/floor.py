"""The oldest CDK that the gate can stand in."""

from __future__ import annotations

import aws_cdk as cdk

OLDEST = "2.262"


def require_floor() -> None:
    """Make sure that aws-cdk-lib is new enough: older ones pass whatever a validation plugin denies.

    Raises:
        RuntimeError: if it is not.
    """
    if not hasattr(getattr(cdk, "IPolicyValidationContext", None), "stack_templates"):
        raise RuntimeError(
            f"ecs-guard needs aws-cdk-lib {OLDEST} or newer: older versions pass what a validation plugin denies."
            f" Install it with: pip install 'aws-cdk-lib>={OLDEST},<3'"
        )
