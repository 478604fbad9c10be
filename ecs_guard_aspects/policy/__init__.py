"""What is a violation: the policy core.

Standard library only, so that the same policy runs in a CDK app, a Lambda function, a linter or a notebook.
"""

from __future__ import annotations

from .checks import Check, ContainerCheck, Control, TaskDefinitionCheck, Violation
from .errors import PolicyError, TemplateError
from .evaluation import evaluate, evaluate_template
from .exemptions import Exemption
from .expressions import UndecidedError
from .finding import Enforcement, Finding, Severity, Verdict
from .policy import Policy
from .profiles import Profile
from .task_definition import Container, TaskDefinition
from .template import Template

__all__ = [
    "Check",
    "Container",
    "ContainerCheck",
    "Control",
    "Enforcement",
    "Exemption",
    "Finding",
    "Policy",
    "PolicyError",
    "Profile",
    "Severity",
    "TaskDefinition",
    "TaskDefinitionCheck",
    "Template",
    "TemplateError",
    "UndecidedError",
    "Verdict",
    "Violation",
    "evaluate",
    "evaluate_template",
]
