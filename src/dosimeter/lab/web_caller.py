"""One connection to a web face or an HL7 port of the lab, from its first byte to its end. Blocking."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Final

from dosimeter.lab.catalogue import Catalogue
from dosimeter.lab.face import Face, Kind
from dosimeter.lab.web_answers import Asked, Reply, answer

if TYPE_CHECKING:
    from h11 import Connection

_RECEIVE_BYTES: Final = 65536
_START_OF_FRAME: Final = b"\x0b"
_NEGATIVE: Final = b"\x0b\x15\x1c\r"
"""MLLP release 2: a commit acknowledgement that says no."""
_WANTS_TLS: Final = (
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: 46\r\n\r\n"
    b"The plain HTTP request was sent to HTTPS port\n"
)


def serve_face(caller: socket.socket, face: Face, catalogue: Catalogue) -> None:
    """Answer requests until one of the two ends the connection.

    Raises:
        OSError: the caller reset the connection, or was silent for longer than its timeout.
    """
    if face.kind is Kind.HL7:
        _acknowledge(caller)
    else:
        _converse(caller, face, catalogue)


def refuse_plain(caller: socket.socket) -> None:
    """Say, as nginx does, that this port wants TLS.

    Raises:
        OSError: as `serve_face`.
    """
    caller.recv(_RECEIVE_BYTES)
    caller.sendall(_WANTS_TLS)


def _acknowledge(caller: socket.socket) -> None:
    if caller.recv(_RECEIVE_BYTES).startswith(_START_OF_FRAME):
        caller.sendall(_NEGATIVE)


def _converse(caller: socket.socket, face: Face, catalogue: Catalogue) -> None:
    import h11

    connection = h11.Connection(h11.SERVER)
    try:
        while (asked := _next_request(caller, connection)) is not None:
            caller.sendall(_encoded(connection, answer(face, catalogue, asked)))
            if connection.our_state is not h11.DONE:
                return
            connection.start_next_cycle()
    except h11.RemoteProtocolError:
        return  # Not HTTP: the lab has nothing to say to it.


def _next_request(caller: socket.socket, connection: Connection) -> Asked | None:
    """The next whole request, its body dropped; None at the end of the connection."""
    import h11

    asked: Asked | None = None
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(caller.recv(_RECEIVE_BYTES))
        elif isinstance(event, h11.Request):
            asked = Asked.of(event.method.decode("ascii"), event.target.decode("latin-1"))
        elif isinstance(event, h11.EndOfMessage):
            return asked
        elif isinstance(event, h11.ConnectionClosed):
            return None


def _encoded(connection: Connection, reply: Reply) -> bytes:
    import h11

    headers = [*reply.headers, ("Content-Length", str(len(reply.body)))]
    if reply.media_type:
        headers.append(("Content-Type", reply.media_type))
    events = (
        h11.Response(status_code=reply.status, headers=headers),
        h11.Data(data=reply.body),
        h11.EndOfMessage(),
    )
    return b"".join(connection.send(event) or b"" for event in events)
