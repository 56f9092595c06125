from __future__ import annotations

import errno
import socket
import time
from collections.abc import Callable, Iterator
from threading import Event, Thread

import pytest

from dosimeter.model.attempt import Cause
from dosimeter.net.causes import WireFailure
from dosimeter.net.loop import InterruptedWait, Loop
from dosimeter.net.stream import MAX_RECEIVED_PER_CONNECTION, RECEIVE_BUFFER_BYTES, TcpStream, connect
from tests.peers.scripted import ScriptedServer, dripping, reset, silent
from tests.unit.net.driving import descriptors, drive

FIRST = bytes(range(256)) * 4


@pytest.fixture(autouse=True)
def _no_descriptor_is_left() -> Iterator[None]:
    before = descriptors()
    yield
    assert descriptors() == before


def asking(
    server: ScriptedServer, then: Callable[[TcpStream], object] | None = None, seconds: float = 0.5
) -> bytes:
    """Connect, send FIRST, and read until the peer closes; the stream is closed whatever happens."""

    async def work(loop: Loop) -> bytes:
        until = time.monotonic() + seconds
        stream = await connect(loop, server.address, server.port, FIRST, until)
        try:
            if then is not None:
                then(stream)
            heard = b""
            while data := await stream.receive(until):
                heard += data
            return heard
        finally:
            stream.send_and_close()

    return drive(work)


def failing(server: ScriptedServer, seconds: float = 0.5) -> Cause:
    """The same; how it fails."""
    with pytest.raises(WireFailure) as caught:
        asking(server, seconds=seconds)
    return caught.value.cause


def close_after(reply: bytes) -> Callable[[socket.socket, Event], None]:
    """Reads, answers, closes."""

    def behave(connection: socket.socket, _stopping: Event) -> None:
        connection.recv(65_536)
        connection.sendall(reply)

    return behave


def test_the_whole_request_is_the_first_thing_a_peer_reads() -> None:
    """A peer that reads once, and at once, has it all: no idle connection and no half PDU."""
    read: list[bytes] = []
    waited: list[float] = []

    def read_once(connection: socket.socket, _stopping: Event) -> None:
        began = time.monotonic()
        read.append(connection.recv(65_536))
        waited.append(time.monotonic() - began)

    with ScriptedServer(read_once) as server:
        asking(server)
    assert read == [FIRST]
    assert waited[0] < 1.0


def test_segments_are_not_held_back() -> None:
    """TCP_NODELAY is set before the connection is opened."""
    options = []

    def look(stream: TcpStream) -> None:
        sock = stream._sock  # noqa: SLF001 - there is no other way to see the option
        options.append(sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

    with ScriptedServer(close_after(b"")) as server:
        asking(server, look)
    assert options == [1]


def test_the_kernel_takes_in_little_ahead_of_us() -> None:
    """A peer that floods us, or is told to stop, fills no buffer of mebibytes first."""
    held = []

    def look(stream: TcpStream) -> None:
        sock = stream._sock  # noqa: SLF001 - there is no other way to see the option
        held.append(sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF))

    with ScriptedServer(close_after(b"")) as server:
        asking(server, look)
    assert RECEIVE_BUFFER_BYTES <= held[0] <= 2 * RECEIVE_BUFFER_BYTES


def test_ipv6_is_dialled_as_well() -> None:
    """The address decides the family."""
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as listener:

        async def work(loop: Loop) -> None:
            stream = await connect(loop, "::1", listener.getsockname()[1], FIRST, time.monotonic() + 1)
            stream.send_and_close()

        drive(work)
        connection, _ = listener.accept()
        with connection:
            assert connection.recv(65_536) == FIRST


def test_a_closed_port_is_refused() -> None:
    """RST in answer to the connect."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    async def work(loop: Loop) -> None:
        await connect(loop, "127.0.0.1", port, FIRST, time.monotonic() + 1)

    with pytest.raises(WireFailure) as caught:
        drive(work)
    assert caught.value.cause is Cause.REFUSED


@pytest.fixture
def full_listener() -> Iterator[socket.socket]:
    """A listener whose queue is full: the next SYN is dropped, as by a firewall."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = socket.create_connection(listener.getsockname())
        yield listener
        waiting.close()


def test_no_answer_to_the_connection_is_unreachable_at_the_deadline(full_listener: socket.socket) -> None:
    """A host that drops packets costs its deadline and no more."""
    port = full_listener.getsockname()[1]
    began = time.monotonic()

    async def work(loop: Loop) -> None:
        await connect(loop, "127.0.0.1", port, FIRST, began + 0.3)

    with pytest.raises(WireFailure) as caught:
        drive(work)
    assert caught.value.cause is Cause.UNREACHABLE
    assert 0.3 <= time.monotonic() - began < 1.5


def test_a_connection_that_comes_late_carries_the_request_at_once(full_listener: socket.socket) -> None:
    """The kernel tries its SYN again after a second; the request goes out as soon as it is answered."""
    received: list[bytes] = []

    def make_room() -> None:
        full_listener.accept()[0].close()
        connection, _ = full_listener.accept()
        with connection:
            received.append(connection.recv(65_536))

    thread = Thread(target=make_room)

    async def work(loop: Loop) -> None:
        thread.start()
        port = full_listener.getsockname()[1]
        stream = await connect(loop, "127.0.0.1", port, FIRST, time.monotonic() + 5)
        stream.send_and_close()

    drive(work)
    thread.join(5)
    assert received == [FIRST]


def test_an_interrupt_while_connecting_gives_the_socket_back(full_listener: socket.socket) -> None:
    """The stop is not kept waiting by a host that drops packets."""
    loop = Loop()
    port = full_listener.getsockname()[1]
    heard = []

    async def work() -> None:
        try:
            await connect(loop, "127.0.0.1", port, FIRST, time.monotonic() + 60)
        except InterruptedWait:
            heard.append(True)
            raise

    loop.spawn(work())
    loop.turn(0)
    loop.interrupt()
    loop.close()
    assert heard == [True]


def test_a_close_ends_what_is_received() -> None:
    """The end of the stream is b"", as everywhere."""
    with ScriptedServer(close_after(b"hello")) as server:
        assert asking(server) == b"hello"


def test_a_reset_is_closed_early() -> None:
    """RST instead of an answer."""
    with ScriptedServer(reset) as server:
        assert failing(server) is Cause.CLOSED_EARLY


def test_silence_is_timed_out_at_the_deadline() -> None:
    """It is waited for until then, and not much longer."""
    with ScriptedServer(silent) as server:
        began = time.monotonic()
        assert failing(server, 0.3) is Cause.TIMED_OUT
        assert 0.3 <= time.monotonic() - began < 1.5


def test_a_drip_does_not_move_the_deadline() -> None:
    """A byte now and then is no reason to wait any longer."""
    with ScriptedServer(dripping(bytes(1000), 0.02)) as server:
        began = time.monotonic()
        assert failing(server, 0.4) is Cause.TIMED_OUT
        assert 0.4 <= time.monotonic() - began < 2.0


def test_a_flood_is_cut_at_one_mebibyte() -> None:
    """Nothing that was asked needs so much; what came is not kept."""
    assert MAX_RECEIVED_PER_CONNECTION == 1_048_576

    def flood(connection: socket.socket, stopping: Event) -> None:
        while not stopping.is_set():
            connection.sendall(bytes(65_536))

    with ScriptedServer(flood) as server:
        assert failing(server, 5) is Cause.BAD_PEER


def test_a_peer_that_does_not_read_is_timed_out() -> None:
    """Sending has a deadline too."""

    def deaf(_connection: socket.socket, stopping: Event) -> None:
        stopping.wait(10)

    with ScriptedServer(deaf) as server:
        began = time.monotonic()

        async def work(loop: Loop) -> None:
            stream = await connect(loop, server.address, server.port, FIRST, began + 1)
            try:
                await stream.send(bytes(64_000_000), began + 0.4)
            finally:
                stream.send_and_close()

        with pytest.raises(WireFailure) as caught:
            drive(work)
    assert caught.value.cause is Cause.TIMED_OUT
    assert 0.4 <= time.monotonic() - began < 2.0


def test_last_words_to_a_peer_that_is_gone_are_no_error() -> None:
    """Whoever hung up first needs no goodbye."""

    def leave(connection: socket.socket, _stopping: Event) -> None:
        connection.recv(65_536)

    with ScriptedServer(leave) as server:

        async def work(loop: Loop) -> None:
            stream = await connect(loop, server.address, server.port, FIRST, time.monotonic() + 1)
            assert await stream.receive(time.monotonic() + 1) == b""
            stream.send_and_close(b"goodbye")
            stream_was_told.append(True)

        stream_was_told: list[bool] = []
        drive(work)
    assert stream_was_told == [True]


def test_without_a_descriptor_left_the_cause_is_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """EMFILE is said as what it is: our own machine's limit."""

    def none_left(*_arguments: object) -> socket.socket:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr("dosimeter.net.stream.socket.socket", none_left)

    async def work(loop: Loop) -> None:
        await connect(loop, "127.0.0.1", 104, FIRST, time.monotonic() + 1)

    with pytest.raises(WireFailure) as caught:
        drive(work)
    assert caught.value.cause is Cause.LOCAL
    assert "ulimit" in caught.value.detail


def test_the_limit_can_be_moved_and_reads_can_be_larger() -> None:
    """A counted answer has a limit of its own; what came is counted, and so is what is over."""
    reads: list[int] = []

    def flood(connection: socket.socket, stopping: Event) -> None:
        while not stopping.is_set():
            connection.sendall(bytes(65_536))

    async def work(loop: Loop) -> int:
        until = time.monotonic() + 5
        stream = await connect(loop, server.address, server.port, FIRST, until)
        stream.limit_to(3_000_000)
        try:
            while True:
                reads.append(len(await stream.receive(until, 262_144)))
        except WireFailure as failure:
            causes.append(failure.cause)
        finally:
            stream.send_and_close()
        return stream.received

    causes: list[Cause] = []
    with ScriptedServer(flood) as server:
        received = drive(work)
    assert causes == [Cause.BAD_PEER]
    assert 3_000_000 < received <= 3_000_000 + 262_144
    assert 2_700_000 < sum(reads) <= 3_000_000
    assert max(reads) > 16_384


def long_reads(
    behave: Callable[[socket.socket, Event], None], wanted: int, seconds: float = 5.0
) -> list[int]:
    """The lengths of the reads that an answer of so many bytes takes, read as one that is counted."""
    reads: list[int] = []

    async def work(loop: Loop) -> None:
        until = time.monotonic() + seconds
        stream = await connect(loop, server.address, server.port, FIRST, until)
        stream.limit_to(1 << 30)
        try:
            while sum(reads) < wanted:
                reads.append(len(await stream.receive(until, 262_144)))
        finally:
            stream.send_and_close()

    with ScriptedServer(behave) as server:
        drive(work)
    return reads


def test_a_long_answer_that_comes_row_by_row_is_read_many_rows_at_a_time() -> None:
    """Six thousand segments of 200 bytes, a little apart: not one read for each."""

    def row_by_row(connection: socket.socket, stopping: Event) -> None:
        connection.recv(65_536)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(6_000):
            connection.sendall(bytes(200))
            due = time.perf_counter() + 20e-6
            while time.perf_counter() < due:
                pass
        stopping.wait()

    reads = long_reads(row_by_row, 1_200_000)
    assert sum(reads) == 1_200_000
    assert len(reads) < 300


def test_the_end_of_a_long_answer_is_not_held_back() -> None:
    """After many small segments a last one comes late: it is read soon, though little waits with it."""

    def late_end(connection: socket.socket, stopping: Event) -> None:
        connection.recv(65_536)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(50):
            connection.sendall(bytes(200))
            time.sleep(0.001)
        stopping.wait(0.3)
        connection.sendall(b"end")
        stopping.wait()

    began = time.monotonic()
    reads = long_reads(late_end, 10_003)
    assert sum(reads) == 10_003
    assert time.monotonic() - began < 2.5


def test_a_long_answer_that_stops_is_a_silence_in_time() -> None:
    """Nothing more comes after many small segments: the deadline is kept."""

    def stops(connection: socket.socket, stopping: Event) -> None:
        connection.recv(65_536)
        for _ in range(50):
            connection.sendall(bytes(200))
            time.sleep(0.001)
        stopping.wait()

    began = time.monotonic()
    with pytest.raises(WireFailure) as caught:
        long_reads(stops, 20_000, seconds=0.5)
    assert caught.value.cause is Cause.TIMED_OUT
    assert 0.4 < time.monotonic() - began < 2.0


def test_a_long_answer_that_breaks_off_is_heard_at_once() -> None:
    """The peer closes after many small segments: the close is not waited for."""

    def closes(connection: socket.socket, _stopping: Event) -> None:
        connection.recv(65_536)
        for _ in range(50):
            connection.sendall(bytes(200))
            time.sleep(0.001)

    async def work(loop: Loop) -> int:
        until = time.monotonic() + 5
        stream = await connect(loop, server.address, server.port, FIRST, until)
        try:
            received = 0
            while data := await stream.receive(until, 262_144):
                received += len(data)
            return received
        finally:
            stream.send_and_close()

    began = time.monotonic()
    with ScriptedServer(closes) as server:
        assert drive(work) == 10_000
    assert time.monotonic() - began < 2.5
