from __future__ import annotations

import csv
import io

import pytest

from dosimeter.report.csv import COLUMNS, harmless_cell
from dosimeter.report.render import Format, render, render_survey
from tests.unit.report import samples


def rows() -> list[dict[str, str]]:
    """The rows of the sample survey, read back."""
    out = io.StringIO(newline="")
    render(samples.document(), Format.CSV, out)
    return list(csv.DictReader(io.StringIO(out.getvalue(), newline="")))


def test_one_row_for_every_endpoint() -> None:
    """Closed ports have their rows too, and each row has every column."""
    table = rows()

    assert len(table) == 12
    assert all(tuple(row) == COLUMNS for row in table)
    assert table[0]["address"] == "127.20.0.8"
    assert table[0]["accepts_writes"] == "true"
    assert table[-1]["failures"] == "dicom_associate: refused"


def test_not_known_is_an_empty_cell() -> None:
    """A property nobody learnt is neither true nor false."""
    gated = next(row for row in rows() if row["exposure"] == "name_gated")

    assert (gated["accepts_writes"], gated["worklist"]) == ("", "")


def test_lines_end_as_rfc_4180_says() -> None:
    """CRLF after each record, every field quoted."""
    out = io.StringIO(newline="")
    render(samples.document(), Format.CSV, out)
    records = out.getvalue().split("\r\n")

    assert records[-1] == ""
    assert len(records) == 14
    assert all(record.startswith('"') and record.endswith('"') for record in records[:-1])


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\0", " =", "\uff1d", "\uff20"])
def test_formula_gets_an_apostrophe(start: str) -> None:
    """No spreadsheet computes a cell that a server filled (CWE-1236)."""
    cell = harmless_cell(f"{start}HYPERLINK()")

    assert cell.startswith("'")
    assert cell.isprintable()


@pytest.mark.parametrize("separator", [",", ";", "|", "\t", "\n", "; "])
def test_formula_after_a_separator_gets_an_apostrophe(separator: str) -> None:
    """A sheet that splits at another separator computes nothing either."""
    assert "'=1+1" in harmless_cell(f"harmless{separator}=1+1")


@pytest.mark.parametrize("text", ["Orthanc", "1.2.276.0", "127.20.0.8", "a-b", "A = B", ""])
def test_ordinary_text_is_left_alone(text: str) -> None:
    """What is no formula comes out as it went in."""
    assert harmless_cell(text) == text


def test_streamed_rows_are_the_rows_of_the_document() -> None:
    """Streaming keeps the order of the endpoints and changes nothing else."""
    out = io.StringIO(newline="")
    render_survey(samples.HEADER, samples.every_rung(), Format.CSV, out)
    streamed = list(csv.DictReader(io.StringIO(out.getvalue(), newline="")))

    assert sorted(map(str, streamed)) == sorted(map(str, rows()))
