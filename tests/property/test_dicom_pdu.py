from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from dosimeter.dicom.errors import RemoteProtocolError
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
from dosimeter.dicom.pdu_reader import PduReader

BYTE = st.integers(0, 255)
U16 = st.integers(0, 0xFFFF)
U32 = st.integers(0, 0xFFFFFFFF)
UID = st.from_regex(r"[0-9]([0-9.]{0,62}[0-9])?", fullmatch=True)
TITLE = st.from_regex(r"[!-\[\]-~]([ -\[\]-~]{0,14}[!-\[\]-~])?", fullmatch=True)
NAME = st.from_regex(r"[!-~\x80-\xff]([ -~\x80-\xff]{0,14}[!-~\x80-\xff])?", fullmatch=True)
DATA = st.binary(max_size=40)

USER_INFORMATION = st.builds(
    UserInformation,
    st.none() | U32,
    st.none() | UID,
    st.none() | NAME,
    st.none() | st.builds(AsyncOperationsWindow, U16, U16),
    st.lists(st.builds(RoleSelection, UID, BYTE, BYTE), max_size=3).map(tuple),
    st.lists(st.builds(ExtendedNegotiation, UID, DATA), max_size=3).map(tuple),
    st.none() | DATA,
    st.lists(
        st.builds(UnknownItem, BYTE.filter(lambda kind: not 0x51 <= kind <= 0x56 and kind != 0x59), DATA),
        max_size=3,
    ).map(tuple),
)

PDUS: st.SearchStrategy[PDU] = st.one_of(
    st.builds(
        AAssociateRQ,
        TITLE,
        TITLE,
        st.lists(st.builds(ProposedContext, BYTE, UID, st.lists(UID, max_size=3).map(tuple)), max_size=6).map(
            tuple
        ),
        USER_INFORMATION,
    ),
    st.builds(
        AAssociateAC,
        st.lists(st.builds(ContextResult, BYTE, BYTE, UID | st.just("")), max_size=6).map(tuple),
        USER_INFORMATION,
        st.binary(min_size=32, max_size=32),
    ),
    st.builds(AAssociateRJ, BYTE, BYTE, BYTE),
    st.builds(
        PDataTF,
        st.lists(
            st.builds(PDV, BYTE, st.booleans(), st.booleans(), DATA).filter(
                lambda pdv: pdv.is_last or pdv.data
            ),
            min_size=1,
            max_size=5,
        ).map(tuple),
    ),
    st.just(AReleaseRQ()),
    st.just(AReleaseRP()),
    st.builds(AAbort, BYTE, BYTE),
)


def decoded_or_refused(raw: bytes) -> tuple[PDU, int] | RemoteProtocolError | None:
    """What becomes of these bytes; any other exception fails the test."""
    try:
        return decode_pdu(raw)
    except RemoteProtocolError as error:
        return error


@given(PDUS, DATA)
def test_what_is_encoded_decodes_to_the_same(pdu: PDU, behind: bytes) -> None:
    """Decode after encode is the identity, whatever follows on the wire."""
    raw = encode_pdu(pdu)

    assert decode_pdu(raw + behind) == (pdu, len(raw))


@given(PDUS)
def test_what_is_decoded_encodes_to_the_same(pdu: PDU) -> None:
    """Encode after decode after encode gives the same bytes."""
    raw = encode_pdu(pdu)
    decoded = decode_pdu(raw)

    assert decoded is not None
    assert encode_pdu(decoded[0]) == raw


@given(st.binary(max_size=300))
def test_any_bytes_are_a_pdu_an_error_or_a_wait(raw: bytes) -> None:
    """Nothing else is ever raised, and no more is taken than is there."""
    found = decoded_or_refused(raw)

    if isinstance(found, RemoteProtocolError):
        assert 0 <= found.offset <= len(raw)
        assert str(found).startswith(found.pdu)
    else:
        assert found is None or 0 < found[1] <= len(raw)


@given(PDUS, st.data())
def test_a_damaged_pdu_is_a_pdu_an_error_or_a_wait(pdu: PDU, data: st.DataObject) -> None:
    """One byte overwritten anywhere: lengths, types, identifiers."""
    raw = bytearray(encode_pdu(pdu))
    raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(BYTE)

    found = decoded_or_refused(bytes(raw))

    assert not isinstance(found, RemoteProtocolError) or found.field


@given(PDUS, st.binary(max_size=20), st.data())
def test_a_stretched_or_shortened_body_is_a_pdu_or_an_error(
    pdu: PDU, extra: bytes, data: st.DataObject
) -> None:
    """The header is made to fit, so that the inner lengths are what is tested."""
    body = encode_pdu(pdu)[6:]
    cut = data.draw(st.integers(0, len(body)))
    changed = body[:cut] + extra
    raw = bytes([encode_pdu(pdu)[0], 0]) + len(changed).to_bytes(4, "big") + changed

    assert decoded_or_refused(raw) is not None


@given(st.integers(0, 0xFFFFFFFF), st.integers(1, 7))
@example(0xFFFFFFFF, 2)
@example(0x10001, 4)
@example(0x10000, 4)
@example(0, 2)
@example(1, 4)
def test_any_announced_length_is_waited_for_or_refused_on_six_bytes(length: int, pdu_type: int) -> None:
    """Over 64 KiB, or not 4 where it must be: refused. Otherwise no more is allocated than came."""
    fits = length <= 0x10000 if pdu_type in {1, 2, 4} else length == 4

    found = decoded_or_refused(bytes([pdu_type, 0]) + length.to_bytes(4, "big"))

    if fits:
        assert not isinstance(found, RemoteProtocolError) or length == 0
    else:
        assert isinstance(found, RemoteProtocolError)
        assert found.field == "pdu_length"


@given(st.lists(PDUS, min_size=1, max_size=4), st.data())
def test_pdus_come_out_whole_however_they_are_cut(pdus: list[PDU], data: st.DataObject) -> None:
    """Any segmentation of a stream gives the same PDUs."""
    stream = b"".join(map(encode_pdu, pdus))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    reader = PduReader()
    found = []
    for begin, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        if begin < end:
            reader.feed(stream[begin:end])
        while (raw := reader.next_pdu()) is not None:
            decoded = decode_pdu(raw)
            assert decoded is not None
            found.append(decoded[0])

    assert found == pdus
