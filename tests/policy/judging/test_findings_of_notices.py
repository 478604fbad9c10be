"""Findings of notices, and of exemptions that cover no finding."""

from __future__ import annotations

import pytest

from ecs_guard_aspects.model.document import Document
from ecs_guard_aspects.model.notice import NOT_CHECKED, Notice
from ecs_guard_aspects.policy import (
    Enforcement,
    Exemption,
    Finding,
    Policy,
    evaluate_template,
)
from ecs_guard_aspects.policy import judge as judge_documents

from ..support import task_definition
from .test_findings_of_checks import ACCOUNT, OTHER_ACCOUNT, TODAY, exemption, found


def test_what_is_not_checked_can_be_exempted() -> None:
    policy = Policy(
        exemptions=[exemption(check="not-checked", path="Fn::Transform")],
        enforcement={"not-checked": Enforcement.DENY},
        today=TODAY,
    )
    (finding,) = evaluate_template({"Resources": {"Fn::Transform": {}}}, policy)
    assert finding.enforcement is Enforcement.AUDIT
    assert finding.exemption is policy.exemptions[0]


@pytest.mark.parametrize(("account", "enforcement"), [(ACCOUNT, "audit"), (OTHER_ACCOUNT, "deny"), (None, "deny")])
def test_what_is_not_checked_can_be_exempted_in_one_account(account: str | None, enforcement: str) -> None:
    one = exemption(check="not-checked", path="Web/*", account=ACCOUNT)
    policy = Policy(exemptions=[one], enforcement={"not-checked": Enforcement.DENY}, today=TODAY)
    notice = Notice("What.", "Why.", "Remedy.", kind=NOT_CHECKED, address="Web/Far", account=account)
    (finding, *unused) = judge_documents([Document("a.json", [notice])], policy).findings
    assert (finding.enforcement.value, finding.account) == (enforcement, account)
    assert stale(unused) == (["Web/*"] if account == OTHER_ACCOUNT else [])


def stale(findings: list[Finding]) -> list[str]:
    return [f.address for f in findings if f.check == "stale-exemption"]


@pytest.mark.parametrize(
    "unused",
    [
        exemption(path="Elsewhere"),
        exemption(check="host-mode-root-user"),
        exemption(check="no-privileged-containers"),  # not in the profile
        exemption(check="host-mode-root-user", container="sidecar"),
        exemption(family="web"),  # the task definition names none
        exemption(path=None, family="web"),
        exemption(-100, path="Elsewhere"),
    ],
)
def test_an_exemption_that_matches_nothing_is_stale(unused: Exemption) -> None:
    findings = found(exemption(), unused)
    assert stale(findings) == [unused.path or ""]
    assert unused.where in findings[-1].message
    assert findings[-1].enforcement is Enforcement.WARN
    assert findings[-1].exemption == unused
    assert unused.check in findings[-1].message


@pytest.mark.parametrize("days", [100, 5, -5])
def test_an_exemption_that_matches_is_not_stale_even_if_it_has_expired(days: int) -> None:
    assert stale(found(exemption(days))) == []


def test_an_exemption_behind_a_longer_one_is_not_stale() -> None:
    assert stale(found(exemption(50), exemption(100, path="*"))) == []


@pytest.mark.parametrize(
    ("enforcement", "expected"),
    [(Enforcement.DENY, ["deny"]), (Enforcement.WARN, ["warn"]), (Enforcement.AUDIT, ["audit"]), (Enforcement.OFF, [])],
)
def test_how_stale_exemptions_are_enforced(enforcement: Enforcement, expected: list[str]) -> None:
    findings = found(exemption(), properties=task_definition(), enforcement={"stale-exemption": enforcement})
    assert [f.enforcement.value for f in findings] == expected
