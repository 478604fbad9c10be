"""Addresses: how each kind is divided into segments."""

from __future__ import annotations

import pytest

from ecs_guard_aspects.model.address import AddressKind

# fmt: off
SEGMENTS = [
    ("",                                    [""],                               [""]),
    ("App/Task/Resource",                   ["App", "Task", "Resource"],        ["App", "Task", "Resource"]),
    ("infra/web.yaml/Task",                 ["infra", "web.yaml", "Task"],      ["infra", "web.yaml", "Task"]),
    ("aws_ecs_task_definition.web",         ["aws_ecs_task_definition.web"],    ["aws_ecs_task_definition", "web"]),
    ("infra.d/module.a.x.b",                ["infra.d", "module.a.x.b"],        ["infra.d", "module", "a", "x", "b"]),
    ('module.a["eu/w.1"].x',                ['module.a["eu', 'w.1"].x'],      ["module", 'a["eu/w.1"]', "x"]),
    ('module.a["q\\"].b"].x',               ['module.a["q\\"].b"].x'],        ["module", 'a["q\\"].b"]', "x"]),
    ("module.a[0].x",                       ["module.a[0].x"],                  ["module", "a[0]", "x"]),
    ("module.[x",                           ["module.[x"],                      ["module", "[x"]),
]
# fmt: on


@pytest.mark.parametrize(("address", "path", "terraform"), SEGMENTS)
def test_how_an_address_is_divided(address: str, path: list[str], terraform: list[str]) -> None:
    assert AddressKind.PATH.segments(address) == path
    assert AddressKind.TERRAFORM.segments(address) == terraform
