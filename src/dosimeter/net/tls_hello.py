"""A ClientHello of our own, and what the peer's first flight says to it; bytes in, bytes out, no socket.

OpenSSL 3 cannot offer what was taken out of it (RC4, 3DES, EXPORT, SSL 3.0), and Python 3.11 cannot choose
the suites of TLS 1.3. What is to be learnt stands in clear before any key exists: the ServerHello, the
group of a ServerKeyExchange, an alert (docs/adr/0019). So no cryptography is done here: the share that
TLS 1.3 wants is random bytes, and the handshake is given up once the answer is known.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from dosimeter.model.cipher_suites import (
    SSL_3,
    TLS_1_0,
    TLS_1_1,
    TLS_1_2,
    TLS_1_3,
    CipherSuite,
    KeyExchange,
    by_code,
)

MAX_FLIGHT_BYTES: Final = 262_144
"""As for a whole handshake: a long chain of certificates fits."""

MOST_SUITES: Final = 100
"""In one ClientHello: there are servers that lose their way in a longer list (128 is the known limit)."""

_NUMBERS: Final = {SSL_3: 0x0300, TLS_1_0: 0x0301, TLS_1_1: 0x0302, TLS_1_2: 0x0303, TLS_1_3: 0x0304}

_ALERT, _HANDSHAKE = 21, 22
_SERVER_HELLO, _SERVER_KEY_EXCHANGE, _SERVER_HELLO_DONE = 2, 12, 14
_WARNING, _CLOSE_NOTIFY = 1, 0
PROTOCOL_VERSION: Final = 70
"""The alert of a peer that wants another version (RFC 8446 §6.2)."""
_RECORD_HEADER: Final = struct.Struct(">BHH")
_MESSAGE_HEADER: Final = 4
_MAX_RECORD: Final = 16_384 + 2_048
"""RFC 5246 §6.2.3; TLS 1.3 allows less."""
_VERSION_BYTE: Final = 3
_RENEGOTIATION: Final = 0x00FF
"""TLS_EMPTY_RENEGOTIATION_INFO_SCSV (RFC 5746 §3.3): some servers refuse who does not send it."""

_SERVER_NAME, _GROUPS, _POINT_FORMATS, _SIGNATURES, _PADDING, _MASTER_SECRET = 0, 10, 11, 13, 21, 23
_VERSIONS, _PSK_MODES, _KEY_SHARE = 43, 45, 51

_GROUP_BITS: Final = {
    **dict.fromkeys((1, 2, 3), 163),
    **dict.fromkeys((4, 5), 193),
    **dict.fromkeys((6, 7), 233),
    8: 239,
    **dict.fromkeys((9, 10), 283),
    **dict.fromkeys((11, 12), 409),
    **dict.fromkeys((13, 14), 571),
    **dict.fromkeys((15, 16, 17), 160),
    **dict.fromkeys((18, 19), 192),
    **dict.fromkeys((20, 21), 224),
    **dict.fromkeys((22, 23, 26, 29, 31), 256),
    **dict.fromkeys((24, 27, 32), 384),
    **dict.fromkeys((28, 33), 512),
    25: 521,
    30: 448,
    0x0100: 2048,
    0x0101: 3072,
    0x0102: 4096,
    0x0103: 6144,
    0x0104: 8192,
}
"""Sizes of the registry's "TLS Supported Groups"; X25519 counts by the length of its keys."""
_X25519: Final = 29
STRONG_GROUPS: Final = (_X25519, 23, 24, 25, 30, 26, 27, 28, 22, 9, 10, 11, 12, 13, 14)
SMALL_GROUPS: Final = (21, 20, 19, 18, 17, 16, 15, 8, 7, 6, 5, 4, 3, 2, 1)
"""The curves below 256 bits (RFC 9325 §4.2 and PS3.15 B.13 want none of them)."""
_GROUPS_OF_TLS_1_3: Final = (_X25519, 23, 24, 25, 30, 0x0100, 0x0101, 0x0102, 0x0103, 0x0104)
"""Among them no group for DHE is offered to older versions: it would choose the prime for the server
(RFC 7919 §4), and it is the server's own that is to be seen."""

_SIGNATURE_SCHEMES: Final = (
    *(0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0809, 0x080A, 0x080B, 0x0804, 0x0805, 0x0806),
    *(0x0401, 0x0501, 0x0601, 0x0303, 0x0301, 0x0203, 0x0201, 0x0402, 0x0302, 0x0202),
)
"""Of every strength, so that no server is missed for its certificate (RFC 8446 §4.2.3)."""

_PADDED_FROM: Final = 256
_PADDED_TO: Final = 512
"""A ClientHello of a length between hangs some load balancers (RFC 7685 §4)."""

_NAMED_CURVE: Final = 3


class Outcome(Enum):
    """What became of a ClientHello."""

    ACCEPTED = auto()
    REFUSED = auto()
    """An alert, or an answer in another version."""
    CLOSED = auto()
    """Closed or reset without a word: many servers refuse so, and so do servers in trouble."""
    NOT_TLS = auto()
    BROKEN = auto()
    """TLS, but not as it is specified; nothing can be concluded."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What one ClientHello offers: one version, and these suites and groups of it."""

    protocol: str
    suites: tuple[CipherSuite, ...]
    groups: tuple[int, ...] = STRONG_GROUPS


@dataclass(frozen=True, slots=True)
class Heard:
    """The answer to an offer. ``group_bits`` as in `SuiteSeen`, ``alert`` the number of a fatal alert."""

    outcome: Outcome
    suite: CipherSuite | None = None
    group_bits: int | None = None
    alert: int | None = None


def encode_client_hello(offer: Offer, server_name: str | None) -> bytes:
    """One record with the whole ClientHello (RFC 8446 §4.1.2, RFC 5246 §7.4.1.2, RFC 6101 §5.6.1.2)."""
    is_1_3 = offer.protocol == TLS_1_3
    codes = [suite.code for suite in offer.suites]
    if not is_1_3:
        codes.append(_RENEGOTIATION)
    body = (
        struct.pack(">H", min(_NUMBERS[offer.protocol], _NUMBERS[TLS_1_2]))
        + os.urandom(32)
        + _short(os.urandom(32) if is_1_3 else b"")
        + _long(_numbers(codes))
        + _short(b"\0")
    )
    if offer.protocol != SSL_3:
        body += _long(_extensions(offer, server_name, len(body)))
    message = b"\x01" + len(body).to_bytes(3, "big") + body
    spoken = _NUMBERS[SSL_3 if offer.protocol == SSL_3 else TLS_1_0]
    return _RECORD_HEADER.pack(_HANDSHAKE, spoken, len(message)) + message


def farewell(offer: Offer) -> bytes:
    """A close_notify in clear: the peer need not wait for the rest of the handshake (RFC 8446 §6.1)."""
    spoken = min(_NUMBERS[offer.protocol], _NUMBERS[TLS_1_2])
    return _RECORD_HEADER.pack(_ALERT, spoken, 2) + bytes((_WARNING, _CLOSE_NOTIFY))


def _extensions(offer: Offer, server_name: str | None, before: int) -> bytes:
    is_1_3 = offer.protocol == TLS_1_3
    extensions = b""
    if server_name:
        name = server_name.encode("ascii", "ignore")
        extensions += _extension(_SERVER_NAME, _long(b"\0" + _long(name)))
    groups = _GROUPS_OF_TLS_1_3 if is_1_3 else offer.groups
    extensions += _extension(_GROUPS, _long(_numbers(groups)))
    extensions += _extension(_POINT_FORMATS, _short(b"\0\1\2"))
    extensions += _extension(_MASTER_SECRET, b"")
    if offer.protocol in {TLS_1_2, TLS_1_3}:
        extensions += _extension(_SIGNATURES, _long(_numbers(_SIGNATURE_SCHEMES)))
    if is_1_3:
        share = _numbers((_X25519,)) + _long(os.urandom(32))
        extensions += _extension(_VERSIONS, _short(_numbers((_NUMBERS[TLS_1_3],))))
        extensions += _extension(_PSK_MODES, _short(b"\1"))
        extensions += _extension(_KEY_SHARE, _long(share))
    length = _MESSAGE_HEADER + before + 2 + len(extensions)
    if _PADDED_FROM <= length < _PADDED_TO:
        extensions += _extension(_PADDING, bytes(max(0, _PADDED_TO - length - _MESSAGE_HEADER)))
    return extensions


def _extension(number: int, data: bytes) -> bytes:
    return struct.pack(">H", number) + _long(data)


def _short(data: bytes) -> bytes:
    return len(data).to_bytes(1, "big") + data


def _long(data: bytes) -> bytes:
    return len(data).to_bytes(2, "big") + data


def _numbers(values: tuple[int, ...] | list[int]) -> bytes:
    return struct.pack(f">{len(values)}H", *values)


class _Malformed(Exception):
    """Not what RFC 8446 or RFC 5246 allow here."""


class ServerFlight:
    """Reads the answer to one offer. Feed it what comes until it says what it heard."""

    __slots__ = ("_messages", "_offer", "_received", "_records", "_suite", "_warned")

    def __init__(self, offer: Offer) -> None:
        self._offer = offer
        self._records = bytearray()
        self._messages = bytearray()
        self._received = 0
        self._suite: CipherSuite | None = None
        self._warned: int | None = None

    def feed(self, data: bytes) -> Heard | None:
        """Take the next bytes; None as long as more are needed. Never fails, whatever the bytes."""
        self._received += len(data)
        self._records += data
        try:
            heard = self._read_records()
        except _Malformed:
            heard = self._so_far(Outcome.BROKEN)
        if heard is None and self._received > MAX_FLIGHT_BYTES:
            heard = self._so_far(Outcome.BROKEN)
        return heard

    def end(self) -> Heard:
        """What was heard from a peer that has closed."""
        if self._warned is not None:
            return self._so_far(Outcome.REFUSED, self._warned)
        return self._so_far(Outcome.BROKEN if self._received else Outcome.CLOSED)

    def _so_far(self, otherwise: Outcome, alert: int | None = None) -> Heard:
        """A ServerHello stands, whatever comes after it."""
        if self._suite is not None:
            return Heard(Outcome.ACCEPTED, self._suite)
        return Heard(otherwise, alert=alert)

    def _read_records(self) -> Heard | None:
        records = self._records
        while len(records) >= _RECORD_HEADER.size:
            content, version, length = _RECORD_HEADER.unpack_from(records)
            if content not in {_ALERT, _HANDSHAKE} or version >> 8 != _VERSION_BYTE:
                # The second record of TLS 1.3 is a ChangeCipherSpec, but by then all is known.
                return self._so_far(Outcome.NOT_TLS)
            if not 0 < length <= _MAX_RECORD:
                raise _Malformed
            end = _RECORD_HEADER.size + length
            if len(records) < end:
                return None
            fragment = bytes(records[_RECORD_HEADER.size : end])
            del records[:end]
            heard = self._read_alert(fragment) if content == _ALERT else self._read_messages(fragment)
            if heard is not None:
                return heard
        return None

    def _read_alert(self, fragment: bytes) -> Heard | None:
        level, reason = _at(fragment, 0), _at(fragment, 1)
        if level == _WARNING and reason != _CLOSE_NOTIFY:
            self._warned = reason
            return None  # Such as unrecognized_name: the peer goes on (RFC 6066 §3).
        return self._so_far(Outcome.REFUSED, reason)

    def _read_messages(self, fragment: bytes) -> Heard | None:
        messages = self._messages
        messages += fragment
        while len(messages) >= _MESSAGE_HEADER:
            length = int.from_bytes(messages[1:_MESSAGE_HEADER], "big")
            if length > MAX_FLIGHT_BYTES:
                raise _Malformed
            end = _MESSAGE_HEADER + length
            if len(messages) < end:
                return None
            kind, body = messages[0], bytes(messages[_MESSAGE_HEADER:end])
            del messages[:end]
            heard = self._read_message(kind, body)
            if heard is not None:
                return heard
        return None

    def _read_message(self, kind: int, body: bytes) -> Heard | None:
        if self._suite is None:
            if kind != _SERVER_HELLO:
                raise _Malformed
            return self._read_server_hello(body)
        if kind == _SERVER_KEY_EXCHANGE:
            return Heard(Outcome.ACCEPTED, self._suite, _key_exchange_bits(self._suite, body))
        if kind == _SERVER_HELLO_DONE:
            return self._so_far(Outcome.BROKEN)
        return None

    def _read_server_hello(self, body: bytes) -> Heard | None:
        version = _number(body, 0)
        session = _at(body, 34)
        code = _number(body, 35 + session)
        extensions = _read_extensions(body[38 + session :])
        if self._offer.protocol == TLS_1_3:
            version = _number(extensions.get(_VERSIONS, struct.pack(">H", version)), 0)
        if version != _NUMBERS[self._offer.protocol]:
            return Heard(Outcome.REFUSED)
        suite = by_code().get(code)
        if suite is None or suite not in self._offer.suites:
            raise _Malformed
        self._suite = suite
        if self._offer.protocol == TLS_1_3:
            # A HelloRetryRequest has a suite and a group as well, those that it would go on with.
            share = extensions.get(_KEY_SHARE, b"")
            return Heard(Outcome.ACCEPTED, suite, _GROUP_BITS.get(_number(share, 0)) if share else None)
        # Export suites of RSA have a ServerKeyExchange too, with a short RSA key: no group.
        return None if suite.is_ephemeral else self._so_far(Outcome.BROKEN)


def _key_exchange_bits(suite: CipherSuite, body: bytes) -> int | None:
    """The size of the group in a ServerKeyExchange (RFC 5246 §7.4.3, RFC 8422 §5.4)."""
    if suite.key_exchange is KeyExchange.ECDHE:
        return _GROUP_BITS.get(_number(body, 1)) if _at(body, 0) == _NAMED_CURVE else None
    prime = body[2 : 2 + _number(body, 0)]
    return int.from_bytes(prime, "big").bit_length() or None


def _read_extensions(data: bytes) -> dict[int, bytes]:
    """Extensions by number; servers from before RFC 4366 send none."""
    found: dict[int, bytes] = {}
    if not data:
        return found
    at, end = 2, min(len(data), 2 + _number(data, 0))
    while at < end:
        number, length = _number(data, at), _number(data, at + 2)
        found[number] = data[at + 4 : at + 4 + length]
        at += 4 + length
    return found


def _at(data: bytes, place: int) -> int:
    if place >= len(data):
        raise _Malformed
    return data[place]


def _number(data: bytes, place: int) -> int:
    if place + 2 > len(data):
        raise _Malformed
    return data[place] << 8 | data[place + 1]
