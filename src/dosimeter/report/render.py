"""One door to every renderer."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TextIO

from dosimeter.model.survey import SurveyHeader
from dosimeter.report.archive import Archive
from dosimeter.report.document import Document, build_document


class Format(StrEnum):
    """The formats a report comes in; the values are the words of ``-f``."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    HTML = "html"


def render(
    document: Document, format_: Format, out: TextIO, *, width: int | None = None, detail: bool = False
) -> None:
    """Write the document in one format; ``width`` and ``detail`` concern the table alone.

    Raises:
        OSError: ``out`` cannot be written.
    """
    match format_:
        case Format.TABLE:
            from dosimeter.report.terminal import write_table

            write_table(document, out, width=width, detail=detail)
        case Format.JSON:
            from dosimeter.report.json_lines import write_json

            write_json(document, out)
        case Format.JSONL:
            from dosimeter.report.json_lines import write_json_lines

            write_json_lines(document, out)
        case Format.CSV:
            from dosimeter.report.csv import write_csv

            write_csv(document, out)
        case Format.HTML:
            from dosimeter.report.html import write_html

            write_html(document, out)


def render_survey(
    header: SurveyHeader,
    archives: Iterable[Archive],
    format_: Format,
    out: TextIO,
    *,
    width: int | None = None,
    detail: bool = False,
) -> None:
    """Write a survey straight from its endpoints, each read once.

    JSON Lines and CSV go out as the endpoints come in, in their order and in memory that does not
    grow with their number; every other format needs the whole document first.

    Raises:
        OSError: ``out`` cannot be written.
    """
    match format_:
        case Format.JSONL:
            from dosimeter.report.json_lines import stream_json_lines

            stream_json_lines(header, archives, out)
        case Format.CSV:
            from dosimeter.report.csv import stream_csv

            stream_csv(header, archives, out)
        case Format.TABLE | Format.JSON | Format.HTML:
            render(build_document(header, archives), format_, out, width=width, detail=detail)
