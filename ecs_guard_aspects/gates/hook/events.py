"""Events of the hook, and the task definitions in them.

https://docs.aws.amazon.com/cloudformation-cli/latest/hooks-userguide/lambda-hooks-create-lambda-function.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from ...model.document import Document
from ...model.resource import JUDGED_TYPES, Resource

Fetch = Callable[[str], bytes]
"""Returns the content of a URL of Amazon S3; see ``payload.fetch``."""

# Operations whose event names a payload in S3 instead of one resource.
_WITH_PAYLOAD = ("CHANGE_SET", "STACK")


class EventError(ValueError):
    """An event that does not have the documented form, so it cannot be judged."""


class Request(NamedTuple):
    """One request of CloudFormation or Cloud Control.

    Attributes:
        token: the token, which the response must repeat.
        account: the AWS account of the deployment.
        stack: the name of the stack, empty for Cloud Control.
        action: ``CREATE``, ``UPDATE`` or ``DELETE``.
        target: a resource type, ``STACK`` or ``CHANGE_SET``.
        name: the logical id, or the identifier of Cloud Control.
        data: the data of the target.
    """

    token: str
    account: str | None
    stack: str
    action: str
    target: str
    name: str
    data: Mapping[str, Any]

    @property
    def is_of_cloud_control(self) -> bool:
        """Whether it is a request of Cloud Control, which has no stacks."""
        return not self.stack

    @property
    def address(self) -> str:
        """The address of the target in messages and exemptions."""
        return self.stack if self.target in _WITH_PAYLOAD and self.stack else self.address_of(self.name)

    def address_of(self, name: str) -> str:
        """Return the address of a resource of the stack."""
        return f"{self.stack}/{name}" if self.stack else name


def is_of_cloudtrail(event: object) -> bool:
    """Return whether an event comes from CloudTrail, by way of EventBridge: the event of a hook has no detail."""
    return isinstance(event, Mapping) and isinstance(event.get("detail"), Mapping)


def token_of(event: object) -> str:
    """Return the token that the response must repeat, also from an incomplete event; empty if there is none."""
    token = _either(event, "clientRequestToken", "clientRequesttoken") if isinstance(event, Mapping) else None
    return token if isinstance(token, str) else ""


def request_of(event: object) -> Request:
    """Return the request in an event.

    Raises:
        EventError: if the event is not one of a hook.
    """
    if not isinstance(event, Mapping):
        raise EventError(f"the event is not an object but {_kind(event)}")
    data = event.get("requestData")
    if not isinstance(data, Mapping):
        raise EventError("the event has no requestData")
    point = event.get("actionInvocationPoint")
    target = data.get("targetName")
    if not isinstance(point, str) or not isinstance(target, str):
        missing = "requestData.targetName" if isinstance(point, str) else "actionInvocationPoint"
        raise EventError(f"the event has no {missing}")
    account = event.get("awsAccountId")
    name = data.get("targetLogicalId")
    return Request(
        token=token_of(event),
        account=account if isinstance(account, str) else None,
        stack=_stack_name(_either(event, "stackId", "stackID")),
        action=point.partition("_")[0],
        target=target,
        name=name if isinstance(name, str) else "",
        data=data,
    )


def document_of(request: Request, fetch: Fetch) -> Document:
    """Return the task definitions in a request; a document without resources if there is nothing to judge.

    Args:
        request: the request.
        fetch: reads the payload of a change set.

    Raises:
        EventError: if the request, or the payload, cannot be read.
    """
    # A deletion is admitted: denying it would keep a task definition that may be denied.
    if request.action == "DELETE":
        return Document(request.address, ())
    if request.target in _WITH_PAYLOAD:
        return Document(request.address, tuple(_changed_resources(request, fetch)))
    if request.target not in JUDGED_TYPES:
        return Document(request.address, ())
    model = request.data.get("targetModel")
    properties = model.get("resourceProperties") if isinstance(model, Mapping) else None
    if not isinstance(properties, Mapping):
        raise EventError("the event has no requestData.targetModel.resourceProperties")
    return Document(request.address, (_resource(request, request.name, request.target, properties),))


def _changed_resources(request: Request, fetch: Fetch) -> Iterator[Resource]:
    changes = _payload(request, fetch).get("changedResources")
    if not isinstance(changes, list):
        # A STACK operation can have only the text of a template, also in YAML, which the standard library cannot read.
        raise EventError("the payload has no changedResources: let the hook target RESOURCE and CHANGE_SET, not STACK")
    for index, change in enumerate(changes):
        place = f"changedResources[{index}]"
        if not isinstance(change, Mapping) or not isinstance(change.get("resourceType"), str):
            raise EventError(f"{place} of the payload has no resourceType")
        if change["resourceType"] in JUDGED_TYPES and change.get("action") != "DELETE":
            name = str(change.get("logicalResourceId") or "")
            yield _resource(request, name, change["resourceType"], _properties_after(change, place))


def _payload(request: Request, fetch: Fetch) -> Mapping[str, Any]:
    url = request.data.get("payload")
    if not isinstance(url, str):
        raise EventError("the event has no requestData.payload")
    payload = _parsed(fetch(url), "the payload")
    if not isinstance(payload, Mapping):
        raise EventError(f"the payload is not an object but {_kind(payload)}")
    return payload


def _properties_after(change: Mapping[str, Any], place: str) -> Mapping[str, Any]:
    context = change.get("afterContext")
    if isinstance(context, str):
        context = _parsed(context, f"{place}.afterContext")
    properties = context.get("Properties") if isinstance(context, Mapping) else None
    if not isinstance(properties, Mapping):
        raise EventError(f"{place} of the payload has no afterContext with Properties")
    return properties


def _parsed(text: str | bytes, what: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:  # neither message quotes the text
        raise EventError(f"{what} is not JSON: {error}") from None


def _resource(request: Request, name: str, kind: str, properties: Mapping[str, Any]) -> Resource:
    return Resource(
        address=request.address_of(name),
        type=kind,
        properties=properties,
        name=name,
        account=request.account,
    )


def _either(event: Mapping[str, Any], *spellings: str) -> object:
    """Return the value of a key that the documentation spells in more than one way."""
    return next((event[spelling] for spelling in spellings if event.get(spelling) is not None), None)


def _stack_name(arn: object) -> str:
    """Return the name in ``arn:aws:cloudformation:eu-central-1:111122223333:stack/NAME/ID``; empty if there is none."""
    parts = arn.split("/") if isinstance(arn, str) else ()
    return parts[1] if len(parts) > 1 else ""


def _kind(value: object) -> str:
    return "null" if value is None else f"a {type(value).__name__}"
