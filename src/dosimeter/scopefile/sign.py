"""Signs a scope file with its authoriser's Ed25519 key."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dosimeter.scopefile.problem import ScopeProblem
from dosimeter.scopefile.read import parse_scope, read_bytes
from dosimeter.scopefile.signature import DetachedSignature, key_line, signature_path, signed_bytes

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_ONLY_OWNER: Final = 0o600
_LARGEST_KEY_FILE: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class SignedScope:
    """What signing left: the signature file, and the line for other people's trusted-keys files."""

    signature_file: Path
    trusted_key_line: str
    key_created: bool


def sign_scope(path: Path, key_file: Path, *, create_key: bool = False) -> SignedScope:
    """Write ``scope.toml.sig`` beside a scope file; the file must be one that ``read_scope`` understands.

    With ``create_key`` a missing key file is made first, readable by its owner alone; a key file
    that exists is never overwritten.

    Raises:
        ScopeProblem: the scope or the key cannot be used, or the signature cannot be written.
    """
    content = read_bytes(path)
    authorisation = parse_scope(path, content)
    created = create_key and _create_key(key_file)
    key = _load_key(key_file)
    public = key.public_key().public_bytes_raw()
    detached = DetachedSignature(public, key.sign(signed_bytes(content)))
    target = signature_path(path)
    _write_whole(target, str(detached))
    return SignedScope(target, key_line(public, authorisation.authorised_by), created)


def _create_key(key_file: Path) -> bool:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    if key_file.exists():
        return False
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        descriptor = os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _ONLY_OWNER)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(pem)
    except OSError as refused:
        says = f"the key cannot be created ({refused.strerror}); name a file in a folder that exists"
        raise ScopeProblem(key_file, None, says) from None
    return True


def _load_key(key_file: Path) -> Ed25519PrivateKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        with key_file.open("rb") as stream:
            mode = os.fstat(stream.fileno()).st_mode
            pem = stream.read(_LARGEST_KEY_FILE)
    except FileNotFoundError:
        says = "there is no such key; let scope sign create one, or name another"
        raise ScopeProblem(key_file, None, says) from None
    except OSError as refused:
        says = f"the key cannot be read ({refused.strerror}); check its permissions"
        raise ScopeProblem(key_file, None, says) from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        says = f"other people on this machine can reach this key; run: chmod 600 {key_file}"
        raise ScopeProblem(key_file, None, says)
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        says = "is not an unencrypted Ed25519 private key in PEM; name another, or let scope sign create one"
        raise ScopeProblem(key_file, None, says)
    return key


def _write_whole(target: Path, text: str) -> None:
    """Replace the old signature in one step: a torn one would refuse the whole scope."""
    partial = target.with_name(target.name + ".partial")
    try:
        partial.write_text(text, encoding="ascii")
        partial.replace(target)
    except OSError as refused:
        says = f"the signature cannot be written ({refused.strerror}); check the folder's permissions"
        raise ScopeProblem(target, None, says) from None
