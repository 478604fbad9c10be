"""Events of the watch: task definitions that were registered, as CloudTrail records the call.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/logging-using-cloudtrail.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...model.document import Document
from ...model.resource import JUDGED_TYPES, TASK_DEFINITION, Resource
from ...sources.api_json import described_properties
from ...sources.api_language import REVISION
from .events import EventError

REGISTERED: Mapping[str, tuple[str, str]] = {
    "RegisterTaskDefinition": (TASK_DEFINITION, "taskDefinition"),
    "RegisterDaemonTaskDefinition": ("AWS::ECS::DaemonTaskDefinition", "daemonTaskDefinition"),
}
"""By call: the resource type that it registers, and its key in the response."""


def registered_document(event: Mapping[str, Any]) -> Document:
    """Return the task definition that a call has registered; a document without resources if there is none to judge.

    Raises:
        EventError: if the event does not contain the task definition.
    """
    detail = event["detail"]
    kind, key = REGISTERED.get(str(detail.get("eventName")), ("", ""))
    # A call that failed has registered nothing.
    if kind not in JUDGED_TYPES or detail.get("errorCode"):
        return Document("CloudTrail", ())
    answer = detail.get("responseElements")
    described = answer.get(key) if isinstance(answer, Mapping) else None
    if not isinstance(described, Mapping):
        described = detail.get("requestParameters")
    # CloudTrail leaves out values larger than 100 KB, and marks that in the parameters.
    if not isinstance(described, Mapping) or "containerDefinitions" not in described:
        raise EventError(f"the event does not contain the {key} that was registered")
    arn = described.get(f"{key}Arn")
    address = arn if isinstance(arn, str) else str(described.get("family") or "")
    account = detail.get("recipientAccountId") or event.get("account")
    resource = Resource(
        address=address,
        type=kind,
        properties=described_properties(described),
        name=address,
        account=account if isinstance(account, str) else None,
        language=REVISION,
    )
    return Document("CloudTrail", (resource,))


def caller_of(event: Mapping[str, Any]) -> str:
    """Return who made the call: an ARN or a service; empty if the event does not have it."""
    identity = event["detail"].get("userIdentity")
    if not isinstance(identity, Mapping):
        return ""
    return str(identity.get("arn") or identity.get("invokedBy") or "")
