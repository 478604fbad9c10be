"""Remarks: notes in the report of the gate in addition to findings."""

from __future__ import annotations

from typing import NamedTuple


class Remark(NamedTuple):
    """A note in the report that is not a finding.

    Attributes:
        rule: its subject, in the place of a check.
        text: the note.
        severity: the severity in the CDK's report.
        path: the path of its construct, if any.
        in_stage: whether that construct is in a Stage, which a plain ``cdk synth`` does not select.
        remedy: what to do, if anything.
    """

    rule: str
    text: str
    severity: str
    path: str | None = None
    in_stage: bool = False
    remedy: str | None = None


def indented(text: str) -> str:
    """Return a text of several lines, indented as the CDK CLI indents the lines of a finding."""
    return text.replace("\n", "\n   ")
