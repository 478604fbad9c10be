"""Globs on addresses: what matches, and what can match nothing. Exemptions have more rows in tests/policy."""

from __future__ import annotations

import pytest

from ecs_guard_aspects.model.address import AddressKind
from ecs_guard_aspects.model.address_glob import is_match, pattern_of_glob, problem_of_glob

PATH, TERRAFORM = AddressKind.PATH, AddressKind.TERRAFORM

# fmt: off
MATCHES = [
    # glob            address                 kind       matches
    ("a/b",           "a/b",                  PATH,      True),
    ("/a/b/",         "a/b",                  PATH,      True),
    ("a/*",           "a/b",                  PATH,      True),
    ("a/*",           "a/b/c",                PATH,      False),
    ("a/*",           "a",                    PATH,      False),
    ("a/b*d",         "a/bcd",                PATH,      True),
    ("**",            "a/b",                  PATH,      True),
    ("a/**/d",        "a/d",                  PATH,      True),
    ("a/**/d",        "a/b/c/d",              PATH,      True),
    ("a.b",           "axb",                  PATH,      False),
    ("[a]",           "a",                    PATH,      False),
    ("module.**",     "module.a.x.b",         PATH,      False),
    ("module.**",     "module.a.x.b",         TERRAFORM, True),
    ("module.*.x.b",  "module.a.x.b",         TERRAFORM, True),
    ("module.*.b",    "module.a.x.b",         TERRAFORM, False),
    ("**/x.b",        "infra/prod/x.b",       TERRAFORM, True),
    ("*/x.b",         "infra/prod/x.b",       TERRAFORM, False),
    # a character that no address has, and that would look like the end of a segment
    ("a/b",           "a\0b",                 PATH,      False),
    ("**",            "a\0b",                 PATH,      False),
]
# fmt: on


@pytest.mark.parametrize(("glob", "address", "kind", "matches"), MATCHES)
def test_what_a_glob_matches(glob: str, address: str, kind: AddressKind, matches: bool) -> None:
    assert is_match(pattern_of_glob(glob, kind), address, kind) is matches


@pytest.mark.parametrize(
    ("glob", "kind", "problem"),
    [
        ("a/**/b", PATH, None),
        ("a/b**", PATH, "'**' must be a whole segment"),
        ("a//b", PATH, "a segment is empty"),
        ("module.**.b", PATH, "'**' must be a whole segment"),
        ("module.**.b", TERRAFORM, None),
        ("module..b", TERRAFORM, "a segment is empty"),
    ],
)
def test_a_glob_that_can_match_nothing_has_a_problem(glob: str, kind: AddressKind, problem: str | None) -> None:
    found = problem_of_glob(glob, kind)
    assert found is None if problem is None else problem in str(found)
    if problem:
        assert not is_match(pattern_of_glob(glob, kind), glob, kind)
