"""``python -m ecs_guard_aspects.gates.command_line``: the command, if its script is not on the path."""

from .main import main

raise SystemExit(main())
