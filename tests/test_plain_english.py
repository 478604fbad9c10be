"""Words that must not come back, in messages, help, docstrings and pages, and in the names of tests."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# Each with what to write instead.
WORDS = {
    r"\bnobody\b": "say who, or use the passive",
    r"\bsomebody\b": "a person, a user, another team",
    r"\bwhoever\b": "the team that, anyone who",
    r"(?<!there )\b(?:is|are) no (?!longer\b|more\b)[a-z]+": "is not a",
    r"\bas far as\b": "if, where",
    r"\bwhat is (?:to be )?said\b": "the message",
    r"\bis to be said\b": "the message",
    r"\b(?:of|by) ours\b": "name it",
    r"\bl(?:ies|ie) around\b": "is in the folder",
    r"\bmend(?:s|ed|ing)?\b": "fix, correct",
    r"\btold\b": "reported, distinguished",
    r"\b(?:comes?|came) of\b": "results from",
    r"\bone's own\b": "custom",
    r"\bbeside\b": "next to, as well as",
    r"\bin place\b(?! of)": "inline",
    r"\blay(?:s|ing)? over\b": "add to, override",
    r"\bwhatever\b": "every, for all",
    r"\b(?:is|are) there twice\b": "is repeated",
    r"\bwarned of\b": "with a warning",
    r"\bpass(?:es|ed)? over\b": "skip",
    r"\bcannot be meant\b": "is invalid",
    r"\bis said (?:on|in|by|to)\b": "is reported",
    r"\bstands? (?:in|at|against|there|above|below|next to)\b": "is",
    r"\bknows? (?:no|neither|nothing)\b": "does not have",
    r"\bevaluate_template on\b": "ecs-guard check",
    r"\bdebug log\b": "ECS_GUARD_DEBUG=1",
}
WORD = re.compile("|".join(WORDS), re.IGNORECASE)


def files() -> Iterator[Path]:
    yield from sorted((ROOT / "ecs_guard_aspects").rglob("*.py"))
    yield from sorted((ROOT / "docs").rglob("*.md"))
    yield from (ROOT / "README.md", ROOT / "SECURITY.md", ROOT / "CONTRIBUTING.md")


def texts_in(file: Path) -> Iterator[tuple[int, str]]:
    """Yield the texts of a file that people read, each with its line: a page by line, of code all string literals."""
    source = file.read_text(encoding="utf-8")
    if file.suffix == ".md":
        yield from enumerate(source.splitlines(), 1)
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def found_in(file: Path) -> list[str]:
    return [
        f"{file.relative_to(ROOT)}:{line}: {match[0]}" for line, text in texts_in(file) for match in WORD.finditer(text)
    ]


def test_plain_english() -> None:
    assert [found for file in files() for found in found_in(file)] == []


def documentation_of(node: ast.AST) -> Iterator[str]:
    """Yield the docstring and the name of a module, class or function, the name as words."""
    if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
        yield ast.get_docstring(node) or ""
    if isinstance(node, ast.ClassDef | ast.FunctionDef):
        yield node.name.replace("_", " ")


def test_plain_english_in_tests() -> None:
    tests = sorted((ROOT / "tests").rglob("*.py"))
    found = [
        f"{file.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}: {match[0]}"
        for file in tests
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        for text in documentation_of(node)
        for match in WORD.finditer(text)
    ]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "so nobody can tell",
        "Whoever runs it",
        "it is no check",
        "these are no templates",
        "as far as it is known",
        "what is said of it",
        "none of ours",
        "whatever lies around",
        "Mend the check",
        "how it was mended",
        "warned and told of",
        "what came of it",
        "Run evaluate_template on it",
        "see the debug log",
        "checks of one's own",
        "it stands beside the key",
        "an exemption in place",
        "lay over it",
        "whatever it says",
        "a key that is there twice",
        "what is warned of",
        "it is passed over",
        "what cannot be meant",
        "what is said on standard error",
        "what stands against it",
        "IAM knows no user",
    ],
)
def test_such_a_text_would_be_found(text: str) -> None:
    assert WORD.search(text)


@pytest.mark.parametrize(
    "text",
    [
        "there is no Type",
        "recommended",
        "amendment",
        "the network mode is not set",
        "is none",
        "no longer",
        "in place of it",
        "it stands for",
    ],
)
def test_other_texts_pass(text: str) -> None:
    assert not WORD.search(text)
