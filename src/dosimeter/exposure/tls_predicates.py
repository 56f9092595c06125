"""When a rule about TLS or its certificate applies."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final, Protocol

from dosimeter.exposure.case import Case
from dosimeter.exposure.evidence import Pointed
from dosimeter.exposure.predicates import Hit
from dosimeter.exposure.tls_profile import (
    CURRENT,
    LEAST_ECDHE_BITS,
    TITLES,
    broken_suites,
    profile_of,
    shown,
    small_groups,
    why_not,
)
from dosimeter.exposure.words import some_of
from dosimeter.model.facts import CertificateSeen, ClientCertificate, TlsSeen
from dosimeter.model.message import say
from dosimeter.model.text import ServerText
from dosimeter.model.verdict import TlsProfile
from dosimeter.model.web import TlsPostureSeen

_OLD_PROTOCOLS: Final = frozenset({"SSLv2", "SSLv3", "TLSv1", "TLSv1.0", "TLSv1.1"})
_FORWARD_SECRET: Final = ("ECDHE-", "DHE-", "TLS_ECDHE_", "TLS_DHE_", "TLS_AES_", "TLS_CHACHA20_")
"""Suites with an ephemeral key exchange, in OpenSSL's names and IANA's; TLS 1.3 has no others."""
_INTEGRITY_ALONE: Final = ("NULL", "TLS_SHA")
"""What is in the name of a suite without encryption (the second: RFC 9150)."""
_WEAKNESSES: Final = (
    *((word, say("encrypts nothing: whoever is on the path reads along")) for word in _INTEGRITY_ALONE),
    ("ADH-", say("names nobody: whoever is on the path can stand in between")),
    ("AECDH-", say("names nobody: whoever is on the path can stand in between")),
    ("EXP-", say("has a key so short that anybody can break it")),
)
"""What is in the name of a suite, and what it means."""


_SHOWN_PARTS: Final = 3
_LEAST_RSA_BITS: Final = 2048
_BROKEN_HASHES: Final = frozenset({"SHA1", "MD5", "MD2", "MD4"})


class TlsEvidence(Protocol):
    """Evidence of whatever kind of port, as far as it is of TLS."""

    @property
    def tls(self) -> Pointed[TlsSeen] | None:
        """The handshake that was seen."""

    @property
    def posture(self) -> Pointed[TlsPostureSeen] | None:
        """What it accepts of whoever asks."""


class TlsCase(Protocol):
    """A case of whatever kind of port, as far as it is of TLS."""

    @property
    def evidence(self) -> TlsEvidence:
        """What was seen."""

    @property
    def seen_at(self) -> datetime | None:
        """When it was asked."""

    @property
    def host(self) -> str | None:
        """The name by which the scope has it."""


def encrypts_nothing(cipher_suite: ServerText | None) -> bool:
    """Whether a handshake settled on a suite that leaves the traffic in clear."""
    return cipher_suite is not None and any(word in cipher_suite.text for word in _INTEGRITY_ALONE)


def tls_without_certificate(case: Case) -> Hit | None:
    """TLS is there and asks nobody who they are."""
    tls = case.evidence.tls
    if tls is None or tls.fact.protocol is None or case.demands_certificate:
        return None
    if tls.fact.client_certificate is ClientCertificate.UNKNOWN and not case.speaks_dicom:
        return None
    hides = (
        say("it authenticates no caller")
        if tls_unencrypted(case) is not None
        else say("TLS hides the traffic and authenticates no caller")
    )
    return Hit(tls.pointer, {"protocol": tls.fact.protocol.text, "hides": hides})


def tls_old(case: TlsCase) -> Hit | None:
    """The handshake settled on a protocol older than TLS 1.2."""
    tls = case.evidence.tls
    if tls is None or tls.fact.protocol is None or tls.fact.protocol.text not in _OLD_PROTOCOLS:
        return None
    return Hit(tls.pointer, {"protocol": tls.fact.protocol.text})


def tls_unencrypted(case: TlsCase) -> Hit | None:
    """The suite encrypts nothing, names nobody, or is broken."""
    tls = case.evidence.tls
    if tls is None or tls.fact.cipher_suite is None:
        return None
    suite = tls.fact.cipher_suite
    for word, weakness in _WEAKNESSES:
        if word in suite.text:
            return Hit(tls.pointer, {"suite": suite.text, "weakness": weakness})
    return None


def tls_retired_profile(case: TlsCase) -> Hit | None:
    """The suite fits the retired profiles alone."""
    tls = case.evidence.tls
    if tls is None or tls.fact.cipher_suite is None or tls_unencrypted(case) is not None:
        return None
    suite = tls.fact.cipher_suite
    if suite.text.startswith(_FORWARD_SECRET):
        return None
    return Hit(tls.pointer, {"suite": suite.text})


def kept_profile(evidence: TlsEvidence) -> TlsProfile | None:
    """The profile of PS3.15 that the peer keeps to; None where that was not asked or nothing was accepted."""
    posture = evidence.posture
    return profile_of(posture.fact) if posture is not None and posture.fact.suites else None


def tls_below_profiles(case: TlsCase) -> Hit | None:
    """The peer accepts what no profile of PS3.15 allows."""
    posture = case.evidence.posture
    if posture is None or kept_profile(case.evidence) is not TlsProfile.NONE:
        return None
    return Hit(posture.pointer, {"why": some_of(why_not(posture.fact, TlsProfile.BCP195), _SHOWN_PARTS)})


def tls_keeps_retired_profile(case: TlsCase) -> Hit | None:
    """What the peer accepts fits a retired profile at best."""
    posture, profile = case.evidence.posture, kept_profile(case.evidence)
    if posture is None or profile is None or profile in CURRENT or profile is TlsProfile.NONE:
        return None
    why = why_not(posture.fact, TlsProfile.BCP195_RFC8996)
    return Hit(posture.pointer, {"profile": TITLES[profile], "why": some_of(why, _SHOWN_PARTS)})


def tls_old_accepted(case: TlsCase) -> Hit | None:
    """A version older than TLS 1.2 is accepted from whoever asks, though the handshake took a newer."""
    posture = case.evidence.posture
    if posture is None or tls_old(case) is not None:
        return None
    old = [
        shown(seen.protocol)
        for seen in posture.fact.protocols
        if seen.accepted and seen.protocol in _OLD_PROTOCOLS
    ]
    return Hit(posture.pointer, {"protocols": some_of(old, _SHOWN_PARTS)}) if old else None


def tls_broken_accepted(case: TlsCase) -> Hit | None:
    """A suite that protects nothing is accepted from whoever asks for it."""
    posture = case.evidence.posture
    broken = broken_suites(posture.fact) if posture is not None else ()
    if posture is None or not broken:
        return None
    return Hit(posture.pointer, {"suites": some_of(broken, _SHOWN_PARTS)})


def tls_small_keys(case: TlsCase) -> Hit | None:
    """The ephemeral key of an accepted suite is small."""
    posture = case.evidence.posture
    small = small_groups(posture.fact) if posture is not None else ()
    if posture is None or not small:
        return None
    worst = min(small, key=lambda seen: seen.group_bits or 0)
    return Hit(posture.pointer, {"bits": str(worst.group_bits or 0), "suite": worst.suite})


def certificate_expired(case: TlsCase) -> Hit | None:
    """The certificate was out of date when it was seen; not judged if that moment is not given."""
    tls, seen_at = case.evidence.tls, case.seen_at
    if tls is None or tls.fact.certificate is None or seen_at is None:
        return None
    not_after = _moment(tls.fact.certificate.not_after)
    if not_after is None or _in_utc(seen_at) <= not_after:
        return None
    return Hit(tls.pointer, {"day": not_after.date()})


def certificate_not_yet_valid(case: TlsCase) -> Hit | None:
    """The certificate begins after the moment it was seen; not judged if that moment is not given."""
    tls, seen_at = case.evidence.tls, case.seen_at
    if tls is None or tls.fact.certificate is None or seen_at is None:
        return None
    not_before = _moment(tls.fact.certificate.not_before)
    if not_before is None or _in_utc(seen_at) >= not_before:
        return None
    return Hit(tls.pointer, {"day": not_before.date()})


def certificate_weak_key(case: TlsCase) -> Hit | None:
    """A key that RFC 9325 §4.5 and PS3.15 B.13 do not take: RSA below 2048 bits, a curve below 256, DSA."""
    tls = case.evidence.tls
    if tls is None or tls.fact.certificate is None:
        return None
    key = tls.fact.certificate.key
    kind, _, size = key.text.partition(" ")
    digits = "".join(filter(str.isdigit, size))[:5]
    if kind == "RSA":
        is_weak = digits.isdecimal() and int(digits) < _LEAST_RSA_BITS
    else:
        is_weak = kind.startswith("DSA") or (
            kind == "EC" and digits.isdecimal() and int(digits) < LEAST_ECDHE_BITS
        )
    return Hit(tls.pointer, {"key": key.text}) if is_weak else None


def certificate_weak_signature(case: TlsCase) -> Hit | None:
    """Signed with a hash for which two texts with one sum can be made (RFC 9325 §4.5)."""
    tls = case.evidence.tls
    if tls is None or tls.fact.certificate is None or tls.fact.certificate.signature is None:
        return None
    signature, is_root = tls.fact.certificate.signature, tls.fact.certificate.self_signed
    if is_root or not any(word in _BROKEN_HASHES for word in signature.text.split()):
        return None  # Nobody relies on the signature of a root.
    return Hit(tls.pointer, {"signature": signature.text})


def certificate_other_name(case: TlsCase) -> Hit | None:
    """The certificate is not for the name by which the scope has the host; not judged where it has none."""
    tls, host = case.evidence.tls, case.host
    if tls is None or tls.fact.certificate is None or host is None:
        return None
    return Hit(tls.pointer, {"host": host}) if names_fit(tls.fact.certificate, host) is False else None


def names_fit(certificate: CertificateSeen, host: str) -> bool | None:
    """Whether a certificate is for this host name or address (RFC 9525 §6.3); None if it names none.

    ``host`` is what a caller would dial. A wildcard stands for one whole label, the first.
    """
    if not certificate.names:
        return None
    wanted = host.rstrip(".").lower()
    _, dot, domain = wanted.partition(".")
    candidates = {wanted, f"*.{domain}"} if dot and not wanted.replace(".", "").isdecimal() else {wanted}
    return any(name.text.rstrip(".").lower() in candidates for name in certificate.names)


def certificate_self_signed(case: TlsCase) -> Hit | None:
    """The certificate is its own issuer."""
    tls = case.evidence.tls
    if tls is None or tls.fact.certificate is None or not tls.fact.certificate.self_signed:
        return None
    return Hit(tls.pointer)


def _moment(text: str) -> datetime | None:
    try:
        return _in_utc(datetime.fromisoformat(text))
    except ValueError:
        return None


def _in_utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
