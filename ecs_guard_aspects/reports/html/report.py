"""A Report as one page of HTML.

The page makes no network requests, and its Content Security Policy allows only its own two scripts. A script turns the
findings into a table to filter and sort; without it they are text.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined

from ...model.plural import counted
from ...policy.judging.report import Report
from ..wording import (
    printable,
    with_listed_files_counted,
)
from . import view
from .data import LEVELS, SEPARATOR, Page, embedded, name_of

# The package may be in a zip: tools/zip_app.py.
_PAGE = files(__package__) / "page"

# The icon in the tab of a browser, in the colours of page.css.
_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
    "%3Ccircle cx='8' cy='8' r='6' fill='%23{}'/%3E%3C/svg%3E"
)
_ICON_COLOURS = {"denied": "c93a37", "unread": "c93a37", "admitted": "2c8a4b", "nothing": "7d8590"}


def html_report(report: Report) -> str:
    """Return the report as a page of HTML."""
    return html_of(with_listed_files_counted(report).to_json())


def html_of(report: Mapping[str, Any]) -> str:
    """Return a report in JSON, version 1, as a page of HTML; the same report is always the same page.

    The page is ASCII, so that pipes do not change it.
    """
    page = Page.of(report)
    style, theme, script = (_asset(name) for name in ("page.css", "theme.js", "page.js"))
    text = (
        _environment()
        .get_template("page.html")
        .render(
            page=page,
            content_security_policy=_content_security_policy(style, theme, script),
            icon=_ICON.format(_ICON_COLOURS[page.conclusion.kind]),
            style=style,
            theme=theme,
            data=embedded(page.findings),
            script=script,
        )
    )
    return text.encode("ascii", "xmlcharrefreplace").decode()


@cache
def _environment() -> Environment:
    """Return the templates. They escape every value except the style sheet, the scripts and the data, which are
    safe."""
    environment = Environment(
        loader=FunctionLoader(_asset),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    functions = (
        *(view.lead, view.facts, view.filtered, view.cell_of, view.groups, view.place_of, view.details_of),
        *(view.scope_of, view.bar_of, counted, name_of),
    )
    environment.globals |= {function.__name__: function for function in functions}
    environment.globals |= {
        "state_labels": view.STATE_LABELS,
        "change_labels": view.CHANGE_LABELS,
        "titles": {label.name: label.title for label in view.STATE_LABELS},
        "separator": SEPARATOR,
        "levels": LEVELS,
    }
    return environment


def _shown(value: Any) -> Any:
    """Return a value of a template without characters that hide or reverse text; empty for None."""
    if value is None:
        return ""
    is_text = isinstance(value, str) and not hasattr(value, "__html__")
    return printable(value) if is_text else value


def _asset(name: str) -> str:
    return (_PAGE / name).read_text(encoding="utf-8")


def _content_security_policy(style: str, *scripts: str) -> str:
    """Return the Content Security Policy: the browser may show the page and run its two scripts.

    https://www.w3.org/TR/CSP3/#meta-element
    """
    allowed = " ".join(map(_source, scripts))
    return (
        f"default-src 'none'; img-src data:; style-src {_source(style)}; script-src {allowed};"
        " base-uri 'none'; form-action 'none'"
    )


def _source(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
