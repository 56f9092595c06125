"""One connection to a lab archive, from its first byte to its end. Blocking, in a thread of its own."""

from __future__ import annotations

import selectors
import socket
import ssl
import time
from typing import Final

from dosimeter.lab.catalogue import Catalogue
from dosimeter.lab.conversation import Conversation
from dosimeter.lab.ledger import Ledger, Tally
from dosimeter.lab.policy import Door, Policy

RECEIVE_BYTES: Final = 65536
_HANDSHAKE_RECORD: Final = b"\x16"
_PROTOCOL_VERSION_ALERT: Final = bytes((0x15, 3, 3, 0, 2, 2, 70))
_WEB_PAGE: Final = b"<!doctype html><title>lab</title><p>This is a web server."
_WEB_ANSWER: Final = (
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nConnection: close\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(_WEB_PAGE), _WEB_PAGE)
)


def serve_dicom(caller: socket.socket, policy: Policy, catalogue: Catalogue, ledger: Ledger) -> None:
    """Hold a conversation until one of the two ends it.

    Raises:
        OSError: the caller reset the connection, or was silent for longer than its timeout.
    """
    conversation = Conversation(policy, catalogue, ledger)
    with selectors.DefaultSelector() as selector:
        selector.register(caller, selectors.EVENT_READ)
        while True:
            outgoing = conversation.data_to_send()
            if outgoing:
                ledger.add(Tally(sent_bytes=len(outgoing)))
                caller.sendall(outgoing)
            if conversation.is_over:
                return
            _hear(conversation, caller, selector, ledger)


def _hear(
    conversation: Conversation, caller: socket.socket, selector: selectors.BaseSelector, ledger: Ledger
) -> None:
    """Take what the caller sends until there is something to say to it."""
    due = time.monotonic() + conversation.pause_seconds
    while True:
        was_answering = conversation.is_answering
        if was_answering and not _has_more(caller, selector, due - time.monotonic()):
            return
        data = caller.recv(RECEIVE_BYTES)
        ledger.add(Tally(received_bytes=len(data)))
        conversation.receive(data)
        if not conversation.is_answering:
            return  # A C-CANCEL, another request, or its end.
        if not was_answering:
            due = time.monotonic() + conversation.pause_seconds


def begins_tls(caller: socket.socket) -> bool:
    """Whether the first byte of the caller is that of a TLS handshake (RFC 8446 §5.1).

    Raises:
        OSError: as `serve_dicom`.
    """
    return caller.recv(1, socket.MSG_PEEK) == _HANDSHAKE_RECORD


def opens_tls(caller: socket.socket) -> bool:
    """Whether the caller begins with a TLS record; if not it is told so with an alert (RFC 8446 §6).

    Raises:
        OSError: as `serve_dicom`.
    """
    if begins_tls(caller):
        return True
    if caller.recv(1, socket.MSG_PEEK):
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


def _has_more(caller: socket.socket, selector: selectors.BaseSelector, seconds: float) -> bool:
    """Whether the caller sends something while it is being answered: a C-CANCEL, or its end.

    It waits for so long, in the thread of this caller alone.
    """
    if isinstance(caller, ssl.SSLSocket) and caller.pending():
        return True
    return bool(selector.select(max(seconds, 0)))
