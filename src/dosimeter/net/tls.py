"""TLS on the loop: a handshake that observes the peer and trusts nobody (PS3.15 B.12).

Certificates are observed, not required. Old protocol versions and weak suites are offered so that
an archive that speaks nothing better is seen rather than missed; no secret travels inside.
"""

from __future__ import annotations

import ssl
import warnings
from dataclasses import replace
from datetime import UTC
from hashlib import sha256
from typing import TYPE_CHECKING, Final, cast

from dosimeter.model.attempt import Cause
from dosimeter.model.facts import CertificateSeen, ClientCertificate, TlsSeen
from dosimeter.model.message import say
from dosimeter.model.text import ServerText
from dosimeter.net.causes import WireFailure, failure_of
from dosimeter.net.loop import Loop
from dosimeter.net.stream import RECEIVE_BYTES, TcpStream, connect

if TYPE_CHECKING:
    from cryptography import x509

_CERTIFICATE_REQUEST: Final = 13
"""Handshake message type (RFC 8446 §4, RFC 5246 §7.4)."""
_CERTIFICATE: Final = 11
_HANDSHAKE: Final = 22
"""Record content type (RFC 8446 §5.1)."""

_LEGACY_SERVER_CONNECT: Final = 0x4
"""SSL_OP_LEGACY_SERVER_CONNECT: servers from before RFC 5746. The ssl module names it since Python 3.12."""

_MOST_NAMES: Final = 16
_MOST_IN_CHAIN: Final = 16
_TLS_1_3: Final = 0x0304
_CERTIFICATES_AT: Final = 4
"""After the header of the message; in TLS 1.3 a context stands there first."""

MAX_HANDSHAKE_BYTES: Final = 262_144
"""A chain of certificates fits many times; more is a peer that feeds us."""

GREETING_BYTES: Final = 16
"""What is kept of a peer's first bytes: enough to tell what it speaks instead of TLS."""


class TlsStream:
    """TLS over a `TcpStream`. Make it, then ``await start``; ``seen`` holds what was learnt."""

    __slots__ = (
        "_alert",
        "_answered",
        "_asked",
        "_chain",
        "_failed",
        "_incoming",
        "_outgoing",
        "_talk",
        "_tcp",
        "_watched",
        "greeting",
    )

    def __init__(self, server_name: str | None, protocols: tuple[str, ...] = ()) -> None:
        """``protocols`` are offered by ALPN (RFC 7301); ``greeting`` keeps the peer's first bytes."""
        self._tcp: TcpStream | None = None
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._alert: str | None = None
        self._chain: tuple[bytes, ...] = ()
        self.greeting = b""
        self._answered = self._asked = self._failed = self._watched = False
        context = _observing_context()
        if protocols:
            context.set_alpn_protocols(list(protocols))
        # CPython's only way to see a CertificateRequest that the peer does not insist on. Where it
        # is missing, nothing is watched and the fact says "unknown".
        setattr(context, "_msg_callback", self._watch)  # noqa: B010 - not in typeshed
        self._talk = context.wrap_bio(self._incoming, self._outgoing, server_hostname=server_name)

    async def start(self, loop: Loop, address: str, port: int, until: float) -> None:
        """Connect and shake hands; the ClientHello is the first segment.

        Raises:
            WireFailure: as `connect`, or the peer refused the handshake (TLS failed).
        """
        self._step_handshake()
        self._tcp = await connect(loop, address, port, self._outgoing.read(), until)
        received = 0
        while True:
            data = await self._tcp.receive(until)
            received += len(data)
            self.greeting = self.greeting or data[:GREETING_BYTES]
            if received > MAX_HANDSHAKE_BYTES:
                raise WireFailure(Cause.BAD_PEER, say("the TLS handshake does not end"))
            self._feed(data)
            done = self._step_handshake()
            await self._flush(until)
            if done:
                return
            if not data:
                self._failed = True
                raise WireFailure(
                    Cause.TLS_FAILED, say("the peer closed the connection during the TLS handshake")
                )

    async def send(self, data: bytes, until: float) -> None:
        """Encrypt and send all of ``data``; raises `WireFailure` as `TcpStream.send`.

        A peer that has hung up already is no error here: what it said before, perhaps the alert
        that a certificate is required, is still to be received.
        """
        try:
            self._talk.write(data)
        except ssl.SSLError as error:
            raise self._tls_failure(error) from None
        try:
            await self._flush(until)
        except WireFailure as failure:
            if failure.cause is not Cause.CLOSED_EARLY:
                raise

    @property
    def received(self) -> int:
        """Bytes that came over the network so far, the handshake and the records included."""
        return self._tcp.received if self._tcp is not None else 0

    def limit_to(self, received: int) -> None:
        """As `TcpStream.limit_to`."""
        if self._tcp is not None:
            self._tcp.limit_to(received)

    def hurry(self) -> None:
        """As `TcpStream.hurry`."""
        if self._tcp is not None:
            self._tcp.hurry()

    def is_quiet(self) -> bool:
        """Whether the connection is open and nothing is there to be read."""
        return (
            self._tcp is not None
            and not self._incoming.pending
            and not self._talk.pending()
            and self._tcp.is_quiet()
        )

    async def receive(self, until: float, most: int = RECEIVE_BYTES) -> bytes:
        """The next decrypted bytes, at most one record; b"" once the peer has closed.

        ``most`` is how many are read from the network at once.

        Raises:
            WireFailure: as `TcpStream.receive`, or an alert came (TLS failed). A TLS 1.3 peer that
                insists on a client certificate refuses here, after the handshake (RFC 8446 §4.4.2.4).
        """
        while True:
            try:
                data = self._talk.read(RECEIVE_BYTES)  # A record holds no more (RFC 8446 §5.1).
            except ssl.SSLWantReadError:
                await self._refill(until, most)
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                return self._at_end()
            except ssl.SSLError as error:
                raise self._tls_failure(error) from None
            else:
                if not data:
                    return self._at_end()
                self._answered = True
                return data

    async def receive_into(self, buffer: bytearray, until: float) -> int:
        """As `receive`, into a buffer that can be overwritten; how many bytes, 0 once the peer has closed."""
        while True:
            try:
                length = cast("int", self._talk.read(len(buffer), buffer))  # With a buffer it is a length.
            except ssl.SSLWantReadError:
                await self._refill(until, RECEIVE_BYTES)
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                return len(self._at_end())
            except ssl.SSLError as error:
                raise self._tls_failure(error) from None
            else:
                if not length:
                    return len(self._at_end())
                self._answered = True
                return length

    def send_and_close(self, data: bytes = b"") -> None:
        """Offer the last bytes and a close_notify without waiting, then close."""
        if self._tcp is None:
            return
        try:
            if data:
                self._talk.write(data)
            self._talk.unwrap()
        except ssl.SSLError:
            pass  # Not established, or the peer has not said goodbye: the transport closes anyway.
        self._tcp.send_and_close(self._outgoing.read())

    @property
    def seen(self) -> TlsSeen:
        """What the peer showed so far."""
        version = self._talk.version()
        suite = self._talk.cipher()
        return TlsSeen(
            protocol=ServerText.of(version) if version else None,
            cipher_suite=ServerText.of(suite[0]) if suite else None,
            certificate=self._certificate(),
            client_certificate=self._client_certificate(),
            alert=ServerText.of(self._alert) if self._alert else None,
        )

    def _certificate(self) -> CertificateSeen | None:
        """As it was sent: OpenSSL forgets it when the peer then refuses us for having none ourselves."""
        if self._chain:
            leaf = parse_certificate(self._chain[0])
            after = tuple(sha256(each).hexdigest() for each in self._chain[1:])
            return leaf if leaf is None else replace(leaf, chain=after)
        try:
            encoded = self._talk.getpeercert(binary_form=True)
        except ValueError:
            return None  # The handshake did not get that far.
        return parse_certificate(encoded) if encoded else None

    def _client_certificate(self) -> ClientCertificate:
        if not self._watched:
            return ClientCertificate.UNKNOWN
        if not self._asked:
            return ClientCertificate.NOT_ASKED
        if self._answered:
            return ClientCertificate.OPTIONAL
        return ClientCertificate.REQUIRED if self._failed else ClientCertificate.UNKNOWN

    def _watch(
        self, _talk: object, direction: str, version: int, content: int, message: int, data: bytes
    ) -> None:
        self._watched = True
        if direction != "read" or content != _HANDSHAKE:
            return
        if message == _CERTIFICATE_REQUEST:
            self._asked = True
        elif message == _CERTIFICATE:
            self._chain = _chain_of(data, is_1_3=version == _TLS_1_3)

    def _step_handshake(self) -> bool:
        try:
            self._talk.do_handshake()
        except ssl.SSLWantReadError:
            return False
        except ssl.SSLError as error:
            raise self._tls_failure(error) from None
        return True

    def _feed(self, data: bytes) -> None:
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()

    async def _refill(self, until: float, most: int) -> None:
        if self._tcp is None:
            raise WireFailure(Cause.FAULT, say("TLS was read before it was started"))
        self._feed(await self._receive_raw(self._tcp, until, most))

    async def _receive_raw(self, tcp: TcpStream, until: float, most: int) -> bytes:
        try:
            return await tcp.receive(until, most)
        except WireFailure as failure:
            if failure.cause is Cause.CLOSED_EARLY:
                self._at_end()
            raise

    async def _flush(self, until: float) -> None:
        data = self._outgoing.read()
        if data and self._tcp is not None:
            await self._tcp.send(data, until)

    def _at_end(self) -> bytes:
        self._failed = self._failed or not self._answered
        return b""

    def _tls_failure(self, error: ssl.SSLError) -> WireFailure:
        self._failed = True
        reason = error.reason or ""
        if "ALERT" in reason:
            self._alert = reason
        failure = failure_of(error)
        return WireFailure(failure.cause, say("the peer refused or broke the TLS connection"))


def _observing_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    # Suites that encrypt nothing are not in ALL; old audit-trail profiles named one. They come last.
    context.set_ciphers("ALL:eNULL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.options |= _LEGACY_SERVER_CONNECT
    return context


def _chain_of(message: bytes, *, is_1_3: bool) -> tuple[bytes, ...]:
    """The certificates of a Certificate message, the leaf first (RFC 5246 §7.4.2, RFC 8446 §4.4.2).

    The message is the peer's, not yet looked at by OpenSSL; of one that is cut short, what is whole is told.
    """
    if len(message) <= _CERTIFICATES_AT:
        return ()
    at = 4 + (1 + message[4] if is_1_3 else 0) + 3
    found: list[bytes] = []
    while at + 3 <= len(message) and len(found) <= _MOST_IN_CHAIN:
        end = at + 3 + int.from_bytes(message[at : at + 3], "big")
        if end > len(message):
            break
        found.append(message[at + 3 : end])
        at = end + (2 + int.from_bytes(message[end : end + 2], "big") if is_1_3 else 0)
    return tuple(found)


def parse_certificate(encoded: bytes) -> CertificateSeen | None:
    """Facts of a DER certificate (RFC 5280), or None if it cannot be read: it is hostile text."""
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Odd certificates are what we look for: no news for a terminal.
            return _facts_of(x509.load_der_x509_certificate(encoded))
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion):
        return None


def _facts_of(certificate: x509.Certificate) -> CertificateSeen:
    from cryptography.hazmat.primitives.hashes import SHA256

    return CertificateSeen(
        subject=ServerText.of(certificate.subject.rfc4514_string()),
        issuer=ServerText.of(certificate.issuer.rfc4514_string()),
        not_before=certificate.not_valid_before_utc.astimezone(UTC).isoformat(),
        not_after=certificate.not_valid_after_utc.astimezone(UTC).isoformat(),
        key=ServerText.of(_key_words(certificate)),
        self_signed=certificate.subject == certificate.issuer,
        sha256=certificate.fingerprint(SHA256()).hex(),
        names=_names(certificate),
        signature=ServerText.of(_signature_words(certificate)),
    )


def _key_words(certificate: x509.Certificate) -> str:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    try:
        key = certificate.public_key()
    except (UnsupportedAlgorithm, ValueError):
        return "unknown"
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA {key.key_size}"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"EC {key.curve.name}"
    return type(key).__name__


def _names(certificate: x509.Certificate) -> tuple[ServerText, ...]:
    """DNS names and addresses (RFC 5280 §4.2.1.6); one that cannot be read leaves the certificate without."""
    from cryptography import x509

    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        found = [*names.get_values_for_type(x509.DNSName), *names.get_values_for_type(x509.IPAddress)]
    except (x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType, ValueError):
        return ()
    return tuple(ServerText.of(str(name)) for name in found[:_MOST_NAMES])


def _signature_words(certificate: x509.Certificate) -> str:
    """``RSA SHA256``: what the certificate is signed with; the number of an algorithm that is not known."""
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm

    names = {number: name for name, number in vars(x509.SignatureAlgorithmOID).items() if name.isupper()}
    number = certificate.signature_algorithm_oid
    words = names.get(number, number.dotted_string).replace("_WITH_", " ").replace("_", " ")
    if words != "RSASSA PSS":
        return words
    try:
        hashed = certificate.signature_hash_algorithm
    except (UnsupportedAlgorithm, ValueError):
        return words
    return words if hashed is None else f"{words} {hashed.name.upper()}"
