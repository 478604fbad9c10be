"""What is a violation: the policy core.

Standard library only, so that the same policy runs in a CDK app, a Lambda function, a linter or a notebook.
"""

from __future__ import annotations

from ..cloudformation.resource import Resource
from ..cloudformation.values import UndecidedError
from ..sources.template import TemplateError
from .checks import Check, ContainerCheck, Control, Mend, TaskDefinitionCheck, Violation
from .errors import PolicyError
from .evaluation import evaluate, evaluate_template, judge
from .exemptions import Exemption
from .finding import Enforcement, Finding, Severity, Verdict
from .policy import Policy
from .profiles import Profile
from .report import Report
from .task_definition import Container, TaskDefinition

__all__ = [
    "Check",
    "Container",
    "ContainerCheck",
    "Control",
    "Enforcement",
    "Exemption",
    "Finding",
    "Mend",
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
