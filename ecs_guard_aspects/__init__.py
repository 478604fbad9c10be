"""A deploy gate for Amazon ECS task definitions in AWS CDK apps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .policy import Enforcement, Exemption, Finding, Policy, Profile, Severity, Verdict
from .remediation import Network

if TYPE_CHECKING:
    from .admission.fix import EcsGuardFix
    from .admission.guard import EcsGuard

__all__ = [
    "EcsGuard",
    "EcsGuardFix",
    "Enforcement",
    "Exemption",
    "Finding",
    "Network",
    "Policy",
    "Profile",
    "Severity",
    "Verdict",
]


def __getattr__(name: str) -> Any:
    # The CDK is imported by those who use it: the policy must run where it is not installed.
    if name == "EcsGuard":
        from .admission.guard import EcsGuard

        return EcsGuard
    if name == "EcsGuardFix":
        from .admission.fix import EcsGuardFix

        return EcsGuardFix
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
