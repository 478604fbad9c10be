"""Plans for one Stage: those of ``remediation``, with the obstacles that only the construct tree shows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import cached_property, partial
from typing import Any

import aws_cdk as cdk

from ....model.resource import Resource
from ....remediation.changes import Blocker, Change, apply, overridden_parent
from ....remediation.fix_scope import FixScope
from ....remediation.instances.network import InstanceNetworks
from ....remediation.load_balancers.target_groups import TargetGroups
from ....remediation.obstacles.consumers import Consumer
from ....remediation.obstacles.deployment_order import DeploymentOrder
from ....remediation.obstacles.network_fit import (
    public_subnet_blockers,
)
from ....remediation.obstacles.run_elsewhere import imported_blockers
from ....remediation.obstacles.situation import Situation
from ....remediation.plan import FixOptions, Plan, plan_fix
from ....remediation.who_runs_it.references import References
from ....remediation.who_runs_it.referrer import Referrer
from ..tree.asset_texts import text_of_asset_in
from ..tree.dependencies import Dependencies
from ..tree.imported_subnets import ImportedSubnets
from ..tree.other_stages import resources_of_other_stages
from ..tree.rendering import RenderedStage, own_properties, resolved
from ..tree.targets import Targets
from .app_fix import AppFix
from .instance_tokens import usable_in
from .networks import Networks

# With weak references between stacks there are no exports.
_REFERENCE_STRENGTH = "@aws-cdk/core:defaultCrossStackReferences"


class Planner:
    """Plans for the task definitions of one Stage.

    Args:
        rendered: the Stage with its templates.
        options: the options of the fix.
        app: the fix of the app, with what it has done so far.

    Attributes:
        references: the resources of the Stage.
    """

    def __init__(self, rendered: RenderedStage, options: FixOptions, app: AppFix) -> None:
        self.references = References(
            rendered.templates,
            lambda: resources_of_other_stages(rendered.stage),
            self._targets_of,
            partial(text_of_asset_in, rendered.stage),
        )
        self._stage = rendered.stage
        self._nodes = rendered.nodes
        self._options = options
        self._app = app
        self._instances = InstanceNetworks(self.references, ImportedSubnets(rendered.stage).way_out)
        stacks = [template.path for template in rendered.templates]
        order = DeploymentOrder(self.references, stacks, Dependencies(rendered.nodes).of)
        self._networks = Networks(rendered, self.references, self._instances, order, options.network, app.serves)
        self._switch_of = TargetGroups(
            self.references, order.waits_for, self._as_written_in, self._as_rendered_in
        ).switch_of(self._networks.of)
        self._alone: dict[str, object] = {}
        self._targets = Targets()

    def plan(self, task_definition: Resource, scope: FixScope) -> Plan:
        """Plan the fix of one task definition.

        Raises:
            UnclearConsumerError: if its consumers cannot be determined.
        """
        path = task_definition.address
        situation = Situation(task_definition, (), self.references, self._networks.of, self._switch_of, self._instances)
        decided, consumers = plan_fix(situation, scope, self._options, self.environment_of(path))
        blockers = dict.fromkeys(self._obstacles(path, decided, consumers))
        return Plan(path, (), (*decided.blockers, *blockers)) if blockers else decided

    def environment_of(self, path: str) -> str:
        """Return the environment of the stack that a resource is in."""
        referrer = self.references.at(path)
        return "" if referrer is None else self._networks.place_of(referrer.stack_path).environment

    def _obstacles(self, path: str, decided: Plan, consumers: Iterable[Consumer]) -> Iterator[Blocker]:
        given = [change for change in decided.changes if change.path.endswith("NetworkConfiguration")]
        for change in decided.changes:
            yield from self._overrides(change)
        for change in given:
            yield from self._networks.blockers(change)
        yield from public_subnet_blockers(path, decided.changes, consumers, self.references, self._instances.routes)
        if any(change.resource == path for change in decided.changes):
            yield from self._imports(path, consumers)

    def _imports(self, path: str, consumers: Iterable[Consumer]) -> Iterator[Blocker]:
        """Yield blockers for the stacks that import what the change replaces."""
        if self._has_weak_references:
            return
        own = self.references.at(path)
        found = [self.references.at(consumer.resource.address) for consumer in consumers]
        if own is not None:
            yield from imported_blockers(own, [each for each in found if each is not None], self._outermost_stack_of)

    @cached_property
    def _has_weak_references(self) -> bool:
        return bool(self._stage.node.try_get_context(_REFERENCE_STRENGTH) == "weak")

    def _outermost_stack_of(self, referrer: Referrer) -> str:
        return self._networks.place_of(referrer.stack_path).stack_path

    def _overrides(self, change: Change) -> Iterator[Blocker]:
        """Yield raw overrides that are obstacles: an override inside an overridden list replaces the whole list."""
        if "." not in change.path:
            return
        referrer, node = self.references.at(change.resource), self._nodes.at(change.resource)
        if referrer is None or not isinstance(node, cdk.CfnResource):
            return
        if change.resource not in self._alone:
            self._alone[change.resource] = self._without_overrides(node, change.resource)
        parent = overridden_parent(change.path, self._alone[change.resource], referrer.resource.properties)
        if parent is not None:
            text = f"{change.resource} has a raw override at {parent}, which setting {change.path} could replace"
            yield Blocker(change.resource, text)

    def _without_overrides(self, node: cdk.CfnResource, address: str) -> object:
        """Return the properties of a resource with the changes of the fix, but without raw overrides."""
        mine = [made for made in self._app.log.changes.values() if made.resource == address]
        try:
            return apply(own_properties(node), mine)
        except (KeyError, IndexError, TypeError, AttributeError):
            return None  # these are not the properties that were changed

    def _as_rendered_in(self, value: Any, user: Referrer) -> Any:
        node = self._nodes.at(user.resource.address)
        return value if node is None else resolved(node, value)

    def _as_written_in(self, value: Any, holder: Referrer) -> Any:
        return usable_in(value, holder, self.references, self._nodes)

    def _targets_of(self, referrer: Referrer, properties: Collection[str]) -> set[str]:
        """Return the paths of the constructs that some properties of a resource refer to."""
        node = self._nodes.at(referrer.resource.address)
        if not isinstance(node, cdk.CfnResource):
            return set()
        return self._targets.of(node, referrer.stack_path, properties)
