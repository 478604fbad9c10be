"""Options of the fix: what is not valid, and which option permits what blocks it."""

from __future__ import annotations

import pytest

from ecs_guard_aspects.gates.command_line.arguments import parser
from ecs_guard_aspects.gates.command_line.errors import CommandError
from ecs_guard_aspects.gates.command_line.fix.options import blocker_text, fix_options
from ecs_guard_aspects.remediation.changes import Blocker
from ecs_guard_aspects.remediation.network import Network
from ecs_guard_aspects.remediation.obstacles.service import SECURE_FROM_BIRTH
from ecs_guard_aspects.remediation.plan import FixOptions


def options(*words: str) -> FixOptions:
    given = ("fix", "a.yaml", *words)
    return fix_options(parser(given).parse_args(given))


# The options, and what they mean.
GIVEN: list[tuple[list[str], FixOptions]] = [
    ([], FixOptions()),
    (["--no-awsvpc", "--user", "1000:1000"], FixOptions(awsvpc=False, user="1000:1000")),
    (["--subnets", "subnet-1, ${B}"], FixOptions(network=Network(("subnet-1", "${B}"), ()))),
    (
        ["--subnets", "subnet-1", "--security-groups", "sg-1,sg-2", "--assign-public-ip"],
        FixOptions(network=Network(("subnet-1",), ("sg-1", "sg-2"), True)),
    ),
    (["--change-addresses"], FixOptions(may_change_addresses=True)),
    (["--run-elsewhere"], FixOptions(run_elsewhere=True)),
    (["--replace-target-groups"], FixOptions(may_replace_target_groups=True)),
    (["--replace-root", "--user", "1000"], FixOptions(may_replace_root=True, user="1000")),
]


@pytest.mark.parametrize(("words", "expected"), GIVEN, ids=[" ".join(words) for words, _ in GIVEN])
def test_what_they_mean(words: list[str], expected: FixOptions) -> None:
    assert options(*words) == expected


# The options, and the error.
BAD: list[tuple[list[str], str]] = [
    (["--subnets", ""], "subnets has 0 members"),
    (["--security-groups", "sg-1"], "need --subnets: a network is named as a whole"),
    (["--assign-public-ip"], "need --subnets: a network is named as a whole"),
    (["--subnets", "${A.B}"], "'${A.B}' is not a subnet or security group: give an id, or ${Name} of the template"),
    (["--subnets", "subnet-1", "--security-groups", "a\udcff"], "is not a subnet or security group"),
    (["--user", "root"], "the container runtime reads as root"),
]


@pytest.mark.parametrize(("words", "message"), BAD, ids=[" ".join(words) for words, _ in BAD])
def test_what_is_not_valid(words: list[str], message: str) -> None:
    with pytest.raises(CommandError) as refused:
        options(*words)
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("lifted_by", "expected"),
    [
        ("", "it is in the way"),
        (
            "network",
            "it is in the way (--subnets and --security-groups give it one, also '${Name}' for a new parameter)",
        ),
        ("may_change_addresses=True", "it is in the way (--change-addresses permits it)"),
        ("may_replace_root=True", "it is in the way (--replace-root permits it)"),
        ("run_elsewhere", "it is in the way (if that passes one, --run-elsewhere permits it)"),
        ("may_replace_target_groups", "it is in the way (--replace-target-groups permits it)"),
        ("something of the CDK", "it is in the way"),
    ],
)
def test_a_reason_names_the_option_that_permits_it(lifted_by: str, expected: str) -> None:
    assert blocker_text(Blocker("a.yaml/Task", "it is in the way", lifted_by)) == expected


@pytest.mark.parametrize(
    ("remedy", "expected"),
    [
        ("add an ingress rule for it", "it is in the way (add an ingress rule for it)"),
        (SECURE_FROM_BIRTH, "it is in the way"),  # a line of CDK code
    ],
)
def test_a_reason_ends_with_what_removes_it(remedy: str, expected: str) -> None:
    assert blocker_text(Blocker("a.yaml/Task", "it is in the way", remedy=remedy)) == expected
