"""From targets to endpoints inside the scope: what will be asked, what was left out, and why.

A target that a person wrote and that reaches beyond the scope is refused, a network that does so only in
part too: whoever wrote it believes more is allowed than is. What a tool wrote down beyond the scope is left
out and counted (adr 0022), and so is what is excluded, and what a file names at ports the scope does not
list.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby
from operator import itemgetter
from typing import Final, NamedTuple

from dosimeter.inventory.problem import InventoryProblem
from dosimeter.inventory.shuffle import shuffled
from dosimeter.inventory.tally import Tally
from dosimeter.model.message import Message, commas, many, say, sentences
from dosimeter.model.scope import Authorisation
from dosimeter.model.survey import HostPlan
from dosimeter.model.target import COMMAND_LINE, Endpoint, Service, Target
from dosimeter.net.address import AddressRefused, canonical_network, looks_like_address, parse_address
from dosimeter.net.gate import EXCLUDE, NAMES, NETWORKS, PORTS, OutOfScope, ScopeGate
from dosimeter.net.ranges import AddressRanges, Span, address_text, position, span_of

MOST_ENDPOINTS: Final = 4_194_304
"""Of one survey: a /10 on one port, or a /12 on the four default ones."""
BY_SCOPE: Final = say("the scope")
"""Who excludes what a survey leaves out, where nobody else does."""
_SHOWN: Final = 5
"""Names a message lists; the rest is counted."""
_LONGEST_SHOWN: Final = 64


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What the targets name and the survey will not ask.

    ``repeated_mentions`` are those of an endpoint that was named before, excluded ones among them: each is
    asked once at most. ``outside`` holds (name, address, reason) for the addresses of a name that the scope
    does not allow.
    ``at_other_ports`` holds (file, endpoints at ports the scope does not list). ``beyond`` holds
    (file, entries of a tool that lie outside the scope), ``wider`` (file, networks of which only a part is
    inside). ``unread`` is what the readers say of records that name no target. ``excluded_by`` says who
    excluded.
    """

    excluded_addresses: int = 0
    excluded_names: tuple[str, ...] = ()
    repeated_mentions: int = 0
    unresolved_names: tuple[str, ...] = ()
    outside: tuple[tuple[str, str, str], ...] = ()
    at_other_ports: tuple[tuple[str, int], ...] = ()
    beyond: tuple[tuple[str, int], ...] = ()
    wider: tuple[tuple[str, int], ...] = ()
    unread: tuple[Message, ...] = ()
    excluded_by: Message = BY_SCOPE

    @property
    def sentences(self) -> tuple[Message, ...]:
        """One sentence for each reason, none where nothing was left out."""
        return (*self.unread, *self._of_files(), *self._of_exclusions(), *self._of_names())

    def _of_files(self) -> Iterator[Message]:
        for file, entries in self.beyond:
            yield many(
                "{number} entry of {file} is outside the scope: left out.",
                "{number} entries of {file} are outside the scope: left out.",
                entries,
                file=file,
            )
        for file, networks in self.wider:
            yield many(
                "{number} network of {file} is wider than the scope: the part outside is left out.",
                "{number} networks of {file} are wider than the scope: the parts outside are left out.",
                networks,
                file=file,
            )
        for file, endpoints in self.at_other_ports:
            yield many(
                "{number} endpoint of {file} is at ports the scope does not list: left out.",
                "{number} endpoints of {file} are at ports the scope does not list: left out.",
                endpoints,
                file=file,
            )

    def _of_exclusions(self) -> Iterator[Message]:
        if self.excluded_addresses:
            yield many(
                "{number} address is excluded by {who}.",
                "{number} addresses are excluded by {who}.",
                self.excluded_addresses,
                who=self.excluded_by,
            )
        if self.excluded_names:
            yield many(
                "{number} name is excluded by {who}: {names}.",
                "{number} names are excluded by {who}: {names}.",
                len(self.excluded_names),
                who=self.excluded_by,
                names=_some(self.excluded_names),
            )
        if self.repeated_mentions:
            yield many(
                "{number} repeated mention of an endpoint: each endpoint is asked once.",
                "{number} repeated mentions of endpoints: each endpoint is asked once.",
                self.repeated_mentions,
            )

    def _of_names(self) -> Iterator[Message]:
        if self.unresolved_names:
            yield many(
                "{number} name does not resolve: {names}.",
                "{number} names do not resolve: {names}.",
                len(self.unresolved_names),
                names=_some(self.unresolved_names),
            )
        for name, address, why in self.outside[:_SHOWN]:
            yield say(
                "{name} also stands for {address}, which is not asked: {why}.",
                name=name,
                address=address,
                why=why,
            )


class _Door(NamedTuple):
    """A port to knock at. ``explicit`` where the inventory itself named the service."""

    port: int
    service: Service
    explicit: bool
    name: str | None


_Doors = tuple[_Door, ...]


class _Stretch(NamedTuple):
    """Neighbouring addresses that are asked at the same ports."""

    first: int
    last: int
    doors: _Doors


@dataclass(frozen=True, slots=True)
class Expansion:
    """The endpoints of a survey, made one at a time; iterate it as often as needed.

    Addresses come in an order the seed decides, so that neighbours are not asked together; the
    endpoints of one address stay together.
    """

    hosts: int
    endpoints: int
    left_out: LeftOut
    seed: int
    _stretches: tuple[_Stretch, ...]

    def __iter__(self) -> Iterator[Endpoint]:
        for plan in self.plans():
            yield from plan.endpoints

    def plans(self) -> Iterator[HostPlan]:
        """The same, one host at a time."""
        ends = list(accumulate(stretch.last - stretch.first + 1 for stretch in self._stretches))
        for index in shuffled(self.hosts, self.seed):
            at = bisect_right(ends, index)
            stretch = self._stretches[at]
            address = address_text(stretch.last - (ends[at] - 1 - index))
            doors = stretch.doors
            yield HostPlan(
                address, tuple([Endpoint(address, door.port, door.service, door.name) for door in doors])
            )


def endpoints_for(
    targets: Iterable[Target] | None,
    authorisation: Authorisation,
    gate: ScopeGate,
    *,
    seed: int = 0,
    excluded_by: Message = BY_SCOPE,
    read: Sequence[Tally] = (),
) -> Expansion:
    """What will be asked: targets x ports, inside the scope, each endpoint once.

    A target without a port is asked at every port of the scope. A port's service is the one the
    inventory names with it, else DICOM_TLS or WEB if the scope lists the port as such, else DICOM.
    None for ``targets`` means all the scope allows. Nothing is contacted, but names of the scope are
    resolved by the gate. ``excluded_by`` says, for sentences alone, who excluded what the gate excludes;
    ``read`` is what the readers of the targets left out, counted while the targets are read.

    Raises:
        OutOfScope: a target that no tool wrote is outside the scope in whole or in part; the message
            names both.
        InventoryProblem: nothing is left to ask, or more than 4,194,304 endpoints.
    """
    claims = _Claims(authorisation, gate)
    for target in _whole_scope(authorisation) if targets is None else targets:
        claims.add(target)
    stretches, repeated = _merge(claims)
    open_stretches: list[_Stretch] = []
    for first, last, doors in stretches:
        open_stretches += (_Stretch(*span, doors) for span in gate.excluded.gaps((first, last)))
    hosts = _addresses(open_stretches)
    left_out = LeftOut(
        excluded_addresses=_addresses(stretches) - hosts + len(claims.excluded_answers),
        excluded_names=tuple(claims.excluded_names),
        repeated_mentions=repeated,
        unresolved_names=tuple(claims.unresolved),
        outside=tuple(claims.outside),
        at_other_ports=tuple(claims.at_other_ports.items()),
        beyond=tuple(claims.beyond.items()),
        wider=tuple(claims.wider.items()),
        unread=tuple([sentence for tally in read for sentence in tally.sentences]),
        excluded_by=excluded_by,
    )
    endpoints = sum((last - first + 1) * len(doors) for first, last, doors in open_stretches)
    if endpoints > MOST_ENDPOINTS:
        says = (
            f"{endpoints:,} endpoints are more than one survey can hold ({MOST_ENDPOINTS:,}); "
            "name fewer targets, or fewer ports in the scope"
        )
        raise InventoryProblem("targets", None, says)
    if not endpoints:
        why = say("nothing is left to ask; name a target that is not left out.")
        raise InventoryProblem("targets", None, sentences([why, *left_out.sentences]))
    return Expansion(hosts, endpoints, left_out, seed, tuple(open_stretches))


class _Claims:
    """The spans of addresses the targets name, in one list for each set of doors they are asked at."""

    def __init__(self, authorisation: Authorisation, gate: ScopeGate) -> None:
        self._scope = authorisation
        self._gate = gate
        self._numbers: dict[_Doors, int] = {}
        self._known: dict[tuple[int | None, Service | None, str | None], int] = {}
        self._kept = 0
        self.spans: list[list[Span]] = []
        self.excluded_names: dict[str, None] = {}
        self.excluded_answers: set[str] = set()
        self.unresolved: dict[str, None] = {}
        self.outside: dict[tuple[str, str, str], None] = {}
        self.at_other_ports: Counter[str] = Counter()
        self.beyond: Counter[str] = Counter()
        self.wider: Counter[str] = Counter()

    @property
    def doors(self) -> Sequence[_Doors]:
        """The different sets of doors, in the order of ``spans``."""
        return tuple(self._numbers)

    def add(self, target: Target) -> None:
        """Check one target against the scope and keep its spans."""
        if target.source == COMMAND_LINE and not self._allows_port(target):
            says = f"port {target.port} is not one of the scope's ports; add it there, or leave it out"
            raise OutOfScope(_subject(target), PORTS, says)
        if "/" in target.host or looks_like_address(target.host):
            self._add_network(target)
        else:
            self._add_name(target)

    def _add_network(self, target: Target) -> None:
        try:
            span = _span(target.host)
            if target.scanned and not self._gate.allowed.covers(span):
                self._add_part(span, target)
                return
            self._gate.check_span(target.host, span)
        except AddressRefused as refused:
            raise OutOfScope(_subject(target), NETWORKS, str(refused)) from None
        except OutOfScope as refused:
            raise OutOfScope(_subject(target), refused.rule, refused.says) from None
        self._keep(span, target, None)

    def _add_part(self, span: Span, target: Target) -> None:
        """What is inside of something that a tool wrote and that is not."""
        inside = list(AddressRanges(self._gate.allowed.gaps(span)).gaps(span))
        (self.wider if inside else self.beyond)[_file(target)] += 1
        for part in inside:
            self._gate.check_span(target.host, part)
            self._keep(part, target, None)

    def _add_name(self, target: Target) -> None:
        try:
            answer = self._gate.resolve(target.host)
        except OutOfScope as refused:
            if refused.rule == EXCLUDE:
                self.excluded_names[refused.subject] = None
            elif target.scanned and refused.rule in (NAMES, NETWORKS):
                self.beyond[_file(target)] += 1
            else:
                raise OutOfScope(_subject(target), refused.rule, refused.says) from None
            return
        if not answer.resolved:
            self.unresolved[answer.name] = None
        self.excluded_answers.update(answer.excluded)
        self.outside |= {(answer.name, address, why): None for address, why in answer.outside}
        for address in answer.addresses:
            self._keep(_span(address), target, answer.name)

    def _keep(self, span: Span, target: Target, name: str | None) -> None:
        if not self._allows_port(target):
            self.at_other_ports[_file(target)] += span[1] - span[0] + 1
            return
        if self._kept >= MOST_ENDPOINTS:
            says = (
                f"more than {MOST_ENDPOINTS:,} targets are more than one survey can hold; split the inventory"
            )
            raise InventoryProblem("targets", None, says)
        self._kept += 1
        self.spans[self._number(target, name)].append(span)

    def _allows_port(self, target: Target) -> bool:
        return target.port is None or target.port in self._scope.ports

    def _number(self, target: Target, name: str | None) -> int:
        """Of the set of doors; most targets of an inventory are asked at the same."""
        key = target.port, target.service, name
        number = self._known.get(key)
        if number is None:
            number = self._numbers.setdefault(self._doors_of(target, name), len(self.spans))
            self._known[key] = number
            if number == len(self.spans):
                self.spans.append([])
        return number

    def _doors_of(self, target: Target, name: str | None) -> _Doors:
        explicit = target.service is not None and target.port is not None
        ports = self._scope.ports if target.port is None else (target.port,)
        return tuple(
            _Door(
                port,
                target.service if explicit and target.service else self._scope.service_of(port),
                explicit,
                name,
            )
            for port in ports
        )


def _merge(claims: _Claims) -> tuple[list[_Stretch], int]:
    """Disjoint stretches in order of address, and how many mentions of endpoints are not the first."""
    edges: list[tuple[int, int, bool]] = []
    named = 0
    doors = claims.doors
    for number, spans in enumerate(claims.spans):
        named += sum([last - first + 1 for first, last in spans]) * len(doors[number])
        for first, last in AddressRanges(spans):
            edges += ((first, number, True), (last + 1, number, False))
    edges.sort()
    known: dict[frozenset[int], _Doors] = {}
    active: set[int] = set()
    stretches: list[_Stretch] = []
    begun = 0
    for place, here in groupby(edges, key=itemgetter(0)):
        if active:
            numbers = frozenset(active)
            if numbers not in known:
                known[numbers] = _join(doors[number] for number in sorted(numbers))
            stretches.append(_Stretch(begun, place - 1, known[numbers]))
        for _, number, begins in here:  # Of one number the end comes first.
            (active.add if begins else active.discard)(number)
        begun = place
    return stretches, named - sum((last - first + 1) * len(both) for first, last, both in stretches)


def _join(sets: Iterable[_Doors]) -> _Doors:
    """One door a port: a service that was named beats one that was inferred, then the first comes first."""
    chosen: dict[int, _Door] = {}
    for doors in sets:
        for door in doors:
            old = chosen.get(door.port)
            if old is None:
                chosen[door.port] = door
                continue
            first = door if door.explicit and not old.explicit else old
            chosen[door.port] = first._replace(name=old.name or door.name)
    return tuple(chosen[port] for port in sorted(chosen))


def _span(host: str) -> Span:
    if "/" in host:
        return span_of(canonical_network(host))
    place = position(parse_address(host))
    return place, place


def _addresses(stretches: Iterable[_Stretch]) -> int:
    return sum(last - first + 1 for first, last, _ in stretches)


def _whole_scope(authorisation: Authorisation) -> Iterator[Target]:
    for network in authorisation.networks:
        yield Target(str(network), source="scope.networks")
    for name in authorisation.names:
        yield Target(name, source="scope.names")


def _subject(target: Target) -> str:
    host = ascii(target.host[:_LONGEST_SHOWN])[1:-1]
    port = "" if target.port is None else f" port {target.port}"
    return f"{target.source}: {host}{port}"


def _file(target: Target) -> str:
    return target.source.rpartition(":")[0]


def _some(names: Sequence[str]) -> Message:
    rest = len(names) - _SHOWN
    shown = commas(names[:_SHOWN])
    return say("{names} and {rest} more", names=shown, rest=rest) if rest > 0 else shown
