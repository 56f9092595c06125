from __future__ import annotations

import io
import json
import re
import time
import zlib
from dataclasses import replace
from importlib.resources import files

import pypdfium2
import pytest

from dosimeter.model.message import say
from dosimeter.model.place import Owner, Place
from dosimeter.report import pdf_sheets
from dosimeter.report.document import Document, build_document
from dosimeter.report.language import ENGLISH, Language, language_of
from dosimeter.report.pdf import write_pdf
from dosimeter.report.pdf_text import _PRINTABLE, Pen, printable
from dosimeter.report.study import Action, Edition
from tests.roundtrip import surveys
from tests.unit.report import large, samples

LITERAL = re.compile(rb"\((?:[^()\\]|\\.)*\)", re.DOTALL)
"""A string with no other inside: its parentheses are balanced, or have a backslash (ISO 32000-1, 7.3.4.2)."""

STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)


def pdf_of(document: Document, language: Language = ENGLISH) -> bytes:
    out = io.BytesIO()
    write_pdf(document, out, language)
    return out.getvalue()


def pages_of(pdf: bytes) -> list[str]:
    """The text of every page, its lines joined."""
    return [" ".join(page.get_textpage().get_text_bounded().split()) for page in pypdfium2.PdfDocument(pdf)]


def unpacked(pdf: bytes) -> bytes:
    """Everything that is in the file, with every compressed stream unpacked."""
    parts = [pdf]
    for stream in STREAM.findall(pdf):
        try:
            parts.append(zlib.decompress(stream))
        except zlib.error:
            continue
    return b"\n".join(parts)


def objects_of(pdf: bytes) -> bytes:
    """The objects of the file without what a string says: streams and strings are left out."""
    packed = re.finditer(rb"/ObjStm.{0,200}?" + STREAM.pattern, pdf, re.DOTALL)
    parts = [STREAM.sub(b"stream", pdf), *(zlib.decompress(found[1]) for found in packed)]
    objects = b"\n".join(parts)
    while LITERAL.search(objects):
        objects = LITERAL.sub(b"", objects)
    return objects


@pytest.fixture(scope="module")
def english() -> bytes:
    return pdf_of(surveys.doors_survey())


@pytest.fixture(scope="module")
def french() -> bytes:
    return pdf_of(surveys.doors_survey(), language_of("fr"))


def test_it_is_tagged_and_says_so(english: bytes) -> None:
    """PDF/UA-1, with a structure, a language and a title that a reader shows."""
    inside = unpacked(english)
    assert b"pdfuaid:part" in inside
    assert b"/StructTreeRoot" in inside
    assert b"/Marked true" in inside
    assert b"/Lang (en-GB)" in inside or b"/Lang(en-GB)" in inside
    assert b"/DisplayDocTitle true" in inside
    assert (
        pypdfium2.PdfDocument(english).get_metadata_value("Title") == "Exposure of medical imaging archives"
    )


def test_the_french_one_is_french(french: bytes) -> None:
    """Its language, its title and its headings."""
    assert b"fr-FR" in unpacked(french)
    document = pypdfium2.PdfDocument(french)
    assert (
        document.get_metadata_value("Title")
        == "Exposition des archives d\N{RIGHT SINGLE QUOTATION MARK}imagerie m\xe9dicale"
    )
    assert "Synthèse pour la direction" in pages_of(french)[1]


def test_every_picture_has_a_description(english: bytes) -> None:
    """Somebody who does not see the map is told what it shows."""
    inside = unpacked(english)
    assert inside.count(b"/S /Figure") + inside.count(b"/S/Figure") > 0
    assert inside.count(b"/Alt") >= inside.count(b"/S /Figure") + inside.count(b"/S/Figure")


def test_chapters_are_bookmarks(english: bytes) -> None:
    """A reader jumps to them."""
    titles = [each.get_title() for each in pypdfium2.PdfDocument(english).get_toc() if each.level == 0]
    assert titles[0] == "For the director"
    assert {"The figures", "Findings", "The archives", "What was not tested", "Method"} <= set(titles)


def test_fonts_are_in_the_file(english: bytes) -> None:
    """The same page everywhere: whatever the machine that made it, and the one that shows it, have."""
    inside = unpacked(english)
    fonts = {name.partition(b"+")[2] for name in re.findall(rb"/FontName\s*/([A-Za-z0-9+\-]+)", inside)}
    assert fonts
    assert all(name.startswith((b"Libertinus", b"DejaVuSansMono")) for name in fonts)
    assert inside.count(b"/FontFile") >= len(fonts)


@pytest.mark.parametrize("more", [0, 40])
def test_the_directors_page_is_one_page(more: int) -> None:
    """However much there is to say: its type shrinks."""
    document = surveys.doors_survey()
    steps = tuple("Set `DicomAlwaysAllowFind` to `false` in the file of every archive." for _ in range(4))
    action = Action(
        say("Refuse strangers"), 3, say("Closes 3 archives."), steps, "dosimeter survey --scope s"
    )
    page = replace(
        document.study.director,
        stranger_can=tuple(say("Look up patients and their examinations.") for _ in range(3 + more)),
        actions=(action,) * 3,
        unknown=(say("The last thing that is not known."),),
    )
    pages = pages_of(pdf_of(replace(document, study=replace(document.study, director=page))))
    assert pages[1].startswith("For the director")
    assert "The last thing that is not known." in pages[1]
    assert pages[2].startswith("Contents")


ACTS = re.compile(
    rb"/(JS|JavaScript|URI|Launch|EmbeddedFiles?|AcroForm|OpenAction|AA|RichMedia|SubmitForm|GoToR)\b"
)


def test_nothing_in_it_acts_or_fetches(english: bytes) -> None:
    """No script, no link out of the file, no attached file, no form."""
    objects = objects_of(english)
    assert b"/Catalog" in objects
    assert ACTS.search(objects) is None


def test_the_template_reads_nothing_else() -> None:
    """No file, no package, no code that is made of text."""
    template = (files("dosimeter.report") / "typst" / "report.typ").read_text(encoding="utf-8")
    assert (
        re.findall(r"#?\b(read|eval|plugin|csv|yaml|toml|xml|cbor|import|include|link)\b\s*[(\"]", template)
        == []
    )
    assert template.count("json(") == 1


HOSTILE = '#panic("x") #sys.inputs $x$ *b* _i_ `c` <label> @ref // http://k.invalid \\u{41} = k0001'


def test_a_text_is_never_markup() -> None:
    """What a table of owners says stands on the page as it is."""
    owner = Owner(HOSTILE, None, None, surveys.TABLE)
    archive = replace(samples.queryable(), place=Place(None, None, owner))
    pages = pages_of(pdf_of(build_document(samples.HEADER, [archive])))
    flat = "".join("".join(pages).split())
    assert "".join(HOSTILE.split()) in flat


@pytest.mark.parametrize(
    "name", ["\u5317\u4eac\u533b\u9662", "\U0001f3e5 Clinic", "\u05d0\u05d1", "a\u202eb\u0007", "\ud800"]
)
def test_a_name_in_another_script_is_printed_or_spelt(name: str) -> None:
    """There are no glyphs for all scripts in the file: a character without one is written as its code."""
    owner = Owner(f"{name} end", None, None, surveys.TABLE)
    archive = replace(samples.queryable(), place=Place(None, None, owner))
    text = "".join(pages_of(pdf_of(build_document(samples.HEADER, [archive]))))
    assert printable(name).isascii()
    assert f"{printable(name)} end" in text


def test_every_character_called_printable_has_a_glyph() -> None:
    """Upright, bold and between code."""
    letters = "".join(chr(code) for start, end in _PRINTABLE for code in range(start, end + 1))
    words = " ".join(letters[at : at + 60] for at in range(0, len(letters), 60)).replace("`", "")
    document = surveys.counted_survey()
    action = Action(words, 1, words, (words, f"`{words}`"), words)
    page = replace(document.study.director, headline=words, actions=(action,), stranger_can=(words,))
    assert pdf_of(replace(document, study=replace(document.study, director=page)))


def test_the_shareable_edition_has_no_sheet_and_names_nobody() -> None:
    """No address, no owner, no contact, not who asked."""
    text = "".join(pages_of(pdf_of(surveys.counted_survey(Edition.SHAREABLE))))
    for secret in ("127.", "CHU", "Cabinet", "securite@", "Claire Martin", "ISSO-2026"):
        assert secret not in text
    assert "The archives 127" not in text


def test_a_survey_of_the_size_of_2019_takes_seconds() -> None:
    """2,300 archives, 590 of them open: under 5 s of this process, whoever else is busy beside it."""
    document = large.document()
    began = time.process_time()
    pdf = pdf_of(document)
    assert time.process_time() - began < 5
    text = "".join(pages_of(pdf))
    assert "2,300" in text
    assert all(each.endpoint.authority in text for each in document.archives[:590:59])


def test_where_sheets_are_many_each_says_the_gravest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remedies by their numbers, which the chapter before has in full."""
    document = samples.document()
    whole = json.dumps(list(pdf_sheets.sheet_blocks(document, Pen(ENGLISH))))
    monkeypatch.setattr(pdf_sheets, "SHEETS_IN_FULL", 0)
    short = json.dumps(list(pdf_sheets.sheet_blocks(document, Pen(ENGLISH))))
    assert len(short) < len(whole)
    assert "There are many: each says the gravest, and the JSON report has all of it." in short
    assert re.search(r'"remedies": "R1[,"]', short)
