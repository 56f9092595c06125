from __future__ import annotations

import pytest

from dosimeter.dicom.count_query import CountLevel
from dosimeter.dicom.tally import Column, CounterTotals, RowTally
from tests.unit.dicom.answering import (
    INSTANCE_COUNT,
    KEY,
    MODALITIES,
    PATIENT,
    SERIES,
    SERIES_COUNT,
    STUDY,
)

UID = b"1.2.840.1"


def tally(level: CountLevel = CountLevel.STUDY, *, counters: bool = False) -> RowTally:
    """An empty tally."""
    return RowTally(KEY, level, counters=counters)


def absorbed(found: RowTally, tags: tuple[int, ...], *rows: tuple[bytes, ...]) -> RowTally:
    """``found`` after these rows."""
    found.absorb(len(rows), dict(zip(map(Column, tags), zip(*rows, strict=True), strict=False)))
    return found


def test_padding_tells_no_two_studies_apart() -> None:
    """NULs, spaces or none: one study, four rows."""
    found = absorbed(tally(), (STUDY,), (UID + b"\0",), (UID,), (UID + b" ",), (b" " + UID,))

    assert (found.rows, len(found.keys), found.without_key) == (4, 1, 0)


def test_a_row_without_a_key_is_a_row() -> None:
    """Absent, empty, and nothing but padding."""
    found = absorbed(tally(), (STUDY,), (b"",), (b"\0\0",), (UID,))
    found.absorb(1, {})

    assert (found.rows, len(found.keys), found.without_key) == (4, 1, 3)


def test_the_key_of_the_tally_decides_what_is_equal() -> None:
    """Sets can be compared within one survey, whose key they share, and with no other."""
    other = RowTally(b"x" * 32, CountLevel.STUDY)
    absorbed(other, (STUDY,), (UID,))
    found = absorbed(tally(), (STUDY,), (UID,))

    assert found.keys.overlap(absorbed(tally(), (STUDY,), (UID,)).keys) == 1
    assert found.keys.overlap(other.keys) == 0


def test_patients_are_counted_where_they_were_asked_for() -> None:
    """At STUDY level with counters; at PATIENT level they are the keys; else there are none."""
    with_counters = absorbed(
        tally(counters=True), (PATIENT, STUDY), (b"P1", b"1"), (b"P1", b"2"), (b" ", b"3"), (b"P2", b"4")
    )
    patients = absorbed(tally(CountLevel.PATIENT), (PATIENT,), (b"P1",), (b"P1 ",), (b"",))
    alone = absorbed(tally(), (PATIENT, STUDY), (b"P1", b"1"))

    assert (len(with_counters.patients), with_counters.without_patient) == (2, 1)
    assert (len(patients.patients), patients.without_patient, len(patients.keys)) == (1, 1, 1)
    assert (len(alone.patients), alone.without_patient) == (0, 0)


def test_below_the_study_its_studies_are_counted_too() -> None:
    """Three series of two studies; at STUDY level the studies are the keys."""
    series = absorbed(
        tally(CountLevel.SERIES), (STUDY, SERIES), (b"1", b"1.1"), (b"1", b"1.2"), (b"2", b"2.1")
    )

    assert (len(series.keys), len(series.studies)) == (3, 2)
    assert len(absorbed(tally(), (STUDY,), (UID,)).studies) == 1


@pytest.mark.parametrize(
    ("value", "totals"),
    [
        (b"12", CounterTotals(24, 2, 0, 0)),
        (b" 3 \0", CounterTotals(6, 2, 0, 0)),
        (b"0", CounterTotals(0, 2, 2, 0)),
        (b"", CounterTotals()),
        (b"  ", CounterTotals()),
        (b"10000000", CounterTotals(20_000_000, 2, 0, 0)),
        *(
            (absurd, CounterTotals(0, 0, 0, 2))
            for absurd in (
                *(b"10000001", b"-1", b"1e9", b"1_0", b"0x10", b"NaN", b"1.5", b"12\\13", b"12345678901"),
                "٣".encode(),  # a digit to Python, not to DICOM
            )
        ),
    ],
)
def test_an_absurd_count_is_never_added_up(value: bytes, totals: CounterTotals) -> None:
    """Ten plain digits, and no more than ten million of one study; nothing is not a number."""
    found = absorbed(tally(counters=True), (INSTANCE_COUNT,), (value,), (value,))

    assert found.sums == {INSTANCE_COUNT: totals, SERIES_COUNT: CounterTotals()}


def test_modalities_are_defined_terms_or_nothing() -> None:
    """A study holds several; what is no modality is not kept."""
    found = absorbed(
        tally(counters=True), (MODALITIES,), (b"CT\\SR ",), (b"CT",), (b"DOE^JOHN",), (b"CT\\CT\\MR",)
    )

    assert found.modalities == {"CT": 3, "SR": 1, "MR": 1}


def test_published_studies_are_told_by_how_their_uids_begin() -> None:
    """A root within a UID, or in another attribute, is none."""
    found = absorbed(
        tally(counters=True),
        (PATIENT, STUDY),
        (b"", b"1.3.6.1.4.1.14519.5.2.1.7"),
        (b"", b"1.3.6.1.4.1.9328.50.4\0"),
        (b"", b"9.1.3.6.1.4.1.9328.50.4"),
        (b"1.3.6.1.4.1.9328.50.4", b"1.2"),
        (b"", b"1.3.6.1.4.1.9328.501.4"),
    )

    assert found.public_roots == 2


def test_values_may_come_behind_their_length() -> None:
    """A row that is taken in place hands the length over with the value."""
    found = tally()
    found.absorb(2, {Column(STUDY, skip=4): (b"\x0a\0\0\0" + UID + b"\0", b"\0\0\0\0")})

    assert (found.rows, len(found.keys), found.without_key) == (2, 1, 1)
    assert found.keys.overlap(absorbed(tally(), (STUDY,), (UID,)).keys) == 1


def test_no_field_of_a_tally_holds_what_a_row_said() -> None:
    """Not the UID, not the patient: what is kept are numbers and digests."""
    found = absorbed(
        tally(counters=True),
        (MODALITIES, PATIENT, STUDY, INSTANCE_COUNT),
        (b"CANARY", b"CANARY-PATIENT", b"1.2.3.4.CANARY", b"CANARY"),
    )
    kept = "".join(repr(getattr(found, name)) for name in RowTally.__slots__)
    kept += "".join(repr(each._buckets) for each in (found.keys, found.patients))  # noqa: SLF001

    assert "CANARY" not in kept
    assert found.rows == 1
