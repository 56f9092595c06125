"""Tables for a statistics program, in Apache Parquet: the archives, or every figure of the study."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

from dosimeter.exposure.count_words import count_of
from dosimeter.model.census import Estimated, Things, Unknown
from dosimeter.report.archive import Archive
from dosimeter.report.csv_tables import FIGURE_COLUMNS, figures_of
from dosimeter.report.document import Document
from dosimeter.report.plain import plain_text
from dosimeter.report.study import Edition, Study

if TYPE_CHECKING:
    import pyarrow as pa  # type: ignore[import-untyped]  # it has no stubs


def write_parquet(document: Document, out: BinaryIO) -> None:
    """One row for every archive and every endpoint that is none; of an edition that names none, the figures.

    Raises:
        OSError: ``out`` cannot be written.
    """
    if document.study.edition is Edition.SHAREABLE:
        write_figures_parquet(document.study, out)
        return
    import pyarrow as pa

    survey = document.header.id
    rows = [_row(survey, archive) for archive in document.endpoints()]
    _write(pa.Table.from_pylist(rows, schema=_archive_schema()), out)


def write_figures_parquet(study: Study, out: BinaryIO) -> None:
    """Every figure of the study, one a row.

    Raises:
        OSError: ``out`` cannot be written.
    """
    import pyarrow as pa

    texts = [(column, pa.string()) for column in FIGURE_COLUMNS[:5]]
    numbers = [(column, pa.int64()) for column in FIGURE_COLUMNS[5:]]
    rows = [
        {column: _plain(getattr(figure, column)) for column in FIGURE_COLUMNS} for figure in figures_of(study)
    ]
    _write(pa.Table.from_pylist(rows, schema=pa.schema([*texts, *numbers])), out)


def _write(table: pa.Table, out: BinaryIO) -> None:
    """Through memory: a full disk is then told by the system's own words."""
    from pyarrow import parquet

    whole = BytesIO()
    parquet.write_table(table, whole, compression="zstd")
    out.write(whole.getbuffer())


def _archive_schema() -> pa.Schema:
    import pyarrow as pa

    text, number, truth = pa.string(), pa.int64(), pa.bool_()
    texts = pa.list_(text)
    moment = pa.timestamp("s", tz="UTC")
    counts = [
        (f"{things.value}_{column}", text if column == "kind" else number)
        for things in Things
        for column in ("kind", "value", "low", "high")
    ]
    return pa.schema(
        [
            ("survey", text),
            ("address", text),
            ("port", pa.int32()),
            ("name", text),
            ("service", text),
            ("is_archive", truth),
            ("doors", pa.int32()),
            ("exposure", text),
            ("severity", text),
            ("confidence", text),
            ("speaks_dicom", truth),
            ("protections", texts),
            ("accepts_writes", truth),
            ("worklist", truth),
            ("lets_fetch", truth),
            ("decoy", text),
            ("product", text),
            ("product_version", text),
            ("tls_profile", text),
            ("country", text),
            ("asn", number),
            ("operator", text),
            ("organisation", text),
            ("sector", text),
            *counts,
            ("rules", texts),
            ("remedies", texts),
            ("began", moment),
            ("ended", moment),
        ]
    )


def _row(survey: str, archive: Archive) -> dict[str, object]:
    verdict, findings, product = archive.verdict, archive.findings, archive.verdict.product
    return {
        "survey": survey,
        "address": archive.endpoint.address,
        "port": archive.endpoint.port,
        "name": _plain(archive.endpoint.name),
        "service": archive.endpoint.service.value,
        "is_archive": findings.is_archive,
        "doors": len(archive.doors),
        "exposure": verdict.exposure.value,
        "severity": verdict.severity.word,
        "confidence": verdict.confidence.value,
        "speaks_dicom": verdict.speaks_dicom,
        "protections": [each.value for each in verdict.protections],
        "accepts_writes": verdict.accepts_writes,
        "worklist": verdict.worklist,
        "lets_fetch": findings.lets_fetch,
        "decoy": verdict.decoy.tier.value,
        "product": None if product is None else _plain(product.name),
        "product_version": None if product is None else _plain(product.version),
        "tls_profile": None if verdict.tls_profile is None else verdict.tls_profile.value,
        **_place(archive),
        **_counts(archive),
        "rules": _texts(reason.rule for reason in verdict.reasons),
        "remedies": _texts(remedy.title for remedy in verdict.remedies),
        "began": archive.began,
        "ended": archive.ended,
    }


def _place(archive: Archive) -> dict[str, object]:
    country, operator, owner = archive.place.country, archive.place.operator, archive.place.owner
    return {
        "country": None if country is None else country.code,
        "asn": None if operator is None else operator.asn,
        "operator": None if operator is None else _plain(operator.name),
        "organisation": None if owner is None else _plain(owner.organisation),
        "sector": None if owner is None else _plain(owner.sector),
    }


def _counts(archive: Archive) -> dict[str, object]:
    found: dict[str, object] = {}
    for things in Things:
        count = count_of(archive.findings.census.counts, things)
        found[f"{things.value}_kind"] = count.kind
        if not isinstance(count, Unknown):
            found[f"{things.value}_value"] = count.value
        if isinstance(count, Estimated):
            found[f"{things.value}_low"], found[f"{things.value}_high"] = count.low, count.high
    return found


def _texts(texts: Iterable[str]) -> list[str]:
    return [plain_text(each) for each in texts]


def _plain(value: object) -> object:
    """Text without a character that acts; whatever is no text stays as it is."""
    return plain_text(value) if isinstance(value, str) else value
