from __future__ import annotations

import json
from dataclasses import fields
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dosimeter.model.attempt import Attempt, Cause, Completed, Failed
from dosimeter.model.facts import Fact
from dosimeter.model.text import ServerText
from dosimeter.store.attempts import decode_attempts, encode_attempts
from tests.contract.samples import ATTEMPTS

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
