"""Capacity providers: those of a cluster, and the Auto Scaling groups behind them.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-clustercapacityproviderassociations.html
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, NamedTuple

from ...cloudformation.text import canonical
from ...model.start import CAPACITY_PROVIDER
from ..who_runs_it.references import References
from ..who_runs_it.referrer import Referrer
from .clusters import CLUSTER, Cluster, Clusters
from .launch import AUTO_SCALING_GROUP
from .leaves import leaves_of, reference_of
from .named_text import named_text

_ASSOCIATION = "AWS::ECS::ClusterCapacityProviderAssociations"
_FARGATE = ("FARGATE", "FARGATE_SPOT")


class NoInstancesError(Exception):
    """The instances behind a capacity provider are not here, or there are none. The message says why, as a clause."""


class NamedProvider(NamedTuple):
    """A capacity provider: the expression that names it, and the resource that the expression is in."""

    name: Any
    by: Referrer


class CapacityProviders:
    """The capacity providers of some templates.

    Args:
        references: the resources of the templates.
        clusters: their clusters.
    """

    def __init__(self, references: References, clusters: Clusters) -> None:
        self._references = references
        self._clusters = clusters

    def default_of(self, cluster: Cluster) -> list[NamedProvider]:
        """Return those on which a cluster runs tasks that name neither capacity providers nor a launch type."""
        return [
            each
            for holder in self._holders.get(cluster, ())
            for each in named_in(holder.resource.written("DefaultCapacityProviderStrategy"), holder)
        ]

    def groups_of(self, cluster: Cluster) -> Iterator[Referrer]:
        """Yield the Auto Scaling groups whose instances a cluster has by its capacity providers.

        Raises:
            NoInstancesError: if one is not here.
        """
        for holder in self._holders.get(cluster, ()):
            for leaf in leaves_of(holder.resource.written("CapacityProviders")):
                named = NamedProvider(leaf, holder)
                if leaf not in _FARGATE and not self._is_managed(named):
                    yield self.group_behind(named)

    def group_behind(self, provider: NamedProvider) -> Referrer:
        """Return the Auto Scaling group behind a capacity provider.

        Raises:
            NoInstancesError: if it is not here, or there is none.
        """
        if provider.name in _FARGATE:
            raise NoInstancesError("it runs on Fargate")
        found = self._found(provider)
        group = None
        if found is not None:
            group = self._resource(found.resource.written("AutoScalingGroupProvider.AutoScalingGroupArn"), found)
        if group is None or group.resource.type != AUTO_SCALING_GROUP:
            raise NoInstancesError(f"the instances of capacity provider {canonical(provider.name)} are not here")
        return group

    def _is_managed(self, provider: NamedProvider) -> bool:
        """Return whether it is for ECS Managed Instances, which run other tasks than those of launch type EC2."""
        found = self._found(provider)
        return found is not None and found.resource.written("ManagedInstancesProvider") is not None

    def _found(self, provider: NamedProvider) -> Referrer | None:
        found = self._resource(provider.name, provider.by)
        if found is None and isinstance(provider.name, str):
            return self._by_name.get(provider.name)
        return found if found is not None and found.resource.type == CAPACITY_PROVIDER else None

    def _resource(self, leaf: Any, by: Referrer) -> Referrer | None:
        reference = reference_of(leaf)
        found = self._references.meant(reference[0], by) if reference is not None else []
        return found[0] if len(found) == 1 else None

    @cached_property
    def _by_name(self) -> dict[str, Referrer]:
        providers = self._references.of_type(CAPACITY_PROVIDER)
        return {named_text(each.resource.written("Name")): each for each in providers}

    @cached_property
    def _holders(self) -> dict[Cluster, list[Referrer]]:
        """The resources that name the capacity providers of each cluster."""
        found: dict[Cluster, list[Referrer]] = {}
        for each in self._references.of_type(CLUSTER):
            found.setdefault(Cluster(each.resource.address), []).append(each)
        for each in self._references.of_type(_ASSOCIATION):
            cluster = self._clusters.named_by(each.resource.written("Cluster"), each)
            if cluster is not None:
                found.setdefault(cluster, []).append(each)
        return found


def named_in(strategy: Any, by: Referrer) -> list[NamedProvider]:
    """Return the capacity providers of a strategy that a resource has."""
    items = leaves_of(strategy)
    return [NamedProvider(each.get("CapacityProvider") if isinstance(each, dict) else None, by) for each in items]
