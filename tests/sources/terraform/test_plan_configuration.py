"""The configuration in a plan: the block behind an address, and what is known before the apply."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.sources.terraform.plan_configuration import Block, Configuration, terraform_references

TASK = "aws_ecs_task_definition"


def resource(name: str = "web", kind: str = TASK, **more: Any) -> dict[str, Any]:
    return {"address": f"{kind}.{name}", "type": kind, "name": name, "mode": "managed", **more}


def refers(*references: str) -> dict[str, Any]:
    return {"references": list(references)}


INNER = {"resources": [resource(expressions={"network_mode": refers("var.mode")})]}
DEEP = {"source": "x/deep/aws", "module": {"resources": [resource("deep")]}, "expressions": {"mode": refers("var.m")}}
MODULE = {
    "source": "./sub",
    "module": {**INNER, "module_calls": {"deep": DEEP}},
    "expressions": {"m": refers("aws_x.y.z"), "given": {"constant_value": "x"}, "passed": refers("var.root")},
}
CONFIGURATION = Configuration(
    {
        "root_module": {
            "resources": [
                resource(expressions={"cpu": {"constant_value": 1}}),
                resource("data", mode="data"),
                resource("queue", "aws_sqs_queue"),
                "odd",
            ],
            "module_calls": {"sub": MODULE},
        }
    }
)

ADDRESSES: list[tuple[str, Block]] = [
    (f"{TASK}.web", Block((), ("resource", TASK, "web"))),
    (f'{TASK}.web["a.b[0]"]', Block((), ("resource", TASK, "web"))),
    (f"module.sub.{TASK}.web", Block((("sub", "./sub"),), ("resource", TASK, "web"))),
    (
        f'module.sub["x.y"].module.deep[0].{TASK}.deep',
        Block((("sub", "./sub"), ("deep", "x/deep/aws")), ("resource", TASK, "deep")),
    ),
    (f"module.unknown.{TASK}.web", Block((("unknown", ""),), ("resource", TASK, "web"))),
]


@pytest.mark.parametrize(("address", "expected"), ADDRESSES)
def test_the_block_behind_an_address(address: str, expected: Block) -> None:
    assert CONFIGURATION.block_of(address) == expected


def test_what_the_root_module_has() -> None:
    assert CONFIGURATION.root_labels == (("resource", TASK, "web"), ("module", "sub"))


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (f"{TASK}.web", {"cpu": {"constant_value": 1}}),
        (f"{TASK}.web[3]", {"cpu": {"constant_value": 1}}),
        (f"module.sub[0].{TASK}.web", {"network_mode": refers("var.mode")}),
        (f"{TASK}.absent", None),
        (f"module.absent.{TASK}.web", None),
    ],
)
def test_the_expressions_of_a_resource(address: str, expected: Any) -> None:
    assert CONFIGURATION.expressions_of(address) == expected


ROOT, SUB = f"{TASK}.web", f"module.sub.{TASK}.web"
DEEPER = f"module.sub.module.deep.{TASK}.deep"

# Where an expression is, the expression, and whether it is known before the apply.
KNOWN: list[tuple[str, Any, bool]] = [
    (ROOT, {"constant_value": None}, True),
    (ROOT, {}, False),
    (ROOT, None, False),
    (ROOT, [{}], False),
    (ROOT, refers("var.any"), True),
    (ROOT, refers("path.module", "terraform.workspace"), True),
    (ROOT, refers("local.x", "var.any"), False),
    (ROOT, refers("each.value"), False),
    (SUB, refers("var.given"), True),
    (SUB, refers("var.given.key"), True),
    (SUB, refers("var.given[0]"), True),
    (SUB, refers("var.left_out"), True),
    (SUB, refers("var.passed"), True),
    (SUB, refers("var.m"), False),
    (DEEPER, refers("var.mode"), False),
    (DEEPER, refers("var.left_out"), True),
]


@pytest.mark.parametrize(("address", "expression", "expected"), KNOWN)
def test_whether_an_expression_is_known_before_the_apply(address: str, expression: Any, expected: bool) -> None:
    assert CONFIGURATION.is_known(address, expression) is expected


@pytest.mark.parametrize("odd", [None, 1, "x", [], {"root_module": []}, {"root_module": {"module_calls": 3}}])
def test_what_is_not_a_configuration_has_nothing(odd: Any) -> None:
    configuration = Configuration(odd)
    assert configuration.root_labels == ()
    assert configuration.expressions_of(SUB) is None
    assert configuration.block_of(ROOT) == Block((), ("resource", TASK, "web"))


@pytest.mark.parametrize(
    ("expression", "expected"), [(refers("a.b.c", "a.b"), ["a.b.c", "a.b"]), ({"references": ["a", 1]}, ["a"]), (3, [])]
)
def test_the_references_of_an_expression(expression: Any, expected: list[str]) -> None:
    assert terraform_references(expression) == expected
