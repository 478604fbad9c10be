"""Annotations of constructs: errors, warnings and notes."""

from __future__ import annotations

import aws_cdk as cdk
import jsii
from constructs import IConstruct

from ...policy.enforcement import Enforcement
from ...policy.judging.finding import Finding
from ...sources.assembly.metadata import rule_id
from .remark import indented

# Metadata types of the cloud assembly: ArtifactMetadataEntryType in cloud-assembly-schema.
_ERROR = "aws:cdk:error"
_WARNING = "aws:cdk:warning"
_INFO = "aws:cdk:info"
_WITHDRAWN = "ecs-guard:withdrawn"


class AnnotationTypes:
    """The types of the annotations of one synth, which another synth of the same app can remove.

    The CDK never removes annotations. So the type is a token, which each synth resolves when it writes the metadata.
    """

    def __init__(self) -> None:
        self._types = {Enforcement.DENY: _Type(_ERROR), Enforcement.WARN: _Type(_WARNING)}
        self._tokens = {enforcement: cdk.Lazy.uncached_string(kind) for enforcement, kind in self._types.items()}

    def token(self, enforcement: Enforcement) -> str:
        """Return the type of an annotation, as a token."""
        return self._tokens[enforcement]

    def withdraw(self) -> None:
        """Make existing annotations neither errors nor warnings."""
        for kind in self._types.values():
            kind.name = _WITHDRAWN


@jsii.implements(cdk.IStringProducer)
class _Type:
    def __init__(self, name: str) -> None:
        self.name = name

    def produce(self, context: cdk.IResolveContext) -> str:
        return self.name


def annotate(node: IConstruct, finding: Finding, types: AnnotationTypes) -> None:
    """Annotate a construct with a finding: an error if it is denied, else a warning."""
    rule, text = rule_id(finding.check), indented(finding.describe())
    text = f"{text} [ack: {rule}]" if finding.enforcement is Enforcement.WARN else f"{text} ({rule})"
    # Like Annotations, but without a stack trace: its innermost frame would be in the language runtime, and the CDK
    # CLI shows that as the place of the annotation.
    node.node.add_metadata(types.token(finding.enforcement), text)


def inform(node: IConstruct, text: str) -> None:
    """Annotate a construct with a note."""
    node.node.add_metadata(_INFO, indented(text))
