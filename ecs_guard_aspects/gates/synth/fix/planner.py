"""Plans for one Stage: those of ``remediation``, with the obstacles that only the construct tree shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cached_property

import aws_cdk as cdk
from constructs import IConstruct

from ....cloudformation.text import canonical
from ....model.resource import Resource
from ....remediation.changes import Blocker, Change, apply, overridden_parent
from ....remediation.fix_scope import FixScope
from ....remediation.instances.network import InstanceNetworks, NetworkUnknownError
from ....remediation.load_balancers.target_groups import TargetGroups
from ....remediation.obstacles.consumers import AwsvpcNetwork, Consumer
from ....remediation.obstacles.deployment_order import DeploymentOrder
from ....remediation.obstacles.given_network import given_network_blockers
from ....remediation.obstacles.network_fit import (
    ConsumerPlace,
    NetworkConstruct,
    cross_stage_blockers,
    deployment_order_blockers,
    public_subnet_blockers,
)
from ....remediation.obstacles.run_elsewhere import imported_blockers
from ....remediation.plan import FixOptions, Plan, plan_fix
from ....remediation.who_runs_it.references import References
from ....remediation.who_runs_it.referrer import Referrer
from ..tree.constructs import environments_of, stage_of
from ..tree.dependencies import dependencies_in
from ..tree.other_stages import resources_of_other_stages
from ..tree.rendering import RenderedStage, own_properties, resolved
from ..tree.targets import targets_of
from .app_fix import AppFix
from .instance_tokens import in_stack_of

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
        self.references = References(rendered.templates, lambda: resources_of_other_stages(rendered.stage))
        self._stage = rendered.stage
        self._nodes = rendered.nodes
        self._stacks = {stack.node.path: stack for stack in rendered.stacks}
        self._templates = {template.path: template for template in rendered.templates}
        self._options = options
        self._app = app
        self._environment_of: dict[str, str] = {}
        self._instances = InstanceNetworks(self.references)
        self._switch_of = TargetGroups(self.references, self._waits_for).switch_of(self._network_of)
        self._target_of: dict[str, Referrer | None] = {}

    def plan(self, task_definition: Resource, scope: FixScope) -> Plan:
        """Plan the fix of one task definition.

        Raises:
            UnclearConsumerError: if its consumers cannot be determined.
        """
        path = task_definition.address
        environment = self.environment_of(path)
        decided, consumers = plan_fix(
            task_definition,
            scope,
            self._options,
            self.references,
            self._network_of,
            self._switch_of,
            environment,
            self._instances,
        )
        blockers = dict.fromkeys(self._obstacles(path, decided, consumers))
        return Plan(path, (), (*decided.blockers, *blockers)) if blockers else decided

    def environment_of(self, path: str) -> str:
        """Return the environment of the stack that a resource is in."""
        referrer = self.references.at(path)
        if referrer is None:
            return ""
        if referrer.stack_path not in self._environment_of:
            self._environment_of[referrer.stack_path] = self._stacks[referrer.stack_path].environment
        return self._environment_of[referrer.stack_path]

    def _obstacles(self, path: str, decided: Plan, consumers: Iterable[Consumer]) -> Iterator[Blocker]:
        given = [change for change in decided.changes if change.path.endswith("NetworkConfiguration")]
        for change in decided.changes:
            yield from self._overrides(change)
        for change in given:
            yield from self._network(change)
        yield from public_subnet_blockers(path, decided.changes, consumers, self.references, self._instances.routes)
        if any(change.resource == path for change in decided.changes):
            yield from self._imports(path, consumers)

    def _imports(self, path: str, consumers: Iterable[Consumer]) -> Iterator[Blocker]:
        """Yield blockers for the stacks that import what the change replaces."""
        if self._stage.node.try_get_context(_REFERENCE_STRENGTH) == "weak":
            return
        own = self.references.at(path)
        found = [self.references.at(consumer.resource.address) for consumer in consumers]
        if own is not None:
            yield from imported_blockers(own, [each for each in found if each is not None], self._outermost_stack_of)

    def _outermost_stack_of(self, referrer: Referrer) -> str:
        return _outermost(self._stacks[referrer.stack_path]).node.path

    def _overrides(self, change: Change) -> Iterator[Blocker]:
        """Yield raw overrides that are obstacles: an override inside an overridden list replaces the whole list."""
        if "." not in change.path:
            return
        referrer, node = self.references.at(change.resource), self._nodes.at(change.resource)
        if referrer is None or not isinstance(node, cdk.CfnResource):
            return
        mine = [made for made in self._app.log.changes.values() if made.resource == change.resource]
        try:
            alone = apply(own_properties(node), mine)
        except (KeyError, IndexError, TypeError, AttributeError):
            alone = None  # the properties are others than those that were changed
        parent = overridden_parent(change.path, alone, referrer.resource.properties)
        if parent is not None:
            text = f"{change.resource} has a raw override at {parent}, which setting {change.path} could replace"
            yield Blocker(change.resource, text)

    def _network(self, change: Change) -> Iterator[Blocker]:
        referrer, node = self.references.at(change.resource), self._nodes.at(change.resource)
        if referrer is None or node is None:
            return
        constructs, place = self._constructs_of(change.new, node), self._place_of(referrer.stack_path)
        given = cdk.Stack.of(node).resolve(change.new)
        yield from cross_stage_blockers(change.resource, place, constructs, given)
        if any(construct.stage_path != place.stage_path for construct in constructs):
            return
        yield from deployment_order_blockers(referrer, constructs, self.references, self._order)
        yield from self._literals(change.resource)
        if self._options.network is not None:
            written = replace(change, new=given)
            yield from given_network_blockers(written, self._given(node), self._instances, self.references)

    def _given(self, node: IConstruct) -> Callable[[object], Referrer | None]:
        """Return a function from a part of the network, as the stack of a construct writes it, to its resource."""
        network = self._options.network
        names = (*network.subnets, *network.security_groups) if network is not None else ()
        found = {canonical(resolved(node, name)): self._target(name, node) for name in names}
        return lambda written: found.get(canonical(written))

    def _target(self, name: str, node: IConstruct) -> Referrer | None:
        """Return the resource that a part of the network refers to, if it is exactly one."""
        if name not in self._target_of:
            targets = targets_of([name], node)
            self._target_of[name] = self.references.at(targets[0].node.path) if len(targets) == 1 else None
        return self._target_of[name]

    def _network_of(self, address: str, parameters: str) -> AwsvpcNetwork | str:
        """Return the network that was given, else that of the instances, or why it is not known."""
        if self._options.network is not None:
            return self._options.network
        try:
            network = self._instances.network_for(address, parameters)
            return in_stack_of(address, network, self.references, self._nodes)
        except NetworkUnknownError as error:
            return str(error)

    def _literals(self, consumer: str) -> Iterator[Blocker]:
        """Yield a blocker if subnet ids, which belong to one account and Region, are given for several environments."""
        environments = sorted(environments_of(self._stage.node.root, self._app.serves))
        network = self._options.network
        if network is None or len(environments) < 2:
            return
        for name in (*network.subnets, *network.security_groups):
            if not targets_of([name], self._stage):
                where = " and ".join(environments)
                text = f"{consumer} would be given a network that is not of the app, for task definitions in {where}"
                yield Blocker(consumer, f"{text}: add a fix with its own Network to each Stage or stack")
                return

    def _constructs_of(self, given: object, node: IConstruct) -> list[NetworkConstruct]:
        found = {target.node.path: target for target in targets_of(given, node)}
        return [_network_construct(path, target) for path, target in found.items()]

    def _place_of(self, stack_path: str) -> ConsumerPlace:
        stack = self._stacks[stack_path]
        body = self._templates[stack_path].body or {}
        ids = frozenset([*body.get("Resources", {}), *body.get("Parameters", {})])
        return ConsumerPlace(self._stage.node.path, _outermost(stack).node.path, _outermost(stack).environment, ids)

    def _waits_for(self, first: Referrer, last: Referrer) -> bool:
        return self._order.waits_for(first, last)

    @cached_property
    def _order(self) -> DeploymentOrder:
        return DeploymentOrder(
            self.references, self._stacks, dependencies_in(self._stage, self._stacks.values(), self.references)
        )


def _network_construct(path: str, target: IConstruct) -> NetworkConstruct:
    stack = cdk.Stack.of(target)
    logical_id = str(stack.resolve(target.logical_id)) if isinstance(target, cdk.CfnElement) else ""
    outermost = _outermost(stack)
    return NetworkConstruct(path, logical_id, stage_of(target).node.path, outermost.node.path, outermost.environment)


def _outermost(stack: cdk.Stack) -> cdk.Stack:
    while stack.nested_stack_parent is not None:
        stack = stack.nested_stack_parent
    return stack
