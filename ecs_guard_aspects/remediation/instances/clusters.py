"""Clusters: the one that a service runs in, and the ones that instances join."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from ..who_runs_it.references import References
from ..who_runs_it.referrer import Referrer
from .named_text import named_text

CLUSTER = "AWS::ECS::Cluster"

# How an instance names its cluster: in /etc/ecs/ecs.config, in the settings of Bottlerocket, on Windows.
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bottlerocket-quickstart.html
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bootstrap_windows_container_instance.html
_JOINS = re.compile(
    r"""(?:\bECS_CLUSTER["']?\s*[=,:]\s*|-Cluster\s+|\[settings\.ecs\][^\[]*?\bcluster\s*=\s*)"""
    r"""\\?["']?(?P<name>(?:\$\{[^}]*\}|[A-Za-z0-9:/_-])+)"""
)
_ARN = re.compile(r".*:cluster/", re.DOTALL)
_ONE_REFERENCE = re.compile(r"\$\{([A-Za-z0-9]+)(?:\.Arn)?\}")


class Cluster(NamedTuple):
    """A cluster: the address of its resource, or the text that names it and the stack in which the text means it."""

    address: str
    text: str = ""
    stack_path: str = ""


class Clusters:
    """The clusters of some templates.

    Args:
        references: the resources of the templates.
    """

    def __init__(self, references: References) -> None:
        self._references = references
        self._by_name = dict(self._names())

    def _names(self) -> Iterator[tuple[Cluster, Cluster]]:
        for referrer in self._references.all:
            if referrer.resource.type == CLUSTER:
                name = named_text(referrer.resource.written("ClusterName"))
                if name:
                    yield _named(name, referrer.stack_path), Cluster(referrer.resource.address)

    def named_by(self, value: Any, referrer: Referrer) -> Cluster | None:
        """Return the cluster that an expression in a resource names, by name or ARN; None if it names none."""
        return self._of_text(named_text(value), referrer)

    def joined_in(self, commands: Any, referrer: Referrer) -> set[Cluster]:
        """Return the clusters that the commands of an instance name, those that it joins."""
        found = (self._of_text(match["name"], referrer) for match in _JOINS.finditer(named_text(commands)))
        return {cluster for cluster in found if cluster is not None}

    def _of_text(self, text: str, referrer: Referrer) -> Cluster | None:
        name = _ARN.sub("", text)
        if not name or "\n" in name:
            return None
        reference = _ONE_REFERENCE.fullmatch(name)
        if reference is not None:
            meant = self._references.meant(reference[1], referrer)
            if meant:
                return Cluster(meant[0].resource.address) if _is_one_cluster(meant) else None
        named = _named(name, referrer.stack_path)
        return self._by_name.get(named, named)


def _is_one_cluster(found: list[Referrer]) -> bool:
    return len(found) == 1 and found[0].resource.type == CLUSTER


def _named(text: str, stack_path: str) -> Cluster:
    """Return a cluster by its name: a name with references means it in one stack only."""
    return Cluster("", text, stack_path if "${" in text else "")
