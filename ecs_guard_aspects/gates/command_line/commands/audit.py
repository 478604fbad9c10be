"""``ecs-guard audit``: checks what is in use in AWS accounts, and exits with 0, 1 or 2."""

from __future__ import annotations

import datetime
import sys
import time
from argparse import Namespace
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ....model.document import Document
from ....policy.enforcement import Gate
from ....policy.exemptions import Exemption
from ....policy.files.discovery import repository_root
from ....policy.ids import STALE_EXEMPTION
from ....policy.judging.audit_record import AuditRecord
from ....policy.judging.finding import Finding
from ....policy.judging.judge import judge
from ....policy.judging.priority import by_priority
from ....policy.judging.report import REGION, Report, Scope
from ....policy.policy import Policy
from ....policy.tracking.compare import compare, read_last, with_first_seen
from ....reports.text_report import no_lines
from ...account.errors import AccountError
from ..errors import CommandError
from ..exit_codes import exit_code
from ..outputs import Extras, made_now, write_files, write_to_stdout
from ..policy_choice import policy_of
from ..terminal import say, style_of
from .plan_folder.audit_plan import plan_options, write_audit_plan

if TYPE_CHECKING:
    from ....policy.tracking.compare import LastReport
    from ...account.audit import Audit
    from ...account.connections import Connections
    from ...account.coverage import Coverage

_OPTIONS = (
    *("regions", "accounts", "role", "aws_profile", "include_scheduled", "production"),
    *("policy", "no_config", "profile", "checks", "allow_checks", "compare", "require", "exit_zero"),
)
"""The options that decide what is read and how it is judged, by their names in the parsed arguments."""

_SDK = ("boto3", "botocore", "s3transfer")


def audit(arguments: Namespace) -> int:
    """Run the command and return its exit code."""
    start, began = time.monotonic(), datetime.datetime.now(datetime.UTC)
    policy = policy_of(arguments, repository_root(Path.cwd()), Gate.AUDIT)
    options = plan_options(arguments)
    try:
        last = _last_report(arguments.compare)
        connections = _connections(arguments)
        coverage, read = _read(connections, arguments)
        caller = connections.identity().arn
    except AccountError as error:
        raise CommandError(str(error)) from error
    record = AuditRecord(began, datetime.datetime.now(datetime.UTC), caller, _options(arguments), read.accounts)
    report = made_now(_judged(read.documents, policy, coverage, record, last), _scope(coverage, read.documents))
    if len(report.resources) < arguments.require:
        from ..requirement import with_requirement

        report = with_requirement(report, arguments.require)
        say(f"error: {report.shortfall}")
    if not report.resources and not report.missing:
        say("warning: no task definition is in use there")
    extras = Extras(
        read_lines=no_lines,
        style=style_of(sys.stdout),
        seconds=time.monotonic() - start,
        include_exempt=arguments.include_exempt,
    )
    write_to_stdout(report, arguments.format, extras)
    write_files(report, arguments.output, extras)
    if options is not None:
        write_audit_plan(arguments.plan, options, connections, read.documents, report)
    return exit_code(report, exit_zero=arguments.exit_zero)


def _last_report(path: Path | None) -> LastReport | None:
    if path is None:
        return None
    try:
        return read_last(path.read_text(encoding="utf-8-sig"), path.as_posix())
    except OSError as error:
        raise CommandError(f"--compare {path}: {error.strerror}") from error
    except ValueError as error:
        raise CommandError(f"--compare {path}: it is not in UTF-8") from error


def _options(arguments: Namespace) -> tuple[str, ...]:
    """Return the options that were given, as on the command line."""
    given = {f"--{name.replace('_', '-')}": getattr(arguments, name) for name in _OPTIONS}
    return tuple(option for name, value in given.items() if value for option in _written(name, value))


def _written(name: str, value: object) -> Iterator[str]:
    values = value if isinstance(value, list) else [value]
    yield from (name if each is True else f"{name} {each}" for each in values)


def _connections(arguments: Namespace) -> Connections:
    try:
        from ...account.connections import Connections
        from ...account.coverage import ALL
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _SDK:
            raise
        raise CommandError("audit needs boto3: pip install 'ecs-guard-aspects[account]'") from error
    role_everywhere = arguments.role is not None and arguments.accounts is None
    first = (arguments.regions or "").partition(",")[0].strip()
    return Connections(
        arguments.aws_profile, arguments.role, role_everywhere=role_everywhere, region=None if first == ALL else first
    )


def _read(connections: Connections, arguments: Namespace) -> tuple[Coverage, Audit]:
    from ....sources.account.in_use import ProductionTag
    from ...account.audit import read_accounts
    from ...account.coverage import coverage
    from ...account.progress import AuditProgress
    from .audit_progress import ProgressLine

    chosen = coverage(
        connections,
        arguments.accounts,
        arguments.regions,
        has_role=arguments.role is not None,
        scheduled=arguments.include_scheduled,
        production=[ProductionTag(*tag.split("=", 1)) for tag in arguments.production],
    )
    if arguments.regions is None and chosen.regions:
        say(f"note: only the configured Region {chosen.regions[0]} is read; --regions all reads all enabled Regions")
    progress = AuditProgress(len(chosen.accounts))
    with ProgressLine(sys.stderr, progress):
        read = read_accounts(connections, chosen, progress)
    if read.is_interrupted:
        say("error: interrupted: the report has what was read before, and names what is missing")
    return chosen, read


def _scope(coverage: Coverage, documents: Sequence[Document]) -> Scope:
    """Return the accounts and Regions that were asked: of ``--regions all`` those that are enabled."""
    regions = coverage.regions or sorted({document.name.partition("/")[2] for document in documents} - {""})
    return Scope(accounts=coverage.accounts, regions=tuple(regions))


def _judged(
    documents: tuple[Document, ...], policy: Policy, coverage: Coverage, record: AuditRecord, last: LastReport | None
) -> Report:
    report = judge(documents, policy)
    # A closed account, and one whose Regions are not known, were not judged.
    regions = tuple(source for source in report.sources if "/" in source[0])
    report = replace(report, sources=regions, unit=REGION, audit=record)
    report = with_first_seen(report.with_findings(_without_stale_elsewhere(report, coverage)), last)
    report = by_priority(report)
    if last is None:
        return report
    return replace(report, compared=compare(last, report, scheduled=coverage.scheduled))


def _without_stale_elsewhere(report: Report, coverage: Coverage) -> Iterator[Finding]:
    """Yield the findings, without stale exemptions that may cover something this audit did not read."""
    is_whole = not report.not_read
    for finding in report.findings:
        exemption = finding.exemption if finding.check == STALE_EXEMPTION else None
        if exemption is None or (is_whole and _has_seen_all(exemption, coverage)):
            yield finding


def _has_seen_all(exemption: Exemption, coverage: Coverage) -> bool:
    """Return whether the audit read everything that an exemption may cover."""
    has_account = coverage.has_all_accounts or exemption.account in coverage.accounts
    # A path that is not an ARN names a file or a construct: it is for another gate.
    is_for_audit = exemption.path is None or exemption.is_of_account
    return is_for_audit and has_account and coverage.regions is None and coverage.scheduled
