from __future__ import annotations

import pytest

from dosimeter.dicom.errors import LocalProtocolError
from dosimeter.dicom.pdu import (
    PDU,
    AAbort,
    AAssociateAC,
    AAssociateRJ,
    AAssociateRQ,
    ContextResult,
    ProposedContext,
    UserInformation,
)
from dosimeter.dicom.pdu_encode import encode_pdu

NOTHING = UserInformation()


@pytest.mark.parametrize(
    "pdu",
    [
        AAssociateRQ("SEVENTEEN_CHARS_X", "A", (), NOTHING),
        AAssociateRQ("A", "\u0416", (), NOTHING),
        AAssociateRQ("A", "A", (ProposedContext(256, "1.2", ()),), NOTHING),
        AAssociateRQ("A", "A", (ProposedContext(1, "1" * 70000, ()),), NOTHING),
        AAssociateRQ("A", "A", tuple(ProposedContext(1, "1.2", ()) for _ in range(129)), NOTHING),
        AAssociateRQ("A", "A", (), UserInformation(max_pdu_length=2**32)),
        AAssociateAC((ContextResult(1, -1),), NOTHING),
        AAssociateAC((), NOTHING, b"short"),
        AAssociateRJ(0, 0, 256),
        AAbort(-1, 0),
    ],
)
def test_what_does_not_fit_its_field_is_our_own_mistake(pdu: PDU) -> None:
    """Nothing is cut to size or sent anyway."""
    with pytest.raises(LocalProtocolError):
        encode_pdu(pdu)
