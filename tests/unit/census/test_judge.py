"""From stored facts to numbers and sentences."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dosimeter.census.judge import judge_census
from dosimeter.model.census import AtLeast, Axis, CensusEnd, Counts, Cut, Things
from dosimeter.model.census import Census as Result
from dosimeter.model.facts import CensusEnded
from dosimeter.model.scope import CountBudget
from tests.unit.census.simulated import TITLES, Archive, Behaviour, Counters, count, plan
from tests.unit.census.test_ladder import ANSWERS_FOR_ALL, STUDIES_ALONE, counted, forty_eight


def ended(end: CensusEnd) -> CensusEnded:
    """The end of a census, whatever it cost."""
    return CensusEnded(TITLES, end, 0, 0, 0, 1, 0)


def test_of_an_archive_that_is_not_believed_no_number_is_left() -> None:
    """Its answers do not depend on the question: what they add up to is nothing, in one sentence."""
    census = count(Archive(forty_eight(), ANSWERS_FOR_ALL))
    result = judge_census([*census.cells, ended(CensusEnd.NOT_BELIEVED)])
    assert result == Result(remarks=("not counted: its answers do not depend on the question",))
    assert result.counts == Counts()


@pytest.mark.parametrize("asked", [3, 10])
def test_a_counting_without_an_end_was_interrupted(asked: int) -> None:
    """A killed survey: nothing was too many to ask for, and no number below the studies was refused."""
    census = count(Archive(forty_eight(), ANSWERS_FOR_ALL), most=asked)
    result = judge_census(census.cells)
    assert isinstance(result.counts.studies, AtLeast)
    assert len(result.remarks) == 4
    assert all(
        remark.endswith(": the counting was interrupted, and can be resumed") for remark in result.remarks
    )


def test_one_is_one_study_of_one_patient() -> None:
    """No floor speaks of 1 studies."""
    result, _ = counted(ANSWERS_FOR_ALL, forty_eight()[5:6])
    said = " ".join(result.remarks)
    assert "at least 1 study: " in said
    assert not any(f"1 {many}" in said for many in ("studies", "patients", "images"))


def test_what_was_not_asked_is_no_fault_of_the_server() -> None:
    """Nothing but studies was asked for, and all was asked: the reason lies with the parts."""
    census = count(Archive(forty_eight(), STUDIES_ALONE))
    cells = [cell for cell in census.cells if cell.things is Things.STUDIES and not cell.with_counters]
    result = judge_census([*cells, ended(CensusEnd.ALL_ASKED)])
    assert len(result.remarks) == 4
    assert all("known: they were not asked for, because no part" in remark for remark in result.remarks[1:])


def test_who_gives_no_patient_identifiers_was_asked_for_them() -> None:
    """Every record of the studies lacks one; the images were refused, and have no counter."""
    anonymous = [replace(study, patient="") for study in forty_eight()]
    behaviour = Behaviour(counters=Counters.ABSENT, relational=False)
    result, _ = counted(behaviour, anonymous)
    assert "patients are not known: the server gives no patient identifiers" in result.remarks
    assert "images are not known: the server does not tell them, or contradicts itself" in result.remarks


def test_after_an_early_end_the_end_is_the_reason() -> None:
    """The rows were used up before anybody asked for patients."""
    archive = Archive(forty_eight(), ANSWERS_FOR_ALL)
    census = count(archive, plan(budget=CountBudget(rows=20)))
    result = judge_census([*census.cells, ended(census.end)])
    assert census.end is CensusEnd.ROWS
    assert {remark.partition(": ")[2] for remark in result.remarks} == {
        "the number of records that the scope allows was used up"
    }


def test_who_answers_nothing_for_all_at_once_was_asked() -> None:
    """A hidden whole is no answer that was too long to ask for."""
    census = count(Archive(forty_eight(), ANSWERS_FOR_ALL), most=14)
    cells = [cell for cell in census.cells if cell.cell != "whole"]
    hidden = replace(cells[0], axis=Axis.WHOLE, cell="whole", rows=0, distinct=0, fresh=0, cut=Cut.FAILED)
    result = judge_census([*cells, hidden, ended(CensusEnd.ALL_ASKED)])
    assert result.remarks[0].endswith("and the server did not answer for all at once")


def test_an_archive_that_loses_records_has_no_limit() -> None:
    """It sent seven rows where there were more, and forty elsewhere: that is no limit of seven."""
    census = count(Archive(forty_eight(), ANSWERS_FOR_ALL))
    years = [cell for cell in census.cells if cell.axis is Axis.DATES and not cell.with_counters]
    short = next(cell for cell in years if cell.things is Things.STUDIES and cell.rows)
    whole = next(cell for cell in census.cells if cell.cell == "whole" and cell.things is Things.STUDIES)
    cells = [replace(short, cut=Cut.SILENTLY), replace(whole, cut=Cut.SILENTLY, with_counters=False)]
    result = judge_census([*years, *cells, ended(CensusEnd.ALL_ASKED)])
    assert result.rows_limit is None
    assert "at least 48 studies: the server's answers differ from one time to the next" in result.remarks
    steady = [replace(whole, cut=Cut.SILENTLY, with_counters=False)]
    assert judge_census([*years, *steady, ended(CensusEnd.ALL_ASKED)]).rows_limit == 48


def test_who_was_asked_and_sent_nothing_is_said_to_have_done_so() -> None:
    """An archive that ran dry before it was asked for counters: it was asked, and gave no identifier."""
    census = count(Archive(forty_eight(), STUDIES_ALONE))
    cells = [cell for cell in census.cells if cell.things is Things.STUDIES and not cell.with_counters]
    dry = replace(cells[0], with_counters=True, cut=Cut.SILENTLY, rows=0, distinct=0, fresh=0, largest=0)
    result = judge_census([*cells, dry, ended(CensusEnd.ALL_ASKED)])
    assert len(result.remarks) == 4
    assert all("asked for them, the server answered with nothing" in each for each in result.remarks[1:])
