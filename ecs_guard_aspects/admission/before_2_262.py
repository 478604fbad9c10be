"""aws-cdk-lib 2.257 to 2.261: they pass whatever a validation plugin says, and the first does not tell it the app.

The CDK CLI does not read the report that they write, and Python does not see the exit code that they set.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import aws_cdk as cdk

from ..policy.finding import Finding
from ..policy.policy import Policy
from ..policy.problems import Problem, problem_finding
from .acknowledgements import rule_id
from .gate import Gate, gates_of
from .report import Entry, render

_NO_APP = Problem(
    "This version of aws-cdk-lib does not tell a plugin which app it validates.",
    "The gate fails closed: what it cannot judge it denies.",
    "Attach the guard with protect(app), or use aws-cdk-lib 2.262 or newer.",
)


def is_in_use() -> bool:
    """Return whether it is one of these versions."""
    return not hasattr(cdk.IPolicyValidationContext, "stack_templates")


def gate_behind(templates: Sequence[Path], gates: Iterable[Gate]) -> Gate | None:
    """Return the gate at the app that has written templates, if it is among these."""
    folders = {folder.resolve() for file in templates for folder in file.parents}
    return next((gate for gate in gates if Path(gate.root.outdir).resolve() in folders), None)  # type: ignore[attr-defined]


def validate(gate: Gate | None, templates: Sequence[Path], policy: Policy) -> cdk.PolicyValidationPluginReport:
    """Judge the written templates, and make the synth fail if anything is denied.

    Args:
        gate: the gate at the app, None if nobody knows which app it is.
        templates: what the app has written.
        policy: the policy of the guard.
    """
    if gate is None:
        finding = problem_finding(_NO_APP, "", policy)
        for file in templates[:1]:
            _stop_synth(file.parent, [finding])
        return render([Entry(finding)])
    report = gate.report(templates)
    gates = gates_of(gate.root)
    # The CDK stops at once: the gates that come after must have had their say.
    if gate not in gates or gate is gates[-1]:
        denying = dict.fromkeys(each for each in (*gates, gate) if not each.only_asks)
        findings = [finding for each in denying for finding in each.findings]
        _stop_synth(Path(gate.root.outdir), findings)  # type: ignore[attr-defined]
    return report


def _stop_synth(folder: Path, findings: Iterable[Finding]) -> None:
    """Say what is denied, if anything is, and make the synth fail."""
    denied = [finding for finding in findings if finding.is_denied]
    if denied:
        texts = [f"{rule_id(f.check)} at {f.resource or 'the app'}:\n{f.describe()}" for f in denied]
        print("ecs-guard denies this synth.", *dict.fromkeys(texts), sep="\n\n", file=sys.stderr)
        # The one thing these versions fail for is a plugin that changes the assembly.
        with (folder / "manifest.json").open("a", encoding="utf-8") as manifest:
            manifest.write("\n")
