"""A deploy gate for Amazon ECS task definitions: for CDK apps, files and AWS accounts."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .policy import Enforcement, Exemption, Finding, Policy, Profile, Report, Severity, Verdict

if TYPE_CHECKING:
    from .exports.construct import EcsGuardOrganizationPack
    from .gates.synth.fix.aspect import EcsGuardFix
    from .gates.synth.fix.log import Refusal
    from .gates.synth.guard import EcsGuard
    from .remediation import Blocker, Change, Network

__all__ = [
    "Blocker",
    "Change",
    "EcsGuard",
    "EcsGuardFix",
    "EcsGuardOrganizationPack",
    "Enforcement",
    "Exemption",
    "Finding",
    "Network",
    "Policy",
    "Profile",
    "Refusal",
    "Report",
    "Severity",
    "Verdict",
]

# Imported by those who use it: the policy must run where the CDK is not installed.
_MODULES = {
    "Blocker": ".remediation",
    "Change": ".remediation",
    "EcsGuard": ".gates.synth.guard",
    "EcsGuardFix": ".gates.synth.fix.aspect",
    "EcsGuardOrganizationPack": ".exports.construct",
    "Network": ".remediation",
    "Refusal": ".gates.synth.fix.log",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return getattr(import_module(_MODULES[name], __name__), name)
    except ModuleNotFoundError as error:
        if error.name not in ("aws_cdk", "constructs", "jsii"):
            raise
        needs = f"{name} needs the AWS CDK: pip install 'ecs-guard-aspects[cdk]'"
        raise ModuleNotFoundError(needs, name=error.name) from error
