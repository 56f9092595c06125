"""The study of a survey: funnel, tables and sums, every figure with its kind."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import pytest

from dosimeter.model.census import AtLeast, Exact, Unknown
from dosimeter.model.verdict import Protection
from dosimeter.report.json_lines import stream_json_lines, write_json_lines
from dosimeter.report.study import Amount, GroupedBy, StudyRow
from tests.unit.report import counted, samples, studies


def rows(by: GroupedBy) -> dict[str, StudyRow]:
    """One table of the country, by key."""
    table = studies.document().study.grouped(by)
    assert table is not None
    return {row.key: row for row in table.rows}


def test_the_funnel_counts_archives_once_and_without_decoys() -> None:
    """Five steps: four archives and a silent host are studied, three of them answer anybody."""
    funnel = studies.document().study.funnel
    assert [(step.key, step.number, step.with_decoys) for step in funnel] == [
        ("studied", 5, 6),
        ("speaks_dicom", 4, 5),
        ("queryable", 3, 4),
        ("retrievable", 2, 3),
        ("browsable", 0, 0),
    ]


def test_shares_are_of_the_studied_and_of_the_open() -> None:
    """The study of 2019 said 590 of 2,300 and 39 of 590."""
    shares = [step.share for step in studies.document().study.funnel]
    assert shares == [None, 4 / 5, 3 / 5, 2 / 3, 0.0]


def test_a_silent_host_is_studied_once_and_a_closed_port_is_not() -> None:
    """Silent on two ports it is one host; beside an archive it is none more; a closed port is none."""
    silent = samples.silent()
    other_port = replace(silent, endpoint=replace(silent.endpoint, port=11112))
    beside = replace(
        silent, endpoint=replace(silent.endpoint, address=samples.retrievable().endpoint.address)
    )
    archives = [samples.retrievable(), silent, other_port, beside, samples.unreachable(1), samples.spared()]
    assert studies.document(archives).study.whole.studied == 2


def test_every_country_has_its_own_sums_and_claims_stay_apart() -> None:
    """France: counted images stand alone, the claimed ones beside them."""
    france, turkey = rows(GroupedBy.COUNTRY)["FR"], rows(GroupedBy.COUNTRY)["TR"]
    assert (france.label, france.studied, france.archives, france.queryable) == ("France", 3, 3, 2)
    assert france.patients == Amount(Exact(1_100))
    assert france.linked == Amount(Exact(50_000), claimed=7_000, claims=1)
    assert france.downloadable == Amount(Exact(50_000))
    assert (turkey.studied, turkey.archives, turkey.patients) == (2, 1, Amount(Unknown(), uncounted=1))


def test_the_rows_of_a_table_add_up_to_all_archives() -> None:
    """Of every table but the one by protection, where an archive may be in several rows."""
    study = studies.document().study
    for table in study.groupings:
        if table.by is not GroupedBy.PROTECTION:
            assert sum(row.archives for row in table.rows) == study.whole.archives
            assert sum(row.queryable for row in table.rows) == study.whole.queryable


def test_an_archive_is_in_the_row_of_each_of_its_protections() -> None:
    """The guarded archive has two, the open ones none."""
    found = rows(GroupedBy.PROTECTION)
    assert {key: row.archives for key, row in found.items()} == {
        "none_seen": 3,
        Protection.CALLED_AE_CHECK.value: 1,
        Protection.CLIENT_CERTIFICATE.value: 1,
    }


def test_an_owner_an_operator_and_a_sector_have_rows_and_the_unknown_comes_last() -> None:
    """Whoever is not in the table of owners is not known."""
    assert list(rows(GroupedBy.OWNER)) == ["Hopital du Nord", ""]
    assert list(rows(GroupedBy.SECTOR)) == ["hospital", ""]
    assert rows(GroupedBy.OPERATOR)["AS64500"].label == "Network 64500 (AS64500)"


def test_a_table_of_which_nothing_is_known_is_left_out() -> None:
    """No place: no table by country, operator, sector or owner."""
    study = studies.document([samples.retrievable()]).study
    assert study.grouped(GroupedBy.COUNTRY) is None
    assert study.sources == ()


def test_where_not_all_was_counted_a_sum_is_a_lower_bound() -> None:
    """Turkey's people were not counted, so all people are at least those of France."""
    whole = studies.document().study.whole
    assert whole.patients == Amount(AtLeast(1_100), uncounted=1)
    assert whole.studies == Amount(Exact(5_300))


def test_suspected_decoys_are_in_no_table_and_in_the_second_total() -> None:
    """A million studies of a decoy change nothing but the line that says so."""
    study = studies.document().study
    assert study.decoys == 1
    assert study.with_decoys.studies == Amount(Exact(1_005_300))


def test_a_finding_is_told_of_all_archives_with_what_closes_it() -> None:
    """No AE title, address or number of one archive is in the sentence."""
    said = samples.reason("name_gated", samples.Severity.MEDIUM, "Answered under SECRETAE.", "ae_titles#3")
    gated = samples.name_gated()
    gated = samples.judged(gated.endpoint, replace(gated.verdict, reasons=(said,)))
    (line,) = studies.document([gated]).study.findings
    assert (line.rule, line.archives) == ("name_gated", 1)
    assert "SECRETAE" not in line.says


def test_streamed_lines_and_a_document_tell_the_same_study() -> None:
    """The last line of JSON Lines is the same, whether the archives were kept or not."""
    streamed, written = io.StringIO(), io.StringIO()
    stream_json_lines(counted.HEADER, studies.country_survey(), streamed)
    write_json_lines(studies.document(), written)
    last = [json.loads(out.getvalue().splitlines()[-1])["study"] for out in (streamed, written)]
    assert last[0] == last[1]
    assert last[0]["by"]["country"]["rows"][0]["linked"] == {
        "kind": "exact",
        "value": 50_000,
        "claimed": 7_000,
        "archives_claiming": 1,
        "archives_not_counted": 0,
    }


def test_the_order_of_archives_changes_no_figure() -> None:
    """Tables have an order of their own."""
    backwards = studies.document(list(reversed(studies.country_survey()))).study
    assert replace(backwards, director=studies.document().study.director) == studies.document().study


@pytest.mark.parametrize("by", list(GroupedBy))
def test_archives_that_are_alike_in_one_place_share_a_row(by: GroupedBy) -> None:
    """Three of them make one row of three, in every table."""
    alike = [studies.at(samples.retrievable(), studies.FRANCE) for _ in range(3)]
    study = studies.document(alike).study
    table = study.grouped(by)
    assert table is not None
    assert [row.archives for row in table.rows] == [3]
