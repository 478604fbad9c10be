"""The scope of a fix: what the policies in force object to, without what is exempt or acknowledged."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

import pytest

from ecs_guard_aspects.model.inline_exemption import Acknowledgement
from ecs_guard_aspects.policy import Exemption, Policy, Profile
from ecs_guard_aspects.policy.enforcement import Enforcement
from ecs_guard_aspects.remediation.fix_scope import fix_scope_of

from .support import task_definition, web

TODAY = datetime.date(2026, 11, 30)
AWSVPC, ROOT = "awsvpc-network-mode", "host-mode-root-user"


def exempt(check: str, days: int = 100, **more: Any) -> Exemption:
    expires = TODAY + datetime.timedelta(days)
    return Exemption(check=check, reason="r", owner="o", expires=expires, path="Api/*", **more)


def policy(profile: Profile = Profile.DATADOG, **more: Any) -> Policy:
    return Policy(profile, today=TODAY, **more)


HOST = task_definition(web("web"), web("log"), NetworkMode="host")


@pytest.mark.parametrize(
    ("policies", "mode", "user"),
    [
        ([policy()], True, True),
        ([], True, True),
        ([policy(enforcement={AWSVPC: Enforcement.WARN})], True, True),
        ([policy(enforcement={AWSVPC: Enforcement.OFF, ROOT: Enforcement.OFF})], False, False),
        ([policy(enforcement={AWSVPC: Enforcement.AUDIT, ROOT: Enforcement.AUDIT})], False, False),
        ([policy(exemptions=[exempt(AWSVPC)])], False, True),
        ([policy(exemptions=[exempt(AWSVPC, days=0)])], False, True),  # its last day
        ([policy(exemptions=[exempt(AWSVPC, days=-1)])], True, True),
        ([policy(exemptions=[exempt(ROOT)])], True, False),
        ([policy(exemptions=[exempt(AWSVPC)]), policy()], False, True),  # exempt for one gate is exempt for the fix
    ],
)
def test_what_may_be_changed(policies: list[Policy], mode: bool, user: bool) -> None:
    scope = fix_scope_of(HOST, policies)
    assert (scope.mode, scope.user) == (mode, user)


@pytest.mark.parametrize(
    ("reason", "policies", "mode"),
    [
        ("accepted", [policy()], False),
        (" ", [policy()], True),
        ("accepted", [policy(local_exemptions=False)], True),
    ],
)
def test_an_acknowledgement_with_a_reason_counts_where_inline_exemptions_do(
    reason: str, policies: list[Policy], mode: bool
) -> None:
    definition = replace(HOST, acknowledged={AWSVPC: Acknowledgement("Api", reason)})
    assert fix_scope_of(definition, policies).mode is mode


def test_the_user_of_an_exempt_container_stays() -> None:
    scope = fix_scope_of(HOST, [policy(exemptions=[exempt(ROOT, container="web")])])
    assert [scope.covers_container(name) for name in ("web", "log", None, {"Ref": "Name"})] == [False, True, True, True]
