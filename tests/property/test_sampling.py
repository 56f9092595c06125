"""Any bytes, cut anywhere: sampling never raises, keeps no value, and counts the same however it is cut."""

from __future__ import annotations

import gc
import json
import struct

from hypothesis import given
from hypothesis import strategies as st

from dosimeter.dicom.json_presence import JsonPresence
from dosimeter.dicom.sample_filter import SampleFilter
from dosimeter.dicom.sample_query import SAMPLED_KEYS
from dosimeter.dicom.sampling import Fill, FillRates, IdentifierReader
from tests.unit.dicom.sampled import answer, element

NAMES = [key.keyword for key in SAMPLED_KEYS if key.vr != b"SQ"]
VALUES = st.dictionaries(
    st.sampled_from(NAMES), st.binary(max_size=40).filter(lambda value: not len(value) % 2)
)
SYNTAXES = st.sampled_from(["explicit", "implicit"])
CUTS = st.lists(st.integers(1, 50), min_size=1, max_size=8)


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    """The bytes in pieces of these lengths, over and over."""
    found = []
    place = turn = 0
    while place < len(data):
        length = cuts[turn % len(cuts)]
        found.append(data[place : place + length])
        place += length
        turn += 1
    return found


def read(identifier: bytes, cuts: list[int], *, explicit: bool) -> tuple[Fill, ...]:
    """Fill rates of one answer in these pieces."""
    rates = FillRates()
    reader = IdentifierReader(rates, explicit=explicit)
    for piece in pieces(identifier, cuts):
        reader.feed(memoryview(piece))
    reader.end()
    rates.take()
    return rates.fills()


def read_json(text: bytes, cuts: list[int]) -> tuple[Fill, ...]:
    """Fill rates of a text in these pieces."""
    rates = FillRates()
    presence = JsonPresence(rates)
    for piece in pieces(text, cuts):
        presence.feed(memoryview(piece))
    presence.wipe()
    return rates.fills()


@given(st.binary(max_size=400), CUTS, SYNTAXES)
def test_any_bytes_are_walked_alike_however_they_are_cut(data: bytes, cuts: list[int], syntax: str) -> None:
    """No identifier raises, and where it is cut changes no count."""
    assert read(data, cuts, explicit=syntax == "explicit") == read(
        data, [1 << 20], explicit=syntax == "explicit"
    )


@given(VALUES, CUTS, SYNTAXES, st.data())
def test_a_damaged_answer_is_walked_alike_however_it_is_cut(
    values: dict[str, bytes],
    cuts: list[int],
    syntax: str,
    data: st.DataObject,
) -> None:
    """Bytes of a real answer overwritten, cut off, doubled."""
    whole = bytearray(
        answer(values, explicit=syntax == "explicit")
        + element(0x00101002, b"", b"SQ", explicit=syntax == "explicit")
    )
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] = data.draw(st.integers(0, 255))
    identifier = bytes(whole[: data.draw(st.integers(0, len(whole)))])
    assert read(identifier, cuts, explicit=syntax == "explicit") == read(
        identifier, [1 << 20], explicit=syntax == "explicit"
    )


@given(VALUES, CUTS, SYNTAXES)
def test_every_attribute_that_was_sent_is_there(
    values: dict[str, bytes], cuts: list[int], syntax: str
) -> None:
    """What was sent is filled or empty, what was not is absent."""
    fills = {
        fill.name: fill
        for fill in read(answer(values, explicit=syntax == "explicit"), cuts, explicit=syntax == "explicit")
    }
    for name in NAMES:
        assert fills[name].absent == (name not in values)


@given(st.binary(max_size=400), CUTS)
def test_any_bytes_pass_the_filter(data: bytes, cuts: list[int]) -> None:
    """No bytes of a connection raise."""
    between = SampleFilter(FillRates(), explicit=False)
    for piece in pieces(data, cuts):
        place = 0
        while place < len(piece):
            taken = between.feed(memoryview(piece)[place:])
            assert taken > 0
            place += taken
        between.said()


@given(st.lists(st.binary(max_size=60), max_size=6), CUTS)
def test_no_fragment_of_a_data_set_passes_the_filter(fragments: list[bytes], cuts: list[int]) -> None:
    """Marked bytes go in between commands; none comes out."""
    mark = b"\xa5\x5a\xa5\x5a"
    body = b"".join(
        struct.pack(">IBB", len(part) + len(mark) + 2, 1, 2 * (place == len(fragments) - 1)) + mark + part
        for place, part in enumerate(fragments)
    )
    wire = struct.pack(">BxI", 4, len(body)) + body if body else b""
    between = SampleFilter(FillRates(), explicit=False)
    said = b""
    for piece in pieces(wire, cuts):
        place = 0
        while place < len(piece):
            place += between.feed(memoryview(piece)[place:])
        said += between.said()
    assert mark not in said
    assert len(said) <= 12


@given(st.binary(max_size=400) | st.text(alphabet='[]{}",:\\u0 1aV', max_size=300).map(str.encode), CUTS)
def test_any_text_is_read_alike_however_it_is_cut(text: bytes, cuts: list[int]) -> None:
    """No body raises, and where it is cut changes no count."""
    assert read_json(text, cuts) == read_json(text, [1 << 20])


JSON = st.recursive(
    st.none() | st.just(value=True) | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["00100010", "00101002", "00100020", "Value", "Alphabetic", "vr", "x"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=20,
)


@given(
    st.lists(st.dictionaries(st.sampled_from(["00100010", "00100020", "00081030"]), JSON), max_size=22), CUTS
)
def test_answers_are_counted_as_a_json_library_counts_them(
    studies: list[dict[str, object]], cuts: list[int]
) -> None:
    """Whatever stands in them."""
    rates = FillRates()
    presence = JsonPresence(rates)
    for piece in pieces(json.dumps(studies).encode(), cuts):
        presence.feed(memoryview(piece))
    assert rates.answers == min(len(studies), 20)
    (name,) = [fill for fill in rates.fills() if fill.name == "PatientID"]
    taken = studies[:20]
    present = sum(isinstance(study.get("00100020"), dict) for study in taken)
    assert name.absent == len(taken) - present


def held(needle: bytes) -> list[object]:
    """Every object that the collector knows of, or that one of them refers to, and that holds the bytes."""
    found: list[object] = []
    seen: set[int] = set()
    waiting: list[object] = list(gc.get_objects())
    ours = {id(needle), id(found), id(seen), id(waiting)}
    while waiting:
        one = waiting.pop()
        if id(one) in seen or id(one) in ours:
            continue
        seen.add(id(one))
        if isinstance(one, (bytes, bytearray, str)):
            text = one.encode("utf-8", "surrogatepass") if isinstance(one, str) else bytes(one)
            found += [one] if needle in text else []
        else:
            waiting.extend(each for each in gc.get_referents(one) if id(each) not in seen)
    return found


def test_the_search_for_live_objects_finds_what_is_kept() -> None:
    """A bytearray in a list, a piece of a text in a slot."""
    needle = bytes(reversed(b"^SLANOSREP"))
    kept = [bytearray(b"before " + needle)]
    assert held(needle) == kept


def test_no_live_object_holds_a_value_once_it_has_passed() -> None:
    """Neither whole nor cut off in the middle, in either form of an answer."""
    backwards = b"ELPMAXE^LEGOV"
    wire = bytearray(answer({"PatientName": backwards[::-1], "PatientComments": backwards[::-1] * 9}))
    text = bytearray(json.dumps([{"00100010": {"Value": [{"Alphabetic": "@"}]}}] * 2).encode())
    place = text.rindex(b"@")
    text[place : place + 1] = backwards[::-1]
    rates = FillRates()
    reader = IdentifierReader(rates, explicit=False)
    presence = JsonPresence(rates)
    for end in (len(wire), len(wire) // 2):
        reader.begin()
        reader.feed(memoryview(wire)[:end])
        reader.wipe()
    presence.feed(memoryview(text)[:-12])
    presence.wipe()
    wire[:] = bytes(len(wire))
    text[:] = bytes(len(text))

    assert held(backwards[::-1]) == []
    assert [fill.name for fill in rates.fills()]
    assert reader is not None
    assert presence is not None
