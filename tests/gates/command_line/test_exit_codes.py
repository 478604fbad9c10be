"""Exit codes: 2 has precedence over 1, and ``--exit-zero`` turns 1 into 0 only."""

from __future__ import annotations

import pytest

from ecs_guard_aspects.gates.command_line.exit_codes import ADMITTED, DENIED, FAILED, exit_code
from ecs_guard_aspects.policy import Enforcement, Finding, Policy, Report, Severity, Verdict
from ecs_guard_aspects.policy.judging.report import NotRead

DENIAL = Finding("x", Severity.HIGH, Verdict.VIOLATION, Enforcement.DENY, "What.", "Why.", "Do.")
NOT_READ = (NotRead("a.yaml", "It is not YAML."),)

# The report, the exit code, and the one with --exit-zero.
CODES = [
    (Report(Policy()), ADMITTED, ADMITTED),
    (Report(Policy(), (DENIAL,)), DENIED, ADMITTED),
    (Report(Policy(), not_read=NOT_READ), FAILED, FAILED),
    (Report(Policy(), (DENIAL,), not_read=NOT_READ), FAILED, FAILED),
    (Report(Policy(), shortfall="Too few."), FAILED, FAILED),
    (Report(Policy(), (DENIAL,), shortfall="Too few."), FAILED, FAILED),
]


@pytest.mark.parametrize(("report", "code", "with_exit_zero"), CODES, ids=range(len(CODES)))
def test_the_exit_code_of_a_report(report: Report, code: int, with_exit_zero: int) -> None:
    assert exit_code(report, exit_zero=False) == code
    assert exit_code(report, exit_zero=True) == with_exit_zero


def test_the_numbers_are_those_of_linters() -> None:
    assert (ADMITTED, DENIED, FAILED) == (0, 1, 2)
