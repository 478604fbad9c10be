"""Security groups: which rules admit the internet, or a prefix list, on the ports of containers."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.sources.account.exposure.security_groups import open_rules, prefix_list_rules, security_group
from ecs_guard_aspects.sources.account.workloads import Port


def permission(*sources: str, protocol: str = "tcp", ports: tuple[int, int] | None = (80, 80)) -> dict[str, Any]:
    of_ports = {"FromPort": ports[0], "ToPort": ports[1]} if ports else {}
    return {
        "IpProtocol": protocol,
        **of_ports,
        "IpRanges": [{"CidrIp": one} for one in sources if "." in one],
        "Ipv6Ranges": [{"CidrIpv6": one} for one in sources if ":" in one],
        "PrefixListIds": [{"PrefixListId": one} for one in sources if one.startswith("pl-")],
    }


# A permission, the ports, and what admits the internet on them by IPv4 and by IPv6.
OPEN: list[tuple[dict[str, Any], list[Port], list[str], list[str]]] = [
    (permission("0.0.0.0/0"), [Port(80, 80)], ["0.0.0.0/0 on port 80"], []),
    (permission("0.0.0.0/0"), [Port(81, 81)], [], []),
    (permission("0.0.0.0/0"), [Port(80, 80, "udp")], [], []),
    (permission("0.0.0.0/0", protocol="-1", ports=None), [Port(53, 53, "udp")], ["0.0.0.0/0 on port 53/udp"], []),
    (permission("0.0.0.0/0", ports=None), [Port(1, 65535)], ["0.0.0.0/0 on ports 1-65535"], []),
    (permission("0.0.0.0/0", protocol="icmp", ports=(-1, -1)), [Port(0, 65535)], [], []),
    (permission("0.0.0.0/0", ports=(70, 90)), [Port(1, 75), Port(85, 99)], ["0.0.0.0/0 on ports 70-75, 85-90"], []),
    (permission("128.0.0.0/1", "198.51.100.0/24"), [Port(80, 80)], ["128.0.0.0/1 on port 80"], []),
    (permission("10.0.0.0/7", "10.0.0.0/8"), [Port(80, 80)], ["10.0.0.0/7 on port 80"], []),
    (permission("::/0", "2000::/15", "2001:db8::/32"), [Port(80, 80)], [], ["::/0 on port 80", "2000::/15 on port 80"]),
    (permission("pl-1"), [Port(80, 80)], [], []),
]


@pytest.mark.parametrize(("rule", "ports", "by_4", "by_6"), OPEN)
def test_what_admits_the_internet(rule: dict[str, Any], ports: list[Port], by_4: list[str], by_6: list[str]) -> None:
    group = security_group({"GroupId": "sg-1", "IpPermissions": [rule]})
    for version, expected in ((4, by_4), (6, by_6)):
        assert open_rules([group], ports, [version]) == [f"security group sg-1 admits {one}" for one in expected]
    assert open_rules([group], ports, []) == []


def test_a_prefix_list_is_reported_by_itself() -> None:
    rules = [permission("0.0.0.0/0", "pl-1"), permission("pl-2", ports=(443, 443))]
    group = security_group({"GroupId": "sg-1", "IpPermissions": rules})
    assert prefix_list_rules([group], [Port(80, 80)]) == ["security group sg-1 admits prefix list pl-1 on port 80"]


def test_a_security_group_without_rules_admits_nothing() -> None:
    assert open_rules([security_group({"GroupId": "sg-1"})], [Port(0, 65535)], [4, 6]) == []
