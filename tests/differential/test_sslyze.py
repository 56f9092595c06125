"""Our posture of a TLS server against sslyze's, on the same servers.

sslyze is AGPL, so it is never installed beside dosimeter: a virtual environment of its own is made under
``.sslyze/`` the first time, with a pinned version, and asked on its command line.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import pytest

from dosimeter.model.cipher_suites import PROTOCOLS
from dosimeter.model.facts import ClientCertificate, TlsSeen
from dosimeter.net.causes import WireFailure
from dosimeter.net.loop import Loop
from dosimeter.net.tls import TlsStream
from tests.integration.archives.process import free_port, server_process
from tests.peers.postures import posture_of, suites, versions
from tests.peers.tls import certificates
from tests.peers.tls_servers import FOUR, nginx, s_server, stunnel
from tests.unit.net.driving import drive

SSLYZE: Final = "sslyze==6.1.0"
_HOME: Final = Path(__file__).parents[2] / ".sslyze" / SSLYZE.replace("==", "-")
_KEYS: Final = dict(
    zip(
        PROTOCOLS,
        (f"{version}_cipher_suites" for version in ("ssl_3_0", "tls_1_0", "tls_1_1", "tls_1_2", "tls_1_3")),
        strict=True,
    )
)
_NOT_OFFERED_BY_SSLYZE: Final = frozenset(
    f"TLS_{keys}_WITH_CAMELLIA_{size}_GCM_SHA{hashed}"
    for keys in ("RSA", "DHE_RSA", "ECDHE_RSA", "ECDHE_ECDSA", "DHE_DSS")
    for size, hashed in ((128, 256), (256, 384))
) | {f"TLS_DH_anon_WITH_CAMELLIA_{size}_CBC_SHA256" for size in (128, 256)}
"""No OpenSSL, and so neither sslyze's, has Camellia in GCM; the two anonymous ones sslyze does not list."""


@pytest.fixture(scope="session")
def sslyze() -> Path:
    """The program, in an environment of its own."""
    program = _HOME / "bin" / "sslyze"
    if not program.exists():
        for command in (
            [sys.executable, "-m", "venv", str(_HOME)],
            [str(_HOME / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", SSLYZE],
        ):
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
            assert done.returncode == 0, f"{SSLYZE} cannot be installed below {_HOME}:\n{done.stderr}"
    return program


def _scanned(program: Path, port: int) -> dict[str, Any]:
    options = ["--sslv3", "--tlsv1", "--tlsv1_1", "--tlsv1_2", "--tlsv1_3", "--certinfo"]
    done = subprocess.run(
        [str(program), *options, "--mozilla_config", "disable", "--json_out", "-", f"127.45.2.1:{port}"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    (result,) = json.loads(done.stdout)["server_scan_results"]
    found: dict[str, Any] = result
    assert found["scan_status"] == "COMPLETED", done.stdout[:2000]
    return found


@contextmanager
def _serving(kind: str, folder: Path) -> Iterator[int]:
    pair, authority = certificates().server, certificates().authority
    with ExitStack() as servers:
        if kind == "all suites":
            server = s_server(folder, pair, "-cipher", "ALL:eNULL:@SECLEVEL=0")
        elif kind == "openssl's default":
            server = s_server(folder, pair)
        elif kind == "client certificate demanded":
            demands = ("-Verify", "1", "-verify_return_error", "-CAfile", str(authority.certificate))
            server = s_server(folder, pair, *demands)
        elif kind == "nginx":
            server = nginx(folder, pair)
        elif kind == "old versions":
            setting = ("ssl_ciphers ALL:@SECLEVEL=0", "ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3")
            server = nginx(folder, pair, *setting)
        elif kind == "storescp":
            port = free_port()
            tls = ["+tls", str(pair.key), str(pair.certificate), "+cf", str(authority.certificate), "-ic"]
            servers.enter_context(server_process(["storescp", *tls, str(port)], folder, [port]))
            yield port
            return
        else:
            behind = servers.enter_context(s_server(folder / "behind", pair))
            settings = (f"ciphers = {FOUR}:AES128-SHA:@SECLEVEL=0", "sslVersionMin = TLSv1")
            server = stunnel(folder / "stunnel", pair, behind, *settings)
        yield servers.enter_context(server)


_KINDS: Final = (
    "all suites",
    "openssl's default",
    "client certificate demanded",
    "nginx",
    "old versions",
    "storescp",
    "stunnel",
)


@pytest.mark.parametrize("kind", _KINDS)
def test_sslyze_finds_the_same(sslyze: Path, tmp_path: Path, kind: str) -> None:
    """Versions, suites of each, client certificate, and the certificate's key, names, dates and hash."""
    with _serving(kind, tmp_path / "server") as port:
        ours = posture_of(port, address="127.45.2.1", most=400)
        shown = drive(lambda loop: _handshake(loop, port))
        theirs = _scanned(sslyze, port)
    assert ours.is_whole
    results = theirs["scan_result"]
    for protocol, key in _KEYS.items():
        accepted = results[key]["result"]["accepted_cipher_suites"]
        names = {suite["cipher_suite"]["name"] for suite in accepted}
        assert suites(ours, protocol) - _NOT_OFFERED_BY_SSLYZE == names, protocol
        assert (protocol in versions(ours)) is bool(names), protocol
    wants = theirs["connectivity_result"]["client_auth_requirement"]
    assert (wants == "REQUIRED") is (shown.client_certificate is ClientCertificate.REQUIRED)
    assert (wants == "DISABLED") is (shown.client_certificate is ClientCertificate.NOT_ASKED)
    deployed = results["certificate_info"]["result"]["certificate_deployments"][0]
    leaf, seen = deployed["received_certificate_chain"][0], shown.certificate
    assert seen is not None
    assert seen.not_after[:19] == leaf["not_valid_after"][:19]
    assert seen.key.text == f"RSA {leaf['public_key']['key_size']}"
    names = leaf["subject_alternative_name"]
    assert sorted(map(str, seen.names)) == sorted(names["dns_names"] + names["ip_addresses"])
    assert str(seen.signature).split()[-1].lower() == leaf["signature_hash_algorithm"]["name"]
    assert seen.chain is not None
    assert len(seen.chain) == len(deployed["received_certificate_chain"]) - 1


async def _handshake(loop: Loop, port: int) -> TlsSeen:
    stream = TlsStream(None)
    with suppress(WireFailure):  # What was seen until then is what is asked for.
        await stream.start(loop, "127.45.2.1", port, loop.now() + 5)
        if stream.seen.client_certificate is not ClientCertificate.NOT_ASKED:
            await stream.receive(loop.now() + 5)
    stream.send_and_close()
    return stream.seen
