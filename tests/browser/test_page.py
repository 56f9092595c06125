"""The page in a real browser, wide, narrow, by night, on paper and without its script."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Literal

import pypdfium2
import pytest
from playwright.sync_api import Browser, Page

from dosimeter.report.study import Edition
from tests.browser.axe import axe_source
from tests.browser.surveys import TREND, document
from tests.browser.visits import save, visit

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The page of the whole edition in both languages."""
    folder = tmp_path_factory.mktemp("pages")
    whole = document()
    return {code: save(whole, folder, code, TREND) for code in ("en", "fr")}


@pytest.mark.parametrize(
    ("code", "width", "scheme"),
    [("en", 320, "dark"), ("en", 1280, "light"), ("fr", 320, "light"), ("fr", 1280, "dark")],
)
def test_page_is_accessible_and_asks_for_nothing(
    browser: Browser, saved: dict[str, Path], code: str, width: int, scheme: Literal["light", "dark"]
) -> None:
    """No request, no error, no violation of the policy, nothing for axe to say, no sideways scrolling."""
    with visit(browser, saved[code], width=width, scheme=scheme) as seen:
        page = seen.page
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert axe(page) == []
        seen.assert_calm()


def test_shareable_page_is_accessible_and_asks_for_nothing(browser: Browser, tmp_path: Path) -> None:
    """The edition that is handed on, with its map and tables and without archives."""
    with visit(browser, save(document(Edition.SHAREABLE), tmp_path, "fr"), width=320) as seen:
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= 320
        assert axe(seen.page) == []
        assert seen.page.locator("table#overview, details.archive").count() == 0
        seen.assert_calm()


def test_map_shows_countries_circles_and_overseas_departments(
    browser: Browser, saved: dict[str, Path]
) -> None:
    """Colour and number on both views; a tool tip for each country; five departments beside them."""
    with visit(browser, saved["fr"]) as seen:
        world = seen.page.locator("svg.map.world")
        assert world.locator("path title").count() >= 5
        assert world.locator("circle").count() == 3
        assert world.locator("text.map-number").count() >= 4
        assert seen.page.locator("svg.map.europe use").count() == 1
        assert seen.page.locator(".insets li").count() == 5
        shape = seen.page.locator("svg.map.europe").bounding_box()
        assert shape is not None
        assert shape["width"] > 400
        colour = "(each) => getComputedStyle(each).fill"
        painted = set(world.locator("g path, circle").evaluate_all(f"(all) => all.map({colour})"))
        assert len(painted) >= 4
        assert "rgb(0, 0, 0)" not in painted


def test_page_on_paper_is_black_on_white_with_every_sheet_and_no_control(
    browser: Browser, saved: dict[str, Path]
) -> None:
    """Printed by night with closed sheets, the paper is white, and holds what the sheets say."""
    with visit(browser, saved["en"], scheme="dark") as seen:
        page = seen.page
        page.emulate_media(media="print")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
        assert not page.locator(".filter, nav, .skip").filter(visible=True).count()
        printed = pypdfium2.PdfDocument(io.BytesIO(page.pdf(format="A4", prefer_css_page_size=True)))
        texts = [sheet.get_textpage().get_text_bounded() for sheet in printed]
        printed.close()
        seen.assert_calm()
    whole = " ".join(" ".join(texts).split())
    assert "What to do on Monday" in texts[0] or "What to do on Monday" in texts[1]
    assert "rule get, seen in null_retrieve#0" in whole
    assert "Show the archives with these words" not in whole
    assert 10 < len(texts) < 60


def test_page_without_script_is_whole(browser: Browser, saved: dict[str, Path]) -> None:
    """The table is a table without buttons and filter; every sheet opens by hand."""
    with visit(browser, saved["en"], script=False) as seen:
        page = seen.page
        assert page.locator("#overview tbody tr").count() > 10
        assert page.locator("#overview button").count() == 0
        assert not page.locator(".filter").is_visible()
        sheet = page.locator("details.archive").last
        sheet.locator("summary").click()
        assert sheet.locator("article").is_visible()
        assert seen.wrong == []


def axe(page: Page) -> list[str]:
    """What axe-core has to say, one line for each element."""
    page.evaluate(axe_source())
    found = page.evaluate(
        "async (rules) => (await axe.run({runOnly: rules, resultTypes: ['violations']})).violations", RULES
    )
    return [
        f"{each['id']}: {node['target']} {node['html'][:160]} {node['any'][:1]}"
        for each in found
        for node in each["nodes"]
    ]
