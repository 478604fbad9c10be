"""The fix of a template in a file: its plans, as edits of its text."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, NamedTuple, cast

from ...cloudformation.declarations import Declarations
from ...cloudformation.nodes import map_or_empty
from ...cloudformation.text import shown
from ...model.resource import TASK_DEFINITION, Resource
from ...model.template import Origin, StackTemplate
from ...policy.policy import Policy
from ...sources.cloudformation.opaque import opaque_template
from ...sources.text.text import Text
from ..changes import Blocker, Change, apply
from ..fix_scope import fix_scope_of
from ..instances.leaves import reference_of
from ..instances.network import InstanceNetworks, NetworkUnknownError
from ..instances.subnet_lists import is_list_type
from ..load_balancers.target_groups import TargetGroups
from ..network import Network
from ..obstacles.consumers import AwsvpcNetwork
from ..obstacles.deployment_order import DeploymentOrder
from ..obstacles.given_network import given_network_blockers
from ..obstacles.network_fit import (
    ConsumerPlace,
    NetworkConstruct,
    cross_stage_blockers,
    deployment_order_blockers,
    public_subnet_blockers,
)
from ..obstacles.situation import Situation
from ..plan import FixOptions, Plan, plan_fix
from ..who_runs_it.expressions import is_constant, references_in
from ..who_runs_it.other_stages import OtherStageResource
from ..who_runs_it.references import References, UnclearConsumerError
from ..who_runs_it.referrer import Referrer
from ..who_runs_it.state_machine import TextOf
from .edits import Edit, EditRefusedError, TextEditor, applied
from .fixed import Fixed, edited_text, unclear

REFERENCE = re.compile(r"\$\{([A-Za-z0-9]+)\}", re.ASCII)
"""How a subnet or security group is given that is a parameter or a resource of the template, as in ``Fn::Sub``."""

_SUBNETS = "Subnets of the instances of the cluster, with a way out for tasks that have no public address"
_SECURITY_GROUPS = "Security groups of the tasks: load balancers and clients reach the container ports through them"

_INLINE = "it is in an inline template (TemplateBody), which is not edited: change it there"


class Template(NamedTuple):
    """A template in a file.

    Attributes:
        name: the name of the file.
        text: its text, whose value has ``Resources`` that are a mapping.
        origin_of: where a logical id comes from.
    """

    name: str
    text: Text
    origin_of: Callable[[str], Origin]

    @property
    def body(self) -> Mapping[str, Any]:
        """The template itself."""
        return cast(Mapping[str, Any], self.text.value)


class _Written(NamedTuple):
    """A network whose ids are references of the template where they are written as ``${Name}``."""

    network: Network
    resolved: Callable[[object], object]

    def awsvpc_configuration(self, *, on_fargate: bool) -> dict[str, object]:
        configuration = self.network.awsvpc_configuration(on_fargate=on_fargate)
        return {key: self.resolved(value) for key, value in configuration.items()}


class TemplateFix:
    """The fix of one template.

    Args:
        template: the template.
        options: the options of the fix; ``${Name}`` among its subnets and security groups is a reference.
        other_files: returns the resources of other files, which may run a task definition by its family.
        text_of: returns the text of the file that a state machine names.
    """

    def __init__(
        self,
        template: Template,
        options: FixOptions,
        other_files: Callable[[], Iterable[OtherStageResource]] = tuple,
        text_of: TextOf = lambda _named: None,
    ) -> None:
        name, body = template.name, template.body
        declarations = Declarations.of(body)
        self._template = template
        self._options = options
        own = StackTemplate(name, name, body, declarations, None, (), (), template.origin_of)
        self._references = References([own], other_files, text_of=text_of)
        self._editor = TextEditor(template.text)
        self._instances = InstanceNetworks(self._references)
        self._switch_of = TargetGroups(self._references, self._waits_for).switch_of(self._network_of)

    def fix_task_definition(self, task_definition: Resource, policy: Policy) -> Fixed:
        """Plan the fix of a task definition of the template: all of its changes can be edited, or none is made."""
        decided = self._planned(task_definition, policy)
        try:
            edits = tuple(self._edit(change) for change in decided.changes)
            applied(self._template.text.content, edits)
        except EditRefusedError as error:
            blocker = Blocker(decided.resource, str(error))
            return Fixed(task_definition, replace(decided, changes=(), blockers=(*decided.blockers, blocker)))
        return Fixed(task_definition, decided, edits)

    def text_with(self, fixed: Sequence[Fixed]) -> Text:
        """Return the text with the edits of several task definitions, read again.

        Raises:
            NotAsPlannedError: if its value is not the one that was planned.
        """
        return edited_text(self._template.text, fixed, self._intended(fixed))

    def _intended(self, fixed: Sequence[Fixed]) -> Any:
        body = copy.deepcopy(dict(self._template.body))
        changes = [change for each in fixed for change in each.plan.changes]
        for address in dict.fromkeys(change.resource for change in changes):
            of_this = [change for change in changes if change.resource == address]
            if of_this[0].adds_resource:
                section = _section_of(of_this[0])
                body[section] = {**(body.get(section) or {}), self._logical_id(address): of_this[0].new}
                continue
            resource = body["Resources"][self._logical_id(address)]
            resource["Properties"] = apply(resource.get("Properties"), of_this)
        return body

    # --- the plan ------------------------------------------------------------------------------------------------

    def _planned(self, task_definition: Resource, policy: Policy) -> Plan:
        if self._references.at(task_definition.address) is None:
            return Plan(task_definition.address, (), (Blocker(task_definition.address, _INLINE),))
        try:
            scope = fix_scope_of(task_definition, [policy])
            situation = Situation(
                task_definition, (), self._references, self._network_of, self._switch_of, self._instances
            )
            decided, consumers = plan_fix(situation, scope, self._options)
        except UnclearConsumerError as error:
            return unclear(task_definition.address, error)
        blockers = [
            *self._obstacles(decided),
            *public_subnet_blockers(
                decided.resource, decided.changes, consumers, self._references, self._instances.routes
            ),
        ]
        found = tuple(dict.fromkeys(blockers))
        if found:
            return replace(decided, changes=(), blockers=(*decided.blockers, *found))
        return replace(decided, changes=(*decided.changes, *self._new_parameters(decided.changes)))

    def _obstacles(self, decided: Plan) -> Iterator[Blocker]:
        """Yield what blocks a plan only in a template of a file."""
        if not decided.changes:
            return
        yield from (Blocker(decided.resource, text) for text in self._unseen)
        for change in decided.changes:
            if change.path.endswith("NetworkConfiguration"):
                yield from self._network(change)  # in place of one that is absent or empty
            elif isinstance(change.old, dict) and change.old and not change.deletes and not is_constant(change.old):
                text = f"{self._whose(change)}{change.path} is {shown(change.old)}: change what decides it"
                yield Blocker(change.resource, text)

    @cached_property
    def _unseen(self) -> list[str]:
        """What makes or changes resources at deployment: such a resource may run the task."""
        found = []
        if opaque_template(self._template.body) is not None:
            found.append("a macro changes this template at deployment")
        for name, resource in self._template.body["Resources"].items():
            if str(name).startswith("Fn::"):
                found.append(f"{name} makes resources at deployment, which may run it")
            elif isinstance(resource, Mapping) and any(str(key).startswith("Fn::") for key in resource):
                found.append(f"a macro changes {name} at deployment")
        return found

    # --- the network ---------------------------------------------------------------------------------------------

    def _network_of(self, address: str, parameters: str) -> AwsvpcNetwork | str:
        """Return the network that was given, else that of the instances, or why it is not known."""
        network = self._options.network
        if network is not None:
            return _Written(network, self._resolved)
        try:
            return self._instances.network_for(address, parameters)
        except NetworkUnknownError as error:
            return str(error)

    def _resolved(self, node: object) -> object:
        """Return a part of a network with ``${Name}`` as ``Ref``; a parameter that is a list replaces a whole list."""
        if isinstance(node, list):
            items = [self._resolved(item) for item in node]
            return items[0] if len(items) == 1 and self._is_list(items[0]) else items
        match = REFERENCE.fullmatch(node) if isinstance(node, str) else None
        return {"Ref": match[1]} if match else node

    def _is_list(self, node: object) -> bool:
        name = node.get("Ref") if isinstance(node, dict) else None
        parameter = Declarations.of(self._template.body).parameters.get(str(name))
        if parameter is None:
            return name in self._new  # what is given alone is a list
        return is_list_type(parameter.type)

    @cached_property
    def _new(self) -> dict[str, dict[str, str]]:
        """The parameters that the network names and the template does not have, by name."""
        network, body = self._options.network, self._template.body
        declared = body.get("Parameters") or {}
        if network is None or not isinstance(declared, Mapping):
            return {}
        found = {}
        for ids, kind, what in (
            (network.subnets, "AWS::EC2::Subnet::Id", _SUBNETS),
            (network.security_groups, "AWS::EC2::SecurityGroup::Id", _SECURITY_GROUPS),
        ):
            names = [match[1] for each in ids if (match := REFERENCE.fullmatch(each))]
            for name in names:
                if name not in declared and name not in body["Resources"]:
                    found[name] = {"Type": f"List<{kind}>" if len(ids) == 1 else kind, "Description": what}
        return found

    def _new_parameters(self, changes: Iterable[Change]) -> Iterator[Change]:
        """Yield the parameters that changes need and the template does not have."""
        named = {each.text for change in changes for each in references_in(change.new) if each.kind == "id"}
        for name, declaration in self._new.items():
            if name in named:
                yield Change(f"{self._template.name}/{name}", "", None, declaration, is_parameter=True)

    def _network(self, change: Change) -> Iterator[Blocker]:
        """Yield why what runs the task cannot be given this network."""
        referrer = self._references.at(change.resource)
        if referrer is None:
            return
        name = self._template.name
        constructs = [
            NetworkConstruct(found.resource.address, found.resource.name, "", name, "")
            for each in references_in(change.new)
            if each.kind == "id"
            for found in self._references.called(each.text, name)
        ]
        declared = map_or_empty(self._template.body.get("Parameters"))
        ids = frozenset([*self._template.body["Resources"], *declared, *self._new])
        yield from cross_stage_blockers(change.resource, ConsumerPlace("", name, "", ids), constructs, change.new)
        yield from deployment_order_blockers(referrer, constructs, self._references, self._order)
        if self._options.network is not None:
            yield from given_network_blockers(change, self._referrer_of, self._instances, self._references)

    def _referrer_of(self, written: object) -> Referrer | None:
        """Return the resource that a part of the network names."""
        reference = reference_of(written)
        found = self._references.called(reference[0], self._template.name) if reference is not None else []
        return found[0] if found else None

    def _waits_for(self, first: Referrer, last: Referrer) -> bool:
        return self._order.waits_for(first, last)

    @cached_property
    def _order(self) -> DeploymentOrder:
        return DeploymentOrder(self._references, [self._template.name])

    # --- the text ------------------------------------------------------------------------------------------------

    def _edit(self, change: Change) -> Edit:
        inside = () if change.adds_resource else ("Properties", *change.path.split("."))
        path = (_section_of(change), self._logical_id(change.resource), *inside)
        try:
            if change.is_parameter and not self._template.body.get("Parameters"):  # all of them at once
                return self._editor.edit(("Parameters",), self._new, before="Resources")
            return self._editor.edit(path, change.new)
        except EditRefusedError as error:
            raise EditRefusedError(f"{self._whose(change)}{error}") from None

    def _whose(self, change: Change) -> str:
        """Return the beginning of a message that is not about the task definition itself."""
        referrer = self._references.at(change.resource)
        return "" if referrer is None or referrer.resource.type == TASK_DEFINITION else f"{change.resource}: "

    def _logical_id(self, address: str) -> str:
        referrer = self._references.at(address)
        return referrer.resource.name if referrer is not None else address.removeprefix(f"{self._template.name}/")


def _section_of(change: Change) -> str:
    return "Parameters" if change.is_parameter else "Resources"
