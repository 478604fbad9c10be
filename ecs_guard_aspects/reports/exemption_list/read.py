"""Exemptions in reports in JSON: from ``ecs-guard check``, from an audit, from a CDK app."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ...model.address import AddressKind
from ...policy.errors import PolicyError, ReportError
from ...policy.exemptions import FIELDS, Exemption, Subject
from ...policy.ids import STALE_EXEMPTION
from ...policy.judging.report import VERSION_OF_FORMAT
from ...policy.tracking.exemption_list import Mention


def mentions_in(content: bytes, name: str) -> list[Mention]:
    """Return the exemptions that a report mentions, one mention for each finding.

    Args:
        content: the report, or a list of reports.
        name: the name of the file.

    Raises:
        ReportError: if it is not a report, or of an unknown version.
    """
    try:
        value = json.loads(content)
        reports = value if isinstance(value, list) else [value]
        return [_mention(finding, name) for report in reports for finding in _findings(report)]
    except ReportError:
        raise
    except PolicyError as error:
        raise ReportError(f"it has an invalid exemption: {error}") from error
    except (ValueError, RecursionError) as error:
        raise ReportError(f"it is not JSON: {error}") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise ReportError(f"it is not a report of ecs-guard: {type(error).__name__}: {error}") from error


def _findings(report: Any) -> list[Any]:
    if not isinstance(report, dict) or not isinstance(report.get("findings"), list) or "policy" not in report:
        raise ReportError("it is not a report of ecs-guard: write one with --format json")
    if report.get("version") != VERSION_OF_FORMAT:
        raise ReportError(f"it has version {report.get('version')!r}; this ecs-guard reads version {VERSION_OF_FORMAT}")
    findings: list[Any] = report["findings"]
    return findings


def _mention(finding: Mapping[str, Any], name: str) -> Mention:
    check, address = _text(finding["check"]), _text(finding["address"])
    optional = {key: _optional(finding.get(key)) for key in ("family", "container", "account")}
    subject = Subject(check, address, **optional, address_kind=AddressKind(finding.get("address_kind", "path")))
    file, line = _optional(finding.get("file")), finding.get("line")
    origin = f"{file}:{line}" if file and line else file or _optional(finding.get("source")) or name
    written = finding.get("exemption")
    exemption = _exemption(written, subject, name) if written is not None else None
    return Mention(subject, _text(finding["what"]), exemption, _optional(finding.get("acknowledged")), origin)


def _exemption(written: Mapping[str, Any], subject: Subject, name: str) -> Exemption | None:
    fields = {key: written[key] for key in (*FIELDS, "origin") if written.get(key) is not None}
    if "check" not in fields and subject.check == STALE_EXEMPTION:
        return None  # the report does not say which exemption it is
    fields = {"check": subject.check, "origin": name, **fields}
    if "path" not in fields and "family" not in fields:
        return Exemption.inline(subject.address, **fields)
    try:
        return Exemption(**fields)
    except PolicyError:  # the path of an inline exemption is an address, which can be an invalid glob
        return Exemption.inline(fields.pop("path", subject.address), **fields)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"a value of the type {type(value).__name__} is not a text")
    return value


def _optional(value: object) -> str | None:
    return None if value is None else _text(value)
