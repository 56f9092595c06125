"""One door to every renderer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from typing import Final, TextIO

from dosimeter.model.message import Message, say
from dosimeter.model.problem import Problem
from dosimeter.model.survey import SurveyHeader
from dosimeter.report.archive import Archive
from dosimeter.report.document import Document, build_document
from dosimeter.report.language import ENGLISH, Language
from dosimeter.report.study import Edition
from dosimeter.report.trend_picture import TrendPoint


class Format(StrEnum):
    """The formats a report comes in; the values are the words of ``-f``."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    HTML = "html"
    PDF = "pdf"
    PARQUET = "parquet"
    DEFECTDOJO = "defectdojo"
    INTELMQ = "intelmq"
    PROMETHEUS = "prometheus"


BINARY: Final = frozenset({Format.PDF, Format.PARQUET})
"""What is no text, and so not for a terminal."""

_EXTRAS: Final = {Format.PDF: ("typst", "report"), Format.PARQUET: ("pyarrow", "parquet")}
"""The package that a format needs, and the extra of ours that brings it."""


def missing_extra(form: Format) -> Message | None:
    """Why this installation cannot write a format, and what to do; None if it can."""
    package, extra = _EXTRAS.get(form, ("", ""))
    if not package or _is_usable(package):
        return None
    return say(
        "the format {form} needs {package}, which is not installed: pip install 'dosimeter[{extra}]'",
        form=form.value,
        package=package,
        extra=extra,
    )


def _is_usable(package: str) -> bool:
    """A package can be installed and not load: one for another C library, or half removed."""
    try:
        import_module(package)
    except ImportError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Presentation:
    """How a report is made: for whom, in which language; ``width`` and ``detail`` concern the table alone.

    ``geo_source`` (`geo_source_of`) is for what is streamed, and so begins before its archives are known.
    """

    language: Language = ENGLISH
    edition: Edition = Edition.OWNER
    width: int | None = None
    detail: bool = False
    geo_source: str | None = None


USUAL: Final = Presentation()


def render(
    document: Document,
    form: Format,
    out: TextIO,
    language: Language = ENGLISH,
    *,
    width: int | None = None,
    detail: bool = False,
    trend: Sequence[TrendPoint] = (),
) -> None:
    """Write the document in one format.

    ``width`` and ``detail`` concern the table alone, ``trend`` (earlier surveys) the page.

    ``language`` concerns what people read: table, HTML and PDF. What is no text goes to
    the bytes below ``out``.

    Raises:
        OSError: ``out`` cannot be written.
        Problem: a package that the format needs is not installed.
    """
    if form in BINARY:
        _render_bytes(document, form, out, language)
        return
    match form:
        case Format.TABLE:
            from dosimeter.report.terminal import write_table

            write_table(document, out, language, width=width, detail=detail)
        case Format.HTML:
            from dosimeter.report.html import write_html

            write_html(document, out, language, trend)
        case _:
            _render_data(document, form, out)


def render_survey(
    header: SurveyHeader,
    archives: Iterable[Archive],
    form: Format,
    out: TextIO,
    presentation: Presentation = USUAL,
) -> None:
    """Write a survey straight from its endpoints, each read once.

    JSON Lines and CSV go out as the endpoints come in, in their order and in memory that does not
    grow with their number; every other format needs the whole document first, and so does an edition that
    names no archive.

    Raises:
        OSError: ``out`` cannot be written.
        Problem: a package that the format needs is not installed.
    """
    if not is_streamed(form, presentation.edition):
        document = build_document(header, archives, presentation.edition)
        language, width, detail = presentation.language, presentation.width, presentation.detail
        render(document, form, out, language, width=width, detail=detail)
    elif form is Format.JSONL:
        from dosimeter.report.json_lines import stream_json_lines

        stream_json_lines(header, archives, out, presentation.geo_source)
    else:
        from dosimeter.report.csv import stream_csv

        stream_csv(header, archives, out)


def is_streamed(form: Format, edition: Edition) -> bool:
    """Whether a format goes out as the endpoints come in; it never does in an edition that names none."""
    return edition is Edition.OWNER and form in {Format.JSONL, Format.CSV}


def _render_bytes(document: Document, form: Format, out: TextIO, language: Language) -> None:
    missing = missing_extra(form)
    if missing is not None:
        raise Problem(missing)
    out.flush()
    if form is Format.PDF:
        from dosimeter.report.pdf import write_pdf

        write_pdf(document, out.buffer, language)
    else:
        from dosimeter.report.parquet import write_parquet

        write_parquet(document, out.buffer)


def _render_data(document: Document, form: Format, out: TextIO) -> None:
    """What machines read: it is English, whatever the language."""
    match form:
        case Format.JSON:
            from dosimeter.report.json_lines import write_json

            write_json(document, out)
        case Format.JSONL:
            from dosimeter.report.json_lines import write_json_lines

            write_json_lines(document, out)
        case Format.CSV if document.study.edition is Edition.SHAREABLE:
            from dosimeter.report.csv_tables import write_figures_csv

            write_figures_csv(document.study, out)
        case Format.CSV:
            from dosimeter.report.csv import write_csv

            write_csv(document, out)
        case Format.DEFECTDOJO:
            from dosimeter.report.defectdojo import write_defectdojo

            write_defectdojo(document, out)
        case Format.INTELMQ:
            from dosimeter.report.intelmq import write_intelmq

            write_intelmq(document, out)
        case Format.PROMETHEUS:
            from dosimeter.report.prometheus import write_prometheus

            write_prometheus(document, out)
        case _:
            raise AssertionError(form)
