"""Everything on the page that does something is reached with Tab and worked with the keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.surveys import document
from tests.browser.visits import save, visit

_REACHED = """() => {
  const each = document.activeElement;
  if (!each || each === document.body) return null;
  const style = getComputedStyle(each);
  return {
    key: each.tagName + " " + (each.getAttribute("href") || each.id || each.textContent.trim().slice(0, 40)),
    seen: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
  };
}"""
_WANTED = """() => Array.from(
  document.querySelectorAll("a[href], button, input, summary, [tabindex='0']"),
  (each) =>
    each.tagName + " " + (each.getAttribute("href") || each.id || each.textContent.trim().slice(0, 40)),
)"""


@pytest.fixture(scope="module")
def page(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The page of the whole survey in English, at 1280 pixels; calm to the end."""
    with visit(browser, save(document(), tmp_path_factory.mktemp("keyboard"))) as seen:
        yield seen.page
        seen.assert_calm()


def order(page: Page) -> list[str]:
    """The archives that the table shows, from top to bottom."""
    return page.locator("#overview tbody tr:not([hidden]) a").all_text_contents()


def test_everything_is_reached_with_tab_and_shows_its_focus(page: Page) -> None:
    """Links, headings that sort, the filter, sheets and tables that scroll: all of them, in order."""
    page.locator("details.archive").evaluate_all("(all) => all.forEach((each) => { each.open = true; })")
    wanted = page.evaluate(_WANTED)
    reached = []
    unseen = []
    for _ in range(len(wanted) + 5):
        page.keyboard.press("Tab")
        now = page.evaluate(_REACHED)
        if now is None:
            break
        reached.append(now["key"])
        if not now["seen"]:
            unseen.append(now["key"])

    assert reached == wanted
    assert unseen == []


def test_skip_link_leads_to_the_summary(page: Page) -> None:
    """The first press of Tab shows it; Enter goes past the head of the page."""
    page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0); getSelection().removeAllRanges()")
    page.locator(".skip").focus()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "director"


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_heading_sorts_and_says_so(page: Page, key: str) -> None:
    """Numbers go from the largest, words from A; a second press turns the order, unknown stays last."""
    heading = page.locator("#overview thead th", has_text="Images")
    button = heading.get_by_role("button")
    button.focus()
    page.keyboard.press(key)
    falling = page.locator("#overview tbody tr").evaluate_all(
        "(rows) => rows.map((row) => Number(row.cells[6].dataset.v ?? -1))"
    )
    assert heading.get_attribute("aria-sort") == "descending"
    assert falling == sorted(falling, reverse=True)
    assert falling[0] > 700_000

    page.keyboard.press(key)
    assert heading.get_attribute("aria-sort") == "ascending"

    page.locator("#overview thead th", has_text="Product").get_by_role("button").focus()
    page.keyboard.press(key)
    products = page.locator("#overview tbody tr").evaluate_all(
        "(rows) => rows.map((row) => row.cells[4].innerText)"
    )
    known = [each for each in products if each]
    assert heading.get_attribute("aria-sort") is None
    assert known == sorted(known, key=str.casefold)
    assert products == known + [""] * (len(products) - len(known))


def test_filter_shows_what_has_the_words_and_counts_it(page: Page) -> None:
    """Every word must be there, whatever its case or accents; the count is told to a screen reader."""
    whole = len(order(page))
    status = page.get_by_role("status")
    assert status.text_content() == f"{whole} of {whole} archives"

    page.get_by_label("Show the archives with these words").focus()
    page.keyboard.type("REUNION 127")
    shown = order(page)
    assert 0 < len(shown) < whole
    assert status.text_content() == f"{len(shown)} of {whole} archives"
    for row in page.locator("#overview tbody tr:not([hidden])").all_text_contents():
        assert "R\xe9union" in row
        assert "127" in row

    page.keyboard.type(" <b>")
    assert order(page) == []
    assert status.text_content() == f"0 of {whole} archives"
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    assert len(order(page)) == whole


def test_sheet_opens_and_closes_with_the_keyboard(page: Page) -> None:
    """Enter and Space on its line."""
    sheet = page.locator("details.archive").nth(2)
    sheet.evaluate("(each) => { each.open = false; }")
    sheet.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(sheet.locator("article")).to_be_visible()
    page.keyboard.press("Space")
    expect(sheet.locator("article")).to_be_hidden()


def test_link_of_a_line_opens_its_closed_sheet(page: Page) -> None:
    """From the table to the sheet, and the sheet stands open."""
    page.locator("details.archive").evaluate_all("(all) => all.forEach((each) => { each.open = false; })")
    link = page.locator("#overview tbody a").nth(3)
    target = page.locator(str(link.get_attribute("href")))
    link.focus()
    page.keyboard.press("Enter")

    expect(target).to_be_visible()
    expect(target).to_be_in_viewport()
