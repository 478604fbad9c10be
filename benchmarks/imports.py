"""How long the imports take, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from statistics import median

_TIMED = """
{before}
import time
start = time.perf_counter(), time.process_time()
{timed}
print(time.perf_counter() - start[0], time.process_time() - start[1])
"""
IMPORTS = {
    "`from ecs_guard_aspects import EcsGuard`, beyond aws_cdk's own": (
        "import aws_cdk, constructs, jsii",
        "from ecs_guard_aspects import EcsGuard",
    ),
    "`import ecs_guard_aspects.policy`, in all": ("", "import ecs_guard_aspects.policy"),
}


def measure(rounds: int) -> dict[str, tuple[float, float]]:
    """Return wall clock and CPU milliseconds of every import: the medians of interleaved rounds."""
    measured: dict[str, list[tuple[float, float]]] = {name: [] for name in IMPORTS}
    for _ in range(rounds + 1):
        for name, (before, timed) in IMPORTS.items():
            code = _TIMED.format(before=before, timed=timed)
            done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
            wall, cpu = (1000 * float(seconds) for seconds in done.stdout.split())
            measured[name].append((wall, cpu))
    # The first round only fills the file cache.
    return {
        name: (median(w for w, _ in times[1:]), median(c for _, c in times[1:])) for name, times in measured.items()
    }
