"""Command sets against pydicom and pynetdicom, in both directions."""

from __future__ import annotations

from io import BytesIO

import pytest
from pydicom import Dataset
from pydicom.filereader import read_dataset
from pynetdicom import dimse_messages as messages
from pynetdicom.dimse_primitives import C_ECHO, C_FIND, C_GET, DIMSEPrimitive

from dosimeter.dicom import uids
from dosimeter.dicom.dimse import (
    CancelRequest,
    EchoRequest,
    EchoResponse,
    FindRequest,
    FindResponse,
    GetResponse,
    NullGetRequest,
    Request,
    Response,
    decode_command,
    encode_request,
    encode_response,
    response_of,
)


def as_pydicom(raw: bytes) -> dict[str, object]:
    """The elements of a command set as pydicom reads them."""
    return {element.keyword: element.value for element in read_dataset(BytesIO(raw), True, True)}


@pytest.mark.parametrize(
    ("request_", "elements"),
    [
        (
            EchoRequest(7),
            {
                "CommandGroupLength": 56,
                "AffectedSOPClassUID": uids.VERIFICATION,
                "CommandField": 0x0030,
                "MessageID": 7,
                "CommandDataSetType": 0x0101,
            },
        ),
        (
            FindRequest(65535, uids.MODALITY_WORKLIST_FIND),
            {
                "CommandGroupLength": 70,
                "AffectedSOPClassUID": uids.MODALITY_WORKLIST_FIND,
                "CommandField": 0x0020,
                "MessageID": 65535,
                "Priority": 2,
                "CommandDataSetType": 1,
            },
        ),
        (
            NullGetRequest(1, uids.PATIENT_ROOT_GET),
            {
                "CommandGroupLength": 76,
                "AffectedSOPClassUID": uids.PATIENT_ROOT_GET,
                "CommandField": 0x0010,
                "MessageID": 1,
                "Priority": 2,
                "CommandDataSetType": 1,
            },
        ),
        (
            CancelRequest(7),
            {
                "CommandGroupLength": 30,
                "CommandField": 0x0FFF,
                "MessageIDBeingRespondedTo": 7,
                "CommandDataSetType": 0x0101,
            },
        ),
    ],
)
def test_pydicom_reads_our_requests_as_we_meant_them(request_: Request, elements: dict[str, object]) -> None:
    """Every element, and no other."""
    assert as_pydicom(encode_request(request_)) == elements


def test_pydicom_reads_our_responses_as_we_meant_them() -> None:
    """Counters that are absent are not written."""
    raw = encode_response(GetResponse(5, 0xB000, 1, 2, 3, None), uids.STUDY_ROOT_GET)

    assert as_pydicom(raw) == {
        "CommandGroupLength": len(raw) - 12,
        "AffectedSOPClassUID": uids.STUDY_ROOT_GET,
        "CommandField": 0x8010,
        "MessageIDBeingRespondedTo": 5,
        "CommandDataSetType": 0x0101,
        "Status": 0xB000,
        "NumberOfRemainingSuboperations": 1,
        "NumberOfCompletedSuboperations": 2,
        "NumberOfFailedSuboperations": 3,
    }


def their_response(kind: type[DIMSEPrimitive], status: int) -> DIMSEPrimitive:
    """A response as pynetdicom's services fill it in."""
    primitive = kind()
    primitive.MessageIDBeingRespondedTo = 300
    primitive.AffectedSOPClassUID = uids.STUDY_ROOT_FIND
    primitive.Status = status
    return primitive


def find_with_comment() -> DIMSEPrimitive:
    """A failure with an error comment, which may hold anything."""
    primitive = their_response(C_FIND, 0xA900)
    primitive.ErrorComment = "Doe^John is not here"
    return primitive


def get_with_counters() -> DIMSEPrimitive:
    """A C-GET that failed."""
    primitive = their_response(C_GET, 0xA702)
    primitive.NumberOfCompletedSuboperations = 1
    primitive.NumberOfFailedSuboperations = 2
    primitive.NumberOfWarningSuboperations = 3
    return primitive


@pytest.mark.parametrize(
    ("message", "primitive", "ours"),
    [
        (messages.C_ECHO_RSP, their_response(C_ECHO, 0), EchoResponse(300, 0)),
        (messages.C_FIND_RSP, their_response(C_FIND, 0xFF01), FindResponse(300, 0xFF01)),
        (messages.C_FIND_RSP, find_with_comment(), FindResponse(300, 0xA900)),
        (messages.C_GET_RSP, get_with_counters(), GetResponse(300, 0xA702, None, 1, 2, 3)),
    ],
)
def test_we_read_pynetdicoms_responses_as_it_meant_them(
    message: type[messages.DIMSEMessage], primitive: DIMSEPrimitive, ours: Response
) -> None:
    """From its primitive through its encoder to our value."""
    theirs = message()
    theirs.primitive_to_message(primitive)
    (fragment,) = theirs.encode_msg(1, 16382)
    _, raw = fragment.presentation_data_value_list[0]

    command = decode_command(raw, 1, len(raw))

    assert response_of(command, 300, ours.status) == ours
    assert (command.responded_to, command.status) == (300, ours.status)
    assert not command.has_data_set


def test_a_command_set_as_pydicom_writes_it_reads_the_same() -> None:
    """Elements of ours survive between elements that are not."""
    data_set = Dataset()
    data_set.CommandGroupLength = 0
    data_set.AffectedSOPClassUID = uids.STUDY_ROOT_FIND
    data_set.CommandField = 0x8020
    data_set.MessageIDBeingRespondedTo = 9
    data_set.CommandDataSetType = 0x0001
    data_set.Status = 0xFF00
    data_set.OffendingElement = [0x00100010]
    data_set.ErrorComment = "odd"
    raw = written(data_set)

    command = decode_command(raw, 0, len(raw))

    assert response_of(command, 9, 0xFF00) == FindResponse(9, 0xFF00)
    assert (command.responded_to, command.status, command.has_data_set) == (9, 0xFF00, True)


def written(data_set: Dataset) -> bytes:
    """Implicit VR little endian, as command sets are."""
    from pydicom.filebase import DicomBytesIO
    from pydicom.filewriter import write_dataset

    file = DicomBytesIO()
    file.is_implicit_VR = True
    file.is_little_endian = True
    write_dataset(file, data_set)
    return file.getvalue()
