"""Log lines: one JSON object for each judgement, which CloudWatch reads metrics from.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

import json
from typing import Any

from ..._version import VERSION
from .answer import Answer
from .findings import MOST_LISTED, denied_first

NAMESPACE = "EcsGuard"
FUNCTION = "Function"
"""The one dimension of the metrics: the name of the function."""

ERRORS = "Errors"
METRICS = {"Judged": "Count", "Denied": "Count", ERRORS: "Count", "Milliseconds": "Milliseconds"}


def log_line(answer: Answer, *, function: str, milliseconds: float, now: int) -> str:
    """Return the line of a judgement.

    Args:
        answer: the answer.
        function: the name of the function.
        milliseconds: how long it took.
        now: the time, in milliseconds of the epoch.
    """
    report = answer.report
    line: dict[str, Any] = {
        "_aws": {
            "Timestamp": now,
            "CloudWatchMetrics": [
                {
                    "Namespace": NAMESPACE,
                    "Dimensions": [[FUNCTION]],
                    "Metrics": [{"Name": name, "Unit": unit} for name, unit in METRICS.items()],
                }
            ],
        },
        FUNCTION: function,
        "Judged": len(report.resources) if report else 0,
        "Denied": int(answer.outcome == "denied"),
        ERRORS: int(answer.outcome == "error"),
        "Milliseconds": round(milliseconds, 3),
        "gate": answer.gate,
        "target": answer.target,
        "outcome": answer.outcome,
        "version": VERSION,
    }
    if answer.error is not None:
        line["error"] = answer.error
    if report is not None:
        line["policy"] = {"profile": report.policy.profile.value, "sha256": report.policy.sha256}
        line["findings"] = [
            {
                "check": finding.check,
                "address": finding.address,
                "container": finding.container,
                "outcome": finding.outcome(report.policy.date).value,
            }
            for finding in denied_first(report)[:MOST_LISTED]
        ]
    return json.dumps(line)
