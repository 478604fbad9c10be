"""Answers: from an event and a policy to the response of the function, without side effects.

https://docs.aws.amazon.com/cloudformation-cli/latest/hooks-userguide/lambda-hooks-create-lambda-function.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ...model.debug import type_and_place
from ...model.document import Document
from ...policy.enforcement import Gate
from ...policy.errors import PolicyError
from ...policy.ids import STALE_EXEMPTION
from ...policy.judging.judge import judge
from ...policy.judging.report import Report
from ...policy.policy import Policy
from .events import EventError, Fetch, document_of, is_of_cloudtrail, request_of, token_of
from .findings import (
    CLOUD_CONTROL_MESSAGE_BYTES,
    MESSAGE_BYTES,
    MOST_LISTED,
    annotations_of,
    cut_to_bytes,
    denied_first,
    message,
)

HOOK = "hook"
WATCH = "watch"

NOTHING = "There is no task definition to judge."
"""The message about an event without one."""


@dataclass(frozen=True)
class Answer:
    """The answer to an event: the response, and the values of its log line.

    Attributes:
        gate: ``hook``, or ``watch`` for an event of CloudTrail.
        target: the subject of the event: the address of a resource, the name of a stack or an ARN.
        response: what the function returns.
        report: the report; None if judging failed.
        error: why judging failed.
        cause: the exception that is the reason.
    """

    gate: str
    target: str
    response: dict[str, Any]
    report: Report | None = None
    error: str | None = None
    cause: BaseException | None = None

    @property
    def outcome(self) -> str:
        """``admitted``, ``denied``, ``error``, or ``ignored`` if there was nothing to judge."""
        return _outcome(self.report)


def answer(event: object, policy: Policy, fetch: Fetch) -> dict[str, Any]:
    """Return the response to an event of a hook, or of CloudTrail; it never raises.

    Args:
        event: the event, as Lambda passes it.
        policy: the policy to judge by.
        fetch: reads the payload of a change set from its URL.
    """
    return answer_to(event, lambda: policy, fetch).response


def answer_to(event: object, load: Callable[[], Policy], fetch: Fetch) -> Answer:
    """Return the answer to an event; it never raises.

    Args:
        event: the event.
        load: returns the policy; an exception is answered like other failures.
        fetch: reads a payload.
    """
    if isinstance(event, Mapping) and is_of_cloudtrail(event):
        return _answer_of_watch(event, load)
    return _answer_of_hook(event, load, fetch)


def _answer_of_hook(event: object, load: Callable[[], Policy], fetch: Fetch) -> Answer:
    target, most = "", MESSAGE_BYTES
    try:
        request = request_of(event)
        target = request.address
        most = CLOUD_CONTROL_MESSAGE_BYTES if request.is_of_cloud_control else MESSAGE_BYTES
        report = _judged_at_deployment(document_of(request, fetch), load())
        return Answer(HOOK, target, _response(event, report, most), report)
    except Exception as error:  # noqa: BLE001 - an exception would be retried three times and then be an unexplained failure
        reason = _reason(error)
        failed = {
            "hookStatus": "FAILED",
            "errorCode": "InternalFailure",
            "message": cut_to_bytes(f"ecs-guard could not judge {target or 'the event'}: {reason}.", most),
            "clientRequestToken": token_of(event),
        }
        return Answer(HOOK, target, failed, None, reason, error)


def _response(event: object, report: Report, most: int) -> dict[str, Any]:
    token = {"clientRequestToken": token_of(event)}
    if _is_empty(report):
        return {"hookStatus": "SUCCESS", "message": NOTHING, **token}
    said = {"message": message(report, most), **token, "annotations": annotations_of(report)}
    denied = [finding for finding in report.findings if finding.is_denied]
    if not denied:
        return {"hookStatus": "SUCCESS", **said}
    # A check that raises is an error of the gate, not a violation of the task definition.
    only_crashed = all(finding.crashed for finding in denied)
    return {"hookStatus": "FAILED", "errorCode": "InternalFailure" if only_crashed else "NonCompliant", **said}


def _answer_of_watch(event: Mapping[str, Any], load: Callable[[], Policy]) -> Answer:
    # Imported here: most functions only answer hooks, and start faster without it.
    from .cloudtrail import caller_of, registered_document

    target, caller = "", caller_of(event)
    try:
        document = registered_document(event)
        report = _judged(document, load())
        addresses = [one.address for one in report.resources] or [one.address for one in report.findings]
        target = addresses[0] if addresses else ""
        said = NOTHING if _is_empty(report) else message(report)
        notice = _notice(event, _outcome(report), target, caller, said)
        return Answer(WATCH, target, notice | {"findings": _findings(report)}, report)
    except Exception as error:  # noqa: BLE001 - EventBridge would only send the same event again
        reason = _reason(error)
        said = f"ecs-guard could not judge what was registered: {reason}."
        return Answer(WATCH, target, _notice(event, "error", target, caller, said), None, reason, error)


def _notice(event: Mapping[str, Any], outcome: str, target: str, caller: str, said: str) -> dict[str, Any]:
    """Return the notification of the watch: who has registered which revision, when and where."""
    detail = event["detail"]
    return {
        "outcome": outcome,
        "message": said,
        "task_definition": target,
        "account": detail.get("recipientAccountId"),
        "region": detail.get("awsRegion"),
        "registered_by": caller,
        "time": detail.get("eventTime"),
    }


def _findings(report: Report) -> list[dict[str, Any]]:
    """Return the findings of a report in short form: EventBridge drops events that are too large."""
    return [
        {
            "check": finding.check,
            "severity": finding.severity.value,
            "container": finding.container,
            "outcome": finding.outcome(report.policy.date).value,
            "what": cut_to_bytes(finding.what, MESSAGE_BYTES),
            "remedy": cut_to_bytes(finding.remedy, MESSAGE_BYTES),
        }
        for finding in denied_first(report)[:MOST_LISTED]
    ]


def _outcome(report: Report | None) -> str:
    if report is None:
        return "error"
    if _is_empty(report):
        return "ignored"
    return "denied" if any(finding.is_denied for finding in report.findings) else "admitted"


def _is_empty(report: Report) -> bool:
    # A daemon that no check of the policy covers is not judged, and still has a finding.
    return not report.resources and not report.findings


def _judged_at_deployment(document: Document, policy: Policy) -> Report:
    # The author of a template chooses the name of the stack and the logical id, so a path means nothing here.
    known = [exemption for exemption in policy.exemptions if exemption.holds_at_hook]
    return replace(_judged(document, policy.replace(exemptions=known)), policy=policy)


def _judged(document: Document, policy: Policy) -> Report:
    report = judge([document], policy, Gate.HOOK)
    # The policy covers more than one event, so its unused exemptions are not known here.
    return report.with_findings(finding for finding in report.findings if finding.check != STALE_EXEMPTION)


def _reason(error: Exception) -> str:
    """Return why it failed, as a clause; for an unexpected error only its place, because its text can be a secret."""
    if isinstance(error, EventError):
        return str(error)
    if isinstance(error, PolicyError):
        return f"its policy is invalid: {error}"
    return f"unexpected {type_and_place(error)}"
