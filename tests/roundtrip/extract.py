"""Reads the figures of a study back out of every format, each by its own means and with no code of ours.

A figure is found by its table, the place of its row, and what it is a number of. It is a whole number, or
None where none is told. A text tells an estimate to two digits: so is every figure that is compared with it.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html.parser import HTMLParser
from typing import Any

import pypdfium2

from tests.unit.report.exposition import parse

Figures = dict[tuple[str, int | str, str], int | None]

ARCHIVES = ("studied", "archives", "queryable", "retrievable", "browsable")
THINGS = ("patients", "studies", "linked", "downloadable")
STEPS = ("studied", "speaks_dicom", "queryable", "retrievable", "browsable")
CSV_THINGS = ("patients", "studies", "images_linked", "images_downloadable")
TABLES = ("country", "operator", "sector", "owner", "product", "protection", "tls_profile")

_NUMBER = r"\d{1,3}(?:[,\u202f]\d{3})*"
_CELL = re.compile(rf"(?:at least |about |au moins |environ )?({_NUMBER})")
_HIDDEN = re.compile(r"<[ \xa0]11|not (?:shown|counted)|non (?:montré|compté)", re.IGNORECASE)


def number(text: str) -> int:
    """``8,033`` or ``8 033``."""
    return int(re.sub(r"[,\u202f\xa0]", "", text))


def of_cell(text: str) -> int | None:
    """The number that a cell begins with, if it tells one that was counted or estimated."""
    flat = re.sub(r"[ \r\n\t\xa0]+", " ", text).strip(" ")
    if flat == "" or _HIDDEN.match(flat):
        return None
    found = _CELL.match(flat)
    assert found is not None, text
    rest = flat[found.end() :]
    return None if re.match(r" (claimed|selon les archives)", rest) else number(found[1])


def rough(cell: Mapping[str, Any], *, rounded: bool) -> int | None:
    """A number of JSON as a text tells it."""
    kind, value = cell["kind"], cell.get("value")
    if kind in {"unknown", "withheld", "fewer_than"} or value is None:
        return None
    whole = int(value)
    if kind != "estimated" or not rounded:
        return whole
    unit = 10 ** max(0, len(str(whole)) - 2)
    return (whole + unit // 2) // unit * unit


def from_json(text: str, *, rounded: bool) -> Figures:
    """The study among the totals of the JSON report."""
    return _from_study(json.loads(text)["totals"]["study"], rounded=rounded)


def from_json_lines(text: str, *, rounded: bool) -> Figures:
    """The same on the last line of JSON Lines."""
    last = json.loads(text.rstrip("\n").rpartition("\n")[2])
    assert last["type"] == "totals"
    return _from_study(last["study"], rounded=rounded)


def _from_study(study: Mapping[str, Any], *, rounded: bool) -> Figures:
    found: Figures = {}
    for step in study["funnel"]:
        found["funnel", step["step"], "archives"] = step["archives"]
    for table in TABLES:
        for place, row in enumerate(study["by"].get(table, {"rows": []})["rows"]):
            found |= {(table, place, name): row[name] for name in ARCHIVES}
            found |= {(table, place, name): rough(row[name], rounded=rounded) for name in THINGS}
    return found


class _Cells(HTMLParser):
    """The cells of every table row with an id, and the bold number of every list item with one.

    What stands in small type beside a number is left out.
    """

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: dict[str, list[str]] = {}
        self.items: dict[str, str] = {}
        self._row: list[str] | None = None
        self._item = ""
        self._inside: list[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name = dict(attrs).get("id") or ""
        if tag == "tr":
            self._row = self.rows.setdefault(name, []) if name else None
        elif tag in {"td", "th"} and self._row is not None:
            self._row.append("")
        elif tag == "li":
            self._item = name
        elif tag in {"small", "b"}:
            self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "tr":
            self._row = None
        elif tag in {"small", "b"}:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if "small" in self._inside:
            return
        if self._row:
            self._row[-1] += data
        elif self._item and "b" in self._inside:
            self.items.setdefault(self._item, data)


def from_html(text: str) -> Figures:
    """The rows ``by-country-1`` and the items ``funnel-studied`` of the page."""
    cells = _Cells(text)
    found: Figures = {("funnel", step, "archives"): number(cells.items[f"funnel-{step}"]) for step in STEPS}
    for table in TABLES:
        place = 0
        while row := cells.rows.get(f"by-{table}-{place + 1}"):
            found |= _row(table, place, row[1:])
            place += 1
    return found


def _row(
    table: str, place: int, cells: Sequence[str]
) -> Iterator[tuple[tuple[str, int | str, str], int | None]]:
    for name, cell in zip((*ARCHIVES, *THINGS), cells, strict=True):
        yield (table, place, name), of_cell(cell)


def from_pdf(pdf: bytes, labels: Mapping[str, Sequence[str]], steps: Sequence[str]) -> Figures:
    """The tables of the pages as their text tells them; ``labels`` are those of their rows, in order.

    ``steps`` are the sentences of the funnel: the number of each step follows it.
    """
    lines = (page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))
    text = re.sub(r"[ \r\n]+", " ", "\n".join(lines).replace("\ufffe", ""))
    found: Figures = {}
    at = 0
    for step, says in zip(STEPS, steps, strict=True):
        at = text.index(says, at) + len(says)
        match = re.compile(rf" ({_NUMBER}) ").match(text, at)
        assert match is not None, text[at : at + 60]
        found["funnel", step, "archives"] = number(match[1])
    for table, rows in labels.items():
        for place, label in enumerate(rows):
            row = re.compile(re.escape(label) + rf"((?: {_NUMBER}){{5}}) ").search(text, at)
            assert row is not None, (table, label)
            at = row.end()
            numbers = [number(each) for each in row[1].split(" ") if each]
            found |= {(table, place, name): each for name, each in zip(ARCHIVES, numbers, strict=True)}
            for name in THINGS:
                value, at = _next_amount(text, at)
                found[table, place, name] = value
    return found


def _next_amount(text: str, at: int) -> tuple[int | None, int]:
    """One amount of a row, and where the next one begins."""
    hidden = _HIDDEN.match(text, at)
    if hidden is not None:
        return None, hidden.end() + 1
    claimed = re.compile(rf"{_NUMBER} (?:claimed|selon les archives)").match(text, at)
    if claimed is not None:
        return None, claimed.end() + 1
    cell = _CELL.match(text, at)
    assert cell is not None, text[at : at + 60]
    beside = re.compile(rf" (?:and|et) {_NUMBER} (?:claimed|selon les archives)").match(text, cell.end())
    return number(cell[1]), (beside or cell).end() + 1


def from_tables(files: Mapping[str, str], *, rounded: bool) -> Figures:
    """The CSV of each table, by its name."""
    found: Figures = {}
    for row in csv.DictReader(io.StringIO(files["funnel"], newline="")):
        found["funnel", row["step"], "archives"] = int(row["archives"])
    for table in TABLES:
        text = files.get(table.replace("_", "-"))
        for place, row in enumerate(csv.DictReader(io.StringIO(text, newline="")) if text else ()):
            found |= {(table, place, name): int(row[name]) for name in ARCHIVES}
            for name, column in zip(THINGS, CSV_THINGS, strict=True):
                cell = {"kind": row[f"{column}_kind"], "value": row[f"{column}_value"] or None}
                found[table, place, name] = rough(cell, rounded=rounded)
    return found


def from_long_table(rows: Iterable[Mapping[str, Any]], *, rounded: bool) -> Figures:
    """One figure a row, as the shareable edition has it in CSV and Parquet."""
    found: Figures = {}
    places: dict[str, list[str]] = {}
    names = dict(zip(CSV_THINGS, THINGS, strict=True))
    for row in rows:
        table, key, measure = row["table"], row["key"], row["measure"]
        name = names.get(measure, measure)
        if table == "funnel" and measure == "archives":
            found["funnel", key, "archives"] = int(row["value"])
        elif table in TABLES and name in (*ARCHIVES, *THINGS):
            keys = places.setdefault(table, [])
            if key not in keys:
                keys.append(key)
            cell = {"kind": row["kind"], "value": None if row["value"] in {"", None} else row["value"]}
            found[table, keys.index(key), name] = rough(cell, rounded=rounded)
    return found


def from_prometheus(text: str, countries: Sequence[str]) -> Figures:
    """The funnel and the countries, which is all that has series; ``countries`` are codes in order."""
    families = parse(text)
    found: Figures = {}
    for labels, value in families["dosimeter_funnel_archives"].samples.items():
        named = dict(labels)
        if named["decoys"] == "excluded":
            found["funnel", named["step"], "archives"] = int(value)
    for labels, value in families["dosimeter_country_archives"].samples.items():
        named = dict(labels)
        found["country", countries.index(named["country"]), named["step"]] = int(value)
    names = dict(zip(CSV_THINGS, THINGS, strict=True))
    found |= {("country", place, name): None for place in range(len(countries)) for name in THINGS}
    for labels, value in families["dosimeter_country_open"].samples.items():
        named = dict(labels)
        if named["bound"] == "value":
            found["country", countries.index(named["country"]), names[named["things"]]] = int(value)
    return found
