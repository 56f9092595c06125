from __future__ import annotations

import json
from dataclasses import fields
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dosimeter.model.attempt import Attempt, Cause, Completed, Failed
from dosimeter.model.census import Axis, CounterSum, Cut, ModalityCount, Sample, Things
from dosimeter.model.facts import CellCounted, Ending, Fact, QueryService
from dosimeter.model.text import ServerText
from dosimeter.store.attempts import decode_attempts, decode_cell, encode_attempts, encode_cell
from tests.contract.samples import ATTEMPTS, TITLES

st.register_type_strategy(ServerText, st.text().map(ServerText.of))


def kinds() -> list[type]:
    """Every type a fact can have."""
    return list(get_args(Fact))


@given(st.lists(st.from_type(Attempt)).map(tuple))
def test_attempts_come_back_as_they_were(attempts: tuple[Attempt, ...]) -> None:
    """Any attempt of any fact is the same after text and back, and the text is JSON, ASCII, a line each."""
    text = encode_attempts(attempts)
    assert decode_attempts(text) == attempts
    assert text.isascii()
    assert len(json.loads(text)) == len(attempts)
    assert text.count("\n") == max(len(attempts) - 1, 0)


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_every_kind_of_fact_comes_back(kind: type, data: st.DataObject) -> None:
    """No kind of fact is forgotten, whichever attempt carries it."""
    fact = data.draw(st.from_type(kind))
    attempts = (
        Completed("p", (fact,)),
        Failed("q", data.draw(st.sampled_from(Cause)), "our words", (fact, fact)),
    )
    again = decode_attempts(encode_attempts(attempts))
    assert again == attempts
    assert type(again[0].facts[0]) is kind


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_no_field_of_a_fact_is_left_out(kind: type, data: st.DataObject) -> None:
    """The text holds one item a field, so a field added to a fact cannot be lost in silence."""
    fact = data.draw(st.from_type(kind))
    [[_outcome, _probe, [items]]] = json.loads(encode_attempts((Completed("p", (fact,)),)))
    assert len(items) == len(fields(fact))
    assert items[0] == fact.kind


def test_the_text_is_what_older_files_hold() -> None:
    """The form is fixed: files written by this version must stay readable."""
    assert encode_attempts(ATTEMPTS) == (
        '[["completed","dicom_associate",[["association_accepted",["NOBODY-7F3A9C","DOSIMETER",true],'
        '["1.2.840.10008.1.1","1.2.840.10008.5.1.4.1.2.2.1"],[["1.2.840.10008.5.1.4.31",3]],false,'
        '"1.2.276.0.7230010.3.0.3.6.7","OFFIS_DCMTK_367",16384,[]]]],\n'
        '["completed","null_query_study_root",[["null_query_answered",["NOBODY-7F3A9C","DOSIMETER",true],'
        '"study_root","status",0,0]]],\n'
        '["failed","dicom_tls","refused","the connection was refused",[]],\n'
        '["skipped","ae_titles","the scope lists no titles"]]'
    )


CELL = CellCounted(
    titles=TITLES,
    service=QueryService.STUDY_ROOT,
    things=Things.STUDIES,
    axis=Axis.DATES,
    cell="2019",
    with_counters=True,
    cut=Cut.NOT,
    ending=Ending.STATUS,
    status=0,
    questions=3,
    rows=48,
    distinct=47,
    fresh=46,
    on_axis=93,
    largest=20,
    received=8_192,
    milliseconds=15,
    run=1,
    counters=(CounterSum("NumberOfStudyRelatedSeries", 96, 47, 0, 1),),
    modalities=(ModalityCount("CT", 30, verified=True),),
    patients=40,
    without_patient=2,
    public_roots=1,
    sample=Sample(365, (3, 0, 1)),
    without_key=3,
    all_patients=41,
)
CELL_TEXT = (
    '["cell_counted",["NOBODY-7F3A9C","DOSIMETER",true],"study_root","studies","dates","2019",true,"not",'
    '"status",0,3,48,47,46,93,20,8192,15,1,[["NumberOfStudyRelatedSeries",96,47,0,1]],[["CT",30,true]],'
    "40,2,1,[365,[3,0,1]],3,41]"
)


def test_the_text_of_a_cell_is_what_files_hold() -> None:
    """The form is fixed: checkpoints of a census written by this version must stay readable."""
    assert encode_cell(CELL) == CELL_TEXT
    assert decode_cell(CELL_TEXT) == CELL


@given(st.from_type(CellCounted))
def test_a_cell_comes_back_as_it_was(cell: CellCounted) -> None:
    """Any cell is the same after text and back, in a checkpoint as in an attempt."""
    assert decode_cell(encode_cell(cell)) == cell
    attempts = (Completed("count", (cell,) * 9),)
    assert decode_attempts(encode_attempts(attempts)) == attempts


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        "[" * 100_000,
        '["not_dicom_seen","http"]',
        '["cell_counted"]',
        CELL_TEXT[:-40],
        CELL_TEXT.replace('"dates"', '"daytes"'),
        CELL_TEXT.replace("40,2,1,", "40,2,"),
        CELL_TEXT.replace("40,2,1,", "40,2,1,0,"),
        CELL_TEXT.replace('[["CT",30,true]]', "7"),
        CELL_TEXT.replace("[365,[3,0,1]]", "[365]"),
    ],
)
def test_a_damaged_cell_is_a_value_error(text: str) -> None:
    """Whatever is not the text of a cell is named as such, with no other exception."""
    with pytest.raises(ValueError, match=r"."):
        decode_cell(text)


def test_attempts_on_one_line_are_read_too() -> None:
    """The first files had no line breaks."""
    assert decode_attempts(json.dumps(json.loads(encode_attempts(ATTEMPTS)))) == ATTEMPTS


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[",
        "[null]",
        '[],["skipped","p","w"]',
        '["skipped","p","w"]',
        '[["skipped","p","w"],\n]',
        '{["skipped","p","w"],\n["skipped","p","w"]}',
        "{}x",
        "[1]",
        "[[]]",
        '[["lost","p",[]]]',
        '[["completed","p"]]',
        '[["completed","p",[["no_such_fact"]]]]',
        '[["completed","p",[["not_dicom_seen","no such signature"]]]]',
        '[["completed","p",[["not_dicom_seen"]]]]',
        '[["failed","p","no such cause","d",[]]]',
        "[" * 100_000,
    ],
)
def test_damaged_text_is_a_value_error(text: str) -> None:
    """Whatever is not the text of attempts is named as such, with no other exception."""
    with pytest.raises(ValueError, match=r"."):
        decode_attempts(text)
