"""Rules that admit the security group of instances, and not that of tasks: databases, file systems, caches."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from ....cloudformation.text import canonical, scalar_text
from ...instances.launch import Instances
from ...instances.leaves import leaves_of, reference_of
from ...load_balancers.security_rules import INGRESS, Group, rules_in
from ...network import SECURITY_GROUP
from ...who_runs_it.references import References
from ...who_runs_it.referrer import Referrer

_Rule = tuple[Referrer, Referrer, Mapping[str, Any]]
"""The security group that a rule is of, the one that it admits, and the properties of the rule."""


def rules_for_instances_only(
    own_groups: Collection[str], instances: Iterable[Instances], references: References
) -> Iterator[str]:
    """Yield the rules that admit the instances of a task and not the task, as clauses.

    In bridge and host mode a task is admitted wherever its instance is.

    Args:
        own_groups: the addresses of the security groups that the task gets.
        instances: the instances that it runs on.
        references: the resources of the app or template.
    """
    of_instances = {group for each in instances for group in _groups_of(each, references)}
    if not of_instances or of_instances <= set(own_groups):
        return
    rules = list(_rules_in(references))
    admitted = {_key(rule) for rule in rules if rule[1].resource.address in own_groups}
    for rule in rules:
        group, peer, properties = rule
        is_of_others = group.resource.address not in of_instances and group.resource.address not in own_groups
        if peer.resource.address in of_instances - set(own_groups) and is_of_others and _key(rule) not in admitted:
            who = f"{group.resource.address} admits the security group of the instances ({peer.resource.address})"
            yield f"{who}{_at_port(properties)}, and not that of the task"


def rules_for_a_group_elsewhere(given: Collection[Group], references: References) -> Iterator[str]:
    """Yield the rules that admit a security group that is not here and not that of a task, as clauses.

    Where the instances are not here, it counts as theirs if the template has rules for what reaches it.
    """
    rules, own = rules_in(references), {each.key for each in given}
    for rule in rules.all(INGRESS):
        peer = rule.peer_group(references)
        if peer is None or peer.referrer is not None or {peer.key, rule.group.key} & own or rule.group.key == peer.key:
            continue
        ports = _ports_of(rule.properties)
        admitted = {
            each.key
            for other in rules.of(rule.group, INGRESS)
            if _ports_of(other.properties) == ports and (each := other.peer_group(references)) is not None
        }
        if rules.of(peer, INGRESS) and not admitted & own:
            group = rule.group.referrer.resource.address if rule.group.referrer is not None else rule.group.name
            yield f"{group} admits the security group {peer.name}{_at_port(rule.properties)}, and not that of the task"


def _groups_of(instances: Instances, references: References) -> Iterator[str]:
    for leaf in leaves_of(instances.security_groups):
        reference = reference_of(leaf)
        holder = (*instances.launched_by, instances.referrer)[0]
        found = references.called(reference[0], holder.stack_path) if reference is not None else []
        yield from (each.resource.address for each in found if each.resource.type == SECURITY_GROUP)


def _rules_in(references: References) -> Iterator[_Rule]:
    for each in references.all:
        if each.resource.type == INGRESS.type and isinstance(each.resource.properties, Mapping):
            for group in _named(each.resource.properties.get("GroupId"), each, references):
                yield from _rule(group, each.resource.properties, each, references)
        elif each.resource.type == SECURITY_GROUP:
            written = each.resource.written(INGRESS.property)
            for properties in written if isinstance(written, list) else [written]:
                if isinstance(properties, Mapping):
                    yield from _rule(each, properties, each, references)


def _rule(group: Referrer, properties: Mapping[str, Any], holder: Referrer, references: References) -> Iterator[_Rule]:
    for peer in _named(properties.get(INGRESS.peer_group), holder, references):
        yield group, peer, properties


def _named(leaf: Any, holder: Referrer, references: References) -> list[Referrer]:
    reference = reference_of(leaf)
    found = references.called(reference[0], holder.stack_path) if reference is not None else []
    return [each for each in found if each.resource.type == SECURITY_GROUP]


def _key(rule: _Rule) -> tuple[str, ...]:
    group, _, properties = rule
    return (group.resource.address, *_ports_of(properties))


def _ports_of(properties: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(canonical(properties.get(key)) for key in ("IpProtocol", "FromPort", "ToPort"))


def _at_port(properties: Mapping[str, Any]) -> str:
    first, last = (scalar_text(properties.get(key)) for key in ("FromPort", "ToPort"))
    if first is None or last is None:
        return ""
    return f" at port {first}" if first == last else f" at ports {first} to {last}"
