"""Two thousand hostile strings in every text field of a survey stay text, in every format."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from typing import Any

import pypdfium2
import pytest
from pyarrow import parquet

from dosimeter.report.csv_tables import tables_of, write_table_csv
from dosimeter.report.document import Document
from dosimeter.report.language import language_of
from dosimeter.report.render import Format, render
from tests.injection_strings import injections
from tests.roundtrip.hostile import hostile_survey
from tests.unit.report.exposition import parse
from tests.unit.report.test_pdf import ACTS, objects_of

MARKS = {each.mark for each in injections()}
ACTING = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
FORMULA = re.compile(r"[ ]*[=+\-@\t\r\n\x00\uff1d\uff0b\uff0d\uff20]")
FORMULA_AFTER_SEPARATOR = re.compile(r"[,;|\t]\s*[=+\-@]")


@pytest.fixture(scope="module")
def document() -> Document:
    return hostile_survey()


def text_of(document: Document, form: Format, language: str = "en") -> str:
    out = io.StringIO(newline="")
    render(document, form, out, language_of(language), width=200, detail=True)
    return out.getvalue()


def acting(text: str, *, but: str = "\n") -> set[str]:
    """The characters that a terminal, a reader or a page would act on."""
    return {each for each in text if each not in but and unicodedata.category(each) in ACTING}


def marks_in(text: str) -> float:
    """The part of the marks that a text still shows."""
    return len(set(re.findall(r"k\d{4}", text)) & MARKS) / len(MARKS)


@pytest.mark.parametrize("form", [Format.JSON, Format.JSONL, Format.DEFECTDOJO, Format.INTELMQ])
def test_json_is_ascii_and_one_document(document: Document, form: Format) -> None:
    """No byte of it acts on a terminal, no line ends early, and it reads back."""
    text = text_of(document, form)
    assert text.isascii()
    assert acting(text) == set()
    read: list[Any] = (
        [json.loads(line) for line in text.splitlines()] if form.value.endswith(("l", "mq")) else []
    )
    read = read or [json.loads(text)]
    assert read


def test_a_json_report_keeps_every_text_that_it_has_a_key_for(document: Document) -> None:
    """What is made harmless is not lost."""
    assert marks_in(text_of(document, Format.JSON)) > 0.7
    assert marks_in(text_of(document, Format.INTELMQ)) > 0.3
    assert marks_in(text_of(document, Format.DEFECTDOJO)) > 0.2


def test_a_finding_holds_no_markdown_of_a_server(document: Document) -> None:
    """No link, no picture, no element: DefectDojo shows texts as Markdown."""
    findings = json.loads(text_of(document, Format.DEFECTDOJO))["findings"]
    for finding in findings:
        loose = re.sub(r"\\[\\`*_\[\]<>|~#!]", "", finding["description"].split("\n\n")[0])
        assert not set(loose) & set("[]<>`*_|~#!"), finding["description"]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_terminal_is_sent_no_escape(document: Document, language: str) -> None:
    """The table with every detail, as a file or a pipe gets it."""
    text = text_of(document, Format.TABLE, language)
    assert acting(text) == set()
    assert marks_in(text) > 0.6


def test_no_cell_of_any_csv_is_a_formula(document: Document) -> None:
    """The sheet of archives and every table: read back, no cell begins with what computes."""
    sheets = [text_of(document, Format.CSV)]
    for table in tables_of(document.study):
        out = io.StringIO(newline="")
        write_table_csv(table, out)
        sheets.append(out.getvalue())
    for sheet in sheets:
        assert acting(sheet, but="\r\n") == set()
        rows = list(csv.reader(io.StringIO(sheet, newline=""), strict=True))
        assert {len(row) for row in rows} == {len(rows[0])}
        for row in rows[1:]:
            for cell in row:
                assert not FORMULA.match(cell), cell
                assert not FORMULA_AFTER_SEPARATOR.search(cell), cell
    assert marks_in("".join(sheets)) > 0.5


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_pdf_prints_them_and_does_nothing(document: Document, language: str) -> None:
    """No action, link or script in any object of the file; the texts stand on the pages."""
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw)
    render(document, Format.PDF, out, language_of(language))
    out.detach()
    assert ACTS.search(objects_of(raw.getvalue())) is None
    pages = pypdfium2.PdfDocument(raw.getvalue())
    text = "".join(page.get_textpage().get_text_range() for page in pages)
    flat = re.sub(r"[\s\ufffe]", "", text)
    assert marks_in(flat) > 0.6
    assert acting(flat) == set()


def test_prometheus_is_one_exposition(document: Document) -> None:
    """No sample that a server made, and no word of one: products and hosts are no labels."""
    text = text_of(document, Format.PROMETHEUS)
    assert acting(text) == set()
    assert set(parse(text)) == {
        name for name in re.findall(r"^# TYPE (dosimeter_\w+)", text, re.MULTILINE) if name != "dosimeter_up"
    }
    assert marks_in(text) == 0


def test_parquet_holds_no_character_that_acts(document: Document) -> None:
    """Whoever prints a cell is as safe as here."""
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw)
    render(document, Format.PARQUET, out)
    out.detach()
    rows = parquet.read_table(io.BytesIO(raw.getvalue())).to_pylist()
    texts = [str(value) for row in rows for value in row.values()]
    assert acting("".join(texts)) == set()
    assert marks_in("".join(texts)) > 0.5
