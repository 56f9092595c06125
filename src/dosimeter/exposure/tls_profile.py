"""Which secure transport profile of PS3.15 Annex B a TLS peer keeps to, and what keeps it from a better one.

A profile is held against all that the peer accepts, not against what one handshake settled on. Sources:
PS3.15 2024e B.12 and B.13; 2020d B.9, B.10 and B.11; 2013 B.1 and B.3, where the retired ones have their
text; RFC 9325 and RFC 7525, which they rest on. Where the standard says that a suite should not be used,
the peer that accepts it does not fit. Two freedoms are taken: a server that speaks TLS 1.3 alone counts for
B.12, though it should speak TLS 1.2 as well, and B.13 asks for the suites that the server's key can do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from dosimeter.model.cipher_suites import (
    SSL_3,
    TLS_1_0,
    TLS_1_1,
    TLS_1_2,
    TLS_1_3,
    Authentication,
    CipherSuite,
    KeyExchange,
    Tier,
    by_name,
)
from dosimeter.model.message import say
from dosimeter.model.verdict import TlsProfile
from dosimeter.model.web import SuiteSeen, TlsPostureSeen

LEAST_DHE_BITS: Final = 2048
LEAST_ECDHE_BITS: Final = 256
"""PS3.15 B.11 and B.13; RFC 9325 §4.1 and §4.2."""

CURRENT: Final = frozenset({TlsProfile.BCP195_RFC8996, TlsProfile.MODIFIED_BCP195_RFC8996})
"""The profiles that are not retired."""

TITLES: Final = {
    TlsProfile.BCP195_RFC8996: say("BCP 195 RFC 8996, 9325 profile (PS3.15 B.12)"),
    TlsProfile.MODIFIED_BCP195_RFC8996: say("Modified BCP 195 RFC 8996, 9325 profile (PS3.15 B.13)"),
    TlsProfile.BCP195: say("BCP 195 profile (PS3.15 B.9, retired)"),
    TlsProfile.NON_DOWNGRADING_BCP195: say("Non-Downgrading BCP 195 profile (PS3.15 B.10, retired)"),
    TlsProfile.EXTENDED_BCP195: say("Extended BCP 195 profile (PS3.15 B.11, retired)"),
    TlsProfile.AES: say("AES profile (PS3.15 B.3, retired)"),
    TlsProfile.BASIC: say("Basic profile (PS3.15 B.1, retired)"),
    TlsProfile.NONE: say("no profile of PS3.15"),
}

_SHOWN: Final = {
    SSL_3: "SSL 3.0",
    TLS_1_0: "TLS 1.0",
    TLS_1_1: "TLS 1.1",
    TLS_1_2: "TLS 1.2",
    TLS_1_3: "TLS 1.3",
}

_AES_128, _TRIPLE_DES = "TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_RSA_WITH_3DES_EDE_CBC_SHA"
_FOUR: Final = tuple(
    f"TLS_{exchange}_RSA_WITH_AES_{cipher}"
    for cipher in ("128_GCM_SHA256", "256_GCM_SHA384")
    for exchange in ("DHE", "ECDHE")
)
"""What B.10 and B.11 ask of every implementation."""
_OF_B11: Final = frozenset(
    {
        *_FOUR,
        *(
            f"TLS_{keys}_WITH_{cipher}"
            for keys in ("DHE_RSA", "ECDHE_RSA", "ECDHE_ECDSA")
            for cipher in ("CAMELLIA_128_GCM_SHA256", "CAMELLIA_256_GCM_SHA384")
        ),
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    }
)
_OF_B13_IN_1_3: Final = (
    "TLS_AES_256_GCM_SHA384",
    "TLS_CHACHA20_POLY1305_SHA256",
    "TLS_AES_128_GCM_SHA256",
    "TLS_AES_128_CCM_SHA256",
    "TLS_AES_128_CCM_8_SHA256",
)
_OF_B13_WITH_RSA: Final = (
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
)
_OF_B13_WITH_ECDSA: Final = (
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CCM",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CCM",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8",
)


@dataclass(frozen=True, slots=True)
class _Accepted:
    """What a peer accepts, ready to be held against a profile."""

    protocols: tuple[str, ...]
    suites: tuple[tuple[CipherSuite, SuiteSeen], ...]

    def has(self, name: str) -> bool:
        """Whether a suite was accepted, in whatever version."""
        return any(suite.name == name for suite, _ in self.suites)

    def signs_with(self, authentication: Authentication) -> bool:
        """Whether the server has a key of this kind."""
        return any(suite.authentication is authentication for suite, _ in self.suites)


def profile_of(posture: TlsPostureSeen) -> TlsProfile:
    """The profile that allows all the peer accepts, and whose suites it has; the current ones before others.

    Of a posture that is not whole it is the best that is left: what was not asked may keep it from that.
    """
    accepted = _accepted(posture)
    return next(
        (profile for profile, objections in _PROFILES if not any(objections(accepted))), TlsProfile.NONE
    )


def why_not(posture: TlsPostureSeen, profile: TlsProfile) -> tuple[str, ...]:
    """What keeps the peer from a profile, as parts of a sentence; nothing if it fits."""
    return tuple(dict.fromkeys(dict(_PROFILES).get(profile, _nothing)(_accepted(posture))))


def shown(protocol: str) -> str:
    """A version as people write it: ``TLS 1.2``."""
    return _SHOWN.get(protocol, protocol)


def small_groups(posture: TlsPostureSeen) -> tuple[SuiteSeen, ...]:
    """The suites whose ephemeral key is smaller than RFC 9325 §4.1 and §4.2 want it."""
    return tuple(seen for suite, seen in _accepted(posture).suites if _is_small(suite, seen))


def broken_suites(posture: TlsPostureSeen) -> tuple[str, ...]:
    """The suites that encrypt nothing, name nobody, or can be broken; each once, by name."""
    found = _accepted(posture).suites
    return tuple(dict.fromkeys(suite.name for suite, _ in found if suite.tier is Tier.BROKEN))


def _accepted(posture: TlsPostureSeen) -> _Accepted:
    known = by_name()
    return _Accepted(
        tuple(seen.protocol for seen in posture.protocols if seen.accepted),
        tuple((known[seen.suite], seen) for seen in posture.suites if seen.suite in known),
    )


def _is_small(suite: CipherSuite, seen: SuiteSeen) -> bool:
    least = LEAST_DHE_BITS if suite.key_exchange is KeyExchange.DHE else LEAST_ECDHE_BITS
    return seen.group_bits is not None and seen.group_bits < least


def _nothing(_accepted: _Accepted) -> Iterable[str]:
    return ()


def _beyond(
    accepted: _Accepted, protocols: frozenset[str], allows: Callable[[CipherSuite], bool]
) -> Iterable[str]:
    """What is accepted and not allowed."""
    if not accepted.suites:
        yield say("accepts no suite that is known")
    for protocol in accepted.protocols:
        if protocol not in protocols:
            yield say("accepts {what}", what=shown(protocol))
    for suite, _ in accepted.suites:
        if not allows(suite):
            yield say("accepts {what}", what=suite.name)


def _small(accepted: _Accepted) -> Iterable[str]:
    for suite, seen in accepted.suites:
        if _is_small(suite, seen):
            yield say("has a key of {bits} bits in {suite}", bits=str(seen.group_bits), suite=suite.name)


def _missing(accepted: _Accepted, required: Iterable[str]) -> Iterable[str]:
    for name in required:
        if not accepted.has(name):
            yield say("does not accept {what}", what=name)


_NEW: Final = frozenset({TLS_1_2, TLS_1_3})
_ANY_TLS: Final = frozenset({TLS_1_0, TLS_1_1, TLS_1_2, TLS_1_3})


def _is_sound(suite: CipherSuite) -> bool:
    return suite.tier is Tier.SOUND and suite.authentication is not Authentication.DSS


def _is_in_b13(suite: CipherSuite) -> bool:
    return _is_sound(suite) and "ARIA" not in suite.encryption


def _is_tolerated(suite: CipherSuite) -> bool:
    """RFC 7525 §4.1 forbids what has less than 112 bits; Triple DES has them, and B.1 and B.3 name it."""
    is_triple_des = suite.encryption == "3DES_EDE_CBC" and suite.authentication is not Authentication.NOBODY
    return suite.tier is not Tier.BROKEN or is_triple_des


def _b13(accepted: _Accepted) -> Iterable[str]:
    yield from _beyond(accepted, _NEW, _is_in_b13)
    yield from _small(accepted)
    yield from _missing(accepted, _OF_B13_IN_1_3)
    if accepted.signs_with(Authentication.ECDSA):
        yield from _missing(accepted, _OF_B13_WITH_ECDSA)
    if accepted.signs_with(Authentication.RSA) or not accepted.signs_with(Authentication.ECDSA):
        yield from _missing(accepted, _OF_B13_WITH_RSA)


def _b12(accepted: _Accepted) -> Iterable[str]:
    yield from _beyond(
        accepted, _NEW, lambda suite: _is_sound(suite) and suite.key_exchange is not KeyExchange.DHE
    )
    yield from _small(accepted)


def _b11(accepted: _Accepted) -> Iterable[str]:
    yield from _beyond(accepted, frozenset({TLS_1_2}), lambda suite: suite.name in _OF_B11)
    yield from _small(accepted)
    yield from _missing(accepted, _FOUR)


def _b10(accepted: _Accepted) -> Iterable[str]:
    yield from _beyond(accepted, _NEW, _is_sound)
    yield from _small(accepted)
    yield from _missing(accepted, _FOUR)


def _of_old(accepted: _Accepted, required: str) -> Iterable[str]:
    """B.1 and B.3 are of TLS 1.0 and know no forward secrecy; who has it keeps to B.9."""
    yield from _beyond(accepted, _ANY_TLS, lambda suite: _is_tolerated(suite) and not suite.is_ephemeral)
    yield from _missing(accepted, (required,))


def _b3(accepted: _Accepted) -> Iterable[str]:
    yield from _of_old(accepted, _AES_128)


def _b1(accepted: _Accepted) -> Iterable[str]:
    yield from _of_old(accepted, _TRIPLE_DES)


def _b9(accepted: _Accepted) -> Iterable[str]:
    yield from _beyond(accepted, _ANY_TLS, _is_tolerated)


_PROFILES: Final = (
    (TlsProfile.MODIFIED_BCP195_RFC8996, _b13),
    (TlsProfile.BCP195_RFC8996, _b12),
    (TlsProfile.EXTENDED_BCP195, _b11),
    (TlsProfile.NON_DOWNGRADING_BCP195, _b10),
    (TlsProfile.AES, _b3),
    (TlsProfile.BASIC, _b1),
    (TlsProfile.BCP195, _b9),
)
"""Each profile with what is objected to a peer that claims it; the first without objections is its own."""
