"""The networks of what runs tasks, at synth: those that are given or derived, and whether they fit in the app."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cached_property

import aws_cdk as cdk
from constructs import IConstruct

from ....cloudformation.text import canonical
from ....remediation.changes import Blocker, Change
from ....remediation.instances.network import InstanceNetwork, InstanceNetworks, NetworkUnknownError
from ....remediation.network import Network
from ....remediation.obstacles.consumers import AwsvpcNetwork
from ....remediation.obstacles.deployment_order import DeploymentOrder
from ....remediation.obstacles.given_network import given_network_blockers
from ....remediation.obstacles.network_fit import (
    ConsumerPlace,
    NetworkConstruct,
    cross_stage_blockers,
    deployment_order_blockers,
)
from ....remediation.who_runs_it.references import References
from ....remediation.who_runs_it.referrer import Referrer
from ..tree.constructs import environments_of, stage_of
from ..tree.rendering import RenderedStage, has_tokens, resolved
from ..tree.targets import targets_of
from .instance_tokens import in_stack_of

_InStack = tuple[str, str]
"""A key: the path of a stack, and a network as text."""


class Networks:
    """The networks of the resources of one Stage. What several resources share is read once.

    Args:
        rendered: the Stage with its templates.
        references: its resources.
        instances: its instances.
        order: the order of its deployment.
        given: the network of the user, for resources without one.
        serves: returns whether the fix is for the task definition at a construct path.
    """

    def __init__(
        self,
        rendered: RenderedStage,
        references: References,
        instances: InstanceNetworks,
        order: DeploymentOrder,
        given: Network | None,
        serves: Callable[[str], bool],
    ) -> None:
        self._stage = rendered.stage
        self._nodes = rendered.nodes
        self._stacks = {stack.node.path: stack for stack in rendered.stacks}
        self._templates = {template.path: template for template in rendered.templates}
        self._references = references
        self._instances = instances
        self._order = order
        self._given = given
        self._serves = serves
        self._derived: dict[str, InstanceNetwork] = {}
        self._in_stack: dict[_InStack, InstanceNetwork] = {}
        self._places: dict[str, ConsumerPlace] = {}
        self._written: dict[_InStack, tuple[list[NetworkConstruct], object]] = {}
        self._members: dict[str, dict[str, Referrer | None]] = {}
        self._target_of: dict[str, Referrer | None] = {}

    def of(self, address: str, parameters: str) -> AwsvpcNetwork | str:
        """Return the network that was given, else that of the instances, or why it is not known."""
        if self._given is not None:
            return self._given
        referrer = self._references.at(address)
        if referrer is None:
            return "the resource that runs it was not found"
        try:
            network = self._instances.network_for(address, parameters)
            self._derived[address] = network
            key = referrer.stack_path, repr((network.stack_path, network.subnets, network.security_groups))
            if key not in self._in_stack:
                self._in_stack[key] = in_stack_of(referrer.stack_path, network, self._nodes)
            return self._in_stack[key]
        except NetworkUnknownError as error:
            return str(error)

    def place_of(self, stack_path: str) -> ConsumerPlace:
        """Return the place of the resources of a stack."""
        if stack_path not in self._places:
            outermost = _outermost(self._stacks[stack_path])
            body = self._templates[stack_path].body or {}
            ids = frozenset([*body.get("Resources", {}), *body.get("Parameters", {})])
            place = ConsumerPlace(self._nodes.stage_path, outermost.node.path, outermost.environment, ids)
            self._places[stack_path] = place
        return self._places[stack_path]

    def blockers(self, change: Change) -> Iterator[Blocker]:
        """Yield why a resource cannot have the network that a change gives it."""
        referrer, node = self._references.at(change.resource), self._nodes.at(change.resource)
        if referrer is None or node is None:
            return
        place = self.place_of(referrer.stack_path)
        constructs, written = self._as_written(change.new, referrer, node)
        yield from cross_stage_blockers(change.resource, place, constructs, written)
        if any(construct.stage_path != place.stage_path for construct in constructs):
            return
        if constructs and not self._waits_already(referrer):
            yield from deployment_order_blockers(referrer, constructs, self._references, self._order)
        if self._given is not None:
            yield from self._ids_for_several(change.resource, node)
            as_written = replace(change, new=written)
            members = self._members_in(referrer.stack_path, node, self._given)
            yield from given_network_blockers(
                as_written, lambda each: members.get(canonical(each)), self._instances, self._references
            )

    def _waits_already(self, consumer: Referrer) -> bool:
        """Return whether a resource waits for the stack of its instances anyway: then their network adds no cycle."""
        network = self._derived.get(consumer.resource.address)
        if network is None:
            return False
        named = (each for name in consumer.logical_ids for each in self._references.meant(name, consumer))
        stacks = {self.place_of(each.stack_path).stack_path for each in (consumer, *named)}
        return self.place_of(network.stack_path).stack_path in stacks

    def _as_written(
        self, network: object, referrer: Referrer, node: IConstruct
    ) -> tuple[list[NetworkConstruct], object]:
        """Return the constructs that a network refers to, and the network as the stack of a resource writes it."""
        key = referrer.stack_path, repr(network)
        if key not in self._written:
            targets = targets_of(network, node) if has_tokens(network) else []
            constructs = {path: _network_construct(path, target) for path, target in _by_path(targets)}
            self._written[key] = list(constructs.values()), resolved(node, network)
        return self._written[key]

    def _members_in(self, stack_path: str, node: IConstruct, network: Network) -> dict[str, Referrer | None]:
        """Return the members of a network, as the stack of a construct writes them, with their resources."""
        if stack_path not in self._members:
            names = (*network.subnets, *network.security_groups)
            self._members[stack_path] = {canonical(resolved(node, name)): self._target(name, node) for name in names}
        return self._members[stack_path]

    def _target(self, name: str, node: IConstruct) -> Referrer | None:
        """Return the resource that a part of the network refers to, if it is exactly one."""
        if name not in self._target_of:
            targets = targets_of([name], node) if has_tokens(name) else []
            self._target_of[name] = self._references.at(targets[0].node.path) if len(targets) == 1 else None
        return self._target_of[name]

    def _ids_for_several(self, consumer: str, node: IConstruct) -> Iterator[Blocker]:
        """Yield a blocker if subnet ids, which belong to one account and Region, are given for several environments."""
        if len(self._environments) > 1 and not self._is_of_app(node):
            where = " and ".join(self._environments)
            text = f"{consumer} would be given a network that is not of the app, for task definitions in {where}"
            yield Blocker(consumer, f"{text}: add a fix with its own Network to each Stage or stack")

    def _is_of_app(self, node: IConstruct) -> bool:
        """Return whether each member of the network that was given is a construct."""
        names = (*self._given.subnets, *self._given.security_groups) if self._given is not None else ()
        return all(has_tokens(name) and targets_of([name], node) for name in names)

    @cached_property
    def _environments(self) -> list[str]:
        return sorted(environments_of(self._stage.node.root, self._serves))


def _by_path(targets: Iterable[IConstruct]) -> Iterator[tuple[str, IConstruct]]:
    return ((target.node.path, target) for target in targets)


def _network_construct(path: str, target: IConstruct) -> NetworkConstruct:
    stack = cdk.Stack.of(target)
    logical_id = str(stack.resolve(target.logical_id)) if isinstance(target, cdk.CfnElement) else ""
    outermost = _outermost(stack)
    return NetworkConstruct(path, logical_id, stage_of(target).node.path, outermost.node.path, outermost.environment)


def _outermost(stack: cdk.Stack) -> cdk.Stack:
    while stack.nested_stack_parent is not None:
        stack = stack.nested_stack_parent
    return stack
