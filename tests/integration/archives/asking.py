"""Ask a DICOM server with pynetdicom, an independent peer. Every association is complete and ended."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Literal

from pydicom import Dataset
from pydicom.uid import (
    UID,
    ComputedRadiographyImageStorage,
    CTImageStorage,
    MRImageStorage,
    UltrasoundImageStorage,
)
from pynetdicom import AE, build_context, build_role, evt
from pynetdicom.association import Association
from pynetdicom.pdu import A_ASSOCIATE_RJ
from pynetdicom.pdu_primitives import SCP_SCU_RoleSelectionNegotiation
from pynetdicom.presentation import PresentationContext

from tests.integration.archives.certificates import Certificates
from tests.integration.archives.process import wait_until_listening
from tests.integration.archives.running import Running

MADE_UP_SERVICE: Final = "2.25.115713029"
VERIFICATION: Final = UID("1.2.840.10008.1.1")
STUDY_FIND: Final = UID("1.2.840.10008.5.1.4.1.2.2.1")
STUDY_GET: Final = UID("1.2.840.10008.5.1.4.1.2.2.3")
PATIENT_FIND: Final = UID("1.2.840.10008.5.1.4.1.2.1.1")
PATIENT_GET: Final = UID("1.2.840.10008.5.1.4.1.2.1.3")
WORKLIST: Final = UID("1.2.840.10008.5.1.4.31")
STORAGE: Final = (
    CTImageStorage,
    MRImageStorage,
    ComputedRadiographyImageStorage,
    UltrasoundImageStorage,
)
EVERYTHING: Final = (VERIFICATION, STUDY_FIND, PATIENT_FIND, STUDY_GET, PATIENT_GET, WORKLIST, CTImageStorage)
SECONDS: Final = 20.0
_PENDING: Final = (0xFF00, 0xFF01)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A-ASSOCIATE-RJ as sent."""

    result: int
    source: int
    reason: int


@dataclass(frozen=True, slots=True)
class Answer:
    """How a query ended: its rows, and the final status, or None if the association ended first."""

    rows: tuple[Dataset, ...]
    status: int | None


@dataclass(frozen=True, slots=True)
class Requested:
    """An answered A-ASSOCIATE-RQ.

    A rejection is kept where it arrives: pynetdicom says "aborted" if the peer closes at once.
    """

    association: Association
    rejections: list[Rejected]

    @property
    def ending(self) -> Rejected | Literal["established", "no answer"]:
        """How the request ended."""
        if self.association.is_established:
            return "established"
        return self.rejections[0] if self.rejections else "no answer"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the two titles, and with ``certificates`` inside TLS, showing one or not."""

    called: str = "NOBODY-TEST"
    calling: str = "STRANGER"
    certificates: Certificates | None = None
    shows_certificate: bool = False

    def _tls(self) -> tuple[ssl.SSLContext, str] | None:
        if self.certificates is None:
            return None
        context = ssl.create_default_context(cafile=str(self.certificates.authority.certificate))
        if self.shows_certificate:
            client = self.certificates.client
            context.load_cert_chain(client.certificate, client.key)
        return context, "localhost"

    def request(
        self,
        peer: Running,
        services: Sequence[str | PresentationContext] = EVERYTHING,
        roles: Sequence[SCP_SCU_RoleSelectionNegotiation] = (),
        handlers: Sequence[tuple[Any, Any]] = (),
    ) -> Requested:
        """Send one A-ASSOCIATE-RQ and wait for its answer, whatever that is.

        A server that closes its listener while it serves is waited for.
        """
        wait_until_listening([peer.port])
        entity = AE(self.calling)
        entity.acse_timeout = entity.dimse_timeout = entity.network_timeout = SECONDS
        entity.connection_timeout = SECONDS
        rejections: list[Rejected] = []

        def note_rejection(event: evt.Event) -> None:
            if isinstance(event.pdu, A_ASSOCIATE_RJ):
                rejections.append(
                    Rejected(event.pdu.result or 0, event.pdu.source or 0, event.pdu.reason_diagnostic or 0)
                )

        association = entity.associate(
            peer.address,
            peer.port,
            [item if isinstance(item, PresentationContext) else build_context(item) for item in services],
            ae_title=self.called,
            ext_neg=list(roles),
            tls_args=self._tls(),
            evt_handlers=[(evt.EVT_PDU_RECV, note_rejection), *handlers],
        )
        return Requested(association, rejections)

    @contextmanager
    def association(
        self,
        peer: Running,
        services: Sequence[str | PresentationContext] = EVERYTHING,
        roles: Sequence[SCP_SCU_RoleSelectionNegotiation] = (),
        handlers: Sequence[tuple[Any, Any]] = (),
    ) -> Iterator[Association]:
        """An association that must be accepted; released at the end, if the peer has not ended it."""
        requested = self.request(peer, services, roles, handlers)
        association = requested.association
        assert association.is_established, f"{peer} did not accept {self}: {requested.ending}"
        try:
            yield association
        finally:
            if association.is_established:
                association.release()

    def accepts(self, peer: Running, services: Sequence[str] = EVERYTHING) -> dict[str, int]:
        """The result of every proposed context, by service: 0 accepted, 1 to 4 why not."""
        with self.association(peer, services) as association:
            contexts = [*association.accepted_contexts, *association.rejected_contexts]
            return {str(context.abstract_syntax): context.result or 0 for context in contexts}

    def echo(self, peer: Running) -> int | None:
        """The status of a C-ECHO."""
        with self.association(peer) as association:
            status: int | None = association.send_c_echo().get("Status")
            return status

    def find(self, peer: Running, service: UID = STUDY_FIND, **keys: str) -> Answer:
        """A C-FIND with these keys on an association that proposes everything."""
        with self.association(peer) as association:
            rows: list[Dataset] = []
            final = None
            for response, row in association.send_c_find(_identifier(**keys), service):
                final = response.get("Status")
                if final in _PENDING and row is not None:
                    rows.append(row)
            return Answer(tuple(rows), final)

    def get(self, peer: Running, study: str, service: UID = STUDY_GET) -> tuple[int, int | None]:
        """C-GET a study: how many instances came, and the final status."""
        came: list[evt.Event] = []

        def take(event: evt.Event) -> int:
            came.append(event)
            return 0

        contexts = [build_context(service), *(build_context(storage) for storage in STORAGE)]
        roles = [build_role(storage, scp_role=True) for storage in STORAGE]
        with self.association(peer, contexts, roles, [(evt.EVT_C_STORE, take)]) as association:
            identifier = _identifier(QueryRetrieveLevel="STUDY", StudyInstanceUID=study)
            final = None
            for response, _ in association.send_c_get(identifier, service):
                final = response.get("Status")
            return len(came), final


def refusal(peer: Running, caller: Caller, services: Sequence[str] = EVERYTHING) -> Rejected | str:
    """How a request ended; released at once if it was accepted after all."""
    requested = caller.request(peer, services)
    how = requested.ending
    if requested.association.is_established:
        requested.association.release()
    return how


def _identifier(**keys: str) -> Dataset:
    identifier = Dataset()
    for keyword, value in keys.items():
        setattr(identifier, keyword, value)
    return identifier
