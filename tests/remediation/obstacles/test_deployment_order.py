"""The order of deployment: what waits for what, within a stack and between stacks."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.remediation.obstacles.deployment_order import DeploymentOrder
from ecs_guard_aspects.remediation.who_runs_it.references import References

from ..templates import resource, stack


def ref(name: str) -> dict[str, Any]:
    return resource("T", Of={"Ref": name})


REFERENCES = References(
    [
        stack("One", A=ref("B"), B=ref("C"), C=resource("T"), D={**resource("T"), "DependsOn": ["A"]}, Only=ref("Far")),
        stack("Two", Far=resource("T"), Near=resource("T")),
        stack("Three", Last=resource("T")),
    ]
)


@pytest.mark.parametrize(
    ("first", "last", "declared", "expected"),
    [
        ("One/A", "One/B", [], True),
        ("One/A", "One/C", [], True),
        ("One/C", "One/A", [], False),
        ("One/D", "One/C", [], True),
        ("One/C", "One/D", [("One/C", "One/D")], True),
        # One references Two, so all of One waits for all of Two.
        ("One/A", "Two/Near", [], True),
        ("Two/Near", "One/A", [], False),
        ("Two/Near", "Three/Last", [], False),
        ("Two/Near", "Three/Last", [("Two", "Three")], True),
        ("One/A", "Three/Last", [("Two", "Three")], True),
        ("Three/Last", "One/A", [("Two", "Three")], False),
    ],
)
def test_what_waits_for_what(first: str, last: str, declared: list[tuple[str, str]], expected: bool) -> None:
    order = DeploymentOrder(
        REFERENCES, ["One", "Two", "Three"], lambda path: [target for source, target in declared if source == path]
    )
    one, other = REFERENCES.at(first), REFERENCES.at(last)
    assert one is not None
    assert other is not None
    assert order.waits_for(one, other) is expected
