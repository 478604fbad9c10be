"""Inline exemptions: comments and metadata of a resource, and how sources read them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecs_guard_aspects.model.inline_exemption import InlineExemption
from ecs_guard_aspects.model.place import Place
from ecs_guard_aspects.model.resource import Resource
from ecs_guard_aspects.sources.recognition import recognize
from ecs_guard_aspects.sources.text.inline_exemptions import in_metadata, parse_comment
from ecs_guard_aspects.sources.text.read import read_text

HERE = Place("a.yaml", 3, 5)

MODE = "awsvpc-network-mode"

FIELDS = "owner=team-a until=2027-03-01"
X = "# ecs-guard: x"


def fields(**changes: str) -> dict[str, str]:
    return {"check": MODE, "owner": "team-a", "expires": "2027-03-01", "reason": "moves in Q1", **changes}


# fmt: off
COMMENTS: list[tuple[str, list[dict[str, str]]]] = [
    (f"# ecs-guard: ignore[{MODE}] {FIELDS} moves in Q1",               [fields()]),
    (f"#ecs-guard:ignore[{MODE}] {FIELDS} moves in Q1",                 [fields()]),
    (f"## ecs-guard : ignore [ {MODE} ]  {FIELDS}   moves in Q1  ",     [fields()]),
    (f"ecs-guard: ignore[{MODE}] {FIELDS} moves in Q1",                 [fields()]),
    (f"// ecs-guard: ignore[{MODE}] {FIELDS} moves in Q1",              [fields()]),  # HCL
    (f"/* ecs-guard: ignore[{MODE}] {FIELDS} moves in Q1 */",           [fields()]),
    (f"/**\n * ecs-guard: ignore[{MODE}] {FIELDS} moves in Q1\n */",    [fields()]),
    (f"# ecs-guard: ignore[{MODE}] {FIELDS} moves in Q1\r",             [fields()]),
    (f"#\tecs-guard:\tignore[{MODE}]\towner=team-a\tuntil=2027-03-01\tmoves in Q1", [fields()]),
    (f"# ecs-guard: ignore[{MODE}] until=2027-03-01 owner=team-a moves in Q1", [fields()]),
    (f'# ecs-guard: ignore[{MODE}] owner="team a" until=2027-03-01 moves in Q1', [fields(owner="team a")]),
    (f"# ecs-guard: ignore[{MODE}] {FIELDS} ticket=A-1 container=b moves in Q1", [fields(ticket="A-1", container="b")]),
    (f"# ecs-guard: ignore[{MODE}, x,{MODE}] {FIELDS} moves in Q1",     [fields(), fields(check="x")]),
    (f"# ecs-guard: ignore[{MODE}] {FIELDS} sets a=b # twice",          [fields(reason="sets a=b # twice")]),
    (f"# ecs-guard: ignore[{MODE}] {FIELDS} \u00fcber [x]",             [fields(reason="\u00fcber [x]")]),
    # For nobody, or for somebody else.
    ("# moves in Q1",                        []),
    ("# ecs-guard judges this",              []),
    ("# ecs-guard-aspects: a package",       []),
    ("# ecs-guards: ignore[x]",              []),
    ("# see ecs-guard: ignore[x]",           []),
    ("# checkov:skip=CKV_AWS_97: known",     []),
    ("",                                     []),
    ("#",                                    []),
]

PROBLEMS: list[tuple[str, str]] = [
    ("# ecs-guard:",                                             "it is empty"),
    (f"# ecs-guard: ignor[{MODE}] {FIELDS} x",                   "does not begin with ignore[CHECK]"),
    (f"# ecs-guard: IGNORE[{MODE}] {FIELDS} x",                  "does not begin with ignore[CHECK]"),
    ("# ecs-guard: off",                                         "does not begin with ignore[CHECK]"),
    ("# ecs-guard: ignore",                                      "does not begin with ignore[CHECK]"),
    (f"# ecs-guard: ignore[{MODE} {FIELDS} x",                   "does not begin with ignore[CHECK]"),
    (f"# ecs-guard: ignore[{MODE}]x {FIELDS} x",                 "does not begin with ignore[CHECK]"),
    (f"# ecs-guard ignore[{MODE}] {FIELDS} x",                   "a colon is missing"),
    (f"# ecs-guard: ignore[] {FIELDS} x",                        "a name of a check is missing"),
    (f"# ecs-guard: ignore[{MODE},] {FIELDS} x",                 "a name of a check is missing"),
    (f"# ecs-guard: ignore[{','.join(map(str, range(21)))}] {FIELDS} x", "it names more than 20 checks"),
    (f"# ecs-guard: ignore[{MODE}]",                             "it lacks owner=..., until=YYYY-MM-DD, the reason"),
    (f"# ecs-guard: ignore[{MODE}] until=2027-03-01 x",          "it lacks owner=..."),
    (f"# ecs-guard: ignore[{MODE}] owner=a x",                   "it lacks until=YYYY-MM-DD"),
    (f"# ecs-guard: ignore[{MODE}] {FIELDS}",                    "it lacks the reason"),
    (f"# ecs-guard: ignore[{MODE}] {FIELDS} owner=b x",          "owner= is repeated"),
    (f"# ecs-guard: ignore[{MODE}] {FIELDS} because ticket=A-1", "ticket= is in the reason"),
    (f"# ecs-guard: ignore[{MODE}] because {FIELDS}",            "owner= is in the reason"),
    (f"# ecs-guard: ignore[{MODE}] owner=a expires=2027-03-01 x", "expires= is unknown: the last day is until=..."),
    (f"# ecs-guard: ignore[{MODE}] ower=a until=2027-03-01 x",   "ower= is unknown; known are owner, until"),
    (f'# ecs-guard: ignore[{MODE}] owner="team a until=2027-03-01 x', "owner= has a quote that does not end"),
    (f'# ecs-guard: ignore[{MODE}] owner="team"a until=2027-03-01 x', "or text after its quotes"),
]


# fmt: on


@pytest.mark.parametrize(("text", "expected"), COMMENTS, ids=[text or "-" for text, _ in COMMENTS])
def test_what_a_comment_says(text: str, expected: list[dict[str, str]]) -> None:
    assert parse_comment(text, HERE) == [InlineExemption(said, HERE) for said in expected]


@pytest.mark.parametrize(("text", "problem"), PROBLEMS, ids=[text for text, _ in PROBLEMS])
def test_a_comment_that_says_too_little(text: str, problem: str) -> None:
    (found,) = parse_comment(text, HERE)
    assert (found.fields, found.place) == ({}, HERE)
    assert problem in found.problem
    assert len(found.problem) < 200


@given(st.text(max_size=60))
@settings(max_examples=100, deadline=None)
def test_what_is_for_the_gate_is_never_skipped(text: str) -> None:
    (found, *_) = parse_comment(f"# ecs-guard: {text}", HERE)
    assert found.problem or found.fields["check"]


def test_a_huge_comment_is_read_at_once() -> None:
    for text in (f"{FIELDS} {'x ' * 500_000}", '"' * 100_000, "a=" * 100_000, "[" * 100_000, " " * 100_000):
        assert len(parse_comment(f"# ecs-guard: ignore[{MODE}] {text}", HERE)) == 1


def exemptions(text: str) -> dict[str, list[Any]]:
    """Return by address the places of exemptions."""
    document = recognize("a.yaml", read_text(text))
    assert document is not None
    found = {item.address: [e.place.line for e in item.exemptions] for item in document.items}
    return found | {"": [exemption.place.line for exemption in document.exemptions]}


TASK = "Type: AWS::ECS::TaskDefinition"


def test_of_a_template() -> None:
    text = f"Resources:\n  A:\n    {TASK} {X}\n  B:\n    Type: AWS::S3::Bucket {X}\n{X}"
    assert exemptions(text) == {"a.yaml/A": [3], "": [5, 6]}


def test_of_what_is_not_looked_into() -> None:
    text = f"Resources:\n  A: {X}\n    Type: AWS::CloudFormation::Stack\n    Properties: {{TemplateURL: 'https://x'}}"
    assert exemptions(text) == {"a.yaml/A": [2], "": []}


def test_of_an_api_file_the_whole_file_is_the_task_definition() -> None:
    assert exemptions(f"{X}\nfamily: a\ncontainerDefinitions: []\n{X}") == {"a.yaml": [1, 4], "": []}


def test_of_a_list_of_the_api_each_item_for_itself() -> None:
    task = "containerDefinitions: []"
    text = f"{X}\n- {task} {X}\n  family: a\n  {X}\n{X}\n- b: 1 {X}\n- taskDefinition: {{{task}}}"
    assert exemptions(text) == {"a.yaml/0": [1, 2, 4], "a.yaml/2": [], "": [5, 6]}


METADATA: list[tuple[Any, list[Any]]] = [
    ([], []),
    ([{"check": MODE}], [({"check": MODE}, "")]),
    ([{"check": MODE}, {"check": 5}], [({"check": MODE}, ""), ({"check": 5}, "")]),
    ({"check": MODE}, [({}, "ecs-guard in Metadata must be a list of exemptions, 1,000 at the most")]),
    ({"Fn::If": ["A", [], []]}, [({}, "ecs-guard in Metadata must be a list of exemptions, 1,000 at the most")]),
    ("x", [({}, "ecs-guard in Metadata must be a list of exemptions, 1,000 at the most")]),
    (None, [({}, "ecs-guard in Metadata must be a list of exemptions, 1,000 at the most")]),
    ([{}] * 1001, [({}, "ecs-guard in Metadata must be a list of exemptions, 1,000 at the most")]),
    ([5], [({}, "ecs-guard[0] in Metadata must be an object")]),
]


@pytest.mark.parametrize(("written", "expected"), METADATA)
def test_of_metadata(written: Any, expected: list[Any]) -> None:
    found = list(in_metadata({"Metadata": {"ecs-guard": written}}, lambda location: Place(location)))
    assert [(exemption.fields, exemption.problem) for exemption in found] == expected
    assert all(exemption.place.file == exemption.location for exemption in found)


@pytest.mark.parametrize(
    "resource", [{}, {"Metadata": None}, {"Metadata": []}, {"Metadata": {"cfn-lint": {}}}, [], None, "x"]
)
def test_no_metadata(resource: object) -> None:
    assert list(in_metadata(resource, Place)) == []


def test_metadata_stands_where_it_is_written() -> None:
    text = f"Resources:\n  A:\n    {TASK}\n    Metadata:\n      ecs-guard:\n        - check: x\n        - check: y"
    document = recognize("a.yaml", read_text(text))
    assert document is not None
    (resource,) = document.items
    assert isinstance(resource, Resource)
    assert [exemption.place for exemption in resource.exemptions] == [Place("a.yaml", 6, 11), Place("a.yaml", 7, 11)]
