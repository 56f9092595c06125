"""A peer that hands every connection on, from another source address: how a remote client is seen.

Orthanc's ``RemoteAccessAllowed`` looks at the source of a connection, and what connects to any address of
127.0.0.0/8 comes from 127.0.0.1. So a server is asked as by a client elsewhere through a relay that
connects from 127.0.0.2.
"""

from __future__ import annotations

import socket
from threading import Event, Thread

from tests.peers.scripted import CHUNK, Behaviour

ELSEWHERE = "127.0.0.2"
_CONNECT_SECONDS = 10


def relay(address: str, port: int, source: str = ELSEWHERE) -> Behaviour:
    """Hands both directions of each connection on to this place, connecting from ``source``."""

    def behave(client: socket.socket, _stopping: Event) -> None:
        with socket.create_connection(
            (address, port), _CONNECT_SECONDS, source_address=(source, 0)
        ) as server:
            server.settimeout(client.gettimeout())
            back = Thread(target=_pump, args=(server, client), daemon=True)
            back.start()
            _pump(client, server)
            back.join()

    return behave


def _pump(source: socket.socket, sink: socket.socket) -> None:
    """Until one side ends; then the other side is told."""
    try:
        while data := source.recv(CHUNK):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        _end(source)
        _end(sink)


def _end(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # It had ended.
