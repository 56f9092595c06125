"""Whatever an archive answers, a census ends within its budget and its facts can be judged."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from dosimeter.census.judge import judge_census
from dosimeter.census.ladder import Census
from dosimeter.census.question import Answer, Question
from dosimeter.dicom.tally import CounterTotals, RowTally
from dosimeter.model.census import CensusEnd, Sample
from dosimeter.model.facts import CellCounted, CensusEnded, Ending, Fact, QueryService
from dosimeter.model.scope import CountBudget
from tests.unit.census.simulated import KEY, TITLES, digest, plan

BUDGET = CountBudget(rows=400, rows_per_answer=40, received_bytes=100_000, seconds=60.0)

answers = st.fixed_dictionaries(
    {
        "rows": st.integers(0, 60),
        "keys": st.integers(0, 60),
        "first": st.integers(0, 100),
        "ending": st.sampled_from((Ending.STATUS,) * 30 + tuple(Ending)),
        "status": st.sampled_from((0, 0, 0, 0xFE00, 0xC000, 0xA900, 0xB123, None)),
        "milliseconds": st.integers(0, 300),
        "stop": st.sampled_from((None,) * 60 + (CensusEnd.ASSOCIATIONS, CensusEnd.SECONDS, CensusEnd.BUSY)),
        "sums": st.integers(0, 60),
    }
)


def _answer(question: Question, drawn: dict) -> Answer:  # type: ignore[type-arg]  # as hypothesis draws it
    tally = RowTally(KEY, question.keys.level, counters=question.keys.counters)
    tally.rows = min(drawn["rows"], question.most_rows + 40)
    tally.received = 100 * tally.rows
    tally.keys.add_all([digest(f"{drawn['first'] + n}") for n in range(min(drawn["keys"], tally.rows))])
    tally.without_key = max(0, tally.rows - drawn["keys"])
    for tag in tally.sums:
        tally.sums[tag] = CounterTotals(
            drawn["sums"] * 7, min(drawn["sums"], tally.rows), 0, drawn["sums"] % 2
        )
    if question.keys.counters:
        tally.modalities = {"CT": tally.rows}
    time = drawn["milliseconds"]
    status = drawn["status"] if drawn["ending"] is Ending.STATUS else None
    return Answer(drawn["ending"], status, tally, time, time, None, 1, drawn["stop"])


@settings(max_examples=60, deadline=None)
@given(st.lists(answers, min_size=1, max_size=40), st.sampled_from(QueryService))
def test_an_archive_that_answers_at_random_ends_within_the_budget(
    drawn: list[dict],
    service: QueryService,  # type: ignore[type-arg]  # as hypothesis draws it
) -> None:
    """The answers are given over and over; rows, questions and cells stay bounded, and a judgement comes."""
    census = Census(plan(service, BUDGET))
    questions = census.questions()
    asked = rows = 0
    question = next(questions, None)
    while question is not None:
        answer = _answer(question, drawn[asked % len(drawn)])
        asked += 1
        rows += answer.tally.rows
        assert rows - answer.tally.rows < BUDGET.rows
        assert asked <= 6_000
        try:
            question = questions.send(answer)
        except StopIteration:
            question = None
    ended = CensusEnded(TITLES, census.end, asked, rows, 0, 1, 0)
    result = judge_census([*census.cells, ended])
    for count in (result.counts.studies, result.counts.worklist_items):
        assert count.kind == "unknown" or count.value >= 0


many = st.integers(0, 300)
cells = st.builds(
    CellCounted,
    titles=st.just(TITLES),
    questions=many,
    rows=many,
    distinct=many,
    fresh=many,
    on_axis=many,
    largest=many,
    run=st.integers(0, 3),
    sample=st.none() | st.builds(Sample, units=many, studies=st.lists(many, max_size=5).map(tuple)),
    cell=st.sampled_from(
        (
            "2019",
            "2019-03",
            "1900/1989",
            "2027/2199",
            "whole",
            "07",
            "00/11",
            "patient_ids",
            "sample 2019 weekdays",
            "?",
            "0001/2199",
            "2019-99",
            "12/ab",
            "\u00b2\u00b2",
        )
    )
    | st.text(max_size=8),
)


@settings(max_examples=300, deadline=timedelta(seconds=2))
@given(st.lists(cells | st.builds(CensusEnded, titles=st.just(TITLES)), max_size=12))
def test_any_facts_are_judged(facts: list[Fact]) -> None:
    """Facts of another version, or of a damaged file, come to some census and never to a failure."""
    judge_census(facts)
