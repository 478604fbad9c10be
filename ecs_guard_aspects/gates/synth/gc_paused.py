"""Python's garbage collection, which is no good while the gate looks at an app."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def gc_paused() -> Iterator[None]:
    """Hold garbage collection back.

    Reading templates makes so many objects that Python looks through its whole heap, where the app and the CDK are.
    That can take longer than all else the gate does, and frees nothing: templates go without a collection.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
