"""A throw-away authority, and the server and client certificates it signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID


@dataclass(frozen=True, slots=True)
class KeyPair:
    """PEM files."""

    key: Path
    certificate: Path


@dataclass(frozen=True, slots=True)
class Certificates:
    """What a TLS server and a client it trusts need."""

    authority: KeyPair
    server: KeyPair
    client: KeyPair


def make(folder: Path) -> Certificates:
    """Write one authority, one server (127.0.0.1 and localhost) and one client below ``folder``."""
    folder.mkdir(parents=True)
    authority_key = _key()
    authority_name = _name("dosimeter test authority")
    authority = _sign(authority_name, authority_key, authority_name, authority_key, is_authority=True)
    pairs = [_write(folder, "authority", authority_key, authority)]
    for common_name in ("server", "client"):
        key = _key()
        certificate = _sign(_name(common_name), key, authority_name, authority_key)
        pairs.append(_write(folder, common_name, key, certificate))
    return Certificates(*pairs)


def another_server(certificates: Certificates, folder: Path) -> KeyPair:
    """A server of its own certificate, signed by the same authority: one certificate is one archive."""
    folder.mkdir(parents=True, exist_ok=True)
    authority = certificates.authority
    signer = serialization.load_pem_private_key(authority.key.read_bytes(), password=None)
    issuer = x509.load_pem_x509_certificate(authority.certificate.read_bytes()).subject
    if not isinstance(signer, rsa.RSAPrivateKey):
        raise TypeError("the authority's key is RSA")
    key = _key()
    return _write(folder, "own", key, _sign(_name(folder.name), key, issuer, signer))


def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _sign(
    subject: x509.Name,
    key: rsa.RSAPrivateKey,
    issuer: x509.Name,
    issuer_key: rsa.RSAPrivateKey,
    *,
    is_authority: bool = False,
) -> x509.Certificate:
    now = datetime.now(UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )


def _write(folder: Path, name: str, key: rsa.RSAPrivateKey, certificate: x509.Certificate) -> KeyPair:
    pair = KeyPair(folder / f"{name}.key", folder / f"{name}.crt")
    pair.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
    )
    pair.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return pair
