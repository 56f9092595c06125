"""A page in a real browser, with a record of all that it must not do."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, Route

from dosimeter.report.document import Document
from dosimeter.report.html import write_html
from dosimeter.report.language import language_of
from dosimeter.report.trend_picture import TrendPoint

_WATCH = """
window.__ran = [];
window.canary = (number) => { window.__ran.push(number); };
document.addEventListener("securitypolicyviolation", (event) => window.__ran.push(event.violatedDirective));
"""


@dataclass
class Visit:
    """One page that is looked at. ``wrong`` collects requests, errors, dialogs; it must stay empty."""

    page: Page
    wrong: list[str] = field(default_factory=list)

    def assert_calm(self) -> None:
        """Nothing left the page, nothing failed in it, nothing of a survey ran, no dialog opened."""
        assert self.wrong == []
        assert self.page.evaluate("window.__ran") == []


def save(document: Document, folder: Path, code: str = "en", trend: tuple[TrendPoint, ...] = ()) -> Path:
    """The page of a document as a file."""
    out = io.StringIO()
    write_html(document, out, language_of(code), trend)
    path = folder / f"report-{code}.html"
    path.write_text(out.getvalue(), encoding="utf-8")
    return path


@contextmanager
def visit(
    browser: Browser,
    path: Path,
    *,
    width: int = 1280,
    scheme: Literal["light", "dark"] = "light",
    script: bool = True,
) -> Iterator[Visit]:
    """Open a page; every request but the one for the file itself is stopped and recorded."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        reduced_motion="reduce",
        java_script_enabled=script,
    )
    page = context.new_page()
    seen = Visit(page)
    own = path.as_uri()

    def route(each: Route) -> None:
        if each.request.url.split("#")[0] == own:
            each.continue_()
        else:
            seen.wrong.append(f"request {each.request.url}")
            each.abort()

    context.route("**/*", route)
    if script:
        page.add_init_script(_WATCH)
    page.on(
        "console", lambda each: seen.wrong.append(each.text) if each.type in {"error", "warning"} else None
    )
    page.on("pageerror", lambda each: seen.wrong.append(str(each)))
    page.on("dialog", lambda each: (seen.wrong.append(f"dialog {each.message}"), each.dismiss()))
    page.on("popup", lambda each: seen.wrong.append(f"popup {each.url}"))
    page.on("download", lambda each: seen.wrong.append(f"download {each.url}"))
    page.goto(own)
    yield seen
    context.close()
