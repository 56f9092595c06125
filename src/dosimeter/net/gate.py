"""The gate every connection passes: what the authorisation does not allow is never dialled.

The rules are those of DESIGN §4. Time is asked again before every connect; names are resolved
once and keep their answer for the life of the gate, so an answer that changes later (DNS
rebinding, a time to live of zero) changes nothing.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from typing import Final

from dosimeter.model.problem import Problem
from dosimeter.model.scope import Authorisation
from dosimeter.model.target import Endpoint
from dosimeter.net.address import (
    Address,
    AddressRefused,
    Reach,
    canonical_name,
    looks_like_address,
    network_reach,
    parse_address,
)
from dosimeter.net.ranges import AddressRanges, Span, position

EXCLUDE: Final = "scope.exclude"
NETWORKS: Final = "scope.networks"
NAMES: Final = "scope.names"
PORTS: Final = "scope.ports"
SIGNATURE: Final = "signature"
VALID_FROM: Final = "authorisation.valid_from"
VALID_UNTIL: Final = "authorisation.valid_until"
HOURS: Final = "pace.hours"
"""Rules, as the scope file names them."""

TIME_RULES: Final = frozenset({VALID_FROM, VALID_UNTIL, HOURS})
"""Rules that refuse a moment, not a place."""

_UNSIGNED: Final = "a public address needs a scope signed by a trusted key; see dosimeter scope sign"

Resolver = Callable[[str], Iterable[str]]
"""Name in, every address of the answer out.

Raises:
    OSError: the name does not resolve.
"""


_REMEMBERED: Final = 16_384
"""Endpoints whose place is not checked twice: a host in flight is dialled two times or more, and no
rule of place changes while the gate lives, but for the pinning of a name, which forgets them."""


class OutOfScope(Problem):
    """The authorisation does not allow this contact.

    ``subject`` is what was refused, ``rule`` the key of the scope file that refuses it
    (``scope.networks``), ``says`` one sentence for a person.
    """

    def __init__(self, subject: str, rule: str, says: str) -> None:
        """Keep the three parts for the report and the audit log."""
        self.subject = subject
        self.rule = rule
        self.says = says
        super().__init__(f"{subject}: {says} (rule {rule})")


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a name stood for when the survey began, and which of it may be dialled.

    ``excluded`` are the addresses of the answer that the scope excludes; ``outside`` those it does not
    allow otherwise, with the reason. ``resolved`` is false where the name had no answer.
    """

    name: str
    addresses: tuple[str, ...]
    excluded: tuple[str, ...] = ()
    outside: tuple[tuple[str, str], ...] = ()
    resolved: bool = True


def resolve_with_system(name: str) -> tuple[str, ...]:
    """Every address the system's resolver gives for a name.

    Raises:
        OSError: the name does not resolve.
    """
    answers = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(answer[4][0]) for answer in answers))


class ScopeGate:
    """Decides, for one authorisation, whether a connection may start. Fast enough to ask each time."""

    def __init__(
        self,
        authorisation: Authorisation,
        clock: Callable[[], datetime],
        resolver: Resolver = resolve_with_system,
        *,
        zone: tzinfo | None = None,
    ) -> None:
        """Sort the ranges and resolve the excluded names, once.

        ``clock`` gives aware datetimes. ``zone`` is the zone the authorised hours are meant in;
        None is the zone of the machine.

        Raises:
            OutOfScope: an excluded name does not resolve, so its addresses cannot be kept out.
        """
        self.authorisation = authorisation
        self._clock = clock
        self._resolver = resolver
        self._zone = zone
        self._begins = authorisation.valid_from.timestamp()
        self._ends = authorisation.valid_until.timestamp()
        self._hours_second = -1
        self._within_hours = False
        self._allowed = AddressRanges.of(authorisation.networks)
        public = [one for one in authorisation.networks if network_reach(one) is Reach.PUBLIC]
        self._unsigned = AddressRanges.of(public if authorisation.signed_by is None else ())
        self._ports = frozenset(authorisation.ports)
        self._names = frozenset(authorisation.names)
        self._excluded_names = frozenset(authorisation.exclude_names)
        self._pinned: dict[str, Resolution] = {}
        self._permitted: dict[Endpoint, Endpoint] = {}
        self._excluded = AddressRanges.of(authorisation.exclude_networks)
        named = [(place, place) for name in authorisation.exclude_names for place in self._places(name)]
        self._excluded = AddressRanges([*self._excluded, *named])

    @property
    def allowed(self) -> AddressRanges:
        """The addresses of ``scope.networks``, exclusions not yet taken out."""
        return self._allowed

    @property
    def excluded(self) -> AddressRanges:
        """The addresses of ``scope.exclude``, its names included."""
        return self._excluded

    def permit(self, endpoint: Endpoint, now: datetime | None = None) -> Endpoint:
        """The endpoint to dial, its address canonical. Asked right before every connect.

        Raises:
            OutOfScope: some rule of the scope forbids this connection at this moment.
        """
        refusal = self._refuse_moment(self._clock() if now is None else now)
        if refusal is not None:
            raise OutOfScope(endpoint.authority, *refusal)
        return self.check_place(endpoint)

    def check_time(self, subject: str, now: datetime | None = None) -> None:
        """Check validity and hours.

        Raises:
            OutOfScope: not yet valid, expired, or outside the authorised hours.
        """
        refusal = self._refuse_moment(self._clock() if now is None else now)
        if refusal is not None:
            raise OutOfScope(subject, *refusal)

    def seconds_left(self) -> float:
        """Until the authorisation ends."""
        return self._ends - self._clock().timestamp()

    def today(self) -> date:
        """The date where the authorised hours are meant."""
        return self._clock().astimezone(self._zone).date()

    def _refuse_moment(self, now: datetime) -> tuple[str, str] | None:
        """The rule that refuses a moment and its sentence, or None."""
        moment = now.timestamp()
        if moment < self._begins:
            return VALID_FROM, f"the authorisation begins at {self.authorisation.valid_from.isoformat()}"
        if moment >= self._ends:
            return VALID_UNTIL, f"the authorisation ended at {self.authorisation.valid_until.isoformat()}"
        second = int(moment)
        if second != self._hours_second:
            self._within_hours = self.authorisation.pace.hours.contain(now.astimezone(self._zone))
            self._hours_second = second
        if not self._within_hours:
            return HOURS, f"connections may start between {self.authorisation.pace.hours} local time only"
        return None

    def check_place(self, endpoint: Endpoint) -> Endpoint:
        """Check all rules but time: exclusions first, then networks, signature, port and name.

        Raises:
            OutOfScope: the address, the port or the name is outside, or excluded.
        """
        permitted = self._permitted.get(endpoint)
        if permitted is None:
            permitted = self._check_new_place(endpoint)
            if len(self._permitted) >= _REMEMBERED:
                self._permitted.clear()
            self._permitted[endpoint] = permitted
        return permitted

    def _check_new_place(self, endpoint: Endpoint) -> Endpoint:
        try:
            address = parse_address(endpoint.address)
        except AddressRefused as refused:
            raise OutOfScope(endpoint.authority, NETWORKS, str(refused)) from None
        self._check_address(endpoint.authority, address)
        if endpoint.port not in self._ports:
            raise OutOfScope(endpoint.authority, PORTS, "the port is not one of the scope's ports")
        text = str(address)
        if endpoint.name is not None:
            self._check_pin(endpoint.name, text)
        return endpoint if text == endpoint.address else replace(endpoint, address=text)

    def allows(self, host: str, port: int) -> bool:
        """Whether a place that somebody names could be dialled, time aside. Resolves nothing.

        ``host`` is foreign text: an address in any spelling, IPv6 with or without brackets, or a name.
        A name counts only if it was resolved when the survey began.
        """
        bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
        try:
            if looks_like_address(bare):
                self.check_place(Endpoint(str(parse_address(bare)), port))
                return True
            name = self._check_name(bare)
        except (AddressRefused, OutOfScope):
            return False
        pinned = self._pinned.get(name)
        return pinned is not None and bool(pinned.addresses) and port in self._ports

    def check_span(self, subject: str, span: Span) -> None:
        """Check that every address of a span is inside the scope, excluded or not.

        Raises:
            OutOfScope: part of it, or all of it, is outside, or it is public and the scope unsigned.
        """
        if not self._allowed.covers(span):
            if self._allowed.touches(span):
                says = "is wider than the scope: only a part of it is allowed; name the part you mean"
            else:
                says = "is outside the networks of the scope"
            raise OutOfScope(subject, NETWORKS, says)
        if self._unsigned.touches(span):
            raise OutOfScope(subject, SIGNATURE, _UNSIGNED)

    def resolve(self, name: str) -> Resolution:
        """The addresses of a name that may be dialled; asks the resolver at most once per name.

        A name with no answer gives a resolution with ``resolved`` false, and is not asked again.

        Raises:
            OutOfScope: the name is excluded or not listed (it is not resolved then), or it resolved
                to addresses none of which the scope allows.
        """
        listed = self._check_name(name)
        resolution = self._pinned.get(listed)
        if resolution is None:
            resolution = self._pinned[listed] = self._ask(listed)
            self._permitted.clear()  # what passed under this name before it was pinned is judged again
        if resolution.outside and not resolution.addresses:
            address, why = resolution.outside[0]
            if why == _UNSIGNED:
                raise OutOfScope(listed, SIGNATURE, f"the name stands for {address}, and {why}")
            says = f"the name stands for {address}, and {why}; add its network to scope.networks, or drop it"
            raise OutOfScope(listed, NETWORKS, says)
        return resolution

    def _check_address(self, subject: str, address: Address) -> None:
        place = position(address)
        if place in self._excluded:
            raise OutOfScope(subject, EXCLUDE, "the address is excluded")
        if place not in self._allowed:
            raise OutOfScope(subject, NETWORKS, "the address is outside the networks of the scope")
        if place in self._unsigned:
            raise OutOfScope(subject, SIGNATURE, _UNSIGNED)

    def _ask(self, name: str) -> Resolution:
        try:
            answers = tuple(self._resolver(name))
        except OSError:
            return Resolution(name, (), resolved=False)
        inside: dict[str, None] = {}
        excluded: dict[str, None] = {}
        outside: dict[str, str] = {}
        for answer in answers:
            try:
                inside[self._check_answer(answer)] = None
            except OutOfScope as refused:
                if refused.rule == EXCLUDE:
                    excluded[refused.subject] = None
                else:
                    outside[refused.subject] = refused.says
        return Resolution(
            name, tuple(inside), tuple(excluded), tuple(outside.items()), resolved=bool(answers)
        )

    def _check_answer(self, text: str) -> str:
        try:
            address = parse_address(text)
        except AddressRefused as refused:
            raise OutOfScope(refused.text, NETWORKS, f"that {refused.why}") from None
        self._check_address(str(address), address)
        return str(address)

    def _check_name(self, name: str) -> str:
        try:
            canonical = canonical_name(name)
        except AddressRefused as refused:
            raise OutOfScope(refused.text, NAMES, str(refused)) from None
        if canonical in self._excluded_names:
            raise OutOfScope(canonical, EXCLUDE, "the name is excluded")
        if canonical not in self._names:
            says = "the name is not one of the scope's names; add it to scope.names"
            raise OutOfScope(canonical, NAMES, says)
        return canonical

    def _check_pin(self, name: str, address: str) -> None:
        pinned = self._pinned.get(self._check_name(name))
        if pinned is not None and address not in pinned.addresses:
            says = f"{name} did not stand for this address when the survey began"
            raise OutOfScope(address, NAMES, says)

    def _places(self, excluded_name: str) -> list[int]:
        try:
            places = [position(parse_address(answer)) for answer in self._resolver(excluded_name)]
        except (OSError, AddressRefused):
            places = []
        if not places:
            says = "the excluded name does not resolve, so it cannot be kept out; write its addresses instead"
            raise OutOfScope(excluded_name, EXCLUDE, says)
        return places
