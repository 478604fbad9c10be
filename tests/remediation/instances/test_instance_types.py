"""Room on instance types: the network interfaces of each, one less for the instance itself."""

from __future__ import annotations

import pytest

from ecs_guard_aspects.remediation.instances.instance_types import ROOM

# The type, its network interfaces, and how many tasks have room with trunking, as AWS documents them.
DOCUMENTED = [
    ("t2.micro", 2, 1),
    ("t2.xlarge", 3, 2),
    ("t3.nano", 2, 1),
    ("t3.small", 3, 2),
    ("t3.2xlarge", 4, 3),
    ("t3a.small", 2, 1),
    ("t3a.medium", 3, 2),
    ("t4g.large", 3, 2),
    ("c4.large", 3, 2),
    ("c4.4xlarge", 8, 7),
    ("m4.large", 2, 1),
    ("m4.xlarge", 4, 3),
    ("c5.large", 3, 10),
    ("m5.xlarge", 4, 20),
    ("m5d.2xlarge", 4, 40),
    ("r5a.4xlarge", 8, 60),
]


@pytest.mark.parametrize(("name", "interfaces", "with_trunk"), DOCUMENTED)
def test_the_room_on_a_type(name: str, interfaces: int, with_trunk: int) -> None:
    assert ROOM[name] == (interfaces - 1, with_trunk)


def test_trunking_never_takes_room() -> None:
    assert all(room.with_trunk >= room.tasks >= 1 for room in ROOM.values())


@pytest.mark.parametrize("name", ["m5.metal", "c7g.large", "M5.LARGE", "m5"])
def test_the_room_on_others_is_not_known(name: str) -> None:
    assert name not in ROOM
