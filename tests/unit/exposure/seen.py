"""Attempts as the probes leave them, in a few words: what a peer did, told from top to bottom."""

from __future__ import annotations

from typing import Final

from dosimeter.exposure.classify import judge
from dosimeter.model.attempt import Attempt, Cause, Completed, Failed, Skipped
from dosimeter.model.facts import (
    AssociationAborted,
    AssociationAccepted,
    AssociationRejected,
    CertificateSeen,
    ClientCertificate,
    ContextRefused,
    EchoAnswered,
    Ending,
    NotDicomSeen,
    NullQueryAnswered,
    NullRetrieveAnswered,
    QueryService,
    Signature,
    Titles,
    TlsSeen,
)
from dosimeter.model.target import Service
from dosimeter.model.text import ServerText
from dosimeter.model.verdict import Verdict

STRANGER: Final = Titles("NOBODY-7F3A9C", "DOSIMETER")
RIGHT_CALLED: Final = Titles("ANYRW", "DOSIMETER", stranger=False)

VERIFICATION: Final = "1.2.840.10008.1.1"
STUDY_FIND: Final = "1.2.840.10008.5.1.4.1.2.2.1"
PATIENT_FIND: Final = "1.2.840.10008.5.1.4.1.2.1.1"
WORKLIST_FIND: Final = "1.2.840.10008.5.1.4.31"
STUDY_GET: Final = "1.2.840.10008.5.1.4.1.2.2.3"
COMMITMENT: Final = "1.2.840.10008.1.20.1"
CT: Final = "1.2.840.10008.5.1.4.1.1.2"
MR: Final = "1.2.840.10008.5.1.4.1.1.4"
EVERYTHING: Final = (VERIFICATION, STUDY_FIND, PATIENT_FIND, STUDY_GET, COMMITMENT, CT, MR)

STUDY: Final = QueryService.STUDY_ROOT
PATIENT: Final = QueryService.PATIENT_ROOT
WORKLIST: Final = QueryService.WORKLIST

INSIDE_TLS: Final = Service.DICOM_TLS


def verdict(*attempts: Attempt, service: Service = Service.DICOM) -> Verdict:
    """The verdict on these attempts."""
    return judge(attempts, service=service)


def rules(judged: Verdict) -> list[str]:
    """The rules that gave a reason, the rung first."""
    return [reason.rule for reason in judged.reasons]


def accepted(
    *contexts: str,
    refused: tuple[str, ...] = (),
    titles: Titles = STRANGER,
    uid: str | None = None,
    name: str | None = None,
    max_pdu: int = 16384,
    anything: bool = False,
) -> AssociationAccepted:
    """A-ASSOCIATE-AC."""
    return AssociationAccepted(
        titles,
        contexts,
        tuple(ContextRefused(syntax, 3) for syntax in refused),
        anything,
        ServerText.of(uid) if uid else None,
        ServerText.of(name) if name else None,
        max_pdu,
    )


def associated(
    *contexts: str,
    refused: tuple[str, ...] = (),
    uid: str | None = None,
    name: str | None = None,
    max_pdu: int = 16384,
    anything: bool = False,
) -> Completed:
    """The stranger's association was accepted with these contexts."""
    fact = accepted(*contexts, refused=refused, uid=uid, name=name, max_pdu=max_pdu, anything=anything)
    return Completed("dicom_associate", (fact,))


def rejected(result: int, source: int, reason: int) -> Completed:
    """The stranger's association was rejected with these codes."""
    return Completed("dicom_associate", (AssociationRejected(STRANGER, result, source, reason),))


def aborted() -> Completed:
    """The association request was answered with A-ABORT."""
    return Completed("dicom_associate", (AssociationAborted(STRANGER, 0, 0),))


def echoed() -> Completed:
    """C-ECHO succeeded."""
    return Completed("dicom_echo", (EchoAnswered(STRANGER, Ending.STATUS, 0, 2),))


def answer(
    service: QueryService,
    status: int | None = 0x0000,
    *,
    ending: Ending = Ending.STATUS,
    matches: int = 0,
    titles: Titles = STRANGER,
) -> NullQueryAnswered:
    """How a null query ended."""
    return NullQueryAnswered(titles, service, ending, status if ending is Ending.STATUS else None, matches)


def query(
    service: QueryService,
    status: int | None = 0x0000,
    *,
    ending: Ending = Ending.STATUS,
    matches: int = 0,
) -> Completed:
    """The stranger's null query ended so."""
    return Completed(
        f"null_query_{service.value}", (answer(service, status, ending=ending, matches=matches),)
    )


def retrieve(status: int | None = 0x0000, *, ending: Ending = Ending.STATUS) -> Completed:
    """The stranger's null retrieve ended so."""
    fact = NullRetrieveAnswered(STRANGER, STUDY, ending, status if ending is Ending.STATUS else None)
    return Completed("null_retrieve", (fact,))


def ended(*services: QueryService) -> tuple[Skipped, ...]:
    """Questions that were not asked because the association had ended."""
    return tuple(Skipped(f"null_query_{service.value}", "the association had ended") for service in services)


def not_dicom(signature: Signature) -> Failed:
    """The association request was answered with other bytes."""
    return Failed("dicom_associate", Cause.NOT_DICOM, "not DICOM", (NotDicomSeen(signature),))


def failed(cause: Cause, probe: str = "dicom_associate") -> Failed:
    """A probe got no answer."""
    return Failed(probe, cause, "our own words")


def tls(
    *,
    protocol: str | None = "TLSv1.3",
    suite: str | None = "TLS_AES_256_GCM_SHA384",
    client: ClientCertificate = ClientCertificate.NOT_ASKED,
    not_after: str = "2030-01-01T00:00:00+00:00",
    self_signed: bool = False,
    alert: str | None = None,
    names: tuple[str, ...] = (),
) -> Completed:
    """What the TLS handshake showed."""
    certificate = CertificateSeen(
        ServerText.of("CN=archive"),
        ServerText.of("CN=authority"),
        "2026-01-01T00:00:00+00:00",
        not_after,
        ServerText.of("RSA 2048"),
        self_signed,
        "00" * 32,
        names=tuple(map(ServerText.of, names)),
    )
    fact = TlsSeen(
        ServerText.of(protocol) if protocol else None,
        ServerText.of(suite) if suite else None,
        certificate if protocol else None,
        client,
        ServerText.of(alert) if alert else None,
    )
    return Completed("dicom_tls", (fact,))
