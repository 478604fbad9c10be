"""Collection of the security findings of a report: one for each task definition and check, passed ones included."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from ...model.notice import UNREADABLE
from ...model.plural import counted, first_of
from ...model.resource import TASK_DEFINITION
from ...model.usage import without_revision
from ...policy.checks import HOST_MODE_PRIVILEGED, Check
from ...policy.enforcement import Enforcement, Severity
from ...policy.judging.finding import Finding, Outcome
from ...policy.judging.report import Judged, NotRead, Report
from ...policy.tracking.comparison import ComparisonStatus, FindingKey
from ..wording import only_not_read, printable, problem_of, use_of
from .security_finding import ACCOUNT, AccountRegion, Affected, Identity, Level, SecurityFinding, Status

_SHOWN = 5

# The name of the document of an account, or of one of its Regions.
_ACCOUNT_DOCUMENT = re.compile(r"([0-9]{12})(?:/([a-z0-9-]+))?")

_WORST_FIRST = (
    *(Outcome.DENIED, Outcome.WARNED, Outcome.LISTED),
    *(Outcome.EXEMPT, Outcome.ACKNOWLEDGED, Outcome.BASELINE),
)


def security_findings(report: Report) -> Iterator[SecurityFinding]:
    """Yield a finding for each task definition and check, and for each Region whether all of it was read.

    A violation in an earlier report and a pass in this one have the same identity: a tool that reads both
    closes it. What is not in use now is closed if the report is compared with the earlier one.
    """
    yield from _Collection(report).findings()


def home_of(report: Report) -> AccountRegion:
    """Return where findings are recorded that are about no Region: the first account and Region that were read."""
    scope = report.scope
    accounts, regions = (scope.accounts, scope.regions) if scope else ((), ())
    places = [place for name, _ in report.sources if (place := _place_named(name)).region]
    places += [AccountRegion(judged.account, judged.region) for judged in report.resources if judged.region]
    first = places[0] if places else AccountRegion()
    return AccountRegion(next(iter(accounts), first.account), next(iter(regions), first.region))


class _Collection:
    def __init__(self, report: Report) -> None:
        self._report = report
        self._today = report.policy.date
        self._types = {(judged.source, judged.address): judged.type for judged in report.resources}

    def findings(self) -> Iterator[SecurityFinding]:
        for identity, findings in self._groups.items():
            yield self._violated(identity, findings)
        yield from self._unread()
        for identity, judged in self._asked().items():
            # Where not all was read, another revision of the family may be in use.
            if identity not in self._groups and not (identity.is_of_account and self._has_gap(identity.place)):
                yield self._passed(identity, judged)
        yield from self._read()
        yield from self._no_longer_in_use()

    # Which findings belong together.

    @cached_property
    def _groups(self) -> dict[Identity, list[Finding]]:
        groups: dict[Identity, list[Finding]] = {}
        for finding in self._report.findings:
            groups.setdefault(_identity_of(finding), []).append(finding)
        for findings in groups.values():
            findings.sort(key=lambda finding: _WORST_FIRST.index(finding.outcome(self._today)))
        return groups

    @cached_property
    def _gaps(self) -> set[AccountRegion]:
        """The accounts and Regions that were not read, or only in part."""
        found = {one.place for one in self._groups if one.check == UNREADABLE and one.is_of_account}
        return found | {_place_named(entry.source) for entry in self._report.not_read} - {AccountRegion()}

    def _has_gap(self, place: AccountRegion) -> bool:
        return bool(self._gaps & {place, place._replace(region=None)})

    @cached_property
    def _checks(self) -> dict[str, Check]:
        policy = self._report.policy
        # It is listed with every profile.
        listed = () if policy.enforcement_of(HOST_MODE_PRIVILEGED.id) is Enforcement.OFF else (HOST_MODE_PRIVILEGED,)
        return {check.id: check for check in (*policy.enforced_checks, *listed)}

    def _asked(self) -> dict[Identity, list[Judged]]:
        """Return which checks were made on which task definitions."""
        asked: dict[Identity, list[Judged]] = {}
        for judged in self._report.resources:
            for check in self._checks.values():
                if judged.type in check.types:
                    asked.setdefault(_identity_of_judged(judged, check.id), []).append(judged)
        return asked

    # What they say.

    def _violated(self, identity: Identity, findings: Sequence[Finding]) -> SecurityFinding:
        worst = findings[0].outcome(self._today)
        more = f" ({len(findings) - 1} more)" if len(findings) > 1 else ""
        return SecurityFinding(
            identity,
            _status_of(identity, worst),
            _level_of(worst, findings),
            printable(f"{_name_of(identity, findings[0])}: {problem_of(findings[0])}{more}"),
            _text(sentence for finding in findings for sentence in _sentences(finding)),
            _text(finding.remedy for finding in findings),
            tuple(dict.fromkeys(self._affected_by(identity, finding) for finding in findings)),
            tuple(findings),
            self._references(identity),
            worst.value,
            min((finding.first_seen for finding in findings if finding.first_seen), default=None),
        )

    def _affected_by(self, identity: Identity, finding: Finding) -> Affected:
        if identity.is_of_account and identity.subject in ("", identity.place.account):
            return _account(identity.place)
        return Affected(
            finding.address or finding.source or self._report.policy.origin or "policy",
            self._types.get((finding.source, finding.address)),
            finding.family,
            finding.usage,
        )

    def _references(self, identity: Identity) -> tuple[tuple[str, str], ...]:
        check = self._checks.get(identity.check)
        return tuple((control.name, control.url) for control in check.controls) if check else ()

    def _unread(self) -> Iterator[SecurityFinding]:
        """Yield what could not be read and is not a finding, such as that too few task definitions were judged."""
        entries: dict[Identity, list[NotRead]] = {}
        for entry in only_not_read(self._report):
            place = _place_named(entry.source)
            identity = Identity(place, "" if place.account else entry.source, "", UNREADABLE)
            entries.setdefault(identity, []).append(entry)
        for identity, listed in entries.items():
            if identity not in self._groups:
                name = identity.source or _name_of_place(identity.place)
                text = _text(entry.reason for entry in listed)
                yield SecurityFinding(
                    identity,
                    Status.NOT_AVAILABLE,
                    Level.HIGH,
                    printable(": ".join(filter(None, (name, text)))),
                    text,
                    affected=(_account(identity.place) if identity.place.account else Affected(name or "report"),),
                    outcome=Outcome.DENIED.value,
                )

    def _passed(self, identity: Identity, judged: Sequence[Judged]) -> SecurityFinding:
        each = tuple(dict.fromkeys(map(_affected, judged)))
        first = judged[0]
        name = (first.family if identity.is_of_account else None) or _short(first.address)
        passed_by = ", ".join(first_of([_short(one.uid) for one in each], _SHOWN))
        return SecurityFinding(
            identity,
            Status.PASSED,
            Level.INFORMATIONAL,
            printable(f"{name} passes {identity.check}."),
            printable(f"{self._checks[identity.check].title} Passed by {passed_by}."),
            affected=each,
            references=self._references(identity),
        )

    def _read(self) -> Iterator[SecurityFinding]:
        """Yield a finding for each account and Region that was read: it closes an earlier one that says it was not."""
        in_use = Counter(AccountRegion(judged.account, judged.region) for judged in self._report.resources)
        regions = [place for name, _ in self._report.sources if (place := _place_named(name)).region]
        for place in regions:
            count = f"{counted(in_use[place], 'task definition')} in use"
            yield from self._read_in_whole(place, f"All of {_name_of_place(place)} was read: {count}.")
        for account in dict.fromkeys(place.account for place in regions):
            yield from self._read_in_whole(AccountRegion(account), f"The Regions of {account} are known.")

    def _read_in_whole(self, place: AccountRegion, text: str) -> Iterator[SecurityFinding]:
        if not self._has_gap(place):
            identity = Identity(place, "", "", UNREADABLE)
            affected = (_account(place),)
            yield SecurityFinding(identity, Status.PASSED, Level.INFORMATIONAL, text, text, affected=affected)

    def _no_longer_in_use(self) -> Iterator[SecurityFinding]:
        compared = self._report.compared
        gone = compared.of(ComparisonStatus.NO_LONGER_IN_USE) if compared else []
        for identity in dict.fromkeys(identity_of_key(entry.key) for entry in gone):
            text = printable(f"{_short(identity.subject)} is not in use now.")
            yield SecurityFinding(
                identity,
                Status.NOT_AVAILABLE,
                Level.INFORMATIONAL,
                text,
                text,
                affected=(Affected(identity.subject, TASK_DEFINITION),),
                outcome=ComparisonStatus.NO_LONGER_IN_USE.value,
                is_archived=True,
            )


def identity_of_key(key: FindingKey) -> Identity:
    """Return the identity of a finding of an earlier report."""
    return Identity(AccountRegion(key.account, key.region), "", key.address, key.check)


def _identity_of(finding: Finding) -> Identity:
    place = AccountRegion(finding.account, finding.region) if finding.region else _place_named(finding.source)
    if not place.account:
        return Identity(AccountRegion(finding.account), finding.source, finding.address, finding.check)
    is_of_all = finding.check == UNREADABLE
    return Identity(place, "", "" if is_of_all else without_revision(finding.address), finding.check)


def _identity_of_judged(judged: Judged, check: str) -> Identity:
    if judged.region:
        return Identity(AccountRegion(judged.account, judged.region), "", without_revision(judged.address), check)
    return Identity(AccountRegion(judged.account), judged.source, judged.address, check)


def _place_named(source: str) -> AccountRegion:
    match = _ACCOUNT_DOCUMENT.fullmatch(source)
    return AccountRegion(*match.groups()) if match else AccountRegion()


def _status_of(identity: Identity, worst: Outcome) -> Status:
    if worst is not Outcome.DENIED:
        return Status.WARNING
    return Status.NOT_AVAILABLE if identity.check == UNREADABLE else Status.FAILED


def _level_of(worst: Outcome, findings: Iterable[Finding]) -> Level:
    if worst is Outcome.WARNED:
        return Level.LOW
    if worst is not Outcome.DENIED:
        return Level.INFORMATIONAL
    severities = {finding.severity for finding in findings if finding.is_denied}
    return Level.HIGH if Severity.HIGH in severities else Level.MEDIUM


def _sentences(finding: Finding) -> Iterator[str]:
    yield problem_of(finding)
    yield use_of(finding)
    yield finding.why
    yield from finding.notes
    if finding.exemption:
        yield f"Exemption: {finding.exemption.describe()}."
    if finding.acknowledged:
        yield f"Acknowledged: {finding.acknowledged}."


def _text(sentences: Iterable[str]) -> str:
    """Return sentences as one line, each once."""
    return printable(" ".join(dict.fromkeys(filter(None, sentences))))


def _name_of(identity: Identity, finding: Finding) -> str:
    if identity.is_of_account and not identity.subject:
        return _name_of_place(identity.place)
    if identity.is_of_account:
        return finding.family or _short(finding.address)
    return finding.address or finding.source or "policy"


def _name_of_place(place: AccountRegion) -> str:
    return "/".join(part for part in place if part)


def _affected(judged: Judged) -> Affected:
    uid = judged.address or judged.source or "-"
    return Affected(uid, judged.type, judged.family, judged.usage)


def _account(place: AccountRegion) -> Affected:
    return Affected(f"{ACCOUNT}:{place.account}", ACCOUNT)


def _short(address: str) -> str:
    """Return the last part of an ARN; any other address as it is."""
    return address.rpartition("/")[2] if address.startswith("arn:") else address
