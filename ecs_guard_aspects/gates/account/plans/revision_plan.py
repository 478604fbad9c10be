"""The plan for one revision: its changes, the commands in order and back, or its obstacles."""

from __future__ import annotations

import enum
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ....cloudformation.declarations import Declarations
from ....model.document import Document
from ....model.plural import counted
from ....model.resource import Resource
from ....model.template import Origin, StackTemplate
from ....policy.judging.judge import judge
from ....policy.policy import Policy
from ....remediation.changes import Blocker, Change
from ....remediation.fix_scope import fix_scope_of
from ....remediation.network import Network
from ....remediation.obstacles.run_elsewhere import NEEDS, RUN_ELSEWHERE
from ....remediation.obstacles.situation import Situation
from ....remediation.plan import FixOptions, plan_in_scope
from ....remediation.who_runs_it.references import References
from ....sources.account.found import name_of
from ....sources.account.surroundings import Definition, Surroundings
from ....sources.api_json import described_properties
from .commands import (
    FORMER,
    REVISION,
    Command,
    Commands,
    changed_target,
    network_of_ecs,
    network_of_events,
    together,
)
from .definition import register_input
from .interfaces import interface_blockers
from .networks import TaskNetworks
from .pipelines import pipeline_notes
from .users import Users, users_of

REGISTER = "register-task-definition.json"
FORMER_FILE = "former-task-definition.json"


class PlanStatus(enum.Enum):
    """The status of a plan."""

    PLANNED = "planned"
    REFUSED = "refused"
    LEAVING = "being replaced"
    GONE = "gone"


@dataclass(frozen=True)
class RevisionPlan:
    """The plan for one revision.

    Attributes:
        revision: the task definition, as the audit judged it.
        region: its Region.
        status: whether there is one.
        changes: the changes, by paths in CloudFormation properties.
        blockers: the obstacles to them.
        commands: the commands, in order.
        rollback: the commands that go back to the old revision, in order.
        users: what runs the revision.
        definition: the revision as AWS returns it.
        notes: what else the account shows about it, as sentences.
    """

    revision: Resource
    region: str
    status: PlanStatus
    changes: tuple[Change, ...] = ()
    blockers: tuple[Blocker, ...] = ()
    commands: tuple[Command, ...] = ()
    rollback: tuple[Command, ...] = ()
    users: Users = field(default_factory=Users)
    definition: Definition | None = None
    notes: tuple[str, ...] = ()

    @property
    def is_inactive(self) -> bool:
        """Whether the revision is deregistered: then no service can go back to it."""
        return self.definition is not None and self.definition.described.get("status") != "ACTIVE"

    @property
    def sets_awsvpc(self) -> bool:
        """Whether its tasks get a network of their own."""
        return any(change.path == "NetworkMode" for change in self.changes)


def plan_revision(
    revision: Resource, region: str, policy: Policy, options: FixOptions, surroundings: Surroundings
) -> RevisionPlan:
    """Plan the way from a denied revision to one that the policy admits.

    Raises:
        CallError: if the revision cannot be read.
    """
    definition = surroundings.definition(revision.address)
    if definition is None:
        return RevisionPlan(revision, region, PlanStatus.GONE)
    users = users_of(revision.address, surroundings)
    notes = tuple(pipeline_notes(users, surroundings, region))
    known = RevisionPlan(revision, region, PlanStatus.REFUSED, users=users, definition=definition, notes=notes)
    if users.leaving and not users.all and not users.tasks and not users.obstacles:
        waits = tuple(Commands(region).wait(service) for service in users.leaving)
        return replace(known, status=PlanStatus.LEAVING, commands=waits)
    return _Planner(known, policy, options, surroundings).planned()


class _Planner:
    def __init__(self, known: RevisionPlan, policy: Policy, options: FixOptions, surroundings: Surroundings) -> None:
        self._known = known
        self._policy = policy
        self._options = options
        self._networks = TaskNetworks(surroundings, options.network)
        self._surroundings = surroundings
        self._users = known.users
        self._commands = Commands(known.region)
        self._resource = replace(known.revision, properties=described_properties(self._definition.described))

    @property
    def _definition(self) -> Definition:
        assert self._known.definition is not None
        return self._known.definition

    def planned(self) -> RevisionPlan:
        scope = fix_scope_of(self._resource, [self._policy])
        consumers = [user.consumer for user in self._users.all]
        options = replace(self._options, run_elsewhere=self._options.run_elsewhere or bool(self._users.tasks))
        situation = Situation(self._resource, consumers, self._references(), self._network_of)
        decided = plan_in_scope(situation, scope, options)
        own = tuple(change for change in decided.changes if change.resource == self._resource.address)
        sets_awsvpc = any(change.path == "NetworkMode" for change in own)
        content = register_input(self._definition, own)
        blockers = self._blockers(content, decided.blockers, sets_awsvpc=sets_awsvpc, is_changed=bool(own))
        if blockers:
            return replace(self._known, blockers=tuple(dict.fromkeys(blockers)))
        networks = {each.resource: each.new for each in decided.changes if each.path.endswith("NetworkConfiguration")}
        return replace(
            self._known,
            status=PlanStatus.PLANNED,
            changes=own,
            commands=tuple(self._forward(content, networks, sets_awsvpc)),
            rollback=tuple(self._back(networks)),
        )

    # --- whether it can be done ----------------------------------------------------------------------------------

    def _blockers(
        self, content: Mapping[str, Any], decided: Sequence[Blocker], *, sets_awsvpc: bool, is_changed: bool
    ) -> list[Blocker]:
        if not is_changed:
            found = [*decided, *self._of_account()]
            return found or [Blocker(self._resource.address, "there is no safe change for what the policy denies")]
        denied = self._still_denied(content)
        if sets_awsvpc:
            return [*decided, *self._of_account(), *denied]
        return [*decided, *denied] if denied else []  # another user is enough: obstacles to awsvpc do not matter

    def _references(self) -> References:
        """Return the users as the resources of a template: obstacles look at their properties there."""
        resources = {user.name: user.consumer.resource for user in self._users.all}
        resources[self._resource.address] = self._resource
        body = {
            "Resources": {name: {"Type": each.type, "Properties": each.properties} for name, each in resources.items()}
        }
        return References([StackTemplate("", "", body, Declarations(), origin_of=Origin)])

    def _network_of(self, address: str, _parameters: str) -> Network | str:
        user = next(user for user in self._users.all if user.name == address)
        return self._networks.network_for(user.cluster, user.run_with)

    def _of_account(self) -> list[Blocker]:
        """Return the obstacles that only an account has."""
        address, permitted = self._resource.address, self._options.permitted
        found = list(self._users.obstacles)
        for tasks in together(self._users.tasks):
            first = tasks[0]
            by = f", started by {first['startedBy']}" if first.get("startedBy") else ""
            where = f"cluster {name_of(first['clusterArn'])}"
            text = f"no service has started {counted(len(tasks), 'task')} of it in {where}{by}"
            found.append(Blocker(address, f"{text}: it is not known what starts them, and {NEEDS}", RUN_ELSEWHERE))
            network = self._networks.network_for(first["clusterArn"], first)
            if isinstance(network, str):
                found.append(Blocker(address, f"tasks in {where} would have no network: {network}", "network="))
        for user in self._users.all:
            found += interface_blockers(user, self._networks, self._surroundings)
        return [each for each in found if each.lifted_by not in permitted]

    def _still_denied(self, content: Mapping[str, Any]) -> list[Blocker]:
        """Return why the policy would deny the new revision too."""
        resource = replace(self._resource, properties=described_properties(content))
        report = judge([Document("", (resource,))], self._policy)
        denied = [finding for finding in report.findings if finding.is_denied and finding.address == resource.address]
        return [
            Blocker(resource.address, f"with the changes {each.check} would still deny it: {each.what}")
            for each in denied
        ]

    # --- the commands --------------------------------------------------------------------------------------------

    def _forward(self, content: Mapping[str, Any], networks: Mapping[str, Any], sets_awsvpc: bool) -> list[Command]:
        make = self._commands
        found = [make.register(REGISTER, content, REVISION, "Register the new revision")]
        for user in self._users.services:
            given = _first(networks.get(user.name))
            network = None if given is None else network_of_ecs(given)
            found += [make.update_service(user.found, REVISION, network), make.wait(user.found)]
        for number, user in enumerate(self._users.starters, 1):
            given = _first(networks.get(user.name))
            target = changed_target(user, None if given is None else network_of_events(given))
            found.append(make.write(user, target, f"target-{number}.json"))
        files = (f"run-task-{number}.json" for number in itertools.count(1))
        for tasks in together(self._users.tasks):
            network = self._network_of_tasks(tasks[0]) if sets_awsvpc else None
            found += make.run_again(tasks, network, files)
            found += [make.stop(task) for task in tasks]
        return found

    def _network_of_tasks(self, task: Mapping[str, Any]) -> dict[str, Any] | None:
        network = self._networks.network_for(task["clusterArn"], task)
        if isinstance(network, str):
            return None
        return network_of_ecs(network.awsvpc_configuration(on_fargate=False))

    def _back(self, networks: Mapping[str, Any]) -> list[Command]:
        make, former = self._commands, self._resource.address
        found = []
        if self._known.is_inactive and self._users.services:
            does = "Register the old revision again: a service cannot use a deregistered one"
            found.append(make.register(FORMER_FILE, register_input(self._definition), FORMER, does))
            former = FORMER
        for user in self._users.services:
            # ECS refuses a network configuration for a revision without awsvpc.
            network: dict[str, Any] | None = {} if user.name in networks else None
            found += [make.update_service(user.found, former, network, "old"), make.wait(user.found)]
        for number, user in enumerate(self._users.starters, 1):
            found.append(make.write(user, user.target, f"former-target-{number}.json"))
        return [*found, make.deregister(REVISION)]


def _first(configuration: Any) -> Any:
    """Return the only value of a ``NetworkConfiguration``, whose key differs by type."""
    return None if configuration is None else next(iter(configuration.values()))
