"""What TLS is worth, of real servers: stunnel4 before dcmqrscp, storescp, Orthanc, nginx."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from dosimeter.exposure.tls_profile import broken_suites, profile_of, small_groups, why_not
from dosimeter.model.verdict import TlsProfile
from tests.integration.archives.asking import Caller
from tests.integration.archives.fleet import Fleet
from tests.integration.archives.registry import ARCHIVES
from tests.integration.archives.running import Running
from tests.peers.postures import posture_of, suites, versions
from tests.peers.tls_servers import FOUR, nginx, s_server, stunnel

_ADDRESS: Final = "127.45.1.1"
_FROM_1_2: Final = "sslVersionMin = TLSv1.2"
_MODIFIED: Final = (
    "ciphers = ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-CHACHA20-POLY1305:ECDHE-RSA-AES128-GCM-SHA256",
    (
        "ciphersuites = TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:"
        "TLS_AES_128_CCM_SHA256:TLS_AES_128_CCM_8_SHA256"
    ),
    _FROM_1_2,
)
_STUNNELS: Final = (
    pytest.param(_MODIFIED, TlsProfile.MODIFIED_BCP195_RFC8996, id="B.13"),
    pytest.param(("ciphers = ECDHE+AESGCM", _FROM_1_2), TlsProfile.BCP195_RFC8996, id="B.12"),
    pytest.param((f"ciphers = {FOUR}", "sslVersion = TLSv1.2"), TlsProfile.EXTENDED_BCP195, id="B.11"),
    pytest.param((f"ciphers = {FOUR}", _FROM_1_2), TlsProfile.NON_DOWNGRADING_BCP195, id="B.10"),
    pytest.param(
        (f"ciphers = {FOUR}:AES128-SHA:@SECLEVEL=0", "sslVersionMin = TLSv1"), TlsProfile.BCP195, id="B.9"
    ),
    pytest.param(
        ("ciphers = AES128-SHA:@SECLEVEL=0", "sslVersionMin = TLSv1", "sslVersionMax = TLSv1.2"),
        TlsProfile.AES,
        id="B.3",
    ),
    pytest.param(("ciphers = NULL-SHA:@SECLEVEL=0", "sslVersion = TLSv1.2"), TlsProfile.NONE, id="none"),
)
"""The Basic profile (B.1) wants Triple DES, which Debian's OpenSSL no longer has: see the unit tests."""


@pytest.mark.parametrize(("settings", "profile"), _STUNNELS)
def test_stunnel_before_dcmqrscp_keeps_to_its_profile(
    archives: Fleet, tmp_path: Path, settings: tuple[str, ...], profile: TlsProfile
) -> None:
    """Each profile of PS3.15 that can be served is told from the others, and callers are served on."""
    certificates = archives.site.certificates
    with stunnel(tmp_path, certificates.server, archives["dcmqrscp-anyrw"].port, *settings) as port:
        seen = posture_of(port, address=_ADDRESS)

        if profile not in {TlsProfile.NONE, TlsProfile.AES}:  # Which Python's client would not take.
            assert Caller("ANYRW", certificates=certificates).echo(Running(_ADDRESS, port)) == 0
    assert Caller("ANYRW").echo(archives["dcmqrscp-anyrw"]) == 0
    assert seen.is_whole
    assert profile_of(seen) is profile, why_not(seen, profile)


@pytest.mark.parametrize("version", ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"])
def test_each_version_of_tls_is_told_from_the_others(archives: Fleet, tmp_path: Path, version: str) -> None:
    """A server of one version alone."""
    settings = (f"sslVersion = {version}", "ciphers = DEFAULT:@SECLEVEL=0")
    with stunnel(
        tmp_path, archives.site.certificates.server, archives["dcmqrscp-anyrw"].port, *settings
    ) as port:
        seen = posture_of(port, address=_ADDRESS)
    assert versions(seen) == [version]
    assert suites(seen, version)
    assert seen.is_whole


def test_storescp_keeps_to_the_non_downgrading_profile(archives: Fleet) -> None:
    """DCMTK 3.6.7 serves it by default; it still answers."""
    peer = archives["storescp-tls-ic"]
    seen = posture_of(peer.port, address=peer.address)
    assert profile_of(seen) is TlsProfile.NON_DOWNGRADING_BCP195, why_not(
        seen, TlsProfile.NON_DOWNGRADING_BCP195
    )
    archives.check(next(archive for archive in ARCHIVES if archive.name == "storescp-tls-ic"))


@pytest.mark.parametrize("name", ["orthanc-tlsany", "orthanc-tlsmut"])
def test_orthanc_keeps_to_the_first_bcp_195_profile(archives: Fleet, name: str) -> None:
    """Orthanc 1.10 still speaks TLS 1.0 and 1.1, client certificate demanded or not; it still answers."""
    peer = archives[name]
    seen = posture_of(peer.port, address=peer.address)
    assert versions(seen) == ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"]
    assert profile_of(seen) is TlsProfile.BCP195, why_not(seen, TlsProfile.BCP195)
    archives.check(next(archive for archive in ARCHIVES if archive.name == name))


def test_anonymous_and_unencrypted_suites_are_found(archives: Fleet, tmp_path: Path) -> None:
    """The most telling ones are known within the budget, though not all of the tail is."""
    pair = archives.site.certificates.server
    with s_server(tmp_path, pair, "-cipher", "ALL:eNULL:@SECLEVEL=0") as port:
        seen = posture_of(port, address=_ADDRESS)
        whole = posture_of(port, address=_ADDRESS, most=200)
    assert {"TLS_RSA_WITH_NULL_SHA", "TLS_DH_anon_WITH_AES_128_CBC_SHA"} < set(broken_suites(seen))
    assert set(broken_suites(seen)) == set(broken_suites(whole))
    assert (seen.is_whole, whole.is_whole) == (False, True)
    assert seen.handshakes == 64
    assert profile_of(seen) is TlsProfile.NONE


def test_small_keys_are_found(archives: Fleet, tmp_path: Path) -> None:
    """A DHE group of 1024 bits and a curve of 224, where they are accepted."""
    parameters = tmp_path / "dh1024.pem"
    parameters.write_text(_DH_1024, encoding="ascii")
    pair = archives.site.certificates.server
    options = ("-dhparam", str(parameters), "-cipher", "DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0", "-tls1_2")
    with s_server(tmp_path / "dhe", pair, *options) as port:
        small = small_groups(posture_of(port, address=_ADDRESS))
    assert [(seen.suite, seen.group_bits) for seen in small] == [
        ("TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", 1024)
    ]
    options = ("-groups", "P-224:P-256", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0", "-tls1_2")
    with s_server(tmp_path / "ecdhe", pair, *options) as port:
        small = small_groups(posture_of(port, address=_ADDRESS))
    assert [seen.group_bits for seen in small] == [224]


@pytest.mark.parametrize("prefers", [True, False])
def test_whose_order_counts_is_told(archives: Fleet, tmp_path: Path, *, prefers: bool) -> None:
    """A server such as nginx chooses by the order it is told to choose by."""
    setting = f"ssl_prefer_server_ciphers {'on' if prefers else 'off'}"
    with nginx(tmp_path, archives.site.certificates.server, setting) as port:
        assert posture_of(port, address=_ADDRESS).prefers_own_order is prefers


_DH_1024: Final = """\
-----BEGIN DH PARAMETERS-----
MIGHAoGBAPmjAcdt5lVYWGfNW+cj6iAUFfygNqZZ4J4BL9ctIrnJxajsx6kWpoLE
HsqeaLJ1Uk4bEiRGt+q0kYKhD+Nd/MiXlLMSzgo+phivLAMiNGEQ22+C5tc05mhc
SVrfu+aEev2DvWxyDLLcTrOOcV7EIMuKvsRlVd0B/X5YmwYrsVnfAgEC
-----END DH PARAMETERS-----
"""
