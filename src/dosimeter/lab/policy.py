"""What an archive does when it is asked: behaviours that can be put together freely."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from dosimeter.dicom import uids

QUERY_SERVICES: Final = frozenset((uids.STUDY_ROOT_FIND, uids.PATIENT_ROOT_FIND))
RETRIEVE_SERVICES: Final = frozenset((uids.STUDY_ROOT_GET, uids.PATIENT_ROOT_GET))
WORKLIST_SERVICE: Final = frozenset((uids.MODALITY_WORKLIST_FIND,))
STORAGE_SERVICES: Final = frozenset(uids.STORAGE_SPREAD)
COMMITMENT_SERVICE: Final = frozenset((uids.STORAGE_COMMITMENT_PUSH,))

CALLED_TITLE_UNKNOWN: Final = 7
CALLING_TITLE_UNKNOWN: Final = 3
"""Reasons of the service user (PS3.8 Table 9-21)."""


class Door(Enum):
    """What meets a caller before any DICOM."""

    PLAIN = auto()
    TLS = auto()
    TLS_CLIENT_CERTIFICATE = auto()
    """The handshake asks for a client certificate and does without none (PS3.15 B.12)."""
    HTTP = auto()
    """A web server: whatever it reads, it answers in HTTP."""
    SILENT = auto()
    """Takes every byte and says nothing."""
    CLOSED = auto()
    """Nothing listens."""


class Reaction(Enum):
    """What becomes of a query or a retrieve request."""

    ANSWER = auto()
    ABORT = auto()
    """A-ABORT without a response: how Orthanc refuses."""
    CLOSE = auto()
    """The connection ends without a word: how odil refuses."""
    REFUSE = auto()
    """Status 0x0124, not authorised (PS3.7 C.5.5)."""
    FAIL = auto()
    """Status 0xC000, unable to process (PS3.4 C.4.1.1.4)."""


class Counters(Enum):
    """What becomes of the NumberOf… attributes when they are asked for."""

    TRUE = auto()
    ABSENT = auto()
    ZERO = auto()


@dataclass(frozen=True, slots=True)
class Rejection:
    """The codes of an A-ASSOCIATE-RJ (PS3.8 Table 9-21)."""

    result: int
    source: int
    reason: int


@dataclass(frozen=True, slots=True)
class Identity:
    """What an archive announces of itself. ``mirror`` copies the caller's announcement instead."""

    class_uid: str = "2.25.238801573390120345590437710283311022518"
    version_name: str = "LAB_INVENTED_1"
    max_pdu_length: int = 16384
    mirror: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """One archive's behaviour. The default takes any caller, answers its queries and offers no more.

    ``called_titles`` and ``calling_titles`` are the only ones accepted, if not empty.
    ``trusted_callers`` are calling titles for whom every reaction is to answer. ``canned_rows`` above
    zero sends that many whole records whatever is asked. ``most_rows`` cuts an answer off with
    ``cut_status``.
    """

    ae_title: str = "LABPACS"
    services: frozenset[str] = QUERY_SERVICES
    accepts_any_service: bool = False
    rejection: Rejection | None = None
    called_titles: tuple[str, ...] = ()
    calling_titles: tuple[str, ...] = ()
    trusted_callers: tuple[str, ...] = ()
    find: Reaction = Reaction.ANSWER
    worklist: Reaction = Reaction.ANSWER
    get: Reaction = Reaction.ANSWER
    canned_rows: int = 0
    row_per_instance: bool = False
    counters: Counters = Counters.TRUE
    most_rows: int | None = None
    cut_status: int = 0xFE00
    honours_cancel: bool = True
    identity: Identity = Identity()

    def rejection_of(self, called: str, calling: str) -> Rejection | None:
        """How a caller with these AE titles is rejected, or None."""
        if self.rejection is not None:
            return self.rejection
        if self.called_titles and called not in self.called_titles:
            return Rejection(1, 1, CALLED_TITLE_UNKNOWN)
        if self.calling_titles and calling not in self.calling_titles:
            return Rejection(1, 1, CALLING_TITLE_UNKNOWN)
        return None

    def accepts(self, abstract_syntax: str) -> bool:
        """Whether a presentation context for this service is accepted."""
        return (
            self.accepts_any_service
            or abstract_syntax == uids.VERIFICATION
            or abstract_syntax in self.services
        )
