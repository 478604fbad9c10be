"""Templates, files and exemptions are written by anybody: what they are called is inert in every format."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

import pytest

from ecs_guard_aspects.gates.command_line.outputs import FORMATS, Extras
from ecs_guard_aspects.policy import Enforcement, Report
from ecs_guard_aspects.policy.judging.report import Judged, NotRead

from .markdown.test_report import ELEMENTS, rendered
from .support import POLICY, exemption
from .test_github_report import commands
from .test_text_report import finding

NAMES = [
    "a\nb",
    "a\r\n::error::b",
    "::error::a",
    "a ##[error]b",
    "%0A::error::a",
    "</failure><failure>",
    "]]>",
    "<![CDATA[a]]>",
    "&amp;&#10;&x;",
    "\x1b[31ma\x1b]8;;https://example.com\x07",
    "\u202eksaT\u2066",
    "\x00\x01\x0b\ufffe\uffff",
    "\udcff\ud800",
    '"a\',\\"',
    "=1+1",
    "|a|b|",
    "`<script>`",
    "",
    " ",
    "x" * 3000,
]


def report_with(name: str) -> Report:
    """Return a report in which everything that others write is called so."""
    names: dict[str, Any] = {"address": name, "resource": name, "container": name, "source": name, "file": name}
    said = finding(**names, family=name, what=f"User is {name}.", notes=(name,), location=name)
    exempt = replace(
        said, enforcement=Enforcement.AUDIT, exemption=exemption("**", "2999-01-01", ticket="1", origin=f"{name}x")
    )
    findings = [
        *(said, exempt, replace(said, enforcement=Enforcement.WARN), replace(said, acknowledged=f"{name}x")),
        *(replace(said, baseline=True), replace(said, check="unreadable"), replace(said, line=None)),
    ]
    return Report(
        replace(POLICY, origin=name),
        tuple(findings),
        resources=(Judged(name, name, name),),
        not_read=(NotRead(name, name or "no"),),
        sources=((name, None),),
    )


def github(text: str) -> None:
    assert {command.name for command in commands(text)} == {"error", "warning"}
    assert len(commands(text)) == 5


def junit(text: str) -> None:
    root = ElementTree.fromstring(text)
    assert (len(root), len(root.findall("*/testcase/failure")), len(root.findall("*/testcase/error"))) == (1, 2, 2)


def gitlab(text: str) -> None:
    assert len(json.loads(text)) == 5


def sarif(text: str) -> None:
    assert len(json.loads(text)["runs"][0]["results"]) <= 4


def markdown(text: str) -> None:
    rows, elements = rendered(text)
    assert elements <= ELEMENTS
    assert [len(row) for row in rows] == [2] * 3 + [4] * 3 + [4] * 2 + [6] * 3


def comma_separated(text: str) -> None:
    rows = list(csv.reader(io.StringIO(text), strict=True))
    assert len(rows) == 9
    assert {len(row) for row in rows} == {len(rows[0])}
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "@", "\t", "\r"))]


def people(text: str) -> None:
    assert text.count("error[") >= 2


def lines_of_json(text: str) -> None:
    assert len([json.loads(line) for line in text.splitlines()]) >= 2


def elements_of(page: str) -> Counter[str]:
    found: Counter[str] = Counter()

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found[tag] += 1
            assert not [name for name, _ in attrs if name.startswith("on")]

    Reader().feed(page)
    return found


def page(text: str) -> None:
    harmless = FORMATS["html"](report_with("web"), Extras(read_lines=lambda file: None))
    for tag in ("script", "style", "img", "a", "iframe", "object", "meta", "form"):
        assert elements_of(text)[tag] == elements_of(harmless)[tag]


READERS: dict[str, Callable[[str], object]] = {
    "text": people,
    "json": json.loads,
    "sarif": sarif,
    "junit": junit,
    "github": github,
    "gitlab": gitlab,
    "markdown": markdown,
    "csv": comma_separated,
    "html": page,
    "ocsf": lines_of_json,
}


@pytest.mark.parametrize("name", NAMES, ids=[ascii(name)[:30] for name in NAMES])
@pytest.mark.parametrize("format_name", READERS)
def test_a_name_is_inert(format_name: str, name: str) -> None:
    text = FORMATS[format_name](report_with(name), Extras(read_lines=lambda file: None))
    assert {char for char in text if not char.isprintable()} <= {"\n"}
    text.encode()
    READERS[format_name](text)


def test_there_is_a_reader_for_every_format() -> None:
    assert set(READERS) == set(FORMATS)
