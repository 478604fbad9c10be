"""Data of the HTML page, from a report in JSON."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ...model.notice import UNREADABLE
from ...model.usage import LEVELS_OF_EXPOSURE
from ...policy.exemptions import LAST_DAYS, REPORTED_FIELDS
from ...policy.ids import NOTICES, STALE_EXEMPTION
from ...policy.judging.finding import Outcome
from ..wording import printable

Json = Mapping[str, Any]

STATES = tuple(outcome.value for outcome in Outcome)
"""The states of findings: their outcomes in JSON, in the order of the page."""

LEVELS = tuple(level.value for level in LEVELS_OF_EXPOSURE)
"""The levels of exposure, the most urgent first."""

SEPARATOR = " \u00b7 "
"""Between account and Region."""

MOST_PLACES = 30
"""The maximum number of rows of the overview. With more, it has folders instead of files."""

_ACCOUNT_AND_REGION = re.compile(r"(?:^|[^\d])(?P<account>\d{12})/(?P<region>[a-z]{2,}(?:-[a-z]+)+-\d+)")
_ARN = re.compile(r"\barn:[\w-]+:ecs:(?P<region>[a-z0-9-]+):(?P<account>\d{12}):")

# The fields of a finding in the data for the browser, in addition to its state and place.
_FIELDS = (
    "check", "severity", "verdict", "source", "resource", "address", "family", "container", "location", "file", "line",
    "column", "what", "why", "remedy", "notes", "exemption", "acknowledged", "account", "region", "status", "in_use_by",
    "exposure", "running_tasks", "clusters", "production", "first_seen",
)  # fmt: skip


_COMPACT = json.JSONEncoder(separators=(",", ":"))


class Conclusion(NamedTuple):
    """The verdict: a word for the style sheet, and the title."""

    kind: str
    title: str


class ShownFinding(NamedTuple):
    """A finding in JSON, its state, and its row in the overview."""

    json: Json
    state: str
    place: str

    @property
    def check(self) -> str:
        """The id of its check."""
        return str(self.json["check"])


class Row(NamedTuple):
    """A row of the overview: a place, the number of task definitions, whether all was read, counts by check and
    state."""

    place: str
    task_definitions: int | None
    is_partial: bool
    counts: Mapping[str, Counter[str]]


class ClusterRow(NamedTuple):
    """A cluster: its place and name, how many task definitions are exposed how, and whether it has production."""

    place: str
    name: str
    levels: Counter[str]
    is_production: bool


class Accepted(NamedTuple):
    """An exemption or an acknowledgement, with its findings."""

    terms: Json
    check: str
    covers: tuple[ShownFinding, ...]

    @property
    def days_left(self) -> int | None:
        """How many days it still holds; negative once it has ended."""
        days = self.terms.get("days_left")
        return days if isinstance(days, int) else None

    @property
    def ends_soon(self) -> bool:
        """Whether it is in its last days."""
        return self.days_left is not None and 0 <= self.days_left < LAST_DAYS


@dataclass(frozen=True)
class Page:
    """The content of the page.

    Attributes:
        report: the report in JSON.
        conclusion: the verdict.
        findings: the findings, the worst first.
        checks: the checks with findings, the columns of the overview.
        rows: the rows of the overview.
        clusters: the clusters, those that are exposed to the internet first.
        exemptions: the exemptions, the first to end first.
        acknowledged: the acknowledgements, by reason.
    """

    report: Json
    conclusion: Conclusion
    findings: tuple[ShownFinding, ...]
    checks: tuple[str, ...]
    rows: tuple[Row, ...]
    clusters: tuple[ClusterRow, ...]
    exemptions: tuple[Accepted, ...]
    acknowledged: tuple[Accepted, ...]

    @classmethod
    def of(cls, report: Json) -> Page:
        """Return the page of a report."""
        places = _shortened({account_or_document(item) for item in (*report["findings"], *report["not_read"])})
        findings = _findings(report, places)
        ids = dict.fromkeys(finding.check for finding in findings)
        return cls(
            report,
            _conclusion(report, findings),
            findings,
            tuple(sorted(ids, key=lambda check: (check in NOTICES, check))),
            _rows(report, findings, places),
            _clusters(report["resources"]),
            _exemptions(findings),
            _acknowledged(findings),
        )

    @property
    def counts(self) -> Counter[str]:
        """The number of findings of each state."""
        return Counter(finding.state for finding in self.findings)

    @property
    def is_of_accounts(self) -> bool:
        """Whether it is about AWS accounts, not files."""
        return any(item.get("region") for item in (*self.report["resources"], *self.report["findings"]))


def embedded(findings: Iterable[ShownFinding]) -> str:
    """Return findings as JSON that is safe in a script element.

    Many findings share their texts, so each value is written once, and a finding is a list of indexes of values.
    """
    numbers: dict[str, int] = {}
    rows = [[numbers.setdefault(_dumped(value), len(numbers)) for value in _values(finding)] for finding in findings]
    fields = _dumped(["state", "place", *_FIELDS])
    text = f'{{"fields":{fields},"values":[{",".join(numbers)}],"rows":{_dumped(rows)}}}'
    # It must not end the element, or begin a comment or an entity.
    return text.replace("<", r"\u003c").replace(">", r"\u003e").replace("&", r"\u0026")


def account_or_document(item: Json) -> str:
    """Return where something is: account and Region, or else its document."""
    known = [str(item[name]) for name in ("account", "region") if item.get(name)]
    # A template is shown by its stack, not by its account.
    if item.get("region"):
        return printable(SEPARATOR.join(known))
    source = str(item.get("source") or "")
    match = _ACCOUNT_AND_REGION.search(source) or _ARN.search(source)
    return f"{match['account']}{SEPARATOR}{match['region']}" if match else printable(source)


def name_of(finding: Json) -> str:
    """Return the name of the task definition: its family, or else its resource."""
    return str(finding["family"] or finding["resource"] or finding["address"] or finding["source"] or "")


def file_and_line(finding: Json) -> str:
    """Return the file of a finding, with its line and column if they are known."""
    parts = (finding["file"], finding["line"], finding["column"])
    return ":".join(str(part) for part in parts if part is not None) if finding["file"] else ""


def _values(finding: ShownFinding) -> Iterable[Any]:
    return (finding.state, finding.place, *map(finding.json.get, _FIELDS))


def _dumped(value: Any) -> str:
    return _COMPACT.encode(_printable(value))


def _printable(value: Any) -> Any:
    """Return a value without characters that hide or reverse text, which names can contain."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, list | tuple):
        return [_printable(item) for item in value]
    return {name: _printable(item) for name, item in value.items()} if isinstance(value, dict) else value


def _findings(report: Json, places: Mapping[str, str]) -> tuple[ShownFinding, ...]:
    found = [
        ShownFinding(finding, finding["outcome"], places[account_or_document(finding)])
        for finding in report["findings"]
    ]
    return tuple(sorted(found, key=_rank))


def _rank(finding: ShownFinding) -> tuple[int | bool, ...]:
    """Return the place of a finding in the order of the page: as in all reports of audits, then by severity."""
    json = finding.json
    level = json["exposure"]["level"] if json.get("exposure") else LEVELS[0]
    is_idle = "running_tasks" in json and not json["running_tasks"]
    urgency = (not json.get("production", True), LEVELS.index(level), is_idle)
    return STATES.index(finding.state), *urgency, json["severity"] != "high"


def _shortened(places: set[str]) -> dict[str, str]:
    """Return the row of each place: itself, or a folder around it if there would be too many."""
    rows = {place: place or "policy" for place in places}
    depth = max((place.count("/") for place in places), default=0)
    while len(set(rows.values())) > MOST_PLACES and depth:
        rows = {place: _folder(place, depth) for place in places}
        depth -= 1
    return rows


def _folder(place: str, depth: int) -> str:
    segments = place.split("/")
    return "/".join(segments[:depth]) + "/" if len(segments) > depth else place or "policy"


def _conclusion(report: Json, findings: Sequence[ShownFinding]) -> Conclusion:
    is_denied = any(finding.state == Outcome.DENIED.value and finding.check != UNREADABLE for finding in findings)
    if report["not_read"]:
        return Conclusion("unread", f"{'Denied, and not' if is_denied else 'Not'} all could be read")
    if report.get("shortfall"):
        return Conclusion("unread", "Too little was judged")
    if not report["admitted"]:
        return Conclusion("denied", "Denied")
    return Conclusion("admitted", "Admitted") if report["resources"] else Conclusion("nothing", "Nothing was judged")


def _rows(report: Json, findings: Sequence[ShownFinding], places: Mapping[str, str]) -> tuple[Row, ...]:
    counts: dict[str, dict[str, Counter[str]]] = {}
    for finding in findings:
        counts.setdefault(finding.place, {}).setdefault(finding.check, Counter())[finding.state] += 1
    # Only resources of an account have a Region.
    judged = Counter(account_or_document(resource) for resource in report["resources"] if resource.get("region"))
    unread = {places[account_or_document(entry)] for entry in report["not_read"]}
    return tuple(
        Row(place, judged.get(place) if judged else None, place in unread, counts.get(place, {}))
        for place in sorted({*counts, *judged, *unread})
    )


def _clusters(resources: Iterable[Json]) -> tuple[ClusterRow, ...]:
    levels: dict[tuple[str, str], Counter[str]] = {}
    production = set()
    for resource in resources:
        for name, level in resource.get("clusters", {}).items():
            key = (account_or_document(resource), name)
            levels.setdefault(key, Counter())[level] += 1
            if resource["production"]:
                production.add(key)
    clusters = [ClusterRow(*key, counts, key in production) for key, counts in levels.items()]
    return tuple(sorted(clusters, key=lambda one: (*(-one.levels[level] for level in LEVELS), one.place, one.name)))


def _exemptions(findings: Iterable[ShownFinding]) -> tuple[Accepted, ...]:
    groups: dict[tuple[Any, ...], list[ShownFinding]] = {}
    for finding in findings:
        terms = finding.json["exemption"]
        if terms:
            # The JSON of a finding has the owner of its exemption, but not its globs.
            named = finding.json["address"] if finding.check == STALE_EXEMPTION else finding.check
            groups.setdefault((named, *(terms.get(name) for name in REPORTED_FIELDS)), []).append(finding)
    made = [_exemption(group) for group in groups.values()]
    return tuple(sorted(made, key=lambda e: (not e.covers, str(e.terms.get("expires")), str(e.terms.get("owner")))))


def _exemption(group: Sequence[ShownFinding]) -> Accepted:
    first = group[0]
    if first.check == STALE_EXEMPTION:
        return Accepted({**first.json["exemption"], "path": first.json["address"]}, first.check, ())
    return Accepted(first.json["exemption"], first.check, tuple(group))


def _acknowledged(findings: Iterable[ShownFinding]) -> tuple[Accepted, ...]:
    groups: dict[tuple[str, str], list[ShownFinding]] = {}
    for finding in findings:
        if finding.json["acknowledged"]:
            groups.setdefault((finding.json["acknowledged"], finding.check), []).append(finding)
    return tuple(Accepted({"reason": reason}, check, tuple(group)) for (reason, check), group in groups.items())
