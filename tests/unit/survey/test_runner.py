from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from threading import Event

import pytest

from dosimeter.dicom.dimse import CommandField
from dosimeter.model.attempt import Cause, Completed, Failed, Skipped
from dosimeter.model.facts import ClientCertificate, Fact, NotDicomSeen, Signature, TlsSeen
from dosimeter.model.problem import Problem
from dosimeter.model.scope import Touch
from dosimeter.model.survey import HostPlan
from dosimeter.model.target import Endpoint, Service
from dosimeter.model.web import MllpAnswered, MllpEnding
from dosimeter.probes._declare import Probe, Visit, discover
from dosimeter.store.problem import StoreProblem
from dosimeter.survey.audit import AuditLog, AuditProblem
from dosimeter.usecases.system_clock import SystemClock
from tests.peers.archive import Abort, Answer, Archive, Reject, Script, Silence, Statuses, answers
from tests.peers.scripted import ScriptedServer
from tests.peers.tls import server_context
from tests.peers.web import WebPeer, say
from tests.unit.net.driving import QUICK, authorisation, descriptors, now
from tests.unit.survey.running import Spy, Watcher, attempts_of, audit_lines, header, plan, run

PATIENT = "DOE^JANE"
NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
BAD_REQUEST = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
SILENT = Script(on_associate=lambda _request: Silence())
PATIENT_PACE = replace(QUICK, answer_seconds=60, host_seconds=60)


@pytest.fixture(autouse=True)
def _no_descriptor_is_left() -> Iterator[None]:
    before = descriptors()
    yield
    assert descriptors() == before


def archives(count: int, script: Script | None = None) -> list[Archive]:
    """So many hosts, each with an address of its own."""
    return [Archive(script, address=f"127.0.7.{number + 1}") for number in range(count)]


def ports(made: list[Archive]) -> list[int]:
    """Where they listen."""
    return [archive.port for archive in made]


def test_a_strangers_whole_verdict_costs_two_associations(tmp_path: Path) -> None:
    """Every question of the touch is asked, in order, and both associations are released."""
    with Archive() as archive:
        completed, store = run(plan(archive), authorisation(archive.port), tmp_path)
        visits = archive.wait_for_ends(2)
    assert completed
    attempts = attempts_of(store, archive)
    assert list(attempts) == [
        "dicom_associate",
        "dicom_echo",
        "null_query_study_root",
        "null_query_patient_root",
        "null_query_worklist",
        "null_retrieve",
        "ae_titles",
    ]
    assert all(isinstance(attempts[name], Completed) for name in list(attempts)[:-1])
    assert attempts["ae_titles"] == Skipped("ae_titles", "a stranger was answered: no title guards anything")
    assert [seen.fields for seen in visits] == [
        [CommandField.C_ECHO, *[CommandField.C_FIND] * 3],
        [CommandField.C_GET],
    ]
    assert [seen.ended_by for seen in visits] == ["release", "release"]


def test_negotiate_asks_no_query(tmp_path: Path) -> None:
    """On the wire there is one association with one C-ECHO in it."""
    with Archive() as archive:
        run(plan(archive), authorisation(archive.port, touch=Touch.NEGOTIATE), tmp_path)
        (seen,) = archive.wait_for_ends(1)
    assert seen.fields == [CommandField.C_ECHO]


@pytest.mark.parametrize(
    ("script", "why"),
    [
        (Script(on_associate=lambda _request: Reject()), "the stranger's association was not accepted"),
        (SILENT, "the stranger's association got no answer (timed out)"),
        (Script(on_request=answers(echo=Abort())), "the association had ended"),
    ],
    ids=["rejected", "silent", "aborted"],
)
def test_what_is_not_asked_says_why(tmp_path: Path, script: Script, why: str) -> None:
    """A question left out is a line with its reason, never nothing."""
    with Archive(script) as archive:
        _, store = run(plan(archive), authorisation(archive.port), tmp_path)
    query = attempts_of(store, archive)["null_query_study_root"]
    assert query == Skipped("null_query_study_root", why)


def test_after_an_abort_the_retrieve_is_still_asked(tmp_path: Path) -> None:
    """It has an association of its own."""
    with Archive(Script(on_request=answers(find=Abort()))) as archive:
        _, store = run(plan(archive), authorisation(archive.port), tmp_path)
    attempts = attempts_of(store, archive)
    assert isinstance(attempts["null_query_study_root"], Completed)
    assert attempts["null_query_patient_root"] == Skipped(
        "null_query_patient_root", "the association had ended"
    )
    assert isinstance(attempts["null_retrieve"], Completed)


def test_where_nobody_listens_nothing_more_is_said(tmp_path: Path) -> None:
    """A closed port is one failed attempt, not seven."""
    with Archive() as archive:
        pass
    _, store = run(plan(archive), authorisation(archive.port), tmp_path)
    (attempt,) = attempts_of(store, archive).values()
    assert isinstance(attempt, Failed)
    assert attempt.cause is Cause.REFUSED


def plan_of(peer: WebPeer, service: Service) -> list[HostPlan]:
    """One host with one port."""
    return [HostPlan(peer.address, (Endpoint(peer.address, peer.port, service),))]


def test_a_web_port_is_sent_no_dicom(tmp_path: Path) -> None:
    """HTTP from the first byte, on one connection that is kept for all questions."""
    with WebPeer(say(NOT_FOUND)) as peer:
        completed, store = run(plan_of(peer, Service.WEB), authorisation(peer.port), tmp_path)
    assert completed
    assert all(request.startswith((b"GET /", b"OPTIONS /", b"POST /")) for request in peer.requests)
    assert len(peer.requests) > 10
    assert peer.connections == 1
    assert store.kept[0].endpoint.service is Service.WEB


def http_to_all(connection: socket.socket, _stopping: Event) -> None:
    """A web server that answers a DICOM request with an error page, as most do."""
    while request := connection.recv(65536):
        if not request.startswith((b"GET", b"OPTIONS", b"POST")):
            connection.sendall(BAD_REQUEST)
            return
        connection.sendall(NOT_FOUND)


def test_a_port_planned_as_dicom_that_answers_in_http_is_asked_in_http(tmp_path: Path) -> None:
    """The record is of a web endpoint, and begins with the DICOM attempt that failed."""
    with ScriptedServer(http_to_all) as peer:
        hosts = [HostPlan(peer.address, (Endpoint(peer.address, peer.port),))]
        _, store = run(hosts, authorisation(peer.port), tmp_path)
    (record,) = store.kept
    assert record.endpoint.service is Service.WEB
    dicom, landing, *_ = record.attempts
    assert isinstance(dicom, Failed)
    assert dicom.facts == (NotDicomSeen(Signature.HTTP),)
    assert isinstance(landing, Completed)
    assert landing.probe == "web_landing"


def test_a_web_port_that_wants_tls_is_asked_inside_tls(tmp_path: Path) -> None:
    """It is found out in one request in clear."""
    with WebPeer(say(NOT_FOUND), tls=server_context()) as peer:
        _, store = run(plan_of(peer, Service.WEB), authorisation(peer.port), tmp_path)
    (record,) = store.kept
    assert record.endpoint.service is Service.WEB_TLS
    clear, landing, *_ = record.attempts
    assert isinstance(clear, Failed)
    assert isinstance(landing, Completed)
    (seen,) = [fact for fact in landing.facts if isinstance(fact, TlsSeen)]
    assert seen.client_certificate is ClientCertificate.NOT_ASKED


def test_what_a_handshake_showed_that_was_refused_is_kept(tmp_path: Path) -> None:
    """Who demands a client certificate is asked nothing over HTTP, and is not unknown."""
    with WebPeer(say(NOT_FOUND), tls=server_context(ssl.CERT_REQUIRED)) as peer:
        _, store = run(plan_of(peer, Service.WEB_TLS), authorisation(peer.port), tmp_path)
    attempts = {attempt.probe: attempt for attempt in store.kept[0].attempts}
    landing = attempts["web_landing"]
    assert isinstance(landing, Failed)
    (seen,) = [fact for fact in landing.facts if isinstance(fact, TlsSeen)]
    assert seen.client_certificate is ClientCertificate.REQUIRED
    assert isinstance(attempts["web_control"], Skipped)


def test_a_web_port_that_speaks_no_http_is_asked_once(tmp_path: Path) -> None:
    """One failed attempt says all that is to be said."""
    with WebPeer(say(b"SSH-2.0-lab\r\n")) as peer:
        _, store = run(plan_of(peer, Service.WEB), authorisation(peer.port), tmp_path)
    (record,) = store.kept
    (attempt,) = record.attempts
    assert isinstance(attempt, Failed)
    assert (attempt.probe, attempt.cause) == ("web_landing", Cause.NOT_HTTP)


def test_a_web_server_that_is_busy_is_asked_once(tmp_path: Path) -> None:
    """Later, never harder."""
    with WebPeer(say(b"HTTP/1.1 503 Later\r\nContent-Length: 0\r\n\r\n")) as peer:
        run(plan_of(peer, Service.WEB), authorisation(peer.port), tmp_path)
    assert len(peer.requests) == 1


def test_an_hl7_port_is_sent_an_empty_frame_alone(tmp_path: Path) -> None:
    """No message, no HTTP, no DICOM."""
    received: list[bytes] = []

    def behave(connection: socket.socket, _stopping: Event) -> None:
        received.append(connection.recv(4096))
        connection.sendall(b"\x0b\x15\x1c\r")

    with ScriptedServer(behave) as peer:
        hosts = [HostPlan(peer.address, (Endpoint(peer.address, peer.port, Service.HL7),))]
        _, store = run(hosts, authorisation(peer.port), tmp_path)
    (record,) = store.kept
    (attempt,) = record.attempts
    assert isinstance(attempt, Completed)
    assert [fact.ending for fact in attempt.facts if isinstance(fact, MllpAnswered)] == [MllpEnding.FRAMED]
    assert received == [b"\x0b\x1c\r"]


def test_plain_dicom_answered_by_a_tls_alert_is_asked_again_inside_tls(tmp_path: Path) -> None:
    """The record is of a DICOM-TLS endpoint, and begins with the plain attempt that failed."""
    with Archive(tls=server_context()) as archive:
        _, store = run(plan(archive), authorisation(archive.port), tmp_path)
    (record,) = store.kept
    assert record.endpoint.service is Service.DICOM_TLS
    plain, associate, handshake, *_ = record.attempts
    assert isinstance(plain, Failed)
    assert plain.facts == (NotDicomSeen(Signature.TLS_ALERT),)
    assert isinstance(associate, Completed)
    assert associate.probe == plain.probe == "dicom_associate"
    assert isinstance(handshake, Completed)
    assert handshake.probe == "dicom_tls"


def test_the_intent_is_stored_before_the_first_packet(tmp_path: Path) -> None:
    """For each host: first the store and the audit log, then the connection."""
    lines_at_contact: list[int] = []

    def on_associate(_request: object) -> Answer:
        text = (tmp_path / "audit.jsonl").read_text()
        lines_at_contact.append(text.count('"event":"intended"'))
        return Reject()

    made = archives(3, Script(on_associate=on_associate))
    pace = replace(QUICK, new_hosts_per_second=20)
    with ExitStack() as stack:
        for archive in made:
            stack.enter_context(archive)
        _, store = run(plan(*made), authorisation(*ports(made), pace=pace), tmp_path)
    intended = {address: at for what, at, of in store.said if what == "intend" for address in of}
    assert set(intended) == {archive.address for archive in made}
    for archive in made:
        assert archive.visits[0].opened >= intended[archive.address]
    assert all(lines_at_contact)


def test_without_an_intent_nobody_is_contacted(tmp_path: Path) -> None:
    """A store that cannot keep the intent stops the survey before the first packet."""

    def refuse(what: str) -> None:
        if what == "intend":
            raise StoreProblem("test.sqlite", "is full")

    with Archive() as archive, pytest.raises(StoreProblem):
        run(plan(archive), authorisation(archive.port), tmp_path, store=Spy(before=refuse))
    assert archive.visits == []


def test_what_was_learnt_is_stored_while_others_are_still_asked(tmp_path: Path) -> None:
    """A quick host's record does not wait for a silent one."""
    pace = replace(QUICK, answer_seconds=1.0)
    with Archive(address="127.0.7.1") as quick, Archive(SILENT, address="127.0.7.2") as silent:
        allowed = authorisation(quick.port, silent.port, pace=pace)
        _, store = run(plan(quick, silent), allowed, tmp_path)
        end = silent.visits[0].closed
    first = next(at for what, at, of in store.said if what == "record" and of[0].startswith("127.0.7.1:"))
    assert first < end - 0.3


def faulty(name: str, fault: Exception) -> tuple[Probe, ...]:
    """The probes, one of them broken."""

    async def broken(_visit: Visit) -> tuple[Fact, ...]:
        raise fault

    return tuple(replace(one, run=broken) if one.name == name else one for one in discover())


def test_a_fault_in_a_probe_is_one_failed_attempt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The host goes on, the other host too, and nothing of the exception's text is kept."""
    monkeypatch.setattr(
        "dosimeter.survey.runner.discover", lambda: faulty("dicom_echo", ValueError(f"bad {PATIENT}"))
    )
    with Archive(address="127.0.7.1") as one, Archive(address="127.0.7.2") as other:
        completed, store = run(plan(one, other), authorisation(one.port, other.port), tmp_path)
        first, _second = one.wait_for_ends(2)
    assert completed
    assert len(store.kept) == 2
    attempts = attempts_of(store, one)
    echo = attempts["dicom_echo"]
    assert isinstance(echo, Failed)
    assert echo.cause is Cause.FAULT
    assert "ValueError in broken" in echo.detail
    assert PATIENT not in repr(store.kept)
    assert PATIENT not in (tmp_path / "audit.jsonl").read_text()
    assert first.ended_by == "abort"
    assert isinstance(attempts["null_retrieve"], Completed)


class FullLog(AuditLog):
    """An audit log whose disk is full at the third contact."""

    contacts = 0

    def contact(self, *arguments: object) -> None:
        """Fail at the third, and from then on."""
        self.contacts += 1
        if self.contacts >= 3:
            raise AuditProblem(Path("audit.jsonl"), "No space left on device")
        super().contact(*arguments)  # type: ignore[arg-type] # handed on as they came

    def ended(self, *arguments: object) -> None:
        """Fail as well once the disk is full."""
        if self.contacts >= 3:
            raise AuditProblem(Path("audit.jsonl"), "No space left on device")
        super().ended(*arguments)  # type: ignore[arg-type] # handed on as they came


def test_an_audit_log_that_cannot_be_written_stops_everything(tmp_path: Path) -> None:
    """Two hosts in flight are told A-ABORT; nobody else is contacted."""
    made = archives(6, SILENT)
    log = FullLog(tmp_path / "audit.jsonl", header(), SystemClock())
    with ExitStack() as stack:
        for archive in made:
            stack.enter_context(archive)
        with pytest.raises(AuditProblem):
            run(plan(*made), authorisation(*ports(made), pace=PATIENT_PACE), tmp_path, audit=log)
        log.close()
        contacted = [archive for archive in made if archive.visits]
        ends = [archive.wait_for_ends(1)[0].ended_by for archive in contacted]
    assert len(contacted) == 2
    assert set(ends) <= {"abort", "close"}


def test_a_store_that_cannot_keep_a_record_stops_everything(tmp_path: Path) -> None:
    """The disk is full: those in flight are told A-ABORT and nobody else is contacted."""

    def full(what: str) -> None:
        if what == "record":
            raise StoreProblem("test.sqlite", "cannot grow because the disk is full")

    quick = Archive(address="127.0.7.100")
    made = archives(3, SILENT)
    late = Archive(address="127.0.7.101")
    pace = replace(PATIENT_PACE, hosts_in_flight=4)
    with ExitStack() as stack:
        for archive in (quick, *made, late):
            stack.enter_context(archive)
        allowed = authorisation(quick.port, late.port, *ports(made), pace=pace)
        hosts = iter([*plan(*made), *plan(quick), *plan(*[late] * 1)])
        with pytest.raises(StoreProblem):
            run(hosts, allowed, tmp_path, store=Spy(before=full))
        ends = [archive.wait_for_ends(1)[0].ended_by for archive in made]
    assert ends == ["abort"] * 3


def test_a_stop_aborts_what_is_open_within_a_second_and_records_nothing_of_it(tmp_path: Path) -> None:
    """What was half asked has no record and is asked again; an orderly end leaves no intent behind."""
    made = archives(5, SILENT)
    pace = replace(PATIENT_PACE, hosts_in_flight=3)
    stopped_at: list[float] = []
    watcher = Watcher()
    with ExitStack() as stack:
        for archive in made:
            stack.enter_context(archive)

        def is_stopped() -> bool:
            if all(archive.visits and archive.visits[0].request for archive in made[:3]):
                stopped_at.append(time.monotonic())
                return True
            return False

        completed, store = run(
            plan(*made),
            authorisation(*ports(made), pace=pace),
            tmp_path,
            watcher=watcher,
            is_stopped=is_stopped,
        )
        took = time.monotonic() - stopped_at[0]
        ends = [archive.wait_for_ends(1)[0].ended_by for archive in made[:3]]
    assert not completed
    assert took < 1.0
    assert ends == ["abort"] * 3
    assert [archive.visits for archive in made[3:]] == [[], []]
    assert store.kept == []
    assert sorted(store.told("withdraw")) == [f"127.0.7.{number}" for number in range(1, 6)]
    assert sorted(watcher.ended) == sorted(watcher.started) == ["127.0.7.1", "127.0.7.2", "127.0.7.3"]
    ended = [line for line in audit_lines(tmp_path) if line["event"] == "ended"]
    assert [line["why"] for line in ended] == ["interrupted"] * 3


def test_a_stop_before_the_start_contacts_nobody_and_notes_nothing(tmp_path: Path) -> None:
    """Not even an intent."""
    with Archive() as archive:
        completed, store = run(plan(archive), authorisation(archive.port), tmp_path, is_stopped=lambda: True)
    assert not completed
    assert store.said == []
    assert archive.visits == []


def test_a_host_contacted_twice_without_a_result_is_not_asked_again(tmp_path: Path) -> None:
    """It is recorded as interrupted, which is never shown as safe."""
    with Archive() as archive:
        _, store = run(plan(archive, contacts=2), authorisation(archive.port), tmp_path)
    (attempt,) = attempts_of(store, archive).values()
    assert isinstance(attempt, Failed)
    assert attempt.cause is Cause.INTERRUPTED
    assert archive.visits == []
    assert store.told("intend") == []


def test_a_host_contacted_once_without_a_result_is_asked_again(tmp_path: Path) -> None:
    """Once may be bad luck."""
    with Archive() as archive:
        _, store = run(plan(archive, contacts=1), authorisation(archive.port), tmp_path)
    assert isinstance(attempts_of(store, archive)["dicom_associate"], Completed)


@pytest.mark.parametrize("hosts", [1, 4])
def test_when_the_authorisation_ends_nothing_more_is_asked_and_nothing_is_lost(
    tmp_path: Path, hosts: int
) -> None:
    """The hosts that come too late have no record, and the survey says that it is not finished."""
    made = archives(hosts + 1)
    pace = replace(QUICK, hosts_in_flight=1)
    moment = [now()]

    def clock() -> datetime:
        return moment[0]

    def on_associate(_request: object) -> Answer:
        moment[0] += timedelta(days=2)
        return Reject()

    made[0].script = Script(on_associate=on_associate)
    with ExitStack() as stack:
        for archive in made:
            stack.enter_context(archive)
        completed, store = run(plan(*made), authorisation(*ports(made), pace=pace), tmp_path, clock=clock)
    assert not completed
    assert [record.endpoint.port for record in store.kept] == [made[0].port]
    assert all(archive.visits == [] for archive in made[1:])


def test_a_second_question_that_comes_too_late_leaves_the_whole_endpoint_for_later(tmp_path: Path) -> None:
    """Half an answer is not recorded as if it were one."""
    moment = [now()]

    def on_request(_field: int, _service: str) -> Answer:
        moment[0] += timedelta(days=2)
        return Statuses((0,))

    with Archive(Script(on_request=on_request)) as archive:
        completed, store = run(plan(archive), authorisation(archive.port), tmp_path, clock=lambda: moment[0])
        (seen,) = archive.wait_for_ends(1)
    assert not completed
    assert store.kept == []
    assert seen.ended_by == "release"


def test_the_endpoints_of_a_host_are_asked_one_after_the_other(tmp_path: Path) -> None:
    """Never two associations with one machine, and the pause is kept between its ports as well."""
    pace = replace(QUICK, seconds_between_associations=0.1)
    with Archive() as one, Archive() as other:
        run(plan(one, other), authorisation(one.port, other.port, pace=pace), tmp_path)
        visits = sorted([*one.wait_for_ends(2), *other.wait_for_ends(2)], key=lambda seen: seen.opened)
    assert all(second.opened - first.closed > 0.05 for first, second in pairwise(visits))


def test_a_host_costs_no_more_than_its_time(tmp_path: Path) -> None:
    """Three ports that say nothing: the host's deadline ends them, and what was not asked is not "silent"."""
    pace = replace(QUICK, answer_seconds=0.4, host_seconds=0.6)
    with Archive(SILENT) as one, Archive(SILENT) as two, Archive(SILENT) as three:
        began = time.monotonic()
        _, store = run(
            plan(one, two, three), authorisation(one.port, two.port, three.port, pace=pace), tmp_path
        )
        took = time.monotonic() - began
    assert took < 1.2
    contacted = [len(archive.visits) for archive in (one, two, three)]
    firsts = [attempts_of(store, archive)["dicom_associate"] for archive in (one, two, three)]
    assert [first.cause for first in firsts if isinstance(first, Failed)] == [Cause.TIMED_OUT] * 2
    assert [first.why for first in firsts if isinstance(first, Skipped)] == [
        "the time allowed for this host was used up by its other ports"
    ]
    assert sorted(contacted) == [0, 1, 1]


def test_no_more_hosts_are_in_flight_than_the_scope_allows(tmp_path: Path) -> None:
    """The limit is on hosts, whatever they do."""
    made = archives(8, Script(on_request=answers(echo=Statuses((0,), seconds_late=0.05))))
    open_now: list[int] = []

    def on_associate(_request: object) -> Answer:
        open_now.append(len(watcher.started) - len(watcher.ended))
        return Reject()

    watcher = Watcher()
    for archive in made:
        archive.script = Script(on_associate=on_associate)
    with ExitStack() as stack:
        for archive in made:
            stack.enter_context(archive)
        allowed = authorisation(*ports(made), pace=replace(QUICK, hosts_in_flight=2))
        completed, store = run(plan(*made), allowed, tmp_path, watcher=watcher)
    assert completed
    assert len(store.kept) == 8
    assert max(open_now) <= 2


def test_every_association_of_a_survey_ends_by_release_or_abort(tmp_path: Path) -> None:
    """Whatever a peer does, it is left properly: counted over peers of every kind."""
    scripts = [
        Script(),
        SILENT,
        Script(on_request=answers(find=Silence())),
        Script(on_request=answers(echo=Silence())),
        Script(on_request=answers(get=Silence())),
        Script(on_request=answers(find=Statuses((0xFF00,) * 40))),
        Script(on_release=Silence()),
    ]
    made = [Archive(script, address=f"127.0.7.{number + 1}") for number, script in enumerate(scripts)]
    pace = replace(QUICK, answer_seconds=0.2, host_seconds=2)
    with ExitStack() as stack:
        for archive in made:
            stack.enter_context(archive)
        completed, _ = run(plan(*made), authorisation(*ports(made), pace=pace), tmp_path)
        ends = [seen.ended_by for archive in made for seen in archive.wait_for_ends(1)]
    assert completed
    assert set(ends) == {"release", "abort"}
    assert all(archive.most_at_once == 1 for archive in made)
    lines = audit_lines(tmp_path)
    contacts = [line for line in lines if line["event"] == "contact"]
    assert len(contacts) == len([line for line in lines if line["event"] == "ended"]) == len(ends)


def test_a_problem_of_the_store_is_a_problem_for_the_user() -> None:
    """The command line says it in one sentence."""
    assert issubclass(StoreProblem, Problem)
    assert issubclass(AuditProblem, Problem)
