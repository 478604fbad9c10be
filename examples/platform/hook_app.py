"""The hook: the platform team deploys it to each account and Region. It warns, until it has failure_mode="FAIL"."""

from __future__ import annotations

import aws_cdk as cdk
from acme_ecs_policy import PLATFORM, protect

from ecs_guard_aspects import EcsGuardHook

app = cdk.App()
stack = cdk.Stack(app, "ecs-guard-hook")
EcsGuardHook(stack, "Gate", policy=PLATFORM.without_custom_checks())
protect(app)
app.synth()
