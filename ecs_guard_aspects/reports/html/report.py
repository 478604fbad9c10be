"""A Report as one page of HTML, for those who would rather look than read.

The page stands alone: it fetches nothing, and its Content Security Policy lets nothing run but its own two scripts. The
findings, of which a script makes a table to filter and sort, stand there as plain text as well, to be read without one.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Any

from ...policy.judging.report import Report
from .data import Page, embedded
from .element import Html, element
from .sections import sections

_PAGE = Path(__file__).with_name("page")

# Beside the verdict in the tab of a browser: the colours of page.css.
_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
    "%3Ccircle cx='8' cy='8' r='6' fill='%23{}'/%3E%3C/svg%3E"
)
_ICON_COLOURS = {"denied": "c93a37", "unread": "c93a37", "admitted": "2c8a4b", "nothing": "7d8590"}


def html_report(report: Report) -> str:
    """Return the report as a page of HTML."""
    return html_of(report.to_json())


def html_of(report: Mapping[str, Any]) -> str:
    """Return a report in JSON, version 1, as a page of HTML; the same report is always the same page."""
    page = Page.of(report)
    style, theme, script = (_asset(name) for name in ("page.css", "theme.js", "page.js"))
    return Template(_asset("page.html")).substitute(
        policy=_content_security_policy(style, theme, script),
        title=element("title", f"{page.conclusion.title} - ecs-guard").text,
        icon=_ICON.format(_ICON_COLOURS[page.conclusion.kind]),
        style=style,
        theme=theme,
        body=Html.joined(sections(page)).text,
        data=embedded(page.findings),
        script=script,
    )


def _asset(name: str) -> str:
    return (_PAGE / name).read_text(encoding="utf-8")


def _content_security_policy(style: str, *scripts: str) -> str:
    """Return what the browser may do: show the page, run what is part of it, and nothing else.

    https://www.w3.org/TR/CSP3/#meta-element
    """
    allowed = " ".join(map(_source, scripts))
    return (
        f"default-src 'none'; img-src data:; style-src {_source(style)}; script-src {allowed};"
        " base-uri 'none'; form-action 'none'"
    )


def _source(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
