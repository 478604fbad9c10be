"""Templates as stacks deploy them."""

from __future__ import annotations

from ecs_guard_aspects.cloudformation.declarations import Declarations
from ecs_guard_aspects.model.place import NOWHERE
from ecs_guard_aspects.model.template import Origin, StackTemplate


def test_of_a_plain_file_the_logical_id_is_the_address() -> None:
    template = StackTemplate("a.yaml", "a.yaml", {"Resources": {}}, Declarations())
    origin = template.origin_of("Task")
    assert (origin.address, origin.acknowledged, origin.exemptions) == ("Task", {}, ())
    assert origin.place_of("Properties") == NOWHERE


def test_the_reader_of_a_template_knows_where_a_resource_comes_from() -> None:
    template = StackTemplate("S.json", "S", None, Declarations(), origin_of=lambda name: Origin(f"S/{name}"))
    assert template.origin_of("Task").address == "S/Task"
