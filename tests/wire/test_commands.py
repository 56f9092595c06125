"""Golden bytes of command sets and identifiers, element by element (PS3.7 §9.3, PS3.5 §7.1)."""

from __future__ import annotations

import pytest

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
from dosimeter.dicom.identifier import null_patient_query, null_study_query, null_worklist_query

STUDY_ROOT_FIND_HEX = "312E322E3834302E31303030382E352E312E342E312E322E322E31 00"
STUDY_ROOT_GET_HEX = "312E322E3834302E31303030382E352E312E342E312E322E322E33 00"

REQUESTS: tuple[tuple[str, Request], ...] = (
    (
        (
            "0000 0000 04000000 38000000"  # (0000,0000) group length: 56 bytes follow
            "0000 0200 12000000 312E322E3834302E31303030382E312E31 00"  # (0000,0002) Verification, padded
            "0000 0001 02000000 3000"  # (0000,0100) command field: C-ECHO-RQ
            "0000 1001 02000000 0700"  # (0000,0110) message identifier 7
            "0000 0008 02000000 0101"
        ),  # (0000,0800) no data set
        EchoRequest(7),
    ),
    (
        (
            "0000 0000 04000000 4C000000"  # group length: 76
            f"0000 0200 1C000000 {STUDY_ROOT_FIND_HEX}"  # Study Root FIND
            "0000 0001 02000000 2000"  # C-FIND-RQ
            "0000 1001 02000000 0201"  # message identifier 258
            "0000 0007 02000000 0200"  # (0000,0700) priority low
            "0000 0008 02000000 0100"
        ),  # a data set follows
        FindRequest(258, uids.STUDY_ROOT_FIND),
    ),
    (
        (
            "0000 0000 04000000 4C000000"
            f"0000 0200 1C000000 {STUDY_ROOT_GET_HEX}"  # Study Root GET
            "0000 0001 02000000 1000"  # C-GET-RQ
            "0000 1001 02000000 0100"
            "0000 0007 02000000 0200"
            "0000 0008 02000000 0100"
        ),
        NullGetRequest(1, uids.STUDY_ROOT_GET),
    ),
    (
        (
            "0000 0000 04000000 1E000000"  # group length: 30
            "0000 0001 02000000 FF0F"  # C-CANCEL-RQ
            "0000 2001 02000000 0700"  # (0000,0120) the request to cancel: 7
            "0000 0008 02000000 0101"
        ),
        CancelRequest(7),
    ),
)

RESPONSES: tuple[tuple[str, Response, str, bool], ...] = (
    (
        (
            "0000 0000 04000000 42000000"
            "0000 0200 12000000 312E322E3834302E31303030382E312E31 00"
            "0000 0001 02000000 3080"  # C-ECHO-RSP
            "0000 2001 02000000 0700"  # answers message 7
            "0000 0008 02000000 0101"
            "0000 0009 02000000 0000"
        ),  # (0000,0900) status: success
        EchoResponse(7, 0x0000),
        uids.VERIFICATION,
        False,
    ),
    (
        (
            "0000 0000 04000000 4C000000"
            f"0000 0200 1C000000 {STUDY_ROOT_FIND_HEX}"
            "0000 0001 02000000 2080"  # C-FIND-RSP
            "0000 2001 02000000 0200"
            "0000 0008 02000000 0100"  # an identifier follows
            "0000 0009 02000000 01FF"
        ),  # pending, an optional key is not supported
        FindResponse(2, 0xFF01),
        uids.STUDY_ROOT_FIND,
        True,
    ),
    (
        (
            "0000 0000 04000000 6A000000"
            f"0000 0200 1C000000 {STUDY_ROOT_GET_HEX}"
            "0000 0001 02000000 1080"  # C-GET-RSP
            "0000 2001 02000000 0300"
            "0000 0008 02000000 0101"
            "0000 0009 02000000 00C0"  # unable to process
            "0000 2110 02000000 0000"  # (0000,1021) completed: 0
            "0000 2210 02000000 0100"  # (0000,1022) failed: 1
            "0000 2310 02000000 0000"
        ),  # (0000,1023) warning: 0; remaining is absent
        GetResponse(3, 0xC000, None, 0, 1, 0),
        uids.STUDY_ROOT_GET,
        False,
    ),
)


@pytest.mark.parametrize(("golden", "request_"), REQUESTS)
def test_a_request_is_written_element_by_element(golden: str, request_: Request) -> None:
    """A request's command set is the golden bytes."""
    assert encode_request(request_).hex(" ") == bytes.fromhex(golden).hex(" ")


@pytest.mark.parametrize(("golden", "response", "sop_class_uid", "has_data_set"), RESPONSES)
def test_a_response_is_written_and_read_element_by_element(
    golden: str, response: Response, sop_class_uid: str, *, has_data_set: bool
) -> None:
    """A response's command set is the golden bytes, and they read as the response."""
    raw = bytes.fromhex(golden)

    assert encode_response(response, sop_class_uid, has_data_set=has_data_set).hex(" ") == raw.hex(" ")

    command = decode_command(raw, 0, len(raw))
    assert command.has_data_set is has_data_set
    assert command.sop_class_uid.rstrip(b"\0").decode() == sop_class_uid
    assert response_of(command, response.message_id_being_responded_to, response.status) == response


def test_a_null_study_query_holds_the_level_and_the_uid_alone() -> None:
    """Implicit VR: (0008,0052) STUDY, (0020,000D) the made-up UID."""
    golden = (
        "0800 5200 06000000 535455445920"  # QueryRetrieveLevel "STUDY "
        "2000 0D00 06000000 322E32352E37"  # StudyInstanceUID "2.25.7"
    )

    assert null_study_query("2.25.7", uids.IMPLICIT_VR_LE).hex(" ") == bytes.fromhex(golden).hex(" ")


def test_a_null_study_query_in_explicit_vr() -> None:
    """Explicit VR: each element names its VR and has a two-byte length."""
    golden = (
        "0800 5200 4353 0600 535455445920"  # CS
        "2000 0D00 5549 0600 322E32352E37"  # UI
    )

    assert null_study_query("2.25.7", uids.EXPLICIT_VR_LE).hex(" ") == bytes.fromhex(golden).hex(" ")


def test_a_null_patient_query_holds_the_level_and_the_id_alone() -> None:
    """(0008,0052) PATIENT, (0010,0020) the made-up identifier padded with a space."""
    golden = (
        "0800 5200 4353 0800 50415449454E5420"  # "PATIENT "
        "1000 2000 4C4F 0800 322E32352E313620"  # LO "2.25.16 "
    )

    assert null_patient_query("2.25.16", uids.EXPLICIT_VR_LE).hex(" ") == bytes.fromhex(golden).hex(" ")


@pytest.mark.parametrize(
    ("transfer_syntax_uid", "golden"),
    [
        (
            uids.IMPLICIT_VR_LE,
            (
                "4000 0001 20000000"  # (0040,0100) ScheduledProcedureStepSequence, 32 bytes
                "FEFF 00E0 18000000"  # an item of 24 bytes
                "4000 0200 08000000 3138303030313031"  # (0040,0002) start date 1800-01-01
                "4000 0900 00000000"
            ),  # (0040,0009) step identifier, asked back
        ),
        (
            uids.EXPLICIT_VR_LE,
            (
                "4000 0001 5351 0000 20000000"  # SQ, reserved, 32 bytes
                "FEFF 00E0 18000000"
                "4000 0200 4441 0800 3138303030313031"  # DA
                "4000 0900 5348 0000"
            ),  # SH
        ),
    ],
)
def test_a_null_worklist_query_asks_for_an_impossible_day(transfer_syntax_uid: str, golden: str) -> None:
    """One scheduled step on a day before any archive, and the key that every answer must have."""
    assert null_worklist_query(transfer_syntax_uid).hex(" ") == bytes.fromhex(golden).hex(" ")
