"""A deploy gate for Amazon ECS task definitions in AWS CDK apps."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .policy import Enforcement, Exemption, Finding, Policy, Profile, Severity, Verdict

if TYPE_CHECKING:
    from .admission.fix import EcsGuardFix
    from .admission.guard import EcsGuard
    from .remediation import Network

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

# Imported by those who use it: the policy must run where the CDK is not installed.
_MODULES = {"EcsGuard": ".admission.guard", "EcsGuardFix": ".admission.fix", "Network": ".remediation"}


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return getattr(import_module(_MODULES[name], __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
