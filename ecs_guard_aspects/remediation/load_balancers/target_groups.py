"""Target groups that register instances: whether one can be switched to addresses, and the changes that do it.

``TargetType`` is create-only, so CloudFormation replaces the target group. The checks here make sure that this is
possible and that the load balancer reaches the tasks afterwards.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-targetgroup.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from ...cloudformation.text import scalar_text
from ...model.resource import Resource
from ..changes import Change
from ..instances.leaves import leaves_of, reference_of
from ..instances.network import InstanceNetwork
from ..obstacles.consumers import AwsvpcNetwork, NetworkOf, SwitchOf
from ..who_runs_it.references import References
from ..who_runs_it.referrer import Referrer
from .security_rules import EGRESS, INGRESS, Group, Rule, group_of, rules_in

_LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
_LISTENER_RULE = "AWS::ElasticLoadBalancingV2::ListenerRule"
_SENDERS = (_LISTENER, _LISTENER_RULE)
_LOAD_BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"

# Resources that only watch a target group, and get the name of the new one in the same deployment.
_WATCHERS = re.compile(r"AWS::CloudWatch::.*|AWS::ApplicationAutoScaling::ScalingPolicy|AWS::CDK::Metadata")


class CannotSwitchError(Exception):
    """A target group cannot be switched, or nothing proves that it can. The message says why, as a clause."""


class _TaskGroups(NamedTuple):
    """The security groups of tasks, and whether who gave them answers for rules that are not here."""

    groups: list[Group]
    is_answered_for: bool


class TargetGroups:
    """The target groups of some templates.

    Args:
        references: the resources of the templates.
        waits_for: returns whether one resource is deployed after another.
        as_written_in: returns an expression of a resource as a new resource of its stack can have it.
        as_rendered_in: returns a part of a network that was given as the template of a resource will have it.
    """

    def __init__(
        self,
        references: References,
        waits_for: Callable[[Referrer, Referrer], bool],
        as_written_in: Callable[[Any, Referrer], Any] = lambda value, _holder: value,
        as_rendered_in: Callable[[Any, Referrer], Any] = lambda value, _user: value,
    ) -> None:
        self._references = references
        self._waits_for = waits_for
        self._as_written_in = as_written_in
        self._as_rendered_in = as_rendered_in
        self._rules = rules_in(references)

    def switch_of(self, network_of: NetworkOf) -> SwitchOf:
        """Return a function from a service and its target group to the changes, or to why it cannot be switched."""

        def switch(service: Resource, group: Resource) -> list[Change] | str:
            network = network_of(service.address, "")
            if isinstance(network, str):
                return "the security groups of its tasks are not known"
            try:
                return self.switched(group, service, network)
            except CannotSwitchError as error:
                return str(error)

        return switch

    def switched(self, group: Resource, service: Resource, network: AwsvpcNetwork) -> list[Change]:
        """Return the changes by which a target group registers the addresses of the tasks of a service.

        Args:
            group: the target group, which registers instances.
            service: the service.
            network: the network that its tasks get.

        Raises:
            CannotSwitchError: if it cannot be switched.
        """
        target, user = self._references.at(group.address), self._references.at(service.address)
        if target is None or user is None or target.stack_path != user.stack_path:
            raise CannotSwitchError("it is in another stack than the service")
        senders = self._require_replaceable(target, user)
        changes = [Change(group.address, "TargetType", group.written("TargetType"), "ip")]
        if group.written("Name") is not None:
            changes.append(Change(group.address, "Name", group.written("Name"), None))
        return [*changes, *self._opened_for(senders, self._groups_of(network, user), service, target)]

    def _groups_of(self, network: AwsvpcNetwork, user: Referrer) -> _TaskGroups:
        """Return the security groups of a network.

        Raises:
            CannotSwitchError: if it has none.
        """
        if isinstance(network, InstanceNetwork):
            found = [group_of(leaf, by, self._references) for leaf, by in network.groups]
        else:
            given = leaves_of(network.awsvpc_configuration(on_fargate=False).get("SecurityGroups"))
            found = [group_of(self._as_rendered_in(leaf, user), user, self._references) for leaf in given]
        if not found:
            raise CannotSwitchError(
                "the default security group of the VPC, whose rules are not here, is that of its tasks"
            )
        is_answered_for = not isinstance(network, InstanceNetwork) and not all(each.referrer for each in found)
        return _TaskGroups(found, is_answered_for)

    def _opened_for(
        self, senders: list[Referrer], tasks: _TaskGroups, service: Resource, target: Referrer
    ) -> Iterable[Change]:
        """Return the rules that open the ports of a service to load balancers, each once."""
        balancers = {}
        for sender in senders:
            try:
                found = self._balancer_of(self._listener_of(sender))
                balancers[found.resource.address] = found
            except CannotSwitchError:
                if not tasks.is_answered_for:
                    raise
        added = (
            change
            for port in dict.fromkeys(_ports(service, target, self._references))
            for balancer in balancers.values()
            for change in self._additions(balancer, tasks, port)
        )
        return {change.resource: change for change in added}.values()

    # --- whether CloudFormation can replace it -------------------------------------------------------------------

    def _require_replaceable(self, target: Referrer, user: Referrer) -> list[Referrer]:
        """Return the listeners and listener rules that send requests to a target group that can be replaced.

        Raises:
            CannotSwitchError: if it cannot be replaced.
        """
        if target.resource.written("Targets") is not None:  # they do not survive its replacement
            raise CannotSwitchError("it has targets of its own")
        if target.resource.written("TargetType") not in (None, "instance"):
            raise CannotSwitchError("its TargetType is an expression")
        # Rules for TCP ports are read below, and IPv4 addresses are what a task has by default.
        if target.resource.written("Protocol") not in (None, "HTTP", "HTTPS", "TCP", "TLS"):
            raise CannotSwitchError("its protocol is not TCP, TLS, HTTP or HTTPS")
        if target.resource.written("IpAddressType") not in (None, "ipv4"):
            raise CannotSwitchError("its addresses are not IPv4")
        # Any other port is one of the instance, unless the service registers it, and it is one of a container then.
        if _checked(target) not in (_TRAFFIC, *(str(port) for _, port in _registered(user.resource))):
            raise CannotSwitchError("its health check uses a port of the instance")
        name = target.resource.name
        if any(name in each.logical_ids and each.stack_path == target.stack_path for each in self._references.outputs):
            raise CannotSwitchError("an output gives it to others")
        naming = list(self._naming(target))
        senders = [each for each in naming if each.resource.type in _SENDERS and each.stack_path == target.stack_path]
        for each in naming:
            if each not in senders and each is not user and not _WATCHERS.fullmatch(each.resource.type):
                raise CannotSwitchError(f"{each.resource.address} uses it, too")
        if not senders:
            raise CannotSwitchError("its listener is not here")
        # ECS accepts a target group only behind a listener.
        if not any(self._waits_for(user, each) for each in senders):
            name = senders[0].resource.name
            raise CannotSwitchError(f"{user.resource.address} does not depend on its listener (DependsOn: {name})")
        return senders

    def _naming(self, target: Referrer) -> Iterator[Referrer]:
        for each in self._references.all:
            called = self._references.called(target.resource.name, each.stack_path)
            if each is not target and target.resource.name in each.logical_ids and target in called:
                yield each

    def _listener_of(self, referrer: Referrer) -> Referrer:
        if referrer.resource.type == _LISTENER:
            return referrer
        listener = self._called(referrer, "ListenerArn")
        if listener is None or listener.resource.type != _LISTENER:
            raise CannotSwitchError("its listener is not here")
        return listener

    def _balancer_of(self, listener: Referrer) -> Referrer:
        balancer = self._called(listener, "LoadBalancerArn")
        if balancer is None or balancer.resource.type != _LOAD_BALANCER:
            raise CannotSwitchError("its load balancer is not here")
        return balancer

    def _called(self, referrer: Referrer, key: str) -> Referrer | None:
        reference = reference_of(referrer.resource.written(key))
        found = self._references.meant(reference[0], referrer) if reference is not None else []
        return found[0] if len(found) == 1 else None

    # --- whether the load balancer reaches the tasks -------------------------------------------------------------

    def _additions(self, balancer: Referrer, tasks: _TaskGroups, port: int | None) -> Iterator[Change]:
        """Yield the rules that open a port where the dynamic ports were open.

        Raises:
            CannotSwitchError: if nothing shows how the load balancer reaches the instances.
        """
        written = balancer.resource.written("SecurityGroups")
        own = [group_of(leaf, balancer, self._references) for leaf in leaves_of(written)]
        if not own and not tasks.is_answered_for and scalar_text(balancer.resource.written("Type")) != "network":
            raise CannotSwitchError("the security groups of its load balancer are not here")
        if any(self._rules.are_expressions(group, EGRESS) for group in own):
            raise CannotSwitchError("a rule for what its load balancer sends is an expression")
        # What one of its groups lets out, it sends; a group without any rule lets everything out.
        egress = [self._rules.of(group, EGRESS) for group in own]
        is_elsewhere = any(group.referrer is None for group in own)
        is_narrow = own and all(rules or group.referrer is None for group, rules in zip(own, egress, strict=True))
        is_narrow = is_narrow and not (is_elsewhere and tasks.is_answered_for)
        if port is None:
            if is_narrow or not tasks.is_answered_for:
                raise CannotSwitchError("its container port is an expression")
            return
        ingress = [rule for group in tasks.groups for rule in self._rules.of(group, INGRESS)]
        admitting = [rule for rule in ingress if self._is_from(rule, own)]
        if not tasks.is_answered_for or any(rule.is_for_dynamic_ports for rule in admitting):
            yield from self._opened(admitting, port, balancer, tasks.groups)
        if is_narrow:
            out = [rule for rules in egress for rule in rules]
            yield from self._opened([rule for rule in out if self._is_from(rule, tasks.groups)], port, balancer, own)

    def _opened(self, rules: list[Rule], port: int, balancer: Referrer, groups: Iterable[Group]) -> Iterator[Change]:
        """Yield the rules that open a port of some security groups, if those that are there do not."""
        if any(rule.covers(port) and (rule.is_for_everything or not rule.is_for_addresses) for rule in rules):
            return
        dynamic = [rule for rule in rules if rule.is_for_dynamic_ports]
        if not dynamic:
            unseen = next((f"the rules of {each.name} are not here, and " for each in groups if not each.referrer), "")
            what = f"{unseen}nothing shows that {balancer.resource.address} reaches port {port} of a task"
            raise CannotSwitchError(what)
        for rule in dynamic:
            if not rule.covers(port):
                logical_id, body = rule.for_port(port)
                if self._references.called(logical_id, rule.holder.stack_path):
                    raise CannotSwitchError(f"there is a resource {logical_id} already")
                own = {key: self._as_written_in(value, rule.holder) for key, value in body["Properties"].items()}
                yield Change(address_in(rule.holder, logical_id), "", None, {**body, "Properties": own})

    def _is_from(self, rule: Rule, groups: list[Group]) -> bool:
        """Return whether a rule is for a range of addresses, or for one of these security groups."""
        peer = rule.peer_group(self._references)
        return rule.is_for_addresses or (peer is not None and peer.key in {group.key for group in groups})


def address_in(sibling: Referrer, logical_id: str) -> str:
    """Return the address of a new resource in the template of another one."""
    return f"{sibling.stack_path}/{logical_id}"


def _ports(service: Resource, target: Referrer, references: References) -> Iterator[int | None]:
    """Yield the ports that a load balancer uses for a target group of a service; None for an expression."""
    for named, port in _registered(service):
        if any(target in references.called(name, target.stack_path) for name in named):
            yield port
    if _checked(target) != _TRAFFIC:
        yield int(_checked(target))


def _registered(service: Resource) -> Iterator[tuple[list[str], int | None]]:
    """Yield what a service registers in all cases: the logical ids of target groups, and the container port."""
    for each in leaves_of(service.written("LoadBalancers")):
        if isinstance(each, Mapping):
            references = map(reference_of, leaves_of(each.get("TargetGroupArn")))
            port = scalar_text(each.get("ContainerPort"))
            named = [reference[0] for reference in references if reference is not None]
            yield named, int(port) if port is not None and port.isdecimal() else None


_TRAFFIC = "traffic-port"


def _checked(target: Referrer) -> str:
    """Return the port that health checks ask; "" for an expression."""
    written = target.resource.written("HealthCheckPort")
    return _TRAFFIC if written is None else scalar_text(written) or ""
