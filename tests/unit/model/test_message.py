"""Messages: English wherever a string is wanted, and what they were made of for whoever says them again."""

from __future__ import annotations

import json
import pickle
from copy import copy, deepcopy
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import reduce

import pytest

from dosimeter.model.message import (
    Message,
    Template,
    ands,
    commas,
    fields_of,
    fill,
    listed,
    many,
    say,
    semicolons,
    sentences,
)

WHY = say("the connection was {how}", how=say("refused"))
STUDIES = many("{number} study of {whom}", "{number} studies of {whom}", 12_430, whom="somebody")


def test_a_message_is_its_english_sentence() -> None:
    """It is a string, and remembers the template and what was put into it."""
    assert WHY == "the connection was refused"
    assert isinstance(WHY, str)
    assert (WHY.template, WHY.plural, WHY.number) == ("the connection was {how}", None, 1)
    assert WHY.arguments == {"how": "refused"}


def test_what_is_put_into_a_message_stays_a_message() -> None:
    """So that all of it can be said in another language."""
    how = WHY.arguments["how"]
    assert isinstance(how, Message)
    assert how.template == "refused"


@pytest.mark.parametrize(
    ("argument", "shown"),
    [
        (4_924_141, "4,924,141"),
        (999, "999"),
        (1_234.56, "1,234.6"),
        ("11112", "11112"),
        (date(2026, 11, 4), "2026-11-04"),
        (datetime(2026, 11, 4, 9, 5, tzinfo=UTC), "2026-11-04 09:05 UTC"),
    ],
)
def test_numbers_and_days_are_written_as_english_writes_them(argument: int | str | date, shown: str) -> None:
    """Text is left alone: a port is no number."""
    assert say("at {what}.", what=argument) == f"at {shown}."


@pytest.mark.parametrize(
    ("number", "says"),
    [(0, "0 studies of A"), (1, "1 study of A"), (2, "2 studies of A"), (1_000, "1,000 studies of A")],
)
def test_a_number_decides_between_two_forms(number: int, says: str) -> None:
    """One is one; none is many."""
    assert many("{number} study of {whom}", "{number} studies of {whom}", number, whom="A") == says


def test_a_number_is_kept_with_both_forms() -> None:
    """Another language has its own rule for it."""
    assert STUDIES == "12,430 studies of somebody"
    assert STUDIES.template == "{number} study of {whom}"
    assert STUDIES.plural == "{number} studies of {whom}"
    assert STUDIES.number == STUDIES.arguments["number"] == 12_430


@pytest.mark.parametrize(
    ("items", "in_a_list", "with_and"),
    [
        ([], "", ""),
        (["a"], "a", "a"),
        (["a", "b"], "a and b", "a and b"),
        (["a", "b", "c"], "a, b and c", "a and b and c"),
        (["a", "b", "c", "d"], "a, b, c and d", "a and b and c and d"),
    ],
)
def test_lists_of_any_length(items: list[str], in_a_list: str, with_and: str) -> None:
    """Each is one message, whatever it is made of."""
    assert listed(items) == in_a_list
    assert ands(items) == with_and
    assert commas(items) == ", ".join(items)
    assert semicolons(items) == "; ".join(items)
    assert sentences(items) == " ".join(items)
    for made in (listed(items), ands(items), commas(items), semicolons(items), sentences(items)):
        assert isinstance(made, Message)


def test_a_long_list_is_not_deep() -> None:
    """Ten thousand items are said without running out of stack, and copied so."""
    items = [str(number) for number in range(10_000)]
    long = commas(items)
    assert long == ", ".join(items)
    assert depth(long) < 20
    assert pickle.loads(pickle.dumps(long)) == long  # noqa: S301 - our own


def depth(message: Message) -> int:
    """How many messages stand inside one another."""
    return 1 + max(
        (depth(each) for each in message.arguments.values() if isinstance(each, Message)), default=0
    )


def test_a_list_of_one_message_is_that_message() -> None:
    """Nothing is wrapped that need not be."""
    assert commas([WHY]) is WHY


def test_other_braces_stand_for_themselves() -> None:
    """Remedies quote JSON."""
    json_key = 'Set "DicomModalities": {"name": ["AETITLE", 104]} in {file}; {} and { x } stay.'
    assert say(json_key, file="orthanc.json") == json_key.replace("{file}", "orthanc.json")
    assert fields_of(json_key) == {"file"}


def test_what_is_put_in_is_never_read_as_a_template() -> None:
    """A peer may call itself anything."""
    assert say("Announces {product} as {how}.", product="{how}", how="{product}") == (
        "Announces {how} as {product}."
    )


def test_a_field_can_begin_a_sentence() -> None:
    """Its first letter becomes a capital one, the others stay."""
    assert say("{^why}.", why=WHY) == "The connection was refused."
    assert say("{^what}", what="eCHO") == "ECHO"
    assert say("{^what}", what="") == ""
    assert fields_of("{^why}: {why} and {more}") == {"why", "more"}


def test_a_field_that_nothing_fills_is_an_error() -> None:
    """It would be printed as it is."""
    with pytest.raises(KeyError, match="why"):
        say("because {why}")
    with pytest.raises(KeyError, match="whom"):
        fill("of {whom}", {})


def test_a_template_is_text_until_it_is_filled() -> None:
    """Tables hold it; one with two forms is counted."""
    template = Template("The {root} null query was answered.")
    assert template == "The {root} null query was answered."
    assert template.filled({"root": "Study Root"}) == "The Study Root null query was answered."
    assert template.filled({"root": "Study Root"}).template == str(template)
    counted = Template("{number} study", "{number} studies")
    assert [counted.counted(number) for number in (1, 2_000)] == ["1 study", "2,000 studies"]
    assert counted.counted(2).plural == "{number} studies"


@pytest.mark.parametrize("message", [WHY, STUDIES, say("plain"), say("")], ids=repr)
def test_a_copy_is_the_same_message(message: Message) -> None:
    """Between processes as within one."""
    for other in (copy(message), deepcopy(message), pickle.loads(pickle.dumps(message))):  # noqa: S301 - our own
        assert other == message
        assert isinstance(other, Message)
        assert (other.template, other.plural, other.number) == (
            message.template,
            message.plural,
            message.number,
        )
        assert other.arguments == message.arguments
    template = pickle.loads(pickle.dumps(Template("a {b}", "c")))  # noqa: S301 - our own
    assert (template, template.plural) == ("a {b}", "c")


def test_messages_are_equal_and_hashed_as_their_text() -> None:
    """Findings are compared and kept once, whatever made them."""
    assert {WHY, "the connection was refused", say("the connection was refused")} == {WHY}
    assert dict.fromkeys([WHY, str(WHY)]) == {"the connection was refused": None}


def test_a_message_is_written_as_plain_text() -> None:
    """Machine formats know no languages."""
    assert json.loads(json.dumps({"says": WHY})) == {"says": "the connection was refused"}
    assert type(str(WHY)) is str
    assert type(f"{WHY}") is str


@dataclass(frozen=True, slots=True)
class Row:
    """Something that holds a message."""

    says: str


def test_a_row_with_a_message_is_a_row_with_its_text() -> None:
    """Verdicts hold messages, and tests compare them with text."""
    assert Row(WHY) == Row("the connection was refused")
    assert hash(Row(WHY)) == hash(Row("the connection was refused"))


def test_a_chain_of_messages_keeps_every_piece() -> None:
    """What was said first can still be found."""
    chain = reduce(lambda so_far, item: say("{so_far}; {item}", so_far=so_far, item=item), [WHY, STUDIES])
    assert chain == "the connection was refused; 12,430 studies of somebody"
    assert chain.arguments["so_far"] is WHY
