"""Detached Ed25519 signatures of scope files, and the list of keys that are trusted.

``scope.toml.sig`` is three lines of text. It carries the public key, so that a changed file is
noticed even where the key is not trusted; whether the key is trusted is a separate question.
"""

from __future__ import annotations

import binascii
import stat
from base64 import b64decode, b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dosimeter.scopefile.problem import ScopeProblem

HEADER: Final = "dosimeter-scope-signature 1"
ALGORITHM: Final = "ed25519"
KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64
_DOMAIN: Final = b"dosimeter scope.toml signature, version 1\0"
"""Signed before the file's bytes, so that no signature made for another purpose fits (RFC 8032 §8.6)."""
_LARGEST_SIGNATURE_FILE: Final = 4096
_LARGEST_KEY_LIST: Final = 1 << 20
_LINE_PARTS: Final = 3


@dataclass(frozen=True, slots=True)
class Signer:
    """Whose trusted signature a file carries. ``says`` tells, where ``name`` is None, why there is none."""

    name: str | None
    says: str


@dataclass(frozen=True, slots=True)
class DetachedSignature:
    """What a .sig file holds."""

    public_key: bytes
    signature: bytes

    def __str__(self) -> str:
        lines = (
            HEADER,
            f"key {ALGORITHM} {_base64(self.public_key)}",
            f"signature {_base64(self.signature)}",
        )
        return "\n".join(lines) + "\n"


def signature_path(path: Path) -> Path:
    """``scope.toml`` → ``scope.toml.sig``."""
    return path.with_name(path.name + ".sig")


def signed_bytes(content: bytes) -> bytes:
    """What the signature is made over."""
    return _DOMAIN + content


def key_line(public_key: bytes, name: str) -> str:
    """One line of a trusted-keys file."""
    return f"{ALGORITHM} {_base64(public_key)} {name}"


def signer_of(path: Path, content: bytes, trusted_keys: Path | None) -> Signer:
    """Verify the signature beside a scope file, if there is one.

    Raises:
        ScopeProblem: the file was changed after it was signed, or the signature or the list of
            trusted keys cannot be read.
    """
    file = signature_path(path)
    detached = _read_signature(path, file)
    if detached is None:
        says = f"a public network needs a signature; have its authoriser run: dosimeter scope sign {path}"
        return Signer(None, says)
    _verify(path, content, detached)
    if trusted_keys is None:
        return Signer(None, "no list of trusted keys was given, so its signature proves nothing; name one")
    name = read_trusted_keys(trusted_keys).get(detached.public_key)
    if name is None:
        says = (
            f"its signature is by a key that is not in {trusted_keys}; check whose it is, then add its line"
        )
        return Signer(None, says)
    return Signer(name, f"signed by {name}")


def read_trusted_keys(path: Path) -> dict[bytes, str]:
    """Public key → name, from lines ``ed25519 BASE64 NAME``; ``#`` begins a comment.

    A file that does not exist trusts nobody.

    Raises:
        ScopeProblem: a line cannot be read, or anybody on the machine may write to the file.
    """
    try:
        with path.open("rb") as stream:
            mode = path.stat().st_mode
            raw = stream.read(_LARGEST_KEY_LIST + 1)
    except FileNotFoundError:
        return {}
    except OSError as refused:
        says = f"the list of trusted keys cannot be read ({refused.strerror}); check the path and permissions"
        raise ScopeProblem(path, None, says) from None
    if mode & stat.S_IWOTH:
        says = f"anybody on this machine may add a key to this list; run: chmod o-w {path}"
        raise ScopeProblem(path, None, says)
    if len(raw) > _LARGEST_KEY_LIST:
        raise ScopeProblem(path, None, "the list of trusted keys is larger than 1 MiB; name another file")
    keys: dict[bytes, str] = {}
    for number, line in enumerate(raw.decode("utf-8", "replace").splitlines(), 1):
        text = line.strip()
        if text and not text.startswith("#"):
            key, name = _read_key_line(path, number, text)
            keys[key] = name
    return keys


def _read_key_line(path: Path, number: int, text: str) -> tuple[bytes, str]:
    parts = text.split(None, 2)
    key = _decode(parts[1], KEY_BYTES) if len(parts) == _LINE_PARTS and parts[0] == ALGORITHM else None
    if key is None or not parts[2].isprintable():
        says = (
            f"line {number} is not a trusted key; write it as scope sign prints it: {ALGORITHM} BASE64 NAME"
        )
        raise ScopeProblem(path, None, says)
    return key, parts[2]


def _read_signature(path: Path, file: Path) -> DetachedSignature | None:
    try:
        with file.open("rb") as stream:
            raw = stream.read(_LARGEST_SIGNATURE_FILE + 1)
    except FileNotFoundError:
        return None
    except OSError as refused:
        says = f"its signature {file.name} cannot be read ({refused.strerror}); check its permissions"
        raise ScopeProblem(path, None, says) from None
    lines = raw.decode("ascii", "replace").removesuffix("\n").split("\n")
    if len(lines) == _LINE_PARTS and lines[0] == HEADER:
        key = _decode(lines[1].removeprefix(f"key {ALGORITHM} "), KEY_BYTES)
        signature = _decode(lines[2].removeprefix("signature "), SIGNATURE_BYTES)
        if key is not None and signature is not None:
            return DetachedSignature(key, signature)
    says = f"its signature {file.name} is damaged or of another version; sign the file again with scope sign"
    raise ScopeProblem(path, None, says)


def _verify(path: Path, content: bytes, detached: DetachedSignature) -> None:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key = Ed25519PublicKey.from_public_bytes(detached.public_key)
        key.verify(detached.signature, signed_bytes(content))
    except (InvalidSignature, ValueError):
        says = (
            "was changed after it was signed (or its signature is of another file); "
            "restore it, or have its authoriser sign it again with dosimeter scope sign"
        )
        raise ScopeProblem(path, None, says) from None


def _decode(text: str, length: int) -> bytes | None:
    try:
        raw = b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if len(raw) == length and _base64(raw) == text else None


def _base64(raw: bytes) -> str:
    return b64encode(raw).decode("ascii")
