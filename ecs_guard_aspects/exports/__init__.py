"""Exports: the policy as Guard rules and conformance packs of AWS Config, and as a service control policy of IAM."""

from __future__ import annotations

from .conformance_pack import conformance_pack
from .guard_rules import guard_rules
from .organization_conformance_pack import organization_conformance_pack
from .service_control_policy import service_control_policy

__all__ = ["conformance_pack", "guard_rules", "organization_conformance_pack", "service_control_policy"]
