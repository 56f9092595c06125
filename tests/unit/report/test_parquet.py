from __future__ import annotations

import io

import pyarrow as pa
from pyarrow import parquet

from dosimeter.report.csv_tables import FIGURE_COLUMNS, figures_of
from dosimeter.report.document import Document
from dosimeter.report.render import Format
from dosimeter.report.study import Edition
from tests.roundtrip import surveys
from tests.unit.report.printed import binary


def table_of(document: Document) -> pa.Table:
    return parquet.read_table(io.BytesIO(binary(document, Format.PARQUET)))


def test_there_is_a_row_for_every_endpoint_of_the_document() -> None:
    """Archives once however many doors they have, and what is none."""
    document = surveys.doors_survey()
    rows = table_of(document).to_pylist()
    assert [(row["address"], row["port"]) for row in rows] == [
        (each.endpoint.address, each.endpoint.port) for each in document.endpoints()
    ]
    assert sum(row["is_archive"] for row in rows) == len(document.archives)


def test_values_have_types() -> None:
    """A number is one, a moment is one, what is not known is null and not an empty text."""
    table = table_of(surveys.counted_survey())
    types = {field.name: str(field.type) for field in table.schema}
    assert types["port"] == "int32"
    assert types["studies_value"] == "int64"
    assert types["accepts_writes"] == "bool"
    assert types["rules"].startswith("list<")
    assert types["began"] == "timestamp[ms, tz=UTC]"
    rows = {row["address"]: row for row in table.to_pylist()}
    kinds = {row["studies_kind"] for row in rows.values()}
    assert kinds >= {"exact", "at_least", "estimated", "unknown"}
    for row in rows.values():
        assert (row["studies_value"] is None) == (row["studies_kind"] == "unknown")
        assert (row["studies_low"] is not None) == (row["studies_kind"] == "estimated")


def test_places_stand_in_columns_of_their_own() -> None:
    """Country, network, owner."""
    rows = table_of(surveys.counted_survey()).to_pylist()
    (first, *_) = [row for row in rows if row["organisation"] == "CHU de Test"]
    assert (first["country"], first["asn"], first["sector"]) == ("FR", 64500, "hospital")


def test_the_shareable_edition_is_the_figures_alone() -> None:
    """One a row; no column could name an archive."""
    document = surveys.counted_survey(Edition.SHAREABLE)
    table = table_of(document)
    assert tuple(table.column_names) == FIGURE_COLUMNS
    assert table.num_rows == sum(1 for _ in figures_of(document.study))
