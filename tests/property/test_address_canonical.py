from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_network

from hypothesis import given
from hypothesis import strategies as st

from dosimeter.model.scope import Network
from dosimeter.net.address import (
    AddressRefused,
    canonical_address,
    canonical_name,
    canonical_network,
    looks_like_address,
    parse_address,
)
from dosimeter.net.ranges import AddressRanges, address_at, position, span_of

ADDRESSES = st.one_of(
    st.integers(0, 2**32 - 1).map(IPv4Address),
    st.integers(0, 2**128 - 1).map(IPv6Address),
)
NETWORKS = st.one_of(
    st.tuples(st.integers(0, 2**32 - 1), st.integers(20, 32)).map(
        lambda pair: ip_network((pair[0] >> 32 - pair[1] << 32 - pair[1], pair[1]))
    ),
    st.tuples(st.integers(2**127, 2**127 + 2**16), st.integers(112, 128)).map(
        lambda pair: ip_network((pair[0] >> 128 - pair[1] << 128 - pair[1], pair[1]))
    ),
)
NEAR_ADDRESSES = st.text("0123456789abcdefxX.:%/[] \n\0\u3002\uff11", max_size=40)


def attempt(canonical: Callable[[str], str], text: str) -> tuple[str | None, str]:
    """The canonical spelling, or the sentence that refuses it."""
    try:
        return canonical(text), ""
    except AddressRefused as refused:
        return None, str(refused)


@given(st.one_of(st.text(max_size=80), NEAR_ADDRESSES))
def test_any_text_is_one_stable_spelling_or_a_printable_refusal(text: str) -> None:
    """No text raises anything else, and a canonical spelling is its own canonical spelling."""
    for canonical in (canonical_address, canonical_name, lambda one: str(canonical_network(one))):
        once, refusal = attempt(canonical, text)
        assert refusal.isprintable()
        if once is not None:
            assert canonical(once) == once
            assert once.isascii()


@given(st.one_of(st.text(max_size=40), NEAR_ADDRESSES))
def test_no_text_is_both_an_address_and_a_name(text: str) -> None:
    """What a resolver could read as a number is never let through as a name."""
    try:
        name = canonical_name(text)
    except AddressRefused:
        return
    assert not looks_like_address(name)


@given(ADDRESSES)
def test_every_spelling_the_standard_library_writes_means_the_same(
    address: IPv4Address | IPv6Address,
) -> None:
    """Compressed, exploded and mapped spellings agree, or are refused together."""
    spellings = {str(address), address.exploded, str(address).upper()}
    if isinstance(address, IPv4Address):
        spellings |= {f"::ffff:{address}", f"64:ff9b::{address}"}
    meant = set()
    for spelling in spellings:
        try:
            meant.add(parse_address(spelling))
        except AddressRefused:
            meant.add(None)
    assert len(meant) == 1


@given(st.lists(NETWORKS, max_size=12), st.lists(NETWORKS, max_size=4), ADDRESSES)
def test_ranges_answer_as_a_list_of_networks_would(
    networks: list[Network], questions: list[Network], address: IPv4Address | IPv6Address
) -> None:
    """Membership, cover, touch and gaps agree with asking every network in turn."""
    ranges = AddressRanges.of(networks)

    def inside(place: int) -> bool:
        return any(first <= place <= last for first, last in map(span_of, networks))

    assert (position(address) in ranges) == inside(position(address))
    assert address_at(position(address)) == address
    for question in questions:
        span = span_of(question)
        edges = [span[0], span[1]]
        edges += [edge for one in networks for edge in span_of(one) if span[0] <= edge <= span[1]]
        edges += [edge + step for edge in edges for step in (-1, 1) if span[0] <= edge + step <= span[1]]
        gaps = list(ranges.gaps(span))
        assert ranges.covers(span) == all(map(inside, edges)) == (not gaps)
        assert ranges.touches(span) == any(map(inside, edges))
        for edge in edges:
            assert inside(edge) != any(first <= edge <= last for first, last in gaps)
