from __future__ import annotations

import struct

import pytest

from dosimeter.dicom.errors import RemoteProtocolError
from dosimeter.dicom.pdu import AAssociateAC, AAssociateRQ, ContextResult, UnknownItem, UserInformation
from dosimeter.dicom.pdu_decode import decode_pdu


def associate(pdu_type: int, items: bytes) -> bytes:
    """An A-ASSOCIATE-RQ or -AC with these items."""
    body = bytes.fromhex("0001 0000") + b" " * 32 + bytes(32) + items
    return struct.pack(">BxI", pdu_type, len(body)) + body


def ac(items: str | bytes) -> AAssociateAC:
    """The A-ASSOCIATE-AC with these items, decoded."""
    raw = bytes.fromhex(items) if isinstance(items, str) else items
    decoded = decode_pdu(associate(2, raw))
    assert decoded is not None
    assert isinstance(decoded[0], AAssociateAC)
    return decoded[0]


def rq(items: str | bytes) -> AAssociateRQ:
    """The A-ASSOCIATE-RQ with these items, decoded."""
    raw = bytes.fromhex(items) if isinstance(items, str) else items
    decoded = decode_pdu(associate(1, raw))
    assert decoded is not None
    assert isinstance(decoded[0], AAssociateRQ)
    return decoded[0]


def refusal(items: str | bytes, pdu_type: int = 2) -> RemoteProtocolError:
    """What is wrong with these items."""
    raw = bytes.fromhex(items) if isinstance(items, str) else items
    with pytest.raises(RemoteProtocolError) as raised:
        decode_pdu(associate(pdu_type, raw))
    return raised.value


def test_an_error_names_the_pdu_the_field_and_the_offset() -> None:
    """The sentence tells where in the PDU it went wrong, and holds nothing the peer sent."""
    error = refusal("21 00 00FF 01 00 00 00")

    assert str(error) == "A-ASSOCIATE-AC, item_length at byte 74: 255 does not fit the PDU"
    assert (error.pdu, error.field, error.offset) == ("A-ASSOCIATE-AC", "item_length", 74)


@pytest.mark.parametrize(
    ("items", "field", "offset"),
    [
        ("21", "item", 74),
        ("21 00 00", "item", 74),
        ("21 00 FFFF", "item_length", 74),
        ("21 00 0000", "presentation_context", 74),
        ("21 00 0003 01 00 00", "presentation_context", 74),
        ("21 00 0006 01 00 00 00 40 00", "presentation_context", 74),  # a sub-item cut short
        ("21 00 0008 01 00 00 00 40 00 0001", "presentation_context", 74),  # longer than its item
        ("21 00 0009 01 00 00 00 40 00 0000 00", "presentation_context", 74),  # shorter than its item
        ("21 00 0008 01 00 00 00 30 00 0000", "presentation_context", 74),  # not a transfer syntax
        ("50 00 0003 51 00 00", "user_item", 78),
        ("50 00 0004 51 00 0004", "user_item_length", 78),
        ("50 00 0006 51 00 0002 0000", "max_pdu_length", 82),
        ("50 00 0009 51 00 0005 0000000000", "max_pdu_length", 82),
        ("50 00 0004 51 00 0000", "max_pdu_length", 82),
        ("50 00 0005 53 00 0001 00", "async_operations_window", 82),
        ("50 00 0005 54 00 0001 00", "role_selection", 82),
        ("50 00 0006 54 00 0002 FFFF", "role_selection", 82),
        ("50 00 0007 54 00 0003 0000 01", "role_selection", 84),
        ("50 00 0006 56 00 0002 0001", "extended_negotiation", 82),
        ("50 00 0006 59 00 0002 8000", "user_identity_response", 82),
    ],
)
def test_a_length_that_does_not_fit_is_refused(items: str, field: str, offset: int) -> None:
    """Past the end, short of the end, zero, 65,535: each is found where it stands."""
    error = refusal(items)

    assert (error.field, error.offset) == (field, offset)


@pytest.mark.parametrize(
    ("items", "field"),
    [
        ("20 00 0003 01 00 00", "presentation_context"),
        ("20 00 0008 01 00 00 00 30 00 0001", "item_length"),
        ("20 00 0007 01 00 00 00 30 00 00", "item"),
        ("50 00 0004 51 00 0004", "user_item_length"),
    ],
)
def test_a_request_is_held_to_the_same(items: str, field: str) -> None:
    """The acceptor's side checks every length as well."""
    error = refusal(items, pdu_type=1)

    assert (error.pdu, error.field) == ("A-ASSOCIATE-RQ", field)


@pytest.mark.parametrize("pdu_type", [1, 2])
def test_an_associate_pdu_shorter_than_its_fixed_part_is_refused(pdu_type: int) -> None:
    """68 bytes come before the first item."""
    with pytest.raises(RemoteProtocolError, match="67 is too short"):
        decode_pdu(struct.pack(">BxI", pdu_type, 67) + bytes(67))


def test_more_contexts_than_there_are_identifiers_are_refused() -> None:
    """128 contexts are read, one more is refused (PS3.8 §9.3.2.2)."""
    context = bytes.fromhex("21 00 0008 01 00 00 00 40 00 0000")

    assert len(ac(context * 128).contexts) == 128
    assert refusal(context * 129).problem == "more than 128"
    assert refusal(bytes.fromhex("20 00 0004 01 00 00 00") * 129, pdu_type=1).problem == "more than 128"


def test_more_sub_items_than_anybody_sends_are_refused() -> None:
    """128 user information items or transfer syntaxes are read, one more is refused."""
    unknown = bytes.fromhex("5F 00 0000")
    syntax = bytes.fromhex("40 00 0000")

    assert len(ac(struct.pack(">BxH", 0x50, 512) + unknown * 128).user_information.unknown_items) == 128
    assert refusal(struct.pack(">BxH", 0x50, 516) + unknown * 129).problem == "more than 128"
    head = bytes.fromhex("01 00 00 00")
    assert (
        len(rq(struct.pack(">BxH", 0x20, 516) + head + syntax * 128).contexts[0].transfer_syntax_uids) == 128
    )
    assert (
        refusal(struct.pack(">BxH", 0x20, 520) + head + syntax * 129, pdu_type=1).problem == "more than 128"
    )


def test_what_a_refused_context_carries_means_nothing() -> None:
    """With a result other than 0 the transfer syntax may be absent, empty or malformed (PS3.8 §9.3.3.2)."""
    assert ac("21 00 0004 01 00 03 00").contexts == (ContextResult(1, 3),)
    assert ac("21 00 0008 03 00 04 00 40 00 0000").contexts == (ContextResult(3, 4),)
    assert ac("21 00 0006 05 00 01 00 FFFF").contexts == (ContextResult(5, 1),)
    assert ac("21 00 0008 07 00 02 00 40 00 FFFF").contexts == (ContextResult(7, 2),)


def test_an_accepted_context_without_a_transfer_syntax_is_read_as_such() -> None:
    """Whether it counts is for the negotiation to say."""
    assert ac("21 00 0004 01 00 00 00").contexts == (ContextResult(1, 0, ""),)


def test_deviations_that_harm_nobody_are_read_past() -> None:
    """No application context, unknown items, reserved bytes, another version, padded texts."""
    raw = bytes.fromhex(
        "02 FF 0000007E"  # reserved byte set
        "FFFE FFFF" + "AA" * 64 + "11 FF 0002 0000"  # another protocol version  # an item of no standard
        "21 FF 001A 01 FF 00 FF 40 FF 0012 312E322E3834302E31303030382E312E32 00"  # UID padded with a NUL
        "50 FF 0012"
        "52 FF 0004 312E32 20"  # UID padded with a space
        "55 FF 0006 20 41 42 20 00 00"  # name padded at both ends
    )

    decoded = decode_pdu(raw)

    assert decoded is not None
    assert decoded[0] == AAssociateAC(
        (ContextResult(1, 0, "1.2.840.10008.1.2"),),
        UserInformation(implementation_class_uid="1.2", implementation_version_name="AB"),
        b"\xaa" * 32,
    )


def test_of_a_repeated_sub_item_the_first_counts() -> None:
    """Some acceptors send back our own items and then add theirs; the rest is kept as unknown."""
    user = ac(
        "50 00 001A 51 00 0004 00004000 51 00 0004 00000001 55 00 0001 41 55 00 0001 42"
    ).user_information

    assert user.max_pdu_length == 0x4000
    assert user.implementation_version_name == "A"
    assert user.unknown_items == (UnknownItem(0x51, b"\0\0\0\1"), UnknownItem(0x55, b"B"))


def test_a_second_user_information_item_is_read_past() -> None:
    """The first counts."""
    user = ac("50 00 0005 55 00 0001 41 50 00 0005 55 00 0001 42").user_information

    assert user == UserInformation(implementation_version_name="A")


def test_any_byte_may_stand_in_a_name() -> None:
    """Names are hostile text: they are carried as they are, for the report to clean."""
    assert ac("50 00 0007 55 00 0003 1B5DFF").user_information.implementation_version_name == "\x1b]\xff"


@pytest.mark.parametrize(
    ("body", "field", "problem"),
    [
        ("", "pdv", "a P-DATA-TF without a PDV"),
        ("00000002 01", "pdv", "the header does not fit the PDU"),
        ("00000001 01 03", "pdv_length", "1 does not fit the PDU"),
        ("00000000 01 03", "pdv_length", "0 does not fit the PDU"),
        ("00000003 01 03", "pdv_length", "3 does not fit the PDU"),
        ("FFFFFFFF 01 03 00", "pdv_length", "4294967295 does not fit the PDU"),
        ("00000002 01 00", "pdv", "an empty fragment that is not the last"),
        ("00000002 01 01", "pdv", "an empty fragment that is not the last"),
    ],
)
def test_a_pdv_that_does_not_fit_is_refused(body: str, field: str, problem: str) -> None:
    """So is an empty one that promises more: those could follow each other for ever."""
    raw = bytes.fromhex(body)
    with pytest.raises(RemoteProtocolError) as raised:
        decode_pdu(struct.pack(">BxI", 4, len(raw)) + raw)

    assert (raised.value.field, raised.value.problem) == (field, problem)
