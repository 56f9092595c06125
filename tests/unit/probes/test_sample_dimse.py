from __future__ import annotations

from datetime import date

import pytest

from dosimeter.dicom.dimse import CommandField
from dosimeter.dicom.sampling import FillRates
from dosimeter.model.census import Axis, Cut, Things
from dosimeter.model.facts import CellCounted, Ending, Fact, NullQueryAnswered, QueryService, Titles
from dosimeter.model.scope import Touch
from dosimeter.model.web import AttributesSampled, SampledOver
from dosimeter.probes import sample_dimse
from dosimeter.probes._declare import NotAsked
from dosimeter.probes._sampling import ranges
from tests.peers.archive import Abort, Archive, Reject, Rows, Script, Statuses, answers
from tests.unit.dicom.sampled import answer
from tests.unit.net.driving import authorisation
from tests.unit.probes.visiting import ask, elements

TITLES = Titles("NOBODY-00C0DE", "DOSIMETER")
STUDY_DATE, STUDY_UID = (0x0008, 0x0020), (0x0020, 0x000D)
TODAY = date(2026, 11, 24)


def answered(service: QueryService = QueryService.STUDY_ROOT, matches: int = 0) -> NullQueryAnswered:
    """A null query that was answered with success."""
    return NullQueryAnswered(TITLES, service, Ending.STATUS, 0, matches)


def cell(name: str, rows: int, axis: Axis = Axis.DATES, things: Things = Things.STUDIES) -> CellCounted:
    """A cell of a census."""
    return CellCounted(
        titles=TITLES,
        service=QueryService.STUDY_ROOT,
        things=things,
        axis=axis,
        cell=name,
        with_counters=False,
        cut=Cut.NOT,
        ending=Ending.STATUS,
        status=0,
        questions=1,
        rows=rows,
        distinct=rows,
        fresh=rows,
        on_axis=rows,
        largest=rows,
        received=rows * 100,
        milliseconds=3,
    )


def row(number: int) -> bytes:
    """A study of somebody."""
    name = b"TEST^ONE" if number == 0 else b"Vogel^Anna" if number % 2 else b"Vogel"
    return answer(
        {"StudyDate": b"20190304", "PatientName": name, "PatientID": b"4711", "PatientAddress": b""}
    )


def sample(
    archive: Archive, *seen: Fact, second_person: str | None = "Dr. B. Test", touch: Touch = Touch.SAMPLE
) -> AttributesSampled:
    """What the probe says of a scripted archive."""
    allowed = authorisation(archive.port, touch=touch, second_person=second_person)
    ((fact,),) = ask(archive, sample_dimse.PROBE, allowed=allowed, seen=seen or (answered(),))
    assert isinstance(fact, AttributesSampled)
    return fact


def test_fill_rates_are_what_is_kept() -> None:
    """Three studies: what is filled, empty, absent and test-like in each attribute."""
    with Archive(Script(on_request=answers(find=Rows(3, then=Statuses((0,)), row=row)))) as archive:
        fact = sample(archive, answered(), cell("2019-03", 3))
    assert (fact.over, fact.answers) == (SampledOver.DIMSE, 3)
    fills = {fill.attribute: (fill.filled, fill.empty, fill.absent, fill.test_like) for fill in fact.fills}
    assert fills["PatientName"] == (3, 0, 0, 1)
    assert fills["PatientGivenName"] == (2, 1, 0, 1)
    assert fills["PatientAddress"] == (0, 3, 0, 0)
    assert fills["InstitutionName"] == (0, 0, 3, 0)


def test_it_asks_within_a_month_that_holds_studies_and_releases() -> None:
    """The range is closed, every other key empty, the association its own and released."""
    with Archive(Script(on_request=answers(find=Rows(3, then=Statuses((0,)), row=row)))) as archive:
        sample(archive, answered(), cell("2019-03", 3))
        (visit,) = archive.wait_for_ends(1)
    values = {(group, number): value for group, number, value in elements(visit.identifiers[0])}
    assert values.pop(STUDY_DATE) == b"20190301-20190331 "
    assert values.pop((0x0008, 0x0052)) == b"STUDY "
    assert set(values.values()) == {b""}
    assert visit.fields == [CommandField.C_FIND]
    assert visit.ended_by == "release"


def test_at_twenty_answers_it_cancels() -> None:
    """An archive that heeds C-CANCEL is asked nothing more; no more than twenty are counted."""
    endless = Rows(row=row, batch=1, seconds_between=0.01, heeds_cancel=True)
    with Archive(Script(on_request=answers(find=endless))) as archive:
        fact = sample(archive)
        (visit,) = archive.wait_for_ends(1)
    assert fact.answers == 20
    assert visit.cancelled == 1
    assert visit.rows_sent < 30
    assert len(visit.asked) == 1
    assert visit.ended_by == "release"


def test_an_archive_that_is_deaf_to_cancel_is_aborted() -> None:
    """After two seconds; the twenty answers stand."""
    endless = Rows(row=row, batch=1, seconds_between=0.02)
    with Archive(Script(on_request=answers(find=endless))) as archive:
        fact = sample(archive)
        (visit,) = archive.wait_for_ends(1)
    assert fact.answers == 20
    assert visit.ended_by == "abort"


def test_twenty_is_over_all_questions() -> None:
    """Seven a question: the third is cancelled."""
    with Archive(Script(on_request=answers(find=Rows(7, then=Statuses((0,)), row=row, batch=1)))) as archive:
        fact = sample(archive, answered(), cell("2019", 400))
        (visit,) = archive.wait_for_ends(1)
    assert fact.answers == 20
    assert len(visit.asked) == 3


def test_an_archive_that_refuses_unlisted_keys_is_asked_without_them() -> None:
    """0xA900 once, then the attributes of PS3.4 Table C.6-5 alone."""
    questions: list[int] = []

    def on_request(_field: int, _service: str) -> Statuses | Rows:
        questions.append(1)
        return Statuses((0xA900,)) if len(questions) == 1 else Rows(2, then=Statuses((0,)), row=row)

    with Archive(Script(on_request=on_request)) as archive:
        fact = sample(archive, answered(), cell("2019-03", 2))
        (visit,) = archive.wait_for_ends(1)
    assert fact.answers == 2
    first, second = (
        {(group, number) for group, number, _ in elements(identifier)} for identifier in visit.identifiers[:2]
    )
    assert (0x0010, 0x1040) in first - second
    assert (0x0010, 0x0010) in first & second


@pytest.mark.parametrize("find", [Statuses((0,)), Statuses((0xA700,)), Abort()])
def test_no_answer_is_no_fact(find: Statuses | Abort) -> None:
    """Nothing there, refused or aborted: nothing was sampled, and at most ten questions were asked."""
    with Archive(Script(on_request=answers(find=find))) as archive, pytest.raises(NotAsked):
        sample(archive)
    assert len(archive.asked) <= 10


def test_an_association_that_is_refused_is_no_fact() -> None:
    """The archive may have changed its mind."""
    script = Script(on_associate=lambda _request: Reject())
    with Archive(script) as archive, pytest.raises(NotAsked):
        sample(archive)


@pytest.mark.parametrize(
    ("touch", "second_person"), [(Touch.COUNT, "Dr. B. Test"), (Touch.SAMPLE, None), (Touch.PROVE, None)]
)
def test_without_leave_nothing_is_dialled(touch: Touch, second_person: str | None) -> None:
    """The scope must go so far, and name a second person."""
    with Archive() as archive:
        with pytest.raises(NotAsked):
            sample(archive, touch=touch, second_person=second_person)
        assert archive.visits == []


@pytest.mark.parametrize(
    "seen",
    [
        (answered(matches=1),),
        (NullQueryAnswered(TITLES, QueryService.STUDY_ROOT, Ending.ABORT, None, 0),),
        (answered(QueryService.WORKLIST),),
    ],
)
def test_who_answered_no_null_query_is_not_dialled(seen: tuple[Fact, ...]) -> None:
    """Nor one that found what cannot exist."""
    with Archive() as archive:
        with pytest.raises(NotAsked):
            sample(archive, *seen)
        assert archive.visits == []


def test_the_latest_cell_comes_first_and_no_day_twice() -> None:
    """A year and its months: each day is asked once, the newest first, few studies at a time."""
    seen = [cell("2018", 40), cell("2019", 400), cell("2019-03", 3), cell("whole", 9), cell("2017", 0)]
    found = list(ranges(seen, TODAY))
    assert found[0][1] == date(2019, 12, 31)
    assert (found[0][1] - found[0][0]).days < 15
    days = [first.toordinal() + more for first, last in found for more in range((last - first).days + 1)]
    assert len(days) == len(set(days)) == 730
    assert days[-1] >= date(2018, 1, 1).toordinal()


def test_without_a_census_the_recent_past_comes_first() -> None:
    """Today, then four days, then sixteen: ten questions reach decades back."""
    found = list(ranges([cell("07", 5, Axis.TIMES), cell("2019", 5, things=Things.SERIES)], TODAY))
    assert found[0] == (TODAY, TODAY)
    assert found[1] == (date(2026, 11, 20), date(2026, 11, 23))
    assert len(found) <= 10
    assert found[-1][0].year < 2000


def test_years_together_are_looked_at_from_their_end() -> None:
    """Where a census found few enough to leave them together."""
    assert next(iter(ranges([cell("0001/1989", 3)], TODAY))) == (date(1, 1, 1), date(1989, 12, 31))


@pytest.mark.parametrize("name", ["0000", "2019-13", "20190101", "sample 2019", "07/08", "whole"])
def test_a_cell_that_is_no_year_or_month_is_not_looked_at(name: str) -> None:
    """Then the recent past is."""
    assert next(iter(ranges([cell(name, 5)], TODAY))) == (TODAY, TODAY)


def test_a_fault_while_values_pass_says_nothing_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its traceback holds buffers that were overwritten."""

    def broken(*_: object) -> None:
        raise ValueError("broken")

    monkeypatch.setattr(FillRates, "note", broken)
    script = Script(on_request=answers(find=Rows(3, then=Statuses((0,)), row=row)))
    with Archive(script) as archive, pytest.raises(ValueError, match="broken") as caught:
        sample(archive)
    trace = caught.value.__traceback__
    held = []
    while trace is not None:
        held += [bytes(value) for value in trace.tb_frame.f_locals.values() if isinstance(value, bytearray)]
        held += [
            bytes(each)
            for value in trace.tb_frame.f_locals.values()
            for name in getattr(type(value), "__slots__", ())
            if isinstance(each := getattr(value, name, None), bytearray)
        ]
        trace = trace.tb_next
    assert held
    assert all(b"Vogel" not in each for each in held)
