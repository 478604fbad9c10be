"""Work in threads that Ctrl-C ends."""

from __future__ import annotations

import os
import signal
import sys
import threading

import pytest

from ecs_guard_aspects.gates.account import threads
from ecs_guard_aspects.gates.account.threads import in_threads


def test_the_results_are_in_the_order_of_the_jobs() -> None:
    assert in_threads([lambda n=n: n for n in range(100)], threading.Event()) == list(range(100))  # type: ignore[misc]


def test_no_jobs() -> None:
    assert in_threads([], threading.Event()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="no process can send itself Ctrl-C there")
def test_ctrl_c_keeps_what_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "THREADS", 1)
    # A shell starts what is in the background without a handler.
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    stop = threading.Event()

    def interrupted() -> str:
        os.kill(os.getpid(), signal.SIGINT)
        stop.wait()
        return "as far as it came"

    try:
        results = in_threads([lambda: "done", interrupted, lambda: "never"], stop)
    finally:
        signal.signal(signal.SIGINT, handler)
    assert results == ["done", "as far as it came", None]
