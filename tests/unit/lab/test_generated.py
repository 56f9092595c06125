from __future__ import annotations

import time

from dosimeter.dicom.uids import IMPLICIT_VR_LE, STUDY_ROOT_FIND
from dosimeter.lab.attributes import Tag
from dosimeter.lab.generated import Shape, invent_catalogue
from dosimeter.lab.policy import Policy
from dosimeter.lab.query import answer_query

LARGE = Shape(100_000, undated=3, untimed=2, bare=1, odd=1)


def test_the_same_seed_gives_the_same_archive() -> None:
    """A column of one is that of the other; another seed gives another archive."""

    def days(seed: int) -> list[str]:
        column = invent_catalogue(seed, Shape(500)).studies.columns[Tag.STUDY_DATE]
        return [column(number) for number in range(500)]

    assert days(4) == days(4) != days(5)


def test_it_has_the_shape_that_was_asked_for() -> None:
    """Studies, patients with at least one study each, and those without a date, a time or both."""
    truth = invent_catalogue(1, LARGE).truth()
    assert truth.studies == 100_000
    assert truth.patients == round(100_000 / 1.7)
    assert (truth.undated, truth.untimed, truth.bare) == (400, 300, 100)
    assert sorted(truth.years) == [1, 1900, *range(2009, 2027), 2030]
    assert truth.years[2025] > truth.years[2010]
    assert truth.studies < truth.series < truth.instances


def test_series_may_be_small() -> None:
    """At most so many instances each."""
    catalogue = invent_catalogue(1, Shape(100, most_instances=3))
    assert {catalogue.instances_in(series) for series in range(catalogue.series.size)} == {1, 2, 3}


def test_no_uid_comes_twice() -> None:
    """Of a hundred thousand studies and their series."""
    catalogue = invent_catalogue(2, LARGE)
    studies, series = (
        catalogue.studies.columns[Tag.STUDY_INSTANCE_UID],
        catalogue.series.columns[Tag.SERIES_INSTANCE_UID],
    )
    uids = {*map(studies, range(catalogue.studies.size)), *map(series, range(catalogue.series.size))}
    assert len(uids) == catalogue.studies.size + catalogue.series.size
    assert max(map(len, uids)) <= 64


def test_nobody_could_take_them_for_real_people() -> None:
    """As in the small archives: every name and institution says that it was invented."""
    catalogue = invent_catalogue(2, Shape(40))
    name = catalogue.patients.columns[Tag.PATIENT_NAME]
    assert all(name(number).startswith("LAB^INVENTED-") for number in range(catalogue.patients.size))
    assert catalogue.series.columns[Tag.INSTITUTION_NAME](0).startswith("LAB INVENTED")


def test_an_empty_archive_can_be_invented() -> None:
    """And one of a single study."""
    assert invent_catalogue(1, Shape(0)).truth().studies == 0
    assert invent_catalogue(1, Shape(1)).truth().patients == 1


def test_a_large_archive_is_there_at_once_and_answers_a_day_in_no_time() -> None:
    """Built in under a second, and a day costs what a day holds, not what the archive holds."""
    began = time.process_time()
    catalogue = invent_catalogue(3, LARGE)
    built = time.process_time() - began

    def ask(day: str) -> int:
        keys = {Tag.QUERY_RETRIEVE_LEVEL: "STUDY", Tag.STUDY_INSTANCE_UID: "", Tag.STUDY_DATE: day}
        return len(list(answer_query(catalogue, Policy(), STUDY_ROOT_FIND, keys, IMPLICIT_VR_LE).rows))

    ask("20200101-20200101")
    began = time.process_time()
    rows = sum(ask(f"202001{day:02d}-202001{day:02d}") for day in range(1, 32))
    asked = time.process_time() - began
    assert rows == ask("20200101-20200131") > 100
    assert built < 1
    assert asked < 0.3
