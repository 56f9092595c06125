from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from dosimeter.dicom.association import Event, PeerAborted, Requestor, ResponseReceived
from dosimeter.dicom.dimse import CancelRequest, FindRequest, NullGetRequest
from dosimeter.dicom.pdu import AAssociateRQ, ProposedContext, UserInformation
from dosimeter.dicom.pdu_decode import decode_whole
from dosimeter.dicom.uids import (
    EXPLICIT_VR_LE,
    IMPLICIT_VR_LE,
    PATIENT_ROOT_FIND,
    STUDY_ROOT_FIND,
    STUDY_ROOT_GET,
)
from dosimeter.lab.attributes import Tag
from dosimeter.lab.dataset import decode_dataset, encode_dataset
from dosimeter.lab.fleet.stock import Stock
from dosimeter.lab.fleet.talk import BlockTalk
from dosimeter.lab.ledger import Ledger
from dosimeter.lab.policy import RETRIEVE_SERVICES, Policy, Reaction, Tempo
from dosimeter.lab.products import LIKE_ORTHANC

STOCK = Stock(7, 2_620, 29_999, date(2024, 12, 29), date(2026, 3, 1), undated=20, studies_each=5)
COUNTERS = (Tag.NUMBER_OF_STUDY_RELATED_SERIES, Tag.NUMBER_OF_STUDY_RELATED_INSTANCES)
Row = Mapping[int, str]


class Call:
    """A caller and an archive of the fleet that talk without a network between them."""

    def __init__(
        self,
        policy: Policy = LIKE_ORTHANC,
        syntax: str = EXPLICIT_VR_LE,
        services: tuple[str, ...] = (STUDY_ROOT_FIND, PATIENT_ROOT_FIND),
    ) -> None:
        contexts = tuple(
            ProposedContext(2 * place + 1, service, (syntax,)) for place, service in enumerate(services)
        )
        self.requestor = Requestor(
            AAssociateRQ("ANYBODY", "DOSIMETER", contexts, UserInformation(16384, "2.25.1", "TEST"))
        )
        self.syntax = syntax
        self.ledger = Ledger()
        self.talk = BlockTalk(
            replace(policy, services=policy.services | RETRIEVE_SERVICES), STOCK, self.ledger
        )
        self.turn()

    def turn(self) -> tuple[list[Event], bytes]:
        """One exchange: the events, and the bytes they came in."""
        if data := self.requestor.data_to_send():
            self.talk.receive(data)
        if answer := self.talk.data_to_send():
            self.requestor.receive_data(answer)
        events = []
        while (event := self.requestor.next_event()) is not None:
            events.append(event)
        return events, answer

    def find(
        self, level: str, keys: Mapping[int, str], service: str = STUDY_ROOT_FIND
    ) -> tuple[list[Row], int]:
        """The rows of an answer, and its final status."""
        context = self.requestor.context_for(service)
        assert context is not None
        asked = encode_dataset({**keys, Tag.QUERY_RETRIEVE_LEVEL: level}, self.syntax)
        self.requestor.send(context, FindRequest(5, service), asked)
        events, data = self.turn()
        while self.talk.is_answering:
            more, received = self.turn()
            events, data = events + more, data + received
        (final,) = [
            each.response.status
            for each in events
            if isinstance(each, ResponseReceived) and each.response.status != 0xFF00
        ]
        return rows_in(data, self.syntax), final


def rows_in(data: bytes, syntax: str) -> list[Row]:
    """Every identifier of an answer, read by the general codec."""
    rows = []
    while data:
        size = 6 + int.from_bytes(data[2:6])
        (pdv,) = decode_whole(data[:size]).pdvs  # type: ignore[union-attr] # all of it is P-DATA-TF
        if not pdv.is_command:
            rows.append({tag: str(text) for tag, text in decode_dataset(pdv.data, syntax).items()})
        data = data[size:]
    return rows


@pytest.mark.parametrize("syntax", [IMPLICIT_VR_LE, EXPLICIT_VR_LE])
def test_everything_is_every_study_once_and_its_counters_add_up(syntax: str) -> None:
    """2,620 studies of 524 patients with 29,999 images, as the stock says."""
    keys = {Tag.STUDY_INSTANCE_UID: "", Tag.PATIENT_ID: "", **dict.fromkeys(COUNTERS, "")}
    rows, status = Call(syntax=syntax).find("STUDY", keys)
    assert status == 0
    assert len(rows) == len({row[Tag.STUDY_INSTANCE_UID] for row in rows}) == 2_620
    assert len({row[Tag.PATIENT_ID] for row in rows}) == STOCK.patients == 524
    assert [sum(int(row[tag]) for row in rows) for tag in COUNTERS] == [STOCK.series, 29_999]
    assert {row[Tag.QUERY_RETRIEVE_LEVEL] for row in rows} == {"STUDY"}


@pytest.mark.parametrize(
    ("keys", "picks"),
    [
        ({Tag.STUDY_DATE: "20250101-20251231"}, lambda row: row[Tag.STUDY_DATE][:4] == "2025"),
        ({Tag.STUDY_DATE: "20250228"}, lambda row: row[Tag.STUDY_DATE] == "20250228"),
        ({Tag.STUDY_DATE: "00010101-99991231"}, lambda row: bool(row[Tag.STUDY_DATE])),
        ({Tag.STUDY_DATE: "20270101-21991231"}, lambda _: False),
        ({Tag.STUDY_TIME: "00-115959.999999"}, lambda row: row[Tag.STUDY_TIME] < "120000"),
        ({Tag.STUDY_TIME: "1030-103059.999999"}, lambda row: row[Tag.STUDY_TIME][:4] == "1030"),
        ({Tag.STUDY_TIME: "23-235960"}, lambda row: row[Tag.STUDY_TIME] >= "230000"),
        ({Tag.PATIENT_ID: "*7"}, lambda row: row[Tag.PATIENT_ID].endswith("7")),
        ({Tag.PATIENT_ID: "*142"}, lambda row: row[Tag.PATIENT_ID].endswith("142")),
        ({Tag.PATIENT_ID: "*A"}, lambda _: False),
        ({Tag.PATIENT_ID: "*"}, lambda _: True),
        ({Tag.MODALITIES_IN_STUDY: "MR"}, lambda row: row[Tag.MODALITIES_IN_STUDY] == "MR"),
        ({Tag.MODALITIES_IN_STUDY: "ZZ"}, lambda _: False),
        (
            {Tag.STUDY_DATE: "20250310-20250601", Tag.STUDY_TIME: "09-105959.999999"},
            lambda row: (
                "20250310" <= row[Tag.STUDY_DATE] <= "20250601" and "090000" <= row[Tag.STUDY_TIME] < "110000"
            ),
        ),
    ],
)
def test_keys_select_what_a_look_at_every_row_selects(keys: Mapping[int, str], picks: object) -> None:
    """Dates, times, endings of PatientIDs and modalities, against all rows looked at one by one."""
    assert callable(picks)
    wanted = (Tag.STUDY_INSTANCE_UID, Tag.PATIENT_ID, Tag.STUDY_DATE, Tag.STUDY_TIME, Tag.MODALITIES_IN_STUDY)
    call, nothing = Call(), dict.fromkeys(wanted, "")
    everything, _ = call.find("STUDY", nothing)
    found, status = call.find("STUDY", {**nothing, **keys})
    assert status == 0
    assert found == [row for row in everything if picks(row)]


def test_series_and_images_are_as_many_as_the_counters_say() -> None:
    """Listed row by row for some days, below the studies of these days."""
    call, days = Call(), {Tag.STUDY_DATE: "20250101-20250107"}
    unique = {Tag.STUDY_INSTANCE_UID: "", Tag.SERIES_INSTANCE_UID: "", Tag.SOP_INSTANCE_UID: ""}
    studies, _ = call.find("STUDY", {**days, Tag.STUDY_INSTANCE_UID: "", **dict.fromkeys(COUNTERS, "")})
    series, _ = call.find("SERIES", {**days, **unique, Tag.NUMBER_OF_SERIES_RELATED_INSTANCES: ""})
    images, _ = call.find("IMAGE", {**days, **unique})
    assert len({row[Tag.SERIES_INSTANCE_UID] for row in series}) == len(series)
    assert len(series) == sum(int(row[COUNTERS[0]]) for row in studies)
    assert len({row[Tag.SOP_INSTANCE_UID] for row in images}) == len(images)
    assert len(images) == sum(int(row[COUNTERS[1]]) for row in studies)
    assert len(images) == sum(int(row[Tag.NUMBER_OF_SERIES_RELATED_INSTANCES]) for row in series)
    assert {row[Tag.STUDY_INSTANCE_UID] for row in images} == {row[Tag.STUDY_INSTANCE_UID] for row in studies}


def test_patients_are_told_with_what_they_have() -> None:
    """The Patient Root: 524 people with five studies each, and all images."""
    tags = (
        Tag.NUMBER_OF_PATIENT_RELATED_STUDIES,
        Tag.NUMBER_OF_PATIENT_RELATED_SERIES,
        Tag.NUMBER_OF_PATIENT_RELATED_INSTANCES,
    )
    keys = {Tag.PATIENT_ID: "", **dict.fromkeys(tags, "")}
    rows, _ = Call().find("PATIENT", keys, PATIENT_ROOT_FIND)
    assert len({row[Tag.PATIENT_ID] for row in rows}) == len(rows) == 524
    assert [sum(int(row[tag]) for row in rows) for tag in tags] == [2_620, STOCK.series, 29_999]


def test_one_study_and_one_person_are_found_by_their_identifiers() -> None:
    """What a row said finds that row; a made-up one finds nothing."""
    call, nothing = Call(), {Tag.STUDY_INSTANCE_UID: "", Tag.PATIENT_ID: ""}
    everything, _ = call.find("STUDY", nothing)
    row = everything[1_234]
    study = {**nothing, Tag.STUDY_INSTANCE_UID: row[Tag.STUDY_INSTANCE_UID]}
    assert call.find("STUDY", study) == ([row], 0)
    person, _ = call.find("STUDY", {**nothing, Tag.PATIENT_ID: row[Tag.PATIENT_ID]})
    assert person == [each for each in everything if each[Tag.PATIENT_ID] == row[Tag.PATIENT_ID]]
    assert call.find("STUDY", {**nothing, Tag.STUDY_INSTANCE_UID: "2.25.3"}) == ([], 0)
    assert call.find("STUDY", {**nothing, Tag.PATIENT_ID: "2.25.3"}) == ([], 0)


def test_a_limit_cuts_an_answer_that_is_longer_and_no_other() -> None:
    """Status 0xFE00 after 1,500 rows; what has less is whole."""
    call, keys = Call(replace(LIKE_ORTHANC, most_rows=1_500)), {Tag.STUDY_INSTANCE_UID: ""}
    rows, status = call.find("STUDY", keys)
    assert (len(rows), status) == (1_500, 0xFE00)
    rows, status = call.find("STUDY", {**keys, Tag.STUDY_DATE: "20250101-20250131"})
    assert 0 < len(rows) < 1_500
    assert status == 0


def test_what_it_does_not_understand_is_an_error() -> None:
    """An open range, a date in no calendar, a wildcard in the middle, a level of another root."""
    call = Call(Policy())
    for keys in (
        {Tag.STUDY_DATE: "20250101-"},
        {Tag.STUDY_DATE: "20251331"},
        {Tag.PATIENT_ID: "FL*7"},
        {Tag.STUDY_TIME: "9-10"},
    ):
        assert call.find("STUDY", {Tag.STUDY_INSTANCE_UID: "", **keys}) == ([], 0xC000)
    assert call.find("PATIENT", {Tag.PATIENT_ID: ""}) == ([], 0xA900)
    assert call.find("SERIES", {Tag.SERIES_INSTANCE_UID: "", Tag.STUDY_INSTANCE_UID: ""}) == ([], 0xA900)


def test_a_cancel_is_heard_after_the_block_that_is_on_its_way() -> None:
    """C-CANCEL after the first thousand rows ends the answer with 0xFE00."""
    call = Call()
    context = call.requestor.context_for(STUDY_ROOT_FIND)
    assert context is not None
    asked = encode_dataset({Tag.QUERY_RETRIEVE_LEVEL: "STUDY", Tag.STUDY_INSTANCE_UID: ""}, call.syntax)
    call.requestor.send(context, FindRequest(5, STUDY_ROOT_FIND), asked)
    call.turn()
    call.requestor.send(context, CancelRequest(5))
    events, _ = call.turn()
    assert [each.response.status for each in events if isinstance(each, ResponseReceived)] == [0xFE00]
    assert call.ledger.tally.rows == 1_000


def test_a_null_retrieve_is_answered_or_refused_as_the_policy_says() -> None:
    """Success with nothing sent, or A-ABORT."""
    for reaction in (Reaction.ANSWER, Reaction.ABORT):
        call = Call(replace(LIKE_ORTHANC, get=reaction), services=(STUDY_ROOT_GET,))
        context = call.requestor.context_for(STUDY_ROOT_GET)
        assert context is not None
        call.requestor.send(context, NullGetRequest(1, STUDY_ROOT_GET))
        (event,), _ = call.turn()
        if reaction is Reaction.ANSWER:
            assert isinstance(event, ResponseReceived)
            assert event.response.status == 0
        else:
            assert isinstance(event, PeerAborted)


def test_an_identifier_that_cannot_be_read_is_an_error_and_no_more() -> None:
    """0xC000, and the association goes on."""
    call = Call()
    context = call.requestor.context_for(STUDY_ROOT_FIND)
    assert context is not None
    call.requestor.send(context, FindRequest(5, STUDY_ROOT_FIND), b"\x08\x00\x20\x00DA\xff\x00")
    events, _ = call.turn()
    assert [each.response.status for each in events if isinstance(each, ResponseReceived)] == [0xC000]
    assert call.find("STUDY", {Tag.STUDY_INSTANCE_UID: "2.25.3"}) == ([], 0)


def test_a_slow_archive_waits_before_its_first_row() -> None:
    """The server is told for how long, and has nothing to send meanwhile."""
    call = Call(replace(LIKE_ORTHANC, tempo=Tempo(first=150)))
    context = call.requestor.context_for(STUDY_ROOT_FIND)
    assert context is not None
    asked = encode_dataset({Tag.QUERY_RETRIEVE_LEVEL: "STUDY", Tag.STUDY_INSTANCE_UID: ""}, call.syntax)
    call.requestor.send(context, FindRequest(5, STUDY_ROOT_FIND), asked)
    call.talk.receive(call.requestor.data_to_send())
    assert call.talk.is_answering
    assert call.talk.pause_seconds == 0.15
