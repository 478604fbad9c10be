"""One template: its task definitions, and the notices about other resources."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.model.inline_exemption import Acknowledgement
from ecs_guard_aspects.model.notice import NOT_CHECKED, UNREADABLE, Notice
from ecs_guard_aspects.model.place import NOWHERE, Place
from ecs_guard_aspects.model.resource import NESTED_STACK, TASK_DEFINITION, Resource
from ecs_guard_aspects.model.template import Origin, StackTemplate
from ecs_guard_aspects.sources.cloudformation.template import TemplateError, items_of, template_document

from ..support import BAD, deploys

MACRO = {"Fn::Transform": {"Name": "Mine"}}


def items(**resources: Any) -> list[Resource | Notice]:
    """Return what a template yields; ``Fn__ForEach__X`` is ``Fn::ForEach::X``."""
    members = {name.replace("__", "::"): resource for name, resource in resources.items()}
    return list(template_document({"Resources": members}).items)


def outline(found: list[Resource | Notice]) -> list[tuple[str, str]]:
    """Return name and kind of each item."""
    return [(item.name, item.kind if isinstance(item, Notice) else "judged") for item in found]


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        (None, "a mapping, not a NoneType"),
        ([], "a mapping, not a list"),
        ({}, "no Resources"),
        ({"Resources": None}, "no Resources"),
        ({"Resources": []}, "Resources that are a list"),
    ],
)
def test_other_values_than_templates(template: Any, problem: str) -> None:
    with pytest.raises(TemplateError, match=problem):
        template_document(template)


def test_a_document_has_a_name_and_all_its_items() -> None:
    document = template_document({"Resources": {"Td": BAD}}, "infra/web.json")
    assert (document.name, document.sha256) == ("infra/web.json", None)
    assert outline(list(document.items)) == outline(list(document.items)) == [("Td", "judged")]


def test_a_task_definition_is_as_it_is_written() -> None:
    written = {**BAD, "Condition": "IsProd"}
    sections = {"Parameters": {"P": {"Type": "String"}}, "Conditions": {"IsProd": {"Fn::Equals": ["a", "b"]}}}
    (found,) = template_document({**sections, "Resources": {"Td": written}}).items
    assert isinstance(found, Resource)
    assert (found.name, found.address, found.type) == ("Td", "Td", TASK_DEFINITION)
    assert (found.properties, found.condition) == ({"NetworkMode": "bridge"}, "IsProd")
    assert (list(found.declarations.parameters), list(found.declarations.conditions)) == (["P"], ["IsProd"])
    assert (found.place_of("Properties/NetworkMode"), found.acknowledged) == (NOWHERE, {})


# fmt: off
RESOURCES = [
    # the resource                                  what comes of it
    (BAD,                                           "judged"),
    ({"Type": TASK_DEFINITION},                     "judged"),
    ({"Type": TASK_DEFINITION, "Properties": []},   "judged"),
    ({"Type": "AWS::SNS::Topic"},                   None),
    ({"Type": "AWS::ECS::Service"},                 None),
    ({"Type": NESTED_STACK},                        NOT_CHECKED),
    (deploys("https://s3/t.json"),                  NOT_CHECKED),
    ({"Type": "AWS::CloudFormation::StackSet"},     NOT_CHECKED),
    ({"Type": "A::B::C::MODULE"},                   NOT_CHECKED),
    (None,                                          UNREADABLE),
    ([],                                            UNREADABLE),
    ({},                                            UNREADABLE),
]
# fmt: on


@pytest.mark.parametrize(("resource", "kind"), RESOURCES, ids=repr)
def test_each_resource(resource: Any, kind: str | None) -> None:
    assert outline(items(Odd=resource)) == ([("Odd", kind)] if kind else [])


def test_the_order_is_that_of_the_template() -> None:
    found = items(B=BAD, Far=deploys("x"), Odd=[], Topic={"Type": "AWS::SNS::Topic"}, A=BAD)
    assert outline(found) == [("B", "judged"), ("Far", NOT_CHECKED), ("Odd", UNREADABLE), ("A", "judged")]


def test_a_macro_on_all_of_it_is_said_first_and_of_no_resource() -> None:
    found = list(template_document({"Resources": {"Td": BAD}, "Transform": "Mine"}).items)
    assert outline(found) == [("", NOT_CHECKED), ("Td", "judged")]


def test_a_macro_next_to_the_properties_may_change_them() -> None:
    (found,) = items(Td={**BAD, **MACRO})
    assert isinstance(found, Resource)
    assert found.properties == {**BAD, **MACRO}


@pytest.mark.parametrize(
    ("name", "resource", "kind"),
    [
        ("Fn__Transform", {"Name": "AWS::Include"}, NOT_CHECKED),
        ("Fn__ForEach__All", ["X", ["a"], {"T${X}": BAD}], UNREADABLE),
        ("Fn__ForEach__All", {"Type": NESTED_STACK, "T": BAD}, UNREADABLE),  # a loop, whatever else it looks like
        ("Fn__ForEach__All", BAD, UNREADABLE),
    ],
)
def test_what_is_called_like_a_function_is_one(name: str, resource: Any, kind: str) -> None:
    assert outline(items(**{name: resource})) == [(name.replace("__", "::"), kind)]


def test_what_only_the_reader_knows_is_passed_on() -> None:
    place, acknowledged = Place("app.py", 7), {"awsvpc-network-mode": Acknowledgement("Stack", "known")}

    def origin_of(logical_id: str) -> Origin:
        return Origin(f"Stack/{logical_id}", lambda location: place, acknowledged)

    template = {"Transform": "Mine", "Resources": {"Td": BAD, "Odd": [], "Far": deploys("x"), "Near": deploys("y")}}
    declarations = items(Td=BAD)[0].declarations  # type: ignore[union-attr]
    given = StackTemplate("S.json", "Stack", template, declarations, read_too=["Near"], origin_of=origin_of)
    found = list(items_of(given))
    assert [(item.name, item.address) for item in found] == [
        ("", "Stack"),
        ("Td", "Stack/Td"),
        ("Odd", "Stack/Odd"),
        ("Far", "Stack/Far"),
    ]
    for item in found[1:]:
        assert (item.place_of("") if isinstance(item, Resource) else item.place) == place
        assert item.acknowledged == acknowledged


def test_logical_ids_that_are_not_text_become_text() -> None:
    assert outline(list(template_document({"Resources": {5: BAD}}).items)) == [("5", "judged")]
