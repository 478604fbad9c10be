"""A deploy gate for Amazon ECS task definitions: for CDK apps, files and AWS accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._lazy import imported_at_first_use
from ._version import VERSION as __version__  # noqa: N811 - the name that PEP 396 gave it

if TYPE_CHECKING:
    from .exports.construct import EcsGuardOrganizationPack
    from .gates.hook.construct import EcsGuardHook
    from .gates.synth.fix.aspect import EcsGuardFix
    from .gates.synth.fix.log import Refusal
    from .gates.synth.guard import EcsGuard
    from .policy import Enforcement, Exemption, Finding, Policy, Profile, Report, Severity, Verdict
    from .remediation import Blocker, Change, Network

__all__ = [
    "Blocker",
    "Change",
    "EcsGuard",
    "EcsGuardFix",
    "EcsGuardHook",
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
    "__version__",
]

# The policy must run where the CDK is not installed.
_of_package = imported_at_first_use(
    __name__,
    {
        "EcsGuard": ".gates.synth.guard",
        "EcsGuardFix": ".gates.synth.fix.aspect",
        "EcsGuardHook": ".gates.hook.construct",
        "EcsGuardOrganizationPack": ".exports.construct",
        "Refusal": ".gates.synth.fix.log",
        **dict.fromkeys(("Blocker", "Change", "Network"), ".remediation"),
        **dict.fromkeys(
            ("Enforcement", "Exemption", "Finding", "Policy", "Profile", "Report", "Severity", "Verdict"), ".policy"
        ),
    },
)


def __getattr__(name: str) -> Any:
    try:
        return _of_package(name)
    except ModuleNotFoundError as error:
        if error.name not in ("aws_cdk", "constructs", "jsii"):
            raise
        needs = f"{name} needs the AWS CDK: pip install 'ecs-guard-aspects[cdk]'"
        raise ModuleNotFoundError(needs, name=error.name) from error
