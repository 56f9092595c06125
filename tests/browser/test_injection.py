"""Two thousand hostile strings in every field, looked at by the browser that a reader would use."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from dosimeter.report.document import Document
from dosimeter.report.plain import plain_text, unbroken
from tests.browser.poisoned import poisoned
from tests.browser.visits import save, visit
from tests.injection_strings import injections

STRINGS = [each.text for each in injections()]

_BUILT = """() => {
  const built = {};
  for (const each of document.querySelectorAll("*")) {
    const names = each.getAttributeNames().sort().join(" ");
    const key = each.localName + " " + names;
    // How many lines a long text takes in a picture is a matter of its length.
    if (each.localName !== "text") built[key] = (built[key] || 0) + 1;
  }
  return built;
}"""
"""How many elements there are of each name with each set of attributes."""


def looked_at(browser: Browser, document: Document, folder: Path) -> tuple[dict[str, int], str]:
    """What the browser made of the page, and the text it holds; calm, whatever is pressed."""
    with visit(browser, save(document, folder)) as seen:
        page = seen.page
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        page.locator("#overview button").nth(4).evaluate("(each) => each.click()")
        for typed in ("<script>", ""):
            page.locator("#filter").evaluate(
                "(each, typed) => { each.value = typed; each.dispatchEvent(new Event('input')); }", typed
            )
        built = page.evaluate(_BUILT)
        text = page.evaluate("document.body.textContent")
        seen.assert_calm()
        return built, text


@pytest.fixture(scope="module")
def harmless_pages(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> dict[int, dict[str, int]]:
    """What the same pages are built of with harmless words in them, by the number of archives."""
    folder = tmp_path_factory.mktemp("harmless")
    return {
        number: looked_at(browser, poisoned([f"word{each}" for each in range(number)]), folder)[0]
        for number in (40, 500)
    }


@pytest.mark.parametrize("part", range(4))
def test_hostile_text_is_text(
    browser: Browser, harmless_pages: dict[int, dict[str, int]], tmp_path: Path, part: int
) -> None:
    """No script, dialog or request; not one element or attribute more than with harmless words; all shown."""
    texts = STRINGS[part * 500 : (part + 1) * 500]
    built, text = looked_at(browser, poisoned(texts), tmp_path)

    assert built == harmless_pages[len(texts)]
    missing = [each for each in texts if text.count(unbroken(plain_text(each))) < 10]
    assert missing == []


@pytest.mark.parametrize("start", [0, 17, 33])
def test_hostile_text_in_whole_sheets_and_pictures_is_text(
    browser: Browser, harmless_pages: dict[int, dict[str, int]], tmp_path: Path, start: int
) -> None:
    """Few archives have sheets in full, with pictures of their doors: these too."""
    texts = STRINGS[start::50]
    built, text = looked_at(browser, poisoned(texts), tmp_path)

    assert built == harmless_pages[len(texts)]
    assert all(text.count(unbroken(plain_text(each))) > 20 for each in texts)
