"""A Report as JSON, for programs; its schema is ``report.schema.json``."""

from __future__ import annotations

import json

from ..policy.judging.report import Report


def json_report(report: Report) -> str:
    """Return the report as JSON: version 1, in ASCII, so that terminals and pipes do not change it."""
    return json.dumps(report.to_json(), indent=2) + "\n"
