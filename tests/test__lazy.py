"""Names of a package that are imported at their first use."""

from __future__ import annotations

import sys
import types

import pytest

from ecs_guard_aspects._lazy import imported_at_first_use


@pytest.fixture
def package(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    made = types.ModuleType("a_package")
    made.__getattr__ = imported_at_first_use("json", {"JSONDecoder": ".decoder"})  # type: ignore[method-assign]
    monkeypatch.setitem(sys.modules, "a_package", made)
    return made


def test_a_name_is_that_of_its_module(package: types.ModuleType) -> None:
    import json

    assert package.JSONDecoder is json.JSONDecoder


def test_a_name_is_imported_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made = types.ModuleType("another_package")
    monkeypatch.setitem(sys.modules, "another_package", made)
    monkeypatch.setitem(sys.modules, "another_package.part", types.SimpleNamespace(Name=3))
    made.__path__ = []
    made.__getattr__ = imported_at_first_use("another_package", {"Name": ".part"})  # type: ignore[method-assign]
    assert (made.Name, vars(made)["Name"]) == (3, 3)


def test_another_name_does_not_exist(package: types.ModuleType) -> None:
    with pytest.raises(AttributeError, match="module 'json' has no attribute 'Nowhere'"):
        _ = package.Nowhere
