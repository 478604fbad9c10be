"""Garbage collection, paused while the gate reads an app."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def gc_paused() -> Iterator[None]:
    """Pause garbage collection.

    Reading templates makes so many objects that Python searches its whole heap, with the app and the CDK. That can take
    longer than all the rest of the gate, and frees nothing: templates are freed without a collection.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
