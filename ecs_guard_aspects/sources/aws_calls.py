"""Calls of AWS that read: page after page, told to whoever watches, and with an end that can be asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from botocore.exceptions import BotoCoreError, ClientError

from .aws_errors import is_not_found, reason_of

Client: TypeAlias = Any
"""A client of boto3. Its types come with a package for each service, which nobody who runs this needs."""


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
    """

    def __init__(self, watch: Callable[[], object], is_over: Callable[[], bool]) -> None:
        self._watch = watch
        self._is_over = is_over

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
            yield from page.get(key, ())

    def _tried(
        self, client: Client, method: str, not_there: tuple[str, ...], answers: Iterator[dict[str, Any]]
    ) -> Iterator[dict[str, Any]]:
        while True:
            if self._is_over():
                raise Interrupted("it was interrupted")
            try:
                answer = next(answers, None)
            except (ClientError, BotoCoreError) as error:
                problem = NotThereError if is_not_found(error, *not_there) else CallError
                raise problem(reason_of(error, action_of(client, method))) from error
            if answer is None:
                return
            self._watch()
            yield answer


def action_of(client: Client, method: str) -> str:
    """Return the permission that a call needs, such as ``ecs:ListTasks``."""
    return f"{client.meta.service_model.signing_name}:{client.meta.method_to_api_mapping[method]}"
