from __future__ import annotations

from random import Random

import pytest

from dosimeter.lab.attributes import VR_OF, Tag
from dosimeter.lab.catalogue import Table, catalogue_of, sums
from dosimeter.lab.holdings import Holdings, invent_holdings
from dosimeter.lab.matching import matches_text, wanted
from dosimeter.lab.policy import Matching, OddDates, UidWildcards

HOLDINGS = invent_holdings(8, patients=50)
STUDIES = [study for patient in HOLDINGS.patients for study in patient.studies]
SERIES = [series for study in STUDIES for series in study.series]


def test_columns_say_what_is_held() -> None:
    """Each study, series and patient has its values at its number."""
    catalogue = catalogue_of(HOLDINGS)
    uid, day = (catalogue.studies.columns[tag] for tag in (Tag.STUDY_INSTANCE_UID, Tag.STUDY_DATE))
    assert [(uid(number), day(number)) for number in range(catalogue.studies.size)] == [
        (study.uid, study.day) for study in STUDIES
    ]
    patient_id = catalogue.patients.columns[Tag.PATIENT_ID]
    assert [patient_id(number) for number in catalogue.patient_of] == [
        patient.patient_id for patient in HOLDINGS.patients for _ in patient.studies
    ]


def test_the_truth_is_the_sum_of_everything() -> None:
    """Four levels, years, modalities, and what has no date."""
    truth = catalogue_of(HOLDINGS).truth()
    assert (truth.patients, truth.studies, truth.series) == (50, len(STUDIES), len(SERIES))
    assert truth.instances == sum(series.instances for series in SERIES)
    assert truth.undated == truth.untimed == truth.bare == sum(not study.day for study in STUDIES)
    assert truth.years[2020] == sum(study.day.startswith("2020") for study in STUDIES)
    assert sum(truth.years.values()) + truth.undated == truth.studies
    assert truth.modalities["CT"] == sum(study.series[0].modality == "CT" for study in STUDIES)


def test_an_empty_archive_is_one_too() -> None:
    """It has no row and no sum."""
    truth = catalogue_of(Holdings()).truth()
    assert (truth.patients, truth.studies, truth.series, truth.instances) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("tag", "keys"),
    [
        (
            Tag.STUDY_DATE,
            ("20150101-20191231", "20150317", "-2015", "2019-", "19000101-18000101", "20150101-20151331"),
        ),
        (Tag.STUDY_TIME, ("07-0930", "080000-085959", "120000-", "-1000", "101500.5-1016")),
        (Tag.STUDY_INSTANCE_UID, ("2.25.1*", "2.25.7", f"{STUDIES[3].uid}\\{STUDIES[9].uid}", "9*")),
    ],
)
@pytest.mark.parametrize(
    "matching",
    [
        Matching(),
        Matching(before_finds_undated=True, after_finds_nothing=True, uid_wildcards=UidWildcards.HONOURED),
        Matching(odd_dates=OddDates.NOTHING),
        Matching(as_text=True, before_finds_undated=True),
    ],
)
def test_an_index_finds_what_a_search_finds(tag: Tag, keys: tuple[str, ...], matching: Matching) -> None:
    """Whatever it can help with: the same records as when each is looked at."""
    rng = Random(3)
    values = [str(study.day if tag is Tag.STUDY_DATE else study.moment) for study in STUDIES]
    if tag is Tag.STUDY_INSTANCE_UID:
        values = [study.uid for study in STUDIES]
    if tag is Tag.STUDY_TIME:
        values = [
            value
            and rng.choice((value, value[:4], value[:2], f"{value}.25", f"{value[:2]}:{value[2:4]}", ""))
            for value in values
        ]
    if tag is Tag.STUDY_DATE:
        values = [
            value and rng.choice((value, value[:6], f"{value[:4]}.{value[4:6]}.{value[6:]}"))
            for value in values
        ]
    table = Table(len(values), {tag: values.__getitem__})
    for key in keys:
        found = table.index(tag, as_text=matching.as_text).find(wanted(VR_OF[tag], key, matching))
        assert found is not None
        assert sorted(found) == [
            number for number, value in enumerate(values) if matches_text(VR_OF[tag], key, value, matching)
        ], key


def test_parts_begin_where_the_ones_before_end() -> None:
    """And the last number is how much there is."""
    assert list(sums((3, 0, 2))) == [0, 3, 3, 5]
