"""Sets of addresses as sorted, disjoint ranges of integers: one bisection answers a question."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv6Address
from socket import inet_ntoa
from typing import Final

from dosimeter.model.scope import Network
from dosimeter.net.address import Address

_IPV4_BASE: Final = 1 << 128
"""IPv4 lies above all of IPv6 on the line, so no IPv6 network can ever hold an IPv4 address."""

Span = tuple[int, int]
"""First and last position, both included."""


def position(address: Address) -> int:
    """Where an address stands on the one line that holds both families."""
    number = int(address)
    return number + _IPV4_BASE if address.version == 4 else number  # noqa: PLR2004 - IP version


def address_at(place: int) -> Address:
    """The address that stands at this position."""
    return IPv4Address(place - _IPV4_BASE) if place >= _IPV4_BASE else IPv6Address(place)


def address_text(place: int) -> str:
    """The RFC 5952 text of the address at this position."""
    if place >= _IPV4_BASE:  # The same as below, in a quarter of the time.
        return inet_ntoa((place - _IPV4_BASE).to_bytes(4, "big"))
    return str(address_at(place))


def span_of(network: Network) -> Span:
    """The positions a network covers."""
    first = position(network.network_address)
    return first, first + network.num_addresses - 1


class AddressRanges:
    """An immutable set of addresses."""

    __slots__ = ("_firsts", "_lasts")

    def __init__(self, spans: Iterable[Span]) -> None:
        """Merge spans that overlap or touch."""
        firsts: list[int] = []
        lasts: list[int] = []
        for first, last in sorted(spans):
            if lasts and first <= lasts[-1] + 1 and first != _IPV4_BASE:
                lasts[-1] = max(lasts[-1], last)
            else:
                firsts.append(first)
                lasts.append(last)
        self._firsts = firsts
        self._lasts = lasts

    @classmethod
    def of(cls, networks: Iterable[Network]) -> AddressRanges:
        """The addresses of these networks."""
        return cls(map(span_of, networks))

    def __contains__(self, place: int) -> bool:
        """Whether the address at this position is in the set."""
        index = bisect_right(self._firsts, place) - 1
        return index >= 0 and place <= self._lasts[index]

    def __iter__(self) -> Iterator[Span]:
        """The disjoint spans, in order."""
        return zip(self._firsts, self._lasts, strict=True)

    def __len__(self) -> int:
        """How many disjoint spans there are."""
        return len(self._firsts)

    @property
    def addresses(self) -> int:
        """How many addresses the set holds."""
        return sum(last - first + 1 for first, last in self)

    def covers(self, span: Span) -> bool:
        """Whether every address of the span is in the set."""
        index = bisect_right(self._firsts, span[0]) - 1
        return index >= 0 and span[1] <= self._lasts[index]

    def touches(self, span: Span) -> bool:
        """Whether some address of the span is in the set."""
        index = bisect_right(self._firsts, span[1]) - 1
        return index >= 0 and span[0] <= self._lasts[index]

    def gaps(self, span: Span) -> Iterator[Span]:
        """The parts of the span that are not in the set, in order."""
        first, last = span
        index = max(bisect_right(self._firsts, first) - 1, 0)
        while first <= last and index < len(self._firsts) and self._firsts[index] <= last:
            if self._firsts[index] > first:
                yield first, self._firsts[index] - 1
            first = max(first, self._lasts[index] + 1)
            index += 1
        if first <= last:
            yield first, last
