"""The line of the app's code that made a construct."""

from __future__ import annotations

import os
import sysconfig
from pathlib import Path
from typing import Any

import pytest

from ecs_guard_aspects.model.place import NOWHERE, Place
from ecs_guard_aspects.sources.assembly.stack_frames import made_at

ROOT = Path("/app")
HERE = sysconfig.get_path("purelib")
STDLIB = os.path.dirname(os.__file__)

# fmt: off
FRAMES = [
    # the creation stack, innermost first                                              the place
    ([],                                                                               NOWHERE),
    (["node internals"],                                                               NOWHERE),
    (["...jsii runtime, node internals...",
      "(no user code in 10 frames, use --stack-trace-limit to capture more)"],         NOWHERE),
    # Python
    (["visit (/app/app.py:7)"],                                                        Place("app.py", 7)),
    (["  __init__ (/app/stacks/web.py:8)  "],                                          Place("stacks/web.py", 8)),
    (["<module> (/app/my stacks/my app.py:12)"],                                   Place("my stacks/my app.py", 12)),
    (["<module> (/app/app (copy)/app.py:12)"],                                         Place("app (copy)/app.py", 12)),
    (["b (/elsewhere/app.py:4)"],                                                      Place("/elsewhere/app.py", 4)),
    (["b (/application/app.py:4)"],                                                    Place("/application/app.py", 4)),
    ([f"i ({HERE}/aws_cdk/aws_ecs/__init__.py:9)", "a (/app/app.py:8)"],               Place("app.py", 8)),
    ([f"a ({STDLIB}/json/decoder.py:3)", "a (/app/app.py:4)"],                         Place("app.py", 4)),
    (["a (/app/.venv/lib/python3.12/site-packages/x.py:3)", "a (/app/app.py:4)"],      Place("app.py", 4)),
    (["a (/opt/python/lib/python3.9/json/decoder.py:3)", "a (/app/app.py:4)"],         Place("app.py", 4)),
    (["a (/usr/lib/python3/dist-packages/x.py:3)", "a (/app/app.py:4)"],               Place("app.py", 4)),
    # TypeScript and JavaScript
    (["new Billing (/app/lib/billing.ts:16:18)"],                                      Place("lib/billing.ts", 16, 18)),
    (["Object.<anonymous> (/app/bin/app.ts:3:1)"],                                     Place("bin/app.ts", 3, 1)),
    (["Object.make [as bar] (/app/lib/a.js:1:2)"],                                     Place("lib/a.js", 1, 2)),
    (["/app/bin/app.ts:3:1"],                                                          Place("bin/app.ts", 3, 1)),
    (["file:///app/bin/app.mjs:3:1"],                                                  Place("bin/app.mjs", 3, 1)),
    (["new Stack (/app/node_modules/aws-cdk-lib/core/lib/stack.js:1:9)",
      "new Billing (/app/lib/billing.ts:16:18)"],                                      Place("lib/billing.ts", 16, 18)),
    (["Module._compile (node:internal/modules/cjs/loader:1:1)",
      "node:internal/main/run_main_module.js:28:49"],                                  NOWHERE),
    (["new Web (C:\\app\\lib\\web.ts:16:18)"],                               Place("C:\\app\\lib\\web.ts", 16, 18)),
    (["new Web (C:\\app\\node_modules\\a\\web.js:16:18)"],                             NOWHERE),
    # what is no frame
    (["new Thing", "...aws-cdk-lib...", "b (app.py)", "b (app.py:x)", "(", ")", ""],   NOWHERE),
    ([None, 5, ["a (/app/app.py:4)"], "a (/app/app.py:4)"],                            Place("app.py", 4)),
]
# fmt: on


@pytest.mark.parametrize(("frames", "place"), FRAMES, ids=[str(row[0])[-60:] for row in FRAMES])
def test_the_innermost_frame_of_ones_own_code(frames: list[Any], place: Place) -> None:
    assert made_at(frames, ROOT) == place
