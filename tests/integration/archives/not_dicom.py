"""What else listens on a port that may be DICOM: web servers, shells, HL7, tarpits, dead ends."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.integration.archives.certificates import another_server
from tests.integration.archives.process import free_port, server_process
from tests.integration.archives.running import Running, Site, Start
from tests.peers.scripted import Behaviour, ScriptedServer, http_error, inside_tls


def scripted(behaviour: Behaviour) -> Start:
    """A peer of tests/peers."""

    @contextmanager
    def start(site: Site, folder: Path, address: str) -> Iterator[Running]:
        with ScriptedServer(behaviour, address) as server:
            yield Running(server.address, server.port)

    return start


def https() -> Start:
    """A web server inside TLS."""

    @contextmanager
    def start(site: Site, folder: Path, address: str) -> Iterator[Running]:
        server = another_server(site.certificates, folder)
        behaviour = inside_tls(http_error, server.certificate, server.key)
        with ScriptedServer(behaviour, address) as peer:
            yield Running(peer.address, peer.port)

    return start


def python_http_server() -> Start:
    """``python -m http.server``: waits for the end of a request line that DICOM never sends."""

    @contextmanager
    def start(site: Site, folder: Path, address: str) -> Iterator[Running]:
        port = free_port()
        command = [sys.executable, "-m", "http.server", "--bind", address, str(port)]
        with server_process(command, folder, [port]):
            yield Running(address, port)

    return start


def nothing() -> Start:
    """A port on which nobody listens."""

    @contextmanager
    def start(site: Site, folder: Path, address: str) -> Iterator[Running]:
        yield Running(address, free_port())

    return start
