"""Patterns of users, in the regular expressions that Guard, RE2 and Rust read alike: no flags, no look-ahead."""

from __future__ import annotations

# Numbers above 2147483647, which ``user.overflows`` takes for root.
_BEYOND = "|".join(
    (
        "[1-9][0-9]{10,}",
        "[3-9][0-9]{9}",
        "2[2-9][0-9]{8}",
        "21[5-9][0-9]{7}",
        "214[89][0-9]{6}",
        "2147[5-9][0-9]{5}",
        "214749[0-9]{4}",
        "214748[4-9][0-9]{3}",
        "2147483[7-9][0-9]{2}",
        "21474836[5-9][0-9]",
        "214748364[89]",
    )
)

ROOT = f"[Rr][Oo][Oo][Tt]|[+-]?0+|[+-]?0*({_BEYOND})"
"""The part before the colon of a user that ``user.is_root`` takes for root, but for an empty one."""

ADMINISTRATOR = "".join(f"[{letter.upper()}{letter}]" for letter in "containeradministrator")
"""The name of the administrator of Windows containers, without a domain."""

WINDOWS = "^[Ww][Ii][Nn][Dd][Oo][Ww][Ss]"
"""The beginning of the operating system family of Windows tasks."""
