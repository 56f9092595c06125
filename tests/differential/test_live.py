"""Whole associations with pynetdicom over loopback, each side as requestor and as acceptor."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from threading import Thread

from pydicom import Dataset
from pynetdicom import AE, evt
from pynetdicom import sop_class as peer

from dosimeter.dicom import identifier, uids
from dosimeter.dicom.acceptor import (
    Acceptor,
    AcceptorEvent,
    AssociateRequested,
    ReleaseRequested,
    RequestReceived,
)
from dosimeter.dicom.association import (
    AssociateAccepted,
    AssociateRejected,
    Association,
    Event,
    PeerAborted,
    ReleaseConfirmed,
    Requestor,
    ResponseReceived,
)
from dosimeter.dicom.count_query import CountLevel
from dosimeter.dicom.dimse import (
    EchoRequest,
    EchoResponse,
    FindRequest,
    FindResponse,
    GetResponse,
    NullGetRequest,
)
from dosimeter.dicom.pdu import (
    AAssociateRJ,
    AAssociateRQ,
    ContextResult,
    ProposedContext,
    UserInformation,
)
from dosimeter.dicom.tally import CounterTotals, RowTally
from tests.unit.dicom.answering import INSTANCE_COUNT

SECONDS = 10.0
KEY = b"sixteen byte key"


def proposal(*abstract_syntaxes: str, called: str = "ARCHIVE") -> AAssociateRQ:
    """What we ask of pynetdicom."""
    return AAssociateRQ(
        called,
        "DOSIMETER",
        tuple(
            ProposedContext(2 * place + 1, uid, (uids.EXPLICIT_VR_LE, uids.IMPLICIT_VR_LE))
            for place, uid in enumerate(abstract_syntaxes)
        ),
        UserInformation(16384, uids.IMPLEMENTATION_CLASS_UID, uids.IMPLEMENTATION_VERSION_NAME),
    )


def pump(connection: socket.socket, association: Association) -> None:
    """Send what waits to be sent, then hand over what one read brings."""
    data = association.data_to_send()
    if data:
        connection.sendall(data)
    association.receive_data(connection.recv(65536))


def next_event(connection: socket.socket, requestor: Requestor) -> Event:
    """The next thing that happens, or a failure after ten seconds without a byte."""
    while (event := requestor.next_event()) is None:
        assert not requestor.is_over
        pump(connection, requestor)
    return event


@contextmanager
def archive(ae: AE, **handlers: object) -> Iterator[int]:
    """A pynetdicom archive on a free port."""
    bound = [(getattr(evt, f"EVT_{name.upper()}"), handler) for name, handler in handlers.items()]
    server = ae.start_server(("127.0.0.1", 0), block=False, evt_handlers=bound)
    try:
        yield server.socket.getsockname()[1]
    finally:
        server.shutdown()


def rows(_event: evt.Event) -> Iterator[tuple[int, Dataset | None]]:
    """Two studies of one patient."""
    for number in (1, 2):
        data_set = Dataset()
        data_set.QueryRetrieveLevel = "STUDY"
        data_set.PatientName = "Doe^John"
        data_set.StudyInstanceUID = f"1.2.3.{number}"
        data_set.NumberOfStudyRelatedInstances = 10 * number
        yield 0xFF00, data_set


def test_pynetdicom_answers_our_questions() -> None:
    """Associate, echo, query, release; its rows are counted without their names."""
    ae = AE(ae_title="ARCHIVE")
    ae.add_supported_context(peer.Verification)
    ae.add_supported_context(peer.StudyRootQueryRetrieveInformationModelFind)
    requestor = Requestor(proposal(uids.VERIFICATION, uids.STUDY_ROOT_FIND, uids.CT_IMAGE_STORAGE))
    tally = RowTally(KEY, CountLevel.STUDY, counters=True)

    with (
        archive(ae, c_find=rows) as port,
        socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as connection,
    ):
        accepted = next_event(connection, requestor)
        assert isinstance(accepted, AssociateAccepted)
        assert accepted.pdu.user_information.implementation_version_name == ae.implementation_version_name
        assert [context.abstract_syntax for context in requestor.negotiation.accepted] == [
            uids.VERIFICATION,
            uids.STUDY_ROOT_FIND,
        ]
        assert [context.result for context in requestor.negotiation.refused] == [3]

        echo = requestor.context_for(uids.VERIFICATION)
        assert echo is not None
        requestor.send(echo, EchoRequest(1))
        assert next_event(connection, requestor) == ResponseReceived(1, EchoResponse(1, 0))

        find = requestor.context_for(uids.STUDY_ROOT_FIND)
        assert find is not None
        query = identifier.null_study_query(uids.fresh_uid(), find.transfer_syntax_uid)
        requestor.count_into(tally)
        requestor.send(find, FindRequest(2, uids.STUDY_ROOT_FIND), query)
        assert next_event(connection, requestor) == ResponseReceived(3, FindResponse(2, 0))
        assert (tally.rows, len(tally.keys), tally.without_key, tally.without_patient) == (2, 2, 0, 2)
        assert tally.sums[INSTANCE_COUNT] == CounterTotals(total=30, present=2)

        requestor.release()
        assert next_event(connection, requestor) == ReleaseConfirmed()


def test_pynetdicom_reads_our_null_queries() -> None:
    """The identifiers arrive in its handlers as we wrote them, in the syntax it chose."""
    asked: list[Dataset] = []

    def remember(event: evt.Event) -> Iterator[tuple[int, Dataset | None]]:
        asked.append(event.identifier)
        yield 0x0000, None

    ae = AE(ae_title="ARCHIVE")
    services = (uids.STUDY_ROOT_FIND, uids.PATIENT_ROOT_FIND, uids.MODALITY_WORKLIST_FIND)
    for uid in services:
        ae.add_supported_context(uid, [uids.EXPLICIT_VR_LE])
    requestor = Requestor(proposal(*services))

    with (
        archive(ae, c_find=remember) as port,
        socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as connection,
    ):
        next_event(connection, requestor)
        for number, uid in enumerate(services, start=1):
            context = requestor.context_for(uid)
            assert context is not None
            assert context.transfer_syntax_uid == uids.EXPLICIT_VR_LE
            query = {
                uids.STUDY_ROOT_FIND: identifier.null_study_query("2.25.1", uids.EXPLICIT_VR_LE),
                uids.PATIENT_ROOT_FIND: identifier.null_patient_query("2.25.2", uids.EXPLICIT_VR_LE),
                uids.MODALITY_WORKLIST_FIND: identifier.null_worklist_query(uids.EXPLICIT_VR_LE),
            }[uid]
            requestor.send(context, FindRequest(number, uid), query)
            event = next_event(connection, requestor)
            assert event == ResponseReceived(context.context_id, FindResponse(number, 0))
        requestor.release()
        assert next_event(connection, requestor) == ReleaseConfirmed()

    study, patient, worklist = asked
    assert (study.QueryRetrieveLevel, study.StudyInstanceUID) == ("STUDY", "2.25.1")
    assert (patient.QueryRetrieveLevel, patient.PatientID) == ("PATIENT", "2.25.2")
    step = worklist.ScheduledProcedureStepSequence[0]
    assert step.ScheduledProcedureStepStartDate == identifier.IMPOSSIBLE_DATE


def test_pynetdicom_answers_our_null_retrieve_with_nothing_sent() -> None:
    """A C-GET of a study that cannot exist, no storage context: a status and no sub-operation."""
    asked: list[Dataset] = []

    def nothing(event: evt.Event) -> Iterator[object]:
        asked.append(event.identifier)
        yield 0

    ae = AE(ae_title="ARCHIVE")
    ae.add_supported_context(peer.StudyRootQueryRetrieveInformationModelGet)
    requestor = Requestor(proposal(uids.STUDY_ROOT_GET))

    with (
        archive(ae, c_get=nothing) as port,
        socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as connection,
    ):
        next_event(connection, requestor)
        context = requestor.context_for(uids.STUDY_ROOT_GET)
        assert context is not None
        requestor.send(context, NullGetRequest(1, uids.STUDY_ROOT_GET))
        answer = next_event(connection, requestor)
        requestor.release()
        assert next_event(connection, requestor) == ReleaseConfirmed()

    assert isinstance(answer, ResponseReceived)
    assert isinstance(answer.response, GetResponse)
    assert (answer.response.status, answer.response.completed) == (0, 0)
    assert [element.keyword for element in asked[0]] == ["QueryRetrieveLevel", "StudyInstanceUID"]


def test_pynetdicom_rejects_a_title_it_does_not_know() -> None:
    """(1, 1, 7): called AE title not recognised."""
    ae = AE(ae_title="ARCHIVE")
    ae.require_called_aet = True
    ae.add_supported_context(peer.Verification)
    requestor = Requestor(proposal(uids.VERIFICATION, called="NOBODY"))

    with (
        archive(ae) as port,
        socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as connection,
    ):
        assert next_event(connection, requestor) == AssociateRejected(AAssociateRJ(1, 1, 7))


def test_pynetdicom_takes_our_abort_for_one() -> None:
    """Its handler for a peer's A-ABORT is called."""
    aborted: list[evt.Event] = []
    ae = AE(ae_title="ARCHIVE")
    ae.add_supported_context(peer.Verification)
    requestor = Requestor(proposal(uids.VERIFICATION))

    with (
        archive(ae, aborted=aborted.append) as port,
        socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as connection,
    ):
        next_event(connection, requestor)
        requestor.abort()
        connection.sendall(requestor.data_to_send())
        assert connection.recv(1) == b""

    assert len(aborted) == 1


class OurArchive(Thread):
    """Our acceptor behind a plain blocking socket, for one association."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(SECONDS)
        self.port: int = self.listener.getsockname()[1]
        self.events: list[AcceptorEvent] = []

    def run(self) -> None:
        """Accept one connection and serve it to its end."""
        with closing(self.listener), self.listener.accept()[0] as connection:
            connection.settimeout(SECONDS)
            acceptor = Acceptor()
            while not acceptor.is_over:
                event = acceptor.next_event()
                if event is None:
                    pump(connection, acceptor)
                else:
                    self.events.append(event)
                    self.answer(acceptor, event)
            connection.sendall(acceptor.data_to_send())

    def answer(self, acceptor: Acceptor, event: AcceptorEvent) -> None:
        """Accept everything, say yes to every echo, find two rows, retrieve nothing."""
        if isinstance(event, AssociateRequested):
            acceptor.accept(
                tuple(ContextResult(c.context_id, 0, c.transfer_syntax_uids[0]) for c in event.pdu.contexts)
            )
        elif isinstance(event, ReleaseRequested):
            acceptor.confirm_release()
        elif isinstance(event, RequestReceived):
            number = event.request.message_id
            if event.request.command_field == 0x0030:
                acceptor.respond(event.context_id, EchoResponse(number, 0))
            elif event.request.command_field == 0x0020:
                row = identifier.null_study_query("1.2.3", uids.IMPLICIT_VR_LE)
                acceptor.respond(event.context_id, FindResponse(number, 0xFF00), row)
                acceptor.respond(event.context_id, FindResponse(number, 0xFF01), row)
                acceptor.respond(event.context_id, FindResponse(number, 0))
            else:
                acceptor.respond(event.context_id, GetResponse(number, 0, None, 0, 0, 0))


def test_we_answer_pynetdicoms_questions() -> None:
    """Its C-ECHO, C-FIND and C-GET get their statuses, and it is released."""
    ours = OurArchive()
    ours.start()
    ae = AE(ae_title="PYNETDICOM")
    ae.acse_timeout = ae.dimse_timeout = ae.network_timeout = SECONDS
    for uid in (uids.VERIFICATION, uids.STUDY_ROOT_FIND, uids.STUDY_ROOT_GET):
        ae.add_requested_context(uid, [uids.IMPLICIT_VR_LE])
    query = Dataset()
    query.QueryRetrieveLevel = "STUDY"
    query.StudyInstanceUID = "1.2.3"

    association = ae.associate("127.0.0.1", ours.port, ae_title="DOSIMETER")
    assert association.is_established
    assert association.send_c_echo().Status == 0
    found = list(association.send_c_find(query, peer.StudyRootQueryRetrieveInformationModelFind))
    got = list(association.send_c_get(query, peer.StudyRootQueryRetrieveInformationModelGet))
    association.release()
    ours.join(SECONDS)

    assert [status.Status for status, _ in found] == [0xFF00, 0xFF01, 0]
    assert [row.StudyInstanceUID for _, row in found if row] == ["1.2.3", "1.2.3"]
    assert [status.Status for status, _ in got] == [0]
    assert association.is_released
    assert [type(event) for event in ours.events] == [
        AssociateRequested,
        RequestReceived,
        RequestReceived,
        RequestReceived,
        ReleaseRequested,
    ]
    request = ours.events[0]
    assert isinstance(request, AssociateRequested)
    assert request.pdu.calling_ae_title == "PYNETDICOM"


def test_pynetdicoms_abort_is_an_event_to_us() -> None:
    """It aborts with the user's source."""
    ours = OurArchive()
    ours.start()
    ae = AE()
    ae.add_requested_context(uids.VERIFICATION)
    association = ae.associate("127.0.0.1", ours.port)
    association.abort()
    ours.join(SECONDS)

    assert isinstance(ours.events[-1], PeerAborted)
    assert ours.events[-1].pdu.source == 0
