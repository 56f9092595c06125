"""What was seen on the wire: frozen, typed, with no field that could hold a patient's data.

Facts are stored and verdicts are computed from them, so a fact keeps what the peer did (its
status, its reject reason) and never what that means.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from dosimeter.model.census import Axis, CensusEnd, CounterSum, Cut, ModalityCount, Sample, Things
from dosimeter.model.text import ServerText
from dosimeter.model.web import WebFact


@dataclass(frozen=True, slots=True)
class Titles:
    """The AE titles of one association request, and whether a stranger could have sent them.

    A stranger calls itself DOSIMETER and calls a title made up for the survey. With ``stranger``
    false, one of the two titles is on the scope's lists.
    """

    called: str
    calling: str
    stranger: bool = True


class QueryService(StrEnum):
    """The information model a null query was sent to (PS3.4 C.6, K.6)."""

    STUDY_ROOT = "study_root"
    PATIENT_ROOT = "patient_root"
    WORKLIST = "worklist"


class Ending(StrEnum):
    """How the peer ended a question."""

    STATUS = "status"
    """A final DIMSE response; its status is in the fact."""
    ABORT = "abort"
    """A-ABORT (PS3.8 §9.3.8)."""
    CLOSE = "close"
    """The transport closed with neither answer nor A-ABORT."""
    SILENCE = "silence"
    """Nothing until the deadline."""
    BAD_ANSWER = "bad_answer"
    """Bytes that are not what the standard allows here."""
    BUDGET = "budget"
    """Answers went on past the budget for one question; the rest was not read."""


@dataclass(frozen=True, slots=True)
class ContextRefused:
    """A presentation context the peer did not accept, with its result (PS3.8 Table 9-18)."""

    abstract_syntax: str
    result: int


@dataclass(frozen=True, slots=True)
class AssociationAccepted:
    """A-ASSOCIATE-AC. The identity fields are claims; None means absent or equal to what we sent.

    ``mirrored`` names the fields that equal our own, which some acceptors copy back.
    ``accepts_made_up_service`` is true if a context for a service that does not exist was accepted:
    then no accepted context of this peer proves anything.
    """

    titles: Titles
    accepted: tuple[str, ...]
    refused: tuple[ContextRefused, ...]
    accepts_made_up_service: bool
    implementation_class_uid: ServerText | None
    implementation_version_name: ServerText | None
    max_pdu_length: int | None
    mirrored: tuple[str, ...] = ()
    kind: Literal["association_accepted"] = "association_accepted"


@dataclass(frozen=True, slots=True)
class AssociationRejected:
    """A-ASSOCIATE-RJ with the codes as sent, legal or not (PS3.8 Table 9-21)."""

    titles: Titles
    result: int
    source: int
    reason: int
    kind: Literal["association_rejected"] = "association_rejected"


@dataclass(frozen=True, slots=True)
class AssociationAborted:
    """A-ABORT in answer to an A-ASSOCIATE-RQ (PS3.8 §9.3.8)."""

    titles: Titles
    source: int
    reason: int
    kind: Literal["association_aborted"] = "association_aborted"


@dataclass(frozen=True, slots=True)
class EchoAnswered:
    """How C-ECHO ended, and after how many milliseconds (PS3.7 §9.1.5)."""

    titles: Titles
    ending: Ending
    status: int | None
    milliseconds: int
    kind: Literal["echo_answered"] = "echo_answered"


@dataclass(frozen=True, slots=True)
class NullQueryAnswered:
    """How a C-FIND for an object that cannot exist ended (DESIGN §3, null query).

    ``matches`` counts the pending responses: a conformant peer sends none.
    """

    titles: Titles
    service: QueryService
    ending: Ending
    status: int | None
    matches: int
    kind: Literal["null_query_answered"] = "null_query_answered"


@dataclass(frozen=True, slots=True)
class NullRetrieveAnswered:
    """How a C-GET of a study that cannot exist ended, no storage context proposed (DESIGN §3)."""

    titles: Titles
    service: QueryService
    ending: Ending
    status: int | None
    kind: Literal["null_retrieve_answered"] = "null_retrieve_answered"


class ClientCertificate(StrEnum):
    """What the TLS peer wants of a client that shows no certificate."""

    NOT_ASKED = "not_asked"
    OPTIONAL = "optional"
    """Asked for, and went on without."""
    REQUIRED = "required"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class CertificateSeen:
    """Facts of the leaf certificate; dates are ISO 8601 in UTC.

    ``names`` are the DNS names and addresses it is for (RFC 5280 §4.2.1.6), at most 16; ``signature``
    the algorithm it is signed with. ``chain`` are the SHA-256 fingerprints of the certificates sent after
    it, None where they were not seen.
    """

    subject: ServerText
    issuer: ServerText
    not_before: str
    not_after: str
    key: ServerText
    self_signed: bool
    sha256: str
    names: tuple[ServerText, ...] = ()
    signature: ServerText | None = None
    chain: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class TlsSeen:
    """What a TLS handshake showed (PS3.15 B.12). None: the handshake failed first.

    ``alert`` is the reason of the alert the peer ended with, as OpenSSL names it.
    """

    protocol: ServerText | None
    cipher_suite: ServerText | None
    certificate: CertificateSeen | None
    client_certificate: ClientCertificate
    alert: ServerText | None
    kind: Literal["tls_seen"] = "tls_seen"


class Signature(StrEnum):
    """What the first bytes of a peer look like that does not speak what it was asked in."""

    DICOM = "dicom"
    HTTP = "http"
    SSH = "ssh"
    TLS_ALERT = "tls_alert"
    OUR_OWN_BYTES = "our_own_bytes"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class NotDicomSeen:
    """The first bytes after an A-ASSOCIATE-RQ were not an A-ASSOCIATE-AC, -RJ or A-ABORT."""

    signature: Signature
    kind: Literal["not_dicom_seen"] = "not_dicom_seen"


@dataclass(frozen=True, slots=True)
class NotHttpSeen:
    """The first bytes after an HTTP request, or a ClientHello, were no answer to it.

    ``HTTP`` after a ClientHello: the port speaks HTTP in clear. ``TLS_ALERT`` after a request in clear, or
    an HTTP error page that says so: the port wants TLS.
    """

    signature: Signature
    kind: Literal["not_http_seen"] = "not_http_seen"


@dataclass(frozen=True, slots=True)
class CellCounted:
    """One cell of a census: what its questions were answered, added up. No date finer than a month.

    ``cell`` names the closed range in our own words: ``2019``, ``2019-03``, ``0001/1989``, ``whole``,
    hours ``07`` or ``00/11``, ``patient_ids``, ``sample 2019 weekdays``. A cell that is kept twice, by the
    same service, things, axis, name and ``with_counters``, counts as kept last: more was learnt of it, and
    its costs include those of before. A cell that was cut is followed by finer ones. ``with_counters`` says
    whether the NumberOf… attributes, ModalitiesInStudy and PatientID were asked for beside the unique
    key. ``cut`` is why the cell is not whole, ``ending`` and ``status`` those of its last question.

    ``rows`` are pending responses, ``distinct`` the distinct unique keys among them, ``fresh`` those
    that no earlier cell of this census had, ``on_axis`` the distinct keys of all cells of the axis so
    far. After a resume (``run`` counts them) both begin again: the keyed hashes are never stored.
    ``largest`` is the longest single answer, in rows. ``patients`` are distinct PatientIDs,
    ``without_patient`` rows without one, ``public_roots`` rows whose UID begins as those of public data
    sets do. ``received`` is in bytes. ``without_key`` are rows with no unique key; ``all_patients`` are the
    distinct PatientIDs of all cells with counters of the axis so far, of the same run.
    """

    titles: Titles
    service: QueryService
    things: Things
    axis: Axis
    cell: str
    with_counters: bool
    cut: Cut
    ending: Ending
    status: int | None
    questions: int
    rows: int
    distinct: int
    fresh: int
    on_axis: int
    largest: int
    received: int
    milliseconds: int
    run: int = 0
    counters: tuple[CounterSum, ...] = ()
    modalities: tuple[ModalityCount, ...] = ()
    patients: int = 0
    without_patient: int = 0
    public_roots: int = 0
    sample: Sample | None = None
    without_key: int = 0
    all_patients: int = 0
    kind: Literal["cell_counted"] = "cell_counted"


@dataclass(frozen=True, slots=True)
class CensusEnded:
    """Why a census ended, and what it cost the archive. ``received`` is in bytes."""

    titles: Titles
    end: CensusEnd
    questions: int
    rows: int
    received: int
    associations: int
    milliseconds: int
    kind: Literal["census_ended"] = "census_ended"


Fact = (
    AssociationAccepted
    | AssociationRejected
    | AssociationAborted
    | EchoAnswered
    | NullQueryAnswered
    | NullRetrieveAnswered
    | TlsSeen
    | NotDicomSeen
    | NotHttpSeen
    | CellCounted
    | CensusEnded
    | WebFact
)
