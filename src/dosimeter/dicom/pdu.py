"""The seven PDUs of PS3.8 §9.3 and their items, as values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final


class PduType(IntEnum):
    """The first byte of a PDU (PS3.8 §9.3.1)."""

    A_ASSOCIATE_RQ = 1
    A_ASSOCIATE_AC = 2
    A_ASSOCIATE_RJ = 3
    P_DATA_TF = 4
    A_RELEASE_RQ = 5
    A_RELEASE_RP = 6
    A_ABORT = 7


PDU_NAMES: Final = {kind: kind.name.replace("_", "-") for kind in PduType}
"""Names as PS3.8 writes them."""


class ItemType(IntEnum):
    """The first byte of an item or sub-item (PS3.8 §9.3, PS3.7 D.3.3)."""

    APPLICATION_CONTEXT = 0x10
    PROPOSED_CONTEXT = 0x20
    CONTEXT_RESULT = 0x21
    ABSTRACT_SYNTAX = 0x30
    TRANSFER_SYNTAX = 0x40
    USER_INFORMATION = 0x50
    MAX_PDU_LENGTH = 0x51
    IMPLEMENTATION_CLASS_UID = 0x52
    ASYNC_OPERATIONS_WINDOW = 0x53
    ROLE_SELECTION = 0x54
    IMPLEMENTATION_VERSION_NAME = 0x55
    EXTENDED_NEGOTIATION = 0x56
    COMMON_EXTENDED_NEGOTIATION = 0x57
    USER_IDENTITY = 0x58
    USER_IDENTITY_RESPONSE = 0x59


ACCEPTANCE: Final = 0
"""The result of a presentation context that was accepted (PS3.8 Table 9-18)."""


@dataclass(frozen=True, slots=True)
class ProposedContext:
    """A presentation context as proposed: identifiers are odd, 1 to 255 (PS3.8 §9.3.2.2)."""

    context_id: int
    abstract_syntax: str
    transfer_syntax_uids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ContextResult:
    """What became of a presentation context (PS3.8 §9.3.3.2).

    ``result`` is as sent, legal or not. ``transfer_syntax_uid`` means nothing unless it is 0.
    """

    context_id: int
    result: int
    transfer_syntax_uid: str = ""


@dataclass(frozen=True, slots=True)
class AsyncOperationsWindow:
    """How many operations may be outstanding; 0 is without limit (PS3.7 D.3.3.3)."""

    invoked: int
    performed: int


@dataclass(frozen=True, slots=True)
class RoleSelection:
    """Which roles are proposed or accepted for a SOP class; 0 or 1 each (PS3.7 D.3.3.4)."""

    sop_class_uid: str
    scu: int
    scp: int


@dataclass(frozen=True, slots=True)
class ExtendedNegotiation:
    """Service class application information of a SOP class, not looked into (PS3.7 D.3.3.5)."""

    sop_class_uid: str
    information: bytes


@dataclass(frozen=True, slots=True)
class UnknownItem:
    """A sub-item kept by its type alone: not defined, defined and not used here, or a repetition."""

    item_type: int
    data: bytes


@dataclass(frozen=True, slots=True)
class UserInformation:
    """The user information item (PS3.7 Annex D.3.3). None means that the sub-item is absent.

    ``max_pdu_length`` 0 means no limit. The texts are the peer's own, undecoded beyond Latin-1: hostile.
    """

    max_pdu_length: int | None = None
    implementation_class_uid: str | None = None
    implementation_version_name: str | None = None
    async_operations_window: AsyncOperationsWindow | None = None
    role_selections: tuple[RoleSelection, ...] = ()
    extended_negotiations: tuple[ExtendedNegotiation, ...] = ()
    user_identity_response: bytes | None = None
    unknown_items: tuple[UnknownItem, ...] = ()


@dataclass(frozen=True, slots=True)
class AAssociateRQ:
    """A-ASSOCIATE-RQ (PS3.8 §9.3.2)."""

    called_ae_title: str
    calling_ae_title: str
    contexts: tuple[ProposedContext, ...]
    user_information: UserInformation


@dataclass(frozen=True, slots=True)
class AAssociateAC:
    """A-ASSOCIATE-AC (PS3.8 §9.3.3).

    ``reserved_titles`` are bytes 11 to 42, where a request has its AE titles. They shall not be
    tested, say nothing about the peer, and are kept so that what is decoded encodes again.
    """

    contexts: tuple[ContextResult, ...]
    user_information: UserInformation
    reserved_titles: bytes = b" " * 32


@dataclass(frozen=True, slots=True)
class AAssociateRJ:
    """A-ASSOCIATE-RJ, its codes as sent, legal or not (PS3.8 §9.3.4)."""

    result: int
    source: int
    reason: int


@dataclass(frozen=True, slots=True)
class PDV:
    """A fragment of a message: of its command set or of its data set (PS3.8 §9.3.5, Annex E)."""

    context_id: int
    is_command: bool
    is_last: bool
    data: bytes


@dataclass(frozen=True, slots=True)
class PDataTF:
    """P-DATA-TF (PS3.8 §9.3.5)."""

    pdvs: tuple[PDV, ...]


@dataclass(frozen=True, slots=True)
class AReleaseRQ:
    """A-RELEASE-RQ (PS3.8 §9.3.6)."""


@dataclass(frozen=True, slots=True)
class AReleaseRP:
    """A-RELEASE-RP (PS3.8 §9.3.7)."""


@dataclass(frozen=True, slots=True)
class AAbort:
    """A-ABORT, its codes as sent, legal or not (PS3.8 §9.3.8)."""

    source: int
    reason: int


PDU = AAssociateRQ | AAssociateAC | AAssociateRJ | PDataTF | AReleaseRQ | AReleaseRP | AAbort

REJECTION_RESULTS: Final = {1: "for good", 2: "for now"}
"""Rejected permanent, rejected transient (PS3.8 Table 9-21)."""

REJECTION_REASONS: Final = {
    (1, 1): "no reason given",
    (1, 2): "application context name not supported",
    (1, 3): "calling AE title not recognised",
    (1, 7): "called AE title not recognised",
    (2, 1): "no reason given, by the association layer",
    (2, 2): "protocol version not supported",
    (3, 1): "temporary congestion",
    (3, 2): "local limit exceeded",
}
"""By source and reason (PS3.8 Table 9-21)."""

_ABORT_REASONS: Final = {
    0: "no reason given",
    1: "a PDU it does not know",
    2: "a PDU it did not expect",
    4: "a parameter it does not know",
    5: "a parameter it did not expect",
    6: "a parameter with a bad value",
}

_APPLICATION: Final = 0
_PROVIDER: Final = 2


def describe_rejection(result: int, source: int, reason: int) -> str:
    """An A-ASSOCIATE-RJ in our words, for reports (PS3.8 Table 9-21); illegal codes by number."""
    why = REJECTION_REASONS.get(
        (source, reason), f"source {source}, reason {reason}, which the standard does not define"
    )
    how_long = REJECTION_RESULTS.get(result, f"with result {result}, which the standard does not define")
    return f"rejected {how_long}: {why}"


def describe_abort(source: int, reason: int) -> str:
    """An A-ABORT in our words, for reports (PS3.8 Table 9-26); illegal codes by number."""
    if source == _APPLICATION:
        return "aborted by the application, which gives no reason"
    if source == _PROVIDER:
        why = _ABORT_REASONS.get(reason, f"reason {reason}, which the standard does not define")
        return f"aborted by the association layer: {why}"
    return f"aborted with source {source} and reason {reason}, which the standard does not define"
