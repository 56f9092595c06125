"""A process that asks web servers that lead astray, and says of itself where it connected.

    python tests/peers/web_wanderer.py PORT TLS_PORT TRAP_PORT CASES SEED

CPython reports every connect, look-up and opened file of the process to `sys.addaudithook`, whoever
in it does so. Prints one JSON object.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from dataclasses import dataclass, field
from ipaddress import ip_network
from random import Random

from dosimeter.model.target import Endpoint, Service
from dosimeter.net.causes import WireFailure
from dosimeter.net.dialer import Dialer
from dosimeter.net.gate import OutOfScope, ScopeGate
from dosimeter.net.loop import Loop
from dosimeter.net.web import Method, WebRequest, is_path
from dosimeter.net.web_line import WebLine
from tests.peers.web_locations import random_location
from tests.unit.net.driving import Lines, authorisation, drive, now

HOME = "127.41.0.1"
_NETWORKS = (ip_network("127.41.0.0/26"),)  # The trap, at .66, is outside.
_LOOKUPS = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo")
_VARIABLES = ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")
_ADDRESSES = (
    *(HOME,) * 3,
    *("127.41.0.66", "127.0.0.1", "::1", "::ffff:127.41.0.1", "::ffff:127.41.0.66", "64:ff9b::7f29:1"),
    *("64:ff9b::7f29:42", "::127.41.0.66", "0177.41.0.1", "2133393409", "fe80::1%lo", "localhost", "0.0.0.0"),
    *("2002:7f29:42::1", "127.41.0.1 ", "127.41.1", "\uff11\uff12\uff17.41.0.1", "evil.example", ""),
)


@dataclass
class Witness:
    """What the process did, as the interpreter reports it."""

    connects: Counter[str] = field(default_factory=Counter)
    lookups: Counter[str] = field(default_factory=Counter)
    opened: set[str] = field(default_factory=set)

    def hear(self, event: str, arguments: tuple[object, ...]) -> None:
        """One audit event."""
        if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
            self.connects[" ".join(str(part) for part in arguments[1][:2])] += 1  # type: ignore[index] # an address
        elif event in _LOOKUPS:
            self.lookups[str(arguments[0])] += 1
        elif event == "open":
            self.opened.add(str(arguments[0]))


@dataclass
class Wanderer:
    """Makes up one case after the other."""

    loop: Loop
    random: Random
    port: int
    tls_port: int
    trap_port: int
    auditor: Lines = field(default_factory=Lines)
    outcomes: Counter[str] = field(default_factory=Counter)
    line: WebLine | None = None

    async def case(self, number: int) -> None:
        """One question, to a place that may or may not be asked."""
        if number % 20 == 0:
            self._change_environment()
        kind = self.random.random()
        if self.line is None or kind > 0.6:
            if self.line is not None:
                await self.line.hang_up()
            self.line = self._any_line(kind)
        path = f"/{random_location(self.random, self.trap_port)}"
        path = path if is_path(path) and self.random.random() < 0.5 else "/"
        try:
            response = await self.line.ask(WebRequest(path, self.random.choice(list(Method))))
        except WireFailure as failed:
            self.outcomes[failed.cause.value] += 1
            self.line = None
            return
        self.outcomes["answered"] += 1
        location = response.header("location") or ""
        self.line.allows(location.partition("://")[2].partition("/")[0], self.trap_port)

    def _any_line(self, kind: float) -> WebLine:
        """To the address itself, to a name whose resolver lies, or to an address in disguise."""
        scope = authorisation(self.port, self.tls_port, networks=_NETWORKS, names=("a.example",))
        dialer = Dialer(self.loop, ScopeGate(scope, now, self._resolve), self.auditor, scope.pace)
        endpoint = Endpoint(HOME, self.port, Service.WEB)
        if kind > 0.97:
            endpoint = Endpoint(HOME, self.tls_port, Service.WEB_TLS, self.random.choice((None, "a.example")))
        elif kind > 0.85:
            address = self.random.choice(_ADDRESSES)
            port = self.random.choice((self.port, self.port, self.trap_port, 0))
            endpoint = Endpoint(address, port, Service.WEB)
        elif kind > 0.7:
            endpoint = self._named(dialer.gate)
        return dialer.web_line(endpoint, dialer.host_clock())

    def _named(self, gate: ScopeGate) -> Endpoint:
        """What the name stood for when it was asked; sometimes what it stands for now (rebinding)."""
        addresses: tuple[str, ...] = ()
        try:
            addresses = gate.resolve("a.example").addresses
        except OutOfScope:
            self.outcomes["name refused"] += 1
        if not addresses or self.random.random() < 0.3:
            addresses = tuple(self._resolve("a.example"))
        return Endpoint(self.random.choice(addresses), self.port, Service.WEB, "a.example")

    def _resolve(self, _name: str) -> list[str]:
        return [self.random.choice(_ADDRESSES) for _ in range(self.random.randint(1, 4))]

    def _change_environment(self) -> None:
        trap = self.random.choice(("127.41.0.66", "[::1]", "127.0.0.1"))
        scheme = self.random.choice(("http", "https", "socks5", "socks5h"))
        for variable in _VARIABLES:
            os.environ.pop(variable, None)
            if self.random.random() < 0.8:
                os.environ[variable] = f"{scheme}://user:word@{trap}:{self.trap_port}"
        os.environ["NO_PROXY"] = self.random.choice(("", "*", "example.org", "::1"))


def main(port: int, tls_port: int, trap_port: int, cases: int, seed: int) -> None:
    """Wander, and say where."""
    witness = Witness()
    wanderers: list[Wanderer] = []

    async def work(loop: Loop) -> None:
        wanderer = Wanderer(loop, Random(seed), port, tls_port, trap_port)
        wanderers.append(wanderer)
        for number in range(cases):
            await wanderer.case(number)
        if wanderer.line is not None:
            await wanderer.line.hang_up()

    sys.addaudithook(witness.hear)
    drive(work, seconds=100)
    said = {
        "connects": witness.connects,
        "lookups": witness.lookups,
        "opened": sorted(witness.opened),
        "outcomes": wanderers[0].outcomes,
        "contacts": sum(entry[0] == "contact" for entry in wanderers[0].auditor.said),
        "ends": sum(entry[0] == "ended" for entry in wanderers[0].auditor.said),
    }
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
