from __future__ import annotations

import struct
from datetime import date

import pytest

from dosimeter.dicom.errors import LocalProtocolError, RemoteProtocolError
from dosimeter.dicom.pdu_decode import decode_whole, find_end
from dosimeter.dicom.sample_filter import SampleFilter
from dosimeter.dicom.sample_query import (
    MAX_ANSWERS,
    SAMPLED_KEYS,
    SampleKeys,
    sample_identifier,
    sample_query_string,
)
from dosimeter.dicom.sample_values import SHAPES
from dosimeter.dicom.sampling import Fill, FillRates, IdentifierReader
from dosimeter.dicom.uids import EXPLICIT_VR_LE, IMPLICIT_VR_LE
from tests.unit.dicom.sampled import TAGS, VRS, answer, element, rate, reduce

MONTH = (date(2019, 3, 1), date(2019, 3, 31))
ITEM, ITEM_END, SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
UNDEFINED = 0xFFFFFFFF


def delimiter(tag: int, length: int = 0) -> bytes:
    """The head of an item, or a delimiter."""
    return struct.pack("<HHI", tag >> 16, tag & 0xFFFF, length)


@pytest.mark.parametrize("explicit", [False, True])
@pytest.mark.parametrize("name", [key.keyword for key in SAMPLED_KEYS if key.vr != b"SQ"])
@pytest.mark.parametrize("piece", [1, 3, 1 << 20])
def test_an_attribute_is_filled_empty_or_absent(*, name: str, explicit: bool, piece: int) -> None:
    """Three answers, one of each kind, in whatever pieces they come."""
    rates = reduce(
        answer({name: b"19560723"}, explicit=explicit),
        answer({name: b""}, explicit=explicit),
        answer({}, explicit=explicit),
        explicit=explicit,
        piece=piece,
    )
    assert rate(rates, name) == Fill(name, 1, 1, 1, 0)
    assert rates.answers == 3


@pytest.mark.parametrize("blank", [b" ", b"  \0\0", b" \t\r\n", b"\\  \\"])
def test_what_is_blank_is_empty(blank: bytes) -> None:
    """Padding, controls and the separator of values fill nothing."""
    assert rate(reduce(answer({"PatientAddress": blank})), "PatientAddress").empty == 1


@pytest.mark.parametrize(
    ("name", "has_given_name"),
    [
        (b"Vogel^Anna", True),
        (b"Vogel^Anna^^Dr.", True),
        (b"Vogel", False),
        (b"Vogel^", False),
        (b"Vogel^ ^Maria", False),
        (b"^Anna", True),
        (b"=^Anna", True),
        (b"Vogel==Vogel^Anna", True),
    ],
)
def test_a_first_name_is_told_apart(*, name: bytes, has_given_name: bool) -> None:
    """It is the second component of a name, in any of its three groups."""
    found = rate(reduce(answer({"PatientName": name})), "PatientGivenName")
    assert (found.filled, found.empty) == ((1, 0) if has_given_name else (0, 1))


@pytest.mark.parametrize("name", [b"^^^^", b"==", b" ^ = ^"])
def test_a_name_of_separators_is_empty(name: bytes) -> None:
    """Carets and equals signs alone are no name."""
    assert rate(reduce(answer({"PatientName": name})), "PatientName").empty == 1


@pytest.mark.parametrize(
    ("text", "character_set", "has_given_name"),
    [
        ("\u5c71\u7530^\u592a\u90ce".encode("iso2022_jp"), b"\\ISO 2022 IR 87", True),
        ("\u5b57\u5b57".encode("iso2022_jp"), b"\\ISO 2022 IR 87", False),
        (b"\x81\x5e\x81\x5e", b"GB18030", False),
        (b"\x81\x5e^\x81\x5e", b"GBK", True),
        ("Jos\u00e9^Mar\u00eda".encode("latin-1"), b"ISO_IR 100", True),
        ("\u674e^\u660e".encode(), b"ISO_IR 192", True),
        (b"\x1b$B^^^^\x1b(B", b"\\ISO 2022 IR 87", False),
    ],
)
def test_what_separates_depends_on_the_character_set(
    *, text: bytes, character_set: bytes, has_given_name: bool
) -> None:
    """A caret that is half of a character separates nothing; escape sequences are no text."""
    rates = reduce(answer({"PatientName": text}, character_set=character_set))
    assert rate(rates, "PatientName").filled == 1
    assert rate(rates, "PatientGivenName").filled == has_given_name


def test_an_escape_sequence_alone_is_empty() -> None:
    """It says how to read what follows, and nothing follows."""
    assert rate(reduce(answer({"PatientName": b"\x1b$B\x1b(B"})), "PatientName").empty == 1


@pytest.mark.parametrize(
    ("name", "value", "is_test"),
    [
        ("PatientName", b"TEST^PATIENT", True),
        ("PatientName", b"test", True),
        ("PatientName", b"DOE^JOHN", True),
        ("PatientName", b"Doe^Jane", True),
        ("PatientName", b"ANONYMIZED", True),
        ("PatientName", b"QA Phantom 3", True),
        ("PatientName", b"XXXX", True),
        ("PatientName", b"Testa^Maria", False),
        ("PatientName", b"Protest^Anna", False),
        ("PatientName", b"Doering^John", False),
        ("PatientName", b"Vogel^Anna", False),
        ("PatientID", b"TEST01", True),
        ("PatientID", b"000000", True),
        ("PatientID", b"9999999", True),
        ("PatientID", b"-", True),
        ("PatientID", b"4711-22", False),
        ("PatientBirthDate", b"19000101", True),
        ("PatientBirthDate", b"00010101", True),
        ("PatientBirthDate", b"19560101", False),
        ("PatientBirthDate", b"1900010", False),
        ("NumberOfStudyRelatedInstances", b"111", False),
    ],
)
def test_what_looks_like_test_data(*, name: str, value: bytes, is_test: bool) -> None:
    """Words that stand alone, one sign repeated, dates that software writes where it has none."""
    assert rate(reduce(answer({name: value})), name) == Fill(name, 1, 0, 0, int(is_test))


@pytest.mark.parametrize(
    "value",
    [
        b"269054958815780",
        b"2 69 05 49 588 157 80",
        b"RSSMRA85T10A562S",
        b"12345678Z",
        b"078-05-1120",
        b"529.982.247-25",
        b"9434765919",
        b"943 476 5919",
        b"44051401359",
        b"85073003328",
        b"110790-1234",
        b"19811228-9874",
        b"131052-308T",
        b"11010519491231002X",
        b"880101-1234567",
        b"1234 5678 9012",
        b"HOSP 1\\078-05-1120",
        b" 078-05-1120  ",
    ],
)
def test_what_looks_like_a_national_number(value: bytes) -> None:
    """Each shape of the table has an example from its country's own documentation that fits."""
    assert rate(reduce(answer({"PatientID": value})), "LooksLikeNationalNumber").filled == 1


@pytest.mark.parametrize(
    "value",
    [
        b"269054958815781",
        b"9434765918",
        b"PAT-0001",
        b"123456",
        b"0000000000",
        b"078-05-11201",
        b"44051401358",
    ],
)
def test_what_does_not_look_like_a_national_number(value: bytes) -> None:
    """Wrong check digits, local identifiers and rows of zeros are none."""
    assert rate(reduce(answer({"PatientID": value})), "LooksLikeNationalNumber").empty == 1


def test_an_accession_number_is_no_identifier_of_a_person() -> None:
    """Whatever shape it has."""
    assert rate(reduce(answer({"AccessionNumber": b"078-05-1120"})), "LooksLikeNationalNumber").absent == 1


def test_the_weights_of_each_shape_fit_its_pattern() -> None:
    """As many as there are digits."""
    for shape in SHAPES:
        digits = sum(letter in "dMDX" for letter in shape.pattern)
        assert len(shape.weights) in {0, digits}, shape.says
        assert bool(shape.weights) == bool(shape.modulus), shape.says


@pytest.mark.parametrize("undefined_sequence", [False, True])
@pytest.mark.parametrize("undefined_item", [False, True])
@pytest.mark.parametrize("explicit", [False, True])
@pytest.mark.parametrize("piece", [1, 1 << 20])
def test_other_identifiers_are_found_in_their_sequence(
    *, undefined_sequence: bool, undefined_item: bool, explicit: bool, piece: int
) -> None:
    """Lengths defined or not; a PatientID deeper down, or in another sequence, is not looked at."""
    inner = element(TAGS["PatientID"], b"078-05-1120", explicit=explicit)
    item = delimiter(ITEM, UNDEFINED if undefined_item else len(inner)) + inner
    item += delimiter(ITEM_END) if undefined_item else b""
    tag = TAGS["OtherPatientIDsSequence"]
    if undefined_sequence:
        head = struct.pack("<HH", tag >> 16, tag & 0xFFFF) + (b"SQ\0\0" if explicit else b"")
        sequence = head + struct.pack("<I", UNDEFINED) + item + delimiter(SEQUENCE_END)
    else:
        sequence = element(tag, item, b"SQ", explicit=explicit)
    after = answer({"PatientAddress": b"here"}, explicit=explicit)

    rates = reduce(sequence + after, explicit=explicit, piece=piece)

    assert rate(rates, "OtherPatientIDsSequence").filled == 1
    assert rate(rates, "LooksLikeNationalNumber").filled == 1
    assert rate(rates, "PatientID").absent == 1
    assert rate(rates, "PatientAddress").filled == 1


@pytest.mark.parametrize(("depth", "is_walked"), [(8, True), (9, False)])
def test_sequences_are_walked_eight_deep(*, depth: int, is_walked: bool) -> None:
    """What is deeper ends the walk; what was noted before it stands."""
    nested = b""
    for _ in range(depth):
        nested = (
            struct.pack("<HHI", 0x0008, 0x1111, UNDEFINED)
            + delimiter(ITEM, UNDEFINED)
            + nested
            + delimiter(ITEM_END)
            + delimiter(SEQUENCE_END)
        )
    rates = reduce(answer({"AccessionNumber": b"A1"}) + nested + answer({"PatientName": b"Vogel"}))
    assert rate(rates, "AccessionNumber").filled == 1
    assert rate(rates, "PatientName").filled == is_walked


def test_a_value_that_looks_like_an_element_is_none() -> None:
    """A value is passed over by its length."""
    hidden = answer({"PatientName": b"Vogel"})
    assert rate(reduce(element(0x00091001, hidden)), "PatientName").absent == 1


def test_elements_that_do_not_ascend_end_the_walk() -> None:
    """PS3.5 §7.1."""
    rates = reduce(answer({"PatientName": b"Vogel"}) + answer({"AccessionNumber": b"A1"}))
    assert rate(rates, "PatientName").filled == 1
    assert rate(rates, "AccessionNumber").absent == 1


def test_the_twenty_first_answer_is_not_taken() -> None:
    """It is a row, and no more."""
    rates = reduce(*[answer({"PatientName": b"Vogel"})] * 25)
    assert (rates.answers, rates.rows) == (MAX_ANSWERS, 25)
    assert rate(rates, "PatientName").filled == MAX_ANSWERS


def test_the_question_names_a_range_and_holds_no_other_value() -> None:
    """All keys but level and date are empty, in ascending order; both transfer syntaxes."""
    for syntax in (IMPLICIT_VR_LE, EXPLICIT_VR_LE):
        identifier = sample_identifier(SampleKeys(MONTH), syntax)
        assert identifier.count(b"20190301-20190331") == 1
        explicit = syntax == EXPLICIT_VR_LE
        rates = reduce(identifier, explicit=explicit)
        asked = {fill.name for fill in rates.fills() if not fill.absent} - {
            "PatientGivenName",
            "LooksLikeNationalNumber",
        }
        assert asked == {key.keyword for key in SAMPLED_KEYS}
        assert {fill.name for fill in rates.fills() if fill.filled} == {"StudyDate"}


def test_a_shorter_question_names_what_the_table_lists() -> None:
    """PS3.4 Table C.6-5 alone: no address, no institution."""
    rates = reduce(sample_identifier(SampleKeys(MONTH, listed_only=True), IMPLICIT_VR_LE))
    assert rate(rates, "PatientBirthDate").empty == 1
    assert rate(rates, "InstitutionName").absent == rate(rates, "PatientAddress").absent == 1


def test_a_range_that_is_none_is_refused() -> None:
    """As is a transfer syntax that identifiers are not written in."""
    with pytest.raises(LocalProtocolError):
        sample_identifier(SampleKeys((MONTH[1], MONTH[0])), IMPLICIT_VR_LE)
    with pytest.raises(LocalProtocolError):
        sample_identifier(SampleKeys(MONTH), "1.2.840.10008.1.2.2")


def test_the_query_over_http_is_short_and_bounded() -> None:
    """What every server returns unasked is not named."""
    query = sample_query_string()
    assert query.startswith("limit=20&includefield=")
    assert "00101040" in query
    assert "00100010" not in query


def test_every_key_has_its_vr() -> None:
    """Two letters, and tags in ascending order."""
    assert [key.tag for key in SAMPLED_KEYS] == sorted(key.tag for key in SAMPLED_KEYS)
    assert all(len(vr) == 2 for vr in VRS.values())


def pdata(*pdvs: tuple[int, bytes]) -> bytes:
    """A P-DATA-TF of these control headers and fragments, on context 1."""
    body = b"".join(struct.pack(">IBB", len(data) + 2, 1, control) + data for control, data in pdvs)
    return struct.pack(">BxI", 4, len(body)) + body


@pytest.mark.parametrize("piece", [1, 7, 1 << 20])
def test_the_association_is_handed_no_byte_of_a_data_set(piece: int) -> None:
    """Commands and ends pass, values do not, however they are cut into PDVs and PDUs."""
    identifier = answer({"PatientName": b"Vogel^Anna", "PatientID": b"4711"})
    wire = (
        pdata((3, b"command of the first"), (0, identifier[:9]))
        + pdata((0, identifier[9:13]), (2, identifier[13:]))
        + pdata((3, b"command of the last"))
        + b"\x06\0\0\0\0\4\0\0\0\0"
    )
    rates = FillRates()
    between = SampleFilter(rates, explicit=False)
    handed = b""
    while wire:
        taken = between.feed(memoryview(wire)[:piece])
        handed += between.said()
        wire = wire[taken:]

    assert handed == (
        pdata((3, b"command of the first"))
        + pdata((2, b""))
        + pdata((3, b"command of the last"))
        + b"\x06\0\0\0\0\4\0\0\0\0"
    )
    rates.take()
    assert rate(rates, "PatientGivenName").filled == 1


@pytest.mark.parametrize(
    "wire",
    [
        struct.pack(">BxI", 4, 0),
        struct.pack(">BxI", 4, 5) + b"Vogel",
        struct.pack(">BxI", 4, 1 << 20) + b"Vogel",
        struct.pack(">BxI", 4, 11) + struct.pack(">IBB", 900, 1, 0) + b"Vogel",
        struct.pack(">BxI", 4, 11) + struct.pack(">IBB", 1, 1, 2) + b"Vogel",
        struct.pack(">BxI", 4, 11) + struct.pack(">IBB", 2, 1, 2) + b"Vogel",
        struct.pack(">BxI", 4, 6) + struct.pack(">IBB", 2, 1, 0),
    ],
)
def test_what_breaks_the_protocol_is_handed_on_broken_and_without_values(wire: bytes) -> None:
    """The association, and nobody else, judges it."""
    between = SampleFilter(FillRates(), explicit=False)
    place = 0
    handed = b""
    while place < len(wire):
        place += between.feed(memoryview(wire)[place:])
        handed += between.said()
    assert b"Vogel" not in handed
    with pytest.raises(RemoteProtocolError):
        decode_whole(handed[: find_end(handed, 0)])


def test_a_value_that_was_cut_leaves_no_state_behind() -> None:
    """Neither flags nor the one byte that is compared with the next: another value begins as one did."""
    reader = IdentifierReader(FillRates(), explicit=False)
    reader.feed(memoryview(answer({"PatientID": b"99999999"}))[:12])
    reader.wipe()
    fresh = IdentifierReader(FillRates(), explicit=False)
    kept, new = reader._value, fresh._value  # noqa: SLF001
    assert [getattr(kept, name) for name in kept.__slots__] == [getattr(new, name) for name in new.__slots__]
