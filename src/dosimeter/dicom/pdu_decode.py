"""Bytes to PDUs (PS3.8 §9.3, PS3.7 Annex D.3.3). Every length is checked against what encloses it.

Deviations that harm nobody are read past: reserved bytes, protocol versions, unknown items, UIDs and
names padded with spaces or NULs, a missing application context.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from dosimeter.dicom.errors import RemoteProtocolError
from dosimeter.dicom.limits import MAX_CONTEXTS, MAX_ITEMS, MAX_PDU_RECEIVED
from dosimeter.dicom.pdu import (
    ACCEPTANCE,
    PDU,
    PDU_NAMES,
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
from dosimeter.dicom.user_items import read_user_information

HEADER_LENGTH: Final = 6
PDV_HEADER: Final = struct.Struct(">IBB")
PDV_HEADER_LENGTH: Final = 6

UNRECOGNISED_PDU: Final = 1
"""A-ABORT reason (PS3.8 Table 9-26)."""

_LENGTH: Final = struct.Struct(">I")
_ITEM: Final = struct.Struct(">BxH")
_ITEM_HEADER: Final = 4
_FIRST_ITEM: Final = 74
"""Where the items of an A-ASSOCIATE begin: header, version, titles and reserved bytes come before."""

_FIXED_LENGTH: Final = 4
_VARIABLE: Final = frozenset((PduType.A_ASSOCIATE_RQ, PduType.A_ASSOCIATE_AC, PduType.P_DATA_TF))
_LAST_TYPE: Final = int(PduType.A_ABORT)

_CONTEXT_RESULT: Final = int(ItemType.CONTEXT_RESULT)

_MEMO_LENGTH: Final = 80
"""Context results up to this length are remembered: identifier, result and a UID of 64 characters."""


def decode_pdu(buffer: bytes, start: int = 0) -> tuple[PDU, int] | None:
    """The PDU that begins at ``start`` and its length in bytes, or None while it is incomplete.

    Raises:
        RemoteProtocolError: it is not a PDU, or longer than 64 KiB, or a length in it does not fit.
    """
    end = find_end(buffer, start)
    if end is None:
        return None
    return decode_whole(bytes(buffer[start:end])), end - start


def find_end(buffer: bytes | bytearray, start: int) -> int | None:
    """Where the PDU that begins at ``start`` ends; None while ``buffer`` does not hold all of it.

    The type is judged from the first byte, the length from the sixth: nothing waits for a PDU that
    will be refused.

    Raises:
        RemoteProtocolError: the type is not defined, or the length is over the cap or cannot be right.
    """
    available = len(buffer) - start
    if available <= 0:
        return None
    pdu_type = buffer[start]
    if not 0 < pdu_type <= _LAST_TYPE:
        problem = f"0x{pdu_type:02X} is no PDU type"
        raise RemoteProtocolError("PDU", "pdu_type", 0, problem, abort_reason=UNRECOGNISED_PDU)
    if available < HEADER_LENGTH:
        return None
    (length,) = _LENGTH.unpack_from(buffer, start + 2)
    if length > MAX_PDU_RECEIVED:
        problem = f"{length} bytes announced, over the cap of {MAX_PDU_RECEIVED}"
        raise RemoteProtocolError(PDU_NAMES[PduType(pdu_type)], "pdu_length", 2, problem)
    if pdu_type not in _VARIABLE and length != _FIXED_LENGTH:
        problem = f"{length}, where the standard has {_FIXED_LENGTH}"
        raise RemoteProtocolError(PDU_NAMES[PduType(pdu_type)], "pdu_length", 2, problem)
    end: int = start + HEADER_LENGTH + length
    return end if end <= len(buffer) else None


def decode_whole(pdu: bytes) -> PDU:
    """The PDU that these bytes are, from its type to its last byte, as :func:`find_end` cut it.

    Raises:
        RemoteProtocolError: a length in it does not fit.
    """
    pdu_type = pdu[0]
    if pdu_type == PduType.A_ASSOCIATE_AC:
        return decode_answer(pdu)
    if pdu_type == PduType.P_DATA_TF:
        return PDataTF(tuple(_pdvs(pdu)))
    if pdu_type == PduType.A_ASSOCIATE_RQ:
        return _associate_rq(pdu)
    if pdu_type == PduType.A_ASSOCIATE_RJ:
        return AAssociateRJ(pdu[7], pdu[8], pdu[9])
    if pdu_type == PduType.A_ABORT:
        return AAbort(pdu[8], pdu[9])
    return AReleaseRQ() if pdu_type == PduType.A_RELEASE_RQ else AReleaseRP()


def read_pdv_header(pdu: bytes, position: int) -> tuple[int, int, int]:
    """Context identifier, control header and end of the PDV at ``position`` of a P-DATA-TF.

    Raises:
        RemoteProtocolError: it does not fit the PDU, or it is empty and not the last fragment: such
            fragments could follow each other for ever.
    """
    if position + PDV_HEADER_LENGTH > len(pdu):
        raise RemoteProtocolError("P-DATA-TF", "pdv", position, "the header does not fit the PDU")
    length, context_id, control = PDV_HEADER.unpack_from(pdu, position)
    end: int = position + 4 + length
    if length < 2 or end > len(pdu):  # noqa: PLR2004 - context identifier and control header
        raise RemoteProtocolError("P-DATA-TF", "pdv_length", position, f"{length} does not fit the PDU")
    if length == 2 and not control & 2:  # noqa: PLR2004
        raise RemoteProtocolError("P-DATA-TF", "pdv", position, "an empty fragment that is not the last")
    return context_id, control, end


def _pdvs(pdu: bytes) -> Iterator[PDV]:
    position = HEADER_LENGTH
    if len(pdu) == position:
        raise RemoteProtocolError("P-DATA-TF", "pdv", position, "a P-DATA-TF without a PDV")
    while position < len(pdu):
        context_id, control, end = read_pdv_header(pdu, position)
        data = pdu[position + PDV_HEADER_LENGTH : end]
        yield PDV(context_id, bool(control & 1), bool(control & 2), data)
        position = end


def decode_answer(pdu: bytes) -> AAssociateAC:
    """The A-ASSOCIATE-AC that these bytes are (PS3.8 §9.3.3).

    Raises:
        RemoteProtocolError: a length in it does not fit.
    """
    name = "A-ASSOCIATE-AC"
    position = _first_item(pdu, name)
    end = len(pdu)
    contexts: list[ContextResult] = []
    user_information: UserInformation | None = None
    while position < end:
        if position + _ITEM_HEADER > end:
            raise RemoteProtocolError(name, "item", position, "the header does not fit the PDU")
        item_type, length = _ITEM.unpack_from(pdu, position)
        begin = position + _ITEM_HEADER
        stop = begin + length
        if stop > end:
            raise RemoteProtocolError(name, "item_length", position, f"{length} does not fit the PDU")
        if item_type == _CONTEXT_RESULT:
            known = _remembered_context_result if length <= _MEMO_LENGTH else _context_result
            context = known(pdu[begin:stop])
            if context is None:
                raise RemoteProtocolError(name, "presentation_context", position, "its lengths do not fit")
            contexts.append(context)
        elif item_type == ItemType.USER_INFORMATION and user_information is None:
            user_information = read_user_information(name, begin, pdu[begin:stop])
        position = stop
    if len(contexts) > MAX_CONTEXTS:
        raise RemoteProtocolError(name, "presentation_context", _FIRST_ITEM, f"more than {MAX_CONTEXTS}")
    return AAssociateAC(tuple(contexts), user_information or UserInformation(), pdu[10:42])


def _context_result(item: bytes) -> ContextResult | None:
    """The item after its header; None if its lengths do not fit.

    The transfer syntax of a context that was not accepted means nothing, so it may be malformed.
    """
    if len(item) < _ITEM_HEADER:
        return None
    context_id, result = item[0], item[2]
    if len(item) >= 2 * _ITEM_HEADER:
        item_type, length = _ITEM.unpack_from(item, _ITEM_HEADER)
        if item_type == ItemType.TRANSFER_SYNTAX and 2 * _ITEM_HEADER + length == len(item):
            return ContextResult(context_id, result, text_of(item[2 * _ITEM_HEADER :]))
    if result != ACCEPTANCE or len(item) == _ITEM_HEADER:
        return ContextResult(context_id, result)
    return None


_remembered_context_result = lru_cache(maxsize=1024)(_context_result)
"""Archives answer with a few hundred different items in all; reading them anew is most of an AC's cost."""


def text_of(raw: bytes) -> str:
    """A UID or name without the spaces and NULs that pad it. Latin-1: any byte is some character."""
    return raw.strip(b"\0 ").decode("latin-1")


def _first_item(pdu: bytes, name: str) -> int:
    if len(pdu) < _FIRST_ITEM:
        raise RemoteProtocolError(name, "pdu_length", 2, f"{len(pdu) - HEADER_LENGTH} is too short")
    return _FIRST_ITEM


def _associate_rq(pdu: bytes) -> AAssociateRQ:
    name = "A-ASSOCIATE-RQ"
    contexts: list[ProposedContext] = []
    user_information: UserInformation | None = None
    for item_type, begin, stop in _items(pdu, name, _first_item(pdu, name), len(pdu)):
        if item_type == ItemType.PROPOSED_CONTEXT:
            contexts.append(_proposed_context(pdu, name, begin, stop))
            if len(contexts) > MAX_CONTEXTS:
                raise RemoteProtocolError(name, "presentation_context", begin, f"more than {MAX_CONTEXTS}")
        elif item_type == ItemType.USER_INFORMATION and user_information is None:
            user_information = read_user_information(name, begin, pdu[begin:stop])
    called, calling = text_of(pdu[10:26]), text_of(pdu[26:42])
    return AAssociateRQ(called, calling, tuple(contexts), user_information or UserInformation())


def _proposed_context(pdu: bytes, name: str, begin: int, stop: int) -> ProposedContext:
    if stop - begin < _ITEM_HEADER:
        raise RemoteProtocolError(name, "presentation_context", begin, "too short")
    abstract_syntax = ""
    transfer_syntax_uids: list[str] = []
    for item_type, start, end in _items(pdu, name, begin + _ITEM_HEADER, stop):
        if item_type == ItemType.ABSTRACT_SYNTAX:
            abstract_syntax = text_of(pdu[start:end])
        elif item_type == ItemType.TRANSFER_SYNTAX:
            transfer_syntax_uids.append(text_of(pdu[start:end]))
            if len(transfer_syntax_uids) > MAX_ITEMS:
                raise RemoteProtocolError(name, "transfer_syntax", start, f"more than {MAX_ITEMS}")
    return ProposedContext(pdu[begin], abstract_syntax, tuple(transfer_syntax_uids))


def _items(pdu: bytes, name: str, position: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Type, begin and end of each item between two offsets."""
    while position < end:
        if position + _ITEM_HEADER > end:
            raise RemoteProtocolError(name, "item", position, "the header does not fit")
        item_type, length = _ITEM.unpack_from(pdu, position)
        begin = position + _ITEM_HEADER
        stop = begin + length
        if stop > end:
            raise RemoteProtocolError(name, "item_length", position, f"{length} does not fit")
        yield item_type, begin, stop
        position = stop
