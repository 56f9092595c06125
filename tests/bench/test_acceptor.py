from __future__ import annotations

import importlib
import socket
import struct
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import ModuleType

import pytest
from pydicom.dataset import Dataset
from pynetdicom import AE
from pynetdicom.sop_class import (
    ModalityWorklistInformationFind,
    PatientRootQueryRetrieveInformationModelFind,
    StudyRootQueryRetrieveInformationModelFind,
    StudyRootQueryRetrieveInformationModelGet,
    Verification,
)

BENCH = Path(__file__).parents[2] / "bench"
DICOM, SILENT, CLOSED = "127.21.250.1", "127.21.250.2", "127.21.250.3"


@pytest.fixture
def fleet(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """bench/ is a folder of scripts: it is importable for the time of one test."""
    monkeypatch.syspath_prepend(str(BENCH))
    yield importlib.import_module("fleet")
    for name in ("fleet", "contenders"):
        sys.modules.pop(name, None)


def start(fleet: ModuleType, delay_ms: int = 0) -> AbstractContextManager:
    """One archive, one silent host and one closed one."""
    hosts = [
        fleet.Host(DICOM, fleet.Mode.DICOM),
        fleet.Host(SILENT, fleet.Mode.SILENT),
        fleet.Host(CLOSED, fleet.Mode.CLOSED),
    ]
    return fleet.running_acceptor(hosts, delay_ms=delay_ms)


def item(kind: int, value: bytes) -> bytes:
    """An item of an A-ASSOCIATE PDU (PS3.8 §9.3.2)."""
    return struct.pack(">BxH", kind, len(value)) + value


def associate_rq(*abstract_syntaxes: str) -> bytes:
    """An A-ASSOCIATE-RQ with one context for each, explicit VR proposed first."""
    body = struct.pack(">HH16s16s32x", 1, 0, b"ANY-SCP".ljust(16), b"TEST".ljust(16))
    body += item(0x10, b"1.2.840.10008.3.1.1.1")
    for number, uid in enumerate(abstract_syntaxes):
        syntaxes = item(0x40, b"1.2.840.10008.1.2.1") + item(0x40, b"1.2.840.10008.1.2")
        body += item(0x20, struct.pack(">B3x", 2 * number + 1) + item(0x30, uid.encode()) + syntaxes)
    body += item(0x50, item(0x51, struct.pack(">I", 16384)) + item(0x52, b"2.25.1"))
    return struct.pack(">BxI", 1, len(body)) + body


def command(field: int, message_id: int, data_set_type: int) -> bytes:
    """A command set in implicit VR little endian (PS3.7 §6.3)."""
    values = (
        (0x0002, b"1.2.840.10008.1.1\0"),
        (0x0100, struct.pack("<H", field)),
        (0x0110, struct.pack("<H", message_id)),
        (0x0800, struct.pack("<H", data_set_type)),
    )
    rest = b"".join(struct.pack("<HHI", 0, tag, len(value)) + value for tag, value in values)
    return struct.pack("<HHII", 0, 0, 4, len(rest)) + rest


def pdv(context_id: int, control: int, fragment: bytes) -> bytes:
    """A presentation data value: 1 in control is a command, 2 the last fragment (PS3.8 §E.2)."""
    return struct.pack(">IBB", len(fragment) + 2, context_id, control) + fragment


def p_data(*pdvs: bytes) -> bytes:
    """A P-DATA-TF PDU."""
    body = b"".join(pdvs)
    return struct.pack(">BxI", 4, len(body)) + body


def read_pdu(connection: socket.socket) -> tuple[int, bytes]:
    """The type and the body of the next PDU."""
    header = read_exactly(connection, 6)
    return header[0], read_exactly(connection, struct.unpack(">I", header[2:])[0])


def read_exactly(connection: socket.socket, length: int) -> bytes:
    """So many bytes, however they are cut."""
    received = b""
    while len(received) < length:
        piece = connection.recv(length - len(received))
        assert piece, "the acceptor closed"
        received += piece
    return received


@contextmanager
def dialled(address: str, port: int) -> Iterator[socket.socket]:
    """A connection that sends small pieces at once."""
    with socket.create_connection((address, port), timeout=5) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield connection


def test_an_independent_scu_gets_all_five_answers(fleet: ModuleType) -> None:
    """An SCU of pynetdicom associates, echoes, queries three models, retrieves nothing and releases."""
    finds = (
        StudyRootQueryRetrieveInformationModelFind,
        PatientRootQueryRetrieveInformationModelFind,
        ModalityWorklistInformationFind,
    )
    entity = AE(ae_title="TEST")
    for syntax in (Verification, *finds, StudyRootQueryRetrieveInformationModelGet):
        entity.add_requested_context(syntax)
    identifier = Dataset()
    identifier.QueryRetrieveLevel = "STUDY"
    identifier.StudyInstanceUID = "2.25.1"
    with start(fleet) as acceptor:
        association = entity.associate(DICOM, acceptor.port)
        assert association.is_established
        assert association.acceptor.implementation_version_name == "BENCH_FLEET_00"
        assert association.send_c_echo().Status == 0x0000
        for model in finds:
            assert [status.Status for status, _ in association.send_c_find(identifier, model)] == [0x0000]
        gets = association.send_c_get(identifier, StudyRootQueryRetrieveInformationModelGet)
        assert [status.Status for status, _ in gets] == [0x0000]
        association.release()
        assert association.is_released
        seen = acceptor.stats()
    assert (seen.associations, seen.echoes, seen.finds, seen.gets, seen.releases) == (1, 1, 3, 1, 1)
    assert (seen.errors, seen.aborts) == (0, 0)


def test_contexts_are_answered_one_by_one(fleet: ModuleType) -> None:
    """A DICOM service is accepted with its first transfer syntax; a made-up one is refused."""
    with start(fleet) as acceptor, dialled(DICOM, acceptor.port) as connection:
        connection.sendall(associate_rq("1.2.840.10008.5.1.4.1.1.2", "2.25.4242"))
        kind, body = read_pdu(connection)
    assert kind == 2
    first_choice = item(0x40, b"1.2.840.10008.1.2.1")
    assert item(0x21, b"\x01\0\0\0" + first_choice) in body
    assert item(0x21, b"\x03\0\x03\0" + first_choice) in body


def test_pdus_may_arrive_byte_by_byte_and_a_message_in_pieces(fleet: ModuleType) -> None:
    """A C-FIND cut into fragments, PDUs and single bytes is one question, answered under its own numbers."""
    find = command(0x0020, 77, 0x0000)
    data_set = struct.pack("<HHI", 0x0008, 0x0052, 6) + b"STUDY "
    stream = associate_rq("1.2.840.10008.1.1", "1.2.840.10008.5.1.4.1.2.2.1")
    stream += p_data(pdv(3, 1, find[:20])) + p_data(pdv(3, 3, find[20:]), pdv(3, 0, data_set[:5]))
    stream += p_data(pdv(3, 2, data_set[5:]))
    with start(fleet) as acceptor, dialled(DICOM, acceptor.port) as connection:
        for place in range(len(stream)):
            connection.sendall(stream[place : place + 1])
        assert read_pdu(connection)[0] == 2
        kind, answer = read_pdu(connection)
        assert kind == 4
        assert answer[4:6] == b"\x03\x03"
        assert struct.pack("<HHIH", 0, 0x0100, 2, 0x8020) in answer
        assert struct.pack("<HHIH", 0, 0x0120, 2, 77) in answer
        assert struct.pack("<HHIH", 0, 0x0900, 2, 0x0000) in answer
        assert struct.pack("<I", len(answer) - 6 - 12) == answer[14:18]
        assert acceptor.stats().finds == 1


def test_what_it_does_not_speak_is_aborted(fleet: ModuleType) -> None:
    """A C-STORE, or a PDU longer than the cap, is answered with A-ABORT and a close."""
    store = p_data(pdv(1, 3, command(0x0001, 1, 0x0000)))
    endless = b"\x04\0\xff\xff\xff\xff"
    with start(fleet) as acceptor:
        for broken in (associate_rq("1.2.840.10008.1.1") + store, endless):
            with dialled(DICOM, acceptor.port) as connection:
                connection.sendall(broken)
                kinds = [read_pdu(connection)[0]]
                if kinds == [2]:
                    kinds.append(read_pdu(connection)[0])
                assert kinds[-1] == 7
                assert connection.recv(1) == b""


def test_a_silent_host_says_nothing_and_a_closed_one_refuses(fleet: ModuleType) -> None:
    """Silence is an open connection without an answer; closed is a refused connection."""
    with start(fleet) as acceptor:
        with dialled(SILENT, acceptor.port) as connection:
            connection.sendall(associate_rq("1.2.840.10008.1.1"))
            connection.settimeout(0.3)
            with pytest.raises(TimeoutError):
                connection.recv(1)
        with pytest.raises(ConnectionRefusedError), dialled(CLOSED, acceptor.port):
            pass
        assert acceptor.stats().silent_connections == 1


def test_a_late_fleet_answers_late_and_all_at_once(fleet: ModuleType) -> None:
    """With a delay of 200 ms ten peers that ask together are all answered after 200 ms, not after 2 s."""
    with start(fleet, delay_ms=200) as acceptor:
        began = time.monotonic()
        connections = [socket.create_connection((DICOM, acceptor.port), timeout=5) for _ in range(10)]
        for connection in connections:
            connection.sendall(associate_rq("1.2.840.10008.1.1"))
        kinds = [read_pdu(connection)[0] for connection in connections]
        took = time.monotonic() - began
        for connection in connections:
            connection.close()
    assert kinds == [2] * 10
    assert 0.2 <= took < 1.5


def test_it_ends_cleanly_with_its_starter(fleet: ModuleType) -> None:
    """When stdin is closed the acceptor exits with 0 and its port is free again."""
    with start(fleet) as acceptor:
        port = acceptor.port
        assert acceptor.stop() == 0
        with pytest.raises(ConnectionRefusedError), dialled(DICOM, port):
            pass


def test_the_mixed_fleet_has_the_shares_of_the_goal(fleet: ModuleType) -> None:
    """5 % archives, 5 % silent, 90 % empty, spread over the whole list, loopback addresses alone."""
    hosts = fleet.mixed_fleet(10_240, fleet.Mode.DROPPED)
    shares = {mode: fleet.count(hosts, mode) for mode in fleet.Mode}
    assert shares == {"dicom": 512, "silent": 512, "closed": 0, "dropped": 9_216}
    assert fleet.count(hosts[:2048], fleet.Mode.DICOM) == 103
    assert len({host.address for host in hosts}) == 10_240
    assert all(host.address.startswith(("127.21.", "127.22.")) for host in hosts)
