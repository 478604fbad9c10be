"""Findings of checks: what an exemption of the policy makes of them."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from ecs_guard_aspects.policy import (
    Enforcement,
    Exemption,
    Finding,
    Policy,
    evaluate_template,
)

from ..support import TASK_DEFINITION, container, host, judge, parameter, ref, task_definition

TODAY = datetime.date(2026, 6, 1)
MODE = "awsvpc-network-mode"
BRIDGE = task_definition(NetworkMode="bridge")
ACCOUNT, OTHER_ACCOUNT = "012345678901", "123456789012"


def exemption(days: int = 100, **changes: Any) -> Exemption:
    expires = TODAY + datetime.timedelta(days)
    fields = {"check": MODE, "path": "Task", "reason": "moves in Q3", "owner": "team-a", "expires": expires, **changes}
    return Exemption(**fields)


def found(*exemptions: Exemption, properties: Any = BRIDGE, **policy: Any) -> list[Finding]:
    return judge(properties, Policy(exemptions=exemptions, today=TODAY, **policy))


def test_another_check_is_not_covered() -> None:
    properties = host(container(User="0"))
    findings = found(exemption(check="host-mode-root-user"), properties=properties)
    assert {f.check: f.enforcement.value for f in findings} == {MODE: "deny", "host-mode-root-user": "audit"}


def test_only_the_named_container_is_covered() -> None:
    properties = host(container("a", User="0"), container("b", User="0"), NetworkMode="host")
    findings = found(exemption(check="host-mode-root-user", container="a"), properties=properties)
    assert {f.container: f.enforcement.value for f in findings} == {None: "deny", "a": "audit", "b": "deny"}


def test_an_exemption_of_one_of_two_containers_at_one_place_covers_only_that() -> None:
    either = {"Fn::If": ["C", container("a", User="0"), container("b", User="0")]}
    template = {
        "Parameters": {"P": parameter("x", "y")},
        "Conditions": {"C": {"Fn::Equals": [ref("P"), "x"]}},
        "Resources": {"Task": {"Type": TASK_DEFINITION, "Properties": host(either)}},
    }
    policy = Policy(exemptions=[exemption(check="host-mode-root-user", container="a")], today=TODAY)
    enforcement = {f.container: f.enforcement.value for f in evaluate_template(template, policy)}
    assert enforcement == {None: "deny", "a": "audit", "b": "deny"}


# fmt: off
DAYS = [
    (400, "audit", "Exempt until 2027-07-06, 400 days left (team-a: moves in Q3)."),
    (15,  "audit", "Exempt until 2026-06-16, 15 days left (team-a: moves in Q3)."),
    (14,  "audit", "Exempt until 2026-06-15, 14 days left (team-a: moves in Q3)."),
    (13,  "warn",  "Exempt, but the exemption ends in 13 days, on 2026-06-14 (team-a: moves in Q3)."),
    (1,   "warn",  "Exempt, but the exemption ends in 1 day, on 2026-06-02 (team-a: moves in Q3)."),
    (0,   "warn",  "Exempt, but the exemption ends today, on 2026-06-01 (team-a: moves in Q3)."),
    (-1,  "deny",  "The exemption of team-a ended on 2026-05-31: renew it or fix the task definition."),
    (-99, "deny",  "The exemption of team-a ended on 2026-02-22: renew it or fix the task definition."),
]
# fmt: on


@pytest.mark.parametrize(("days", "enforcement", "note"), DAYS)
def test_how_long_an_exemption_holds(days: int, enforcement: str, note: str) -> None:
    (finding,) = found(exemption(days))
    assert (finding.enforcement.value, finding.notes) == (enforcement, (note,))
    assert finding.exemption == exemption(days)


@pytest.mark.parametrize("enforcement", [Enforcement.WARN, Enforcement.AUDIT])
def test_an_exemption_never_makes_a_finding_stricter(enforcement: Enforcement) -> None:
    for days in (100, 1, -1):
        (finding,) = found(exemption(days), enforcement={MODE: enforcement})
        assert finding.enforcement.strictness <= enforcement.strictness


def test_what_cannot_be_decided_can_be_exempted() -> None:
    (finding,) = found(exemption(), properties=task_definition(NetworkMode=ref("Unknown")))
    assert finding.enforcement is Enforcement.AUDIT


def test_of_several_exemptions_the_longest_holds() -> None:
    for order in ((exemption(-5), exemption(50)), (exemption(50), exemption(-5))):
        findings = [f for f in found(*order) if f.check == MODE]
        assert [(f.enforcement.value, f.exemption) for f in findings] == [("audit", exemption(50))]
