"""Overrides merge as the CDK merges them: random properties, random overrides, one synth for a crowd of resources."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aws_cdk as cdk
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from ecs_guard_aspects.admission.overrides import DELETED, OverridesUnreadableError, apply_overrides, read_overrides
from ecs_guard_aspects.admission.reading import read

from .support import TASK_DEFINITION, make_app, template_of

CROWD = 40
KEYS = ("NetworkMode", "A", "b", "Ref", "Fn::If", "Fn::GetAtt", "0", "1", "a/b", "x.y", "constructor", "é")

scalars = st.sampled_from(["awsvpc", "", "0", 0, 1, -3, 2.5, True, False])
keys = st.sampled_from(KEYS)
values = st.recursive(
    scalars,
    lambda children: st.lists(children, max_size=3) | st.dictionaries(keys, children, max_size=3),
    max_leaves=8,
)
properties = st.dictionaries(keys, values, max_size=4)
steps = keys | st.sampled_from(["0", "1", "2", "4", "01", "-1"])
paths = st.lists(steps, min_size=1, max_size=4)
# None at any depth is undefined on the other side.
holey = st.recursive(
    scalars | st.none(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(keys, children, max_size=3),
    max_leaves=6,
)
Overrides = list[tuple[list[str], Any]]
deletions = st.tuples(paths, st.just(DELETED))
overrides = st.lists(st.tuples(paths, holey) | deletions | deletions, max_size=5)


def override(node: cdk.CfnResource, path: list[str], value: Any) -> None:
    dotted = ".".join(key.replace(".", "\\.") for key in path)
    if value is DELETED:
        node.add_property_deletion_override(dotted)
    else:
        node.add_property_override(dotted, value)


# Not shrunk: a crowd shrinks for minutes, and the message names the one case that differs.
@settings(max_examples=12, phases=[Phase.generate])
@given(st.lists(st.tuples(properties, overrides), min_size=CROWD, max_size=CROWD))
def test_merged_as_the_cdk_merges(crowd: list[tuple[dict[str, Any], Overrides]]) -> None:
    with TemporaryDirectory() as outdir:
        app = make_app(Path(outdir))
        stack = cdk.Stack(app, "Stack")
        nodes = []
        for index, (given_properties, changes) in enumerate(crowd):
            node = cdk.CfnResource(stack, f"R{index}", type=TASK_DEFINITION, properties=given_properties)
            for path, value in changes:
                override(node, path, value)
            nodes.append(node)
        found = [read(node).properties for node in nodes]
        app.synth()
        resources = template_of(stack)["Resources"]
        written = [resources[f"R{index}"].get("Properties") for index in range(len(crowd))]
    for case, read_, expected in zip(crowd, found, written, strict=True):
        assert read_ == expected, case


@pytest.mark.parametrize(
    "message",
    [
        "Something else at /rawOverrides/Properties (using objectEquals matcher)",
        "Unexpected key b at /rawOverrides/Elsewhere/b (using objectEquals matcher)",
        "Unexpected key b at /otherField/Properties/b (using objectEquals matcher)",
        "Unexpected key b at /rawOverrides/Properties/a/c/b (using objectEquals matcher)",
    ],
)
def test_what_cannot_be_understood_is_an_error(monkeypatch: pytest.MonkeyPatch, stack: cdk.Stack, message: str) -> None:
    node = cdk.CfnResource(stack, "R", type=TASK_DEFINITION)
    node.add_property_override("a", {"c": {"x": 1}})
    node.add_property_override("a/c", {"x": 2})
    node.add_property_deletion_override("b")
    monkeypatch.setattr(cdk.assertions.MatchResult, "to_human_strings", lambda _: [message])
    with pytest.raises(OverridesUnreadableError):
        read_overrides(node, stack)


def test_a_resource_with_nothing_left() -> None:
    assert apply_overrides({"Type": "T", "Properties": {"A": 1}}, {"Type": DELETED, "Properties": {"A": DELETED}}) == {}
