from __future__ import annotations

from dosimeter.census.claimed import claimed_counts, combine
from dosimeter.model.census import (
    NOT_COUNTED,
    AtLeast,
    Census,
    Claimed,
    Count,
    Counts,
    Estimated,
    Exact,
    ModalityCount,
    Things,
    Unknown,
)
from dosimeter.model.web import CounterRead, ProductCounted


def said(product: str = "orthanc", **counters: int | None) -> ProductCounted:
    """A product's own counters."""
    read = tuple(CounterRead(Things(things), value) for things, value in counters.items())
    return ProductCounted(product, "counters", read)


def studies(count: Count) -> Census:
    """A census of studies alone."""
    return Census(counts=Counts(studies=count))


def test_counters_are_claims() -> None:
    """The archive says so; nobody counted."""
    census = claimed_counts([said(patients=32, studies=48, series=54, instances=225)])
    assert census.counts == Counts(Claimed(32), Claimed(48), Claimed(54), Claimed(225))
    assert census.remarks == ()


def test_an_empty_archive_says_none() -> None:
    """0 is a number."""
    assert claimed_counts([said(studies=0)]).counts.studies == Claimed(0)


def test_no_counter_is_no_census() -> None:
    """Nothing said is nothing counted."""
    assert claimed_counts([]) is NOT_COUNTED
    assert claimed_counts([said()]) is NOT_COUNTED


def test_an_absurd_counter_is_said_and_is_no_number() -> None:
    """It is never added up."""
    census = claimed_counts([said(studies=None, patients=3)])
    assert census.counts == Counts(patients=Claimed(3))
    assert census.remarks == (
        "studies are not known: the server's own counter of them is no plausible number",
    )


def test_two_counters_that_differ_are_not_used() -> None:
    """One of them is wrong, and nobody knows which."""
    census = claimed_counts([said(studies=48), said(studies=480)])
    assert isinstance(census.counts.studies, Unknown)
    assert any("contradict" in remark for remark in census.remarks)


def test_two_counters_read_one_after_the_other_may_differ_by_what_came_between() -> None:
    """An archive goes on receiving."""
    assert claimed_counts([said(studies=10_000), said(studies=10_003)]).counts.studies == Claimed(10_003)


def test_fewer_images_than_studies_contradict_themselves() -> None:
    """A study without an image is none."""
    census = claimed_counts([said(patients=32, series=54, instances=12)])
    assert census.counts == Counts()
    says = "the server's own counters contradict each other, and are not used"
    assert census.remarks == (f"patients and series and images are not known: {says}",)


def test_counters_that_contradict_one_another_all_fall() -> None:
    """500,000 patients of 9 studies: which of them is wrong nobody knows."""
    census = claimed_counts([said(patients=500_000, studies=9, series=2, instances=1)])
    assert census.counts == Counts()
    assert len(census.remarks) == 1
    gap = claimed_counts([said(patients=10, instances=9)])
    assert gap.counts == Counts()


def test_people_counted_by_a_neighbour_are_no_archives() -> None:
    """FHIR counts whoever it knows."""
    assert claimed_counts([said("fhir", patients=9_000)]) is NOT_COUNTED


def test_an_exact_count_beats_a_claim_that_agrees() -> None:
    """And says that it does."""
    both = combine([studies(Exact(48)), claimed_counts([said(studies=48)])])
    assert both.counts.studies == Exact(48)
    assert both.remarks == ("studies: the archive's own counter agrees",)


def test_an_exact_count_beats_a_claim_that_differs() -> None:
    """Above or below: said, and not used."""
    for claim, words in ((60, "differs from what was counted"), (12, "says less than was seen")):
        both = combine([studies(Exact(48)), claimed_counts([said(studies=claim)])])
        assert both.counts.studies == Exact(48)
        assert words in both.remarks[0]


def test_a_claim_beats_the_floor_that_it_bears_out() -> None:
    """The limit of the server's answers does not limit its counter."""
    assert combine([studies(AtLeast(11)), claimed_counts([said(studies=48)])]).counts.studies == Claimed(48)


def test_a_claim_below_what_was_seen_is_not_used() -> None:
    """The counter is wrong, or counts something else."""
    both = combine([studies(AtLeast(60)), claimed_counts([said(studies=48)])])
    assert both.counts.studies == AtLeast(60)
    assert "less than was seen" in both.remarks[0]


def test_a_claim_is_held_against_an_estimate() -> None:
    """Within the interval it is the better number, outside it is not used."""
    estimated = studies(Estimated(1_000, 900, 1_100))
    assert combine([estimated, claimed_counts([said(studies=1_050)])]).counts.studies == Claimed(1_050)
    outside = combine([estimated, claimed_counts([said(studies=2_000)])])
    assert outside.counts.studies == Estimated(1_000, 900, 1_100)
    assert "does not fit" in outside.remarks[0]


def test_doors_that_claim_different_numbers_claim_nothing() -> None:
    """Nor does that spoil what was counted."""
    both = combine([claimed_counts([said(studies=48)]), claimed_counts([said(studies=99)])])
    assert isinstance(both.counts.studies, Unknown)
    three = combine(
        [studies(Exact(48)), claimed_counts([said(studies=48)]), claimed_counts([said(studies=99)])]
    )
    assert three.counts.studies == Exact(48)


def test_of_several_floors_the_highest_counts() -> None:
    """Each door saw a part."""
    assert combine([studies(AtLeast(11)), studies(AtLeast(40))]).counts.studies == AtLeast(40)


def test_modalities_and_years_are_those_of_the_door_that_counted() -> None:
    """A claim knows none."""
    counted = Census(counts=Counts(studies=Exact(48)), modalities=(ModalityCount("CT", 12),))
    assert combine([claimed_counts([said(studies=48)]), counted]).modalities == counted.modalities


def test_nothing_counted_stays_nothing() -> None:
    """And one census alone stays as it is."""
    assert combine([]) is NOT_COUNTED
    assert combine([NOT_COUNTED, NOT_COUNTED]) is NOT_COUNTED
    alone = studies(Exact(3))
    assert combine([NOT_COUNTED, alone]) is alone
