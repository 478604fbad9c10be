"""What the page shows: states, places, rows and exemptions, from a report in JSON."""

from __future__ import annotations

import datetime
import json
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecs_guard_aspects.policy import Enforcement, Exemption, Finding, Policy, Report, Severity, Verdict
from ecs_guard_aspects.reports.html.data import LEVELS, MOST_PLACES, Page, account_or_document, embedded
from ecs_guard_aspects.reports.html.report import html_of
from tools.example_report import example_report

from .test_report import Parsed

TODAY = datetime.date(2027, 1, 1)


@pytest.mark.parametrize("region", ["us-east-1", "us-gov-west-1", "cn-north-1", "eusc-de-east-1", "us-isob-east-1"])
def test_what_was_not_read_is_in_the_row_of_its_region(region: str) -> None:
    place = {"account": "111122223333", "region": region}
    assert account_or_document(place) == account_or_document({"source": f"111122223333/{region}"})


def exemption(days: int) -> Exemption:
    expires = TODAY + datetime.timedelta(days=days)
    return Exemption(check="non-root-user", path="a", reason="r", owner="o", expires=expires)


FINDINGS = st.builds(
    Finding,
    check=st.sampled_from(["non-root-user", "unreadable", "stale-exemption"]),
    severity=st.sampled_from(Severity),
    verdict=st.sampled_from(Verdict),
    enforcement=st.sampled_from([Enforcement.DENY, Enforcement.WARN, Enforcement.AUDIT]),
    what=st.text(max_size=9),
    why=st.just("why"),
    remedy=st.just("remedy"),
    source=st.text(max_size=9),
    container=st.none() | st.text(max_size=9),
    acknowledged=st.sampled_from([None, "", "a reason"]),
    baseline=st.booleans(),
    exemption=st.sampled_from([None, exemption(-1), exemption(0), exemption(40)]),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(FINDINGS, max_size=4))
def test_any_report_is_a_page(findings: list[Finding]) -> None:
    report = Report(Policy(today=TODAY), tuple(findings)).to_json()
    page = Page.of(report)
    denied = [finding for finding in findings if finding.is_denied]
    # An exemption that holds is never denied by the judge; that one is denied all the same is for the judge to say.
    assert [f.json for f in page.findings if f.state == "denied"] == sorted(
        [f.to_json(TODAY) for f in denied], key=lambda f: f["severity"] != "high"
    )
    assert page.counts.total() == len(findings)
    shown: Counter[str] = Counter()
    for row in page.rows:
        for counts in row.counts.values():
            shown += counts
    assert shown == page.counts
    Parsed(html_of(report))


def test_what_is_embedded_comes_back() -> None:
    page = Page.of(example_report())
    text = embedded(page.findings)
    data = json.loads(text)
    back = [dict(zip(data["fields"], (data["values"][n] for n in row), strict=True)) for row in data["rows"]]
    assert [(f["check"], f["address"], f["exemption"], f["in_use_by"], f["line"]) for f in back] == [
        (f.json["check"], f.json["address"], f.json["exemption"], f.json.get("in_use_by"), f.json["line"])
        for f in page.findings
    ]


@pytest.mark.parametrize("count", [5, 200])
def test_many_files_are_shown_by_folder(count: int) -> None:
    report = example_report()
    finding = {name: value for name, value in report["findings"][0].items() if name not in ("account", "region")}
    report["findings"] = [{**finding, "source": f"team-{i % 20}/{i}/stack.yaml"} for i in range(count)]
    report["resources"] = []
    places = [row.place for row in Page.of(report).rows if "/" in row.place]
    assert len(places) <= MOST_PLACES
    assert places[0] == ("team-0/0/stack.yaml" if count == 5 else "team-0/")


def test_exposed_findings_come_first() -> None:
    denied = [finding.json for finding in Page.of(example_report()).findings if finding.state == "denied"]
    order = [(not one["production"], LEVELS.index(one["exposure"]["level"])) for one in denied if one.get("region")]
    assert order == sorted(order)
    assert denied[1]["family"] == "search"


def test_clusters_by_exposure() -> None:
    clusters = [(one.name, dict(one.levels), one.is_production) for one in Page.of(example_report()).clusters]
    assert clusters == [
        ("prod", {"internet": 2, "internal": 2}, True),
        ("prod-eu", {"internet": 1, "internal": 1}, True),
        ("streams", {"unknown": 1, "internal": 1}, False),
        ("default", {"internal": 2}, False),
    ]
