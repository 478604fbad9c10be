"""The task definitions that an Aspect has visited: which of them no template has."""

from __future__ import annotations

from pathlib import Path

import aws_cdk as cdk
import pytest

from ecs_guard_aspects.gates.synth.tree.visited import Visited

from ..support import TASK_DEFINITION, generic, outdir_of


@pytest.fixture
def visited(app: cdk.App, stack: cdk.Stack) -> Visited:
    """One task definition, visited twice, in an app that is synthesized."""
    found = Visited()
    for _ in range(2):
        found.add(stack.node.try_find_child("Td") or generic(stack))  # type: ignore[arg-type]
    app.synth()
    return found


def unwritten(visited: Visited, app: cdk.App, written: set[str], files: set[Path]) -> list[str]:
    return [notice.address for notice in visited.unwritten(app, written, files)]


def template(app: cdk.App) -> Path:
    return (outdir_of(app) / "Stack.template.json").resolve()


def test_each_is_visited_once(visited: Visited) -> None:
    assert [node.node.path for node in visited.nodes] == ["Stack/Td"]


def test_what_is_known_from_a_template_is_written(app: cdk.App, visited: Visited) -> None:
    assert unwritten(visited, app, {"Stack/Td"}, set()) == []


def test_without_metadata_the_logical_id_counts(app: cdk.App, visited: Visited) -> None:
    assert unwritten(visited, app, set(), {template(app)}) == []


def test_what_is_in_no_template_that_was_read_is_not_written(app: cdk.App, visited: Visited) -> None:
    assert unwritten(visited, app, set(), set()) == ["Stack/Td"]


class LeftOut(cdk.CfnResource):
    """A resource that its own class leaves out of the template."""

    def _should_synthesize(self) -> bool:
        return False


def test_what_its_class_leaves_out_of_the_template_is_not_missing(app: cdk.App, stack: cdk.Stack) -> None:
    found = Visited()
    found.add(LeftOut(stack, "Td", type=TASK_DEFINITION))
    app.synth()
    assert unwritten(found, app, set(), {template(app)}) == []


@pytest.mark.parametrize("text", ['{"Resources": {}}', "{}", "[]"])
def test_what_its_template_does_not_have_is_not_written(app: cdk.App, visited: Visited, text: str) -> None:
    template(app).write_text(text)
    assert unwritten(visited, app, set(), {template(app)}) == ["Stack/Td"]


def test_a_template_that_cannot_be_read_is_denied_as_a_whole(app: cdk.App, visited: Visited) -> None:
    template(app).write_text("{")
    assert unwritten(visited, app, set(), {template(app)}) == []


def test_what_was_removed_does_not_count(app: cdk.App, stack: cdk.Stack, visited: Visited) -> None:
    stack.node.try_remove_child("Td")
    assert unwritten(visited, app, set(), set()) == []
