from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.peers.scripted import ScriptedServer, close_at_once
from tests.peers.tls import server_context
from tests.peers.web import WebPeer
from tests.peers.web_locations import TRAP_ADDRESSES, random_answer
from tests.peers.web_wanderer import HOME

ROOT = Path(__file__).resolve().parents[2]
CASES = 12_000
SEED = 4


@dataclass(frozen=True)
class Walk:
    """What the process said of itself, what the trap heard, and where the process was allowed."""

    said: dict[str, Any]
    trapped: int
    asked: int
    dialled: int
    allowed: set[str]
    home: Path


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Walk:
    """Twelve thousand questions of one process to servers that all point elsewhere."""
    home = tmp_path_factory.mktemp("home")
    (home / ".netrc").write_text("default login user password word\n")
    (home / ".netrc").chmod(0o600)
    random = Random(SEED)
    with ExitStack() as stack:
        trap = stack.enter_context(ScriptedServer(close_at_once, TRAP_ADDRESSES[0]))
        traps = [trap] + [
            stack.enter_context(ScriptedServer(close_at_once, address, trap.port))
            for address in TRAP_ADDRESSES[1:]
        ]

        def astray(connection: socket.socket, _request: bytes, _stopping: object) -> bool:
            answer = random_answer(random, trap.port)
            connection.sendall(answer)
            return b"Connection: close" not in answer

        peer = stack.enter_context(WebPeer(astray, address=HOME))
        inside_tls = stack.enter_context(WebPeer(astray, address=HOME, tls=server_context()))
        places = [peer.port, inside_tls.port, trap.port, CASES, SEED]
        environment = os.environ | {
            "HOME": str(home),
            "NETRC": str(home / ".netrc"),
            "SSLKEYLOGFILE": str(home / "keys.log"),
            "SSL_CERT_FILE": str(home / "authority.pem"),
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        }
        command = [sys.executable, "-m", "tests.peers.web_wanderer", *map(str, places)]
        answer = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=100, check=False
        )
        assert answer.returncode == 0, answer.stderr
        return Walk(
            said=json.loads(answer.stdout),
            trapped=sum(one.connections for one in traps),
            asked=len(peer.requests) + len(inside_tls.requests),
            dialled=peer.connections + inside_tls.connections,
            allowed={f"{HOME} {peer.port}", f"{HOME} {inside_tls.port}"},
            home=home,
        )


def test_no_connection_of_the_process_leaves_the_scope(walk: Walk) -> None:
    """Redirects, lying resolvers, disguised addresses and proxy variables: every connect is to the scope."""
    assert set(walk.said["connects"]) == walk.allowed
    assert walk.trapped == 0


def test_no_name_is_looked_up(walk: Walk) -> None:
    """Names in Location, in proxy variables and in Host are text; the gate's own resolver was scripted."""
    assert walk.said["lookups"] == {}


def test_the_users_own_settings_are_not_read(walk: Walk) -> None:
    """No password of a .netrc is used, and no key of a session written where a variable says."""
    assert [path for path in walk.said["opened"] if str(walk.home) in path] == []
    assert not (walk.home / "keys.log").exists()


MOST_ASKED_AGAIN = 20


def test_the_process_was_watched_and_did_ask(walk: Walk) -> None:
    """The figures agree: what it captured of itself, what its log says, and what the servers saw."""
    outcomes = walk.said["outcomes"]
    assert sum(outcomes.values()) - outcomes["name refused"] == CASES
    assert outcomes["answered"] > CASES / 2
    # A GET whose kept-alive connection ended before an answer began is asked once more: the servers saw two.
    assert 0 <= walk.asked - outcomes["answered"] <= MOST_ASKED_AGAIN
    assert outcomes["out_of_scope"] > 500
    assert set(outcomes) == {"answered", "out_of_scope", "name refused"}
    connects = sum(walk.said["connects"].values())
    assert connects == walk.dialled == walk.said["contacts"] == walk.said["ends"] > 1_000


def test_a_client_that_trusts_its_environment_falls_into_the_trap() -> None:
    """The traps work: the same variables lead another client to them."""
    import httpx2

    with ScriptedServer(close_at_once, TRAP_ADDRESSES[0]) as trap, WebPeer(address=HOME) as peer:
        proxy = f"http://{trap.address}:{trap.port}"
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("http_proxy", proxy)
            patch.setenv("no_proxy", "")
            with pytest.raises(httpx2.HTTPError):
                httpx2.get(f"http://{HOME}:{peer.port}/")
        assert trap.connections == 1
        assert peer.requests == []
