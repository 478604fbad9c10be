"""A hook of MkDocs: on the site, a link out of ``docs/`` leads to the file in the repository.

The site contains only ``docs/``; in a checkout and on GitHub a page also links to files such as ``SECURITY.md``.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from tools.set_owner import owner_of

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"

_LINK = re.compile(r"\]\((?P<file>\.\./[^)\s#]+)")


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Return the page with links that lead somewhere on the site."""
    folder = (DOCS / page.file.src_uri).parent

    def linked(match: re.Match[str]) -> str:
        file = (folder / match["file"]).resolve()
        if file.is_relative_to(DOCS):
            return match[0]
        return f"](https://github.com/{owner_of(ROOT)}/ecs-guard-aspects/blob/HEAD/{file.relative_to(ROOT)}"

    return _LINK.sub(linked, markdown)
