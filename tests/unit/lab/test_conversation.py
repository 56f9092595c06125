from __future__ import annotations

import pytest

from dosimeter.dicom.association import (
    AssociateAccepted,
    AssociateRejected,
    Event,
    PeerAborted,
    ReleaseConfirmed,
    Requestor,
    ResponseReceived,
)
from dosimeter.dicom.dimse import CancelRequest, EchoRequest, FindRequest, NullGetRequest
from dosimeter.dicom.identifier import null_study_query
from dosimeter.dicom.pdu import AAssociateRJ, AAssociateRQ, ProposedContext, UserInformation
from dosimeter.dicom.uids import (
    CT_IMAGE_STORAGE,
    EXPLICIT_VR_LE,
    IMPLICIT_VR_LE,
    STUDY_ROOT_FIND,
    STUDY_ROOT_GET,
    VERIFICATION,
)
from dosimeter.lab.attributes import Tag
from dosimeter.lab.catalogue import catalogue_of
from dosimeter.lab.conversation import ROWS_A_TURN, Conversation
from dosimeter.lab.dataset import encode_dataset
from dosimeter.lab.holdings import invent_holdings
from dosimeter.lab.ledger import Ledger, Tally
from dosimeter.lab.policy import RETRIEVE_SERVICES, Identity, Policy, Reaction, Rejection, Tempo

HOLDINGS = catalogue_of(invent_holdings(3, patients=40))
ALL_STUDIES = encode_dataset({Tag.QUERY_RETRIEVE_LEVEL: "STUDY", Tag.STUDY_INSTANCE_UID: ""}, IMPLICIT_VR_LE)


class Call:
    """A caller and an archive that talk without a network between them."""

    def __init__(
        self,
        policy: Policy,
        *services: str,
        called: str = "ANYBODY",
        calling: str = "DOSIMETER",
        syntax: str = IMPLICIT_VR_LE,
    ) -> None:
        contexts = tuple(
            ProposedContext(2 * place + 1, service, (syntax,))
            for place, service in enumerate(services or (VERIFICATION, STUDY_ROOT_FIND))
        )
        self.requestor = Requestor(
            AAssociateRQ(called, calling, contexts, UserInformation(16384, "2.25.1", "TEST"))
        )
        self.ledger = Ledger()
        self.conversation = Conversation(policy, HOLDINGS, self.ledger)

    def turn(self) -> list[Event]:
        """One exchange: what the caller has to say, then one turn of the archive."""
        data = self.requestor.data_to_send()
        if data:
            self.conversation.receive(data)
        answer = self.conversation.data_to_send()
        if answer:
            self.requestor.receive_data(answer)
        events = []
        while (event := self.requestor.next_event()) is not None:
            events.append(event)
        return events

    def find(self, identifier: bytes) -> list[Event]:
        """Ask, and hear everything of the answer."""
        context = self.requestor.context_for(STUDY_ROOT_FIND)
        assert context is not None
        self.requestor.send(context, FindRequest(1, STUDY_ROOT_FIND), identifier)
        events = self.turn()
        while self.conversation.is_answering:
            events += self.turn()
        return events

    def retrieve(self) -> list[Event]:
        """Ask for a study that does not exist."""
        context = self.requestor.context_for(STUDY_ROOT_GET)
        assert context is not None
        self.requestor.send(context, NullGetRequest(1, STUDY_ROOT_GET))
        return self.turn()


def statuses(events: list[Event]) -> list[int]:
    """The statuses of the responses among these events."""
    return [event.response.status for event in events if isinstance(event, ResponseReceived)]


def test_it_echoes_and_confirms_release() -> None:
    """Association, C-ECHO, A-RELEASE: the ordinary visit."""
    call = Call(Policy())
    (accepted,) = call.turn()
    assert isinstance(accepted, AssociateAccepted)
    context = call.requestor.context_for(VERIFICATION)
    assert context is not None
    call.requestor.send(context, EchoRequest(1))
    assert statuses(call.turn()) == [0x0000]
    call.requestor.release()
    assert call.turn() == [ReleaseConfirmed()]
    assert call.conversation.is_over


@pytest.mark.parametrize("syntax", [IMPLICIT_VR_LE, EXPLICIT_VR_LE])
def test_a_null_query_finds_nothing(syntax: str) -> None:
    """In either transfer syntax the answer to a made-up UID is success alone."""
    call = Call(Policy(), STUDY_ROOT_FIND, syntax=syntax)
    call.turn()
    assert statuses(call.find(null_study_query("2.25.77", syntax))) == [0x0000]


def test_a_query_for_everything_gets_a_row_for_each_study() -> None:
    """Pending responses, one for each study held, then success."""
    call = Call(Policy())
    call.turn()
    assert statuses(call.find(ALL_STUDIES)) == [0xFF00] * HOLDINGS.studies.size + [0x0000]


def test_a_cancel_ends_the_answer() -> None:
    """After C-CANCEL no row is queued any more and the final status is 0xFE00."""
    call = Call(Policy())
    call.turn()
    context = call.requestor.context_for(STUDY_ROOT_FIND)
    assert context is not None
    call.requestor.send(context, FindRequest(1, STUDY_ROOT_FIND), ALL_STUDIES)
    assert statuses(call.turn()) == [0xFF00] * ROWS_A_TURN
    call.requestor.send(context, CancelRequest(1))
    assert statuses(call.turn()) == [0xFE00]
    assert not call.conversation.is_answering


def test_a_cancel_may_be_ignored() -> None:
    """Orthanc and DCMTK send everything all the same."""
    call = Call(Policy(honours_cancel=False))
    call.turn()
    context = call.requestor.context_for(STUDY_ROOT_FIND)
    assert context is not None
    call.requestor.send(context, FindRequest(1, STUDY_ROOT_FIND), ALL_STUDIES)
    events = call.turn()
    call.requestor.send(context, CancelRequest(1))
    while call.conversation.is_answering:
        events += call.turn()
    assert statuses(events) == [0xFF00] * HOLDINGS.studies.size + [0x0000]


def test_an_answer_may_be_cut_off() -> None:
    """A limit of the server ends the answer with the status it was given."""
    call = Call(Policy(most_rows=10, cut_status=0xFE00))
    call.turn()
    assert statuses(call.find(ALL_STUDIES)) == [0xFF00] * 10 + [0xFE00]


@pytest.mark.parametrize(
    ("reaction", "status"), [(Reaction.REFUSE, 0x0124), (Reaction.FAIL, 0xC000), (Reaction.ANSWER, 0x0000)]
)
def test_a_reaction_is_a_status(reaction: Reaction, status: int) -> None:
    """Queries and retrieve requests are answered with the status of the policy."""
    policy = Policy(find=reaction, get=reaction, services=frozenset((STUDY_ROOT_FIND, STUDY_ROOT_GET)))
    call = Call(policy, STUDY_ROOT_FIND)
    call.turn()
    assert statuses(call.find(null_study_query("2.25.77", IMPLICIT_VR_LE))) == [status]
    call = Call(policy, STUDY_ROOT_GET)
    call.turn()
    (answer,) = call.retrieve()
    assert isinstance(answer, ResponseReceived)
    assert answer.response.status == status


def test_a_query_may_end_in_an_abort_or_a_close() -> None:
    """A-ABORT without a response, or nothing at all: the connection is over either way."""
    call = Call(Policy(find=Reaction.ABORT))
    call.turn()
    assert [type(event) for event in call.find(ALL_STUDIES)] == [PeerAborted]
    call = Call(Policy(find=Reaction.CLOSE))
    call.turn()
    assert call.find(ALL_STUDIES) == []
    assert call.conversation.is_over


def test_a_trusted_caller_is_answered() -> None:
    """Whoever calls itself by a name that is known gets the answer that strangers are refused."""
    policy = Policy(find=Reaction.ABORT, trusted_callers=("LABSTATION",))
    call = Call(policy, calling="LABSTATION")
    call.turn()
    assert statuses(call.find(null_study_query("2.25.77", IMPLICIT_VR_LE))) == [0x0000]


@pytest.mark.parametrize(
    ("policy", "rejection"),
    [
        (Policy(called_titles=("LABPACS",)), AAssociateRJ(1, 1, 7)),
        (Policy(calling_titles=("LABSTATION",)), AAssociateRJ(1, 1, 3)),
        (Policy(rejection=Rejection(2, 3, 2)), AAssociateRJ(2, 3, 2)),
    ],
)
def test_an_association_is_rejected_with_its_reason(policy: Policy, rejection: AAssociateRJ) -> None:
    """Unknown called title, unknown calling title, no room."""
    call = Call(policy)
    assert call.turn() == [AssociateRejected(rejection)]
    assert call.conversation.is_over


def test_titles_on_the_list_are_let_in() -> None:
    """With both titles right the association is accepted."""
    policy = Policy(called_titles=("LABPACS",), calling_titles=("LABSTATION",))
    (event,) = Call(policy, called="LABPACS", calling="LABSTATION").turn()
    assert isinstance(event, AssociateAccepted)


def test_services_that_are_not_offered_are_refused_one_by_one() -> None:
    """A context for another service gets result 3, one in a transfer syntax that is unknown result 4."""
    (event,) = Call(Policy(), STUDY_ROOT_FIND, CT_IMAGE_STORAGE).turn()
    assert isinstance(event, AssociateAccepted)
    assert [context.result for context in event.pdu.contexts] == [0, 3]
    (event,) = Call(Policy(), STUDY_ROOT_FIND, syntax="1.2.840.10008.1.2.4.50").turn()
    assert isinstance(event, AssociateAccepted)
    assert [context.result for context in event.pdu.contexts] == [4]


def test_a_mirror_announces_what_its_caller_announced() -> None:
    """Class UID, version name and maximum length are the caller's own."""
    (event,) = Call(Policy(identity=Identity(mirror=True))).turn()
    assert isinstance(event, AssociateAccepted)
    assert event.pdu.user_information == UserInformation(16384, "2.25.1", "TEST")


def test_a_decoy_sends_its_rows_whatever_is_asked() -> None:
    """Even a made-up UID is found, three times."""
    call = Call(Policy(canned_rows=3))
    call.turn()
    assert statuses(call.find(null_study_query("2.25.77", IMPLICIT_VR_LE))) == [0xFF00] * 3 + [0x0000]


def test_a_retrieve_sends_no_image() -> None:
    """Nothing is held that could be sent, so what is asked for is counted as failed at most."""
    call = Call(Policy(services=RETRIEVE_SERVICES), STUDY_ROOT_GET)
    call.turn()
    (answer,) = call.retrieve()
    assert isinstance(answer, ResponseReceived)
    assert answer.response.status == 0x0000
    assert (answer.response.completed, answer.response.failed) == (0, 0)


def test_an_unreadable_identifier_is_a_failure_of_the_query() -> None:
    """The association goes on, the query ends with 0xC000; one without a level with 0xA900."""
    call = Call(Policy())
    call.turn()
    assert statuses(call.find(b"\x08\x00\x52\x00\xff\xff\x00\x00")) == [0xC000]
    no_level = encode_dataset({Tag.STUDY_INSTANCE_UID: ""}, IMPLICIT_VR_LE)
    assert statuses(call.find(no_level)) == [0xA900]
    assert not call.conversation.is_over


def test_bytes_that_are_not_dicom_end_it() -> None:
    """A caller that breaks the protocol is aborted."""
    conversation = Conversation(Policy(), HOLDINGS)
    conversation.receive(b"GET / HTTP/1.1\r\n\r\n")
    assert conversation.data_to_send()[:1] == b"\x07"
    assert conversation.is_over


def test_a_caller_that_leaves_ends_it() -> None:
    """A close in the middle of an answer leaves nothing to be sent."""
    call = Call(Policy())
    call.turn()
    context = call.requestor.context_for(STUDY_ROOT_FIND)
    assert context is not None
    call.requestor.send(context, FindRequest(1, STUDY_ROOT_FIND), ALL_STUDIES)
    call.turn()
    call.conversation.receive(b"")
    assert call.conversation.is_over


def test_a_limit_may_be_kept_silent() -> None:
    """Success after ten rows: nothing says that there were more."""
    call = Call(Policy(most_rows=10, cut_status=0x0000))
    call.turn()
    assert statuses(call.find(ALL_STUDIES)) == [0xFF00] * 10 + [0x0000]


def test_an_answer_without_a_row_may_be_cut() -> None:
    """Orthanc counts what matches in any case against its limit, and sends what matches in this one."""
    lower, upper = (
        encode_dataset(
            {Tag.QUERY_RETRIEVE_LEVEL: "STUDY", Tag.STUDY_INSTANCE_UID: "", Tag.PATIENT_ID: key},
            IMPLICIT_VR_LE,
        )
        for key in ("lab-*", "LAB-*")
    )
    for ignores_case, heard in ((True, [0xFE00]), (False, [0x0000])):
        call = Call(Policy(most_rows=10, limit_ignores_case=ignores_case))
        call.turn()
        assert statuses(call.find(lower)) == heard
        assert statuses(call.find(upper)) == [0xFF00] * 10 + [0xFE00]


def test_as_many_rows_as_the_limit_are_no_cut() -> None:
    """An answer that just fits ends with Success."""
    call = Call(Policy(most_rows=HOLDINGS.studies.size, cut_status=0xA700))
    call.turn()
    assert statuses(call.find(ALL_STUDIES)) == [0xFF00] * HOLDINGS.studies.size + [0x0000]


def test_an_answer_may_break_off() -> None:
    """A-ABORT, or the end of the connection, in the place of a final status."""
    call = Call(Policy(most_rows=10, breaks_off=Reaction.ABORT))
    call.turn()
    events = call.find(ALL_STUDIES)
    assert statuses(events) == [0xFF00] * 10
    assert isinstance(events[-1], PeerAborted)
    call = Call(Policy(most_rows=10, breaks_off=Reaction.CLOSE))
    call.turn()
    assert statuses(call.find(ALL_STUDIES)) == [0xFF00] * 10
    assert call.conversation.is_over


def test_an_archive_may_give_up_after_some_queries() -> None:
    """Two are answered, the third meets the reaction, and another association begins again."""
    policy = Policy(gives_up_after=2, gives_up=Reaction.EXHAUSTED)
    for _ in range(2):
        call = Call(policy)
        call.turn()
        null = null_study_query("2.25.77", IMPLICIT_VR_LE)
        assert [statuses(call.find(null)) for _ in range(3)] == [[0x0000], [0x0000], [0xA700]]


def test_a_slow_archive_says_how_long_it_takes() -> None:
    """Before the first row, before each row, and more with each query: never by blocking anybody."""
    call = Call(Policy(tempo=Tempo(first=200, slower=50, row=10), most_rows=2))
    call.turn()
    context = call.requestor.context_for(STUDY_ROOT_FIND)
    assert context is not None
    pauses = []
    for message_id in (1, 2):
        call.requestor.send(context, FindRequest(message_id, STUDY_ROOT_FIND), ALL_STUDIES)
        call.conversation.receive(call.requestor.data_to_send())
        while call.conversation.is_answering:
            pauses.append(call.conversation.pause_seconds)
            call.requestor.receive_data(call.conversation.data_to_send())
        while call.requestor.next_event() is not None:
            pass
    assert pauses == [0.2, 0.01, 0.01, 0.25, 0.01, 0.01]


def test_an_archive_may_tire() -> None:
    """The first queries are answered at once, the next ones are not."""
    tempo = Tempo(fresh=2, first=100, slower=10)
    assert [tempo.before_first(query) for query in range(1, 6)] == [0, 0, 0.1, 0.11, 0.12]


def test_endless_rows_end_with_a_cancel() -> None:
    """And with nothing else."""
    call = Call(Policy(endless=True))
    call.turn()
    context = call.requestor.context_for(STUDY_ROOT_FIND)
    assert context is not None
    call.requestor.send(context, FindRequest(1, STUDY_ROOT_FIND), ALL_STUDIES)
    rows = sum(len(statuses(call.turn())) for _ in range(20))
    assert rows == 20 * ROWS_A_TURN > HOLDINGS.studies.size
    call.requestor.send(context, CancelRequest(1))
    assert statuses(call.turn()) == [0xFE00]


def test_the_ledger_is_kept_by_the_archive() -> None:
    """Associations, requests, queries and their keys, rows, and cancels."""
    call = Call(Policy(most_rows=10))
    call.turn()
    call.find(ALL_STUDIES)
    call.find(null_study_query("2.25.77", IMPLICIT_VR_LE))
    assert call.ledger.tally == Tally(associations=1, requests=2, finds=2, rows=10)
    assert [keys[Tag.STUDY_INSTANCE_UID] for keys in call.ledger.questions] == ["", "2.25.77"]
