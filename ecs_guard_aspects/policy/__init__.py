"""The policy: checks, profiles, exemptions, findings and reports.

Standard library only, so that the same policy runs in a CDK app, a Lambda function, a linter or a notebook.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import imported_at_first_use

if TYPE_CHECKING:
    from ..cloudformation.values import UndecidedError
    from ..model.resource import Resource
    from ..sources.cloudformation.template import TemplateError
    from .checks import Check, ContainerCheck, Control, Fixable, TaskDefinitionCheck, Violation
    from .enforcement import Enforcement, Gate, Severity
    from .errors import PolicyError
    from .exemptions import Exemption
    from .judging.finding import Finding, Verdict
    from .judging.judge import evaluate, evaluate_template, judge
    from .judging.report import Report
    from .policy import Policy
    from .profiles import Profile, ProfileVersion
    from .task_definition import Container, TaskDefinition

__all__ = [
    "Check",
    "Container",
    "ContainerCheck",
    "Control",
    "Enforcement",
    "Exemption",
    "Finding",
    "Fixable",
    "Gate",
    "Policy",
    "PolicyError",
    "Profile",
    "ProfileVersion",
    "Report",
    "Resource",
    "Severity",
    "TaskDefinition",
    "TaskDefinitionCheck",
    "TemplateError",
    "UndecidedError",
    "Verdict",
    "Violation",
    "evaluate",
    "evaluate_template",
    "judge",
]

__getattr__ = imported_at_first_use(
    __name__,
    {
        "UndecidedError": "..cloudformation.values",
        "Resource": "..model.resource",
        "TemplateError": "..sources.cloudformation.template",
        **dict.fromkeys(
            ("Check", "ContainerCheck", "Control", "Fixable", "TaskDefinitionCheck", "Violation"), ".checks"
        ),
        **dict.fromkeys(("Enforcement", "Gate", "Severity"), ".enforcement"),
        "PolicyError": ".errors",
        "Exemption": ".exemptions",
        **dict.fromkeys(("Finding", "Verdict"), ".judging.finding"),
        **dict.fromkeys(("evaluate", "evaluate_template", "judge"), ".judging.judge"),
        "Report": ".judging.report",
        "Policy": ".policy",
        **dict.fromkeys(("Profile", "ProfileVersion"), ".profiles"),
        **dict.fromkeys(("Container", "TaskDefinition"), ".task_definition"),
    },
)
