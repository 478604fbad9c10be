"""The order in which an audit lists what it found."""

from __future__ import annotations

import pytest

from ecs_guard_aspects.model.document import Document
from ecs_guard_aspects.model.notice import Notice
from ecs_guard_aspects.model.resource import TASK_DEFINITION, Resource
from ecs_guard_aspects.model.usage import Exposure, ExposureLevel, Usage
from ecs_guard_aspects.policy import Enforcement, Policy, judge
from ecs_guard_aspects.policy.judging.priority import by_priority

INTERNET, UNKNOWN, INTERNAL = ExposureLevel
# One check that is denied, and one that warns.
POLICY = Policy(enforcement={"no-privileged-containers": Enforcement.WARN})
BRIDGE, PRIVILEGED = {"NetworkMode": "bridge"}, [{"Name": "app", "Privileged": True}]
DENIED = BRIDGE
WARNED = {"NetworkMode": "awsvpc", "ContainerDefinitions": PRIVILEGED}
GOOD = {"NetworkMode": "awsvpc"}


def revision(
    name: str,
    properties: dict[str, object],
    level: ExposureLevel = INTERNAL,
    running: int = 1,
    *,
    is_production: bool = False,
) -> Resource:
    usage = Usage("eu-west-1", "ACTIVE", ("service x",), Exposure(level, ("why",)), running, (), is_production)
    return Resource(name, TASK_DEFINITION, properties, name=name, account="1", usage=usage)


# What is found, in the order of the account; and the order of the report.
ORDERS: list[tuple[list[Resource], list[str]]] = [
    ([revision("warned", WARNED, INTERNET), revision("denied", DENIED)], ["denied", "warned"]),
    (
        [revision("internal", DENIED), revision("unknown", DENIED, UNKNOWN), revision("internet", DENIED, INTERNET)],
        ["internet", "unknown", "internal"],
    ),
    ([revision("idle", DENIED, running=0), revision("runs", DENIED)], ["runs", "idle"]),
    ([revision("idle", DENIED, INTERNET, 0), revision("runs", DENIED)], ["idle", "runs"]),
    (
        [revision("internet", DENIED, INTERNET), revision("production", DENIED, running=0, is_production=True)],
        ["production", "internet"],
    ),
    ([revision("warned", WARNED, INTERNET, is_production=True), revision("denied", DENIED)], ["denied", "warned"]),
    ([revision("b", DENIED), revision("a", DENIED)], ["b", "a"]),
    ([revision("good", GOOD, INTERNET, is_production=True), revision("denied", DENIED)], ["denied", "good"]),
]


@pytest.mark.parametrize(("resources", "expected"), ORDERS, ids=[" ".join(row[1]) for row in ORDERS])
def test_the_order(resources: list[Resource], expected: list[str]) -> None:
    report = by_priority(judge([Document("1/eu-west-1", resources)], POLICY))
    assert [judged.address for judged in report.resources] == expected
    found = [finding.address for finding in report.findings]
    assert found == [name for name in expected if name in found]


def test_what_cannot_be_read_comes_before_what_is_denied() -> None:
    items = (revision("denied", DENIED, INTERNET), Notice("It cannot be read.", "Why.", "Remedy."))
    report = by_priority(judge([Document("1/eu-west-1", items)], POLICY))
    assert [finding.check for finding in report.findings] == ["unreadable", "awsvpc-network-mode"]
