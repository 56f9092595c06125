"""Golden bytes of the seven PDUs, field by field as PS3.8 §9.3 lays them out, in both directions."""

from __future__ import annotations

import pytest

from dosimeter.dicom.pdu import (
    PDU,
    PDV,
    AAbort,
    AAssociateAC,
    AAssociateRJ,
    AAssociateRQ,
    AReleaseRP,
    AReleaseRQ,
    AsyncOperationsWindow,
    ContextResult,
    ExtendedNegotiation,
    PDataTF,
    ProposedContext,
    RoleSelection,
    UnknownItem,
    UserInformation,
)
from dosimeter.dicom.pdu_decode import decode_pdu
from dosimeter.dicom.pdu_encode import encode_pdu

RQ_BYTES = bytes.fromhex(
    "01 00 000000C5"  # A-ASSOCIATE-RQ, reserved, 197 bytes follow
    "0001 0000"  # protocol version 1, reserved
    "4E4F424F4459 20202020202020202020"  # called AE title "NOBODY", padded to 16
    "444F53494D45544552 20202020202020"  # calling AE title "DOSIMETER", padded to 16
    + "00"
    * 32  # reserved
    + "10 00 0015"  # application context, 21 bytes
    "312E322E3834302E31303030382E332E312E312E31"  # 1.2.840.10008.3.1.1.1
    "20 00 0045"  # presentation context, 69 bytes
    "01 00 00 00"  # identifier 1, reserved
    "30 00 0011"  # abstract syntax, 17 bytes
    "312E322E3834302E31303030382E312E31"  # 1.2.840.10008.1.1, Verification
    "40 00 0011"  # transfer syntax, 17 bytes
    "312E322E3834302E31303030382E312E32"  # 1.2.840.10008.1.2, implicit VR little endian
    "40 00 0013"  # transfer syntax, 19 bytes
    "312E322E3834302E31303030382E312E322E31"  # 1.2.840.10008.1.2.1, explicit VR little endian
    "50 00 001B"  # user information, 27 bytes
    "51 00 0004 00004000"  # maximum length 16384
    "52 00 0006 322E32352E37"  # implementation class UID 2.25.7
    "55 00 0005 444F534953"  # implementation version name "DOSIS"
)

RQ = AAssociateRQ(
    "NOBODY",
    "DOSIMETER",
    (ProposedContext(1, "1.2.840.10008.1.1", ("1.2.840.10008.1.2", "1.2.840.10008.1.2.1")),),
    UserInformation(16384, "2.25.7", "DOSIS"),
)

AC_BYTES = bytes.fromhex(
    "02 00 000000C2"  # A-ASSOCIATE-AC, reserved, 194 bytes follow
    "0001 0000"  # protocol version 1, reserved
    "41524348495645 202020202020202020"  # reserved: here an acceptor wrote "ARCHIVE"
    "444F53494D45544552 20202020202020"  # reserved: the calling title back
    + "00"
    * 32  # reserved
    + "10 00 0015"  # application context, 21 bytes
    "312E322E3834302E31303030382E332E312E312E31"
    "21 00 0019"  # presentation context, 25 bytes
    "01 00 00 00"  # identifier 1, reserved, result 0 (acceptance), reserved
    "40 00 0011"  # transfer syntax, 17 bytes
    "312E322E3834302E31303030382E312E32"  # implicit VR little endian
    "21 00 0008"  # presentation context, 8 bytes
    "03 00 03 00"  # identifier 3, result 3 (abstract syntax not supported)
    "40 00 0000"  # a transfer syntax of no bytes, which means nothing here
    "50 00 0038"  # user information, 56 bytes
    "51 00 0004 00000000"  # maximum length 0: no limit
    "52 00 0003 312E32"  # implementation class UID 1.2
    "53 00 0004 0001 0000"  # asynchronous operations: 1 invoked, performed without limit
    "54 00 0007 0003 312E33 00 01"  # role selection of 1.3: not SCU, SCP
    "56 00 0006 0003 312E34 FF"  # extended negotiation of 1.4: one byte FF
    "59 00 0003 0001 AA"  # user identity response: one byte AA
    "5F 00 0001 2A"  # a sub-item that no standard defines
)

AC = AAssociateAC(
    (ContextResult(1, 0, "1.2.840.10008.1.2"), ContextResult(3, 3, "")),
    UserInformation(
        0,
        "1.2",
        None,
        AsyncOperationsWindow(1, 0),
        (RoleSelection("1.3", 0, 1),),
        (ExtendedNegotiation("1.4", b"\xff"),),
        b"\xaa",
        (UnknownItem(0x5F, b"*"),),
    ),
    b"ARCHIVE         DOSIMETER       ",
)

GOLDEN: tuple[tuple[bytes, PDU], ...] = (
    (RQ_BYTES, RQ),
    (AC_BYTES, AC),
    # A-ASSOCIATE-RJ, 4 bytes: reserved, result 1 (permanent), source 1 (user), reason 7 (called title)
    (bytes.fromhex("03 00 00000004 00 01 01 07"), AAssociateRJ(1, 1, 7)),
    # A-ASSOCIATE-RJ whose codes no standard defines: kept as sent
    (bytes.fromhex("03 00 00000004 00 FF 09 63"), AAssociateRJ(255, 9, 99)),
    # P-DATA-TF, 8 bytes: a PDV of 4 bytes on context 1, last fragment (2) of a command (1)
    (bytes.fromhex("04 00 00000008 00000004 01 03 BEEF"), PDataTF((PDV(1, True, True, b"\xbe\xef"),))),
    # P-DATA-TF, 15 bytes: a fragment of a data set on context 3, then its last, which is empty
    (
        bytes.fromhex("04 00 0000000F 00000005 03 00 414243 00000002 03 02"),
        PDataTF((PDV(3, False, False, b"ABC"), PDV(3, False, True, b""))),
    ),
    # A-RELEASE-RQ and -RP, 4 reserved bytes each
    (bytes.fromhex("05 00 00000004 00000000"), AReleaseRQ()),
    (bytes.fromhex("06 00 00000004 00000000"), AReleaseRP()),
    # A-ABORT: two reserved bytes, source 2 (provider), reason 6 (invalid parameter value)
    (bytes.fromhex("07 00 00000004 0000 02 06"), AAbort(2, 6)),
    # A-ABORT whose codes are reserved by the standard: kept as sent
    (bytes.fromhex("07 00 00000004 0000 01 03"), AAbort(1, 3)),
)


@pytest.mark.parametrize(("raw", "pdu"), GOLDEN)
def test_a_pdu_is_written_as_the_standard_lays_it_out(raw: bytes, pdu: PDU) -> None:
    """Encoding gives the golden bytes, to the byte."""
    assert encode_pdu(pdu) == raw


@pytest.mark.parametrize(("raw", "pdu"), GOLDEN)
def test_a_pdu_is_read_as_the_standard_lays_it_out(raw: bytes, pdu: PDU) -> None:
    """Decoding the golden bytes gives the value and consumes all of them."""
    assert decode_pdu(raw) == (pdu, len(raw))


@pytest.mark.parametrize(("raw", "pdu"), GOLDEN)
def test_a_pdu_that_is_not_all_there_is_waited_for(raw: bytes, pdu: PDU) -> None:
    """Every proper beginning of a PDU asks for more bytes and is no error."""
    assert all(decode_pdu(raw[:length]) is None for length in range(len(raw)))


def test_a_pdu_is_found_behind_another() -> None:
    """Decoding starts where it is told and says how much it took."""
    buffer = bytes.fromhex("05 00 00000004 00000000 06 00 00000004 00000000")

    assert decode_pdu(buffer, 10) == (AReleaseRP(), 10)
