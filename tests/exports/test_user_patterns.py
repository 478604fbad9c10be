"""Patterns of users in Guard rules: they agree with what the checks read as root."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ecs_guard_aspects.exports.user_patterns import ADMINISTRATOR, ROOT, WINDOWS
from ecs_guard_aspects.policy.user import is_root

USERS = st.one_of(
    st.integers(-10, 10).map(str),
    st.integers(2**31 - 3, 2**31 + 3).map(str),
    st.integers(0, 10**13).map(lambda number: f"00{number}"),
    st.from_regex(re.compile(f"(?:{ROOT})", re.ASCII), fullmatch=True),
    st.text(st.sampled_from("rootROOT0123456789+-"), min_size=1, max_size=12),
)


@given(USERS)
@example("2147483647")
@example("2147483648")
@example("-0")
@example("rootless")
def test_they_read_as_root_what_the_checks_do(user: str) -> None:
    assert (re.fullmatch(ROOT, user) is not None) == is_root(user)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("ContainerAdministrator", True), ("CONTAINERADMINISTRATOR", True), ("ContainerUser", False)],
)
def test_the_administrator_of_windows(name: str, expected: bool) -> None:
    assert (re.fullmatch(ADMINISTRATOR, name) is not None) is expected


@pytest.mark.parametrize(
    ("system", "expected"), [("WINDOWS_SERVER_2022_CORE", True), ("windows", True), ("LINUX", False)]
)
def test_the_operating_systems_of_windows(system: str, expected: bool) -> None:
    assert (re.search(WINDOWS, system) is not None) is expected


# The least and the largest number of each length of a common beginning with 2147483647.
NUMBERS = [
    *("2147483647", "2147483648", "2147483649", "2147483650", "2147483699", "2147483700", "2147483999", "2147484000"),
    *("2147489999", "2147490000", "2147499999", "2147500000", "2147999999", "2148000000", "2149999999", "2150000000"),
    *("2199999999", "2200000000", "2999999999", "3000000000", "9999999999", "10000000000", "99999999999"),
]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("sign", ["", "+", "-", "000"])
def test_numbers_next_to_the_largest_user(number: str, sign: str) -> None:
    assert (re.fullmatch(ROOT, f"{sign}{number}") is not None) == is_root(f"{sign}{number}")
