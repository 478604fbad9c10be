"""Exports: the policy for other engines: AWS Config, IAM, and the validation plugin of the AWS CDK."""

from __future__ import annotations

from .cdk_rego import cdk_rego
from .conformance_pack import conformance_pack
from .guard_rules import guard_rules
from .organization_conformance_pack import organization_conformance_pack
from .service_control_policy import service_control_policy

__all__ = ["cdk_rego", "conformance_pack", "guard_rules", "organization_conformance_pack", "service_control_policy"]
