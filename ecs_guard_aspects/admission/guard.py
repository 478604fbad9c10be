"""The validating gate: an Aspect for one scope, and the whole gate around an app."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

import aws_cdk as cdk
import jsii
from constructs import IConstruct, IValidation

from .._version import VERSION
from ..policy.errors import PolicyError
from ..policy.finding import Finding
from ..policy.policy import Policy
from ..policy.problems import problem_finding
from . import before_2_262
from .acknowledgements import PLUGIN_NAME
from .defaults import default_to_awsvpc
from .gate import Gate, add_gate, crash, gates_of
from .reading import identity_of, is_synthesized, is_task_definition, select_task_definitions, stack_paths, stage_path

if TYPE_CHECKING:
    from .fix import EcsGuardFix

_log = logging.getLogger("ecs_guard_aspects")


@jsii.implements(cdk.IAspect, cdk.IPolicyValidationPlugin)
class EcsGuard:
    """A gate for ECS task definitions.

    As an Aspect it annotates every task definition below a scope, up to Stage borders:

        Aspects.of(scope).add(EcsGuard(policy))

    ``protect`` guards a whole app, Stages and written templates included:

        EcsGuard(policy).protect(app)

    Args:
        policy: what to demand; ``Policy()`` if left out.

    Raises:
        PolicyError: if ``policy`` is no ``Policy``.
    """

    def __init__(self, policy: Policy | None = None) -> None:
        if policy is not None and not isinstance(policy, Policy):
            raise PolicyError(f"policy is {policy!r}: it must be a Policy")
        self.policy = policy or Policy()
        self._gates: dict[str, Gate] = {}
        self._latest: Gate | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings about the app it was last used on, once that is synthesized, successfully or not."""
        return self._latest.findings if self._latest else ()

    @property
    def name(self) -> str:
        """Name of the policy-validation plugin."""
        return PLUGIN_NAME

    @property
    def version(self) -> str:
        """Version of the policy-validation plugin."""
        return VERSION

    @property
    def rule_ids(self) -> list[str]:
        """Ids of the checks that are made."""
        return [check.id for check in self.policy.enforced_checks]

    def protect(self, scope: IConstruct, fix: EcsGuardFix | None = None, defaults: bool = False) -> EcsGuard:
        """Guard everything below ``scope``: the app, or one Stage, stack or construct.

        Task definitions are annotated after all Aspects have run, then judged once more in the written templates,
        those of Stages and nested stacks included. It may be called before or after the constructs are made.

        Args:
            scope: what to guard; the app, unless parts of it have policies of their own.
            fix: what to mend before anything is judged; nothing if left out.
            defaults: make L2 task definitions that name no network mode ``awsvpc`` when they are constructed, so that
                all that follows from the mode follows by itself. Call ``protect`` before they are made.

        Returns:
            The guard itself.

        Raises:
            RuntimeError: if the app has been synthesized already.
        """
        node = scope.node
        root, path = node.root, node.path
        gate = self.gate_at(root)
        if not gate.only_asks and is_synthesized(root):
            raise RuntimeError(_TOO_LATE)
        if gate not in gates_of(root):
            add_gate(gate)
            cdk.Validations.of(root).add_plugins(self)
        bases = {path: scope, **_stages_below(scope, root)}
        if path not in gate.scopes:
            gate.scopes.append(path)
        for base in _new(bases, gate.bases):
            base.node.add_validation(_Annotator(gate, base))
        if defaults:
            default_to_awsvpc(scope)
        if fix is not None:
            for base in _new(bases, gate.fixes.setdefault(fix, set())):
                cdk.Aspects.of(base).add(fix, priority=cdk.AspectPriority.MUTATING)
        return self

    def visit(self, node: IConstruct) -> None:
        """Judge one construct: annotate it if it is a task definition that the policy does not admit."""
        if is_task_definition(node):
            self.gate_at(node.node.root).annotate(node)

    def validate(self, context: cdk.IPolicyValidationContext) -> cdk.PolicyValidationPluginReport:
        """Judge the written templates, and report all findings, such that each is shown once."""
        templates = [Path(path) for path in context.template_paths]
        if before_2_262.is_in_use():
            gate = before_2_262.gate_behind(templates, self._gates.values())
            self._latest = gate or self._latest
            return before_2_262.validate(gate, templates, self.policy)
        return self.gate_at(context.app_construct).report(templates)

    def gate_at(self, root: IConstruct) -> Gate:
        """Return the gate it is at an app, which is then the one that ``findings`` are of."""
        identity = identity_of(root)
        if identity not in self._gates:
            self._gates[identity] = Gate(self.policy, root)
        self._latest = self._gates[identity]
        return self._latest


_TOO_LATE = (
    "The app is synthesized already, so another synth would return what there is and not ask the gate."
    " Call protect before app.synth(), Template.from_stack() and whatever else synthesizes the app."
)


@jsii.implements(IValidation)
class _Annotator:
    """Runs when all Aspects of a Stage have run and its templates are not yet written.

    Another Aspect would cost a call across the language border for every construct.
    """

    def __init__(self, gate: Gate, base: IConstruct) -> None:
        self._gate = gate
        self._base = base

    def validate(self) -> list[str]:
        try:
            self._gate.annotate_below(self._base)
        except Exception as error:  # noqa: BLE001 - an error returned from here fails every synth
            _log.debug("annotating failed", exc_info=True)
            return [problem_finding(crash(error), "", self._gate.policy).describe()]
        return []


def _new(bases: dict[str, IConstruct], known: set[str]) -> list[IConstruct]:
    """Return the constructs whose paths are not known, and remember these."""
    new = {path: base for path, base in bases.items() if path not in known}
    known.update(new)
    return list(new.values())


def _stages_below(scope: IConstruct, root: IConstruct) -> dict[str, IConstruct]:
    """Return by path the Stages below ``scope`` that hold task definitions by now.

    A Stage is synthesized before anything of the app's own runs. What comes later is judged in its written templates.
    """
    stages: dict[str, IConstruct] = {}
    if not _has_stages(root):
        return stages
    # Stacks below the same construct are in the same Stage, and those right below the app in none.
    nodes = select_task_definitions(scope)
    by_parent = {path.rpartition("/")[0]: node for path, node in zip(stack_paths(nodes), nodes, strict=True)}
    by_parent.pop("", None)
    for node in by_parent.values():
        stage = cdk.Stage.of(node)
        if stage is not None:
            stages[stage.node.path] = stage
    stages.pop(stage_path(scope), None)
    return stages


def _has_stages(root: IConstruct) -> bool:
    """Return whether an app may have Stages, without a walk through all its constructs.

    When a Stage is made, the CDK makes a folder for it.
    """
    return not isinstance(root, cdk.Stage) or any(Path(root.outdir).glob("assembly-*"))
