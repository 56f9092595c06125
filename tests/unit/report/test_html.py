from __future__ import annotations

import io
import re
import time
from base64 import b64encode
from dataclasses import replace
from datetime import date
from hashlib import sha256
from itertools import pairwise

import pytest

from dosimeter.model.attempt import Cause, Failed
from dosimeter.model.scope import Touch
from dosimeter.model.target import Endpoint
from dosimeter.model.verdict import Exposure, Severity
from dosimeter.report.document import Document, build_document
from dosimeter.report.html import ADDRESSES_SHOWN, write_html
from dosimeter.report.language import language_of
from dosimeter.report.render import Format, render
from dosimeter.report.study import Edition
from dosimeter.report.trend_picture import TrendPoint
from tests.unit.report import large, samples
from tests.unit.report.pages import Page


def source_of(document: Document) -> str:
    """The page as it is written."""
    out = io.StringIO()
    render(document, Format.HTML, out)
    return out.getvalue()


def hash_of(text: str) -> str:
    """As a policy names a text that it allows."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


@pytest.fixture(scope="module")
def source() -> str:
    """The page of the sample survey."""
    return source_of(samples.document())


@pytest.fixture(scope="module")
def page(source: str) -> Page:
    """The same, read back."""
    return Page(source)


def test_no_request_no_inline_style_no_inline_handler(source: str, page: Page) -> None:
    """The page loads nothing, links to itself alone, and runs nothing but its one script."""
    for tag, attributes in page.tags:
        assert tag not in {"link", "img", "iframe", "object", "embed", "form", "base"}
        assert not [
            name for name in attributes if name.startswith("on") or name in {"style", "src", "srcset"}
        ]
        assert (attributes.get("href") or "#").startswith("#")
    assert sum(tag == "script" for tag, _ in page.tags) == 1
    assert "url(" not in source.replace("url(#none-open)", "")
    for word in ("@import", "http://", "https://", "innerHTML", "eval(", "insertAdjacentHTML"):
        assert word not in source


def test_policy_allows_the_style_sheet_and_the_script_by_their_hashes(source: str, page: Page) -> None:
    """The Content-Security-Policy forbids everything but these two, byte for byte, and text as markup."""
    (style,) = re.findall(r"<style>(.*?)</style>", source, re.DOTALL)
    (script,) = re.findall(r"<script>(.*?)</script>", source, re.DOTALL)
    (policy,) = (
        attributes["content"]
        for tag, attributes in page.tags
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    )

    assert policy == (
        f"default-src 'none'; style-src {hash_of(style)}; script-src {hash_of(script)}; img-src data:; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
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
    told = [each.get("class") for each in pictures if each.get("role") == "img"]
    assert told[:4] == ["wide", "narrow", "doors wide", "doors narrow"]
    assert all(each.get("aria-hidden") == "true" for each in pictures if each.get("role") != "img")
    assert any(
        text.startswith("browsable: not tested; retrievable: 1; queryable: 2; name-gated: 1")
        for text in page.texts
    )


def test_each_archive_has_its_reasons_remedies_and_retest(page: Page) -> None:
    """Exact keys stand in code elements, and the command that proves the fix with them."""
    text = " ".join(" ".join(page.texts).split())

    for words in (
        "127.20.0.8:4242 pacs-test.example retrievable critical Answered a stranger",
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
    assert "`" not in text.split("About this report")[0]


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


@pytest.mark.parametrize("place", [0, 1, 2], ids=["light", "dark", "print"])
def test_every_text_colour_meets_aa(source: str, place: int) -> None:
    """Each text colour has 4.5:1 on every ground it may stand on, by day, by night and on paper."""
    sheet = re.findall(r":root \{(.*?)\}", source, re.DOTALL)[place]
    colours = dict(re.findall(r"--([a-z_0-9-]+): (#[0-9a-f]{6});", sheet))
    grounds = ("paper", "wash", "code", "calm")
    drawn = ("line", "edge", "land", "unclaimed", "shore")

    for name, colour in colours.items():
        if name not in grounds + drawn and not name.startswith("level"):
            for ground in ("paper", "wash"):
                assert contrast(colour, colours[ground]) >= 4.5, (name, ground)
    for ground in grounds:
        assert contrast(colours["ink"], colours[ground]) >= 4.5
        assert contrast(colours["soft"], colours[ground]) >= 4.5
    assert contrast(colours["edge"], colours["paper"]) >= 2.5


def test_white_on_the_chips_meets_aa(source: str) -> None:
    """The five words of severity are white on their colour."""
    for word in ("critical", "high", "medium", "low", "info"):
        (ground,) = re.findall(rf"\.{word} \{{ background: (#[0-9a-f]{{6}}); \}}", source)
        assert contrast(ground, "#ffffff") >= 4.5


def test_table_of_archives_leads_to_sheets_and_sorts_by_what_is_known(page: Page) -> None:
    """Each archive has one line; numbers are sorted as numbers, what is not known stands below none."""
    links = [attributes["href"] for tag, attributes in page.tags if tag == "a"]
    ids = {attributes.get("id") for _, attributes in page.tags}

    assert len([link for link in links if re.fullmatch(r"#a\d+", link)]) == len(samples.document().archives)
    assert {link.removeprefix("#") for link in links} <= ids


def test_archives_that_are_alike_share_a_sheet() -> None:
    """A thousand archives that refuse strangers in the same words take one sheet with their addresses."""
    alike = [
        samples.judged(Endpoint(f"127.21.{n // 250}.{n % 250}", 104), samples.verdict(Exposure.GUARDED))
        for n in range(1000)
    ]
    source = source_of(build_document(samples.HEADER, [*alike, samples.queryable()]))
    page = Page(source)

    assert sum(tag == "details" and given.get("class") == "archive" for tag, given in page.tags) == 2
    assert "and 999 others, alike" in page.texts
    assert all(source.count(f">{each.endpoint.authority}<") >= 1 for each in alike)


def test_two_thousand_three_hundred_archives_make_a_page_of_two_megabytes_in_two_seconds() -> None:
    """The size of the study of 2019, in both languages; each open archive has its sheet."""
    document = large.document()
    for code in ("en", "fr"):
        out = io.StringIO()
        began = time.process_time()
        write_html(document, out, language_of(code))
        took = time.process_time() - began
        source = out.getvalue()

        assert len(source.encode()) < 2_000_000
        assert took < 2
        assert source.count("<details class=archive>") >= 590
        assert source.count("<tr><th scope=row>") == 2300


def test_shareable_page_names_no_archive() -> None:
    """Neither addresses, owners, people nor sheets; the study itself is there."""
    source = io.StringIO()
    write_html(large.document(Edition.SHAREABLE), source)
    page = Page(source.getvalue())
    text = " ".join(page.texts)

    assert not re.search(r"\b127\.\d+\.\d+\.\d+", text)
    for word in ("Hospital 3", "Claire Martin", "ISSO-2026-114", "owners.csv 1"):
        assert word not in text
    assert not [tag for tag, given in page.tags if tag == "input" or given.get("class") == "archive"]
    assert page.rows["by-country-1"][0] == "United States"


def test_page_in_french_says_so_and_writes_numbers_as_french_does() -> None:
    """Language of the page, names of countries, spaces in numbers."""
    out = io.StringIO()
    write_html(large.document(Edition.SHAREABLE), out, language_of("fr"))
    page = Page(out.getvalue())

    assert ("html", {"lang": "fr"}) in page.tags
    assert page.rows["by-country-1"][0] == "\xc9tats-Unis"
    assert "2\N{NARROW NO-BREAK SPACE}300" in page.texts


def test_stored_sentence_that_is_not_known_in_french_is_marked_as_english() -> None:
    """A detail of an old version stays English, and says so to a screen reader."""
    failed = Failed("dicom_associate", Cause.BUSY, "Said in a way that no catalogue has.")
    archive = samples.judged(
        Endpoint("127.20.0.3", 104), samples.verdict(Exposure.INCONCLUSIVE, Severity.LOW), (failed,)
    )
    out = io.StringIO()
    write_html(build_document(samples.HEADER, [archive]), out, language_of("fr"))

    assert '<span lang="en">Said in a way that no catalogue has.</span>' in out.getvalue()


def test_trend_of_several_surveys_is_drawn_with_its_table() -> None:
    """Two surveys make a line; one makes none."""
    points = (TrendPoint(date(2026, 1, 5), 2200, 640), TrendPoint(date(2026, 11, 24), 2300, 590))
    page = Page(html_of(points))

    assert page.rows["trend-2"] == ["24 November 2026", "2,300", "590"]
    assert "5 January 2026: 640 of 2,200 archives answer anybody" in " ".join(page.texts)
    assert "trend-1" not in Page(html_of(points[:1])).rows


def html_of(trend: tuple[TrendPoint, ...]) -> str:
    """The page of the sample survey with earlier ones."""
    out = io.StringIO()
    write_html(samples.document(), out, trend=trend)
    return out.getvalue()
