"""Annotations of constructs, and how those of an earlier synth are withdrawn."""

from __future__ import annotations

import aws_cdk as cdk
import pytest

from ecs_guard_aspects import Enforcement, Finding, Policy
from ecs_guard_aspects.gates.synth.annotations import AnnotationTypes, annotate, inform
from ecs_guard_aspects.policy import evaluate_template

from .support import AWSVPC, TASK_DEFINITION, annotations_of, generic, only


def finding(enforcement: Enforcement) -> Finding:
    template = {"Resources": {"Td": {"Type": TASK_DEFINITION, "Properties": {"NetworkMode": "bridge"}}}}
    return only(evaluate_template(template, Policy(enforcement={AWSVPC: enforcement})))


@pytest.mark.parametrize(
    ("enforcement", "level", "end"),
    [
        (Enforcement.DENY, "error", f"(ecs-guard::{AWSVPC})"),
        (Enforcement.WARN, "warning", f"[ack: ecs-guard::{AWSVPC}]"),
    ],
)
def test_a_finding_is_an_error_or_a_warning_until_it_is_withdrawn(
    app: cdk.App, stack: cdk.Stack, enforcement: Enforcement, level: str, end: str
) -> None:
    types = AnnotationTypes()
    annotate(generic(stack), finding(enforcement), types)
    app.synth()
    ((found, path, text),) = annotations_of(app)
    assert (found, path, text.endswith(end)) == (level, "Stack/Td", True)
    types.withdraw()
    app.synth(force=True)
    assert annotations_of(app) == []


def test_a_note(app: cdk.App, stack: cdk.Stack) -> None:
    inform(generic(stack), "one\ntwo")
    app.synth()
    assert annotations_of(app) == [("info", "Stack/Td", "one\n   two")]
