from __future__ import annotations

import socket
import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from dosimeter.dicom.association import AssociateAccepted, Requestor, ResponseReceived
from dosimeter.dicom.dimse import FindRequest
from dosimeter.dicom.pdu import AAbort, AAssociateRQ, ProposedContext, UserInformation
from dosimeter.dicom.pdu_encode import encode_pdu
from dosimeter.dicom.uids import IMPLICIT_VR_LE, STUDY_ROOT_FIND
from dosimeter.lab.archive import Archive, Expected
from dosimeter.lab.attributes import Tag
from dosimeter.lab.dataset import encode_dataset
from dosimeter.lab.ledger import Tally
from dosimeter.lab.listener import AddressTaken, listen_on_loopback
from dosimeter.lab.policy import Door, Policy, Tempo
from dosimeter.lab.server import Lab
from dosimeter.model.problem import Problem
from dosimeter.model.verdict import Exposure

ADDRESS = "127.21.3.1"
ALL_STUDIES = encode_dataset({Tag.QUERY_RETRIEVE_LEVEL: "STUDY", Tag.STUDY_INSTANCE_UID: ""}, IMPLICIT_VR_LE)


def archive(name: str = "test", door: Door = Door.PLAIN, port: int = 0) -> Archive:
    """An archive at a port the system chooses."""
    return Archive(name, ADDRESS, "a test", Expected(Exposure.QUERYABLE), door=door, port=port)


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "10.0.0.1", "192.0.2.1", "128.0.0.1", "2001:db8::1"])
def test_it_listens_on_loopback_alone(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Any other address is refused before anything is bound."""

    def bind(*_: object, **__: object) -> None:
        raise AssertionError("bound")

    monkeypatch.setattr(socket, "create_server", bind)
    with pytest.raises(ValueError, match="not a loopback address"):
        listen_on_loopback(address, 0)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.20.255.254", "::1"])
def test_every_loopback_address_will_do(address: str) -> None:
    """IPv4's whole 127.0.0.0/8 and IPv6's ::1 are loopback."""
    with listen_on_loopback(address, 0) as listener:
        assert listener.getsockname()[0] == address


def free_port() -> int:
    """A port of the test's address that nobody listens on."""
    with listen_on_loopback(ADDRESS, 0) as listener:
        return int(listener.getsockname()[1])


def test_an_address_in_use_is_said_in_one_sentence() -> None:
    """The sentence names the address and what to do, and the archives before it are let go."""
    first = free_port()
    with listen_on_loopback(ADDRESS, 0) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(AddressTaken, match=f"{ADDRESS}:{port}: another program does"),
            Lab((archive("first", port=first), archive("second", port=port))),
        ):
            pass
    with listen_on_loopback(ADDRESS, first):
        pass


def test_a_system_without_that_loopback_address_is_told_how_to_add_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The BSDs, macOS among them, have 127.0.0.1 alone until an alias is added."""

    def create_server(*_: object, **__: object) -> None:
        raise OSError(99, "Cannot assign requested address")

    monkeypatch.setattr(socket, "create_server", create_server)
    with pytest.raises(Problem, match=f"ifconfig lo0 alias {ADDRESS}"):
        listen_on_loopback(ADDRESS, 11112)


def test_the_end_of_the_lab_ends_every_connection() -> None:
    """Idle callers are let go at once, in clear and in TLS, and the port is closed."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    before = threading.active_count()
    with Lab((archive("plain"), archive("tls", Door.TLS), archive("silent", Door.SILENT))) as lab:
        endpoints = lab.endpoints
        plain, tls, silent = (socket.create_connection(endpoint) for endpoint in endpoints)
        secured = context.wrap_socket(tls)
        silent.sendall(b"hello")
        began = time.monotonic()
    assert time.monotonic() - began < 3
    assert plain.recv(1) == b""
    assert silent.recv(1) == b""
    assert secured.recv(1) == b""
    for caller in (plain, secured, silent):
        caller.close()
    assert threading.active_count() == before
    for endpoint in endpoints:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(endpoint)


def test_a_plain_caller_of_a_tls_port_gets_an_alert() -> None:
    """The first byte of the answer is that of a TLS alert record, and the connection ends in order."""
    with Lab((archive(door=Door.TLS),)) as lab, socket.create_connection(lab.endpoints[0]) as caller:
        caller.sendall(b"\x01" + bytes(300))
        assert caller.recv(16) == b"\x15\x03\x03\x00\x02\x02\x46"
        assert caller.recv(16) == b""


def test_a_web_server_answers_in_http() -> None:
    """Whatever it is sent, the answer begins as HTTP does."""
    with Lab((archive(door=Door.HTTP),)) as lab, socket.create_connection(lab.endpoints[0]) as caller:
        caller.sendall(b"\x01\x00")
        assert caller.recv(16).startswith(b"HTTP/1.1 400")


def test_a_closed_archive_does_not_listen() -> None:
    """It has its place in the table and no port."""
    with Lab((archive(door=Door.CLOSED),)) as lab:
        assert lab.endpoints == ()


def ask_for_everything(endpoint: tuple[str, int], *, rows: int) -> float:
    """An association that asks for all studies and reads so many rows; how long that took, in seconds."""
    contexts = (ProposedContext(1, STUDY_ROOT_FIND, (IMPLICIT_VR_LE,)),)
    requestor = Requestor(AAssociateRQ("A", "B", contexts, UserInformation(16384, "2.25.1", "TEST")))
    began, found = time.monotonic(), 0
    with socket.create_connection(endpoint) as caller:
        caller.settimeout(10)
        while found < rows:
            caller.sendall(requestor.data_to_send())
            requestor.receive_data(caller.recv(65536))
            while (event := requestor.next_event()) is not None:
                if isinstance(event, AssociateAccepted):
                    context = requestor.context_for(STUDY_ROOT_FIND)
                    assert context is not None
                    requestor.send(context, FindRequest(1, STUDY_ROOT_FIND), ALL_STUDIES)
                found += isinstance(event, ResponseReceived) and event.response.status == 0xFF00
        caller.sendall(encode_pdu(AAbort(0, 0)))
    return time.monotonic() - began


def test_a_slow_archive_keeps_nobody_else_waiting() -> None:
    """Its rows come one by one; another archive, and another caller of the same, go on meanwhile."""
    slow = replace(archive("slow"), policy=Policy(tempo=Tempo(first=100, row=50)), seed=1, patients=20)
    quick = replace(archive("quick"), seed=1, patients=20)
    with Lab((slow, quick)) as lab, ThreadPoolExecutor() as pool:
        waiting = [pool.submit(ask_for_everything, lab.endpoints[0], rows=8) for _ in range(2)]
        assert ask_for_everything(lab.endpoints[1], rows=20) < 0.4
        assert [0.45 <= each.result() < 2 for each in waiting] == [True, True]


def test_each_archive_has_its_ledger() -> None:
    """Connections, associations, queries, rows and bytes are those of its callers."""
    visited = replace(archive("visited"), seed=1, patients=20)
    with Lab((visited, archive("left-alone"), archive("closed", Door.CLOSED))) as lab:
        ask_for_everything(lab.endpoints[0], rows=20)
        ledger, other = lab.ledgers
        assert ledger.tally.connections == ledger.tally.associations == ledger.tally.finds == 1
        assert ledger.tally.rows >= 20
        assert ledger.tally.sent_bytes > 20 * 150
        assert 200 < ledger.tally.received_bytes < 1000
        assert other.tally == Tally()
