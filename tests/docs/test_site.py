"""The site: it contains only ``docs/``, so a link to another file of the repository leads to GitHub."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tools.site_links import ROOT, on_page_markdown


@pytest.mark.parametrize(
    ("page", "text", "shown"),
    [
        ("ci.md", "[a](../app.py)", "[a](https://github.com/OWNER/ecs-guard-aspects/blob/HEAD/app.py)"),
        (
            "guides/x.md",
            "[a](../../README.md#use-it)",
            "[a](https://github.com/OWNER/ecs-guard-aspects/blob/HEAD/README.md#use-it)",
        ),
        ("guides/x.md", "[a](../ci.md#github)", "[a](../ci.md#github)"),
        ("ci.md", "[a](policy.md)", "[a](policy.md)"),
    ],
)
def test_a_link_out_of_the_docs_leads_to_the_repository(page: str, text: str, shown: str) -> None:
    assert on_page_markdown(text, SimpleNamespace(file=SimpleNamespace(src_uri=page))) == shown


def test_the_menu_has_every_page() -> None:
    menu = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    pages = [str(page.relative_to(ROOT / "docs")) for page in sorted((ROOT / "docs").rglob("*.md"))]
    assert [page for page in pages if f": {page}\n" not in menu] == []
