"""When a rule about TLS or its certificate applies."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from dosimeter.exposure.case import Case
from dosimeter.exposure.predicates import Hit
from dosimeter.model.facts import ClientCertificate
from dosimeter.model.text import ServerText

_OLD_PROTOCOLS: Final = frozenset({"SSLv2", "SSLv3", "TLSv1", "TLSv1.0", "TLSv1.1"})
_FORWARD_SECRET: Final = ("ECDHE-", "DHE-", "TLS_ECDHE_", "TLS_DHE_", "TLS_AES_", "TLS_CHACHA20_")
"""Suites with an ephemeral key exchange, in OpenSSL's names and IANA's; TLS 1.3 has no others."""
_INTEGRITY_ALONE: Final = ("NULL", "TLS_SHA")
"""What is in the name of a suite without encryption (the second: RFC 9150)."""
_WEAKNESSES: Final = (
    *((word, "encrypts nothing: whoever is on the path reads along") for word in _INTEGRITY_ALONE),
    ("ADH-", "names nobody: whoever is on the path can stand in between"),
    ("AECDH-", "names nobody: whoever is on the path can stand in between"),
    ("EXP-", "has a key so short that anybody can break it"),
)
"""What is in the name of a suite, and what it means."""


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
    hides = "it " if tls_unencrypted(case) is not None else "TLS hides the traffic and "
    return Hit(tls.pointer, {"protocol": tls.fact.protocol, "hides": hides})


def tls_old(case: Case) -> Hit | None:
    """The handshake settled on a protocol older than TLS 1.2."""
    tls = case.evidence.tls
    if tls is None or tls.fact.protocol is None or tls.fact.protocol.text not in _OLD_PROTOCOLS:
        return None
    return Hit(tls.pointer, {"protocol": tls.fact.protocol})


def tls_unencrypted(case: Case) -> Hit | None:
    """The suite encrypts nothing, names nobody, or is broken."""
    tls = case.evidence.tls
    if tls is None or tls.fact.cipher_suite is None:
        return None
    suite = tls.fact.cipher_suite
    for word, weakness in _WEAKNESSES:
        if word in suite.text:
            return Hit(tls.pointer, {"suite": suite, "weakness": weakness})
    return None


def tls_retired_profile(case: Case) -> Hit | None:
    """The suite fits the retired profiles alone."""
    tls = case.evidence.tls
    if tls is None or tls.fact.cipher_suite is None or tls_unencrypted(case) is not None:
        return None
    suite = tls.fact.cipher_suite
    if suite.text.startswith(_FORWARD_SECRET):
        return None
    return Hit(tls.pointer, {"suite": suite})


def certificate_expired(case: Case) -> Hit | None:
    """The certificate was out of date when it was seen; not judged if that moment is not given."""
    tls, seen_at = case.evidence.tls, case.seen_at
    if tls is None or tls.fact.certificate is None or seen_at is None:
        return None
    not_after = _moment(tls.fact.certificate.not_after)
    if not_after is None or _in_utc(seen_at) <= not_after:
        return None
    return Hit(tls.pointer, {"day": f"{not_after:%Y-%m-%d}"})


def certificate_self_signed(case: Case) -> Hit | None:
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
