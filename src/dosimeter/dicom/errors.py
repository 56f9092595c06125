"""Who is to blame is a type.

ProtocolError
 +-- LocalProtocolError    the caller asked for what the protocol, or dosimeter, does not allow
 +-- RemoteProtocolError   the peer sent what the standard does not allow here
"""

from __future__ import annotations


class ProtocolError(Exception):
    """The exchange cannot go on as asked."""


class LocalProtocolError(ProtocolError):
    """Our own mistake: nothing was sent."""


class RemoteProtocolError(ProtocolError):
    """The peer's mistake, without a byte of what it sent.

    Attributes:
        pdu: the PDU it was in, by its name in PS3.8 (``"A-ASSOCIATE-AC"``).
        field: the field, by our name for it (``"presentation_context"``).
        offset: where the field begins, in bytes from the start of the PDU, or from the start of
            the reassembled command set where that came in more than one fragment.
        problem: what is wrong with it, in our words.
        abort_reason: the reason an A-ABORT gives for it (PS3.8 Table 9-26).
    """

    def __init__(self, pdu: str, field: str, offset: int, problem: str, *, abort_reason: int = 6) -> None:
        super().__init__(pdu, field, offset, problem)
        self.pdu = pdu
        self.field = field
        self.offset = offset
        self.problem = problem
        self.abort_reason = abort_reason

    def __str__(self) -> str:
        return f"{self.pdu}, {self.field} at byte {self.offset}: {self.problem}"
