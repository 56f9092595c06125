from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from itertools import groupby, islice, pairwise

import pytest

from dosimeter.inventory.entry import parse_target
from dosimeter.inventory.expand import MOST_ENDPOINTS, Expansion, endpoints_for
from dosimeter.inventory.problem import InventoryProblem
from dosimeter.inventory.shuffle import shuffled
from dosimeter.inventory.tally import Tally, Why
from dosimeter.model.message import say
from dosimeter.model.scope import Authorisation, Touch
from dosimeter.model.target import Endpoint, Service, Target
from dosimeter.net.gate import OutOfScope, ScopeGate
from dosimeter.report.language import language_of

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)

SCOPE = Authorisation(
    authorised_by="Ada",
    role="owner",
    reference="SEC-1",
    legal_basis="own order",
    contact="+33",
    valid_from=datetime(2026, 1, 1, tzinfo=UTC),
    valid_until=datetime(2026, 12, 31, tzinfo=UTC),
    touch=Touch.PROVE,
    networks=(ip_network("10.20.0.0/16"), ip_network("fd00::/64")),
    names=("pacs.example", "lost.example", "far.example", "two.example"),
    exclude_networks=(ip_network("10.20.9.0/24"),),
    ports=(104, 2762, 8042),
    tls_ports=(2762,),
    web_ports=(8042,),
    sha256="0" * 64,
)

DNS = {
    "pacs.example": ["10.20.1.1"],
    "far.example": ["10.99.0.1"],
    "two.example": ["10.20.1.2", "10.20.9.2", "10.99.0.2"],
    "icu.example": ["10.20.1.3"],
}


def answer(name: str) -> list[str]:
    if name not in DNS:
        raise OSError(name)
    return DNS[name]


def expand(*texts: str, scope: Authorisation = SCOPE, seed: int = 0) -> Expansion:
    return of_targets(map(parse_target, texts), scope, seed)


def of_targets(targets: Iterable[Target] | None, scope: Authorisation = SCOPE, seed: int = 0) -> Expansion:
    return endpoints_for(targets, scope, ScopeGate(scope, lambda: NOW, answer), seed=seed)


def test_a_target_without_a_port_is_asked_at_every_port_of_the_scope() -> None:
    """The service follows the scope's lists: TLS, web, else DICOM."""
    expansion = expand("10.20.1.5")
    assert list(expansion) == [
        Endpoint("10.20.1.5", 104, Service.DICOM),
        Endpoint("10.20.1.5", 2762, Service.DICOM_TLS),
        Endpoint("10.20.1.5", 8042, Service.WEB),
    ]
    assert (expansion.hosts, expansion.endpoints) == (1, 3)
    assert expansion.left_out.sentences == ()


def test_a_target_with_a_port_is_asked_there_alone() -> None:
    """The port of the inventory replaces the scope's list, and its service is the scope's."""
    assert list(expand("10.20.1.5:2762")) == [Endpoint("10.20.1.5", 2762, Service.DICOM_TLS)]
    assert list(expand("[fd00::1]:104")) == [Endpoint("fd00::1", 104, Service.DICOM)]


def test_a_service_that_the_inventory_names_wins() -> None:
    """Whatever the order, and over what the scope's lists would say."""
    seen = Target("10.20.1.5", 8042, Service.DICOM_TLS)
    for targets in ([seen, Target("10.20.1.5")], [Target("10.20.1.5"), seen]):
        assert [endpoint.service for endpoint in of_targets(targets)] == [
            Service.DICOM,
            Service.DICOM_TLS,
            Service.DICOM_TLS,
        ]


def test_a_port_outside_the_scope_that_somebody_typed_is_refused() -> None:
    """Whoever types a port means it; nobody can add one to the scope."""
    with pytest.raises(OutOfScope) as refused:
        expand("10.20.1.5:4242")
    assert refused.value.rule == "scope.ports"
    assert "command line: 10.20.1.5 port 4242" in str(refused.value)


def test_ports_of_a_file_that_the_scope_does_not_list_are_left_out_and_counted() -> None:
    """A scanner writes down every port it found: one note a file counts them, the rest is asked."""
    scan = [Target("10.20.1.5", port, source=f"scan.xml:{port}") for port in (22, 80, 104, 445, 2762)]
    table = [Target("10.20.2.0/30", 80, source="a:b.csv:7"), Target("pacs.example", 104, source="a:b.csv:8")]
    expansion = of_targets([*scan, *table])
    assert [
        (one.address, one.port) for one in sorted(expansion, key=lambda one: (one.address, one.port))
    ] == [
        ("10.20.1.1", 104),
        ("10.20.1.5", 104),
        ("10.20.1.5", 2762),
    ]
    assert expansion.left_out.sentences == (
        "3 endpoints of scan.xml are at ports the scope does not list: left out.",
        "4 endpoints of a:b.csv are at ports the scope does not list: left out.",
    )


def test_an_address_of_a_list_outside_the_scope_is_refused_at_whatever_port() -> None:
    """Ports are forgiven, places are not: whoever wrote the list believes that more is allowed than is."""
    for host in ("10.99.0.1", "10.20.0.0/15", "other.example"):
        with pytest.raises(OutOfScope, match="scan"):
            of_targets([Target("10.20.1.5", 104, source="scan:1"), Target(host, 80, source="scan:2")])


def test_what_a_tool_wrote_down_beyond_the_scope_is_left_out_and_counted() -> None:
    """Addresses, networks and names outside; of a network that is partly inside, that part is asked."""
    scan = [
        Target("10.20.1.5", 104, source="scan:1", scanned=True),
        Target("10.99.0.1", 104, source="scan:2", scanned=True),
        Target("10.99.0.0/24", source="scan:3", scanned=True),
        Target("other.example", 104, source="scan:4", scanned=True),
        Target("far.example", 104, source="scan:5", scanned=True),
        Target("192.0.2.1", 104, source="shodan.json.gz:1", scanned=True),
        Target("10.20.1.5", 80, source="shodan.json.gz:2", scanned=True),
        Target("10.20.9.5", 104, source="shodan.json.gz:3", scanned=True),
        Target("10.0.0.0/8", 104, source="wide.csv:2", scanned=True),
    ]
    narrow = replace(SCOPE, networks=(ip_network("10.20.1.4/31"), ip_network("10.20.9.0/24")))
    expansion = of_targets(scan, narrow)
    assert sorted((one.address, one.port) for one in expansion) == [("10.20.1.4", 104), ("10.20.1.5", 104)]
    assert expansion.left_out.sentences == (
        "4 entries of scan are outside the scope: left out.",
        "1 entry of shodan.json.gz is outside the scope: left out.",
        "1 network of wide.csv is wider than the scope: the part outside is left out.",
        "1 endpoint of shodan.json.gz is at ports the scope does not list: left out.",
        "256 addresses are excluded by the scope.",
        "2 repeated mentions of endpoints: each endpoint is asked once.",
    )


def test_an_unsigned_public_network_is_refused_whoever_names_it() -> None:
    """That is a fault of the scope, and no count in a note would say so."""
    public = replace(SCOPE, networks=(ip_network("192.0.2.0/25"),))
    for host in ("192.0.2.1", "192.0.2.0/24"):
        with pytest.raises(OutOfScope, match="rule signature"):
            of_targets([Target(host, 104, source="scan:1", scanned=True)], public)


def test_what_the_readers_left_out_is_said_first_and_when_nothing_is_left() -> None:
    """The tallies are asked after the targets were read."""
    tally = Tally("scan")

    def reading() -> Iterator[Target]:
        for line in (1, 2):
            tally.leave_out(Why.NOT_TCP, line)
        yield Target("10.99.0.1", 104, source="scan:3", scanned=True)

    gate = ScopeGate(SCOPE, lambda: NOW, answer)
    says = (
        r"nothing is left to ask; name a target that is not left out\. 2 records of scan are not about TCP: "
        r"left out\. The first is in line 1\. 1 entry of scan is outside the scope: left out\."
    )
    with pytest.raises(InventoryProblem, match=says):
        endpoints_for(reading(), SCOPE, gate, read=[tally])


def test_a_file_without_any_port_of_the_scope_is_refused_with_the_reason() -> None:
    """The sentence counts what was left out, so that nobody looks for an exclusion."""
    with pytest.raises(
        InventoryProblem, match=r"nothing is left to ask.* 1 endpoint of scan\.xml is at ports the scope does"
    ):
        of_targets([Target("10.20.1.5", 80, source="scan.xml:4")])


def test_each_endpoint_is_asked_once_however_often_it_is_named() -> None:
    """Repetitions, overlapping networks and a name for a listed address are joined and counted."""
    expansion = expand("10.20.1.0/30", "10.20.1.0/31", "10.20.1.1", "pacs.example", "10.20.1.1:104")
    endpoints = list(expansion)
    assert len(endpoints) == len({(one.address, one.port) for one in endpoints}) == 12
    assert expansion.endpoints == 12
    assert expansion.left_out.repeated_mentions == 6 + 3 + 3 + 1
    assert {one.name for one in endpoints if one.address == "10.20.1.1"} == {"pacs.example"}


def test_a_network_partly_outside_the_scope_is_refused_whole() -> None:
    """Its author believes that more is allowed than is; the sentence says which it is."""
    with pytest.raises(OutOfScope, match=r"command line: 10\.20\.0\.0/15: is wider than the scope"):
        expand("10.20.1.1", "10.20.0.0/15")
    with pytest.raises(OutOfScope, match=r"10.21.0.0/16: is outside .* \(rule scope.networks\)"):
        expand("10.21.0.0/16")
    with pytest.raises(OutOfScope, match="outside"):
        expand("10.21.0.1")


def test_a_network_may_be_covered_by_two_neighbours() -> None:
    """Two halves in the scope allow the whole."""
    halves = replace(SCOPE, networks=(ip_network("10.20.1.0/25"), ip_network("10.20.1.128/25")))
    assert expand("10.20.1.0/24", scope=halves).hosts == 256


def test_an_unsigned_public_network_is_refused() -> None:
    """The rule holds for an authorisation that was made without the scope file too."""
    public = replace(SCOPE, networks=(ip_network("192.0.2.0/24"),))
    with pytest.raises(OutOfScope, match="rule signature"):
        expand("192.0.2.1", scope=public)
    assert expand("192.0.2.1", scope=replace(public, signed_by="Ada")).hosts == 1


def test_excluded_addresses_are_left_out_and_counted() -> None:
    """An exclusion is no mistake of the target's author."""
    expansion = expand("10.20.8.0/23", "10.20.9.5")
    assert expansion.hosts == 256
    assert not any(one.address.startswith("10.20.9.") for one in expansion)
    assert expansion.left_out.excluded_addresses == 256
    assert "256 addresses are excluded" in expansion.left_out.sentences[0]


def test_who_excluded_what_is_said_in_the_right_number() -> None:
    """One address is no addresses, and an exclusion of the command line is not the scope's."""
    scope = replace(SCOPE, exclude_networks=(ip_network("10.20.9.1/32"),), exclude_names=("icu.example",))
    expansion = endpoints_for(
        map(parse_target, ("10.20.9.0/31", "icu.example", "lost.example", "10.20.9.0:104")),
        scope,
        ScopeGate(scope, lambda: NOW, answer),
        excluded_by=say("--exclude"),
    )
    assert expansion.left_out.sentences == (
        "1 address is excluded by --exclude.",
        "1 name is excluded by --exclude: icu.example.",
        "1 repeated mention of an endpoint: each endpoint is asked once.",
        "1 name does not resolve: lost.example.",
    )


def test_mentions_are_counted_and_not_endpoints() -> None:
    """Five banners of one endpoint are four mentions too many, of an excluded one too."""
    scan = [Target("10.20.1.5", 104, source=f"scan:{line}", scanned=True) for line in range(1, 6)]
    scan += [Target("10.20.9.5", 104, source=f"scan:{line}", scanned=True) for line in range(6, 8)]
    assert (
        "5 repeated mentions of endpoints: each endpoint is asked once."
        in of_targets(scan).left_out.sentences
    )


def test_who_excluded_is_said_in_french_too() -> None:
    """Nothing of the sentence stays English."""
    french = language_of("fr")
    said = [french.text(sentence) for sentence in expand("10.20.9.0", "10.20.8.0").left_out.sentences]
    assert said == ["1 adresse est exclue par le périmètre."]


def test_a_survey_of_excluded_targets_alone_is_refused() -> None:
    """Nothing left to ask is said, never reported as nothing found."""
    with pytest.raises(InventoryProblem, match="nothing is left to ask"):
        expand("10.20.9.0/25")
    with pytest.raises(InventoryProblem, match="nothing is left to ask"):
        of_targets([])
    with pytest.raises(InventoryProblem, match=r"does not resolve: lost\.example"):
        expand("lost.example")


def test_names_are_resolved_and_what_they_stand_for_is_checked() -> None:
    """Allowed addresses are asked under the name; the others are listed with their reason."""
    expansion = expand("two.example:104", "lost.example:104")
    assert list(expansion) == [Endpoint("10.20.1.2", 104, Service.DICOM, "two.example")]
    left_out = expansion.left_out
    assert left_out.excluded_addresses == 1
    assert left_out.unresolved_names == ("lost.example",)
    assert [(name, address) for name, address, _ in left_out.outside] == [("two.example", "10.99.0.2")]
    assert len(left_out.sentences) == 3


def test_a_name_outside_the_scope_or_behind_a_foreign_address_is_refused() -> None:
    """Not listed, or listed and pointing elsewhere: two rules."""
    with pytest.raises(OutOfScope, match=r"other.example.*rule scope.names"):
        expand("other.example")
    with pytest.raises(OutOfScope, match=r"far.example.*10.99.0.1.*rule scope.networks"):
        expand("far.example")


def test_an_excluded_name_is_left_out_with_its_addresses() -> None:
    """By name and by address."""
    scope = replace(SCOPE, exclude_names=("icu.example",))
    expansion = expand("10.20.1.2/31", "icu.example", scope=scope)
    assert {one.address for one in expansion} == {"10.20.1.2"}
    assert expansion.left_out.excluded_names == ("icu.example",)


def test_without_targets_everything_the_scope_allows_is_asked() -> None:
    """Its networks and its names, exclusions taken out."""
    small = replace(
        SCOPE,
        networks=(ip_network("10.20.1.0/29"), ip_network("10.20.9.0/30")),
        names=("pacs.example",),
        ports=(104,),
    )
    expansion = of_targets(None, small)
    assert expansion.hosts == 8
    assert {one.name for one in expansion} == {None, "pacs.example"}
    assert expansion.left_out.excluded_addresses == 4


def test_more_endpoints_than_a_survey_can_hold_are_refused_with_the_number() -> None:
    """A private IPv6 network is counted, not listed."""
    with pytest.raises(InventoryProblem, match=r"55,340,232,221,128,654,848 endpoints are more .*4,194,304"):
        expand("fd00::/64")
    wide = replace(SCOPE, networks=(ip_network("10.0.0.0/8"),), ports=(104,), exclude_networks=())
    assert expand("10.0.0.0/10", scope=wide).endpoints == MOST_ENDPOINTS
    with pytest.raises(InventoryProblem, match="more than one survey can hold"):
        expand("10.0.0.0/10", "10.64.0.0", scope=wide)


def test_a_large_network_is_expanded_as_it_is_read() -> None:
    """The first endpoints of four million are there at once."""
    wide = replace(SCOPE, networks=(ip_network("10.0.0.0/8"),), ports=(104,))
    first = list(islice(expand("10.0.0.0/10", scope=wide), 100))
    assert len({one.address for one in first}) == 100


def test_neighbours_are_not_asked_together_and_a_host_is_asked_in_one_go() -> None:
    """Few addresses in the order are followed by one of the same /24; each has all its ports together."""
    expansion = expand("10.20.0.0/16", seed=7)
    visits = [address for address, _ in groupby(expansion, key=lambda one: one.address)]
    assert len(visits) == len(set(visits)) == expansion.hosts
    numbers = [int(ip_address(address)) for address in visits]
    close = sum(abs(one - other) < 256 for one, other in pairwise(numbers))
    assert close < len(numbers) / 50


def test_the_seed_decides_the_order_and_nothing_else() -> None:
    """The same seed repeats a survey; another asks the same endpoints in another order."""
    once, again, other = (list(expand("10.20.1.0/24", seed=seed)) for seed in (1, 1, 2))
    assert once == again
    assert once != other
    assert set(once) == set(other)


def test_plans_hold_the_same_endpoints_host_by_host() -> None:
    """What the runner reads and what is iterated is one thing."""
    expansion = expand("10.20.1.0/28", "pacs.example")
    plans = list(expansion.plans())
    assert [one for plan in plans for one in plan.endpoints] == list(expansion)
    assert all({one.address for one in plan.endpoints} == {plan.address} for plan in plans)


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 5, 15, 16, 17, 255, 256, 257, 1000])
def test_a_shuffle_gives_each_number_once(size: int) -> None:
    """Sizes around powers of two are where such a permutation breaks."""
    assert sorted(shuffled(size, 42)) == list(range(size))
