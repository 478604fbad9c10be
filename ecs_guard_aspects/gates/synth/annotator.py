"""The gate as a plain Aspect: it remembers what it visits, judges it when all Aspects have run, and annotates it."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
import jsii
from constructs import IConstruct, IValidation

from ...model.debug import show_traceback
from ...policy.judging.finding import Finding
from ...policy.judging.findings_of_notices import notice_finding
from ...policy.judging.judge import judge
from ...policy.judging.report import Report
from ...policy.policy import Policy
from ...sources.assembly.documents import document_of
from ...sources.assembly.metadata import rule_id
from .annotations import annotate
from .context import warnings_about_policies
from .gc_paused import gc_paused
from .remark import indented
from .review import gate_failure
from .tree.constructs import identity_of, stacks_of, stage_of
from .tree.rendering import render

_ATTRIBUTE = "_ecs_guard_aspects_annotated"


class Annotator:
    """The task definitions that one guard has visited in one app, and their findings.

    Args:
        policy: the policy to judge by.
        app: the app.

    Attributes:
        policy: the policy to judge by.
        reports: the reports, by the construct path of the Stage.
    """

    def __init__(self, policy: Policy, app: IConstruct) -> None:
        self.reports: dict[str, Report] = {}
        self.policy = policy
        self._visited: dict[str, dict[str, cdk.CfnResource]] = {}
        self._annotated = _annotated_in(app)
        self._has_looked = False

    def remember(self, node: cdk.CfnResource) -> None:
        """Remember a task definition, to be judged when its Stage is validated: references are resolved by then."""
        stage = stage_of(node)
        identity = identity_of(stage)
        if identity not in self._visited:
            self._visited[identity] = {}
            stage.node.add_validation(_AfterAspects(self, identity, stage.node.path))
        self._visited[identity][identity_of(node)] = node

    @gc_paused()
    def annotate(self, identity: str, stage_path: str) -> None:
        """Judge what was visited in a Stage, from one rendering of each stack, and annotate the findings."""
        nodes = list(self._visited[identity].values())
        by_path = {node.node.path: node for node in nodes}
        documents = [document_of(template) for template in render(stacks_of(nodes))]
        report = judge(documents, self.policy)
        self._warn_about_policies(nodes)
        findings = [finding for finding in report.findings if finding.address in by_path]
        resources = tuple(resource for resource in report.resources if resource.address in by_path)
        self.reports[stage_path] = Report(self.policy, tuple(findings), resources, report.not_read, report.sources)
        if report.not_read:
            raise RuntimeError("; ".join(entry.reason for entry in report.not_read))
        for finding in findings:
            self._annotate(by_path[finding.address], finding)

    def _warn_about_policies(self, nodes: Sequence[cdk.CfnResource]) -> None:
        if not self._has_looked and nodes:
            for text in warnings_about_policies(nodes[0].node.root, [self.policy]):
                cdk.Validations.of(cdk.Stack.of(nodes[0])).add_warning(rule_id("policy"), indented(text))
            self._has_looked = True

    def _annotate(self, node: IConstruct, finding: Finding) -> None:
        """Annotate once: an app may be synthesized again, and several guards may find the same."""
        annotation = (identity_of(node), finding)
        if annotation not in self._annotated:
            self._annotated.add(annotation)
            annotate(node, finding)


def _annotated_in(app: IConstruct) -> set[tuple[str, Finding]]:
    """Return the annotations of all guards in an app."""
    annotated: set[tuple[str, Finding]] | None = getattr(app, _ATTRIBUTE, None)
    if annotated is None:
        annotated = set()
        setattr(app, _ATTRIBUTE, annotated)
    return annotated


@jsii.implements(IValidation)
class _AfterAspects:
    """Runs when all Aspects of a Stage have run and its templates are not yet written."""

    def __init__(self, annotator: Annotator, identity: str, stage_path: str) -> None:
        self._annotator = annotator
        self._identity = identity
        self._stage_path = stage_path

    def validate(self) -> list[str]:
        try:
            self._annotator.annotate(self._identity, self._stage_path)
        except Exception as error:  # noqa: BLE001 - an error returned from here fails every synth
            show_traceback(error, f"judging {self._stage_path}")
            return [notice_finding(gate_failure(error), Policy()).describe()]
        return []
