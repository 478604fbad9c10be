"""Arguments of ``ecs-guard completion``."""

from __future__ import annotations

import pytest

from .conftest import Parse, Refused


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shells(parse: Parse, shell: str) -> None:
    assert parse(f"completion {shell}").shell == shell


@pytest.mark.parametrize("line", ["completion", "completion cmd", "completion bash zsh"])
def test_what_is_refused(refused: Refused, line: str) -> None:
    assert "ecs-guard completion: error: " in refused(line)
