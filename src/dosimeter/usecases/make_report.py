"""From stored facts to a report: the verdicts are computed now, by the rules of this version."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TextIO

from dosimeter.model.message import Message, say
from dosimeter.model.problem import Problem
from dosimeter.model.verdict import Severity
from dosimeter.report.archive import Archive
from dosimeter.report.csv_tables import tables_of, write_table_csv
from dosimeter.report.document import Document, build_document
from dosimeter.report.place_json import geo_source_of
from dosimeter.report.render import (
    BINARY,
    USUAL,
    Format,
    Presentation,
    is_streamed,
    missing_extra,
    render,
    render_survey,
)
from dosimeter.report.study import Edition
from dosimeter.report.trend_picture import TrendPoint
from dosimeter.store.problem import StoreProblem
from dosimeter.store.sqlite import SqliteStore
from dosimeter.usecases.collector import rare_collections
from dosimeter.usecases.destination import check_destination, destination
from dosimeter.usecases.locating import placed_archives, places_of, relocate
from dosimeter.usecases.surveys import opened
from dosimeter.usecases.telling import Told
from dosimeter.usecases.trend import trend_of

ENDINGS: Final = {
    Format.TABLE: "txt",
    Format.JSON: "json",
    Format.JSONL: "jsonl",
    Format.CSV: "csv",
    Format.HTML: "html",
    Format.PDF: "pdf",
    Format.PARQUET: "parquet",
    Format.DEFECTDOJO: "defectdojo.json",
    Format.INTELMQ: "intelmq.jsonl",
    Format.PROMETHEUS: "prom",
}
"""How a file of each format ends; ``.prom`` is what the textfile collector of Prometheus reads."""

_PAGE_WIDTH: Final = 120
"""Columns of the table in a file, where no terminal says how wide it is."""

_NAMES_ADDRESSES: Final = frozenset({Format.DEFECTDOJO, Format.INTELMQ})
"""Formats that are nothing but a list of places to act on."""


@dataclass(frozen=True, slots=True)
class NewPlaces:
    """Data to place a survey again with: databases, the first one goes first, and a table of owners."""

    geo_dbs: tuple[Path, ...] = ()
    owners: Path | None = None


@dataclass(frozen=True, slots=True)
class AllWritten:
    """What `write_all` did: the gravest finding, the files, and what was left out, with the reason."""

    worst: Severity
    files: tuple[Path, ...]
    left_out: tuple[Message, ...]


_AS_STORED: Final = NewPlaces()


def check_report(form: str, output: str | None, edition: Edition = Edition.OWNER) -> None:
    """See that a report can be made and written there, before anybody is contacted.

    Raises:
        Problem: it cannot.
    """
    why = _cannot(Format(form), edition)
    if why is not None:
        raise Problem(why)
    check_destination(output, binary=Format(form) in BINARY)


@rare_collections()
def make_report(
    store_url: str | None,
    survey: str,
    form: str,
    output: str | None,
    presentation: Presentation = USUAL,
    places: NewPlaces = _AS_STORED,
) -> Severity:
    """Write one report to a file, or to stdout; returns the severity of the worst finding.

    Raises:
        Problem: the store or the survey cannot be read, the format cannot be made here, or the file
            cannot be written.
    """
    check_report(form, output, presentation.edition)
    wanted = Format(form)
    with opened(store_url) as store:
        judged = _Judged(store, store.find(survey), places)
        if is_streamed(wanted, presentation.edition):
            with destination(output) as out:
                streamed = replace(presentation, geo_source=judged.geo_source)
                render_survey(judged.header, judged.archives(), wanted, out, streamed)
            judged.keep()
        else:
            document = judged.document(presentation.edition)
            trend = judged.trend() if wanted is Format.HTML else ()
            with destination(output) as out:
                _render(document, wanted, out, presentation, trend)
    return judged.worst


@rare_collections()
def write_all(
    store_url: str | None,
    survey: str,
    folder: Path,
    presentation: Presentation = USUAL,
    places: NewPlaces = _AS_STORED,
) -> AllWritten:
    """Write a file of every format, and a CSV of every table, into one folder; each appears whole.

    A format that cannot be made here is left out, and so are those that only name addresses, in the
    shareable edition.

    Raises:
        Problem: the store or the survey cannot be read, or a file cannot be written.
    """
    _make(folder)
    with opened(store_url) as store:
        judged = _Judged(store, store.find(survey), places)
        document = judged.document(presentation.edition)
        trend = judged.trend()
    in_file = replace(presentation, width=_PAGE_WIDTH, detail=True)
    files: list[Path] = []
    left_out: list[Message] = []
    stem = f"dosimeter-{judged.header.id}"
    for form in Format:
        why = _cannot(form, presentation.edition)
        if why is not None:
            left_out.append(why)
            continue
        files.append(folder / f"{stem}.{ENDINGS[form]}")
        with destination(str(files[-1])) as out:
            _render(document, form, out, in_file, trend)
    for table in tables_of(document.study):
        files.append(folder / f"{stem}-{table.name}.csv")
        with destination(str(files[-1])) as out:
            write_table_csv(table, out)
    return AllWritten(judged.worst, tuple(files), tuple(left_out))


class _Judged:
    """The archives of a survey as they are judged, and the gravest severity among those read so far."""

    def __init__(self, store: SqliteStore, survey_id: str, places: NewPlaces) -> None:
        if places != _AS_STORED:
            relocate(store, survey_id, places.geo_dbs, places.owners)
        self.header = store.header(survey_id)
        self.worst = Severity.INFO
        self._store = store
        self._told = Told()
        self._places = places_of(store, survey_id)

    @property
    def geo_source(self) -> str | None:
        """Where the countries are from."""
        return geo_source_of(self._places.values())

    def archives(self) -> Iterator[Archive]:
        """Each once."""
        for each in self._told.noting(placed_archives(self._store, self.header.id, self._places)):
            self.worst = max(self.worst, each.verdict.severity)
            yield each

    def document(self, edition: Edition) -> Document:
        """All of them; what was told of them is kept."""
        document = build_document(self.header, self.archives(), edition)
        self.keep()
        return document

    def keep(self) -> None:
        """A store that can be read alone is reported all the same."""
        with suppress(StoreProblem):
            self._told.keep(self._store, self.header.id)

    def trend(self) -> tuple[TrendPoint, ...]:
        """This survey and earlier ones, as they were first told."""
        return trend_of(self._store, self.header.id)


def _render(
    document: Document,
    form: Format,
    out: TextIO,
    presentation: Presentation,
    trend: tuple[TrendPoint, ...],
) -> None:
    render(
        document,
        form,
        out,
        presentation.language,
        width=presentation.width,
        detail=presentation.detail,
        trend=trend,
    )


def _cannot(form: Format, edition: Edition) -> Message | None:
    if edition is Edition.SHAREABLE and form in _NAMES_ADDRESSES:
        return say("the format {form} names addresses, and the shareable edition names none", form=form.value)
    return missing_extra(form)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Problem(f"cannot write reports into {folder}: {error.strerror}; name another folder") from None
