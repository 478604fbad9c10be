"""AWS calls that read: with pages, progress, and a way to stop early."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, TypeAlias

from .call_errors import CALL_ERRORS, NO_ANSWER, is_not_found, reason_of

Client: TypeAlias = Any
"""A client of boto3. Its type stubs are one package per service, and are not a dependency."""


_MOST_UNANSWERED = 2
"""The maximum number of calls in a row without an answer from an endpoint. Each takes minutes, with its retries."""


class CallError(Exception):
    """A failed call. The message says why, and what to change."""


class NotThereError(CallError):
    """A call about something that does not exist."""


class Interrupted(CallError):  # noqa: N818 - not an error
    """No more calls are made."""


class Calls:
    """The calls that read one part of an account.

    Args:
        watch: is called after each call.
        is_over: returns whether to stop.
        unanswered: calls in a row without an answer, by endpoint. Accounts that share endpoints share it.
    """

    def __init__(
        self, watch: Callable[[], object], is_over: Callable[[], bool], unanswered: dict[str, int] | None = None
    ) -> None:
        self._watch = watch
        self._is_over = is_over
        self._unanswered = {} if unanswered is None else unanswered

    def one(
        self, client: Client, method: str, not_there: tuple[str, ...] = (), *, key: str = "", **arguments: Any
    ) -> dict[str, Any]:
        """Return the answer of one call.

        Args:
            client: the client of its service.
            method: its name in boto3, such as ``describe_tasks``.
            not_there: error codes for something that does not exist.
            key: what is in each answer of AWS, such as a list, also if it is empty.
            arguments: its parameters.

        Raises:
            CallError: if it fails; ``NotThereError`` for an error code of ``not_there``.
        """
        call = partial(getattr(client, method), **arguments)
        answer: dict[str, Any] = self._tried(client, method, not_there, call)
        if key:
            _require(key, answer, action_of(client, method))
        return answer

    def all(
        self, client: Client, method: str, key: str, not_there: tuple[str, ...] = (), **arguments: Any
    ) -> Iterator[Any]:
        """Yield the items under ``key`` of all pages of a call; see ``one``."""
        pages = iter(client.get_paginator(method).paginate(**arguments))
        while (page := self._tried(client, method, not_there, partial(next, pages, None))) is not None:
            _require(key, page, action_of(client, method))
            yield from page[key]

    def _tried(self, client: Client, method: str, not_there: tuple[str, ...], call: Callable[[], Any]) -> Any:
        """Return what ``call`` returns: an answer, or None after the last page."""
        action, endpoint = action_of(client, method), client.meta.endpoint_url
        if self._is_over():
            raise Interrupted("it was interrupted")
        if self._unanswered.get(endpoint, 0) >= _MOST_UNANSWERED:
            raise CallError(f"{endpoint} did not answer the last calls, so no more calls are sent to it")
        try:
            answer = call()
        except CALL_ERRORS as error:
            in_a_row = self._unanswered.get(endpoint, 0) + 1
            self._unanswered[endpoint] = in_a_row if isinstance(error, NO_ANSWER) else 0
            problem = NotThereError if is_not_found(error, *not_there) else CallError
            raise problem(reason_of(error, action)) from error
        self._unanswered[endpoint] = 0
        if answer is not None:
            self._watch()
        return answer


def _require(key: str, answer: Mapping[str, Any], action: str) -> None:
    """Make sure that an answer has a key: AWS sends empty lists too, so one without it is from something else.

    boto3 takes the page of a proxy for an answer without any key.
    """
    if key not in answer:
        raise CallError(f"{action} failed: the answer has no {key}")


def action_of(client: Client, method: str) -> str:
    """Return the permission that a call needs, such as ``ecs:ListTasks``."""
    return f"{client.meta.service_model.signing_name}:{client.meta.method_to_api_mapping[method]}"
