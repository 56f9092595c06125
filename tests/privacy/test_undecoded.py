"""The codec is watched while it counts rows full of canaries: what it does with their bytes."""

from __future__ import annotations

import hashlib
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any, Final, Self

import pytest

import dosimeter.dicom
from dosimeter.dicom import tally as tally_module
from dosimeter.dicom.acceptor import Acceptor, AssociateRequested, RequestReceived
from dosimeter.dicom.association import Requestor, ResponseReceived
from dosimeter.dicom.count_query import WHOLE_IDENTIFIER, CountKeys, CountLevel, count_identifier
from dosimeter.dicom.dimse import FindRequest, FindResponse
from dosimeter.dicom.pdu import AAssociateRQ, ContextResult, ProposedContext, UserInformation
from dosimeter.dicom.presence import ALLOWED_ATTRIBUTES
from dosimeter.dicom.tally import Column, RowTally
from dosimeter.dicom.uids import EXPLICIT_VR_LE, IMPLICIT_VR_LE, MODALITY_WORKLIST_FIND, STUDY_ROOT_FIND
from tests.privacy.canaries import Search, forms, number, word
from tests.privacy.treasure import Element, Treasure, encoded, treasures

KEY: Final = b"a key of a test, thirty-two long"
TREASURES: Final = treasures(20)
SEARCH: Final = Search({name: shapes for each in TREASURES for name, shapes in each.hidden.items()})
ROWS_OF_EACH: Final = 2
"""So often each row is sent: after 32 rows the codec has learnt their shape and walks no more."""

COUNTERS: Final = {0x00201206: b"1", 0x00201208: b"2 ", 0x00201209: b"2", 0x00201200: b"2", 0x00201202: b"2"}
TRUE: Final = {0x00080061: b"CT", **COUNTERS}
ALLOWED: Final = frozenset(group << 16 | element for group, element in ALLOWED_ATTRIBUTES)
TAKEN: Final = ALLOWED | {0x00100020, 0x0020000D, 0x0020000E, 0x00080018, WHOLE_IDENTIFIER}
"""Attributes absent from PS3.15 Table E.1-1, unique keys, and the row itself where it has no such key."""
LEVELS: Final = list(CountLevel)

UNREAD: Final = frozenset(("strip", "startswith", "find", "join", "extend", "append", "count", "index"))
"""Methods of bytes that compare or copy, and make neither text nor number of them."""


@dataclass
class Watch:
    """Notes every text and large number that a function of the codec holds, and how bytes are used.

    ``used`` has, for each method of bytes or text that was called, the values it was called on.
    """

    texts: set[str] = field(default_factory=set)
    numbers: set[int] = field(default_factory=set)
    used: dict[str, set[bytes]] = field(default_factory=lambda: defaultdict(set))
    folder: str = str(Path(dosimeter.dicom.__file__).parent)

    def __enter__(self) -> Self:
        self._before = sys.gettrace(), sys.getprofile()
        sys.setprofile(self._profile)
        sys.settrace(self._trace)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(self._before[0])
        sys.setprofile(self._before[1])

    def _trace(self, frame: FrameType, _event: str, result: object) -> Any:  # noqa: ANN401 - as sys has it
        if not frame.f_code.co_filename.startswith(self.folder):
            return None
        for value in (*frame.f_locals.values(), result):
            self._note(value)
        return self._trace

    def _note(self, value: object) -> None:
        if isinstance(value, str):
            self.texts.add(value)
        elif isinstance(value, int):
            self.numbers.add(value)
        elif isinstance(value, (list, tuple, set, frozenset)):
            for each in value:
                self._note(each)
        elif isinstance(value, dict):
            for key, each in value.items():
                self._note(key)
                self._note(each)

    def _profile(self, frame: FrameType, event: str, called: Any) -> None:  # noqa: ANN401 - as sys has it
        if event != "c_call" or not frame.f_code.co_filename.startswith(self.folder):
            return
        owner = getattr(called, "__self__", None)
        if isinstance(owner, (bytes, bytearray)):
            self.used[called.__name__].add(bytes(owner))

    @property
    def held(self) -> bytes:
        """All texts and numbers, one after the other."""
        words = [*sorted(self.texts), *map(str, sorted(self.numbers))]
        return "\n".join(words).encode("utf-8", "surrogatepass")


@dataclass
class Taken:
    """What a tally was handed, and seen to do with it: hash it, read it as number, read it as modality."""

    tags: set[int] = field(default_factory=set)
    hashed: list[bytes] = field(default_factory=list)
    as_numbers: set[bytes] = field(default_factory=set)
    as_modalities: set[bytes] = field(default_factory=set)


class _Blake2b:
    """hashlib's, with a note of what goes in."""

    def __init__(self, taken: Taken, state: Any) -> None:  # noqa: ANN401 - hashlib names no type
        self._taken = taken
        self._state = state

    def copy(self) -> _Blake2b:
        return _Blake2b(self._taken, self._state.copy())

    def update(self, value: bytes) -> None:
        self._taken.hashed.append(bytes(value))
        self._state.update(value)

    def digest(self) -> bytes:
        digest: bytes = self._state.digest()
        return digest


@contextmanager
def taking() -> Iterator[Taken]:
    """Put watchers where a tally hashes and reads."""
    taken = Taken()
    parse_count, modalities_of = tally_module.parse_count, tally_module.modalities_of
    absorb = RowTally.absorb

    def noted_number(value: bytes) -> int | None:
        taken.as_numbers.add(value)
        return parse_count(value)

    def noted_modalities(value: bytes) -> tuple[str, ...]:
        taken.as_modalities.add(value)
        return tuple(modalities_of(value))

    def noted_columns(self: RowTally, rows: int, columns: Mapping[Column, Sequence[bytes]]) -> None:
        taken.tags |= {column.tag for column in columns}
        absorb(self, rows, columns)

    class Hashlib:
        """Stands where the module stands."""

        @staticmethod
        def blake2b(value: bytes = b"", *, digest_size: int, key: bytes) -> _Blake2b:
            assert key == KEY, "a hash of a UID without the key of the survey can be reversed"
            if value.strip(b"\0"):
                taken.hashed.append(value)
            return _Blake2b(taken, hashlib.blake2b(value, digest_size=digest_size, key=key))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RowTally, "absorb", noted_columns)
        patch.setattr(tally_module, "hashlib", Hashlib)
        patch.setattr(tally_module, "parse_count", noted_number)
        patch.setattr(tally_module, "modalities_of", noted_modalities)
        yield taken


@dataclass(frozen=True)
class Counted:
    """One answer counted under watch."""

    rows: list[bytes]
    tally: RowTally
    taken: Taken
    watch: Watch


def count(level: CountLevel, syntax: str, allowed: dict[int, bytes], *, counters: bool) -> Counted:
    """Ask, answer with every treasure several times, and count, the codec of the asking side watched."""
    service = MODALITY_WORKLIST_FIND if level is CountLevel.WORKLIST else STUDY_ROOT_FIND
    user = UserInformation(16384, "2.25.1", "TEST")
    proposal = AAssociateRQ("A", "DOSIMETER", (ProposedContext(1, service, (syntax,)),), user)
    requestor, acceptor = Requestor(proposal), Acceptor()
    acceptor.receive_data(requestor.data_to_send())
    assert isinstance(acceptor.next_event(), AssociateRequested)
    acceptor.accept((ContextResult(1, 0, syntax),))
    requestor.receive_data(acceptor.data_to_send())
    requestor.next_event()
    context = requestor.context_for(service)
    assert context is not None
    rows = [
        encoded(each.row(level.value, 0, allowed), explicit=syntax == EXPLICIT_VR_LE)
        for _ in range(ROWS_OF_EACH)
        for each in TREASURES
    ]
    with taking() as taken:
        tally = RowTally(KEY, level, counters=counters)
        requestor.count_into(tally)
        requestor.send(
            context, FindRequest(7, service), count_identifier(CountKeys(level, counters=counters), syntax)
        )
        acceptor.receive_data(requestor.data_to_send())
        assert isinstance(acceptor.next_event(), RequestReceived)
        watch = Watch()
        for row in rows:
            acceptor.respond(1, FindResponse(7, 0xFF00), row)
            _deliver(acceptor, requestor, watch)
        acceptor.respond(1, FindResponse(7, 0))
        final = _deliver(acceptor, requestor, watch)
    assert isinstance(final, ResponseReceived), final
    return Counted(rows, tally, taken, watch)


@cache
def counted_under_watch(level: CountLevel, syntax: str, *, counters: bool) -> Counted:
    """The count of true rows, once for all tests that look at it."""
    return count(level, syntax, TRUE, counters=counters)


def _deliver(acceptor: Acceptor, requestor: Requestor, watch: Watch) -> object:
    data = acceptor.data_to_send()
    with watch:
        requestor.receive_data(data)
        return requestor.next_event()


def keys_of(treasure: Treasure, level: CountLevel, *, counters: bool) -> set[str]:
    """The unique keys of a row that may be hashed."""
    keys = {
        CountLevel.PATIENT: {treasure.patient_id},
        CountLevel.STUDY: {treasure.study_uid} | ({treasure.patient_id} if counters else set()),
        CountLevel.SERIES: {treasure.study_uid, treasure.series_uid},
        CountLevel.IMAGE: {treasure.study_uid, treasure.instance_uids[0]},
    }
    return keys[level]


@pytest.mark.parametrize("counters", [False, True], ids=["keys alone", "with counters"])
@pytest.mark.parametrize("syntax", [IMPLICIT_VR_LE, EXPLICIT_VR_LE], ids=["implicit", "explicit"])
@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.name)
def test_only_unique_keys_are_hashed_and_only_the_allow_list_is_read(
    level: CountLevel, syntax: str, *, counters: bool
) -> None:
    """Of a hundred attributes the hash gets the keys of the level, and the parser the counters."""
    counted = counted_under_watch(level, syntax, counters=counters)

    if level is CountLevel.WORKLIST:
        whole = {row.strip(b" \0") for row in counted.rows}
        assert set(counted.taken.hashed) - {each.study_uid.encode() for each in TREASURES} == whole
    else:
        expected = set().union(*(keys_of(each, level, counters=counters) for each in TREASURES))
        assert set(counted.taken.hashed) == {text.encode() for text in expected}
    assert counted.taken.tags <= TAKEN
    assert counted.taken.as_numbers <= {value.strip() for value in COUNTERS.values()}
    assert {value.strip() for value in counted.taken.as_modalities} <= {b"CT"}
    assert counted.tally.rows == len(counted.rows)
    assert counted.tally.without_key == 0


@pytest.mark.parametrize("counters", [False, True], ids=["keys alone", "with counters"])
@pytest.mark.parametrize("syntax", [IMPLICIT_VR_LE, EXPLICIT_VR_LE], ids=["implicit", "explicit"])
@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.name)
def test_no_function_of_the_codec_ever_holds_a_value_as_text_or_number(
    level: CountLevel, syntax: str, *, counters: bool
) -> None:
    """Line by line: no variable is a text or a number that a canary was, whatever its character set."""
    counted = counted_under_watch(level, syntax, counters=counters)

    assert SEARCH.found_in(counted.watch.held) == []
    read = {name: values for name, values in counted.watch.used.items() if name not in UNREAD}
    assert {
        name: found for name, values in read.items() if (found := SEARCH.found_in(b"\n".join(values)))
    } == {}
    assert counted.watch.used, "nothing was watched"


def test_a_counter_that_is_a_name_is_read_by_nobody_but_the_parser_of_numbers() -> None:
    """A value where a number or a modality belongs is looked at, found to be none, and dropped."""
    name, long_number = word().encode(), number(14).encode()
    poisoned = {0x00080061: name, 0x00201206: name, 0x00201208: long_number}
    counted = count(CountLevel.STUDY, EXPLICIT_VR_LE, poisoned, counters=True)

    assert {value.strip() for value in counted.taken.as_numbers} == {name, long_number}
    assert counted.tally.modalities == {}
    assert [(sums.total, sums.present) for sums in counted.tally.sums.values()] == [(0, 0), (0, 0)]
    assert int(long_number) not in counted.watch.numbers


def test_the_rows_hold_every_vr_in_every_character_set() -> None:
    """What the other tests search for was there to be found: each canary is in a row as it was sent."""
    rows = b"".join(
        encoded(each.row("IMAGE", instance, TRUE), explicit=True) for each in TREASURES for instance in (0, 1)
    )
    found = {name.rpartition(" (")[0] for name in SEARCH.found_in(rows)}

    assert {name for each in TREASURES for name in each.hidden if "colons" not in name} <= found
    assert {element.vr for each in TREASURES for element in _flat(each.elements)} >= set(VRS)
    assert len({each.elements[0].value for each in TREASURES if each.elements[0].tag == 0x00080005}) == 19


VRS: Final = (
    b"AE AS AT CS DA DS DT FD FL IS LO LT OB OD OF OL OV OW PN SH SL SQ SS ST SV TM UC UI UL UN UR US UT UV"
).split()


def _flat(elements: list[Element] | tuple[Element, ...]) -> Iterator[Element]:
    for element in elements:
        yield element
        for item in element.items:
            yield from _flat(item)


def test_the_watch_sees_text_numbers_and_methods() -> None:
    """A codec that did decode would be caught: the watch, turned on this test, finds what it does."""
    canary = TREASURES[0].patient_id
    watch = Watch(folder=str(Path(__file__).parent))
    with watch:
        _decode(canary.encode())
    assert any("PatientID" in found for found in SEARCH.found_in(watch.held))
    assert canary.encode() in watch.used["decode"]


def _decode(value: bytes) -> str:
    return value.decode("latin-1")


def test_the_numbers_seen_are_those_of_a_canary() -> None:
    """A canary read as a number is found again among the numbers that the watch holds."""
    digits = number(12)
    watch = Watch(numbers={int(digits)})
    assert Search({"digits": forms(digits)}).found_in(watch.held) != []
    assert re.fullmatch(r"\d+", watch.held.decode())
