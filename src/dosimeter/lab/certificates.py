"""Certificates for the lab's TLS archives, made when they start and worth nothing elsewhere."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

VALIDITY: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class CertificateFiles:
    """Where a server's self-signed certificate and its key are, both PEM."""

    certificate: Path
    key: Path


def make_certificate(folder: Path, name: str) -> CertificateFiles:
    """Make a key and a self-signed certificate for ``name``.

    Raises:
        OSError: the folder cannot be written to.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + VALIDITY)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    files = CertificateFiles(folder / f"{name}.crt", folder / f"{name}.key")
    files.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return files


def server_context(files: CertificateFiles, *, demands_certificate: bool) -> ssl.SSLContext:
    """TLS 1.2 and 1.3 with this certificate; client certificates are demanded or not asked for.

    Its own certificate is the only authority it trusts, so nobody has a client certificate for it.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(files.certificate, files.key)
    if demands_certificate:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(files.certificate)
    return context
