"""Instance types: how many tasks with awsvpc fit on an instance of each.

Each task takes a network interface, and the instance itself takes one. With the account setting ``awsvpcTrunking`` some
types have room for more tasks. Only small and common types are here.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/AvailableIpPerENI.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-eni.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Room(NamedTuple):
    """The number of tasks with awsvpc on one instance, without and with ``awsvpcTrunking``."""

    tasks: int
    with_trunk: int


def _of_family(sizes: Mapping[str, int | tuple[int, int]], *families: str, **others: int) -> dict[str, Room]:
    rooms = {size: room if isinstance(room, tuple) else (room, room) for size, room in sizes.items()}
    rooms |= {size: (room, room) for size, room in others.items()}
    return {f"{family}.{size}": Room(*room) for family in families for size, room in rooms.items()}


_BURSTABLE = {"nano": 1, "micro": 1, "small": 2, "medium": 2, "large": 2, "xlarge": 3, "2xlarge": 3}
_BEFORE_NITRO = {"large": 2, "xlarge": 3, "2xlarge": 3, "4xlarge": 7}
_WITH_TRUNK = {"medium": (1, 10), "large": (2, 10), "xlarge": (3, 20), "2xlarge": (3, 40), "4xlarge": (7, 60)}

ROOM: Mapping[str, Room] = {
    **_of_family(_BURSTABLE, "t3", "t4g"),
    **_of_family(_BURSTABLE, "t3a", small=1),
    **_of_family({**_BURSTABLE, "xlarge": 2, "2xlarge": 2}, "t2"),
    **_of_family(_BEFORE_NITRO, "c4", "r4"),
    **_of_family(_BEFORE_NITRO, "m4", large=1),
    **_of_family(_WITH_TRUNK, "c5", "c5d", "m5", "m5a", "m5d", "r5", "r5a", "r5d"),
}
"""The room on each type."""
