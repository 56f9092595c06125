"""Which request may go on which context, and how its command set is written."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from dosimeter.dicom.dimse import (
    CancelRequest,
    CommandField,
    EchoRequest,
    FindRequest,
    NullGetRequest,
    Request,
    encode_request,
)
from dosimeter.dicom.errors import LocalProtocolError
from dosimeter.dicom.negotiation import AcceptedContext
from dosimeter.dicom.pdu import AAssociateRQ
from dosimeter.dicom.uids import FIND_CLASSES, GET_CLASSES, VERIFICATION

REQUEST_FIELDS: Final[dict[type[Request], int]] = {
    EchoRequest: CommandField.C_ECHO,
    FindRequest: CommandField.C_FIND,
    NullGetRequest: CommandField.C_GET,
    CancelRequest: CommandField.C_CANCEL,
}
"""The command field of each request (PS3.7 Table E.1-1)."""

remembered_request = lru_cache(maxsize=256)(encode_request)
"""Every archive is asked the same, under the same message identifiers."""


def check_request(
    proposal: AAssociateRQ,
    context: AcceptedContext,
    request: EchoRequest | FindRequest | NullGetRequest,
    identifier: bytes,
) -> None:
    """Only what DESIGN §3 allows leaves: an identifier with a C-FIND alone, a null retrieve by itself.

    Raises:
        LocalProtocolError: the request does not suit the context, or the identifier is out of place; a
            null retrieve where other contexts than C-GET were proposed.
    """
    if isinstance(request, EchoRequest):
        fits = context.abstract_syntax == VERIFICATION and not identifier
    elif isinstance(request, FindRequest):
        fits = context.abstract_syntax == request.sop_class_uid in FIND_CLASSES and bool(identifier)
    else:
        fits = context.abstract_syntax == request.sop_class_uid in GET_CLASSES and not identifier
        if any(proposed.abstract_syntax not in GET_CLASSES for proposed in proposal.contexts):
            raise LocalProtocolError("a null retrieve goes on an association that proposed C-GET alone")
    if not fits:
        raise LocalProtocolError("the request does not suit the context, or its identifier is out of place")
