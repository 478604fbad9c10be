"""The rules for cfn-lint, at the path that users name: ``cfn-lint --append-rules ecs_guard_aspects.cfn_lint``."""

from __future__ import annotations

from .gates.cfn_lint import RULES

globals().update(RULES)  # cfn-lint takes the classes it finds in a module
