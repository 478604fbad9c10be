"""Annotations of an app: the findings of the guards that are Aspects, in the stacks below the app.

Annotations must exist before the templates are written. So the stacks are rendered once when all Aspects have run. The
verdict still comes from the written templates: a finding that was not annotated is reported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import aws_cdk as cdk
import jsii
from constructs import IConstruct, IValidation

from ...model.debug import show_traceback
from ...policy.enforcement import Enforcement
from ...policy.judging.finding import Finding
from ...sources.assembly.documents import documents_of
from ...sources.cloudformation.starts import requires_special_launch_type
from .annotations import AnnotationTypes, annotate
from .gc_paused import gc_paused
from .review import Review, merged
from .tree.constructs import Nodes, stacks_in, stacks_of, stage_of
from .tree.rendering import render

_IN_THE_REPORT = "@aws-cdk/core:annotationsInValidationReport"
"""The feature flag with which the CDK reports annotations, so that an annotated app fails like one with a reported
finding."""


class Annotator:
    """The annotations of one app.

    Args:
        app: the app.
        reviews: returns the reviews of the app.
    """

    def __init__(self, app: IConstruct, reviews: Callable[[], Iterable[Review]]) -> None:
        self._app = app
        self._reviews = reviews
        self._types = AnnotationTypes()
        self._annotated: dict[object, Finding] = {}
        app.node.add_validation(_BeforeWriting(self))

    def has_annotated(self, finding: Finding) -> bool:
        """Return whether a finding is annotated, so that the CDK CLI shows it and fails."""
        return _key(finding) in self._annotated

    @gc_paused()
    def annotate(self) -> None:
        """Annotate the findings in the stacks below the app, and remove the annotations of an earlier synth."""
        found: dict[object, Finding] = {}
        # With the flag, annotations are not needed: reported findings fail in the same way, and are shown once.
        if not cdk.FeatureFlags.of(self._app).is_enabled(_IN_THE_REPORT):
            found = {_key(finding): finding for finding in self._findings()}
        if found.keys() == self._annotated.keys():
            return
        self._types.withdraw()
        self._types, self._annotated = AnnotationTypes(), {}
        nodes = Nodes(self._app)
        for key, finding in found.items():
            node = nodes.at(finding.address)
            if node is not None:
                annotate(node, finding, self._types)
                self._annotated[key] = finding

    def withdraw(self) -> None:
        """Remove all annotations: then everything is reported."""
        self._types.withdraw()
        self._types, self._annotated = AnnotationTypes(), {}

    def _findings(self) -> Iterator[Finding]:
        if any(review.protects("") for review in self._reviews()):
            return
        reviews = [review for review in self._reviews() if review.visited.nodes]
        nodes = [node for review in reviews for node in review.visited.nodes]
        stacks = [stack for stack in stacks_of(nodes) if not stage_of(stack).node.path]
        documents = documents_of(render(stacks))
        if any(requires_special_launch_type(item) for document in documents for item in document.items):
            # A resource that starts it with another launch type can be in a stack that no guard has visited.
            documents = documents_of(render(stacks_in(self._app)))
        for finding in merged(finding for review in reviews for finding in review.preview(documents)):
            is_shown = finding.enforcement in (Enforcement.DENY, Enforcement.WARN) and not finding.acknowledged
            # A construct that `protect` guards too is reported.
            if finding.address and is_shown and not any(each.protects(finding.address) for each in self._reviews()):
                yield finding


def _key(finding: Finding) -> object:
    return finding.check, finding.address, finding.container, finding.location, finding.enforcement


@jsii.implements(IValidation)
class _BeforeWriting:
    """Called when all Aspects of an app have run and its templates are not yet written."""

    def __init__(self, annotator: Annotator) -> None:
        self._annotator = annotator

    def validate(self) -> list[str]:
        try:
            self._annotator.annotate()
        except Exception as error:  # noqa: BLE001 - what is not annotated is reported
            show_traceback(error, "annotating the app")
            self._annotator.withdraw()
        return []
