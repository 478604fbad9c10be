"""The one place where a verdict is made: from the documents of a source to a report."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.model.document import Document
from ecs_guard_aspects.model.inline_exemption import Acknowledgement
from ecs_guard_aspects.model.notice import NOT_CHECKED, UNREADABLE, Notice
from ecs_guard_aspects.model.place import Place
from ecs_guard_aspects.model.resource import TASK_DEFINITION, Resource
from ecs_guard_aspects.policy import Enforcement, Exemption, Policy, Profile, Report, evaluate_template, judge
from ecs_guard_aspects.policy.judging.report import Judged, NotRead
from ecs_guard_aspects.sources.cloudformation.template import template_document

from ..support import GOOD, HasFamily, Raises, container, host, ref, task_definition, template

MODE = "awsvpc-network-mode"
BRIDGE = task_definition(NetworkMode="bridge", Family="web")


def resource(address: str = "Stack/Td", properties: Any = BRIDGE, **fields: Any) -> Resource:
    return Resource(address, TASK_DEFINITION, properties, **{"name": "Td", **fields})


def notice(kind: str, **fields: Any) -> Notice:
    return Notice("What.", "Why.", "Remedy.", kind=kind, **{"address": "Stack/X", "name": "X", **fields})


def report_of(*items: Resource | Notice, policy: Policy | None = None) -> Report:
    return judge([Document("a.json", items)], policy)


def outline(report: Report) -> list[tuple[str, str, str]]:
    """Return check, address and enforcement of each finding."""
    return [(finding.check, finding.address, finding.enforcement.value) for finding in report.findings]


def test_nothing_is_admitted_and_says_that_nothing_was_judged() -> None:
    report = judge([])
    assert report == Report(Policy())
    assert report.is_admitted


def test_what_was_judged_is_listed_also_where_nothing_was_found() -> None:
    documents = [
        Document("a.json", [resource(properties=GOOD), notice(NOT_CHECKED)], "12ab"),
        Document("b.json", [resource("Other/Td")]),
        Document("c.json", []),
    ]
    report = judge(documents)
    assert report.resources == (Judged("a.json", "Stack/Td", None), Judged("b.json", "Other/Td", "web"))
    assert report.sources == (("a.json", "12ab"), ("b.json", None), ("c.json", None))
    assert [(finding.source, finding.check) for finding in report.findings] == [
        ("a.json", NOT_CHECKED),
        ("b.json", MODE),
    ]


def test_documents_may_come_one_by_one() -> None:
    report = judge(Document(name, iter([resource(name)])) for name in ("a", "b"))
    assert outline(report) == [(MODE, "a", "deny"), (MODE, "b", "deny")]


def test_a_finding_holds_what_the_source_knows() -> None:
    def place_of(location: str) -> Place:
        return Place("app.py", {"Properties/NetworkMode": 7}.get(location, 1), 3)

    (finding,) = report_of(resource(place_of=place_of)).findings
    assert (finding.source, finding.resource, finding.address, finding.family) == ("a.json", "Td", "Stack/Td", "web")
    assert (finding.location, finding.file, finding.line, finding.column) == ("Properties/NetworkMode", "app.py", 7, 3)
    assert (finding.container, finding.notes, finding.acknowledged, finding.baseline) == (None, (), None, False)


def test_a_finding_about_a_notice_holds_what_the_source_knows() -> None:
    (finding,) = report_of(notice(UNREADABLE, place=Place("app.py", 7, 3))).findings
    assert (finding.source, finding.resource, finding.address, finding.family) == ("a.json", "X", "Stack/X", None)
    assert (finding.location, finding.file, finding.line, finding.column) == ("", "app.py", 7, 3)
    assert (finding.what, finding.why, finding.remedy) == ("What.", "Why.", "Remedy.")


# fmt: off
NOTICES = [
    # kind         decidable later   policy                                                    enforcement, if any
    (UNREADABLE,   False,            {},                                                       "deny"),
    (UNREADABLE,   False,            {"unresolved": Enforcement.OFF},                          "deny"),
    (UNREADABLE,   True,             {},                                                       "deny"),
    (UNREADABLE,   True,             {"unresolved": Enforcement.WARN},                         "warn"),
    (UNREADABLE,   True,             {"unresolved": Enforcement.OFF},                          None),
    (NOT_CHECKED,  False,            {},                                                       "warn"),
    (NOT_CHECKED,  False,            {"unresolved": Enforcement.AUDIT},                        "warn"),
    (NOT_CHECKED,  False,            {"enforcement": {NOT_CHECKED: Enforcement.DENY}},         "deny"),
    (NOT_CHECKED,  False,            {"enforcement": {NOT_CHECKED: Enforcement.OFF}},          None),
]
# fmt: on


@pytest.mark.parametrize(("kind", "later", "policy", "enforcement"), NOTICES)
def test_how_notices_are_enforced(kind: str, later: bool, policy: Any, enforcement: str | None) -> None:
    report = report_of(notice(kind, decidable_later=later), policy=Policy(**policy))
    assert outline(report) == ([(kind, "Stack/X", enforcement)] if enforcement else [])
    assert report.is_admitted is (enforcement != "deny")


def test_only_what_is_not_checked_can_be_exempted() -> None:
    exemption = Exemption(
        check=NOT_CHECKED, path="Stack/X", reason="judged there", owner="team-a", expires="2999-01-01"
    )
    policy = Policy(exemptions=[exemption])
    (finding,) = report_of(notice(NOT_CHECKED), policy=policy).findings
    assert (finding.enforcement, finding.exemption) == (Enforcement.AUDIT, exemption)
    assert finding.notes[0].startswith("Exempt until 2999-01-01")
    assert outline(report_of(notice(UNREADABLE), policy=policy))[0] == (UNREADABLE, "Stack/X", "deny")


def test_what_could_not_be_read_at_all_is_listed() -> None:
    report = report_of(
        notice(UNREADABLE, name="", address="Stack"), notice(UNREADABLE), notice(NOT_CHECKED, name=""), resource()
    )
    assert report.not_read == (NotRead("a.json", "What."),)
    assert not report.is_admitted


# --- acknowledgements ----------------------------------------------------------------------------------------------

WITHOUT = "It is acknowledged at Stack, but without a reason; that does not count."


@pytest.mark.parametrize(
    ("acknowledged", "denied", "reason", "notes"),
    [
        ({}, True, None, ()),
        ({MODE: Acknowledgement("Stack", "known")}, False, "known", ()),
        ({"host-mode-root-user": Acknowledgement("Stack", "another check's")}, True, None, ()),
        ({MODE: Acknowledgement("Stack", "")}, True, "", (WITHOUT,)),
        ({MODE: Acknowledgement("Stack", " \t\n")}, True, "", (WITHOUT,)),
        ({MODE: Acknowledgement("Stack", "\u200b\u2060")}, True, "", (WITHOUT,)),
        ({MODE: Acknowledgement("", "")}, True, "", (WITHOUT.replace("Stack", "the app"),)),
    ],
)
def test_what_is_exempt_or_acknowledged(
    acknowledged: dict[str, Acknowledgement], denied: bool, reason: str | None, notes: tuple[str, ...]
) -> None:
    report = report_of(resource(acknowledged=acknowledged))
    (finding,) = report.findings
    assert (finding.is_denied, finding.acknowledged or "", finding.notes) == (denied, reason or "", notes)
    assert finding.enforcement is Enforcement.DENY
    assert report.is_admitted is not denied


def test_a_policy_may_take_no_exemption_from_an_app() -> None:
    accepted = {kind: Acknowledgement("Stack", "known") for kind in (MODE, NOT_CHECKED)}
    policy = Policy(local_exemptions=False, enforcement={NOT_CHECKED: Enforcement.DENY})
    items = (resource(acknowledged=accepted), notice(NOT_CHECKED, acknowledged=accepted))
    report = report_of(*items, policy=policy)
    assert not report.is_admitted
    for finding in report.findings:
        assert (finding.is_denied, finding.acknowledged) == (True, "")
        assert finding.notes == ("It is acknowledged at Stack (known), but the policy accepts no acknowledgements.",)
    assert report_of(*items, policy=policy.replace(local_exemptions=True)).is_admitted


def test_exemptions_of_the_policy_hold_where_it_takes_none_from_an_app() -> None:
    exemption = Exemption(check=MODE, path="**", reason="moves in Q3", owner="team-a", expires="2999-01-31")
    (finding,) = report_of(resource(), policy=Policy(exemptions=[exemption], local_exemptions=False)).findings
    assert (finding.enforcement, finding.exemption) == (Enforcement.AUDIT, exemption)


def test_what_cannot_be_read_cannot_be_accepted() -> None:
    accepted = {kind: Acknowledgement("Stack", "known") for kind in (UNREADABLE, NOT_CHECKED)}
    policy = Policy(enforcement={NOT_CHECKED: Enforcement.DENY})
    report = report_of(*(notice(kind, acknowledged=accepted) for kind in accepted), policy=policy)
    assert [(f.check, f.is_denied) for f in report.findings] == [(UNREADABLE, True), (NOT_CHECKED, False)]


def test_an_exemption_is_said_before_an_acknowledgement_without_reason() -> None:
    expired = Exemption(check=MODE, path="**", reason="moves in Q3", owner="team-a", expires="2020-01-31")
    blank = {MODE: Acknowledgement("Stack", "")}
    (finding,) = report_of(resource(acknowledged=blank), policy=Policy(exemptions=[expired])).findings
    assert finding.notes == (
        "The exemption of team-a ended on 2020-01-31: renew it or fix the task definition.",
        WITHOUT,
    )


# --- exemptions over all documents ---------------------------------------------------------------------------------


def test_an_exemption_is_stale_if_it_covers_nothing_in_any_document() -> None:
    exemptions = [
        Exemption(check=MODE, path=path, reason="r", owner="o", expires="2999-01-01")
        for path in ("One/*", "Two/*", "Three/*")
    ]
    documents = [Document(name, [resource(f"{name}/Td")]) for name in ("One", "Two")]
    report = judge(documents, Policy(exemptions=exemptions))
    assert outline(report) == [
        (MODE, "One/Td", "audit"),
        (MODE, "Two/Td", "audit"),
        ("stale-exemption", "Three/*", "warn"),
    ]
    assert report.findings[-1].source == ""


# --- crashes -------------------------------------------------------------------------------------------------------


def test_a_check_that_raises_denies_and_hides_nothing() -> None:
    policy = Policy(checks=[Raises(), HasFamily()])
    report = report_of(resource("A", host(container())), resource("B", GOOD), policy=policy)
    assert outline(report) == [
        (MODE, "A", "deny"),
        ("raises", "A", "deny"),
        ("has-family", "A", "deny"),
        ("raises", "B", "deny"),
        ("has-family", "B", "deny"),
    ]


# --- one template --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        template(GOOD),
        template(BRIDGE),
        template(host(container(User="root")), Transform="Mine"),
        template(task_definition(NetworkMode=ref("Free")), Parameters={"Free": {"Type": "String"}}),
        {"Resources": {"Odd": [], "Far": {"Type": "AWS::CloudFormation::Stack"}}},
    ],
    ids=range(5),
)
def test_evaluate_template_is_one_line_over_it(written: dict[str, Any]) -> None:
    policy = Policy(Profile.STRICT)
    assert evaluate_template(written, policy) == list(judge([template_document(written)], policy).findings)


def test_in_a_template_the_logical_id_is_the_address() -> None:
    (finding,) = evaluate_template(template(BRIDGE))
    assert (finding.resource, finding.address, finding.source, finding.family) == ("Task", "Task", "", "web")
    assert (finding.file, finding.line, finding.column) == (None, None, None)
