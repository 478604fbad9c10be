"""Profiles: named sets of checks, each for a standard or a product."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import PolicyError, require_known

if TYPE_CHECKING:
    from .checks import Check


class Profile(enum.Enum):
    """The set of checks that a policy makes. ``ecs-guard explain PROFILE`` lists them, with their versions.

    ``DEFAULT``: awsvpc, and no unprivileged root in host mode; a violation that no change can correct is at most a
        warning.
    ``DATADOG``, ``AWS_CONFIG``: the same two, without that exception.
    ``CYSCALE``: no privileged containers and no declared root in host mode.
    ``SECURITY_HUB``: ECS.4, ECS.17, ECS.20 and ECS.21. AWS retired ECS.1 in March 2026
        (https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html).
    ``STRICT``: all checks, but those that ECS itself makes when a task definition is registered.
    """

    DEFAULT = "default"
    DATADOG = "datadog"
    CYSCALE = "cyscale"
    AWS_CONFIG = "aws-config"
    SECURITY_HUB = "security-hub"
    STRICT = "strict"

    @property
    def checks(self) -> tuple[Check, ...]:
        """The checks of the profile."""
        from .checks import ALL  # not at the start: the command line lists the profiles only

        is_strict = self is Profile.STRICT
        return tuple(check for check in ALL if self.value in check.profiles or (is_strict and not check.is_made_by_ecs))

    @property
    def versions(self) -> tuple[str, ...]:
        """The versions of the profile, the newest last. Without a pin the newest applies."""
        return tuple(_VERSIONS[self.value])

    def at(self, version: str) -> ProfileVersion:
        """Return the profile in one version: its checks stay the same when the package is upgraded.

        Raises:
            PolicyError: if there is no such version.
        """
        return ProfileVersion(self, version)

    @property
    def warns_where_nothing_can_be_fixed(self) -> bool:
        """Whether a violation that no change can correct is at most a warning."""
        return self is Profile.DEFAULT


@dataclass(frozen=True)
class ProfileVersion:
    """A profile that is pinned to a version, such as ``security-hub@2026-03``.

    Attributes:
        profile: the profile.
        version: the month since which it has these checks.

    Raises:
        PolicyError: if the profile has no such version.
    """

    profile: Profile
    version: str

    def __post_init__(self) -> None:
        require_known(f"profile {self.profile.value}: version", self.version, self.profile.versions)

    @property
    def value(self) -> str:
        """The name, as policies write it."""
        return f"{self.profile.value}@{self.version}"

    @property
    def checks(self) -> tuple[Check, ...]:
        """The checks of the version."""
        from .checks import ALL  # see Profile.checks

        return tuple(check for check in ALL if check.id in _VERSIONS[self.profile.value][self.version])

    @property
    def warns_where_nothing_can_be_fixed(self) -> bool:
        """See ``Profile``."""
        return self.profile.warns_where_nothing_can_be_fixed


def profile_named(name: object) -> Profile | ProfileVersion:
    """Return the profile of a name, with or without a version.

    Raises:
        PolicyError: if there is no such profile, or no such version of it.
    """
    profile, pin, version = name.partition("@") if isinstance(name, str) else (name, "", "")
    try:
        found = Profile(require_known("profile", profile, [member.value for member in Profile]))
    except PolicyError as error:
        raise PolicyError(str(error).replace(repr(profile), repr(name), 1)) from None
    return found.at(version) if pin else found


def profile_names() -> tuple[str, ...]:
    """Return the names of all profiles, and after them those of their versions."""
    pinned = (profile.at(version).value for profile in Profile for version in profile.versions)
    return (*(profile.value for profile in Profile), *pinned)


_OF_ONE_STANDARD = ("awsvpc-network-mode", "host-mode-root-user")
_SECURITY_HUB = ("no-host-network-mode", "no-privileged-containers", "non-root-user", "non-admin-windows-user")

# The checks by profile and version. An entry never changes: a changed profile gets a new version. The newest version
# has the checks that name it in their `profiles`.
_VERSIONS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "default": {"2026-03": _OF_ONE_STANDARD},
    "datadog": {"2026-03": _OF_ONE_STANDARD},
    "cyscale": {"2026-03": ("host-mode-privileged",)},
    "aws-config": {"2026-03": _OF_ONE_STANDARD},
    # ECS.1 (host-mode-root-user) was retired in March 2026.
    "security-hub": {"2026-02": ("host-mode-root-user", *_SECURITY_HUB), "2026-03": _SECURITY_HUB},
    "strict": {"2026-03": (*_OF_ONE_STANDARD, "host-mode-privileged", *_SECURITY_HUB)},
}
