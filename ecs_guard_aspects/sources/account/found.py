"""Found uses: what an audit has found in one Region, and what it could not read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from .workloads import Deployment, RunningTask

PAGE = {"PageSize": 100}
"""https://docs.aws.amazon.com/AmazonECS/latest/APIReference/ documents the page size of each call."""
SERVICES_AT_ONCE = 10
"""The maximum number of services that one call describes."""
NO_CLUSTER = ("ClusterNotFoundException",)


class UnreadKind(NamedTuple):
    """A kind of item of a Region that could not be read.

    Attributes:
        what: the resources, with ``{}`` for their owner.
        noun: the kind of the owner.
        why: what follows if they cannot be read.
    """

    what: str
    noun: str
    why: str = "The running tasks are not known, so they are denied."


_EXPOSURE = "The exposure of the task definitions that depends on them is unknown."
_PRODUCTION = "What is tagged as production is not known, and is not listed first."

TASKS = UnreadKind("The tasks of {}", "cluster")
SERVICES = UnreadKind("The services of {}", "cluster")
RULES = UnreadKind("The rules on {}", "event bus")
TARGETS = UnreadKind("The targets of {}", "rule")
CLUSTERS = UnreadKind("The clusters of {}", "Region")
BUSES = UnreadKind("The event buses of {}", "Region")
SCHEDULES = UnreadKind("The schedules of {}", "Region")
ONE_SCHEDULE = UnreadKind("{}", "schedule")
TASK_DEFINITIONS = UnreadKind("{}", "task definition")
CLUSTER_TAGS = UnreadKind("The tags of the clusters of {}", "Region", _PRODUCTION)
NETWORK_INTERFACES = UnreadKind("The network interfaces of the tasks of {}", "Region", _EXPOSURE)
CONTAINER_INSTANCES = UnreadKind("The container instances of {}", "cluster", _EXPOSURE)
INSTANCES = UnreadKind("The EC2 instances of {}", "Region", _EXPOSURE)
TARGET_GROUPS = UnreadKind("The target groups of {}", "Region", _EXPOSURE)
LOAD_BALANCERS = UnreadKind("The load balancers of {}", "Region", _EXPOSURE)
CLASSIC_LOAD_BALANCERS = UnreadKind("The Classic Load Balancers of {}", "Region", _EXPOSURE)
LISTENERS = UnreadKind("The listeners of {}", "load balancer", _EXPOSURE)
EXPOSURE = UnreadKind("The exposure of the task definitions in {}", "Region", _EXPOSURE)
SECURITY_GROUPS = UnreadKind("The security groups of {}", "Region", _EXPOSURE)


class Part(NamedTuple):
    """A part of a Region that could not be read, and why."""

    subject: UnreadKind
    reason: str


@dataclass
class InUse:
    """The task definitions in use in a Region, and what could not be read.

    Attributes:
        uses: what uses a task definition, by its ARN, or family with or without revision.
        tasks: the tasks that run or start.
        deployments: the services, rules and schedules, with how their tasks are reached.
        running: how many tasks run a task definition, by its ARN.
        production: the task definitions that something with the tag of production uses, named as in ``uses``.
        gaps: the names of owners, by the part that could not be read.
    """

    uses: dict[str, list[str]] = field(default_factory=dict)
    tasks: list[RunningTask] = field(default_factory=list)
    deployments: list[Deployment] = field(default_factory=list)
    production: set[str] = field(default_factory=set)
    running: Counter[str] = field(default_factory=Counter)
    gaps: dict[Part, list[str]] = field(default_factory=dict)

    def use(self, task_definition: str, by: str) -> None:
        """Record a use of a task definition."""
        users = self.uses.setdefault(task_definition, [])
        if by not in users:
            users.append(by)

    def run(self, task: RunningTask) -> None:
        """Record a task."""
        self.tasks.append(task)
        self.running[task.task_definition] += 1

    def miss(self, subject: UnreadKind, name: str, reason: str) -> None:
        """Record something that could not be read."""
        self.gaps.setdefault(Part(subject, reason), []).append(name)


def name_of(arn: str) -> str:
    """Return the name or id at the end of an ARN."""
    return arn.rpartition("/")[2]


def chunks(items: Sequence[str], size: int) -> Iterable[Sequence[str]]:
    """Return the items in parts, none longer than ``size``."""
    return (items[start : start + size] for start in range(0, len(items), size))
