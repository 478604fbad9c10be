"""What is a violation: the policy core.

Standard library only, so that the same policy runs in a CDK app, a Lambda function, a linter or a notebook.
"""

from __future__ import annotations

from ..cloudformation.values import UndecidedError
from ..model.resource import Resource
from ..sources.cloudformation.template import TemplateError
from .checks import Check, ContainerCheck, Control, Fixable, TaskDefinitionCheck, Violation
from .enforcement import Enforcement, Severity
from .errors import PolicyError
from .exemptions import Exemption
from .judging.finding import Finding, Verdict
from .judging.judge import evaluate, evaluate_template, judge
from .judging.report import Report
from .policy import Policy
from .profiles import Profile
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
    "Policy",
    "PolicyError",
    "Profile",
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
