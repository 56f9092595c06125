"""Contexts of TLS servers, with certificates that are made once a run."""

from __future__ import annotations

import ssl
import tempfile
from functools import cache
from pathlib import Path

from tests.integration.archives.certificates import Certificates, make


@cache
def certificates() -> Certificates:
    """One throw-away authority with a server and a client; in a folder of the system's choice."""
    return make(Path(tempfile.mkdtemp(prefix="dosimeter-test-")) / "certificates")


def server_context(
    client_certificate: ssl.VerifyMode = ssl.CERT_NONE,
    version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3,
) -> ssl.SSLContext:
    """A server that speaks this version alone and wants this much of a client."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates().server.certificate, certificates().server.key)
    context.load_verify_locations(certificates().authority.certificate)
    context.verify_mode = client_certificate
    context.minimum_version = context.maximum_version = version
    return context
