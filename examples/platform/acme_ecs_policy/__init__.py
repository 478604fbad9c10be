"""The policy of a company for its ECS task definitions."""

from __future__ import annotations

import json
from pathlib import Path

import aws_cdk as cdk

from ecs_guard_aspects import EcsGuard, Policy

FILE = Path(__file__).with_name("ecs-guard.json")
PLATFORM = Policy.from_json(json.loads(FILE.read_text(encoding="utf-8")), origin=FILE.name, allow_checks=True)


def protect(app: cdk.App) -> None:
    """Deny task definitions of an app that the policy forbids; call it in the line before ``app.synth()``.

    It reads no policy of the app and no context: neither ``cdk.json`` nor ``-c`` relaxes it.
    """
    EcsGuard(PLATFORM).protect(app)
