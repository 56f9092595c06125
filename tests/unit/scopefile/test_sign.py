from __future__ import annotations

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dosimeter.scopefile.problem import ScopeProblem
from dosimeter.scopefile.read import read_scope
from dosimeter.scopefile.sign import SignedScope, sign_scope
from dosimeter.scopefile.signature import read_trusted_keys, signature_path

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)

PUBLIC = """\
[authorisation]
authorised_by = "Ada Lovelace"
role = "owner"
reference = "SEC-1"
legal_basis = "own order"
contact = "+33 1 23"
valid_from = 2026-01-01T00:00:00Z
valid_until = 2026-12-31T00:00:00Z
[scope]
networks = ["192.0.2.0/24"]
"""


@pytest.fixture
def scope(tmp_path: Path) -> Path:
    file = tmp_path / "scope.toml"
    file.write_text(PUBLIC)
    return file


@pytest.fixture
def key(tmp_path: Path) -> Path:
    return tmp_path / "ada.key"


@pytest.fixture
def trusted(tmp_path: Path) -> Path:
    return tmp_path / "trusted-keys"


def trust(signed: SignedScope, trusted: Path) -> None:
    trusted.write_text(f"# people we trust\n\n{signed.trusted_key_line}\n")


def problem(scope: Path, trusted: Path | None) -> ScopeProblem:
    with pytest.raises(ScopeProblem) as refused:
        read_scope(scope, trusted_keys=trusted, now=NOW)
    assert str(refused.value).isprintable()
    return refused.value


def test_a_signed_public_scope_is_read_once_its_key_is_trusted(scope: Path, key: Path, trusted: Path) -> None:
    """Sign, trust, read: the authorisation names whose key it was."""
    signed = sign_scope(scope, key, create_key=True)
    assert signed.signature_file == scope.with_name("scope.toml.sig")
    assert signed.trusted_key_line.startswith("ed25519 ")
    assert signed.trusted_key_line.endswith(" Ada Lovelace")
    trust(signed, trusted)
    assert read_scope(scope, trusted_keys=trusted, now=NOW).signed_by == "Ada Lovelace"


def test_every_changed_byte_is_noticed(scope: Path, key: Path, trusted: Path) -> None:
    """One bit anywhere in the file, and it is refused, trusted key or not."""
    trust(sign_scope(scope, key, create_key=True), trusted)
    original = scope.read_bytes()
    for place in range(len(original)):
        changed = bytearray(original)
        changed[place] ^= 1
        scope.write_bytes(changed)
        assert "changed after it was signed" in problem(scope, trusted).says
    scope.write_bytes(original + b"\n")
    assert "changed after it was signed" in problem(scope, trusted).says
    assert "changed after it was signed" in problem(scope, None).says
    scope.write_bytes(original)
    read_scope(scope, trusted_keys=trusted, now=NOW)


def test_every_changed_byte_of_the_signature_is_noticed(scope: Path, key: Path, trusted: Path) -> None:
    """A signature that was touched signs nothing."""
    trust(sign_scope(scope, key, create_key=True), trusted)
    file = signature_path(scope)
    original = file.read_bytes()
    for place in range(len(original) - 1):
        changed = bytearray(original)
        changed[place] ^= 1
        file.write_bytes(changed)
        problem(scope, trusted)


def test_without_a_signature_a_public_network_is_refused_with_the_command(scope: Path, trusted: Path) -> None:
    """The sentence names the network and how to have it signed."""
    refused = problem(scope, trusted)
    assert refused.key == "scope.networks"
    assert "192.0.2.0/24 is public" in refused.says
    assert f"dosimeter scope sign {scope}" in refused.says


def test_a_signature_by_an_unknown_key_is_no_signature(scope: Path, key: Path, trusted: Path) -> None:
    """Whoever may write the file may sign it; only a trusted key counts."""
    sign_scope(scope, key, create_key=True)
    assert "not in" in problem(scope, trusted).says
    trust(sign_scope(scope, key.with_name("eve.key"), create_key=True), trusted)
    sign_scope(scope, key)
    assert "not in" in problem(scope, trusted).says
    assert "no list of trusted keys" in problem(scope, None).says


def test_a_private_scope_needs_no_signature_and_keeps_one_it_has(
    scope: Path, key: Path, trusted: Path
) -> None:
    """An ordinary file is enough for private networks."""
    scope.write_text(PUBLIC.replace("192.0.2.0/24", "10.20.0.0/16"))
    assert read_scope(scope, trusted_keys=None, now=NOW).signed_by is None
    trust(sign_scope(scope, key, create_key=True), trusted)
    assert read_scope(scope, trusted_keys=trusted, now=NOW).signed_by == "Ada Lovelace"


def test_a_new_key_belongs_to_its_owner_alone_and_is_never_overwritten(scope: Path, key: Path) -> None:
    """Mode 0600 whatever the umask; signing again uses the same key."""
    first = sign_scope(scope, key, create_key=True)
    pem = key.read_bytes()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    second = sign_scope(scope, key, create_key=True)
    assert (first.key_created, second.key_created) == (True, False)
    assert key.read_bytes() == pem
    assert first.trusted_key_line == second.trusted_key_line


def test_a_key_is_not_created_unasked(scope: Path, key: Path) -> None:
    """A misspelt path does not make a new key."""
    with pytest.raises(ScopeProblem, match="there is no such key"):
        sign_scope(scope, key)
    assert not key.exists()
    assert not signature_path(scope).exists()


def test_a_key_that_others_can_read_is_refused(scope: Path, key: Path) -> None:
    """The message gives the command that mends it."""
    sign_scope(scope, key, create_key=True)
    key.chmod(0o640)
    with pytest.raises(ScopeProblem, match=f"chmod 600 {key}"):
        sign_scope(scope, key)


@pytest.mark.parametrize(
    "content", [b"", b"no key", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
def test_a_file_that_is_no_key_is_refused(scope: Path, key: Path, content: bytes) -> None:
    """Anything but an unencrypted Ed25519 key."""
    key.write_bytes(content)
    key.chmod(0o600)
    with pytest.raises(ScopeProblem, match="not an unencrypted Ed25519"):
        sign_scope(scope, key)


def test_a_key_in_a_folder_that_does_not_exist_is_refused(scope: Path, tmp_path: Path) -> None:
    """The system's reason is part of the sentence."""
    with pytest.raises(ScopeProblem, match="cannot be created"):
        sign_scope(scope, tmp_path / "none" / "ada.key", create_key=True)


def test_a_scope_that_cannot_be_read_is_not_signed(scope: Path, key: Path) -> None:
    """A signature under a broken file would help nobody."""
    scope.write_text(PUBLIC.replace("role", "rule"))
    with pytest.raises(ScopeProblem):
        sign_scope(scope, key, create_key=True)
    assert not signature_path(scope).exists()


@pytest.mark.parametrize(
    "line",
    [
        "ed25519",
        "ed25519 AAAA Ada",
        "rsa " + "A" * 43 + "= Ada",
        "ed25519 " + "A" * 43 + "=",
        "ed25519 !!! Ada",
    ],
)
def test_a_line_that_is_no_trusted_key_is_named_by_number(trusted: Path, line: str) -> None:
    """A damaged list is mended, not skipped over."""
    trusted.write_text(f"# first\n{line}\n")
    with pytest.raises(ScopeProblem, match="line 2"):
        read_trusted_keys(trusted)


def test_a_list_of_trusted_keys_that_anybody_may_write_is_refused(trusted: Path) -> None:
    """Else anybody on the machine could trust themselves."""
    trusted.write_text("")
    trusted.chmod(0o666)
    with pytest.raises(ScopeProblem, match="chmod o-w"):
        read_trusted_keys(trusted)


def test_a_damaged_signature_file_is_refused_even_for_a_private_scope(scope: Path) -> None:
    """What is there and cannot be read is not ignored."""
    scope.write_text(PUBLIC.replace("192.0.2.0/24", "10.20.0.0/16"))
    for content in (b"", b"\xff\xfe", b"dosimeter-scope-signature 2\nkey x\nsignature y\n", b"x" * 10_000):
        signature_path(scope).write_bytes(content)
        assert "damaged or of another version" in problem(scope, None).says
