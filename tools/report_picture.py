"""Takes docs/report.png: the page of HTML about the example report, as Chromium shows it.

python -m tools.report_picture
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from ecs_guard_aspects.reports.html.report import html_of
from tools.chromium import chromium
from tools.example_report import example_report

PICTURE = Path(__file__).parents[1] / "docs" / "report.png"
_WIDTH = 1200
_ROWS = 2


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        page = Path(folder, "report.html")
        page.write_text(html_of(example_report()), encoding="ascii")
        tab = browser.new_page(viewport={"width": _WIDTH, "height": 900}, color_scheme="light")
        tab.goto(page.as_uri())
        last = tab.locator("tr.finding").nth(_ROWS - 1).bounding_box()
        if last is None:
            raise SystemExit("the page shows no finding")
        height = last["y"] + last["height"]
        tab.screenshot(path=PICTURE, full_page=True, clip={"x": 0, "y": 0, "width": _WIDTH, "height": height})


if __name__ == "__main__":
    main()
