"""Remarks, and how the CDK CLI shows texts of several lines."""

from __future__ import annotations

import pytest

from ecs_guard_aspects.gates.synth.remark import Remark, indented


@pytest.mark.parametrize(
    ("text", "shown"), [("one", "one"), ("one\ntwo", "one\n   two"), ("", ""), ("one\n\ntwo", "one\n   \n   two")]
)
def test_lines_are_indented_as_those_of_a_finding(text: str, shown: str) -> None:
    assert indented(text) == shown


def test_a_remark_is_about_no_construct_unless_it_says_so() -> None:
    remark = Remark("summary", "0 denied.", "info")
    assert (remark.path, remark.in_stage, remark.remedy) == (None, False, None)
