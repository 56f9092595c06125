"""One row per door, in RFC 4180, and harmless in a spreadsheet.

``archive`` is the same in all rows of one archive, its most open door; the columns of the census stand in
the row of that door alone, so that a sheet may add them up.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, TextIO

from dosimeter.model.place import Place
from dosimeter.model.survey import SurveyHeader
from dosimeter.report.archive import Archive, Door, Findings
from dosimeter.report.census_columns import CENSUS_COLUMNS, census_cells
from dosimeter.report.document import Document
from dosimeter.report.place_json import PLACE_COLUMNS, place_cells
from dosimeter.report.plain import plain_text
from dosimeter.report.words import utc

COLUMNS: Final = (
    "survey",
    "address",
    "port",
    "name",
    "service",
    "exposure",
    "severity",
    "confidence",
    "speaks_dicom",
    "protections",
    "accepts_writes",
    "worklist",
    "decoy",
    "product",
    "product_version",
    "reasons",
    "remedies",
    "completed",
    "failed",
    "skipped",
    "failures",
    "began",
    "ended",
    *CENSUS_COLUMNS,
    "same_as",
    "archive",
    "archive_exposure",
    "archive_severity",
    "links",
    "tls_profile",
    "advisories",
    "neighbour",
    *PLACE_COLUMNS,
    "first_seen",
)

_ROWS_KEPT: Final = 256

_NO_CENSUS: Final = ("",) * len(CENSUS_COLUMNS)

_TRUTH: Final = {True: "true", False: "false", None: ""}

_FORMULA_STARTS: Final = tuple("=+-@\t\r\n\0") + tuple("\uff1d\uff0b\uff0d\uff20")
"""What makes a spreadsheet compute a cell (OWASP CSV injection, CWE-1236), full-width forms too."""

_FORMULA_AFTER_SEPARATOR: Final = re.compile(r"([,;|\t\r\n]\s{0,64})([=+\-@])")


def write_csv(document: Document, out: TextIO) -> None:
    """A row of column names, then every endpoint of the document."""
    stream_csv(document.header, document.endpoints(), out)


def stream_csv(header: SurveyHeader, archives: Iterable[Archive], out: TextIO) -> None:
    """The same rows in the order the archives come; nothing is kept."""
    rows = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    row = _Row(header.id)
    for archive in archives:
        for door in archive.joined or (archive,):
            rows.writerow(row.of(door, archive))


class _Row:
    """Writes what endpoints that answered alike share once."""

    def __init__(self, survey: str) -> None:
        self._survey = harmless_cell(survey)
        self._said = lru_cache(maxsize=_ROWS_KEPT)(_said)
        self._census = lru_cache(maxsize=_ROWS_KEPT)(_census)
        self._learnt = lru_cache(maxsize=_ROWS_KEPT)(_learnt)
        self._places = lru_cache(maxsize=_ROWS_KEPT)(_places)

    def of(self, door: Door | Archive, archive: Archive) -> list[str]:
        endpoint = door.endpoint
        is_principal = endpoint is archive.endpoint
        return [
            self._survey,
            harmless_cell(endpoint.address),
            str(endpoint.port),
            "" if endpoint.name is None else harmless_cell(endpoint.name),
            *self._said(door.findings),
            utc(door.began),
            utc(door.ended),
            *(self._census(archive.findings) if is_principal else _NO_CENSUS),
            "" if door.same_as is None else harmless_cell(door.same_as),
            *_archive(archive),
            *self._learnt(door.findings),
            *self._places(archive.place),
            "" if archive.first_seen is None else utc(archive.first_seen),
        ]


def harmless_cell(value: str) -> str:
    """The value as text that no spreadsheet computes: a formula gets an apostrophe before it.

    The same holds after a separator inside the cell, for a sheet that splits at another one than
    the comma (hostile-peers row 34).
    """
    guarded = f"'{value}" if value.lstrip(" ").startswith(_FORMULA_STARTS) else value
    return plain_text(_FORMULA_AFTER_SEPARATOR.sub(r"\1'\2", guarded))


def _places(place: Place) -> list[str]:
    """Of the archive, by its principal door."""
    return [harmless_cell(value) for value in place_cells(place)]


def _census(findings: Findings) -> list[str]:
    """What endpoints that answered alike share is written once."""
    return [harmless_cell(value) for value in census_cells(findings)]


def _archive(archive: Archive) -> tuple[str, str, str, str]:
    """Which archive the door belongs to, by its principal door, and what is said of the whole."""
    if not archive.findings.is_archive:
        return "", "", "", ""
    links = harmless_cell(" | ".join(link.says for link in archive.links)) if archive.links else ""
    verdict = archive.verdict
    return archive.endpoint.authority, verdict.exposure.value, verdict.severity.word, links


def _learnt(findings: Findings) -> list[str]:
    verdict, neighbour = findings.verdict, findings.neighbour
    cells = (
        "" if verdict.tls_profile is None else verdict.tls_profile.value,
        " | ".join(f"{each.id} (announced {each.version})" for each in verdict.advisories),
        "" if neighbour is None else neighbour.kind.value,
    )
    return [harmless_cell(value) for value in cells]


def _said(findings: Findings) -> list[str]:
    verdict, product = findings.verdict, findings.verdict.product
    cells = (
        findings.service.value,
        verdict.exposure.value,
        verdict.severity.word,
        verdict.confidence.value,
        _TRUTH[verdict.speaks_dicom],
        " ".join(protection.value for protection in verdict.protections),
        _TRUTH[verdict.accepts_writes],
        _TRUTH[verdict.worklist],
        verdict.decoy.tier.value,
        product.name if product else "",
        (product.version or "") if product else "",
        " | ".join(reason.says for reason in verdict.reasons),
        " | ".join(remedy.title for remedy in verdict.remedies),
        str(findings.attempts.completed),
        str(findings.attempts.failed),
        str(findings.attempts.skipped),
        " | ".join(f"{each.probe}: {each.cause.value}" for each in findings.failures),
    )
    return [harmless_cell(value) for value in cells]
