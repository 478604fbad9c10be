"""EcsGuardFix, the opt-in fix: when all Aspects of a Stage have run, it plans and applies changes."""

from __future__ import annotations

from functools import partial

import jsii
from aws_cdk import IAspect
from constructs import IConstruct

from ....model.debug import show_traceback
from ....policy.policy import Policy
from ....remediation.changes import Change
from ....remediation.network import Network
from ....remediation.plan import FixOptions
from ....remediation.run_as import checked_user
from ..gc_paused import gc_paused
from ..guards import join_aspects_around
from ..tree.constructs import identities_in, identity_of, inner_stages, is_task_definition, is_within, stage_of
from ..tree.plain import are_plainly_awsvpc
from ..tree.rendering import render_stage
from .app_fix import AppFix
from .log import FixLog, Refusal
from .stage_fix import StageFix
from .verification import verify_other_stages


@jsii.implements(IAspect)
class EcsGuardFix:
    """Changes task definitions so that they pass where that is safe, and reports the obstacles where it is not.

    Add it through ``EcsGuard.protect(app, fix=...)``, or by itself:

        Aspects.of(scope).add(EcsGuardFix())

    It changes nothing before all Aspects of a Stage have run. It changes what the guards of the app deny or warn about,
    and not what an exemption or an acknowledgement admits; without a guard, what the strictest profile denies. Of
    several fixes the one with the nearest scope changes a task definition.

    Args:
        awsvpc: set the awsvpc network mode where neither the task definition nor its consumers have an obstacle to it.
        user: a non-root ``uid[:gid]`` or name for host-mode containers that run as root without being privileged,
            where awsvpc cannot be set.
        network: subnets and security groups for consumers (services, rules, schedules, ...) without a network
            configuration. By default they get those of the instances of their cluster.
        dry_run: plan and report, change nothing.
        may_change_addresses: whether a task may lose the address it is reached at, its instance and a fixed port of it,
            where no load balancer or registry of the app leads to the new address.
        run_elsewhere: whether what runs a task from outside of the app (RunTask in a script, a function, another app)
            gives it a network configuration; without it a task that nothing in the app runs is refused.
        may_replace_target_groups: whether target groups that register instances may be replaced by ones that register
            addresses, and services that have a ``Role`` by ones without.
        may_replace_root: whether ``user`` may replace a user that is written, and is root.

    Raises:
        ValueError: if ``user`` is root or not in a form that ECS accepts, or ``network`` is not a ``Network``.
    """

    def __init__(
        self,
        awsvpc: bool = True,
        user: str | None = None,
        network: Network | None = None,
        dry_run: bool = False,
        may_change_addresses: bool = False,
        run_elsewhere: bool = False,
        may_replace_target_groups: bool = False,
        may_replace_root: bool = False,
    ) -> None:
        if network is not None and not isinstance(network, Network):
            raise ValueError(f"network is {network!r}: it must be a Network")
        user = None if user is None else checked_user(user)
        permissions = may_change_addresses, run_elsewhere, may_replace_target_groups, may_replace_root
        self._options = FixOptions(awsvpc, user, network, *permissions)
        self._dry_run = dry_run
        self._apps: dict[str, AppFix] = {}
        self._joined: dict[str, AppFix] = {}
        self._latest_log = FixLog()

    @property
    def changes(self) -> tuple[Change, ...]:
        """The changes in the app it was last used on, with ``dry_run`` the planned ones, in order."""
        return tuple(self._latest_log.changes.values())

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """The task definitions that could not be changed as requested, each with all obstacles."""
        return tuple(self._latest_log.refusals.values())

    def visit(self, node: IConstruct) -> None:
        """Remember one construct, to be fixed when all Aspects have run, if it is a task definition."""
        app = self._joined.get(identity_of(node)) or self._join(node)
        if is_task_definition(node):
            stage = stage_of(node)
            app.visited[node.node.path] = None
            app.done.discard(identity_of(stage))
            self._act_in(stage, app)

    def serve(self, scope: IConstruct, policy: Policy) -> FixLog:
        """Fix what a policy denies or warns about below ``scope``, in the Stages that exist by now.

        Returns:
            The log of the fix, complete once the app is synthesized.
        """
        app = self._app_at(scope.node.root)
        if (scope.node.path, policy) not in app.served:
            app.served.append((scope.node.path, policy))
        for stage in (stage_of(scope), *inner_stages(scope)):
            self._act_in(stage, app)
        return app.log

    def _join(self, scope: IConstruct) -> AppFix:
        """Add the scope at which visits begin."""
        app, path = self._app_at(scope.node.root), scope.node.path
        if not any(is_within(path, known) for known in app.scopes):
            app.scopes.append(path)
        self._joined |= dict.fromkeys(identities_in(scope), app)
        return app

    def _app_at(self, root: IConstruct) -> AppFix:
        identity = identity_of(root)
        if identity not in self._apps:
            self._apps[identity] = AppFix.added_to(root)
        self._latest_log = self._apps[identity].log
        return self._apps[identity]

    def _act_in(self, stage: IConstruct, app: AppFix) -> None:
        root = stage.node.root
        app.once_after_aspects(stage, "fix", partial(self._fix, stage, app))
        app.once_after_aspects(root, "verify", partial(verify_other_stages, root, app))

    @gc_paused()
    def _fix(self, stage: IConstruct, app: AppFix) -> None:
        """Fix one Stage, once for each synth."""
        identity = identity_of(stage)
        # The CDK calls this again for each Stage around this one. Only an app may be synthesized again.
        if identity in app.done and stage.node.scope is not None:
            return
        app.done.add(identity)
        join_aspects_around(stage)
        if are_plainly_awsvpc(stage):
            app.log.forget_refusals_below(stage.node.path)
            return
        try:
            rendered = render_stage(stage)
        except Exception as error:  # noqa: BLE001 - the CDK reports what it cannot render when it writes the stack
            show_traceback(error, f"rendering {stage.node.path}")
            return
        StageFix(rendered, app, self._options, self._dry_run).run()
