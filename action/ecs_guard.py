"""Runs ``ecs-guard`` from this checkout, for ``python -I``: only ``--allow-checks`` imports from the workspace."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from ecs_guard_aspects.gates.command_line.main import main

if __name__ == "__main__":
    raise SystemExit(main())
