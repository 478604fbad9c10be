"""Calls of AWS that read: page after page, told to whoever watches, and with an end that can be asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from .call_errors import CALL_ERRORS, NO_ANSWER, is_not_found, reason_of

Client: TypeAlias = Any
"""A client of boto3. Its types come with a package for each service, which nobody who runs this needs."""


_MOST_UNANSWERED = 2
"""How many calls in a row an endpoint may leave without an answer: each takes minutes, with all its tries."""


class CallError(Exception):
    """A call that did not work. The message says why, and what to change."""


class NotThereError(CallError):
    """AWS says that what was asked for does not exist."""


class Interrupted(CallError):  # noqa: N818 - it is none
    """Nothing more is to be called."""


class Calls:
    """The calls that read one part of an account.

    Args:
        watch: is told of each call.
        is_over: whether nothing more is to be called.
        unanswered: by endpoint how many calls in a row got no answer; accounts that share endpoints share it.
    """

    def __init__(
        self, watch: Callable[[], object], is_over: Callable[[], bool], unanswered: dict[str, int] | None = None
    ) -> None:
        self._watch = watch
        self._is_over = is_over
        self._unanswered = {} if unanswered is None else unanswered

    def one(self, client: Client, method: str, not_there: tuple[str, ...] = (), **arguments: Any) -> dict[str, Any]:
        """Return the answer of one call.

        Args:
            client: the client of its service.
            method: its name in boto3, such as ``describe_tasks``.
            not_there: error codes that say that what was asked for does not exist.
            arguments: its parameters.

        Raises:
            CallError: if it did not work; ``NotThereError`` for one of ``not_there``.
        """
        answers = self._tried(client, method, not_there, iter(lambda: getattr(client, method)(**arguments), None))
        return next(answers)

    def all(
        self, client: Client, method: str, key: str, not_there: tuple[str, ...] = (), **arguments: Any
    ) -> Iterator[Any]:
        """Yield what all pages of a call list under ``key``; see ``one``."""
        pages = iter(client.get_paginator(method).paginate(**arguments))
        for page in self._tried(client, method, not_there, pages):
            if key not in page:  # an empty list is written as one: something else has answered
                raise CallError(f"{action_of(client, method)} failed: the answer has no {key}")
            yield from page[key]

    def _tried(
        self, client: Client, method: str, not_there: tuple[str, ...], answers: Iterator[dict[str, Any]]
    ) -> Iterator[dict[str, Any]]:
        action, endpoint = action_of(client, method), client.meta.endpoint_url
        while True:
            if self._is_over():
                raise Interrupted("it was interrupted")
            if self._unanswered.get(endpoint, 0) >= _MOST_UNANSWERED:
                raise CallError(f"{endpoint} has not answered the last calls, and is not asked any more")
            try:
                answer = next(answers, None)
            except CALL_ERRORS as error:
                in_a_row = self._unanswered.get(endpoint, 0) + 1
                self._unanswered[endpoint] = in_a_row if isinstance(error, NO_ANSWER) else 0
                problem = NotThereError if is_not_found(error, *not_there) else CallError
                raise problem(reason_of(error, action)) from error
            self._unanswered[endpoint] = 0
            if answer is None:
                return
            self._watch()
            yield answer


def action_of(client: Client, method: str) -> str:
    """Return the permission that a call needs, such as ``ecs:ListTasks``."""
    return f"{client.meta.service_model.signing_name}:{client.meta.method_to_api_mapping[method]}"
