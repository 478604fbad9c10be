"""Custom checks, by ``MODULE:NAME``."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecs_guard_aspects.policy import PolicyError
from ecs_guard_aspects.policy.files.custom_checks import load_checks

from ..support import HasFamily, NoLatestImage

CODE = """
from tests.policy.support import HasFamily, NoLatestImage
CLASS, INSTANCE, LIST, OTHER = HasFamily, HasFamily(), [HasFamily, NoLatestImage()], "a text"
raise_it = None
"""


@pytest.fixture(autouse=True)
def _a_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "checks_of_a_team.py").write_text(CODE, encoding="utf-8")
    (tmp_path / "checks_with_a_mistake.py").write_text("1 / 0", encoding="utf-8")
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([], []),
        (["checks_of_a_team:CLASS"], [HasFamily]),
        (["checks_of_a_team:INSTANCE"], [HasFamily]),
        (["checks_of_a_team:LIST"], [HasFamily, NoLatestImage]),
        (["checks_of_a_team:CLASS", "tests.policy.support:NoLatestImage"], [HasFamily, NoLatestImage]),
    ],
)
def test_a_check_a_class_or_a_list_of_them(names: list[str], expected: list[type]) -> None:
    assert [type(check) for check in load_checks(names)] == expected


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("checks_of_a_team", "it must be MODULE:NAME"),
        (":CLASS", "it must be MODULE:NAME"),
        ("checks_of_a_team:", "it must be MODULE:NAME"),
        ("checks_of_a_team:OTHER", "it is of the type str, which is not a check: derive from TaskDefinitionCheck"),
        ("checks_of_a_team:MISSING", "ImportError: cannot import name .MISSING. from .checks_of_a_team."),
        ("there_is_no_such_module:CHECKS", "ModuleNotFoundError: No module named"),
        ("checks_with_a_mistake:CHECKS", "ZeroDivisionError at checks_with_a_mistake.py:1. Set ECS_GUARD_DEBUG=1"),
    ],
)
def test_what_cannot_be_loaded_is_an_error_that_names_it(name: str, message: str) -> None:
    with pytest.raises(PolicyError, match=message) as error:
        load_checks([name])
    assert str(error.value).startswith(f"--checks {name}: ")
