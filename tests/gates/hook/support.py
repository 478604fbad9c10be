"""Events of the hook, one in each file, and what the tests make of them."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from ecs_guard_aspects.gates.hook.events import EventError

EVENTS = Path(__file__).parent / "events"
ACCOUNT = "111122223333"
URL = "https://hooks.s3.eu-central-1.amazonaws.com/payload?X-Amz-Signature=secret"


def text_of(name: str) -> bytes:
    return (EVENTS / f"{name}.json").read_bytes()


def event(name: str, **changes: Any) -> dict[str, Any]:
    """Return an event, with other values at dotted paths; None as a value removes the key."""
    value: dict[str, Any] = json.loads(text_of(name))
    for path, new in changes.items():
        *parents, last = path.split("__")
        node = value
        for parent in parents:
            node = node[parent]
        if new is None:
            node.pop(last, None)
        else:
            node[last] = copy.deepcopy(new)
    return value


def no_payload(url: str) -> bytes:
    raise AssertionError(f"nothing is to be read from {url}")


def payload(name: str = "payload-of-a-change-set") -> Any:
    """Return a function that answers the URL of the events with a file."""

    def fetch(url: str) -> bytes:
        assert url == URL
        return text_of(name)

    return fetch


def failing(message: str) -> Any:
    def fetch(url: str) -> bytes:
        raise EventError(message)

    return fetch
