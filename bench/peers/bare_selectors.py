"""The reference floor: a plain selectors loop that associates, echoes and releases; it keeps nothing.

    bare_selectors.py LIST PORT

One thread, at most IN_FLIGHT connections. Not a probe: no deadline, no parser, every answer is
believed. Prints how many hosts answered all three.
"""

from __future__ import annotations

import selectors
import socket
import struct
import sys
from pathlib import Path

IN_FLIGHT = 500
ABSTRACT_SYNTAXES = (
    "1.2.840.10008.1.1",
    "1.2.840.10008.5.1.4.1.2.1.1",
    "1.2.840.10008.5.1.4.1.2.1.3",
    "1.2.840.10008.5.1.4.1.2.2.1",
    "1.2.840.10008.5.1.4.1.2.2.3",
    "1.2.840.10008.5.1.4.31",
    "1.2.840.10008.5.1.4.1.1.2",
    "1.2.840.10008.5.1.4.1.1.4",
    "1.2.840.10008.5.1.4.1.1.7",
)


def item(kind: int, value: bytes) -> bytes:
    """One item of an A-ASSOCIATE PDU (PS3.8 §9.3.2)."""
    return struct.pack(">BxH", kind, len(value)) + value


def associate_rq() -> bytes:
    """An A-ASSOCIATE-RQ with nine presentation contexts."""
    body = struct.pack(">HH16s16s32x", 1, 0, b"ANY-SCP".ljust(16), b"BARE".ljust(16))
    body += item(0x10, b"1.2.840.10008.3.1.1.1")
    for number, uid in enumerate(ABSTRACT_SYNTAXES):
        context = struct.pack(">B3x", 2 * number + 1) + item(0x30, uid.encode())
        body += item(0x20, context + item(0x40, b"1.2.840.10008.1.2"))
    user = item(0x51, struct.pack(">I", 16384)) + item(0x52, b"2.25.1") + item(0x55, b"BARE")
    body += item(0x50, user)
    return struct.pack(">BxI", 1, len(body)) + body


def echo_rq() -> bytes:
    """A C-ECHO-RQ on context 1 (PS3.7 §9.3.5)."""
    elements = (
        (0x0002, b"1.2.840.10008.1.1\0"),
        (0x0100, b"\x30\x00"),
        (0x0110, b"\x01\x00"),
        (0x0800, b"\x01\x01"),
    )
    rest = b"".join(struct.pack("<HHI", 0, tag, len(value)) + value for tag, value in elements)
    command = struct.pack("<HHII", 0, 0, 4, len(rest)) + rest
    return struct.pack(">BxIIBB", 4, len(command) + 6, len(command) + 2, 1, 3) + command


QUESTIONS = (associate_rq(), echo_rq(), struct.pack(">BxII", 5, 4, 0))


def main() -> None:
    """Ask every host of the list."""
    hosts = iter(Path(sys.argv[1]).read_text().split())
    port = int(sys.argv[2])
    selector = selectors.DefaultSelector()
    asked: dict[socket.socket, int] = {}
    answered = 0

    def dial() -> None:
        for host in hosts:
            connection = socket.socket()
            connection.settimeout(0)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.connect_ex((host, port))
            asked[connection] = 0
            selector.register(connection, selectors.EVENT_WRITE)
            return

    for _ in range(IN_FLIGHT):
        dial()
    while asked:
        for key, events in selector.select():
            connection = key.fileobj
            stage = asked[connection]
            try:
                if events & selectors.EVENT_WRITE:
                    connection.send(QUESTIONS[0])
                    selector.modify(connection, selectors.EVENT_READ)
                    continue
                alive = connection.recv(65536)
            except OSError:
                alive = b""
            if alive and stage < len(QUESTIONS) - 1:
                asked[connection] = stage + 1
                connection.send(QUESTIONS[stage + 1])
                continue
            answered += bool(alive)
            selector.unregister(connection)
            connection.close()
            del asked[connection]
            dial()
    print(answered)


main()
