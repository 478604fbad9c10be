"""Nodes of the HCL syntax tree."""

from __future__ import annotations

import pytest
import tree_sitter
import tree_sitter_hcl

from ecs_guard_aspects.sources.terraform.hcl_nodes import children, first_error, interpolations, unwrapped


def parsed(code: str) -> tree_sitter.Node:
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_hcl.language()))
    return parser.parse(code.encode()).root_node


def expression_of(value: str) -> tree_sitter.Node:
    """Return the expression of an attribute."""
    (body,) = children(parsed(f"a = {value}\n"), "body")
    (attribute,) = children(body, "attribute")
    (expression,) = children(attribute, "expression")
    return expression


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ('"x"', "string_lit"),
        ("1", "numeric_lit"),
        ("[1]", "tuple"),
        ("{ a = 1 }", "object"),
        ('"a${b}"', "quoted_template"),
        ('/* why */ "x"', "string_lit"),
        ("var.x", "expression"),
    ],
)
def test_an_expression_without_what_wraps_it(value: str, kind: str) -> None:
    assert unwrapped(expression_of(value)).type == kind


def test_children_of_some_types() -> None:
    (body,) = children(parsed("a = 1\nb {\n}\nc = 2\n"), "body")
    assert [child.type for child in children(body, "attribute")] == ["attribute", "attribute"]
    assert [child.type for child in children(body, "block", "attribute")] == ["attribute", "block", "attribute"]


def test_the_interpolations_of_a_template() -> None:
    template = unwrapped(expression_of('"a${b}c%{ if d }e%{ endif }"'))
    assert {part.type for part in interpolations(template)} == {"template_interpolation", "template_directive"}


@pytest.mark.parametrize(("code", "line"), [("a = 1\nb = = 2\n", 1), ("a {\n  b = [\n}\n", 1), ("a = 1\n\n}\n", 2)])
def test_the_first_error_is_where_it_begins(code: str, line: int) -> None:
    root = parsed(code)
    assert root.has_error
    assert first_error(root).start_point[0] == line
