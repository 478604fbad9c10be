"""Usage of a task definition in an AWS account: what runs it, and from where it can be reached."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import Any, NamedTuple


class ExposureLevel(enum.Enum):
    """From where the containers of a task definition can be reached, the most urgent first.

    ``INTERNET``: from the internet.
    ``UNKNOWN``: something that decides it could not be read.
    ``INTERNAL``: not from the internet, by anything that was read.
    """

    INTERNET = "internet"
    UNKNOWN = "unknown"
    INTERNAL = "internal"


LEVELS_OF_EXPOSURE = tuple(ExposureLevel)
"""The levels, the most urgent first."""


class Exposure(NamedTuple):
    """From where containers can be reached, and why: one phrase for each reason, without a full stop."""

    level: ExposureLevel
    reasons: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as reports have it in JSON."""
        return {"level": self.level.value, "reasons": list(self.reasons)}


NOT_EXAMINED = Exposure(ExposureLevel.UNKNOWN, ("it was not examined",))


class ClusterExposure(NamedTuple):
    """From where the tasks of a task definition in one cluster can be reached."""

    cluster: str
    level: ExposureLevel


class Usage(NamedTuple):
    """What an account knows about a registered task definition.

    Attributes:
        region: the AWS Region.
        status: ``ACTIVE``, or ``INACTIVE`` once it is deregistered; tasks that run continue to run.
        in_use_by: what uses it, such as ``service web in cluster prod (primary deployment)``.
        exposure: from where its containers can be reached.
        running_tasks: how many tasks run it.
        clusters: the clusters it is used in.
        is_production: whether a cluster, service or task that uses it has the tag of production.
    """

    region: str
    status: str
    in_use_by: tuple[str, ...]
    exposure: Exposure = NOT_EXAMINED
    running_tasks: int = 0
    clusters: tuple[ClusterExposure, ...] = ()
    is_production: bool = False


class MayBeInAccount:
    """What reports say about a task definition, with what an account knows about it if it was found in one."""

    usage: Usage | None

    @property
    def region(self) -> str | None:
        """The AWS Region."""
        return self.usage.region if self.usage else None

    @property
    def status(self) -> str | None:
        """``ACTIVE`` or ``INACTIVE``."""
        return self.usage.status if self.usage else None

    @property
    def in_use_by(self) -> tuple[str, ...]:
        """What uses the task definition, such as ``service web in cluster prod (primary deployment)``."""
        return self.usage.in_use_by if self.usage else ()

    @property
    def exposure(self) -> Exposure | None:
        """From where its containers can be reached."""
        return self.usage.exposure if self.usage else None


ACCOUNT_FIELDS = (
    *("account", "region", "status", "in_use_by"),
    *("exposure", "running_tasks", "clusters", "production"),
)
"""Fields that reports in JSON have only for what was found in an account."""


def account_fields(account: str | None, usage: Usage | None) -> dict[str, Any]:
    """Return the account fields of a finding or a judged task definition as JSON; empty unless found in an account."""
    if usage is None:
        return {}
    return {
        "account": account,
        "region": usage.region,
        "status": usage.status,
        "in_use_by": list(usage.in_use_by),
        "exposure": usage.exposure.to_json(),
        "running_tasks": usage.running_tasks,
        "clusters": {one.cluster: one.level.value for one in usage.clusters},
        "production": usage.is_production,
    }


def most_urgent(levels: Iterable[ExposureLevel]) -> ExposureLevel:
    """Return the most urgent of some levels; ``UNKNOWN`` if there are none."""
    return min(levels, key=LEVELS_OF_EXPOSURE.index, default=ExposureLevel.UNKNOWN)


def without_revision(address: str) -> str:
    """Return the ARN of a task definition without its revision: what stays the same when it is fixed."""
    family, _, revision = address.rpartition(":")
    return family if revision.isdecimal() else address
