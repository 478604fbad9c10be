"""Who a container runs as: https://github.com/moby/sys/blob/main/user/user.go (GetExecUser, parseNumeric)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_guard_aspects.policy.user import is_container_administrator, is_root, prefix_decides_root, user_part

# fmt: off
ROOT = [
    None, "",                                          # the image's own user, root unless it says otherwise
    "root", "ROOT", "Root",
    "0", "00", "000", "+0", "-0", "+00", "-000",       # strconv.Atoi reads all of them as 0
    ":", ":1000", ":root", "0:1000", "00:0", "-0:x",   # the group never matters
    "root:x", "ROOT:1000", "root:", "0:", "0:0:0",
    "2147483648", "+2147483648", "4294967296:1000", "0" * 9 + "2147483648", "9" * 5000,  # CVE-2024-40635
    "-2147483648", "-4294967296", "-99999999999",      # cut to 32 bits like those above
]
NOT_ROOT = [
    "1000", "1000:0", "1000:root", "1", "01", "+1", "-1", "10", "65534", "2147483647",
    "-2147483647",
    "rootless", "toor", "roo", "nonroot", "root1", "nobody",
    "0x0", "0o0", "0b0", "0_0", "0.0", "0e0", "1e-9",  # not in Atoi's grammar: they are names
    " 0", "0 ", "0\n", "\t0", " ", " root", "root ",   # Atoi does not trim
    "++0", "--0", "+-0", "+", "-", "0-",
    "\u0660", "\u06f0", "\u0966", "\uff10",            # digits for Python's int(), not for Atoi
    "null", "None", "false",
]
# fmt: on


@pytest.mark.parametrize("user", ROOT)
def test_root(user: str | None) -> None:
    assert is_root(user)


@pytest.mark.parametrize("user", NOT_ROOT)
def test_not_root(user: str) -> None:
    assert not is_root(user)


def atoi(text: str) -> int | None:
    """Go's ``strconv.Atoi``, byte by byte as its fast path reads it; None for its ErrSyntax."""
    digits = text[1:] if text[:1] in ("+", "-") else text
    if not digits:
        return None
    number = 0
    for byte in digits.encode():
        if not 0 <= byte - ord("0") <= 9:
            return None
        number = 10 * number + byte - ord("0")
    return -number if text[0] == "-" else number


USERS = st.one_of(
    st.text(alphabet="0+-:", max_size=6),
    st.text(alphabet="0123456789+-:", min_size=9, max_size=13),
    st.text(alphabet="01+-:_ xrRoOtT\u0660", max_size=8),
    st.sampled_from([user for user in ROOT + NOT_ROOT if user is not None]),
    st.text(max_size=6),
)


@given(USERS)
def test_root_is_what_the_container_runtime_reads_as_uid_0(user: str) -> None:
    name = user.split(":")[0]
    assert is_root(user) == (
        name == "" or name.lower() == "root" or atoi(name) == 0 or abs(atoi(name) or 0) > 2**31 - 1
    )


@pytest.mark.parametrize(
    ("prefix", "decided"),
    [
        ("", None),
        ("0", None),
        ("+", None),
        ("-00", None),
        ("r", None),
        ("ROO", None),
        ("root", None),  # rootless
        ("1", None),  # 10000000000
        ("01", None),
        ("-1", None),  # -10000000000
        ("-x", False),
        ("rootl", False),
        ("app", False),
        (" ", False),
        ("1000:", False),
        ("root:", True),
        ("0:", True),
        (":", True),
        ("+0:1", True),
    ],
)
def test_what_a_known_beginning_decides(prefix: str, decided: bool | None) -> None:
    assert prefix_decides_root(prefix) is decided


@given(USERS, USERS)
def test_a_decided_beginning_holds_for_every_end(prefix: str, end: str) -> None:
    assert prefix_decides_root(prefix) in (None, is_root(prefix + end))


@given(USERS)
def test_an_undecided_beginning_can_go_both_ways(prefix: str) -> None:
    if prefix_decides_root(prefix) is None:
        ends = ["", "0", "root"[len(prefix) :], "x1", "9" * 10]
        assert {is_root(prefix + end) for end in ends} == {True, False}


@pytest.mark.parametrize(
    ("user", "administrator"),
    [
        (None, True),
        ("", True),
        ("ContainerAdministrator", True),
        ("containeradministrator", True),
        (r"User Manager\ContainerAdministrator", True),
        ("ContainerUser", False),
        (r"User Manager\ContainerUser", False),
        ("ContainerAdministrators", False),
        ("app", False),
        ("0", False),
    ],
)
def test_container_administrator(user: str | None, administrator: bool) -> None:
    assert is_container_administrator(user) is administrator


@pytest.mark.parametrize(("user", "part"), [(None, ""), ("", ""), ("a", "a"), ("a:b", "a"), (":b", ""), ("a:b:c", "a")])
def test_user_part(user: str | None, part: str) -> None:
    assert user_part(user) == part
