"""The lab while it runs: one thread admits callers, each caller has a thread."""

from __future__ import annotations

import selectors
import socket
import ssl
import tempfile
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore, Event, Lock, Thread, current_thread
from typing import Final, Self

from dosimeter.lab.archive import Archive
from dosimeter.lab.caller import begins_tls, opens_tls, serve_dicom, serve_other
from dosimeter.lab.catalogue import Catalogue
from dosimeter.lab.certificates import make_certificate, server_context
from dosimeter.lab.face import Face
from dosimeter.lab.ledger import Ledger, Tally
from dosimeter.lab.listener import listen_on_loopback
from dosimeter.lab.policy import Door
from dosimeter.lab.web_caller import refuse_plain, serve_face

IDLE_SECONDS: Final = 30.0
"""A caller that says nothing for so long is let go, as DCMTK and Orthanc do."""
MAX_CALLERS: Final = 64
"""Connections served at once by the whole lab; more wait in the backlog."""

SEND_BUFFER_BYTES: Final = 65536
"""So that a C-CANCEL is heard before the whole answer is on its way."""

_POLL_SECONDS: Final = 0.2
_JOIN_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class _Stand:
    """One archive, ready to be visited."""

    archive: Archive
    listener: socket.socket
    catalogue: Catalogue
    context: ssl.SSLContext | None
    ledger: Ledger
    face: Face | None = None


class Lab:
    """The archives while they listen: a context manager.

    Every archive is bound when ``with`` begins, or none is. The end of ``with`` ends every connection.

    Raises:
        Problem: an address cannot be bound; the sentence says which and what to do.
    """

    def __init__(self, archives: tuple[Archive, ...]) -> None:
        self._archives = archives
        self._stopping = Event()
        self._slots = BoundedSemaphore(MAX_CALLERS)
        self._lock = Lock()
        self._stands: list[_Stand] = []
        self._callers: dict[Thread, socket.socket] = {}
        self._selector = selectors.DefaultSelector()
        self._doorman = Thread(target=self._admit, name="lab", daemon=True)

    def __enter__(self) -> Self:
        with ExitStack() as undo:
            undo.callback(self._close_listeners)
            with tempfile.TemporaryDirectory(prefix="dosimeter-lab-") as folder:
                for archive in self._archives:
                    self._open_all(archive, Path(folder))
            undo.pop_all()
        self._doorman.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._doorman.join(_JOIN_SECONDS)
        with self._lock:
            callers = dict(self._callers)
        for thread, caller in callers.items():
            with suppress(OSError):
                socket.socket.shutdown(caller, socket.SHUT_RDWR)  # wakes recv(), in TLS too
            thread.join(_JOIN_SECONDS)
        self._close_listeners()

    @property
    def endpoints(self) -> tuple[tuple[str, int], ...]:
        """Address and port of every listener, in the order of the archives; port 0 has become a real one."""
        names = [stand.listener.getsockname() for stand in self._stands]
        return tuple((str(name[0]), int(name[1])) for name in names)

    @property
    def ledgers(self) -> tuple[Ledger, ...]:
        """What callers did, archive by archive as in `endpoints`."""
        return tuple(stand.ledger for stand in self._stands)

    def _open_all(self, archive: Archive, folder: Path) -> None:
        """Every port of an archive; whatever speaks TLS shows one certificate."""
        catalogue, context = archive.catalogue(), _context_of(archive, folder)
        if archive.door not in {Door.CLOSED, Door.NONE}:
            self._open(archive, archive.port, catalogue, context if archive.door in _INSIDE_TLS else None)
        for face, _ in archive.faces:
            self._open(archive, face.port, catalogue, context if face.inside_tls else None, face)

    def _open(
        self,
        archive: Archive,
        port: int,
        catalogue: Catalogue,
        context: ssl.SSLContext | None,
        face: Face | None = None,
    ) -> None:
        listener = listen_on_loopback(archive.address, port)
        stand = _Stand(archive, listener, catalogue, context, Ledger(), face)
        self._stands.append(stand)
        self._selector.register(listener, selectors.EVENT_READ, stand)

    def _close_listeners(self) -> None:
        self._selector.close()
        for stand in self._stands:
            stand.listener.close()

    def _admit(self) -> None:
        while not self._stopping.is_set():
            for key, _ in self._selector.select(_POLL_SECONDS):
                if not self._slots.acquire(timeout=_POLL_SECONDS):
                    break  # It waits in the backlog until somebody leaves.
                try:
                    caller, _ = key.data.listener.accept()
                except OSError:
                    self._slots.release()  # It left before its turn.
                    continue
                thread = Thread(target=self._serve, args=(key.data, caller), daemon=True)
                with self._lock:
                    self._callers[thread] = caller
                thread.start()

    def _serve(self, stand: _Stand, caller: socket.socket) -> None:
        try:
            stand.ledger.add(Tally(connections=1))
            caller.settimeout(IDLE_SECONDS)
            caller.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            caller.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
            self._talk(stand, caller)
        except OSError:
            pass  # The caller left or fell silent, or refused TLS: everyday life of an archive.
        finally:
            with self._lock:
                self._callers.pop(current_thread()).close()
            self._slots.release()

    def _talk(self, stand: _Stand, caller: socket.socket) -> None:
        archive, face = stand.archive, stand.face
        if face is None and archive.door in {Door.HTTP, Door.SILENT}:
            serve_other(caller, archive.door)
            return
        if stand.context is not None:
            if face is not None and not begins_tls(caller):
                refuse_plain(caller)
                return
            if face is None and not opens_tls(caller):
                return
            secured = stand.context.wrap_socket(caller, server_side=True, do_handshake_on_connect=False)
            with self._lock:
                self._callers[current_thread()] = secured  # It has taken the descriptor over.
            secured.do_handshake()
            caller = secured
        if face is not None:
            serve_face(caller, face, stand.catalogue)
        else:
            serve_dicom(caller, archive.policy, stand.catalogue, stand.ledger)


_INSIDE_TLS: Final = frozenset({Door.TLS, Door.TLS_CLIENT_CERTIFICATE})


def _context_of(archive: Archive, folder: Path) -> ssl.SSLContext | None:
    if archive.door not in _INSIDE_TLS and not any(face.inside_tls for face, _ in archive.faces):
        return None
    files = make_certificate(folder, f"{archive.name}.lab.invalid")
    return server_context(files, demands_certificate=archive.door is Door.TLS_CLIENT_CERTIFICATE)
