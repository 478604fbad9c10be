"""Template files of a cloud assembly: what is read, and the notice about what cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecs_guard_aspects.sources.assembly.template_files import TemplateFiles, text_of

# content, start of the problem
BROKEN: list[tuple[bytes | None, str]] = [
    (None, "FileNotFoundError"),
    (b"{", "JSONDecodeError"),
    (b"\xff\xfe", "UnicodeDecodeError"),
    (b"[]", "TypeError: it is a list, not an object"),
]


@pytest.mark.parametrize(("content", "problem"), BROKEN)
def test_a_template_that_cannot_be_read(tmp_path: Path, content: bytes | None, problem: str) -> None:
    if content is not None:
        (tmp_path / "x.json").write_bytes(content)
    found = TemplateFiles(tmp_path, "assembly-Prod/").read("x.json")
    assert found.body is None
    assert found.problem is not None
    assert found.problem.what.startswith(f"The template assembly-Prod/x.json cannot be read: {problem}")
    assert (found.sha256 is None) == (content is None)


def test_a_template_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text('{"Resources": {}}')
    files = TemplateFiles(tmp_path, "")
    assert files.read("x.json").body == {"Resources": {}}
    (tmp_path / "x.json").unlink()
    assert files.read("x.json").body == {"Resources": {}}


def test_a_value_that_must_be_a_string() -> None:
    assert text_of("x") == "x"
    with pytest.raises(TypeError, match="a value of the type int is not a string"):
        text_of(3)
