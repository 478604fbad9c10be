"""The opt-in fix: when all Aspects of a Stage have run, what the planner decides is applied as property overrides."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import aws_cdk as cdk
import jsii
from constructs import IConstruct

from ...._version import VERSION
from ....cloudformation.text import canonical
from ....model.resource import TASK_DEFINITION, Resource
from ....policy.policy import Policy
from ....remediation.changes import Blocker, Change, apply
from ....remediation.fix_scope import fix_scope_of
from ....remediation.network import Network
from ....remediation.plan import FixOptions, Plan
from ....remediation.run_as import checked_user
from ....remediation.who_runs_it.references import (
    OtherStageResource,
    References,
    UnclearConsumerError,
    named_in_other_stage,
)
from ..annotations import inform
from ..tree.after_aspects import after_aspects
from ..tree.constructs import (
    Nodes,
    environments_of,
    identity_of,
    inner_stages,
    is_task_definition,
    is_within,
    stacks_in,
    stage_of,
)
from ..tree.other_stages import resources_of_other_stages
from ..tree.rendering import render
from .code_change import code_change
from .log import FixLog, FixNote, Refusal
from .planner import Planner

_log = logging.getLogger("ecs_guard_aspects")

METADATA_KEY = "ecs-guard:fix"
"""Under which key of its Metadata a changed resource says what was changed."""


@dataclass
class _Work:
    """What a fix has to do in one app, and what it has done.

    Attributes:
        log: what it has done.
        served: the policies it serves, each with the construct path it is in force below.
        visited: construct paths of the task definitions that were visited.
        stages: the Stages in which it acts.
        done: those in which it has acted.
        mended: the task definitions inside Stages that it has made awsvpc, each with its Stage and environment.
        informed: what it has said on constructs, by path.
    """

    log: FixLog = field(default_factory=FixLog)
    served: list[tuple[str, Policy]] = field(default_factory=list)
    visited: dict[str, None] = field(default_factory=dict)
    stages: set[str] = field(default_factory=set)
    done: set[str] = field(default_factory=set)
    mended: dict[str, tuple[IConstruct, Resource, str]] = field(default_factory=dict)
    informed: set[tuple[str, str]] = field(default_factory=set)

    def policies_at(self, path: str) -> list[Policy]:
        return [policy for scope, policy in self.served if is_within(path, scope)]


@jsii.implements(cdk.IAspect)
class EcsGuardFix:
    """Makes task definitions pass where that is safe, and says why where it is not.

    Add it through ``EcsGuard.protect(app, fix=...)``, or by itself:

        Aspects.of(scope).add(EcsGuardFix())

    It changes nothing before all Aspects of a Stage have run. What an exemption or an acknowledgement admits is left as
    it is.

    Args:
        awsvpc: set the awsvpc network mode where neither the task definition nor what runs it stands against it.
        user: a non-root ``uid[:gid]`` or name for host-mode containers that run as root without being privileged,
            where awsvpc cannot be set.
        network: subnets and security groups for what runs a task definition and names none.
        dry_run: plan and report, change nothing.
        may_change_addresses: whether a task may lose the address it is reached at, its instance and a fixed port of it,
            where no load balancer or registry of the app leads to the new one.

    Raises:
        ValueError: if ``user`` is root or no form that ECS accepts, or ``network`` is no ``Network``.
    """

    def __init__(
        self,
        awsvpc: bool = True,
        user: str | None = None,
        network: Network | None = None,
        dry_run: bool = False,
        may_change_addresses: bool = False,
    ) -> None:
        if network is not None and not isinstance(network, Network):
            raise ValueError(f"network is {network!r}: it must be a Network")
        user = None if user is None else checked_user(user)
        self._options = FixOptions(awsvpc, user, network, may_change_addresses)
        self._dry_run = dry_run
        self._works: dict[str, _Work] = {}
        self._latest = _Work()

    @property
    def changes(self) -> tuple[Change, ...]:
        """What was changed in the app it was last used on, or with ``dry_run`` would be, in the order it was done."""
        return tuple(self._latest.log.changes.values())

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """The task definitions that could not be given what was asked for, with everything that stands against it."""
        return tuple(self._latest.log.refusals.values())

    def visit(self, node: IConstruct) -> None:
        """Remember one construct, to be fixed when all Aspects have run, if it is a task definition."""
        if is_task_definition(node):
            work = self._work_at(node.node.root)
            stage = stage_of(node)
            work.visited[node.node.path] = None
            work.done.discard(identity_of(stage))
            self._act_in(stage, work)

    def serve(self, scope: IConstruct, policy: Policy) -> FixLog:
        """Fix what a policy denies or warns of below ``scope``, in the Stages that are there by now.

        Returns:
            What it has done, once the app is synthesized.
        """
        work = self._work_at(scope.node.root)
        if (scope.node.path, policy) not in work.served:
            work.served.append((scope.node.path, policy))
        for stage in (stage_of(scope), *inner_stages(scope)):
            self._act_in(stage, work)
        return work.log

    def _work_at(self, root: IConstruct) -> _Work:
        self._latest = self._works.setdefault(identity_of(root), _Work())
        return self._latest

    def _act_in(self, stage: IConstruct, work: _Work) -> None:
        for each, act in ((stage, self._act), (stage.node.root, self._act_last)):
            key = f"{identity_of(each)} {act.__name__}"
            if key not in work.stages:
                work.stages.add(key)
                after_aspects(each, partial(act, each, work))

    def _act(self, stage: IConstruct, work: _Work) -> None:
        """Plan for the task definitions of one Stage, from one rendering, and carry out what is planned.

        What the CDK cannot render here it cannot write either, and it says so itself.
        """
        identity = identity_of(stage)
        # The CDK asks again for every Stage around this one, when this one is written; an app may be synthesized again.
        is_app = stage.node.scope is None
        if identity in work.done and not is_app:
            return
        work.done.add(identity)
        stacks = stacks_in(stage)
        try:
            templates = render(stacks)
        except Exception:  # noqa: BLE001
            _log.debug("rendering %s failed", stage.node.path, exc_info=True)
            return
        nodes = Nodes(stage.node.root, stage.node.path)
        environments = partial(self._environments, stage, work)
        planner = Planner(stage, nodes, stacks, templates, self._options, work.log, environments)
        plans = [(each, self._planned(planner, each, work)) for each in self._wanted(planner.references, work)]
        done = [(each, decided) for each, decided in plans if self._try(nodes, each, decided, work)]
        if not self._dry_run and any(decided.changes for _, decided in done):
            _verify(nodes, stacks, planner.references, [change for _, decided in done for change in decided.changes])
            for each in (each for each, decided in done if decided.changes and not is_app):
                work.mended[each.address] = stage, each, planner.environment_of(each.address)

    def _act_last(self, app: IConstruct, work: _Work) -> None:
        """Look once more at what other Stages name, when all are written: nothing of it could be resolved before.

        Raises:
            RuntimeError: if one names a task definition that was mended.
        """
        own = [] if not work.mended else _rendered(app)
        for stage, task_definition, environment in work.mended.values():
            found = named_in_other_stage(task_definition, environment, [*own, *resources_of_other_stages(stage)])
            if found:
                raise RuntimeError(_NAMED_ELSEWHERE.format(path=task_definition.address, found=found))

    def _wanted(self, references: References, work: _Work) -> list[Resource]:
        found = references.resources(TASK_DEFINITION)
        return [each for each in found if each.address in work.visited or work.policies_at(each.address)]

    def _environments(self, stage: IConstruct, work: _Work) -> set[str]:
        """Return where the task definitions are deployed that are served, as far as it is known."""
        return environments_of(stage.node.root, lambda path: path in work.visited or bool(work.policies_at(path)))

    def _planned(self, planner: Planner, task_definition: Resource, work: _Work) -> Plan:
        path = task_definition.address
        try:
            return planner.plan(task_definition, fix_scope_of(task_definition, work.policies_at(path)))
        except UnclearConsumerError as error:
            return Plan(path, (), (Blocker(path, str(error)),))
        except Exception as error:  # noqa: BLE001 - a fix that fails leaves the verdict to the gate
            return _failed(path, error)

    def _try(self, nodes: Nodes, task_definition: Resource, decided: Plan, work: _Work) -> bool:
        try:
            self._carry_out(nodes, task_definition, decided, work)
        except Exception as error:  # noqa: BLE001 - as above
            self._refuse(nodes, task_definition, _failed(task_definition.address, error), work)
            return False
        return True

    def _carry_out(self, nodes: Nodes, task_definition: Resource, decided: Plan, work: _Work) -> None:
        work.log.forget_refusal(decided.resource)
        if not decided.changes and not decided.blockers:
            return
        targets = {path: nodes.at(path) for path in dict.fromkeys(change.resource for change in decided.changes)}
        lost = [path for path, node in targets.items() if not isinstance(node, cdk.CfnResource)]
        if lost:
            blockers = tuple(Blocker(path, f"nobody knows which construct wrote {path}") for path in lost)
            decided = Plan(decided.resource, (), (*decided.blockers, *blockers))
        if decided.blockers:
            self._refuse(nodes, task_definition, decided, work)
        if not self._dry_run:
            # The network mode is first in a plan and last here: of a fix that breaks off, the gate denies what is left.
            for change in reversed(decided.changes):
                _apply(targets[change.resource], change)  # type: ignore[arg-type]
        for change in decided.changes:
            self._sign(nodes, targets[change.resource], change, work)  # type: ignore[arg-type]

    def _sign(self, nodes: Nodes, target: cdk.CfnResource, change: Change, work: _Work) -> None:
        """Say what was changed from what, in the Metadata of the resource too, with the version that did it."""
        work.log.changes.setdefault((change.resource, change.path), change)
        text = _describe(change, target)
        if self._dry_run:
            self._inform(nodes, change.resource, f"ecs-guard would change {text}", work)
            return
        changes = [
            {"path": made.path, "from": made.old, "to": made.new}
            for made in work.log.changes.values()
            if made.resource == change.resource
        ]
        target.add_metadata(METADATA_KEY, {"version": VERSION, "changes": changes})
        self._inform(nodes, change.resource, f"ecs-guard has changed {text}", work)

    def _refuse(self, nodes: Nodes, task_definition: Resource, decided: Plan, work: _Work) -> None:
        node = nodes.at(decided.resource)
        code = code_change(node, task_definition, decided.blockers)
        work.log.refusals[decided.resource] = Refusal(decided.resource, decided.blockers, code)
        text = f"ecs-guard has not fixed this:\n{_listed(decided.blockers)}\nIn code: {code}"
        self._inform(nodes, decided.resource, text, work, is_refusal=True)

    def _inform(self, nodes: Nodes, path: str, text: str, work: _Work, is_refusal: bool = False) -> None:
        """Say something: to the guards it serves, which report it, or on the construct where it serves none."""
        if work.policies_at(path):
            work.log.notes[FixNote(path, text, bool(nodes.stage_path), is_refusal)] = None
        elif (path, text) not in work.informed:
            work.informed.add((path, text))
            inform(nodes.at(path) or nodes.root, text)


_NAMED_ELSEWHERE = (
    "ecs-guard has made {path} awsvpc, and {found}: it would run the task without a network. Give it one there and make"
    " the task definition awsvpc in code, or leave the Stage out of the fix."
)
_NOT_AS_PLANNED = (
    "ecs-guard has changed {path}, and what came of it is not what was planned: something lays a raw override over the"
    " same properties. Write the change into the code, or leave the fix out; nothing else says what is deployed."
)


def _rendered(app: IConstruct) -> list[OtherStageResource]:
    """Return the resources of an app's own stacks."""
    stacks = stacks_in(app)
    environments = {stack.node.path: stack.environment for stack in stacks}
    return [
        OtherStageResource(referrer.resource, environments[referrer.stack_path])
        for referrer in References(render(stacks)).all
    ]


def _verify(nodes: Nodes, stacks: Sequence[cdk.Stack], before: References, changes: Sequence[Change]) -> None:
    """Make sure that the changed resources say what was planned, and nothing else.

    Raises:
        RuntimeError: if one does not.
    """
    after = References(render(stacks))
    by_resource: dict[str, list[Change]] = {}
    for change in changes:
        by_resource.setdefault(change.resource, []).append(change)
    for path, mine in by_resource.items():
        node, old, new = nodes.at(path), before.at(path), after.at(path)
        made = [replace(each, new=_resolved(node, each.new)) for each in mine if node is not None]
        if old is None or new is None or apply(old.resource.properties, made) != new.resource.properties:
            raise RuntimeError(_NOT_AS_PLANNED.format(path=path))


def _apply(target: cdk.CfnResource, change: Change) -> None:
    if change.deletes:
        target.add_property_deletion_override(change.path)
    else:
        target.add_property_override(change.path, change.new)


def _failed(path: str, error: Exception) -> Plan:
    _log.debug("fixing %s failed", path, exc_info=error)
    return Plan(path, (), (Blocker(path, f"the fix failed with {type(error).__name__}: {error}"),))


def _describe(change: Change, target: IConstruct) -> str:
    old = "nothing" if change.old is None else canonical(change.old)
    new = "nothing" if change.deletes else canonical(_resolved(target, change.new))
    return f"{change.path} from {old} to {new}."


def _resolved(node: IConstruct, value: object) -> object:
    """Return a value as the stack of a construct resolves it, without asking where there is nothing to resolve."""
    return value if isinstance(value, str) and "${" not in value else cdk.Stack.of(node).resolve(value)


def _listed(blockers: Iterable[Blocker]) -> str:
    return "\n".join(f"- {blocker.text}" for blocker in blockers)
