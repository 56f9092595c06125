from __future__ import annotations

import csv
import io

from dosimeter.report.csv_tables import figures_of, tables_of, write_figures_csv, write_table_csv
from dosimeter.report.study import Edition, GroupedBy
from tests.roundtrip import surveys


def test_every_table_of_the_study_is_a_file() -> None:
    """Its name is fit for one, and every row has every column."""
    tables = tables_of(surveys.doors_survey().study)
    names = [table.name for table in tables]
    assert {"funnel", "totals", "country", "operator", "sector", "owner", "product", "findings"} <= set(names)
    assert all(name.replace("-", "").isalpha() for name in names)
    assert all(len(row) == len(table.columns) for table in tables for row in table.rows)


def test_numbers_are_plain_and_kinds_stand_beside_them() -> None:
    """A spreadsheet adds them up; whoever does sees what it adds."""
    study = surveys.counted_survey().study
    (table,) = [table for table in tables_of(study) if table.name == "country"]
    out = io.StringIO(newline="")
    write_table_csv(table, out)
    rows = {row["key"]: row for row in csv.DictReader(io.StringIO(out.getvalue(), newline=""))}
    countries = study.grouped(GroupedBy.COUNTRY)
    assert countries is not None
    for row in countries.rows:
        assert int(rows[row.key]["queryable"]) == row.queryable
        assert rows[row.key]["studies_kind"] == row.studies.cell.kind


def test_a_withheld_amount_is_an_empty_cell() -> None:
    """Never a zero."""
    study = surveys.counted_survey(Edition.SHAREABLE).study
    withheld = [each for each in figures_of(study) if each.kind == "withheld"]
    assert withheld
    assert all(each.value is None for each in withheld)
    out = io.StringIO(newline="")
    write_figures_csv(study, out)
    rows = list(csv.DictReader(io.StringIO(out.getvalue(), newline="")))
    assert {row["value"] for row in rows if row["kind"] == "withheld"} == {""}
