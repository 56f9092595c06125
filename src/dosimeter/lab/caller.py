"""One connection to a lab archive, from its first byte to its end. Blocking, in a thread of its own."""

from __future__ import annotations

import selectors
import socket
import ssl
from typing import Final

from dosimeter.lab.conversation import Conversation
from dosimeter.lab.holdings import Holdings
from dosimeter.lab.policy import Door, Policy

RECEIVE_BYTES: Final = 65536
_HANDSHAKE_RECORD: Final = b"\x16"
_PROTOCOL_VERSION_ALERT: Final = bytes((0x15, 3, 3, 0, 2, 2, 70))
_WEB_PAGE: Final = b"<!doctype html><title>lab</title><p>This is a web server."
_WEB_ANSWER: Final = (
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nConnection: close\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(_WEB_PAGE), _WEB_PAGE)
)


def serve_dicom(caller: socket.socket, policy: Policy, holdings: Holdings) -> None:
    """Hold a conversation until one of the two ends it.

    Raises:
        OSError: the caller reset the connection, or was silent for longer than its timeout.
    """
    conversation = Conversation(policy, holdings)
    while True:
        outgoing = conversation.data_to_send()
        if outgoing:
            caller.sendall(outgoing)
        if conversation.is_over:
            return
        if not conversation.is_answering or _has_more(caller):
            conversation.receive(caller.recv(RECEIVE_BYTES))


def opens_tls(caller: socket.socket) -> bool:
    """Whether the caller begins with a TLS record; if not it is told so with an alert (RFC 8446 §6).

    Raises:
        OSError: as `serve_dicom`.
    """
    first = caller.recv(1, socket.MSG_PEEK)
    if first == _HANDSHAKE_RECORD:
        return True
    if first:
        caller.sendall(_PROTOCOL_VERSION_ALERT)
        caller.shutdown(socket.SHUT_WR)
        # What is left unread would reset the connection, and the alert might not arrive.
        while caller.recv(RECEIVE_BYTES):
            pass
    return False


def serve_other(caller: socket.socket, door: Door) -> None:
    """What does not speak DICOM: a web server answers in HTTP, a silent one reads until the caller goes.

    Raises:
        OSError: the caller reset the connection, or was silent for longer than its timeout.
    """
    while caller.recv(RECEIVE_BYTES):
        if door is Door.HTTP:
            caller.sendall(_WEB_ANSWER)
            return


def _has_more(caller: socket.socket) -> bool:
    """Whether the caller has sent something while it is being answered: a C-CANCEL, or its end."""
    if isinstance(caller, ssl.SSLSocket) and caller.pending():
        return True
    with selectors.DefaultSelector() as selector:
        selector.register(caller, selectors.EVENT_READ)
        return bool(selector.select(0))
