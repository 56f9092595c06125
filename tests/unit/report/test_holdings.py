from __future__ import annotations

from dataclasses import replace

import pytest

from dosimeter.model.attempt import Completed
from dosimeter.model.census import AtLeast, Census, Counts, Exact, Unknown
from dosimeter.model.facts import Ending, NullQueryAnswered, QueryService
from dosimeter.model.verdict import Decoy, DecoyTier, Exposure
from dosimeter.report.archive import Archive
from dosimeter.report.figures import Figures
from tests.unit.report import counted


def figures(*archives: Archive, decoys: bool = False) -> Figures:
    """One column of figures of these archives."""
    totals = counted.document(*archives).totals
    return totals.with_decoys if decoys else totals.without_decoys


def images(number: int, exposure: Exposure = Exposure.QUERYABLE, archive: int = 20) -> Archive:
    """An archive with so many images, all counted."""
    return counted.with_images(Exact(number), archive, exposure)


def doubted(archive: Archive, tier: DecoyTier) -> Archive:
    """The same with a sign of a decoy."""
    verdict = replace(archive.verdict, decoy=Decoy(tier, ("a sign",)))
    return replace(archive, findings=replace(archive.findings, verdict=verdict))


def test_linked_and_downloadable_are_two_figures() -> None:
    """Only the images of archives whose null retrieve was answered are downloadable."""
    stakes = figures(images(100, archive=1), images(7, Exposure.RETRIEVABLE, 2)).stakes

    assert stakes.linked.instances.count == Exact(107)
    assert stakes.downloadable.instances.count == Exact(7)
    assert (stakes.linked.archives, stakes.downloadable.archives) == (2, 1)


@pytest.mark.parametrize("exposure", [Exposure.GUARDED, Exposure.ASSOCIATES, Exposure.INCONCLUSIVE])
def test_what_nobody_is_shown_is_at_no_stake(exposure: Exposure) -> None:
    """An archive that answers nobody adds nothing, not even an archive that was not counted."""
    assert figures(images(100, exposure)).stakes.linked.archives == 0


def test_what_a_known_name_opens_is_in_neither_figure() -> None:
    """Name-gated archives are no accessible ones, in the study's word."""
    stakes = figures(counted.by_name()).stakes

    assert (stakes.linked.archives, stakes.downloadable.archives) == (0, 0)
    assert stakes.by_name.instances.count == Exact(600)


def test_an_archive_that_was_not_counted_is_said_and_makes_a_lower_bound() -> None:
    """The sum never looks whole."""
    linked = figures(images(100), counted.unknown()).stakes.linked

    assert linked.instances.count == AtLeast(100)
    assert (linked.instances.known, linked.instances.unknown, linked.archives) == (1, 1, 2)


@pytest.mark.parametrize("tier", [DecoyTier.MEDIUM, DecoyTier.HIGH])
def test_suspected_decoys_never_enter_the_main_total(tier: DecoyTier) -> None:
    """They are in the other column alone."""
    survey = (images(100, archive=1), doubted(images(9_000, archive=2), tier))

    assert figures(*survey).stakes.linked.instances.count == Exact(100)
    assert figures(*survey, decoys=True).stakes.linked.instances.count == Exact(9_100)


def test_a_low_sign_changes_no_figure() -> None:
    """Qrscp is real."""
    assert figures(doubted(images(225), DecoyTier.LOW)).stakes.linked.instances.count == Exact(225)


def test_two_doors_of_one_archive_count_once_with_what_either_opens() -> None:
    """The first door's numbers, and the second one's open hatch; hosts, endpoints and archives differ."""
    both = figures(counted.two_doors())

    assert (both.hosts, both.doors, both.archives) == (2, 2, 1)
    assert both.stakes.linked.instances.count == AtLeast(340)
    assert both.stakes.downloadable.instances.count == AtLeast(340)
    assert both.further_doors == 1


def test_the_order_of_the_doors_is_no_matter() -> None:
    """Records come in any order."""
    survey = counted.survey()

    assert figures(*survey) == figures(*reversed(survey))
    assert figures(*survey, decoys=True) == figures(*reversed(survey), decoys=True)


def test_an_archive_with_one_suspected_door_is_left_out_whole() -> None:
    """The other door shows the same studies."""
    survey = counted.joined(counted.at_least(), doubted(counted.clone(), DecoyTier.HIGH))

    assert figures(survey).stakes.linked.archives == 0
    assert figures(survey, decoys=True).stakes.linked.instances.count == AtLeast(340)
    assert figures(survey).doors == 0


def test_another_door_that_was_not_counted_is_no_archive_of_its_own() -> None:
    """Known to be the same, it is neither counted twice nor missing."""
    stakes = figures(counted.joined(counted.exact(), counted.unknown())).stakes

    assert stakes.linked.archives == 1
    assert stakes.linked.instances.count == Exact(731_225)


def test_a_worklist_alone_holds_no_studies_that_could_be_missing() -> None:
    """Wlmscpfs has no studies to count: the sum of images stays exact."""
    answers = NullQueryAnswered(counted.STRANGER, QueryService.WORKLIST, Ending.STATUS, 0, 0)
    worklist = counted.archive(
        3,
        Exposure.QUERYABLE,
        Census(counts=Counts(worklist_items=Exact(12))),
        (Completed("null_query_worklist", (answers,)),),
        verdict=replace(counted.said(Exposure.QUERYABLE), worklist=True),
    )
    linked = figures(images(100), worklist).stakes.linked

    assert linked.instances.count == Exact(100)
    assert linked.worklist_items.count == Exact(12)
    assert linked.archives == 2


def test_an_archive_without_a_worklist_is_not_missing_from_the_worklists() -> None:
    """It could hold no entry."""
    assert figures(counted.exact(), images(5)).stakes.linked.worklist_items.count == Exact(12)


def test_retrievable_instances_follow_the_null_retrieve() -> None:
    """Answered: its images. Refused: none. Not asked: not known."""
    assert counted.exact().findings.retrievable_instances == Exact(731_225)
    assert counted.at_least().findings.retrievable_instances == Exact(0)
    assert counted.estimated().findings.retrievable_instances == Unknown()
