from __future__ import annotations

import itertools
import struct
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from unittest import mock

from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import Dataset
from pydicom.datadict import dictionary_VR
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset

from dosimeter.dicom import row_shapes
from dosimeter.dicom.association import ResponseReceived
from dosimeter.dicom.count_query import (
    MODALITIES_IN_STUDY,
    PATIENT_ID,
    STUDY_INSTANCE_UID,
    UNIQUE_KEYS,
    WHOLE_IDENTIFIER,
    CountLevel,
    asked_back,
)
from dosimeter.dicom.dimse import PENDING, FindResponse, encode_response
from dosimeter.dicom.element_walk import ElementWalk
from dosimeter.dicom.errors import RemoteProtocolError
from dosimeter.dicom.pdu_encode import encode_fragment
from dosimeter.dicom.presence import MODALITIES
from dosimeter.dicom.row_frames import RowFrames
from dosimeter.dicom.tally import Column, CounterTotals, RowTally
from dosimeter.dicom.uids import STUDY_ROOT_FIND
from tests.unit.dicom.answering import (
    CONTEXT_ID,
    KEY,
    counting,
    element,
    final,
    fragmented,
    pending,
)

LEVELS = st.sampled_from(CountLevel)
TAGS = (
    *(0x00080005, 0x00080018, 0x00080052, 0x00080061, 0x00081032, 0x00100010, 0x00100020),
    *(0x0020000D, 0x0020000E, 0x00201200, 0x00201206, 0x00201208, 0x00201209, 0x00204000, 0x00400100),
)
STATUSES = st.sampled_from(sorted(PENDING))
VRS = (b"CS", b"UI", b"IS", b"PN", b"LO", b"SQ", b"UN")
FAKE = element(0x0020000D, b"9.9.9.") + element(0x00201208, b"99")
VALUES = st.sampled_from(
    (
        *(
            b"",
            b"\0\0",
            b"STUDY ",
            b"CT\\MR ",
            b"CANARY",
            b"1.2.3.4\0",
            b"1.2.3.5\0",
            b" 1.2.3.4",
            b"P1",
            b"P2  ",
        ),
        *(b"12", b"0 ", b"-1", b"10000001", b"99999999999", FAKE, pending(FAKE), final(), b"x" * 300),
    )
) | st.binary(max_size=6)


@st.composite
def identifiers(draw: st.DrawFn, *, explicit: bool) -> bytes:
    """Elements in order most of the time, of lengths that are right most of the time."""
    tags = draw(st.lists(st.sampled_from(TAGS), max_size=8, unique=True))
    if draw(st.integers(0, 9)):
        tags.sort()
    raw = b""
    for tag in tags:
        vr = draw(st.sampled_from(VRS)) if explicit else b""
        raw += element(tag, draw(VALUES), vr)
    fault = draw(st.integers(0, 19))
    if fault == 0:
        return raw[: draw(st.integers(0, len(raw)))]
    if fault == 1:
        return raw + draw(st.binary(max_size=9))
    if fault == 2 and raw:
        place = draw(st.integers(0, len(raw) - 1))
        return raw[:place] + b"\xff\xff\xff\xff" + raw[place + 4 :]
    return raw


@dataclass(frozen=True)
class Row:
    """A pending response and the PDVs it comes in."""

    identifier: bytes | None
    pdvs: tuple[bytes, ...]


def pdvs_of(raw: bytes) -> tuple[bytes, ...]:
    """The PDVs of P-DATA-TFs with one PDV each."""
    found = []
    while raw:
        (length,) = struct.unpack_from(">I", raw, 2)
        found.append(raw[6 : 6 + length])
        raw = raw[6 + length :]
    return tuple(found)


def rows(pool: Sequence[bytes]) -> st.SearchStrategy[Row]:
    """One of these identifiers whole or in fragments; or a response without one."""
    bare = encode_fragment(CONTEXT_ID, 3, encode_response(FindResponse(1, 0xFF00), STUDY_ROOT_FIND))
    chosen = st.sampled_from(pool)
    return st.one_of(
        chosen.map(lambda each: Row(each, pdvs_of(pending(each)))),
        chosen.map(lambda each: Row(each, pdvs_of(pending(each)))),
        st.builds(lambda each, status: Row(each, pdvs_of(pending(each, status=status))), chosen, STATUSES),
        st.builds(lambda each, size: Row(each, pdvs_of(fragmented(each, size))), chosen, st.integers(1, 50)),
        st.just(Row(None, pdvs_of(bare))),
    )


def stream_of(answer: Sequence[Row], grouping: Sequence[int]) -> bytes:
    """The answer and its final response, so many PDVs in each P-DATA-TF, over and over."""
    waiting = [pdv for row in answer for pdv in row.pdvs]
    stream = b""
    sizes = cycle(grouping)
    while waiting:
        size = next(sizes)
        body = b"".join(waiting[:size])
        stream += struct.pack(">BxI", 4, len(body)) + body
        del waiting[:size]
    return stream + final()


@st.composite
def answers(draw: st.DrawFn) -> tuple[list[Row], bool]:
    """Rows of an answer, most of them like others, and whether they are in explicit VR."""
    explicit = draw(st.booleans())
    pool = draw(st.lists(identifiers(explicit=explicit), min_size=1, max_size=6))
    pool += [whole[: draw(st.integers(0, len(whole)))] for whole in pool[:3]]
    runs = draw(st.lists(st.tuples(rows(pool), st.integers(1, 8)), max_size=12))
    return [row for row, many in runs for _ in range(many)], explicit


GROUPINGS = st.sampled_from(((1,), (1,), (2,), (4,), (1, 2))) | st.lists(
    st.integers(1, 5), min_size=1, max_size=4
)


@contextmanager
def quick_to_learn() -> Iterator[None]:
    """Shapes are compiled after two rows, so that short answers have some."""
    with mock.patch.object(row_shapes, "_LEARN_FIRST", 2):
        yield


@dataclass
class Expected:
    """What a plain reading of each row by itself says, with sets of values in place of digests."""

    level: CountLevel
    wanted: frozenset[int]
    keys: set[bytes] = field(default_factory=set)
    patients: set[bytes] = field(default_factory=set)
    studies: set[bytes] = field(default_factory=set)
    without_key: int = 0
    without_patient: int = 0
    modalities: dict[str, int] = field(default_factory=dict)
    sums: dict[int, list[int]] = field(default_factory=dict)

    def read(self, identifier: bytes | None, *, explicit: bool) -> None:
        """Take one row."""
        found: dict[int, bytes] = {}
        if identifier is not None:
            ElementWalk(identifier, explicit=explicit).read_into(found, self.wanted)
            found[WHOLE_IDENTIFIER] = identifier
        stripped = {tag: value.strip(b" \0") for tag, value in found.items()}
        key = stripped.get(UNIQUE_KEYS[self.level], b"")
        patient = stripped.get(PATIENT_ID, b"")
        self.keys |= {key} - {b""}
        self.without_key += not key
        if PATIENT_ID in self.wanted:
            self.patients |= {patient} - {b""}
            self.without_patient += not patient
        self.studies |= {stripped.get(STUDY_INSTANCE_UID, b"")} - {b""}
        terms = stripped.get(MODALITIES_IN_STUDY, b"").decode("latin-1").split("\\")
        for term in {each.strip(" \0") for each in terms} & MODALITIES:
            self.modalities[term] = self.modalities.get(term, 0) + 1
        for tag in self.sums:
            self._count(self.sums[tag], stripped.get(tag, b""))

    @staticmethod
    def _count(totals: list[int], digits: bytes) -> None:
        if not digits:
            return
        plausible = len(digits) <= 10 and all(48 <= byte <= 57 for byte in digits) and int(digits) <= 10**7
        if plausible:
            number = int(digits)
            totals[0] += number
            totals[1] += 1
            totals[2] += number == 0
        else:
            totals[3] += 1


def expectation(answer: Sequence[Row], tally: RowTally, level: CountLevel, *, explicit: bool) -> Expected:
    """What the tally of this answer is to say."""
    expected = Expected(level, tally.wanted, sums={tag: [0, 0, 0, 0] for tag in tally.sums})
    for row in answer:
        expected.read(row.identifier, explicit=explicit)
    return expected


def check(tally: RowTally, expected: Expected, answer: Sequence[Row]) -> None:
    """Every number of the tally is the expected one."""
    assert (tally.rows, tally.without_key) == (len(answer), expected.without_key)
    assert len(tally.keys) == len(expected.keys)
    assert len(tally.patients) == len(expected.patients)
    assert tally.without_patient == expected.without_patient
    assert len(tally.studies) == len(expected.studies)
    assert tally.modalities == expected.modalities
    assert tally.sums == {tag: CounterTotals(*totals) for tag, totals in expected.sums.items()}


FAULTS = st.lists(st.tuples(st.integers(0), st.integers(1, 255)), min_size=1, max_size=3)
CUTS = st.lists(st.integers(0, 2**20), max_size=8)


def pieces(stream: bytes, cuts: Sequence[int]) -> list[bytes]:
    """The stream cut at these places."""
    places = sorted({0, len(stream), *(cut % (len(stream) + 1) for cut in cuts)})
    return [stream[start:end] for start, end in itertools.pairwise(places)]


@settings(deadline=None, max_examples=300)
@given(answers(), GROUPINGS, LEVELS, st.integers(0, 1), CUTS)
def test_an_answer_counts_the_same_however_it_is_framed_and_cut(
    drawn: tuple[list[Row], bool],
    grouping: Sequence[int],
    level: CountLevel,
    counters: int,
    cuts: list[int],
) -> None:
    """Any rows, hostile and broken ones among them: taken in place they say what each says by itself."""
    answer, explicit = drawn
    stream = stream_of(answer, grouping)
    with quick_to_learn():
        tally = RowTally(KEY, level, counters=bool(counters))
        requestor = counting(tally, explicit=explicit)
        events = []
        for piece in pieces(stream, cuts):
            requestor.receive_data(piece)
            while (event := requestor.next_event()) is not None:
                events.append(event)

    assert [type(event) for event in events] == [ResponseReceived]
    assert tally.received == len(stream)
    check(tally, expectation(answer, tally, level, explicit=explicit), answer)


def hear(stream: bytes, cuts: Sequence[int], tally: RowTally, *, explicit: bool) -> list[str]:
    """The events of a stream, an offence being the last."""
    requestor = counting(tally, explicit=explicit)
    events: list[str] = []
    try:
        for piece in (*pieces(stream, cuts), b""):
            requestor.receive_data(piece)
            while (event := requestor.next_event()) is not None:
                events.append(repr(event))
    except RemoteProtocolError as error:
        events.append(error.field)
    return events


@settings(deadline=None, max_examples=200)
@given(
    answers(),
    GROUPINGS,
    CUTS,
    st.lists(st.tuples(st.integers(0), st.integers(1, 255)), min_size=1, max_size=3),
)
def test_a_broken_stream_ends_the_same_whether_rows_are_taken_in_place_or_not(
    drawn: tuple[list[Row], bool],
    grouping: Sequence[int],
    cuts: list[int],
    faults: list[tuple[int, int]],
) -> None:
    """A few bytes are changed anywhere, in lengths and commands too: the general path says what is right."""
    answer, explicit = drawn
    broken = bytearray(stream_of(answer, grouping))
    for place, change in faults:
        broken[place % len(broken)] ^= change
    with quick_to_learn():
        fast = RowTally(KEY, CountLevel.STUDY, counters=True)
        events = hear(bytes(broken), cuts, fast, explicit=explicit)
    with mock.patch.object(RowFrames, "learn"):
        slow = RowTally(KEY, CountLevel.STUDY, counters=True)
        assert events == hear(bytes(broken), (), slow, explicit=explicit)

    for name in ("rows", "without_key", "without_patient", "modalities", "sums"):
        assert getattr(fast, name) == getattr(slow, name)
    assert len(fast.keys) == len(slow.keys) == fast.keys.overlap(slow.keys)
    assert len(fast.patients) == len(slow.patients) == fast.patients.overlap(slow.patients)


@settings(deadline=None, max_examples=60)
@given(answers(), answers(), LEVELS)
def test_what_was_learnt_of_one_answer_misleads_no_other(
    first: tuple[list[Row], bool], second: tuple[list[Row], bool], level: CountLevel
) -> None:
    """Shapes learnt from the rows of one archive's answer are tried on any others."""
    (answer, explicit), (other, also_explicit) = first, second
    if explicit is not also_explicit:
        return
    with quick_to_learn():
        shapes = row_shapes.RowShapes(asked_back(level, counters=True), explicit=explicit)
        for each in (answer, other):
            tally = RowTally(KEY, level, counters=True)
            known = [row for row in each if row.identifier is not None]
            joined = b"".join(row.identifier or b"" for row in known)
            ends: list[int] = []
            for row in known:
                ends.append((ends[-1] if ends else 0) + len(row.identifier or b""))
            shapes.absorb(tally, joined, [0, *ends[:-1]] if ends else [], ends)
            check(tally, expectation(known, tally, level, explicit=explicit), known)


KEYWORDS = (
    *("StudyDate", "StudyTime", "AccessionNumber", "RetrieveAETitle"),
    *("ReferringPhysicianName", "StudyDescription", "PatientName", "PatientBirthDate", "PatientSex"),
    *("OtherPatientIDs", "PatientAge", "PatientWeight", "PatientComments", "StudyID", "ImageComments"),
    *("RequestAttributesSequence", "PixelData", "EncapsulatedDocument", "TextValue", "SelectorUVValue"),
)
TEXTS = {
    "DA": "20200102",
    "TM": "120000",
    "AS": "041Y",
    "DS": "80.5",
    "SQ": [],
    "OW": b"CANARYCANARY",
    "OB": b"CANARYCANARY",
    "UV": 7,
    "CS": "CANARY",
    "AE": "CANARY",
    "SH": "CANARY",
}


CHARACTER_SETS = ("", "ISO_IR 100", "ISO_IR 144", "ISO_IR 192", "GB18030", "\\ISO 2022 IR 87")


def full_row(keywords: Sequence[str], number: int, *, explicit: bool) -> bytes:
    """An identifier as pydicom writes it: these attributes, each a canary, and the keys."""
    data_set = Dataset()
    for keyword in keywords:
        vr = dictionary_VR(keyword)
        value = TEXTS.get(vr, "CANARY^PATIENT")
        data_set.add_new(
            keyword, "OB" if vr == "OB or OW" else vr, TEXTS["OB"] if vr == "OB or OW" else value
        )
    data_set.SpecificCharacterSet = CHARACTER_SETS[number % len(CHARACTER_SETS)].split("\\")
    data_set.QueryRetrieveLevel = "STUDY"
    data_set.ModalitiesInStudy = ["CT", "CANARY"]
    data_set.PatientID = f"P{number % 5}"
    data_set.StudyInstanceUID = f"1.2.{number}"
    data_set.NumberOfStudyRelatedInstances = number
    file = DicomBytesIO()
    file.is_implicit_VR = not explicit
    file.is_little_endian = True
    write_dataset(file, data_set)
    return file.getvalue()


@settings(deadline=None, max_examples=40)
@given(st.lists(st.sampled_from(KEYWORDS), unique=True), st.integers(0, 1), st.integers(1, 30))
def test_what_pydicom_writes_is_counted_and_nothing_else_of_it_is_taken(
    keywords: list[str],
    syntax: int,
    many: int,
) -> None:
    """Every VR of text, of numbers and of bytes: no value but the wanted ones leaves the buffer."""
    identifiers = [full_row(keywords, number, explicit=bool(syntax)) for number in range(many)]
    taken: list[bytes] = []
    absorb = RowTally.absorb

    def note(tally: RowTally, rows: int, columns: Mapping[Column, Sequence[bytes]]) -> None:
        assert {column.tag for column in columns} <= tally.wanted
        taken.extend(value for column in columns.values() for value in column)
        absorb(tally, rows, columns)

    with quick_to_learn(), mock.patch.object(RowTally, "absorb", note):
        tally = RowTally(KEY, CountLevel.STUDY, counters=True)
        requestor = counting(tally, explicit=bool(syntax))
        requestor.receive_data(b"".join(map(pending, identifiers)) + final())
        assert isinstance(requestor.next_event(), ResponseReceived)

    assert (tally.rows, len(tally.keys), len(tally.patients)) == (many, many, min(many, 5))
    assert tally.modalities == {"CT": many}
    assert tally.sums[0x00201208] == CounterTotals(sum(range(many)), many, 1, 0)
    assert [value for value in taken if b"CANARY" in value] == [
        value for value in taken if b"CT\\CANARY" in value
    ]
