"""The report as a page: its content, its escaping, and its behavior in a browser.

The browser is the machine's own Chromium, started once; without one these tests are skipped.
"""

from __future__ import annotations

import base64
import datetime
import hashlib
import itertools
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from ecs_guard_aspects.policy import Policy, Report
from ecs_guard_aspects.reports.html.data import Page, embedded
from ecs_guard_aspects.reports.html.report import html_of, html_report
from tools import chromium
from tools.example_report import example_report

TODAY = datetime.date(2027, 1, 1)
VOID = {"meta", "link", "br", "rect"}
HOSTILE = (
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\" onfocus=alert(1) autofocus x='",
    "]]>--><!--<script>",
    "$data ${body} $$",
    "a\u202egnp.exe\u2028\u2029\x1b[31m\x00\u200b",
    "\udcff&lt;b&gt;\\u003c/script\\u003e",
    "javascript:alert(1)",
)


class Parsed(HTMLParser):
    """A parsed page: elements with attributes, the text of each, and the content of scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.raw: dict[str, list[str]] = {"script": [], "style": []}
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs)
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID - {"rect"}:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] in self.raw:
            self.raw[self._open[-1]].append(data)
        elif data.strip():
            self.texts.append(data.strip())

    @property
    def text(self) -> str:
        return " ".join(self.texts)

    def all(self, name: str) -> list[str]:
        """Return all values of an attribute."""
        return [attributes[name] or "" for _, attributes in self.elements if name in attributes]


def hostile_report(names: Sequence[str] = HOSTILE) -> dict[str, Any]:
    """Return the example with every text that a stranger can choose replaced by these in turn."""
    report = example_report()
    texts = itertools.cycle(names)
    for finding in report["findings"]:
        for name in ("source", "resource", "address", "family", "container", "location", "file", "what", "region"):
            finding[name] = next(texts)
        finding["notes"] = finding["in_use_by"] = [next(texts), next(texts)]
        if finding["exemption"]:
            finding["exemption"] = finding["exemption"] | {name: next(texts) for name in ("owner", "reason", "ticket")}
        else:
            finding["acknowledged"] = next(texts)
            finding["enforcement"] = "warn"
    for entry in report["not_read"]:
        entry.update(source=next(texts), reason=next(texts))
    for changes in report["compared"].values():
        for entry in changes:
            owner = {"owner": next(texts)}
            entry.update(family=next(texts), address=next(texts), exemption=owner, reason=next(texts))
    report["policy"]["origin"] = next(texts)
    return report


# --- what it says --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["example", "hostile", "templates", "nothing"])
def test_it_is_one_page_that_stands_alone(name: str, report: Report) -> None:
    pages: dict[str, Callable[[], str]] = {
        "example": lambda: html_of(example_report()),
        "hostile": lambda: html_of(hostile_report()),
        "templates": lambda: html_report(report),
        "nothing": lambda: html_report(Report(Policy())),
    }
    text = pages[name]()
    assert text == pages[name]()
    assert text.isascii()
    page = Parsed(text)
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"img", "iframe", "object", "embed", "base", "form", "input"}
    assert [attributes for tag, attributes in page.elements if tag == "link"] == [
        {"rel": "icon", "href": page.all("href")[0]}
    ]
    assert all(target.startswith(("#", "data:image/svg+xml,")) for target in page.all("href"))
    assert page.all("src") == page.all("style") == []
    names = {name for _, attributes in page.elements for name in attributes}
    assert not {name for name in names if name.startswith("on")}


@pytest.mark.parametrize("name", ["example", "hostile"])
def test_its_headings_and_landmarks(name: str) -> None:
    page = Parsed(html_of({"example": example_report, "hostile": hostile_report}[name]()))
    headings = [tag for tag, _ in page.elements if re.fullmatch(r"h\d", tag)]
    assert headings[0] == "h1"
    assert set(headings[1:]) == {"h2"}
    ids = page.all("id")
    assert len(ids) == len(set(ids))
    assert set(page.all("aria-labelledby")) <= set(ids)
    assert Counter(tag for tag, _ in page.elements if tag in {"main", "header", "footer"}) == Counter(
        ["main", "header", "footer"]
    )


def test_only_its_own_scripts_and_style_may_run() -> None:
    page = Parsed(html_of(hostile_report()))
    (policy,) = [a["content"] or "" for tag, a in page.elements if a.get("http-equiv") == "Content-Security-Policy"]
    directives = {name: values for name, *values in (part.split() for part in policy.split(";"))}
    scripts = [attributes for tag, attributes in page.elements if tag == "script"]
    assert [attributes.get("type") for attributes in scripts] == [None, "application/json", None]
    theme, _, script = page.raw["script"]

    def digest(text: str) -> str:
        return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

    assert directives == {
        "default-src": ["'none'"],
        "img-src": ["data:"],
        "style-src": [digest(page.raw["style"][0])],
        "script-src": [digest(theme), digest(script)],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
    }


def test_names_of_strangers_add_no_element() -> None:
    def made_of(names: Sequence[str]) -> Counter[tuple[str, ...]]:
        return Counter((tag, *attributes) for tag, attributes in Parsed(html_of(hostile_report(names))).elements)

    assert made_of(HOSTILE) == made_of([f"name-{index}" for index in range(len(HOSTILE))])
    assert not set("<>&") & set(embedded(Page.of(hostile_report()).findings))


def test_what_hides_or_reorders_is_written_out() -> None:
    page = Parsed(html_of(hostile_report()))
    values = json.loads(page.raw["script"][1])["values"]
    seen = json.dumps([page.texts, [list(a.values()) for _, a in page.elements], values], ensure_ascii=False)
    assert r"a\\u202egnp.exe\\u2028" in seen
    assert not re.search("[\u202e\u2028\u2029\u200b\udcff]|\\\\u00(?:00|1b)", seen)


@pytest.mark.parametrize(
    ("change", "title"),
    [
        ({}, "Denied, and not all could be read"),
        ({"findings": []}, "Not all could be read"),
        ({"not_read": []}, "Denied"),
        ({"not_read": [], "findings": [], "admitted": True}, "Admitted"),
        ({"not_read": [], "findings": [], "admitted": True, "resources": []}, "Nothing was judged"),
    ],
)
def test_its_title_is_the_verdict(change: dict[str, Any], title: str) -> None:
    page = Parsed(html_of({**example_report(), **change}))
    assert page.texts[0] == f"{title} - ecs-guard"
    assert title in page.texts[1:8]


@pytest.mark.parametrize(
    "said",
    [
        "10 task definitions in 3 accounts, 3 Regions judged. 4 have a finding that is denied.",
        "1 source could not be read.",
        "strict",
        "ecs-guard.yaml",
        "What cannot be read is denied",
        "AccessDenied, the role ecs-guard-audit lacks ecs:ListClusters.",
        "444455556666 \u00b7 us-east-2 Not all read unknown unknown",
        "2027-01-09 8 days left",
        "Ended 12 days ago",
        "moves to Fargate in January DATA-7 ecs-guard.yaml",
        "1 New not in the last report",
        "21 Still there",
        "1 No longer in use",
        "111122223333:task-definition/cart:31 \u00b7 INACTIVE \u00b7 4 tasks in cluster prod",
    ],
)
def test_it_can_be_read_without_scripts(said: str) -> None:
    text = Parsed(html_of(example_report())).text
    assert said in re.sub(r" \u00b7  ?", " \u00b7 ", re.sub(r"\s+", " ", text))


def test_the_report_on_templates(report: Report) -> None:
    text = re.sub(r"\s+", " ", Parsed(html_report(report)).text)
    for said in (
        "6 task definitions in 5 sources judged.",
        "infra/broken.yaml Not all read unknown unknown unknown 1 denied unreadable, infra/broken.yaml",
        "infra/exempt.yaml 2 exempt awsvpc-network-mode, infra/exempt.yaml 0 0 0",
        "reads the counters infra/nowhere.yaml/Task",
        "infra/billing.yaml:6:20",
        "Nothing: it can be removed",
        "4 days left",
        "Ended 1 day ago",
    ):
        assert said in text
    assert "Since the last report" not in text


def test_of_no_finding_it_says_so() -> None:
    text = Parsed(html_report(Report(Policy()))).text
    assert "Nothing was judged" in text
    assert "Nothing was found." in text


def test_regions_in_which_nothing_is_in_use_count_too() -> None:
    report = {**example_report(), "judged": {"sources": 51, "task_definitions": 10}}
    assert "10 task definitions in 51 Regions judged." in Parsed(html_of(report)).text


def test_an_exemption_that_ended_is_not_called_one() -> None:
    report = json.loads(json.dumps(example_report()))
    report["compared"]["still_there"][0]["exemption"] = {"owner": "team-x", "days_left": -1, "expires": "2026-12-31"}
    assert "exemption ended: team-x" in Parsed(html_of(report)).text


# --- in a browser --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if chromium.executable() is None:
        pytest.skip(f"there is none of {', '.join(chromium.NAMES)}")
    with chromium.chromium() as browser:
        yield browser


PLACE = ("111122223333", "\u00b7", "eu-west-1")


class Tab:
    """A page in the browser, with its errors and its network requests."""

    def __init__(self, browser: Any, folder: Path, report: dict[str, Any], hash_: str = "", **options: Any) -> None:
        file = folder / "report.html"
        file.write_text(html_of(report), encoding="ascii")
        self.context = browser.new_context(**{"viewport": {"width": 1200, "height": 900}, **options})
        self.page = self.context.new_page()
        self.said: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", lambda dialog: self.said.append(dialog.message) or dialog.dismiss())
        self.page.on("request", lambda request: self._asked(request.url))
        self.url = file.as_uri()
        self.page.goto(f"{self.url}{hash_}")

    def _asked(self, url: str) -> None:
        if url != self.url:
            self.said.append(url)

    @property
    def rows(self) -> Any:
        return self.page.locator("tr.finding")

    @property
    def shown(self) -> str:
        return str(self.page.locator("#shown").inner_text())

    def column(self, name: str) -> list[str]:
        return list(self.page.locator(f"tr.finding td.{name}").all_inner_texts())

    def eval(self, script: str) -> Any:
        return self.page.evaluate(script)


@pytest.fixture
def open_tab(browser: Any, tmp_path: Path) -> Iterator[Callable[..., Tab]]:
    tabs: list[Tab] = []

    def open_(report: dict[str, Any] | None = None, hash_: str = "", **options: Any) -> Tab:
        tabs.append(Tab(browser, tmp_path, report or example_report(), hash_, **options))
        return tabs[-1]

    yield open_
    for tab in tabs:
        tab.context.close()
        assert tab.said == []


def test_filters(open_tab: Callable[..., Tab]) -> None:
    tab = open_tab()
    assert tab.shown == "23 findings"
    tab.page.fill("#search", "CART  sidecar")
    assert (tab.shown, tab.column("state")) == ("2 of 23 findings", ["Denied", "Warned"])
    tab.page.fill("#search", "")
    tab.page.click(".chip.warned")
    tab.page.click(".chip.exempt")
    assert tab.shown == "10 of 23 findings"
    assert set(tab.column("state")) == {"Warned", "Exempt"}
    tab.page.select_option("#choose-check", "non-root-user")
    tab.page.select_option("#choose-place", "777788889999")
    assert tab.shown == "2 of 23 findings"
    assert tab.eval("location.hash") == "#state=warned%2Cexempt&check=non-root-user&place=777788889999"
    tab.page.fill("#search", "nobody")
    assert tab.shown == "0 of 23 findings"
    assert tab.page.locator(".empty").is_visible()
    assert not tab.page.locator("table.findings").is_visible()
    tab.page.click("text=Clear")
    assert (tab.shown, tab.eval("location.hash"), tab.eval("document.activeElement.id")) == (
        "23 findings",
        "",
        "search",
    )


def test_the_map_of_clusters_leads_to_the_findings(open_tab: Callable[..., Tab]) -> None:
    tab = open_tab()
    assert set(tab.column("exposure")) == {"internet production", "internal production", "unknown", "internal", ""}
    exposed = tab.page.locator("#exposure tbody tr").first.locator("a.internet")
    assert tab.page.locator("#exposure tbody th").first.inner_text().split() == ["prod", "Production", *PLACE]
    exposed.click()
    assert {name.split()[0] for name in tab.column("name")} == {"search"}
    address = "#place=111122223333+%C2%B7+eu-west-1&cluster=prod&exposure=internet"
    assert tab.eval("location.hash") == address
    tab.page.click("text=Clear")
    tab.page.select_option("#choose-exposure", "unknown")
    assert {name.split()[0] for name in tab.column("name")} == {"stream-ingest"}
    tab.rows.first.locator("button").click()
    assert "the instances cannot be read" in tab.page.locator("tr.details").inner_text()


def test_the_address_keeps_filter_and_order(open_tab: Callable[..., Tab]) -> None:
    tab = open_tab(hash_="#q=agent&state=denied&severity=high&sort=-name")
    assert tab.shown == "4 of 23 findings"
    assert [name.split()[0] for name in tab.column("name")] == ["playground", "playground", "cart", "cart"]
    assert tab.page.locator(".chip.denied").get_attribute("aria-pressed") == "true"
    assert tab.page.input_value("#search") == "agent"
    # A section is no filter.
    tab.eval("location.hash = '#exemptions'")
    assert tab.shown == "4 of 23 findings"


def test_an_address_that_names_nothing_shows_nothing_and_breaks_nothing(open_tab: Callable[..., Tab]) -> None:
    tab = open_tab(hash_="#state=constructor&sort=__proto__&place=%E0%A4%A")
    assert tab.shown == "0 of 23 findings"
    tab.page.keyboard.press("Escape")
    assert tab.shown == "23 findings"


def test_numbers_lead_to_their_findings(open_tab: Callable[..., Tab]) -> None:
    tab = open_tab()
    cell = tab.page.locator(".matrix a.denied", has_text="no-host-network-mode, 111122223333")
    assert re.sub(r"\s+", " ", cell.inner_text()).startswith("1 denied 1 exempt")
    cell.focus()
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_function("document.getElementById('shown').textContent.startsWith('2 of')")
    assert set(tab.column("check")) == {"no-host-network-mode"}
    tab.page.click(".tiles a.exempt")
    tab.page.wait_for_function("document.getElementById('shown').textContent.startsWith('4 of')")
    tab.page.click(".tiles a.exempt")
    assert tab.eval("document.getElementById('findings').getBoundingClientRect().top") < 100
    tab.page.go_back()
    tab.page.wait_for_function("document.getElementById('shown').textContent.startsWith('2 of')")


def test_every_column_sorts(open_tab: Callable[..., Tab]) -> None:
    tab = open_tab()
    for name in ("state", "severity", "check", "name", "where"):
        unsorted = tab.column(name)
        head = tab.page.locator(f"th.{name}")
        head.locator("button").click()
        up = tab.column(name)
        assert head.get_attribute("aria-sort") == "ascending"
        assert Counter(up) == Counter(unsorted)
        head.locator("button").click()
        down = tab.column(name)
        assert (head.get_attribute("aria-sort"), down[0], down[-1]) == ("descending", up[-1], up[0]) or name == "name"
        assert tab.page.locator("th[aria-sort]").count() == 1
        head.locator("button").click()
        assert tab.column(name) == unsorted
    tab.page.click("th.check button")
    assert tab.column("check") == sorted(tab.column("check"))


FOCUSED = """() => {
  const element = document.activeElement;
  const all = [...document.querySelectorAll("*")];
  return [all.indexOf(element), element.tagName, getComputedStyle(element).outlineStyle];
}"""


def test_it_is_used_by_keyboard(open_tab: Callable[..., Tab]) -> None:
    report = example_report()
    report["findings"] = report["findings"][:4]
    tab = open_tab(report)
    press = tab.page.keyboard.press
    press("Tab")
    assert tab.eval("document.activeElement.className") == "skip"
    press("/")
    assert tab.eval("document.activeElement.id") == "search"
    tab.page.keyboard.type("a/b")
    assert tab.page.input_value("#search") == "a/b"
    press("Escape")
    assert (tab.page.input_value("#search"), tab.shown) == ("", "4 findings")
    # All that can be clicked can be reached, and one sees where one is.
    wanted = tab.eval(
        "[...document.querySelectorAll('button, select, summary, a')].filter((e) => e.checkVisibility()).length"
    )
    seen: set[tuple[int, str]] = set()
    tab.eval("document.activeElement.blur()")
    for _ in range(2 * wanted):
        press("Tab")
        at, tag, outline = tab.eval(FOCUSED)
        if tag in ("BUTTON", "SELECT", "SUMMARY", "A"):
            seen.add((at, outline))
    assert len(seen) == wanted
    assert {outline for _, outline in seen} == {"solid"}


def test_a_row_opens(open_tab: Callable[..., Tab]) -> None:
    tab = open_tab(hash_="#q=cart+agent&check=host-mode-root-user")
    button = tab.page.locator("button.open")
    button.focus()
    tab.page.keyboard.press("Enter")
    details = tab.page.locator(f"#{button.get_attribute('aria-controls')}")
    assert button.get_attribute("aria-expanded") == "true"
    text = details.inner_text()
    for said in (
        "Why",
        "What to change",
        "Properties/ContainerDefinitions/0/User",
        "INACTIVE",
        "4 tasks in cluster prod",
    ):
        assert said in text
    tab.page.locator("td.severity").click()
    assert button.get_attribute("aria-expanded") == "false"
    assert details.count() == 0


def test_what_strangers_wrote_stays_text(open_tab: Callable[..., Tab]) -> None:
    tab = open_tab(hostile_report())
    for button in tab.page.locator("button.open").all():
        button.evaluate("(one) => one.click()")
    for search in HOSTILE:
        tab.page.fill("#search", search.encode("utf-8", "replace").decode())
    tab.page.fill("#search", "")
    assert tab.eval("document.querySelectorAll('script').length") == 3
    assert (
        tab.eval("document.querySelectorAll('main script, img, iframe, [onerror], [onfocus], [autofocus]').length") == 0
    )
    assert "<img src=x onerror=alert(1)>" in tab.page.locator("#findings").inner_text()


CONTRASTS = """() => {
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const linear = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  const light = (colour) =>
    colour.slice(0, 3).reduce((sum, v, at) => sum + linear(v / 255) * [0.2126, 0.7152, 0.0722][at], 0);
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = parse(getComputedStyle(e).backgroundColor);
      if (colour[3] !== 0) return colour;
    }
  };
  const found = {};
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
    const [a, b] = [light(parse(getComputedStyle(element).color)), light(behind(element))].sort((x, y) => y - x);
    found[`${element.tagName}.${element.className}`] = (a + 0.05) / (b + 0.05);
  }
  return found;
}"""


def test_both_themes_can_be_read(open_tab: Callable[..., Tab]) -> None:
    backs = []
    for scheme in ("light", "dark"):
        report = example_report()
        report["findings"][0] |= {"baseline": True}
        report["findings"][1] |= {"enforcement": "audit"}
        tab = open_tab(report, color_scheme=scheme)
        for _ in range(2):
            tab.page.locator("button.open").first.click()
            tab.page.locator(".chip.denied").click()
            contrasts = tab.eval(CONTRASTS)
            assert len(contrasts) > 30
            assert {what: ratio for what, ratio in contrasts.items() if ratio < 4.5} == {}
            backs.append(tab.eval("getComputedStyle(document.body).backgroundColor"))
            tab.page.click("#theme")
    light, dark = backs[:2]
    assert light != dark
    assert backs == [light, dark, dark, light]


def test_the_theme_that_was_chosen_stays(open_tab: Callable[..., Tab]) -> None:
    tab = open_tab(color_scheme="light")
    assert tab.page.inner_text("#theme") == "Dark theme"
    tab.page.click("#theme")
    tab.page.reload()
    tab.said.clear()
    assert (tab.page.inner_text("#theme"), tab.eval("document.documentElement.dataset.theme")) == (
        "Light theme",
        "dark",
    )


@pytest.mark.parametrize("width", [400, 1200])
def test_it_fits(open_tab: Callable[..., Tab], width: int) -> None:
    tab = open_tab(viewport={"width": width, "height": 800})
    tab.page.locator("button.open").first.click()
    assert tab.eval("document.documentElement.scrollWidth") == width


def test_without_scripts_it_is_a_document(open_tab: Callable[..., Tab]) -> None:
    tab = open_tab(java_script_enabled=False)
    assert tab.page.locator("#plain details").count() > 5
    assert tab.page.locator("#plain").is_visible()
    assert not tab.page.locator("#table").is_visible()
    tab.page.locator("#plain summary").last.click()
    assert tab.page.locator("#plain details").last.get_attribute("open") is not None


def test_thousands_of_findings_are_shown_by_and_by(open_tab: Callable[..., Tab]) -> None:
    report = example_report()
    report["findings"] = [
        {**finding, "family": f"{finding['family']}-{turn}", "address": f"{finding['address']}{turn}"}
        for turn in range(20)
        for finding in report["findings"]
    ]
    tab = open_tab(report)
    assert (tab.shown, tab.rows.count()) == ("460 findings", 100)
    assert tab.eval("document.querySelectorAll('*').length") < 3000
    tab.page.click("text=Show 100 more")
    assert tab.rows.count() == 200
    assert tab.eval("document.activeElement === document.querySelectorAll('button.open')[100]")
    tab.page.fill("#search", "cart-19")
    assert tab.shown == f"{tab.rows.count()} of 460 findings"
    tab.page.fill("#search", "")
    tab.eval("dispatchEvent(new Event('beforeprint'))")
    assert tab.rows.count() == 460
    tab.eval("dispatchEvent(new Event('afterprint'))")
    assert tab.rows.count() == 100
