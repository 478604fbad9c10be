"""Text report: the findings, each with its place, the line of the source, the reason and the correction, and a
summary."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from .._version import VERSION
from ..model.notice import NOT_COVERED, UNREADABLE
from ..model.plural import counted, first_of
from ..model.usage import LEVELS_OF_EXPOSURE
from ..policy.checks import Check
from ..policy.ids import INVALID_EXEMPTION, STALE_EXEMPTION
from ..policy.judging.finding import Finding, in_utc
from ..policy.judging.report import Report
from .wording import (
    ERROR,
    NOTE,
    WARNING,
    WORST_FIRST,
    exposure_of,
    is_listed_file,
    level_of,
    listed_files,
    name_of_policy,
    printable,
    used_by,
    where_judged,
)

if TYPE_CHECKING:
    from .next_steps import NextSteps

ReadLines = Callable[[str], Sequence[str] | None]
"""Returns the lines of a file; None if they are not available."""

_COLOURS = {ERROR: "31", WARNING: "33", NOTE: "36"}
_BLUE, _GREEN, _BOLD = "34", "32", "1"

_WORKLOADS_SHOWN = 10
_UNANSWERED_SHOWN = 5
_LONGEST_LINE = 160
_LONGEST_TOKEN = 100
_TAB = "    "

_TOKEN = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|![\w:]+|[\w.:/@$-]*[\w/@$-]|.""")
"""The text at a place: a string, a tag, a word."""

_MAY_HOLD_SECRETS = re.compile(
    "command|container_definitions|credential|entry_?point|environment|firelens|health_?check|labels|log_?configuration"
    "|options|password|secret|token",
    re.IGNORECASE,
)
_KEY = re.compile(r"\"?\w+\"?")


class Style(NamedTuple):
    """The style of the terminal.

    Attributes:
        colour: whether it shows colours.
        links: whether it shows links.
    """

    colour: bool = False
    links: bool = False

    def paint(self, text: str, *codes: str) -> str:
        """Return a text in colour."""
        return f"\x1b[{';'.join(codes)}m{text}\x1b[0m" if self.colour and text else text

    def link(self, text: str, url: str | None) -> str:
        """Return a text with a link to a page."""
        return f"\x1b]8;;{url}\x1b\\{text}\x1b]8;;\x1b\\" if self.links and url else text


PLAIN = Style()


def no_lines(file: str) -> None:
    """Return no lines of any file."""


def text_report(
    report: Report, *, read_lines: ReadLines = no_lines, style: Style = PLAIN, seconds: float | None = None
) -> str:
    """Return the report as text; baseline findings are only counted.

    Args:
        report: the report.
        read_lines: returns the lines of a source.
        style: colours and links.
        seconds: how long it took.
    """
    writer = _Writer(report, read_lines, style)
    shown = [finding for finding in report.findings if not finding.baseline and not is_listed_file(finding)]
    blocks = ["\n".join(writer.block(group)) for group in _groups(shown)]
    if report.compared:
        from .comparison_lines import comparison_lines

        blocks.append("\n".join(map(printable, comparison_lines(report.compared))))
    end = [*filter(None, [listed_files(report)]), *_lines_of_audit(report), writer.summary(seconds)]
    return "\n\n".join([*blocks, "\n".join(end)]) + "\n"


def _lines_of_audit(report: Report) -> Iterator[str]:
    """Yield how exposed is what an audit denies, and its evidence: when, for whom, how, and what did not answer."""
    record = report.audit
    if record is None:
        return
    denied = {f.address: f.usage.exposure.level for f in report.findings if f.usage and f.is_denied}
    if denied:
        counts = Counter(denied.values())
        levels = ", ".join(f"{counts[level]} {level.value}" for level in LEVELS_OF_EXPOSURE if counts[level])
        yield f"Exposure of the denied task definitions: {levels}."
    made_by = " ".join(["ecs-guard", VERSION, "audit", *record.options])
    yield printable(f"Audit by {record.caller} from {in_utc(record.began)} to {in_utc(record.ended)} ({made_by}).")
    if record.unanswered:
        yield printable(f"Without an answer: {', '.join(first_of(record.unanswered, _UNANSWERED_SHOWN))}.")


def summary_of(report: Report) -> str:
    """Return the result in one line: what was judged, by which policy, and the verdict."""
    return _Writer(report, no_lines, PLAIN).summary(None)


def _groups(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Return findings with the same texts in one group, errors first."""
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        texts = (finding.what, finding.why, finding.remedy, finding.notes, finding.acknowledged)
        groups.setdefault((level_of(finding), finding.check, *texts), []).append(finding)
    return sorted(groups.values(), key=lambda group: WORST_FIRST.index(level_of(group[0])))


class _Excerpt(NamedTuple):
    """A line of a source, and the part to mark."""

    number: int
    text: str
    start: int
    width: int


class _Writer:
    def __init__(self, report: Report, read_lines: ReadLines, style: Style) -> None:
        self._report = report
        self._read_lines = read_lines
        self._style = style
        self._lines: dict[str, Sequence[str] | None] = {}
        self._next_steps: NextSteps | None = None
        self._urls = {check.id: _url(check) for check in report.policy.enforced_checks}

    def block(self, group: list[Finding]) -> Iterator[str]:
        """Yield the lines of a group."""
        first = group[0]
        level = level_of(first)
        containers = {finding.container for finding in group}
        yield self._headline(first, level, first.container if len(containers) == 1 else None)
        # Any line can be a secret in a file that cannot be read, and in a comment that is not an exemption.
        is_hidden = level == NOTE or _is_about_a_file(first) or first.check == INVALID_EXEMPTION
        excerpt = None if is_hidden else self._excerpt(first)
        margin = " " * len(str(excerpt.number)) if excerpt else " "
        most = _WORKLOADS_SHOWN if level == NOTE and first.check == NOT_COVERED else len(group)
        for index, finding in enumerate(group[:most]):
            container = finding.container if len(containers) > 1 else None
            yield self._arrow(finding, container, margin)
            if finding.in_use_by:
                yield f"{margin}    {used_by(finding)}"
                yield f"{margin}    {exposure_of(finding)}"
            if index == 0 and excerpt:
                yield from self._shown(excerpt, level, margin)
        if len(group) > most:
            yield f"{margin}     and {len(group) - most} more"
        if level != NOTE:
            yield self._remark("why", first.why, margin)
        for note in first.notes:
            yield self._remark("note", note, margin)
        if first.acknowledged:
            yield self._remark("note", f"Acknowledged: {first.acknowledged}", margin)
        if level != NOTE and first.remedy:
            yield self._remark("fix", first.remedy, margin)
        if first.is_denied:
            yield from (self._remark("help", step, margin) for step in self._steps_after(first))

    def _steps_after(self, finding: Finding) -> Iterator[str]:
        if self._next_steps is None:
            from .next_steps import NextSteps  # not needed for a report without denied findings

            self._next_steps = NextSteps(self._report.policy)
        return self._next_steps.after(finding)

    def summary(self, seconds: float | None) -> str:
        """Return the result in one line: what was judged, by which policy, and the verdict."""
        report = self._report
        noun = "file" if report.unit == "file" else "part"
        unread = f"{counted(len(report.not_read), noun)} cannot be read." if report.not_read else ""
        known = len([finding for finding in report.findings if finding.baseline])
        counts = [
            (len([finding for finding in report.findings if finding.is_exempt(report.policy.date)]), "exempt finding"),
            (len([finding for finding in report.findings if level_of(finding) == WARNING]), "warning"),
        ]
        counts_shown = [counted(number, noun) for number, noun in counts if number]
        counts_shown += [f"{known} known from the baseline"] if known else []
        parts = [
            self._style.paint(unread, _COLOURS[ERROR], _BOLD),
            self._style.paint(printable(report.shortfall), _COLOURS[ERROR], _BOLD),
            f"{self._verdict()} {self._where()} (policy: {name_of_policy(report.policy)}).",
            ", ".join(counts_shown) + ".",
            f"{seconds:.1f} s" if seconds is not None else "",
        ]
        return " ".join(part for part in parts if part not in ("", "."))

    def _verdict(self) -> str:
        report = self._report
        total = counted(len(report.resources), "task definition")
        judged = {(resource.source, resource.address) for resource in report.resources}
        denied = {(f.source, f.address) for f in report.findings if f.is_denied and not _is_about_a_file(f)}
        if denied:
            others = len(denied - judged)
            also = f" and {counted(others, 'other denial')}" if others else ""
            return f"{self._word('Denied', ERROR)} {len(denied & judged)} of {total}{also}"
        if not report.resources:
            return f"{self._word('Nothing judged', WARNING)} {total}"
        return f"{self._word('Admitted', None) if report.is_admitted else 'Judged:'} {total}"

    def _word(self, word: str, level: str | None) -> str:
        return self._style.paint(f"{word}:", _COLOURS[level] if level else _GREEN, _BOLD)

    def _where(self) -> str:
        if [name for name, _ in self._report.sources] == ["stdin"]:
            return "from standard input"
        return f"in {where_judged(self._report)}"

    def _headline(self, finding: Finding, level: str, container: str | None) -> str:
        check = self._style.link(printable(finding.check), self._urls.get(finding.check))
        head = self._style.paint(f"{level}[{check}]", _COLOURS[level], _BOLD)
        subject = f"container {container}: " if container else ""
        return f"{head}{self._style.paint(f': {printable(subject + finding.what)}', _BOLD)}"

    def _arrow(self, finding: Finding, container: str | None, margin: str) -> str:
        about = [printable(part) for part in (_name(finding), f"container {container}" if container else "") if part]
        return (
            f"{margin}{self._style.paint('-->', _BLUE, _BOLD)} {'  '.join([_place(finding), ', '.join(about)]).strip()}"
        )

    def _remark(self, kind: str, text: str, margin: str) -> str:
        return (
            f"{margin} {self._style.paint('=', _BLUE, _BOLD)} {self._style.paint(f'{kind}:', _BOLD)} {printable(text)}"
        )

    def _shown(self, excerpt: _Excerpt, level: str, margin: str) -> Iterator[str]:
        bar = self._style.paint("|", _BLUE, _BOLD)
        yield f"{margin} {bar}"
        yield f"{self._style.paint(str(excerpt.number), _BLUE, _BOLD)} {bar} {excerpt.text}"
        if excerpt.width:
            carets = self._style.paint("^" * excerpt.width, _COLOURS[level], _BOLD)
            yield f"{margin} {bar} {' ' * excerpt.start}{carets}"
        yield f"{margin} {bar}"

    def _excerpt(self, finding: Finding) -> _Excerpt | None:
        if finding.file is None or finding.line is None:
            return None
        if finding.file not in self._lines:
            self._lines[finding.file] = self._read_lines(finding.file)
        lines = self._lines[finding.file]
        if lines is None or not 0 < finding.line <= len(lines):
            return None
        return _excerpt(finding.line, lines[finding.line - 1], finding.column)


def _excerpt(number: int, line: str, column: int | None) -> _Excerpt:
    start = min((column or 1) - 1, len(line))
    match = _TOKEN.match(line, start)
    token = match[0] if match and column else ""
    if len(line) > _LONGEST_LINE or _MAY_HOLD_SECRETS.search(line):
        # A whole container or template may be on one line, with secrets that must not appear in a log.
        is_hidden = _MAY_HOLD_SECRETS.search(token) and not _KEY.fullmatch(token)
        token = "" if is_hidden else token[:_LONGEST_TOKEN]
        text = f"... {_flat(token)} ..." if token else "..."
        return _Excerpt(number, text, 4, _width(_flat(token)))
    return _Excerpt(number, _flat(line.rstrip()), _width(_flat(line[:start])), _width(_flat(token)))


def _flat(text: str) -> str:
    return printable(text.replace("\t", _TAB))


def _width(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def _place(finding: Finding) -> str:
    if finding.file is None:
        # The place of a stale exemption of the policy is the policy file.
        stale = finding.exemption if finding.check == STALE_EXEMPTION else None
        return printable(stale.origin or "") if stale else ""
    numbers = [str(number) for number in (finding.line, finding.column) if number is not None]
    return ":".join([printable(finding.file), *numbers])


def _name(finding: Finding) -> str:
    """Return the name of the task definition, without the part that its file already shows."""
    if finding.address in (finding.file, finding.source):
        return finding.resource or ("" if finding.file else finding.address)
    name = finding.address.removeprefix(f"{finding.source}/") if finding.source else finding.address
    if finding.status not in (None, "ACTIVE"):  # deregistered, but still in use
        name = f"{name} ({finding.status})"
    return f"{name} ({finding.source})" if finding.file and finding.source != finding.file else name


def _is_about_a_file(finding: Finding) -> bool:
    """Return whether a finding is about a file that cannot be read, not about a task definition."""
    return finding.check == UNREADABLE and not finding.resource


def _url(check: Check) -> str | None:
    return next((control.url for control in check.controls), None)
