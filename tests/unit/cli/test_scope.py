from __future__ import annotations

import re

from tests.survey.terminal import Terminal


def fill_in(terminal: Terminal, network: str) -> None:
    """Replace the placeholders of a new scope file, as its comments say."""
    path = terminal.folder / "scope.toml"
    text = re.sub(r'\["REPLACE[^"]*"\]', f'["{network}"]', path.read_text())
    path.write_text(re.sub(r'"REPLACE[^"]*"', '"Somebody"', text))


def test_a_scope_is_written_filled_in_and_checked(terminal: Terminal) -> None:
    """``init`` writes one, ``check`` names what is left to fill in, and then what it allows."""
    written = terminal.run("scope", "init")
    unfilled = terminal.run("scope", "check", "scope.toml")
    fill_in(terminal, "10.20.0.0/16")
    checked = terminal.run("scope", "check", "scope.toml")
    assert (written.code, written.out) == (0, "")
    assert unfilled.code == 2
    assert unfilled.out == ""
    assert unfilled.err.count("still holds the text of the template") == 6
    assert checked.code == 0, checked.err
    assert "10.20.0.0/16" in checked.out
    assert checked.err == ""


def test_init_does_not_overwrite(terminal: Terminal) -> None:
    """A filled-in scope is worth more than a command typed twice."""
    terminal.run("scope", "init", "mine.toml")
    before = (terminal.folder / "mine.toml").read_text()
    (terminal.folder / "mine.toml").write_text(before + "# mine\n")
    said = terminal.run("scope", "init", "mine.toml")
    assert said.code == 2
    assert "exists already" in said.sentence
    assert (terminal.folder / "mine.toml").read_text() == before + "# mine\n"


def test_a_public_scope_is_signed_and_then_believed_where_the_key_is_trusted(terminal: Terminal) -> None:
    """The round trip: refused unsigned, refused where the key is unknown, accepted where it is trusted."""
    terminal.run("scope", "init")
    fill_in(terminal, "8.8.8.0/24")
    unsigned = terminal.run("scope", "check", "scope.toml")
    signed = terminal.run("scope", "sign", "scope.toml", "--key", "key.pem", "--new-key")
    line = signed.err.splitlines()[-1]
    (terminal.folder / "trusted").write_text(line + "\n")
    stranger = terminal.run("scope", "check", "scope.toml")
    friend = terminal.run("scope", "check", "scope.toml", "--trusted-keys", "trusted")
    path = terminal.folder / "scope.toml"
    path.write_text(path.read_text() + "# changed\n")
    changed = terminal.run("scope", "check", "scope.toml", "--trusted-keys", "trusted")
    assert (unsigned.code, stranger.code, changed.code) == (2, 2, 2)
    assert "sign" in unsigned.err
    assert (signed.code, signed.out) == (0, "")
    assert friend.code == 0, friend.err
    assert "8.8.8.0/24" in friend.out
    assert (terminal.folder / "key.pem").stat().st_mode & 0o077 == 0


def test_a_key_is_never_overwritten(terminal: Terminal) -> None:
    """``--new-key`` a second time signs with the key that is there."""
    terminal.run("scope", "init")
    fill_in(terminal, "8.8.8.0/24")
    terminal.run("scope", "sign", "scope.toml", "--key", "key.pem", "--new-key")
    before = (terminal.folder / "key.pem").read_bytes()
    again = terminal.run("scope", "sign", "scope.toml", "--key", "key.pem", "--new-key")
    assert again.code == 0
    assert "made the private key" not in again.err
    assert (terminal.folder / "key.pem").read_bytes() == before
