"""One pass over the attempts: what was seen, sorted by what it can prove.

Every piece keeps a pointer to its fact: ``"null_query_study_root#0"`` is the first fact of that
probe in the record. An attempt that left no fact is pointed at as ``"null_retrieve#failed"``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final, Generic, TypeVar

from dosimeter.model.attempt import COUNT_PROBE, Attempt, Cause, Completed, Failed, Skipped
from dosimeter.model.facts import (
    AssociationAborted,
    AssociationAccepted,
    AssociationRejected,
    CellCounted,
    CensusEnded,
    EchoAnswered,
    Ending,
    Fact,
    NotDicomSeen,
    NotHttpSeen,
    NullQueryAnswered,
    NullRetrieveAnswered,
    QueryService,
    Signature,
    Titles,
    TlsSeen,
)
from dosimeter.model.web import (
    ArchiveDescribed,
    DataSourceNamed,
    MllpAnswered,
    ProductCounted,
    TlsPostureSeen,
    WebAnswered,
)

FactT = TypeVar("FactT")

_OF_THE_WEB: Final = (
    WebAnswered,
    ArchiveDescribed,
    ProductCounted,
    DataSourceNamed,
    MllpAnswered,
    NotHttpSeen,
)
"""Facts that say nothing of a DICOM port: one that was asked as both is judged as what it is asked for."""

ASSOCIATE_PROBE: Final = "dicom_associate"
RETRIEVE_PROBE: Final = "null_retrieve"
TITLES_PROBE: Final = "ae_titles"

_SUCCESS: Final = 0x0000
NOT_AUTHORISED: Final = 0x0124
_REFUSALS: Final = frozenset({0x0122, NOT_AUTHORISED, 0x0211})
"""SOP class not supported, not authorised, unrecognised operation (PS3.7 annex C)."""

_BUSY_SOURCE: Final = 3
_BUSY_REASONS: Final = frozenset({1, 2})
_SERVICE_USER: Final = 1
_TRANSIENT: Final = 2
CALLING_TITLE: Final = 3
CALLED_TITLE: Final = 7
"""Reasons of a rejection by the service user (PS3.8 Table 9-21)."""


class Outcome(Enum):
    """What the ending of a null question means (DESIGN §3)."""

    ANSWERED = auto()
    IGNORES_KEYS = auto()
    """It found what cannot exist: it answers, and its answers do not depend on the question."""
    REFUSED = auto()
    UNDECIDED = auto()


@dataclass(frozen=True, slots=True)
class Pointed(Generic[FactT]):
    """A fact and where it stands in the record."""

    fact: FactT
    pointer: str


@dataclass(frozen=True, slots=True)
class Question:
    """A null query or a null retrieve, judged. ``retrieve`` tells the two apart."""

    service: QueryService
    outcome: Outcome
    ending: Ending
    status: int | None
    titles: Titles
    pointer: str
    retrieve: bool = False

    @property
    def answered(self) -> bool:
        """Whether the peer answered it, matching keys honoured or not."""
        return self.outcome is Outcome.ANSWERED or self.outcome is Outcome.IGNORES_KEYS


@dataclass(frozen=True, slots=True)
class Failure:
    """A probe that did not get its answer."""

    probe: str
    cause: Cause
    pointer: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the attempts hold. Fields speak of the stranger unless their name says ``listed``.

    ``listed`` are the questions asked under AE titles of the scope. ``busy`` is a rejection
    that means "later", ``listed_busy`` one under a listed title; ``retrieve_rejected`` points at a
    refused second association. ``skipped`` are the questions that were not asked, and why. ``cells``
    and ``census_ends`` are what a census counted and why it ended, under whatever titles.
    """

    associations: tuple[Pointed[AssociationAccepted], ...]
    rejection: Pointed[AssociationRejected] | None
    aborted: Pointed[AssociationAborted] | None
    retrieve_rejected: str | None
    busy: Pointed[AssociationRejected] | None
    queries: tuple[Question, ...]
    retrieves: tuple[Question, ...]
    listed_associations: tuple[Pointed[AssociationAccepted], ...]
    listed_rejections: tuple[Pointed[AssociationRejected], ...]
    listed_busy: Pointed[AssociationRejected] | None
    listed: tuple[Question, ...]
    echo: Pointed[EchoAnswered] | None
    tls: Pointed[TlsSeen] | None
    not_dicom: Pointed[NotDicomSeen] | None
    not_dicom_pointer: str | None
    wants_tls: str | None
    failures: tuple[Failure, ...]
    skipped: tuple[Skipped, ...]
    any_fact: bool
    speaks_dicom: bool
    cells: tuple[Pointed[CellCounted], ...] = ()
    census_ends: tuple[Pointed[CensusEnded], ...] = ()
    posture: Pointed[TlsPostureSeen] | None = None


@dataclass(slots=True)
class _Gathering:
    """The one pass, while it runs."""

    associations: list[Pointed[AssociationAccepted]] = field(default_factory=list)
    rejection: Pointed[AssociationRejected] | None = None
    aborted: Pointed[AssociationAborted] | None = None
    retrieve_rejected: str | None = None
    busy: Pointed[AssociationRejected] | None = None
    queries: list[Question] = field(default_factory=list)
    retrieves: list[Question] = field(default_factory=list)
    listed_associations: list[Pointed[AssociationAccepted]] = field(default_factory=list)
    listed_rejections: list[Pointed[AssociationRejected]] = field(default_factory=list)
    listed_busy: Pointed[AssociationRejected] | None = None
    listed: list[Question] = field(default_factory=list)
    echo: Pointed[EchoAnswered] | None = None
    tls: Pointed[TlsSeen] | None = None
    not_dicom: Pointed[NotDicomSeen] | None = None
    not_dicom_pointer: str | None = None
    wants_tls: str | None = None
    failures: list[Failure] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    any_fact: bool = False
    speaks_dicom: bool = False
    cells: list[Pointed[CellCounted]] = field(default_factory=list)
    census_ends: list[Pointed[CensusEnded]] = field(default_factory=list)
    posture: Pointed[TlsPostureSeen] | None = None

    def add(self, fact: Fact, probe: str, pointer: str) -> None:
        """Sort one fact."""
        self.any_fact = True
        if isinstance(fact, (TlsSeen, TlsPostureSeen, NotDicomSeen)):
            self._add_not_of_dicom(fact, pointer)
            return
        self.speaks_dicom = True
        if probe == COUNT_PROBE and self._add_counted(fact, pointer):
            return
        if isinstance(fact, NullQueryAnswered):
            self._add_question(_judged_query(fact, pointer), fact.titles)
        elif isinstance(fact, AssociationAccepted):
            into = self.associations if fact.titles.stranger else self.listed_associations
            into.append(Pointed(fact, pointer))
        elif isinstance(fact, EchoAnswered):
            if fact.titles.stranger:
                self.echo = Pointed(fact, pointer)
        elif isinstance(fact, NullRetrieveAnswered):
            self._add_question(_judged_retrieve(fact, pointer), fact.titles)
        elif isinstance(fact, AssociationRejected):
            self._add_rejection(Pointed(fact, pointer), probe)
        elif isinstance(fact, AssociationAborted) and fact.titles.stranger:
            self._add_abort(Pointed(fact, pointer), probe)

    def _add_counted(self, fact: Fact, pointer: str) -> bool:
        """Take what a census leaves. How its associations fared says nothing of guards: one stood open."""
        if isinstance(fact, CellCounted):
            self.cells.append(Pointed(fact, pointer))
        elif isinstance(fact, CensusEnded):
            self.census_ends.append(Pointed(fact, pointer))
        else:
            return not isinstance(fact, (NullQueryAnswered, NullRetrieveAnswered))
        return True

    def _add_not_of_dicom(self, fact: TlsSeen | TlsPostureSeen | NotDicomSeen, pointer: str) -> None:
        if isinstance(fact, TlsPostureSeen):
            self.posture = Pointed(fact, pointer)
        elif isinstance(fact, TlsSeen):
            if self.tls is None or self.tls.fact.protocol is None:
                self.tls = Pointed(fact, pointer)
        elif fact.signature is Signature.TLS_ALERT:
            self.wants_tls = pointer
        else:
            self.not_dicom = Pointed(fact, pointer)
            self.not_dicom_pointer = pointer

    def _add_abort(self, aborted: Pointed[AssociationAborted], probe: str) -> None:
        if probe == RETRIEVE_PROBE:
            self.retrieve_rejected = aborted.pointer
        else:
            self.aborted = aborted

    def _add_question(self, question: Question, titles: Titles) -> None:
        if not titles.stranger:
            self.listed.append(question)
        elif question.retrieve:
            self.retrieves.append(question)
        else:
            self.queries.append(question)

    def _add_rejection(self, rejected: Pointed[AssociationRejected], probe: str) -> None:
        fact = rejected.fact
        if not fact.titles.stranger:
            if _means_later(fact):
                self.listed_busy = rejected
            else:
                self.listed_rejections.append(rejected)
        elif _means_later(fact):
            self.busy = rejected
            self.failures.append(Failure(probe, Cause.BUSY, rejected.pointer))
        elif probe == RETRIEVE_PROBE:
            self.retrieve_rejected = rejected.pointer
        else:
            self.rejection = rejected

    def add_failure(self, failed: Failed, pointer: str) -> None:
        """Sort a failure; one that the facts explain already adds nothing."""
        if failed.cause is Cause.NOT_DICOM:
            if not failed.facts:
                self.not_dicom_pointer = pointer
        elif not (failed.cause is Cause.BUSY and failed.facts):
            self.failures.append(Failure(failed.probe, failed.cause, pointer))

    def finish(self) -> Evidence:
        """Freeze it."""
        return Evidence(
            tuple(self.associations),
            self.rejection,
            self.aborted,
            self.retrieve_rejected,
            self.busy,
            tuple(self.queries),
            tuple(self.retrieves),
            tuple(self.listed_associations),
            tuple(self.listed_rejections),
            self.listed_busy,
            tuple(self.listed),
            self.echo,
            self.tls,
            self.not_dicom,
            self.not_dicom_pointer,
            self.wants_tls,
            tuple(self.failures),
            tuple(self.skipped),
            self.any_fact,
            self.speaks_dicom,
            tuple(self.cells),
            tuple(self.census_ends),
            self.posture,
        )


def gather(attempts: tuple[Attempt, ...]) -> Evidence:
    """Read the attempts once and sort what they hold."""
    gathering = _Gathering()
    places: dict[str, int] = {}
    for attempt in attempts:
        if not isinstance(attempt, (Completed, Failed)):
            gathering.skipped.append(attempt)
            continue
        probe = attempt.probe
        place = places.get(probe, 0)
        for fact in attempt.facts:
            if not isinstance(fact, _OF_THE_WEB):
                gathering.add(fact, probe, f"{probe}#{place}")
            place += 1
        places[probe] = place
        if isinstance(attempt, Failed):
            pointer = f"{probe}#{place - 1}" if attempt.facts else f"{probe}#failed"
            gathering.add_failure(attempt, pointer)
    return gathering.finish()


def is_title_rejection(fact: AssociationRejected) -> bool:
    """Whether the peer says it did not like one of the two AE titles (PS3.8 Table 9-21)."""
    return fact.source == _SERVICE_USER and fact.reason in (CALLING_TITLE, CALLED_TITLE)


def _means_later(fact: AssociationRejected) -> bool:
    """Congestion, or a transient rejection that does not name a title (PS3.8 Table 9-21)."""
    if fact.source == _BUSY_SOURCE and fact.reason in _BUSY_REASONS:
        return True
    return fact.result == _TRANSIENT and not is_title_rejection(fact)


def _judged_query(fact: NullQueryAnswered, pointer: str) -> Question:
    """A null query: success with nothing found is an answer, and so is finding the impossible."""
    if fact.matches > 0:
        outcome = Outcome.IGNORES_KEYS
    elif fact.ending is Ending.STATUS:
        if fact.status == _SUCCESS:
            outcome = Outcome.ANSWERED
        else:
            outcome = Outcome.REFUSED if fact.status in _REFUSALS else Outcome.UNDECIDED
    else:
        outcome = _unanswered(fact.ending)
    return Question(fact.service, outcome, fact.ending, fact.status, fact.titles, pointer)


def _judged_retrieve(fact: NullRetrieveAnswered, pointer: str) -> Question:
    """A null retrieve: any status that is not a refusal is an answer, for nothing could be sent."""
    if fact.ending is not Ending.STATUS:
        outcome = _unanswered(fact.ending)
    elif fact.status is None:
        outcome = Outcome.UNDECIDED
    else:
        outcome = Outcome.REFUSED if fact.status in _REFUSALS else Outcome.ANSWERED
    return Question(fact.service, outcome, fact.ending, fact.status, fact.titles, pointer, retrieve=True)


def _unanswered(ending: Ending) -> Outcome:
    return Outcome.REFUSED if ending in (Ending.ABORT, Ending.CLOSE) else Outcome.UNDECIDED


def retrieve_outcome(fact: NullRetrieveAnswered) -> Outcome:
    """What the ending of one null retrieve means."""
    return _judged_retrieve(fact, "").outcome


def query_outcome(fact: NullQueryAnswered) -> Outcome:
    """What the ending of one null query means."""
    return _judged_query(fact, "").outcome
