"""Annotations of constructs: errors, warnings and notes."""

from __future__ import annotations

import aws_cdk as cdk
from constructs import IConstruct

from ...policy.enforcement import Enforcement
from ...policy.judging.finding import Finding
from ...sources.assembly.metadata import rule_id
from .remark import indented

# Metadata types of the cloud assembly: ArtifactMetadataEntryType in cloud-assembly-schema.
_ERROR = "aws:cdk:error"
_INFO = "aws:cdk:info"


def annotate(node: IConstruct, finding: Finding) -> None:
    """Annotate a construct: an error to deny, a warning to warn; nothing for an audit or an acknowledged finding."""
    if finding.acknowledged:
        return
    rule, text = rule_id(finding.check), indented(finding.describe())
    if finding.enforcement is Enforcement.WARN:
        cdk.Validations.of(node).add_warning(rule, text)
    elif finding.enforcement is Enforcement.DENY:
        # Like Annotations, but without a stack trace: its innermost frame would be in the language runtime, and the CDK
        # CLI shows that as the place of the annotation.
        node.node.add_metadata(_ERROR, f"{text} ({rule})")


def inform(node: IConstruct, text: str) -> None:
    """Annotate a construct with a note."""
    node.node.add_metadata(_INFO, indented(text))
