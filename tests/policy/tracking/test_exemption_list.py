"""List of exemptions: its entries, their status, their order."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from ecs_guard_aspects.model.document import Document
from ecs_guard_aspects.model.inline_exemption import Acknowledgement, InlineExemption
from ecs_guard_aspects.model.place import Place
from ecs_guard_aspects.model.resource import TASK_DEFINITION, Resource
from ecs_guard_aspects.policy import Exemption, Policy, judge
from ecs_guard_aspects.policy.exemptions import Subject
from ecs_guard_aspects.policy.tracking.exemption_list import ExemptionList, ListedExemption, Mention, list_exemptions

from ..support import task_definition

TODAY = datetime.date(2026, 6, 1)
MODE = "awsvpc-network-mode"
BRIDGE = task_definition(NetworkMode="bridge", Family="web")


def exemption(path: str, expires: str = "2026-09-01", **changes: Any) -> Exemption:
    return Exemption(**{"check": MODE, "path": path, "reason": "r", "owner": "o", "expires": expires, **changes})


def inline(expires: str = "2026-09-01", **changes: Any) -> InlineExemption:
    fields = {"check": MODE, "owner": "o", "expires": expires, "reason": "r", **changes}
    return InlineExemption(fields, Place("a.yaml", 7))


def listed(
    *exemptions: Exemption,
    beside: tuple[InlineExemption, ...] = (),
    elsewhere: tuple[Mention, ...] = (),
    is_all: bool = True,
    acknowledged: Any = None,
    **policy: Any,
) -> ExemptionList:
    resource = Resource("a/Td", TASK_DEFINITION, BRIDGE, name="Td", exemptions=beside, acknowledged=acknowledged or {})
    report = judge([Document("a", [resource])], Policy(exemptions=exemptions, today=TODAY, **policy))
    return list_exemptions(report, elsewhere, is_all=is_all)


def only(found: ExemptionList) -> ListedExemption:
    (entry,) = found.entries
    return entry


def status(found: ExemptionList) -> tuple[str, int]:
    return only(found).status.value, only(found).findings


USED = Mention(Subject(MODE, "arn:x", "web", account="012345678901"))
# fmt: off
STATUSES: list[tuple[ExemptionList, tuple[str, int]]] = [
    (listed(exemption("a/Td")),                                          ("live", 1)),
    (listed(exemption("**")),                                            ("live", 1)),
    (listed(exemption("a/Td", "2026-06-15")),                            ("live", 1)),
    (listed(exemption("a/Td", "2026-06-14")),                            ("ending", 1)),
    (listed(exemption("a/Td", "2026-06-01")),                            ("ending", 1)),
    (listed(exemption("a/Td", "2026-05-31")),                            ("expired", 1)),
    (listed(exemption("b/Td")),                                          ("stale", 0)),
    (listed(exemption("b/Td", "2026-06-02")),                            ("stale", 0)),
    (listed(exemption("b/Td", "2026-05-31")),                            ("expired", 0)),
    (listed(exemption("b/Td"), is_all=False),                            ("not-judged-here", 0)),
    (listed(exemption("b/Td", "2026-06-02"), is_all=False),              ("ending", 0)),
    (listed(exemption("b/Td", "2026-05-31"), is_all=False),              ("expired", 0)),
    (listed(exemption("a/Td"), is_all=False),                            ("live", 1)),
    (listed(exemption("a/Td", account="012345678901")),                  ("not-judged-here", 0)),
    (listed(exemption("arn:*"), elsewhere=(USED,)),                      ("live", 1)),
    (listed(exemption("**"), elsewhere=(USED,)),                         ("live", 2)),
    (listed(exemption("**"), elsewhere=(USED, USED)),                    ("live", 2)),  # the same, said twice
    (listed(exemption("b/*", account="012345678901"), elsewhere=(USED,)), ("not-judged-here", 0)),
    (listed(beside=(inline(),)),                                       ("live", 1)),
    (listed(beside=(inline("2026-06-02"),)),                           ("ending", 1)),
    (listed(beside=(inline("2026-05-02"),)),                           ("expired", 1)),
    (listed(beside=(inline(check="host-mode-root-user"),)),            ("stale", 0)),
    (listed(beside=(inline(check="host-mode-root-user"),), is_all=False), ("stale", 0)),
    (listed(beside=(inline(),), local_exemptions=False),               ("refused", 1)),
    (listed(beside=(inline("9999-12-31"),), max_exemption_days=9),     ("invalid", 0)),
    (listed(beside=(InlineExemption({}, problem="what"),)),               ("invalid", 0)),
    (listed(acknowledged={MODE: Acknowledgement("a", "known")}),         ("live", 1)),
]
# fmt: on


@pytest.mark.parametrize(("found", "expected"), STATUSES, ids=range(len(STATUSES)))
def test_how_an_exemption_stands(found: ExemptionList, expected: tuple[str, int]) -> None:
    assert status(found) == expected


def test_nothing() -> None:
    assert listed().entries == ()
    assert listed(acknowledged={MODE: Acknowledgement("a", " ")}).entries == ()


def test_all_fields_of_an_inline_exemption() -> None:
    entry = only(listed(beside=(inline(ticket="T-1"),)))
    assert (entry.check, entry.path, entry.owner, entry.ticket, entry.reason) == (MODE, "a/Td", "o", "T-1", "r")
    assert (entry.expires, entry.days_left, entry.origin) == (datetime.date(2026, 9, 1), 92, "a.yaml:7")


def test_an_acknowledgement_has_neither_owner_nor_end() -> None:
    entry = only(listed(acknowledged={MODE: Acknowledgement("a", "known")}))
    assert (entry.check, entry.path, entry.reason, entry.origin) == (MODE, "a/Td", "known", "a")
    assert (entry.owner, entry.expires, entry.days_left) == (None, None, None)


def test_where_it_is_for() -> None:
    entry = only(listed(exemption("**", family="w*", account="012345678901", check="non-root-user", container="c")))
    assert entry.where == "**, family w*, account 012345678901, container c"


def test_what_only_a_report_knows() -> None:
    theirs = exemption("x/Td", origin="Python")
    used = Mention(Subject(MODE, "x/Td"), exemption=theirs)
    stale = Mention(Subject("stale-exemption", "y/Td"), exemption=exemption("y/Td"))
    invalid = Mention(Subject("invalid-exemption", "z/Td"), what="What.", origin="z:1")
    known = Mention(Subject(MODE, "w/Td"), acknowledged="known", origin="w")
    entries = listed(elsewhere=(used, stale, invalid, known, used)).entries
    assert [(entry.status.value, entry.path, entry.findings, entry.origin) for entry in entries] == [
        ("invalid", "z/Td", 0, "z:1"),
        ("stale", "y/Td", 0, None),
        ("live", "x/Td", 1, "Python"),
        ("live", "w/Td", 1, "w"),
    ]


def test_of_an_exemption_for_an_account_only_an_audit_can_tell() -> None:
    ours = exemption("arn:aws:ecs:*:012345678901:task-definition/agent:*")
    audited = Mention(Subject("stale-exemption", ours.path or ""), exemption=ours)
    assert status(listed(ours)) == ("not-judged-here", 0)
    assert status(listed(ours, elsewhere=(audited,))) == ("stale", 0)
    report = judge([Document("a", [])], Policy(exemptions=[ours, exemption("b/Td")], today=TODAY))
    assert [finding.address for finding in report.findings] == ["b/Td"]


def test_what_another_gate_calls_stale_is_not_where_it_is_used_here() -> None:
    mention = Mention(Subject("stale-exemption", "a/Td"), exemption=exemption("a/Td"))
    assert status(listed(exemption("a/Td"), elsewhere=(mention,))) == ("live", 1)


def test_what_another_gate_says_is_used_is_not_stale() -> None:
    mention = Mention(Subject(MODE, "elsewhere"), exemption=exemption("b/Td"))
    assert status(listed(exemption("b/Td"), elsewhere=(mention,)))[0] == "live"


def test_the_most_urgent_first() -> None:
    found = listed(
        exemption("a/Td", "2026-09-02"),
        exemption("a/*", "2026-08-02"),
        exemption("gone", "2026-09-01"),
        exemption("a/**", "2026-06-03"),
        exemption("*/Td", "2026-05-03"),
        exemption("**", "2026-05-02"),
        beside=(InlineExemption({}, problem="what"),),
    )
    assert [(entry.status.value, entry.path) for entry in found.entries] == [
        *(("invalid", "a/Td"), ("expired", "**"), ("expired", "*/Td"), ("ending", "a/**"), ("stale", "gone")),
        *(("live", "a/*"), ("live", "a/Td")),
    ]


AT_HOOK: list[tuple[ExemptionList, bool]] = [
    (listed(Exemption(check=MODE, family="web", reason="r", owner="o", expires="2026-09-01")), True),
    (listed(exemption("**", account="012345678901")), True),
    (listed(exemption("a/Td")), False),
    (listed(exemption("a/Td", family="web")), False),
    (listed(beside=(inline(),)), False),
    (listed(acknowledged={MODE: Acknowledgement("a/Td", "known")}), False),
]


@pytest.mark.parametrize(("found", "is_known"), AT_HOOK)
def test_whether_the_gate_at_deployment_knows_it(found: ExemptionList, is_known: bool) -> None:
    assert only(found).at_hook is is_known
