from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st

from dosimeter.inventory.expand import endpoints_for
from dosimeter.inventory.problem import InventoryProblem
from dosimeter.inventory.shuffle import shuffled
from dosimeter.model.scope import Authorisation, Network, Touch
from dosimeter.model.target import Target
from dosimeter.net.gate import ScopeGate

NOW = datetime(2026, 6, 1, tzinfo=UTC)
NETWORKS = st.tuples(st.integers(0, 255), st.integers(26, 32)).map(
    lambda pair: ip_network((0x0A140000 | pair[0] >> 32 - pair[1] << 32 - pair[1], pair[1]))
)
TARGETS = st.tuples(NETWORKS, st.sampled_from([None, 104, 2762])).map(
    lambda pair: Target(str(pair[0]), pair[1])
)


@given(st.lists(TARGETS, max_size=8), st.lists(NETWORKS, max_size=4), st.integers())
def test_the_endpoints_are_what_the_targets_name_without_what_is_excluded(
    targets: list[Target], excluded: list[Network], seed: int
) -> None:
    """Compared with listing every address in a set: the same endpoints, each once, rightly counted."""
    scope = Authorisation(
        authorised_by="Ada",
        role="owner",
        reference="SEC-1",
        legal_basis="own order",
        contact="+33",
        valid_from=NOW,
        valid_until=NOW,
        touch=Touch.PROVE,
        networks=(ip_network("10.20.0.0/24"),),
        exclude_networks=tuple(excluded),
        ports=(104, 2762),
        sha256="0" * 64,
    )
    named = [
        (address, port)
        for target in targets
        for address in ip_network(target.host)
        for port in ([target.port] if target.port else [104, 2762])
    ]
    kept = {pair for pair in named if not any(pair[0] in network for network in excluded)}
    left_out = {address for address, _ in named} - {address for address, _ in kept}
    try:
        expansion = endpoints_for(targets, scope, ScopeGate(scope, lambda: NOW), seed=seed)
    except InventoryProblem:
        assert not kept
        return
    endpoints = list(expansion)
    assert len(endpoints) == expansion.endpoints == len(kept)
    assert {(ip_address(one.address), one.port) for one in endpoints} == kept
    assert expansion.hosts == len(list(groupby(endpoints, key=lambda one: one.address)))
    assert expansion.left_out.excluded_addresses == len(left_out)
    assert expansion.left_out.repeated_mentions == len(named) - len(set(named))


@given(st.integers(0, 3000), st.integers())
def test_a_shuffle_is_a_permutation(size: int, seed: int) -> None:
    """Each number once, whatever size and seed."""
    assert sorted(shuffled(size, seed)) == list(range(size))
