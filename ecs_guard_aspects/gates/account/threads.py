"""Threads: parallel work that Ctrl-C ends without losing its results."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

THREADS = 16
_GRACE_SECONDS = 3.0
_POLL_SECONDS = 0.5

T = TypeVar("T")


def in_threads(jobs: Sequence[Callable[[], T]], stop: threading.Event) -> list[T | None]:
    """Return the results of jobs, in order; None for a job that had not ended when Ctrl-C was pressed.

    Args:
        jobs: functions that do not raise.
        stop: is set by Ctrl-C, so that jobs can end early.
    """
    results: list[T | None] = [None] * len(jobs)
    todo: queue.SimpleQueue[int] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[int, T]] = queue.SimpleQueue()
    for index in range(len(jobs)):
        todo.put(index)

    def work() -> None:
        while not stop.is_set():
            try:
                index = todo.get_nowait()
            except queue.Empty:
                return
            done.put((index, jobs[index]()))

    # Daemon threads: a hanging call must not delay the exit of the command.
    threads = [threading.Thread(target=work, daemon=True) for _ in range(min(THREADS, len(jobs)))]
    try:
        for thread in threads:
            thread.start()
        # Short waits: on Windows Ctrl-C does not end a long wait.
        while any(thread.is_alive() for thread in threads):
            _join(threads, _POLL_SECONDS)
    except KeyboardInterrupt:
        stop.set()
        _join(threads, _GRACE_SECONDS)
    while not done.empty():
        index, result = done.get()
        results[index] = result
    return results


def _join(threads: Sequence[threading.Thread], seconds: float) -> None:
    end = time.monotonic() + seconds
    for thread in threads:
        if thread.ident is not None:
            thread.join(max(0.0, end - time.monotonic()))
