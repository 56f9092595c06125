from __future__ import annotations

import csv
import io
import json
from collections import Counter
from typing import Any

import pytest

from dosimeter.model.verdict import Exposure, Severity
from dosimeter.report.archive import OPEN_TO_ANYBODY
from dosimeter.report.document import Document
from dosimeter.report.render import Format, render
from dosimeter.report.words import CAUSE_WORD, EXPOSURE_WORD
from tests.unit.report import samples
from tests.unit.report.pages import Page


@pytest.fixture(scope="module")
def document() -> Document:
    """The sample survey, whose figures every renderer must show."""
    return samples.document()


def written(document: Document, format_: Format) -> str:
    """The document in one format."""
    out = io.StringIO(newline="")
    render(document, format_, out, width=120)
    return out.getvalue()


def test_terminal_shows_the_figures_of_the_document(document: Document) -> None:
    """Every rung and every cause of the terminal's tables holds the document's number."""
    lines = written(document, Format.TABLE).splitlines()

    assert lines[0] == document.summary.headline
    for rung in document.ladder:
        line = next(line for line in lines if line.startswith(f"{rung.word} "))
        shown = line.removeprefix(rung.word).split()
        expected = [str(rung.number), str(rung.without_decoys)] if rung.tested else ["-", "-"]
        assert shown[:2] == expected, rung.word
    errors = lines[next(number for number, line in enumerate(lines) if line.startswith("Error ")) :]
    for error in document.totals.errors:
        word = CAUSE_WORD[error.cause]
        line = next(line for line in errors if line.startswith(word))
        assert line.removeprefix(word).split()[:2] == [str(error.questions), str(error.endpoints)]


def test_html_shows_the_figures_of_the_document(document: Document) -> None:
    """Every rung, severity and cause of the page holds the document's number; so does the picture."""
    page = Page(written(document, Format.HTML))

    for rung in document.ladder:
        expected = [str(rung.number), str(rung.without_decoys)] if rung.tested else ["not tested"] * 2
        assert page.rows[f"rung-{rung.exposure.value}"][:3] == [rung.word, *expected]
    for severity in Severity:
        both = [document.totals.with_decoys.of(severity), document.totals.without_decoys.of(severity)]
        assert page.rows[f"severity-{severity.word}"] == [severity.word, *map(str, both)]
    for error in document.totals.errors:
        assert page.rows[f"error-{error.cause.value}"][1:3] == [str(error.questions), str(error.endpoints)]
    described = [text for text in page.texts if text.startswith("browsable: not tested; retrievable: 1; ")]
    assert len(described) == 2
    squares = Counter(attributes["class"] for tag, attributes in page.tags if tag == "rect")
    standing = sum(rung.number for rung in document.ladder[2:])
    assert (squares["solid"], squares["hollow"]) == (2 * (standing - 1), 2)


@pytest.mark.parametrize("format_", [Format.JSONL, Format.JSON])
def test_json_totals_are_those_of_the_document_and_of_its_own_lines(
    document: Document, format_: Format
) -> None:
    """The totals equal the document's, and adding the lines up gives the same."""
    text = written(document, format_)
    if format_ is Format.JSON:
        report = json.loads(text)
        archives, totals = report["archives"], report["totals"]
    else:
        _, *archives, totals = (json.loads(line) for line in text.splitlines())

    for key, figures in (
        ("with_decoys", document.totals.with_decoys),
        ("without_decoys", document.totals.without_decoys),
    ):
        assert totals[key]["exposure"] == {each.value: figures.on(each) for each in Exposure}
        assert totals[key]["severity"] == {each.word: figures.of(each) for each in Severity}
        assert totals[key]["archives"] == figures.archives
        assert totals[key]["open_to_anybody"] == figures.open_to_anybody
    assert Counter(line["exposure"] for line in archives) == nonzero(totals["with_decoys"]["exposure"])
    assert sum(line["attempts"]["failed"] for line in archives) == totals["attempts"]["failed"]
    assert sum(line["attempts"]["completed"] for line in archives) == document.totals.attempts.completed
    assert Counter(each["cause"] for line in archives for each in line["failures"]) == {
        error.cause.value: error.questions for error in document.totals.errors
    }


def test_csv_rows_add_up_to_the_figures_of_the_document(document: Document) -> None:
    """Counting rows gives the document's numbers."""
    rows = list(csv.DictReader(io.StringIO(written(document, Format.CSV), newline="")))
    figures = document.totals.with_decoys

    assert len(rows) == figures.endpoints
    assert Counter(row["exposure"] for row in rows) == nonzero({e.value: figures.on(e) for e in Exposure})
    assert sum(row["accepts_writes"] == "true" for row in rows) == figures.accepts_writes
    assert sum(row["worklist"] == "true" for row in rows) == figures.worklist
    assert sum(int(row["failed"]) for row in rows) == document.totals.attempts.failed
    assert sum(row["exposure"] in OPEN_TO_ANYBODY for row in rows) == figures.open_to_anybody


def test_every_archive_has_the_same_exposure_everywhere(document: Document) -> None:
    """No renderer shows an archive on another rung than its verdict does."""
    page = " ".join(Page(written(document, Format.HTML)).texts).split("Archives, the most exposed first")[1]
    table = written(document, Format.TABLE)
    lines = [json.loads(line) for line in written(document, Format.JSONL).splitlines()[1:-1]]
    rows = list(csv.DictReader(io.StringIO(written(document, Format.CSV), newline="")))

    for archive in document.archives:
        endpoint, word = archive.endpoint, EXPOSURE_WORD[archive.exposure]
        (line,) = (line for line in lines if line["address"] == endpoint.address)
        (row,) = (row for row in rows if row["address"] == endpoint.address)
        assert line["exposure"] == row["exposure"] == archive.exposure.value
        assert word in next(text for text in table.splitlines() if text.startswith(endpoint.authority))
        assert word in page.split(endpoint.authority)[1][:60]


def nonzero(counts: dict[str, Any]) -> dict[str, Any]:
    """What a Counter of the same things would hold."""
    return {key: value for key, value in counts.items() if value}
