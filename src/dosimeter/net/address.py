"""One spelling for every address, network and host name, and how far each reaches.

A gate that compares spellings can be walked around: ``::ffff:10.0.0.1`` and ``10.0.0.1`` are one
machine. So every spelling is canonicalised here before anything else looks at it, and a spelling
that different programs read differently is refused.

The tables are written out because ``ipaddress.is_global`` and its sisters change between versions
of Python.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from socket import AF_INET, inet_pton
from typing import Final

from dosimeter.model.scope import Network

Address = IPv4Address | IPv6Address

MAX_ADDRESS_TEXT: Final = 64
"""Characters: the longest spelling of an IPv6 address has 45, a prefix length adds 4."""
MAX_NAME: Final = 253
"""Characters of a host name (RFC 1035 §2.3.4, without the root label)."""

_MAPPED: Final = IPv6Network("::ffff:0:0/96")
_COMPATIBLE: Final = IPv6Network("::/96")
_NAT64: Final = IPv6Network("64:ff9b::/96")
_WRAPPED: Final = (_MAPPED, _COMPATIBLE, _NAT64)
_IPV4_BITS: Final = 0xFFFFFFFF
_LOOPBACK_V6: Final = IPv6Address("::1")
_UNSPECIFIED_V6: Final = IPv6Address("::")

_LOOPBACK: Final[tuple[Network, ...]] = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))
_PRIVATE: Final[tuple[Network, ...]] = (
    IPv4Network("10.0.0.0/8"),  # RFC 1918
    IPv4Network("172.16.0.0/12"),  # RFC 1918
    IPv4Network("192.168.0.0/16"),  # RFC 1918
    IPv4Network("100.64.0.0/10"),  # RFC 6598, carrier-grade NAT
    IPv4Network("169.254.0.0/16"),  # RFC 3927, link-local
    IPv6Network("fc00::/7"),  # RFC 4193, unique local
    IPv6Network("fe80::/10"),  # RFC 4291, link-local
    IPv6Network("fec0::/10"),  # RFC 3879, site-local, deprecated
)

_NOT_A_HOST: Final[tuple[tuple[Network, str], ...]] = (
    (IPv4Network("0.0.0.0/8"), 'means "this host" and names no machine'),
    (IPv4Network("224.0.0.0/4"), "is multicast: it names many machines"),
    (IPv4Network("240.0.0.0/4"), "is reserved or broadcast: it names no single machine"),
    (IPv6Network("::/128"), 'means "this host" and names no machine'),
    (IPv6Network("ff00::/8"), "is multicast: it names many machines"),
)
_NOT_A_HOST_SPANS: Final = {
    version: tuple(
        (int(network.network_address), int(network.broadcast_address), why)
        for network, why in _NOT_A_HOST
        if network.version == version
    )
    for version in (4, 6)
}
"""The same as plain numbers: this is asked before every connect."""
_AMBIGUOUS_V6: Final[tuple[tuple[IPv6Network, str], ...]] = (
    # 6to4 and Teredo embed the address of a router or relay, not of the host that answers, so
    # unwrapping them would check a machine that is not the one dialled.
    (IPv6Network("2002::/16"), "is a 6to4 tunnel address: what answers is not the IPv4 address inside it"),
    (IPv6Network("2001::/32"), "is a Teredo tunnel address: what answers is behind somebody's NAT"),
    # RFC 8215 leaves the place of the embedded IPv4 address to the local operator.
    (IPv6Network("64:ff9b:1::/48"), "is a local NAT64 address: only its network knows which IPv4 it means"),
    (IPv6Network("::ffff:0:0:0/96"), "is an IPv4-translated address (RFC 2765), long withdrawn"),
)
_ISATAP: Final = frozenset({0x00005EFE, 0x02005EFE})
"""Interface identifiers of ISATAP (RFC 5214 §6.1): the last 32 bits are a tunnel's IPv4 address."""

_NUMERIC_LABEL: Final = re.compile(r"(?:[0-9]+|0[xX][0-9a-fA-F]*)\Z")
_DOTTED_QUAD: Final = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}\Z")
_NAME_LABEL: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\Z")
_PREFIX_LENGTH: Final = re.compile(r"(?:0|[1-9][0-9]{0,2})\Z")


class AddressRefused(ValueError):
    """A spelling that is not one clear address, network or name. ``why`` is a sentence."""

    def __init__(self, text: str, why: str) -> None:
        """Keep a printable, shortened form of the text."""
        self.text = ascii(text[:MAX_ADDRESS_TEXT])[1:-1]
        self.why = why
        super().__init__(f"{self.text} {why}")


class Reach(Enum):
    """How far an address reaches. What is in no table is public: the careful answer."""

    LOOPBACK = "loopback"
    PRIVATE = "private"
    PUBLIC = "public"


@lru_cache(maxsize=1024)
def parse_address(text: str) -> Address:
    """The one address a spelling means, disguises taken off.

    Unwrapped: IPv4-mapped (RFC 4291 §2.5.5.2), IPv4-compatible (§2.5.5.1) and well-known NAT64
    (RFC 6052 §2.1), which all mean exactly one IPv4 host. Refused: zone identifiers, octal, hex,
    short and integer IPv4, 6to4, Teredo, ISATAP, local NAT64, IPv4-translated, unspecified,
    multicast, reserved and broadcast.

    The last ones are remembered: whoever reads a list of targets asks, and then whoever checks them.

    Raises:
        AddressRefused: the text is none of the above or is not an address.
    """
    address = _parse_v6(text) if ":" in text else _parse_v4(text)
    number = int(address)
    for first, last, why in _NOT_A_HOST_SPANS[address.version]:
        if first <= number <= last:
            raise AddressRefused(text, why)
    return address


def canonical_address(text: str) -> str:
    """The RFC 5952 text of :func:`parse_address`.

    Raises:
        AddressRefused: as :func:`parse_address`.
    """
    address = parse_address(text)
    return str(address) if ":" in text else text  # There is one spelling of an IPv4 address that is parsed.


_RANGE: Final = re.compile(r"[0-9.]+\s*-\s*[0-9.]+\Z|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*\s*-\s*[0-9a-fA-F:.]+\Z")
"""Two addresses, or the last numbers of one, with a hyphen between them."""


def canonical_network(text: str) -> Network:
    """A network in CIDR notation, or a single address as a network of one.

    Raises:
        AddressRefused: host bits are set, the prefix length is not a plain number, or the network
            touches a range whose addresses :func:`parse_address` refuses or unwraps.
    """
    base, slash, length = text.partition("/")
    if not slash and _RANGE.match(text):
        raise AddressRefused(text, "is a range; write networks in CIDR notation, as in 10.20.0.0/16")
    if not slash:
        return ip_network(parse_address(text))
    if "%" in text:
        raise AddressRefused(text, _ZONE)
    if not _PREFIX_LENGTH.match(length) or len(text) > MAX_ADDRESS_TEXT:
        raise AddressRefused(text, "needs a prefix length after the slash, as in 10.20.0.0/16")
    if ":" not in base and not _DOTTED_QUAD.match(base):
        raise AddressRefused(text, "is not a network in CIDR notation, as in 10.20.0.0/16")
    try:
        proper = ip_network(text, strict=False)
    except ValueError:
        raise AddressRefused(text, "is not a network in CIDR notation, as in 10.20.0.0/16") from None
    if str(proper.network_address) != str(ip_network(base).network_address):
        why = f"has host bits set: it names one host and means {proper}; write {proper} or {base}"
        raise AddressRefused(text, why)
    _refuse_special(text, proper)
    return proper


def canonical_name(text: str) -> str:
    """A host name in lower-case ASCII, without the final dot, international names as punycode.

    Raises:
        AddressRefused: not a host name (RFC 1123 §2.1; an underscore is let through, as DNS does),
            or a number in disguise, such as full-width digits.
    """
    bare = text.rstrip(".") if text.endswith(".") and not text.endswith("..") else text
    if not bare or len(bare) > MAX_NAME:
        raise AddressRefused(text, "is not a host name: it is empty or longer than 253 characters")
    try:
        name = bare.lower() if bare.isascii() else bare.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise AddressRefused(text, "is not a host name: it cannot be written in IDNA") from None
    if len(name) > MAX_NAME or not all(map(_NAME_LABEL.match, name.split("."))):
        raise AddressRefused(text, "is not an address, a network or a host name")
    if looks_like_address(name):
        raise AddressRefused(text, _AMBIGUOUS_V4)
    return name


def looks_like_address(text: str) -> bool:
    """Whether some program would read this as a number: it has a colon or ends in a numeric label."""
    last = text.removesuffix(".").rpartition(".")[2]
    return ":" in text or _NUMERIC_LABEL.match(last) is not None


def reach(address: Address) -> Reach:
    """How far an address reaches; the address must be free of disguises."""
    return network_reach(ip_network(address))


def network_reach(network: Network) -> Reach:
    """How far a network reaches: public unless one private or loopback range holds all of it."""
    if any(_holds(table, network) for table in _LOOPBACK):
        return Reach.LOOPBACK
    if any(_holds(table, network) for table in _PRIVATE):
        return Reach.PRIVATE
    return Reach.PUBLIC


def is_public(address: str) -> bool:
    """Whether asking this address needs a signed scope.

    Raises:
        AddressRefused: as :func:`parse_address`.
    """
    return reach(parse_address(address)) is Reach.PUBLIC


_ZONE: Final = "carries a zone, which differs from machine to machine; leave out the % and what follows"
_AMBIGUOUS_V4: Final = (
    "is a number that programs read in different ways (octal, hexadecimal, short or integer form); "
    "write the address as four decimal numbers, as in 10.20.0.5"
)


def _parse_v4(text: str) -> IPv4Address:
    if _DOTTED_QUAD.match(text) and text.isascii():
        try:
            return IPv4Address(
                inet_pton(AF_INET, text)
            )  # As strict as IPv4Address(text), in a third of the time.
        except OSError:
            if any(len(part) > 1 and part[0] == "0" for part in text.split(".")):
                raise AddressRefused(text, _AMBIGUOUS_V4) from None
            raise AddressRefused(text, "is not an IPv4 address: each number goes up to 255") from None
    if len(text) <= MAX_ADDRESS_TEXT and text.isascii() and looks_like_address(text):
        raise AddressRefused(text, _AMBIGUOUS_V4)
    raise AddressRefused(text, "is not an IP address")


def _parse_v6(text: str) -> Address:
    if "%" in text:
        raise AddressRefused(text, _ZONE)
    if len(text) > MAX_ADDRESS_TEXT:
        raise AddressRefused(text, "is not an IPv6 address: it is too long")
    try:
        address = IPv6Address(text)
    except ValueError:
        raise AddressRefused(text, "is not an IPv6 address") from None
    if address in (_LOOPBACK_V6, _UNSPECIFIED_V6):
        return address
    for network in _WRAPPED:
        if address in network:
            return IPv4Address(int(address) & _IPV4_BITS)
    for network, why in _AMBIGUOUS_V6:
        if address in network:
            raise AddressRefused(text, why)
    if (int(address) >> 32) & _IPV4_BITS in _ISATAP:
        raise AddressRefused(text, "is an ISATAP tunnel address: what answers is an IPv4 host inside it")
    return address


def _refuse_special(text: str, network: Network) -> None:
    """Refuse a network in which some address is refused or means another address."""
    if network.prefixlen == 0:
        raise AddressRefused(text, "is the whole internet; name each network that is meant")
    for special, why in _NOT_A_HOST:
        if network == special or _overlap(special, network):
            raise AddressRefused(text, f"touches {special}, which {why}")
    if isinstance(network, IPv4Network):
        return
    if network == _LOOPBACK[1]:
        return
    for wrapped in _WRAPPED:
        if network.overlaps(wrapped):
            raise AddressRefused(text, "is a disguise of IPv4 addresses; write the IPv4 network itself")
    for ambiguous, why in _AMBIGUOUS_V6:
        if network.overlaps(ambiguous):
            raise AddressRefused(text, f"touches {ambiguous}, whose every address {why}")


def _holds(outer: Network, inner: Network) -> bool:
    if isinstance(outer, IPv4Network):
        return isinstance(inner, IPv4Network) and inner.subnet_of(outer)
    return isinstance(inner, IPv6Network) and inner.subnet_of(outer)


def _overlap(one: Network, other: Network) -> bool:
    return one.version == other.version and one.overlaps(other)
