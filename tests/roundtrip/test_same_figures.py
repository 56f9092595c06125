"""Every format tells the same figures: they are read back out of each and compared, one by one."""

from __future__ import annotations

import csv
import io

import pytest
from pyarrow import parquet

from dosimeter.report.csv_tables import tables_of, write_table_csv
from dosimeter.report.document import Document
from dosimeter.report.language import language_of
from dosimeter.report.render import Format, Presentation, render_survey
from dosimeter.report.study import Edition, GroupedBy
from tests.roundtrip import extract, surveys
from tests.roundtrip.extract import Figures
from tests.unit.report import counted
from tests.unit.report.printed import binary
from tests.unit.report.printed import printed as printed_text

SURVEYS = {"counted": surveys.counted_survey, "doors": surveys.doors_survey}


@pytest.fixture(scope="module", params=[(name, edition) for name in SURVEYS for edition in Edition])
def document(request: pytest.FixtureRequest) -> Document:
    name, edition = request.param
    return SURVEYS[name](edition)


@pytest.fixture(scope="module")
def printed(document: Document) -> Figures:
    """As JSON tells them, an estimate to two digits: what people read."""
    return extract.from_json(text_of(document, Format.JSON), rounded=True)


@pytest.fixture(scope="module")
def exact(document: Document) -> Figures:
    """As JSON tells them: what machines read."""
    return extract.from_json(text_of(document, Format.JSON), rounded=False)


def text_of(document: Document, form: Format, language: str = "en") -> str:
    return printed_text(document, form, language_of(language))


def bytes_of(document: Document, form: Format, language: str = "en") -> bytes:
    return binary(document, form, language_of(language))


def test_json_tells_what_the_study_holds(document: Document, exact: Figures) -> None:
    """The one side of every comparison below is itself compared with the study."""
    study = document.study
    for step in study.funnel:
        assert exact["funnel", step.key, "archives"] == step.number
    for grouping in study.groupings:
        for place, row in enumerate(grouping.rows):
            for name in extract.ARCHIVES:
                assert exact[grouping.by.value, place, name] == getattr(row, name)
            for name in extract.THINGS:
                cell = getattr(row, name).cell
                value = None if cell.kind == "fewer_than" else getattr(cell, "value", None)
                assert exact[grouping.by.value, place, name] == value
    assert len(exact) > 60


def test_json_lines(document: Document, exact: Figures) -> None:
    """The last line."""
    assert extract.from_json_lines(text_of(document, Format.JSONL), rounded=False) == exact


def test_json_lines_that_were_never_a_document(document: Document) -> None:
    """What goes out as it comes in is added up on the way, and tells the same."""
    out = io.StringIO(newline="")
    render_survey(counted.HEADER, surveys.counted_archives(), Format.JSONL, out, Presentation())
    owner = text_of(surveys.counted_survey(), Format.JSON)
    assert extract.from_json_lines(out.getvalue(), rounded=False) == extract.from_json(owner, rounded=False)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_html(document: Document, printed: Figures, language: str) -> None:
    """The cells of the page, whatever the language writes between thousands."""
    assert extract.from_html(text_of(document, Format.HTML, language)) == printed


@pytest.mark.parametrize("language", ["en", "fr"])
def test_pdf(document: Document, printed: Figures, language: str) -> None:
    """The text of the pages."""
    speech = language_of(language)
    labels = {
        grouping.by.value: [
            speech.country(row.key)
            if grouping.by is GroupedBy.COUNTRY and row.key
            else speech.text(row.label)
            for row in grouping.rows
        ]
        for grouping in document.study.groupings
    }
    steps = [speech.text(step.says) for step in document.study.funnel]
    assert extract.from_pdf(bytes_of(document, Format.PDF, language), labels, steps) == printed


def test_csv(document: Document, exact: Figures) -> None:
    """One file for each table; and of the shareable edition all figures in one."""
    files = {}
    for table in tables_of(document.study):
        out = io.StringIO(newline="")
        write_table_csv(table, out)
        files[table.name] = out.getvalue()
    assert extract.from_tables(files, rounded=False) == exact
    if document.study.edition is Edition.SHAREABLE:
        rows = csv.DictReader(io.StringIO(text_of(document, Format.CSV), newline=""))
        assert extract.from_long_table(rows, rounded=False) == exact


def test_parquet(document: Document, exact: Figures) -> None:
    """Figures as they are; or archives, which add up to them."""
    rows = parquet.read_table(io.BytesIO(bytes_of(document, Format.PARQUET))).to_pylist()
    if document.study.edition is Edition.SHAREABLE:
        assert extract.from_long_table(rows, rounded=False) == exact
        return
    believed = [row for row in rows if row["is_archive"] and row["decoy"] not in {"medium", "high"}]
    opened = [row for row in believed if row["exposure"] in {"queryable", "retrievable", "browsable"}]
    assert len(opened) == exact["funnel", "queryable", "archives"]
    countries = document.study.grouped(GroupedBy.COUNTRY)
    assert countries is not None
    for place, country in enumerate(countries.rows):
        here = [row for row in believed if (row["country"] or "") == country.key]
        assert len(here) == exact["country", place, "archives"]
        assert sum(row in opened for row in here) == exact["country", place, "queryable"]


def test_prometheus(document: Document, exact: Figures) -> None:
    """The funnel and the countries."""
    countries = document.study.grouped(GroupedBy.COUNTRY)
    assert countries is not None
    found = extract.from_prometheus(text_of(document, Format.PROMETHEUS), [row.key for row in countries.rows])
    assert found == {key: value for key, value in exact.items() if key[0] in {"funnel", "country"}}
