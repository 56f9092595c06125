from __future__ import annotations

from dataclasses import replace

import pytest

from dosimeter.exposure.classify import judge
from dosimeter.model.attempt import Attempt, Cause, Completed, Failed
from dosimeter.model.census import (
    NOT_COUNTED,
    AtLeast,
    Axis,
    Census,
    CensusEnd,
    Claimed,
    Counts,
    Estimated,
    Exact,
    Things,
)
from dosimeter.model.facts import AssociationRejected, Ending, NullRetrieveAnswered
from dosimeter.model.target import Service
from dosimeter.model.verdict import Exposure, Severity, Verdict
from tests.unit.exposure.counted import cell, census
from tests.unit.exposure.seen import (
    EVERYTHING,
    RIGHT_CALLED,
    STUDY,
    STUDY_GET,
    WORKLIST,
    answer,
    associated,
    query,
    rejected,
    retrieve,
)

ASSOCIATED = associated(*EVERYTHING)
CELLS = census(cell("2019", 10))
COUNTS = Counts(studies=Exact(12_430), instances=Exact(225))


def judged(*attempts: Attempt, counts: Counts = COUNTS) -> Verdict:
    """The verdict on these attempts, of which the census made these counts."""
    return judge(attempts, service=Service.DICOM, census=Census(counts=counts))


def said(verdict: Verdict, rule: str = "at_stake") -> list[str]:
    """What a rule says of it."""
    return [reason.says for reason in verdict.reasons if reason.rule == rule]


def test_whoever_may_fetch_is_told_how_much() -> None:
    """The sentence that a director understands, with the cell it rests on."""
    verdict = judged(ASSOCIATED, query(STUDY), retrieve(), CELLS)
    assert said(verdict) == ["Anybody who reaches the port can list 12,430 studies and fetch 225 images."]
    assert next(reason.fact for reason in verdict.reasons if reason.rule == "at_stake") == "count#0"


def test_images_that_cannot_be_fetched_are_not_said_to_be() -> None:
    """A refused null retrieve: the images are listed, no more."""
    verdict = judged(ASSOCIATED, query(STUDY), retrieve(ending=Ending.ABORT), CELLS)
    assert said(verdict) == ["Anybody who reaches the port can list 12,430 studies, which hold 225 images."]


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        (Counts(studies=AtLeast(340)), "list at least 340 studies."),
        (
            Counts(studies=Estimated(41_112, 38_245, 43_871)),
            "list about 41,000 studies (between 38,200 and 43,900).",
        ),
        (
            Counts(Exact(1), Exact(48), instances=Claimed(225)),
            "list 48 studies of 1 patient and fetch 225 images (the archive's own figure).",
        ),
    ],
)
def test_each_number_keeps_its_kind(counts: Counts, words: str) -> None:
    """Nothing is said to be better known than it is."""
    (sentence,) = said(judged(ASSOCIATED, query(STUDY), retrieve(), CELLS, counts=counts))
    assert sentence.endswith(words)


def test_numbers_make_nothing_graver() -> None:
    """An archive of one study is as open as one of a million."""
    bare = judge((ASSOCIATED, query(STUDY), retrieve()), service=Service.DICOM)
    for studies in (1, 1_000_000):
        counted = judged(ASSOCIATED, query(STUDY), retrieve(), CELLS, counts=Counts(studies=Exact(studies)))
        assert (counted.severity, counted.exposure) == (bare.severity, bare.exposure)
        assert counted.remedies == bare.remedies


def test_a_known_title_is_named_as_the_way_in() -> None:
    """A name-gated archive is not open to anybody."""
    titles = Completed("ae_titles", (answer(STUDY, titles=RIGHT_CALLED),))
    verdict = judged(rejected(1, 1, 7), titles, CELLS)
    assert verdict.exposure is Exposure.NAME_GATED
    assert said(verdict) == ["Whoever knows the AE title can list 12,430 studies, which hold 225 images."]
    get = replace(retrieve().facts[0], titles=RIGHT_CALLED)
    assert isinstance(get, NullRetrieveAnswered)
    fetched = judged(rejected(1, 1, 7), replace(titles, facts=(*titles.facts, get)), CELLS)
    assert said(fetched)[0].endswith("and fetch 225 images.")


def test_a_worklist_says_how_many_are_waiting() -> None:
    """Scheduled steps are neither studies nor patients."""
    counted = census(cell("whole", 12, things=Things.WORKLIST_ITEMS))
    verdict = judged(ASSOCIATED, query(WORKLIST), counted, counts=Counts(worklist_items=Exact(12)))
    assert said(verdict, "waiting_patients") == [
        "Anybody who reaches the port can list 12 worklist entries in the worklist."
    ]
    assert said(verdict) == []


def test_an_archive_that_shows_nothing_is_not_said_to_list_nothing() -> None:
    """Nobody can "list 0 studies of 0 patients": it answers, and showed nothing."""
    empty, nothing = census(cell("whole", 0)), Counts(*[Exact(0)] * 5)
    verdict = judged(ASSOCIATED, query(STUDY), query(WORKLIST), retrieve(), empty, counts=nothing)
    assert said(verdict, "shows_nothing") == [
        "Answers strangers, and showed them nothing: 0 studies, counted. It is empty, or hides what it holds."
    ]
    assert said(verdict) == said(verdict, "waiting_patients") == []
    by_name = (rejected(1, 1, 7), Completed("ae_titles", (answer(STUDY, titles=RIGHT_CALLED),)), empty)
    (sentence,) = said(judged(*by_name, counts=nothing), "shows_nothing")
    assert sentence.startswith("Answers a caller that knows its AE title, and showed it nothing")
    assert said(judged(ASSOCIATED, query(STUDY), CELLS), "shows_nothing") == []


def test_no_number_is_told_of_a_census_that_was_not_believed() -> None:
    """Whatever was made of its facts."""
    counted = census(cell("2019", 10), end=CensusEnd.NOT_BELIEVED)
    assert said(judged(ASSOCIATED, query(STUDY), retrieve(), counted)) == []


def test_what_had_no_end_is_not_said_to_be_all_there_is() -> None:
    """Whatever was made of its facts: an answer that did not end is a lower bound."""
    counted = census(cell("whole", 9_000, axis=Axis.WHOLE, endless=True))
    verdict = judged(ASSOCIATED, query(STUDY), counted, counts=Counts(studies=Exact(9_000)))
    assert said(verdict) == ["Anybody who reaches the port can list at least 9,000 studies."]


def test_a_suspected_decoy_is_not_said_to_hold_anything() -> None:
    """Its numbers are not believed."""
    verdict = judged(ASSOCIATED, query(STUDY, matches=3), CELLS)
    assert said(verdict) == []


def test_a_count_that_failed_changes_nothing() -> None:
    """Neither a failed nor a refused census makes an archive safer or less known."""
    answered: tuple[Attempt, ...] = (ASSOCIATED, query(STUDY), retrieve())
    bare = judge(answered, service=Service.DICOM)
    busy = Failed("count", Cause.BUSY, "busy", (AssociationRejected(RIGHT_CALLED, 1, 1, 7),))
    for failed in (Failed("count", Cause.INTERRUPTED, "stopped", CELLS.facts), busy):
        assert judge((*answered, failed), service=Service.DICOM, census=NOT_COUNTED) == bare


def test_severity_of_the_finding_is_info() -> None:
    """It says how much, not how grave."""
    verdict = judged(associated(STUDY_GET), query(STUDY), retrieve(), CELLS)
    assert [r.severity for r in verdict.reasons if r.rule == "at_stake"] == [Severity.INFO]
