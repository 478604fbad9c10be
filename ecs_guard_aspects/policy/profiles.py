"""Named sets of checks, after the standards and products they stand for."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .checks import Check


class Profile(enum.Enum):
    """Which checks are made.

    ``DEFAULT``: awsvpc, and no unprivileged root in host mode; what ECS cannot do otherwise is at most a warning.
    ``DATADOG``, ``AWS_CONFIG``: the same two, taken literally.
    ``CYSCALE``: nothing privileged and no declared root in host mode.
    ``SECURITY_HUB``: ECS.4, ECS.17, ECS.20 and ECS.21, which replaced ECS.1 in 2026.
    ``STRICT``: all checks.
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

        return tuple(check for check in ALL if self is Profile.STRICT or self.value in check.profiles)

    @property
    def warns_where_nothing_can_be_fixed(self) -> bool:
        """Whether a violation that ECS leaves no way around is at most a warning."""
        return self is Profile.DEFAULT
