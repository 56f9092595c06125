"""One row per endpoint, in RFC 4180, and harmless in a spreadsheet."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, TextIO

from dosimeter.model.survey import SurveyHeader
from dosimeter.report.archive import Archive, Findings
from dosimeter.report.census_columns import CENSUS_COLUMNS, census_cells
from dosimeter.report.document import Document
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
)

_ROWS_KEPT: Final = 256

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
    census = lru_cache(maxsize=_ROWS_KEPT)(_census)
    for archive in archives:
        own = [harmless_cell(value) for value in _row(header.id, archive)]
        rows.writerow([*own, *census(archive.findings), harmless_cell(archive.same_as or "")])


def harmless_cell(value: str) -> str:
    """The value as text that no spreadsheet computes: a formula gets an apostrophe before it.

    The same holds after a separator inside the cell, for a sheet that splits at another one than
    the comma (hostile-peers row 34).
    """
    guarded = f"'{value}" if value.lstrip(" ").startswith(_FORMULA_STARTS) else value
    return plain_text(_FORMULA_AFTER_SEPARATOR.sub(r"\1'\2", guarded))


def _census(findings: Findings) -> list[str]:
    """What endpoints that answered alike share is written once."""
    return [harmless_cell(value) for value in census_cells(findings)]


def _row(survey: str, archive: Archive) -> tuple[str, ...]:
    endpoint, findings = archive.endpoint, archive.findings
    verdict, product = findings.verdict, findings.verdict.product
    return (
        survey,
        endpoint.address,
        str(endpoint.port),
        endpoint.name or "",
        endpoint.service.value,
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
        utc(archive.began),
        utc(archive.ended),
    )
