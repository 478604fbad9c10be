"""How a finding is said on a construct."""

from __future__ import annotations

import aws_cdk as cdk
from constructs import IConstruct

from ..policy.finding import Enforcement, Finding
from .acknowledgements import find_acknowledgement, rule_id

# Metadata types of the cloud assembly: ArtifactMetadataEntryType in cloud-assembly-schema.
_ERROR = "aws:cdk:error"
_INFO = "aws:cdk:info"


def annotate(node: IConstruct, finding: Finding) -> str | None:
    """Annotate a construct: an error to deny, an acknowledgeable warning to warn; nothing to audit.

    Returns:
        The text the annotation holds; None if nothing was said: it is only audited, or acknowledged with a reason.
    """
    if finding.enforcement not in (Enforcement.DENY, Enforcement.WARN):
        return None
    text = finding.describe()
    acknowledgement = find_acknowledgement(node.node.root, node.node.path, finding.check)
    if acknowledgement:
        if acknowledgement.counts:
            return None
        text = f"{text}\n{unexplained(acknowledgement.path)}"
    rule = rule_id(finding.check)
    if finding.enforcement is Enforcement.WARN:
        cdk.Validations.of(node).add_warning(rule, indented(text))
        return f"{indented(text)} [ack: {rule}]"
    error = f"{indented(text)} ({rule})"
    _add(node, _ERROR, error)
    return error


def inform(node: IConstruct, text: str) -> None:
    """Annotate a construct with something to know."""
    _add(node, _INFO, indented(text))


def _add(node: IConstruct, kind: str, text: str) -> None:
    """Do what ``Annotations`` does, but without its stack trace.

    It would lead into the language runtime, and the CDK CLI shows its innermost frame as the place of the annotation.
    """
    if not any(entry.type == kind and entry.data == text for entry in node.node.metadata):
        node.node.add_metadata(kind, text)


def unexplained(path: str) -> str:
    """Return what is said of an acknowledgement without a reason."""
    return f"It is acknowledged at {path or 'the app'}, but without a reason; that does not count."


def indented(text: str) -> str:
    """Return a text of several lines set the way the CDK CLI sets what belongs to a finding."""
    return text.replace("\n", "\n   ")
