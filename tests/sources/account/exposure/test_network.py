"""The network around tasks: calls that fail, and how many there are."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.policy import judge
from ecs_guard_aspects.sources.account.calls import Calls
from ecs_guard_aspects.sources.account.exposure.network import RegionNetwork
from ecs_guard_aspects.sources.account.found import InUse
from tests.cloud import IRELAND, THROTTLED, TIMED_OUT, Cloud, denied

from ..support import said, usage
from .conftest import Read
from .support import NO_POLICY, PUBLIC, WEB, awsvpc, everything

# The call that fails, what cannot be read, and the task definitions whose exposure is then unknown.
FAILING: list[tuple[str, str, list[str]]] = [
    ("ec2:DescribeNetworkInterfaces", "The network interfaces of the tasks of Region eu-west-1", ["web:1"]),
    ("ecs:DescribeContainerInstances", "The container instances of cluster prod", ["host:1"]),
    ("ec2:DescribeInstances", "The EC2 instances of Region eu-west-1", ["host:1"]),
    ("ec2:DescribeSecurityGroups", "The security groups of Region eu-west-1", ["web:1", "host:1", "api:1", "old:1"]),
    ("elasticloadbalancing:DescribeTargetGroups", "The target groups of Region eu-west-1", ["api:1"]),
    ("elasticloadbalancing:DescribeListeners", "The listeners of load balancer api", ["api:1"]),
]


@pytest.mark.parametrize("error", ["denied", "throttled", "hangs"])
@pytest.mark.parametrize(("action", "what", "unknown"), FAILING, ids=[row[0] for row in FAILING])
def test_a_call_that_fails(cloud: Cloud, read: Read, action: str, what: str, unknown: list[str], error: str) -> None:
    everything(cloud.region())
    cloud.errors = {action: {"denied": denied(action), "throttled": THROTTLED, "hangs": TIMED_OUT}[error]}
    why = {
        "denied": f"permission {action} {NO_POLICY}",
        "throttled": f"{action} was throttled, also when it was retried",
        "hangs": f"{action} timed out",
    }[error]
    document = read()
    assert said(document) == [f"{what} cannot be read: {why}."]
    levels = {name: usage(document, name).exposure for name in ("web:1", "host:1", "api:1", "old:1")}
    assert [name for name, exposure in levels.items() if exposure.level.value == "unknown"] == unknown
    assert all(why in exposure.reasons[0] for name, exposure in levels.items() if name in unknown)
    report = judge([document])
    assert not report.is_admitted
    assert "exposure" in report.findings[0].why


def test_load_balancers_that_cannot_be_read(cloud: Cloud, read: Read) -> None:
    """Both kinds are read by calls of one name."""
    everything(cloud.region())
    action = "elasticloadbalancing:DescribeLoadBalancers"
    cloud.errors = {action: denied(action, "")}
    document = read()
    assert said(document) == [
        f"The {kind} of Region eu-west-1 cannot be read: permission {action} is missing."
        for kind in ("load balancers", "Classic Load Balancers")
    ]
    assert usage(document, "api:1").exposure.level.value == usage(document, "old:1").exposure.level.value == "unknown"


def test_nothing_is_asked_that_decides_nothing(cloud: Cloud, read: Read) -> None:
    here = cloud.region()
    awsvpc(here, None)
    here.serve("prod", "web", "web:1")
    read()
    asked = {action for action in cloud.counts() if not action.startswith(("ecs:", "events:", "scheduler:"))}
    assert asked == {"ec2:DescribeNetworkInterfaces"}


# How many tasks with interfaces of their own and on instances, and services with load balancers; the calls.
COSTS: list[tuple[tuple[int, int, int], dict[str, int]]] = [
    ((1, 1, 1), {"DescribeNetworkInterfaces": 1, "DescribeContainerInstances": 1, "DescribeInstances": 1,
                 "DescribeSecurityGroups": 1, "DescribeTargetGroups": 1, "DescribeLoadBalancers": 1,
                 "DescribeListeners": 1}),
    ((250, 250, 30), {"DescribeNetworkInterfaces": 3, "DescribeContainerInstances": 1, "DescribeInstances": 1,
                      "DescribeSecurityGroups": 1, "DescribeTargetGroups": 1, "DescribeLoadBalancers": 1,
                      "DescribeListeners": 10}),
]  # fmt: skip


@pytest.mark.parametrize(("sizes", "expected"), COSTS, ids=str)
def test_the_number_of_calls(cloud: Cloud, read: Read, sizes: tuple[int, int, int], expected: dict[str, int]) -> None:
    tasks, on_instances, services = sizes
    here = cloud.region()
    for name, mode in (("web:1", "awsvpc"), ("web:2", "awsvpc"), ("host:1", "host")):
        here.register(name, mode=mode, containerDefinitions=WEB)
    here.admit("sg-1")
    for number in range(tasks):
        here.run("prod", "web:1", attachments=here.attach(f"eni-{number}", PUBLIC))
    for number in range(on_instances):
        here.run("prod", "host:1", containerInstanceArn=here.launch(f"i-{number % 50}", PUBLIC))
    for number in range(services):
        here.serve("prod", f"s{number}", f"web:{number % 2 + 1}", loadBalancers=[here.balance(f"b{number % 10}")])
    document = read()
    assert said(document) == []
    assert {
        name.partition(":")[2]: count for name, count in cloud.counts().items() if name.partition(":")[2] in expected
    } == expected
    assert usage(document).running_tasks == tasks


def test_interfaces_that_ecs_attached_for_a_task_are_not_those_of_the_instance(cloud: Cloud) -> None:
    def interface(address: str, description: str = "") -> dict[str, Any]:
        private = {"Association": {"PublicIp": address}}
        group = {"GroupId": f"sg-{address[-1]}"}
        return {"Description": description, "Groups": [group], "PrivateIpAddresses": [private]}

    of_a_task = interface("203.0.113.2", "arn:aws:ecs:eu-west-1:111111111111:attachment/1")
    cloud.region().launch("i-1", NetworkInterfaces=[interface("203.0.113.1"), of_a_task])
    cloud.region().launch("i-2", "203.0.113.3", "sg-3")
    read = network(cloud).instances(["i-1", "i-2", "i-3"])
    assert {id_: [(one.addresses, one.groups) for one in found] for id_, found in read.items.items()} == {
        "i-1": [(("203.0.113.1",), ("sg-1",))],
        "i-2": [(("203.0.113.3",), ("sg-3",))],
    }
    assert read.get("i-3", "instance") == (None, "instance i-3 does not exist any more")


# The protocol of a listener, and the ports that clients connect to.
PROTOCOLS = [
    ("HTTPS", ["443"]),
    ("TLS", ["443"]),
    ("UDP", ["443/udp"]),
    ("QUIC", ["443/udp"]),
    ("TCP_UDP", ["443", "443/udp"]),
    ("TCP_QUIC", ["443", "443/udp"]),
]


@pytest.mark.parametrize(("protocol", "ports"), PROTOCOLS)
def test_the_ports_of_a_listener(cloud: Cloud, protocol: str, ports: list[str]) -> None:
    cloud.region().balance("web")
    (balancer,) = cloud.region().balancers.values()
    balancer["listeners"] = [{"Protocol": protocol, "Port": 443}, {"Protocol": "GENEVE"}]
    read = network(cloud)
    (listed,) = read.load_balancers.items.values()
    found, problem = read.with_listeners(listed)
    assert found is not None
    assert (list(map(str, found.ports)), found.listeners, problem) == (ports, (f"{protocol} 443",), "")


def network(cloud: Cloud) -> RegionNetwork:
    calls = Calls(lambda: None, lambda: False)
    return RegionNetwork(
        IRELAND, cloud.client("ecs", IRELAND), lambda name: cloud.client(name, IRELAND), calls, InUse()
    )
