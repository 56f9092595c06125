"""The pieces that a page is made of, as the template knows them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dosimeter.report.counts_json import Json
from dosimeter.report.pdf_text import Pen


def heading(level: int, words: str, pen: Pen) -> Json:
    """A heading: level 1 is a chapter, 2 a part of it, 3 a sheet. All are bookmarks."""
    return {"is": "heading", "level": level, "text": pen.text(words)}


def text(words: str, pen: Pen) -> Json:
    """A paragraph."""
    return {"is": "text", "text": pen.text(words)}


def note(words: str, pen: Pen) -> Json:
    """A paragraph in small type."""
    return {"is": "note", "text": pen.text(words)}


def bullets(items: Iterable[str], pen: Pen) -> Json:
    """A list of sentences."""
    return {"is": "list", "items": [pen.text(each) for each in items]}


def pairs(rows: Iterable[Sequence[str]], pen: Pen) -> Json:
    """Terms, and what is said of each."""
    return {"is": "pairs", "rows": [[pen.text(term), pen.text(says)] for term, says in rows]}


def table(
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    align: str,
    columns: Sequence[float],
    pen: Pen,
    notes: Iterable[str] = (),
) -> Json:
    """A table with a head; the cells are printable already.

    ``align`` has ``l`` or ``r`` for each column, ``columns`` its part of the width.
    """
    return {
        "is": "table",
        "head": [pen.text(each) for each in head],
        "rows": [list(row) for row in rows],
        "align": list(align),
        "columns": list(columns),
        "notes": [pen.text(each) for each in notes],
    }
