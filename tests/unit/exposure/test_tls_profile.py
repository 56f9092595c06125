from __future__ import annotations

import pytest

from dosimeter.exposure.tls_predicates import names_fit
from dosimeter.exposure.tls_profile import broken_suites, profile_of, small_groups, why_not
from dosimeter.model.attempt import Attempt, Completed
from dosimeter.model.cipher_suites import PROTOCOLS
from dosimeter.model.facts import CertificateSeen
from dosimeter.model.text import ServerText
from dosimeter.model.verdict import TlsProfile
from dosimeter.model.web import ProtocolSeen, SuiteSeen, TlsPostureSeen
from tests.unit.exposure.seen import INSIDE_TLS, associated, rules, tls, verdict

FOUR = tuple(
    f"TLS_{keys}_RSA_WITH_AES_{cipher}"
    for keys in ("ECDHE", "DHE")
    for cipher in ("128_GCM_SHA256", "256_GCM_SHA384")
)
OF_1_3 = ("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256")
CCM_OF_1_3 = ("TLS_AES_128_CCM_SHA256", "TLS_AES_128_CCM_8_SHA256")
OF_B13 = (*FOUR, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256")
AES_128, TRIPLE_DES = "TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_RSA_WITH_3DES_EDE_CBC_SHA"


def posture(bits: int | None = None, **accepted: tuple[str, ...]) -> TlsPostureSeen:
    """What a peer accepts: suites by version, ``v1_2=(...)``."""
    by_version = {
        ("SSLv3" if key == "v3" else f"TLS{key.replace('_', '.')}").replace("v1.0", "v1"): suites
        for key, suites in accepted.items()
    }
    return TlsPostureSeen(
        tuple(ProtocolSeen(protocol, protocol in by_version) for protocol in PROTOCOLS),
        tuple(SuiteSeen(protocol, suite, bits) for protocol, found in by_version.items() for suite in found),
        is_whole=True,
        handshakes=9,
    )


@pytest.mark.parametrize(
    ("seen", "profile"),
    [
        (posture(v1_2=OF_B13, v1_3=OF_1_3 + CCM_OF_1_3), TlsProfile.MODIFIED_BCP195_RFC8996),
        (posture(v1_2=FOUR[:2], v1_3=OF_1_3), TlsProfile.BCP195_RFC8996),
        (posture(v1_3=OF_1_3), TlsProfile.BCP195_RFC8996),
        (posture(v1_2=FOUR), TlsProfile.EXTENDED_BCP195),
        (posture(v1_2=FOUR, v1_3=OF_1_3), TlsProfile.NON_DOWNGRADING_BCP195),
        (posture(v1_0=(AES_128,), v1_2=(*FOUR, AES_128)), TlsProfile.BCP195),
        (posture(v1_0=(AES_128, TRIPLE_DES)), TlsProfile.AES),
        (posture(v1_0=(TRIPLE_DES,)), TlsProfile.BASIC),
        (posture(v3=(AES_128,)), TlsProfile.NONE),
        (posture(v1_2=(*FOUR, "TLS_RSA_WITH_NULL_SHA")), TlsProfile.NONE),
        (posture(v1_2=("TLS_RSA_WITH_RC4_128_SHA",)), TlsProfile.NONE),
        (posture(v1_2=("TLS_DH_anon_WITH_3DES_EDE_CBC_SHA",)), TlsProfile.NONE),
        (posture(), TlsProfile.NONE),
    ],
)
def test_the_profile_is_the_one_that_allows_all_that_is_accepted(
    seen: TlsPostureSeen, profile: TlsProfile
) -> None:
    """Each profile of PS3.15 has a peer, and what no profile allows has none."""
    assert profile_of(seen) is profile
    assert profile is TlsProfile.NONE or not why_not(seen, profile)


def test_what_keeps_a_peer_from_a_profile_is_named() -> None:
    """The version and the suite, once each."""
    seen = posture(v1_0=(AES_128,), v1_2=(AES_128, FOUR[0]))
    assert why_not(seen, TlsProfile.BCP195_RFC8996) == ("accepts TLS 1.0", f"accepts {AES_128}")


def test_a_small_key_keeps_a_peer_from_the_profiles_that_want_a_large_one() -> None:
    """DHE of 1024 bits."""
    seen = posture(1024, v1_2=FOUR[2:3])
    assert [small.group_bits for small in small_groups(seen)] == [1024]
    assert "has a key of 1024 bits" in why_not(seen, TlsProfile.EXTENDED_BCP195)[0]


def judged(seen: TlsPostureSeen, *others: Attempt) -> list[str]:
    """The rules about TLS that spoke."""
    found = verdict(
        tls(), associated("1.2.840.10008.1.1"), Completed("tls_posture", (seen,)), service=INSIDE_TLS
    )
    return [rule for rule in rules(found) if rule.startswith("tls_")]


def test_the_verdict_holds_the_profile_and_what_is_weak() -> None:
    """A server that still takes TLS 1.0, anonymous suites and a short key."""
    seen = posture(1024, v1_0=("TLS_DH_anon_WITH_RC4_128_MD5",), v1_2=FOUR)
    assert set(judged(seen)) >= {
        "tls_below_profiles",
        "tls_old_accepted",
        "tls_broken_accepted",
        "tls_small_keys",
    }
    assert broken_suites(seen) == ("TLS_DH_anon_WITH_RC4_128_MD5",)
    attempt = Completed("tls_posture", (posture(v1_2=FOUR, v1_3=OF_1_3),))
    retired = verdict(tls(), associated("1.2.840.10008.1.1"), attempt, service=INSIDE_TLS)
    assert retired.tls_profile is TlsProfile.NON_DOWNGRADING_BCP195
    assert "tls_keeps_retired_profile" in rules(retired)


def test_a_sound_peer_is_left_in_peace() -> None:
    """Nothing is said of what the current profile allows."""
    assert not set(judged(posture(v1_2=FOUR[:2], v1_3=OF_1_3))) - {"tls_without_client_certificate"}


def test_a_posture_is_no_sign_of_dicom() -> None:
    """Any TLS server has one."""
    attempt = Completed("tls_posture", (posture(v1_3=OF_1_3),))
    assert not verdict(tls(), attempt, service=INSIDE_TLS).speaks_dicom


@pytest.mark.parametrize(
    ("host", "fits"),
    [
        ("pacs.example.org", True),
        ("PACS.example.org.", True),
        ("www.clinic.example", True),
        ("a.www.clinic.example", False),
        ("clinic.example", False),
        ("10.0.0.9", True),
        ("10.0.0.8", False),
    ],
)
def test_a_certificate_is_for_the_names_it_bears(*, host: str, fits: bool) -> None:
    """Names and addresses, a wildcard for one label."""
    names = tuple(map(ServerText.of, ("pacs.example.org", "*.clinic.example", "10.0.0.9")))
    assert names_fit(certificate(names), host) is fits
    assert names_fit(certificate(()), host) is None


def certificate(names: tuple[ServerText, ...]) -> CertificateSeen:
    """A certificate of which the names matter."""
    text = ServerText.of("x")
    return CertificateSeen(text, text, "", "", text, self_signed=False, sha256="00", names=names)
