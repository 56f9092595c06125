"""What an archive does when it is asked: behaviours that can be put together freely."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from types import MappingProxyType
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
    NONE = auto()
    """There is no DICOM port, and none is asked for."""


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
    EXHAUSTED = auto()
    """Status 0xA700, out of resources (PS3.4 C.4.1.1.4)."""


STATUS_OF: Final = MappingProxyType(
    {Reaction.REFUSE: 0x0124, Reaction.FAIL: 0xC000, Reaction.EXHAUSTED: 0xA700}
)
"""The final status of the reactions that have one."""


class Counters(Enum):
    """What becomes of the NumberOf… attributes when they are asked for (real archives §5, trap 6)."""

    TRUE = auto()
    ABSENT = auto()
    ZERO = auto()
    COLLAPSE = auto()
    """The values are true, and asking for them leaves one row of the whole answer."""
    INFLATED = auto()
    """Three times what is held, and seven."""
    ABSURD = auto()
    """A number that no archive holds, or none at all: each row has another of `ABSURD_COUNTERS`."""


ABSURD_COUNTERS: Final = (
    *("2147483648", "-1", "1e9", "1_000", "NaN", "", "0x10", "99999999999999999999", "12\\13", "1.5"),
    *("9" * 5000, "\u0661\u0662", "\uff11\uff12", "12\x00\x00", "+7", "\x1b[31m7"),
)
"""Over the range of IS (PS3.5 §6.2), under it, not numbers, and digits of other scripts in UTF-8."""


class UidWildcards(Enum):
    """What a ``*`` in a UID is; the standard knows none there (PS3.4 C.2.2.2.4)."""

    LITERAL = auto()
    HONOURED = auto()
    REFUSED = auto()
    """0xC000."""


class OddDates(Enum):
    """What a date that is in no calendar finds: 20191331, 20190000 (real archives §5, trap 9)."""

    COMPARED = auto()
    """As text, as Orthanc does."""
    NOTHING = auto()
    EVERYTHING = auto()


class Hierarchy(Enum):
    """What a query must hold of the unique keys of the levels above its own (PS3.4 C.4.1.2.1)."""

    STRICT = auto()
    """Each has one value, as the standard says where relational queries were not negotiated."""
    PRESENT = auto()
    """Each is there, and may be empty: DCMTK and pynetdicom."""
    FREE = auto()
    """None need be there: Orthanc."""


class RowOrder(Enum):
    """In which order the matches come."""

    HELD = auto()
    BY_DATE = auto()
    SHUFFLED = auto()
    """Another order with each question."""


@dataclass(frozen=True, slots=True)
class Matching:
    """How keys are matched. The default is what PS3.4 C.2.2.2 says.

    ``ignored`` are tags whose keys select nothing: every record matches them. With ``levels_apart`` the
    same is true at SERIES and IMAGE of all keys of a level above but the unique ones, as in DCMTK.
    ``as_text`` compares the ends of ranges letter by letter, as Orthanc does; otherwise 13 is 13:00:00.
    """

    ignored: frozenset[int] = frozenset()
    levels_apart: bool = False
    wildcards: bool = True
    """``*`` and ``?`` stand for something, in values that are no UIDs."""
    ignores_case: bool = False
    as_text: bool = False
    uid_wildcards: UidWildcards = UidWildcards.LITERAL
    before_finds_undated: bool = False
    """``-Y`` finds what has no date as well."""
    after_finds_nothing: bool = False
    """``Y-``, of odd length and so padded with a space, is not understood."""
    odd_dates: OddDates = OddDates.COMPARED


@dataclass(frozen=True, slots=True)
class Tempo:
    """How long an archive takes, in milliseconds.

    ``first`` before the first response of a query, ``slower`` more with each query of an association,
    ``row`` before each match. The first ``fresh`` queries are answered at once.
    """

    first: int = 0
    slower: int = 0
    row: int = 0
    fresh: int = 0

    def before_first(self, query: int) -> float:
        """Seconds before the first response of a query, which are numbered from 1 in an association."""
        tired = query - self.fresh
        return (self.first + self.slower * (tired - 1)) / 1000 if tired > 0 else 0.0


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

    Callers: ``called_titles`` and ``calling_titles`` are the only ones accepted, if not empty.
    ``trusted_callers`` are calling titles for whom every reaction is to answer. After ``gives_up_after``
    queries of an association the next meets ``gives_up``.

    Questions: ``unkeyed_status`` refuses a query that has not the keys that ``hierarchy`` asks of it,
    ``unknown_level_status`` one of a level that is none of its root's.
    ``patient_level_everywhere``: Study Root knows PATIENT, as Orthanc's does.
    ``collapses_without_key``: without the unique key of its level an answer has no row twice.

    Answers: ``canned_rows`` above zero sends that many whole records whatever is asked. ``most_rows`` cuts
    an answer off with ``cut_status`` (0x0000: silently), or as ``breaks_off`` says; ``most_rows_at`` are
    levels with a limit of their own. With ``limit_ignores_case`` it counts what matches in any case, as
    Orthanc's does: an answer can be cut that has no row. ``row_repeats`` sends each row so many times,
    ``row_per_instance`` as often as there are instances under it, ``endless`` all of them again and
    again. ``unsent`` are tags that no answer has. ``pending_status`` replaces 0xFF00 and 0xFF01.
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
    gives_up_after: int | None = None
    gives_up: Reaction = Reaction.EXHAUSTED
    matching: Matching = field(default_factory=Matching)
    hierarchy: Hierarchy = Hierarchy.STRICT
    unkeyed_status: int = 0xA900
    unknown_level_status: int = 0xA900
    patient_level_everywhere: bool = False
    collapses_without_key: bool = False
    canned_rows: int = 0
    row_per_instance: bool = False
    row_repeats: int = 1
    endless: bool = False
    row_order: RowOrder = RowOrder.HELD
    counters: Counters = Counters.TRUE
    unsent: frozenset[int] = frozenset()
    pending_status: int | None = None
    most_rows: int | None = None
    most_rows_at: tuple[tuple[str, int], ...] = ()
    cut_status: int = 0xFE00
    limit_ignores_case: bool = False
    breaks_off: Reaction | None = None
    honours_cancel: bool = True
    tempo: Tempo = field(default_factory=Tempo)
    identity: Identity = field(default_factory=Identity)

    def limit_at(self, level: str) -> int | None:
        """The most rows of one answer at a level; None: no limit."""
        return dict(self.most_rows_at).get(level, self.most_rows)

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
