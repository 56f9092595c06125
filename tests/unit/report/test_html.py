from __future__ import annotations

import io
import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from itertools import pairwise

import pytest

from dosimeter.model.scope import Touch
from dosimeter.report.document import Document, build_document
from dosimeter.report.html import ADDRESSES_SHOWN
from dosimeter.report.render import Format, render
from tests.unit.report import samples
from tests.unit.report.pages import Page

WHITE = "#ffffff"
GROUNDS = {"paper": WHITE, "wash": "#f4f6f8", "code": "#e9eef2", "remedy": "#eef5f1"}


def source_of(document: Document) -> str:
    """The page as it is written."""
    out = io.StringIO()
    render(document, Format.HTML, out)
    return out.getvalue()


@pytest.fixture(scope="module")
def source() -> str:
    """The page of the sample survey."""
    return source_of(samples.document())


@pytest.fixture(scope="module")
def page(source: str) -> Page:
    """The same, read back."""
    return Page(source)


def test_no_script_no_request_no_inline_style(source: str, page: Page) -> None:
    """The page runs nothing, loads nothing and links to itself alone."""
    for tag, attributes in page.tags:
        assert tag not in {"script", "link", "img", "iframe", "object", "embed", "form", "base", "use"}
        assert not [
            name for name in attributes if name.startswith("on") or name in {"style", "src", "srcset"}
        ]
        assert attributes.get("href", "#").startswith("#")
    assert "url(" not in source
    assert "@import" not in source
    assert "http://" not in source
    assert "https://" not in source


def test_policy_allows_the_one_style_sheet_by_its_hash(source: str, page: Page) -> None:
    """The Content-Security-Policy forbids everything but the style sheet, byte for byte."""
    (style,) = re.findall(r"<style>(.*?)</style>", source, re.DOTALL)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    (policy,) = (
        attributes["content"]
        for tag, attributes in page.tags
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    )

    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )


def test_headings_descend_without_a_gap_and_ids_are_unique(page: Page) -> None:
    """One h1; no level is skipped; every id stands once, and every link inside the page finds one."""
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    wanted = {
        name
        for _, attributes in page.tags
        for name in (attributes.get("aria-labelledby") or (attributes.get("href") or "").lstrip("#")).split()
    }

    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert len(ids) == len(set(ids))
    assert wanted <= set(ids)


def test_page_says_its_language_and_the_picture_is_told_in_words(page: Page) -> None:
    """A screen reader gets the language, and the ladder as a sentence."""
    assert ("html", {"lang": "en"}) in page.tags
    pictures = [attributes for tag, attributes in page.tags if tag == "svg"]
    assert [each["class"] for each in pictures[:4]] == ["wide", "narrow", "doors wide", "doors narrow"]
    assert all(attributes["role"] == "img" for attributes in pictures)
    assert any(
        text.startswith("browsable: not tested; retrievable: 1; queryable: 2; name-gated: 1")
        for text in page.texts
    )


def test_each_archive_has_its_reasons_remedies_and_retest(page: Page) -> None:
    """Exact keys stand in code elements, and the command that proves the fix with them."""
    text = " ".join(" ".join(page.texts).split())

    for words in (
        "127.20.0.8:4242 pacs-test.example retrievable critical",
        "critical A stranger's null retrieve was answered.",
        "rule get, seen in null_retrieve#0, PS3.4 C.4.1",
        "Orthanc: refuse strangers",
        "Then prove it: dosimeter survey --scope scope.toml 127.20.0.8:4242",
        "association as a stranger: busy : It said that a local limit is exceeded.",
        "TLSv1.3; TLS_AES_256_GCM_SHA384; client certificate asked for, and went on without",
        "probably a decoy or a demonstration: found a study that cannot exist",
    ):
        assert words in text
    assert sum(tag == "article" for tag, _ in page.tags) == 7
    assert '"DicomAlwaysAllowFind": false' in page.texts
    assert "`" not in text


def test_footer_names_scope_and_versions(page: Page) -> None:
    """Who allowed it, under which scope, with which rules."""
    text = " ".join(" ".join(page.texts).split())

    assert samples.HEADER.scope_sha256 in text
    assert "Claire Martin, ISSO-2026-114" in text
    assert "dosimeter 0.1.0, rules 2026.11" in text
    assert "prove: null queries and null retrieves" in text


def test_long_list_of_closed_ports_is_cut_with_its_number() -> None:
    """The page names the first sixty and says how many more there are."""
    page = Page(source_of(build_document(samples.HEADER, [samples.unreachable(n) for n in range(1000)])))
    text = " ".join(" ".join(page.texts).split())

    assert f"and {1000 - ADDRESSES_SHOWN} more; the JSON Lines report names each" in text
    assert "No archive was found." in text


def test_low_touch_says_that_queries_were_not_asked() -> None:
    """Under ``negotiate`` the page shows no zero where nothing was asked."""
    header = replace(samples.HEADER, touch=Touch.NEGOTIATE)
    page = Page(source_of(build_document(header, [samples.guarded()])))

    assert page.texts.count("not asked") == 4
    assert page.rows["rung-queryable"][1] == "not tested"


def test_page_without_any_endpoint_is_a_page() -> None:
    """An empty survey gives a whole page."""
    page = Page(source_of(build_document(samples.HEADER, [])))

    assert page.tags[0][0] == "html"
    assert "Every question that was asked got an answer." in page.texts


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio (WCAG 2.2)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_every_text_colour_meets_aa(source: str) -> None:
    """Each text colour has 4.5:1 on paper and on the grounds it stands on; chips have it for white text."""
    colours = dict(re.findall(r"--([a-z_]+): (#[0-9a-f]{6});", source))
    grounds = ("line", "wash", "paper")

    for name, colour in colours.items():
        if name not in grounds:
            assert contrast(colour, WHITE) >= 4.5, name
            assert contrast(colour, GROUNDS["wash"]) >= 4.5, name
    for ground in GROUNDS.values():
        assert contrast(colours["ink"], ground) >= 4.5
