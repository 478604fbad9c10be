"""The fix of one Stage: plans for its task definitions, applied as property overrides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import aws_cdk as cdk
from constructs import IConstruct

from ....cloudformation.text import canonical
from ....model.debug import show_traceback, with_hint
from ....model.resource import TASK_DEFINITION, Resource
from ....remediation.changes import Blocker, Change
from ....remediation.deployment import effect_of_deployment
from ....remediation.fix_scope import fix_scope_of
from ....remediation.plan import FixOptions, Plan
from ....remediation.who_runs_it.references import UnclearConsumerError
from ..annotations import inform
from ..tree.plain import are_plain
from ..tree.rendering import RenderedStage, resolved
from .app_fix import AppFix, FixedInStage
from .code_change import code_change
from .log import FixNote, Refusal
from .planner import Planner
from .verification import verify_changes

METADATA_KEY = "ecs-guard:fix"
"""The key in the Metadata of a changed resource that records the changes."""


class StageFix:
    """The fix of one Stage.

    Args:
        rendered: the Stage with its templates, when all its Aspects have run.
        app: the fix of its app.
        options: the options of the fix.
        dry_run: whether to plan and report only.
    """

    def __init__(self, rendered: RenderedStage, app: AppFix, options: FixOptions, dry_run: bool) -> None:
        self._rendered = rendered
        self._nodes = rendered.nodes
        self._stacks = {stack.node.path: stack for stack in rendered.stacks}
        self._app = app
        self._dry_run = dry_run
        self._is_given = options.network is not None
        self._planner = Planner(rendered, options, app)

    def run(self) -> None:
        """Plan for all task definitions that are served, carry out the plans and verify the result.

        Raises:
            RuntimeError: if a change did not have the planned effect.
        """
        references = self._planner.references
        wanted = [each for each in references.resources(TASK_DEFINITION) if self._app.serves(each.address)]
        plans = [(each, self._plan(each)) for each in wanted]
        is_certain = self._dry_run or self._is_certain([change for _, plan in plans for change in plan.changes])
        done = [(each, plan) for each, plan in plans if self._try(each, plan)]
        changes = [change for _, plan in done for change in plan.changes]
        if not is_certain:
            verify_changes(self._rendered, references, changes)
        if not self._dry_run:
            self._remember([each for each, plan in done if plan.changes])

    def _is_certain(self, changes: Sequence[Change]) -> bool:
        """Return whether changes that are not yet made will be written as planned: no raw override can differ."""
        if any(change.adds_resource for change in changes):
            return False
        return are_plain([self._nodes.at(path) for path in dict.fromkeys(change.resource for change in changes)])

    def _remember(self, fixed: Iterable[Resource]) -> None:
        """Remember what was changed inside a Stage: other Stages may name it, which is seen when all are written."""
        stage = self._rendered.stage
        if stage.node.scope is not None:
            for each in fixed:
                environment = self._planner.environment_of(each.address)
                exports = self._planner.references.exports_of(each)
                self._app.fixed_in_stages[each.address] = FixedInStage(stage, each, environment, exports)

    def _plan(self, task_definition: Resource) -> Plan:
        path = task_definition.address
        try:
            return self._planner.plan(task_definition, fix_scope_of(task_definition, self._app.policies_at(path)))
        except UnclearConsumerError as error:
            return Plan(path, (), (Blocker(path, str(error)),))
        except Exception as error:  # noqa: BLE001 - a fix that fails leaves the verdict to the gate
            return _failed(path, error)

    def _try(self, task_definition: Resource, plan: Plan) -> bool:
        try:
            self._carry_out(task_definition, plan)
        except Exception as error:  # noqa: BLE001 - as above
            self._refuse(task_definition, _failed(task_definition.address, error))
            return False
        return True

    def _carry_out(self, task_definition: Resource, plan: Plan) -> None:
        self._app.log.forget_refusal(plan.resource)
        if not plan.changes and not plan.blockers:
            return
        changed = [change for change in plan.changes if not change.adds_resource]
        targets = {path: self._nodes.at(path) for path in dict.fromkeys(change.resource for change in changed)}
        lost = [path for path, node in targets.items() if not isinstance(node, cdk.CfnResource)]
        if lost:
            blockers = tuple(Blocker(path, f"the construct that wrote {path} was not found") for path in lost)
            plan = Plan(plan.resource, (), (*plan.blockers, *blockers))
        if plan.blockers:
            self._refuse(task_definition, plan)
        if not self._dry_run:
            # The network mode is first in a plan and is set last: if the fix stops before, the gate denies the rest.
            for change in plan.changes:
                if change.adds_resource:
                    targets[change.resource] = self._added(change)
            for change in reversed(changed):
                _apply(targets[change.resource], change)  # type: ignore[arg-type]
        for change in plan.changes:
            # In a dry run a new resource is reported where it is needed.
            target = targets.get(change.resource) or self._nodes.at(plan.resource)
            self._record(target, change)  # type: ignore[arg-type]

    def _added(self, change: Change) -> cdk.CfnResource:
        """Return the construct of a new resource, made once for all task definitions that need it."""
        stack_path, _, logical_id = change.resource.rpartition("/")
        stack = self._stacks[stack_path]
        found = stack.node.try_find_child(logical_id)
        if isinstance(found, cdk.CfnResource):
            return found
        body: dict[str, Any] = dict(change.new)  # type: ignore[call-overload]
        made = cdk.CfnResource(stack, logical_id, type=body["Type"], properties=body["Properties"])
        if "Condition" in body:
            made.add_override("Condition", body["Condition"])
        return made

    def _record(self, target: cdk.CfnResource, change: Change) -> None:
        """Report a change, and write it into the Metadata of the resource: the same text with every release."""
        log = self._app.log
        log.changes.setdefault((change.resource, change.path), change)
        text = f"{_describe(change, target)} {effect_of_deployment(change, self._is_given)}".rstrip()
        if self._dry_run:
            self._inform(target.node.path, f"ecs-guard would {'add' if change.adds_resource else 'change'} {text}")
            return
        changes = [
            {"path": made.path, "from": made.old, "to": made.new}
            for made in log.changes.values()
            if made.resource == change.resource
        ]
        if not change.adds_resource:
            target.add_metadata(METADATA_KEY, {"changes": changes})
        self._inform(change.resource, f"ecs-guard has {'added' if change.adds_resource else 'changed'} {text}")

    def _refuse(self, task_definition: Resource, plan: Plan) -> None:
        node = self._nodes.at(plan.resource)
        code = code_change(node, task_definition, plan.blockers)
        self._app.log.refusals[plan.resource] = Refusal(plan.resource, plan.blockers, code)
        text = f"ecs-guard has not fixed this:\n{_listed(plan.blockers)}" + (f"\nIn code: {code}" if code else "")
        self._inform(plan.resource, text, is_refusal=True)

    def _inform(self, path: str, text: str, is_refusal: bool = False) -> None:
        """Report a text through the guards that the fix serves, or annotate the construct if it serves none there."""
        app = self._app
        if app.is_reported_at(path):
            app.log.notes[FixNote(path, text, bool(self._nodes.stage_path), is_refusal)] = None
        elif (path, text) not in app.informed:
            app.informed.add((path, text))
            inform(self._nodes.at(path) or self._nodes.root, text)


def _apply(target: cdk.CfnResource, change: Change) -> None:
    if change.deletes:
        target.add_property_deletion_override(change.path)
    else:
        target.add_property_override(change.path, change.new)


def _failed(path: str, error: Exception) -> Plan:
    show_traceback(error, f"fixing {path}")
    return Plan(path, (), (Blocker(path, f"the fix failed with {with_hint(error)}"),))


def _describe(change: Change, target: IConstruct) -> str:
    if change.adds_resource:
        return f"{change.resource}: {canonical(resolved(target, change.new))}."
    old = "nothing" if change.old is None else canonical(change.old)
    new = "nothing" if change.deletes else canonical(resolved(target, change.new))
    return f"{change.path} from {old} to {new}."


def _listed(blockers: Iterable[Blocker]) -> str:
    return "\n".join(f"- {blocker.text}" for blocker in blockers)
