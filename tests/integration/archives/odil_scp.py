"""The odil acceptor: accepts any context, even of a service that does not exist."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.integration.archives.process import free_port, server_process
from tests.integration.archives.running import Running, Site, Start


def odil_scp() -> Start:
    """Runs ``odil_server.py`` with Debian's Python, which alone has the bindings."""

    @contextmanager
    def start(site: Site, folder: Path, address: str) -> Iterator[Running]:
        port = free_port()
        command = ["/usr/bin/python3", str(Path(__file__).with_name("odil_server.py")), str(port)]
        with server_process(command, folder, [port]):
            yield Running(address, port)

    return start
