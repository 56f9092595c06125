from __future__ import annotations

import time
import tracemalloc
from collections.abc import Iterator
from datetime import date
from itertools import product
from statistics import median
from typing import Any, NamedTuple

import pytest

from dosimeter.dicom import uids
from dosimeter.dicom.count_query import CountKeys, CountLevel, count_identifier
from dosimeter.dicom.dimse import CommandField, FindResponse, encode_response
from dosimeter.dicom.pdu_encode import encode_fragment
from dosimeter.dicom.tally import RowTally
from dosimeter.model.facts import Ending, NullQueryAnswered, QueryService, Titles
from dosimeter.net.counting import (
    CANCEL_GRACE_BYTES,
    COUNT_RECEIVE_BYTES,
    OVER_BUDGET_BYTES,
    Counted,
    CountLimits,
)
from dosimeter.net.loop import InterruptedWait, Loop
from dosimeter.net.scu import FIND_SYNTAX, Scu
from dosimeter.net.stream import connect
from dosimeter.net.tls import TlsStream
from dosimeter.probes._proposals import count_proposal
from tests.peers.archive import (
    Abort,
    Answer,
    Archive,
    Close,
    Drip,
    Raw,
    Script,
    Silence,
    Statuses,
    answers,
)
from tests.peers.rows import Rows, bulky_row, study_row
from tests.peers.tls import server_context
from tests.unit.net.driving import descriptors, drive
from tests.unit.probes.visiting import elements

TITLES = Titles("NOBODY-00C0DE", "DOSIMETER")
KEY = bytes(range(32))
YEAR = CountKeys(CountLevel.STUDY, dates=(date(2019, 1, 1), date(2019, 12, 31)))
NEVER = 1e9
STUDY_ROOT_CONTEXT = 3


@pytest.fixture(autouse=True)
def _no_descriptor_is_left() -> Iterator[None]:
    before = descriptors()
    yield
    assert descriptors() == before


class Heard(NamedTuple):
    """What came of one question: how it ended, the rows, whether the line is open, how long it took."""

    counted: Counted
    tally: RowTally
    is_open: bool
    seconds: float


def within(rows: int = 1_000_000, received: int = 1 << 30, until: float = NEVER) -> CountLimits:
    """Limits, far away where a test does not name them."""
    return CountLimits(rows, received, until)


async def opened(loop: Loop, archive: Archive, *, answer_seconds: float = 1.5, tls: bool = False) -> Scu:
    """An accepted association of FIND contexts."""
    proposal = count_proposal(TITLES)
    until = time.monotonic() + 2
    stream: Any
    if tls:
        stream = TlsStream(None)
        await stream.start(loop, "127.0.0.1", archive.port, until)
        await stream.send(proposal.encoded, until)
    else:
        stream = await connect(loop, "127.0.0.1", archive.port, proposal.encoded, until)
    scu = Scu(loop, stream, proposal, answer_seconds=answer_seconds, host_until=NEVER)
    await scu.negotiate()
    return scu


async def ask(scu: Scu, limits: CountLimits, keys: CountKeys = YEAR) -> Heard:
    """One question on Study Root."""
    tally = RowTally(KEY, keys.level, counters=keys.counters)
    began = time.monotonic()
    counted = await scu.count(QueryService.STUDY_ROOT, keys, tally, limits)
    return Heard(counted, tally, scu.is_open, time.monotonic() - began)


def count(
    find: Answer,
    limits: CountLimits | None = None,
    *,
    on_cancel: Answer | None = None,
    ended_by: str | None = None,
    **how: Any,  # noqa: ANN401 - as opened() takes them
) -> Heard:
    """Ask an archive that answers so, and release; ``ended_by`` is what it must see at the end."""

    async def work(loop: Loop) -> Heard:
        scu = await opened(loop, archive, **how)
        try:
            heard = await ask(scu, limits or within())
            await scu.release()
        finally:
            scu.abort("the test is over")
        return heard

    script = Script(on_request=answers(find=find), on_cancel=on_cancel)
    with Archive(script, tls=server_context() if how.get("tls") else None) as archive:
        heard = drive(work)
        (seen,) = archive.wait_for_ends(1)
    if ended_by is not None:
        assert seen.ended_by == ended_by
    return heard


@pytest.mark.parametrize("tls", [False, True], ids=["clear", "tls"])
def test_rows_are_counted_to_the_final_response(tls: bool) -> None:  # noqa: FBT001 - two cases of one test
    """Ten thousand rows of ten thousand studies, and the association is released like any other."""
    heard = count(Rows(10_000), ended_by="release", tls=tls)
    assert (heard.counted.ending, heard.counted.status) == (Ending.STATUS, 0)
    assert (heard.tally.rows, len(heard.tally.keys)) == (10_000, 10_000)
    assert heard.counted.received >= heard.tally.received > 10_000 * 100
    assert 0 <= heard.counted.first_milliseconds <= heard.counted.milliseconds


def test_an_answer_over_the_usual_mebibyte_is_counted_and_the_next_question_has_the_usual_cap() -> None:
    """The question's own budget and its tally stand while it is counted, and not a moment longer."""

    async def work(loop: Loop) -> tuple[Heard, int, int, NullQueryAnswered]:
        scu = await opened(loop, archive)
        heard = await ask(scu, within())
        few = await scu.null_query(QueryService.STUDY_ROOT)
        bulky = await scu.null_query(QueryService.STUDY_ROOT)
        return heard, heard.tally.rows, few.matches, bulky

    waiting = iter((Rows(20_000), Rows(3), Rows(32, row=bulky_row)))
    with Archive(Script(on_request=lambda _field, _service: next(waiting))) as archive:
        heard, rows, few, bulky = drive(work)
    assert heard.tally.received > 2 * 1_048_576
    assert (rows, heard.is_open, few) == (20_000, True, 3)
    assert (bulky.ending, bulky.status) == (Ending.BUDGET, None)
    assert 10 < bulky.matches < 16


def test_no_question_waits_for_an_acknowledgement_that_is_late() -> None:
    """An archive that sends its final response apart, with Nagle's algorithm on, is not 40 ms a question."""

    async def work(loop: Loop) -> float:
        scu = await opened(loop, archive)
        took = [(await ask(scu, within())).seconds for _ in range(50)]
        await scu.release()
        return median(took)

    with Archive(Script(on_request=answers(find=Rows(5)))) as archive:
        assert drive(work) < 0.03


def test_as_many_rows_as_were_allowed_are_a_whole_answer() -> None:
    """Cancelled is what goes past the limit, not what reaches it."""
    found = Rows(500, then=Statuses((0,), seconds_late=0.2))
    heard = count(found, within(rows=500), ended_by="release")
    assert (heard.counted.ending, heard.tally.rows) == (Ending.STATUS, 500)


@pytest.mark.parametrize(
    ("limits", "rows"),
    [
        (within(rows=2_000), Rows(heeds_cancel=True)),
        (within(received=400_000), Rows(heeds_cancel=True, seconds_between=0.002)),
    ],
    ids=["too many rows", "too many bytes"],
)
def test_a_cancel_that_is_heeded_keeps_the_association(limits: CountLimits, rows: Rows) -> None:
    """C-CANCEL, 0xFE00 within the grace, and the association is used on: echo, question, release.

    An archive faster than we are has filled its buffers by then: more than may be over the bytes.
    """

    async def work(loop: Loop) -> tuple[Heard, Ending, Heard]:
        scu = await opened(loop, archive)
        first = await ask(scu, limits)
        echo = await scu.echo()
        second = await ask(scu, limits)
        await scu.release()
        return first, echo.ending, second

    with Archive(Script(on_request=answers(find=rows))) as archive:
        first, echo, second = drive(work)
        (seen,) = archive.wait_for_ends(1)
    for heard in (first, second):
        assert (heard.counted.ending, heard.counted.status) == (Ending.BUDGET, 0xFE00)
        assert heard.tally.rows > 2_000
        assert heard.is_open
        assert not heard.counted.is_deaf
    assert echo is Ending.STATUS
    assert (seen.cancelled, seen.ended_by) == (2, "release")


@pytest.mark.parametrize("tls", [False, True], ids=["clear", "tls"])
def test_an_endless_answer_is_cut_off_within_the_grace(tls: bool) -> None:  # noqa: FBT001 - two cases
    """Whoever ignores C-CANCEL is read two seconds more, and four mebibytes more, whichever is less."""
    heard = count(Rows(), within(rows=1_000), tls=tls)
    assert (heard.counted.ending, heard.counted.status) == (Ending.BUDGET, None)
    assert heard.counted.is_deaf
    assert not heard.is_open
    assert heard.seconds < 4.0
    assert heard.counted.received < CANCEL_GRACE_BYTES + 2_000_000


@pytest.mark.parametrize("received", [65_536, 1_000_000, 6_000_000])
def test_past_the_bytes_of_the_question_a_deaf_archive_is_read_one_mebibyte(received: int) -> None:
    """The grace does not come on top of the budget in full: a small budget is a promise too."""
    heard = count(Rows(), within(received=received), ended_by="abort")
    assert (heard.counted.ending, heard.counted.is_deaf) == (Ending.BUDGET, True)
    assert received < heard.counted.received <= received + OVER_BUDGET_BYTES + 2 * COUNT_RECEIVE_BYTES


def test_an_archive_that_leaves_after_c_cancel_is_not_deaf() -> None:
    """It hung up with C-CANCEL unread, so that a reset comes: no row, and nothing to be stopped."""
    heard = count(Rows(100, batch=100, seconds_between=0.3, then=Close()), within(rows=5))
    assert (heard.counted.ending, heard.counted.status) == (Ending.BUDGET, None)
    assert (heard.counted.is_deaf, heard.is_open) == (False, False)


def test_an_endless_answer_in_small_portions_is_left_after_the_grace() -> None:
    """C-CANCEL, two seconds, A-ABORT."""
    heard = count(Rows(batch=1, seconds_between=0.005), within(rows=20), ended_by="abort")
    assert heard.counted.ending is Ending.BUDGET
    assert 2.0 <= heard.seconds < 4.0
    assert heard.tally.rows > 21


def test_after_its_seconds_an_answer_is_cancelled_though_rows_still_come() -> None:
    """The time that is left for the census ends an answer as rows and bytes do."""
    began = time.monotonic()
    heard = count(
        Rows(batch=1, seconds_between=0.01, heeds_cancel=True), within(until=began + 0.6), ended_by="release"
    )
    assert (heard.counted.ending, heard.counted.status) == (Ending.BUDGET, 0xFE00)
    assert 0.4 < heard.seconds < 2.5


def test_after_its_seconds_a_silent_answer_is_cancelled_too() -> None:
    """Rows that stopped coming are waited for no longer than the census lasts."""
    began = time.monotonic()
    heard = count(Rows(3, then=Silence()), within(until=began + 0.5), answer_seconds=30, ended_by="abort")
    assert (heard.counted.ending, heard.tally.rows) == (Ending.BUDGET, 3)
    assert 2.3 <= heard.seconds < 5.0


def test_memory_is_flat_however_many_rows_come() -> None:
    """Ten times the rows take no more memory: none is kept, and no answer is put together."""

    def peak(rows: int) -> int:
        tracemalloc.start()
        try:
            heard = count(Rows(heeds_cancel=True), within(rows=rows), answer_seconds=20)
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert heard.tally.rows > rows
        return most

    few, many = peak(5_000), peak(50_000)
    assert many < few + 2_000_000


def test_rows_of_more_than_64_kib_are_counted_and_dropped() -> None:
    """An identifier in five P-DATA-TFs is one row; its bytes are counted, not kept."""
    heard = count(Rows(20, row=bulky_row, batch=1), ended_by="release")
    assert (heard.counted.ending, heard.tally.rows) == (Ending.STATUS, 20)
    assert heard.tally.received > 20 * 70_000


def row_in_one_pdu(number: int, identifier: bytes) -> bytes:
    """A pending response and its identifier in one P-DATA-TF each, however long."""
    command = encode_response(FindResponse(number, 0xFF00), uids.STUDY_ROOT_FIND, has_data_set=True)
    return encode_fragment(STUDY_ROOT_CONTEXT, 3, command) + encode_fragment(
        STUDY_ROOT_CONTEXT, 2, identifier
    )


def test_a_pdu_longer_than_advertised_is_read_up_to_the_cap() -> None:
    """20 KiB where 16 were allowed is a mistake that is let pass; over 64 KiB is the end."""
    final = encode_fragment(STUDY_ROOT_CONTEXT, 3, encode_response(FindResponse(1, 0), uids.STUDY_ROOT_FIND))
    longish = row_in_one_pdu(1, study_row(1) + bulky_row(2)[-20_000:])
    heard = count(Raw(longish + final), ended_by="release")
    assert (heard.counted.ending, heard.tally.rows) == (Ending.STATUS, 1)
    heard = count(Raw(row_in_one_pdu(1, study_row(1)) + row_in_one_pdu(1, bulky_row(2))), ended_by="abort")
    assert (heard.counted.ending, heard.tally.rows) == (Ending.BAD_ANSWER, 1)


@pytest.mark.parametrize(
    ("then", "ending", "status", "ended_by"),
    [
        (Statuses((0xA700,)), Ending.STATUS, 0xA700, "release"),
        (Statuses((0xFE00,)), Ending.STATUS, 0xFE00, "release"),
        (Abort(), Ending.ABORT, None, "our abort"),
        (Close(), Ending.CLOSE, None, "our close"),
        (Raw(b"\x02\x00\x00\x00\x00\x02\x00\x00"), Ending.BAD_ANSWER, None, "abort"),
        (Raw(b"\x05\x00\x00\x00\x00\x04\x00\x00\x00\x00"), Ending.CLOSE, None, None),
    ],
    ids=["out of resources", "cancelled unasked", "abort", "close", "wrong PDU", "release"],
)
def test_what_came_before_an_answer_broke_off_stands(
    then: Answer, ending: Ending, status: int | None, ended_by: str | None
) -> None:
    """250 rows, then its end: the rows are counted, and how it ended is said."""
    heard = count(Rows(250, then=then), ended_by=ended_by)
    assert (heard.counted.ending, heard.counted.status) == (ending, status)
    assert (heard.tally.rows, len(heard.tally.keys)) == (250, 250)
    assert heard.is_open is (ending is Ending.STATUS)


def test_a_first_response_that_does_not_come_in_time_is_silence() -> None:
    """It has the time of any answer, whatever the census has left."""
    heard = count(Statuses((0xFF00, 0), seconds_late=2), answer_seconds=0.4)
    assert (heard.counted.ending, heard.tally.rows) == (Ending.SILENCE, 0)
    assert 0.4 <= heard.seconds < 1.8
    assert heard.counted.first_milliseconds == heard.counted.milliseconds


def test_how_long_the_first_response_took_is_told() -> None:
    """The planner stops asking an archive that begins late."""
    heard = count(Statuses((0xFF00, 0), seconds_late=0.3), ended_by="release")
    assert heard.counted.ending is Ending.STATUS
    assert 300 <= heard.counted.first_milliseconds < 1_400


def test_an_answer_may_take_longer_than_its_first_response_may() -> None:
    """Rows that keep coming are waited for: 64 bytes a second are enough."""
    heard = count(Rows(25, batch=1, seconds_between=0.05), answer_seconds=0.4, ended_by="release")
    assert (heard.counted.ending, heard.tally.rows) == (Ending.STATUS, 25)
    assert heard.seconds > 1.0


def test_after_a_late_first_response_the_time_begins_anew() -> None:
    """Half a second late, half a second apart: neither is as long as one answer may take."""
    heard = count(Rows(1, seconds_late=0.5, seconds_between=0.5), answer_seconds=0.8, ended_by="release")
    assert heard.counted.ending is Ending.STATUS


@pytest.mark.parametrize(
    "find",
    [
        Rows(300, batch=10, seconds_between=0.005, then=Silence()),
        Rows(3, then=Drip(b"\x04\x00\x00\x00\x10\x00" + bytes(4096), 0.05)),
        Drip(b"\x04\x00\x00\x00\x10\x00" + bytes(4096), 0.02),
    ],
    ids=["stops", "drips a PDU", "drips from the start"],
)
def test_whoever_drips_is_left(find: Answer) -> None:
    """Less than 64 bytes a second over the time of one answer does not hold the line."""
    heard = count(find, answer_seconds=0.6, ended_by="abort")
    assert heard.counted.ending is Ending.SILENCE
    assert 0.5 <= heard.seconds < 3.0


def test_message_numbers_begin_again_after_the_last() -> None:
    """A message number has two bytes; a long census may ask more often."""

    async def work(loop: Loop) -> list[Ending]:
        scu = await opened(loop, archive)
        scu._message_id = 0xFFFE  # noqa: SLF001 - nobody waits for 65,534 questions
        endings = [(await ask(scu, within())).counted.ending for _ in range(3)]
        await scu.release()
        return endings

    with Archive(Script(on_request=answers(find=Rows(2)))) as archive:
        assert drive(work) == [Ending.STATUS] * 3


def test_rows_after_the_final_response_end_the_association_at_the_next_question() -> None:
    """What belongs to no question is not counted as the answer to the next one."""

    async def work(loop: Loop) -> tuple[Heard, Heard]:
        scu = await opened(loop, archive)
        return await ask(scu, within()), await ask(scu, within())

    late = row_in_one_pdu(1, study_row(7))

    def answer(_field: int, _service: str) -> Answer:
        final = encode_response(FindResponse(1, 0), uids.STUDY_ROOT_FIND)
        return Raw(encode_fragment(STUDY_ROOT_CONTEXT, 3, final) + late)

    with Archive(Script(on_request=answer)) as archive:
        first, second = drive(work)
    assert (first.counted.ending, first.tally.rows) == (Ending.STATUS, 0)
    assert (second.counted.ending, second.tally.rows) == (Ending.BAD_ANSWER, 0)


def test_an_interrupt_while_counting_ends_in_an_abort() -> None:
    """The stop is not kept waiting by an archive that sends for ever."""
    loop = Loop()
    heard: list[str] = []

    async def work() -> None:
        scu = await opened(loop, archive, answer_seconds=60)
        try:
            await ask(scu, within())
        except InterruptedWait:
            heard.append("interrupted")
            raise
        finally:
            scu.abort("interrupted")

    with Archive(Script(on_request=answers(find=Rows(batch=1, seconds_between=0.01)))) as archive:
        loop.spawn(work())
        until = time.monotonic() + 5
        while not (archive.visits and archive.visits[0].rows_sent > 10):
            assert time.monotonic() < until, "no row came"
            loop.turn(0.05)
        loop.interrupt()
        loop.close()
        (seen,) = archive.wait_for_ends(1)
    assert heard == ["interrupted"]
    assert seen.ended_by == "abort"


def test_a_count_is_a_c_find_of_low_priority_and_says_so_in_the_audit_log() -> None:
    """No other operation, and no date of the question, which could tell what was found where."""

    async def work(loop: Loop) -> list[str]:
        scu = await opened(loop, archive)
        await ask(scu, within())
        await scu.count(
            QueryService.WORKLIST,
            CountKeys(CountLevel.WORKLIST),
            RowTally(KEY, CountLevel.WORKLIST),
            within(),
        )
        await scu.release()
        return scu.asked

    with Archive(Script(on_request=answers(find=Rows(1)))) as archive:
        asked = drive(work)
        (seen,) = archive.wait_for_ends(1)
    assert asked == ["a-associate", "c-find study_root study", "c-find worklist worklist"]
    assert seen.asked == [
        (CommandField.C_FIND, uids.STUDY_ROOT_FIND),
        (CommandField.C_FIND, uids.MODALITY_WORKLIST_FIND),
    ]


def test_the_proposal_of_a_census_can_carry_nothing_but_queries() -> None:
    """Verification and three FIND classes, implicit and explicit: nothing that stores, moves or retrieves."""
    contexts = count_proposal(TITLES).request.contexts
    assert {context.abstract_syntax for context in contexts} == {
        uids.VERIFICATION,
        uids.STUDY_ROOT_FIND,
        uids.PATIENT_ROOT_FIND,
        uids.MODALITY_WORKLIST_FIND,
    }
    for context in contexts:
        assert set(context.transfer_syntax_uids) <= {uids.IMPLICIT_VR_LE, uids.EXPLICIT_VR_LE}
        assert uids.IMPLICIT_VR_LE in context.transfer_syntax_uids


UNIQUE = {0x00080018, 0x00100020, 0x0020000D, 0x0020000E}
"""SOPInstanceUID, PatientID, StudyInstanceUID, SeriesInstanceUID: asked back, so sent empty."""
RANGES = {0x00080020: 17, 0x00080030: 20, 0x00400002: 17, 0x00400003: 20}
"""StudyDate and StudyTime, those of a scheduled step, and the longest range of each."""
COUNTERS = {0x00201200, 0x00201202, 0x00201204, 0x00201206, 0x00201208, 0x00201209}
LEVEL, MODALITIES, STEPS, STEP_ID = 0x00080052, 0x00080061, 0x00400100, 0x00400009


def every_question() -> Iterator[tuple[QueryService, CountKeys]]:
    """Each level of each service with each key, alone and with the others."""
    dates = (None, (date(2019, 1, 1), date(2019, 12, 31)))
    times = (None, (43_200, 43_259))
    services = (QueryService.STUDY_ROOT, QueryService.PATIENT_ROOT)
    for one, other, counters in product(dates, times, (False, True)):
        yield QueryService.WORKLIST, CountKeys(CountLevel.WORKLIST, one, other, counters=counters)
        for service, level, modality, ending in product(
            services, tuple(CountLevel)[:4], (None, "CT"), (None, "07")
        ):
            keys = CountKeys(
                level,
                one,
                other,
                modality=modality,
                counters=counters,
                patient_ending=ending,
                patient_root=service is QueryService.PATIENT_ROOT,
            )
            yield service, keys


def assert_harmless(group: int, element: int, value: bytes) -> None:
    """One element of a question: a key without a value, or a value that nobody's data can be."""
    tag = group << 16 | element
    if tag == STEPS:
        for inner in elements(value[8:]):
            assert_harmless(*inner)
        return
    text = value.rstrip(b" \0").decode("ascii")
    if tag == 0x00100020:
        assert text in {"", "*07"}
    elif tag in UNIQUE | COUNTERS | {STEP_ID}:
        assert text == ""
    elif tag in RANGES:
        assert not text or (len(text) <= RANGES[tag] and text.count("-") == 1)
        assert not text.startswith("-")
        assert not text.endswith("-")
    elif tag == LEVEL:
        assert text in {"PATIENT", "STUDY", "SERIES", "IMAGE"}
    else:
        assert tag == MODALITIES, f"({group:04X},{element:04X}) is no key of a count"
        assert text in {"", "CT"}


def test_no_question_holds_anything_but_keys_that_name_nobody() -> None:
    """On the wire: C-FIND alone, unique keys empty, closed ranges, three last characters at the most."""
    questions = list(every_question())

    async def work(loop: Loop) -> None:
        scu = await opened(loop, archive)
        for service, keys in questions:
            counted = await scu.count(service, keys, RowTally(KEY, keys.level), within())
            assert counted.ending is Ending.STATUS
        await scu.release()

    with Archive() as archive:
        drive(work)
        (seen,) = archive.wait_for_ends(1)
    assert {field for field, _ in seen.asked} == {CommandField.C_FIND}
    assert [service for _, service in seen.asked] == [FIND_SYNTAX[service] for service, _ in questions]
    assert len(seen.identifiers) == len(questions) > 250
    for (_, keys), identifier in zip(questions, seen.identifiers, strict=True):
        assert identifier == count_identifier(keys, uids.IMPLICIT_VR_LE)
        for element in elements(identifier):
            assert_harmless(*element)
