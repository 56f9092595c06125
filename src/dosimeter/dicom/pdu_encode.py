"""PDUs to bytes (PS3.8 §9.3, PS3.7 Annex D.3.3). All numbers are big endian."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final, assert_never

from dosimeter.dicom.aetitle import MAX_AE_TITLE
from dosimeter.dicom.errors import LocalProtocolError
from dosimeter.dicom.limits import MAX_CONTEXTS
from dosimeter.dicom.pdu import (
    PDU,
    PDV,
    AAbort,
    AAssociateAC,
    AAssociateRJ,
    AAssociateRQ,
    AReleaseRP,
    AReleaseRQ,
    ContextResult,
    ItemType,
    PDataTF,
    PduType,
    ProposedContext,
    UserInformation,
)
from dosimeter.dicom.uids import APPLICATION_CONTEXT

_PROTOCOL_VERSION: Final = 1
_TITLES_LENGTH: Final = 2 * MAX_AE_TITLE

_HEADER: Final = struct.Struct(">BxI")
_ITEM: Final = struct.Struct(">BxH")
_ASSOCIATE: Final = struct.Struct(">Hxx")
_CONTEXT: Final = struct.Struct(">BxBx")
_REJECT: Final = struct.Struct(">BxIxBBB")
_ABORT: Final = struct.Struct(">BxIxxBB")
_PDV: Final = struct.Struct(">IBB")
_P_DATA: Final = struct.Struct(">BxIIBB")

RELEASE_RQ: Final = _HEADER.pack(PduType.A_RELEASE_RQ, 4) + bytes(4)
RELEASE_RP: Final = _HEADER.pack(PduType.A_RELEASE_RP, 4) + bytes(4)

PDV_OVERHEAD: Final = 6
"""Length, context identifier and control header of a PDV."""


def encode_pdu(pdu: PDU) -> bytes:
    """The PDU as PS3.8 §9.3 writes it.

    Raises:
        LocalProtocolError: a value does not fit its field.
    """
    try:
        return _encode(pdu)
    except (struct.error, ValueError) as error:
        raise LocalProtocolError(f"{type(pdu).__name__}: a value does not fit its field") from error


def encode_fragment(context_id: int, control: int, data: bytes) -> bytes:
    """A P-DATA-TF with one PDV. ``control`` bit 0: command; bit 1: last fragment (PS3.8 E.2)."""
    length = len(data) + 2
    return _P_DATA.pack(PduType.P_DATA_TF, length + 4, length, context_id, control) + data


def _encode(pdu: PDU) -> bytes:
    if isinstance(pdu, PDataTF):
        return _with_header(PduType.P_DATA_TF, b"".join(map(_pdv, pdu.pdvs)))
    if isinstance(pdu, AAssociateRQ):
        return _with_header(PduType.A_ASSOCIATE_RQ, _associate_rq(pdu))
    if isinstance(pdu, AAssociateAC):
        return _with_header(PduType.A_ASSOCIATE_AC, _associate_ac(pdu))
    if isinstance(pdu, AAssociateRJ):
        return _REJECT.pack(PduType.A_ASSOCIATE_RJ, 4, pdu.result, pdu.source, pdu.reason)
    if isinstance(pdu, AReleaseRQ):
        return RELEASE_RQ
    if isinstance(pdu, AReleaseRP):
        return RELEASE_RP
    if isinstance(pdu, AAbort):
        return _ABORT.pack(PduType.A_ABORT, 4, pdu.source, pdu.reason)
    assert_never(pdu)


def _with_header(pdu_type: PduType, body: bytes) -> bytes:
    return _HEADER.pack(pdu_type, len(body)) + body


def _pdv(pdv: PDV) -> bytes:
    return _PDV.pack(len(pdv.data) + 2, pdv.context_id, pdv.is_command | pdv.is_last << 1) + pdv.data


def _associate_rq(pdu: AAssociateRQ) -> bytes:
    if len(pdu.contexts) > MAX_CONTEXTS:
        raise LocalProtocolError(f"at most {MAX_CONTEXTS} presentation contexts fit one request")
    titles = _title(pdu.called_ae_title) + _title(pdu.calling_ae_title)
    return _associate(titles, map(_proposed_context, pdu.contexts), pdu.user_information)


def _associate_ac(pdu: AAssociateAC) -> bytes:
    if len(pdu.reserved_titles) != _TITLES_LENGTH:
        raise LocalProtocolError(f"reserved_titles are {_TITLES_LENGTH} bytes")
    return _associate(pdu.reserved_titles, map(_context_result, pdu.contexts), pdu.user_information)


def _associate(titles: bytes, contexts: Iterator[bytes], user_information: UserInformation) -> bytes:
    return b"".join(
        (
            _ASSOCIATE.pack(_PROTOCOL_VERSION),
            titles,
            bytes(32),
            _item(ItemType.APPLICATION_CONTEXT, APPLICATION_CONTEXT.encode("ascii")),
            *contexts,
            _item(ItemType.USER_INFORMATION, b"".join(_user_items(user_information))),
        )
    )


def _title(title: str) -> bytes:
    if len(title) > MAX_AE_TITLE:
        raise LocalProtocolError(f"an AE title has at most {MAX_AE_TITLE} characters")
    return title.encode("latin-1").ljust(MAX_AE_TITLE)


def _item(item_type: int, data: bytes) -> bytes:
    return _ITEM.pack(item_type, len(data)) + data


def _uid_item(item_type: int, uid: str) -> bytes:
    return _item(item_type, uid.encode("latin-1"))


def _proposed_context(context: ProposedContext) -> bytes:
    syntaxes = [_uid_item(ItemType.TRANSFER_SYNTAX, uid) for uid in context.transfer_syntax_uids]
    abstract = _uid_item(ItemType.ABSTRACT_SYNTAX, context.abstract_syntax)
    body = b"".join((_CONTEXT.pack(context.context_id, 0), abstract, *syntaxes))
    return _item(ItemType.PROPOSED_CONTEXT, body)


def _context_result(context: ContextResult) -> bytes:
    syntax = _uid_item(ItemType.TRANSFER_SYNTAX, context.transfer_syntax_uid)
    return _item(ItemType.CONTEXT_RESULT, _CONTEXT.pack(context.context_id, context.result) + syntax)


def _user_items(user: UserInformation) -> Iterator[bytes]:
    if user.max_pdu_length is not None:
        yield _item(ItemType.MAX_PDU_LENGTH, struct.pack(">I", user.max_pdu_length))
    if user.implementation_class_uid is not None:
        yield _uid_item(ItemType.IMPLEMENTATION_CLASS_UID, user.implementation_class_uid)
    if user.async_operations_window is not None:
        window = user.async_operations_window
        yield _item(ItemType.ASYNC_OPERATIONS_WINDOW, struct.pack(">HH", window.invoked, window.performed))
    for role in user.role_selections:
        uid = role.sop_class_uid.encode("latin-1")
        yield _item(ItemType.ROLE_SELECTION, _counted(uid) + bytes((role.scu, role.scp)))
    if user.implementation_version_name is not None:
        yield _uid_item(ItemType.IMPLEMENTATION_VERSION_NAME, user.implementation_version_name)
    for extended in user.extended_negotiations:
        uid = extended.sop_class_uid.encode("latin-1")
        yield _item(ItemType.EXTENDED_NEGOTIATION, _counted(uid) + extended.information)
    if user.user_identity_response is not None:
        yield _item(ItemType.USER_IDENTITY_RESPONSE, _counted(user.user_identity_response))
    for unknown in user.unknown_items:
        yield _item(unknown.item_type, unknown.data)


def _counted(data: bytes) -> bytes:
    return struct.pack(">H", len(data)) + data
