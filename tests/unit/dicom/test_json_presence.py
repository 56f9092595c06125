from __future__ import annotations

import json
from typing import Any

import pytest

from dosimeter.dicom.json_presence import MAX_JSON_BYTES, JsonPresence
from dosimeter.dicom.sample_query import MAX_ANSWERS, SAMPLED_KEYS
from dosimeter.dicom.sampling import Fill, FillRates
from tests.unit.dicom.sampled import TAGS, rate


def reduce(text: bytes, piece: int = 1 << 20) -> FillRates:
    """Fill rates of an answer in DICOM JSON, taken in pieces of so many bytes."""
    rates = FillRates()
    presence = JsonPresence(rates)
    for place in range(0, len(text), piece):
        presence.feed(memoryview(text)[place : place + piece])
    presence.wipe()
    return rates


def study(**values: object) -> dict[str, Any]:
    """A study with these values; those of names stand in their three groups."""
    return {f"{TAGS[name]:08X}": {"vr": "??", "Value": value} for name, value in values.items()}


def written(*studies: dict[str, Any], ascii_only: bool = False) -> bytes:
    """An answer with these studies."""
    return json.dumps(list(studies), ensure_ascii=ascii_only, indent=1).encode()


@pytest.mark.parametrize("name", [key.keyword for key in SAMPLED_KEYS if key.vr not in {b"SQ", b"PN"}])
@pytest.mark.parametrize("piece", [1, 1 << 20])
def test_an_attribute_is_filled_empty_or_absent(name: str, piece: int) -> None:
    """Filled, without Value, with an empty text, with null, and not there at all."""
    empty = {f"{TAGS[name]:08X}": {"vr": "LO"}}
    text = written(study(**{name: ["19560723"]}), empty, study(**{name: [""]}), study(**{name: [None]}), {})
    rates = reduce(text, piece)
    assert rate(rates, name) == Fill(name, 1, 3, 1, 0)
    assert rates.answers == 5


@pytest.mark.parametrize("piece", [1, 1 << 20])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_names_stand_in_groups(*, piece: int, ascii_only: bool) -> None:
    """A first name in any of them counts, written plainly or in escapes."""
    text = written(
        study(PatientName=[{"Alphabetic": "Vogel^Anna"}]),
        study(PatientName=[{"Alphabetic": "Vogel"}]),
        study(PatientName=[{"Ideographic": "\u5c71\u7530^\u592a\u90ce"}]),
        study(PatientName=[{}]),
        study(PatientName=[{"Alphabetic": "D\u00d6E^J\u00d6HN"}]),
        study(PatientName=[{"Alphabetic": "DOE^JOHN"}]),
        ascii_only=ascii_only,
    )
    rates = reduce(text, piece)
    assert rate(rates, "PatientName") == Fill("PatientName", 5, 1, 0, 1)
    assert rate(rates, "PatientGivenName") == Fill("PatientGivenName", 4, 2, 0, 1)


def test_numbers_are_values() -> None:
    """The count of images comes as a number, or as a text."""
    text = written(
        study(NumberOfStudyRelatedInstances=[12]),
        study(NumberOfStudyRelatedInstances=["12"]),
        study(NumberOfStudyRelatedInstances=[]),
    )
    assert rate(reduce(text), "NumberOfStudyRelatedInstances").filled == 2


def test_escapes_are_read_as_what_they_stand_for() -> None:
    r"""\u0054EST is a test, and " \t" is blank."""
    text = (
        b'[{"00100010":{"vr":"PN","Value":[{"Alphabetic":"\\u0054EST"}]},"00101040":{"Value":["\\t \\n"]}}]'
    )
    rates = reduce(text)
    assert rate(rates, "PatientName").test_like == 1
    assert rate(rates, "PatientAddress").empty == 1


def test_other_identifiers_are_found_in_their_sequence() -> None:
    """And nothing else that stands there, nor a PatientID in another sequence."""
    item = {"00100020": {"vr": "LO", "Value": ["078-05-1120"]}, "00100010": {"Value": [{"Alphabetic": "X"}]}}
    other = {"00081110": {"vr": "SQ", "Value": [item]}}
    rates = reduce(written(study(OtherPatientIDsSequence=[item]), other))
    assert rate(rates, "OtherPatientIDsSequence").filled == 1
    assert rate(rates, "LooksLikeNationalNumber").filled == 1
    assert rate(rates, "PatientID").absent == rate(rates, "PatientName").absent == 2


def test_a_key_within_a_value_is_none() -> None:
    """Text that looks like JSON is text."""
    rates = reduce(written(study(PatientComments=['{"00100010":{"Value":["Vogel"]}}'])))
    assert rate(rates, "PatientComments").filled == 1
    assert rate(rates, "PatientName").absent == 1


def test_inline_binary_fills() -> None:
    """InlineBinary stands in place of Value."""
    assert rate(reduce(b'[{"00101040":{"vr":"UN","InlineBinary":"Vm9nZWw="}}]'), "PatientAddress").filled == 1


def test_the_twenty_first_answer_is_not_looked_at() -> None:
    """A server that ignores the limit is not read on."""
    rates = reduce(written(*[study(PatientID=["4711"])] * 50))
    assert rates.answers == rates.rows == MAX_ANSWERS


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b"{}",
        b"null",
        b"<html>Vogel</html>",
        b'{"00100010":{"Value":["Vogel"]}}',
        b'["Vogel"]',
        b"[[[[",
        b"[" * 40,
        b"]}",
        b'[{"00100010":{"Value":["Vogel"]}',
        b'[{"00100010":{"Value":["Vog',
        b'"' + b"A" * (MAX_JSON_BYTES + 9),
    ],
)
def test_what_is_no_list_of_studies_has_no_answers(text: bytes) -> None:
    """Pages, objects, cut answers: nothing is taken."""
    assert reduce(text).answers == 0


def test_it_stops_at_256_kib_and_at_16_levels() -> None:
    """What stands before is taken."""
    many = b"[" + b'{"00100020":{"vr":"LO","Value":["4711"]}},' * 2
    assert reduce(many + b'{"x":' + b"[" * 20 + b"]" * 20 + b'}, {"00100020":{}}]').answers == 2
    padded = many + b" " * MAX_JSON_BYTES + b'{"00100020":{}}]'
    assert reduce(padded).answers == 2
