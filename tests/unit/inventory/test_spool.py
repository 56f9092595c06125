from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import ip_network

from dosimeter.inventory.spool import IN_MEMORY, SightingSpool
from dosimeter.model.place import Sighting
from dosimeter.model.scope import Authorisation, Touch
from dosimeter.net.gate import ScopeGate

NOW = datetime(2026, 6, 1, tzinfo=UTC)
SCOPE = Authorisation(
    authorised_by="Ada",
    role="owner",
    reference="SEC-1",
    legal_basis="own order",
    contact="+33",
    valid_from=NOW,
    valid_until=NOW,
    touch=Touch.PROVE,
    networks=(ip_network("10.20.0.0/16"), ip_network("fd00::/64")),
    exclude_networks=(ip_network("10.20.9.0/24"),),
    ports=(104, 2762),
    sha256="0" * 64,
)


def kept(*sightings: Sighting) -> list[Sighting]:
    with SightingSpool(ScopeGate(SCOPE, lambda: NOW), SCOPE.ports) as spool:
        for sighting in sightings:
            spool.add(sighting)
        return list(spool)


def test_sightings_come_out_as_they_went_in() -> None:
    """With and without a time, a place and a port, and in their order."""
    sightings = [
        Sighting("10.20.1.1", 104, ("shodan",), NOW, NOW, "FR", 64500, "Réseau"),
        Sighting("fd00::1", None, ("ivre",), None, NOW),
        Sighting("10.20.1.1", 104, ("masscan",)),
    ]
    assert kept(*sightings) == sightings


def test_what_is_outside_the_scope_is_not_kept() -> None:
    """Neither addresses nor ports that will not be asked."""
    assert (
        kept(
            Sighting("10.99.0.1", 104, ("shodan",)),
            Sighting("10.20.9.1", 104, ("shodan",)),
            Sighting("10.20.1.1", 80, ("shodan",)),
        )
        == []
    )


def test_more_than_fits_into_memory_comes_out_whole() -> None:
    """Beyond a mebibyte it goes through a file."""
    one = Sighting("10.20.1.1", 104, ("shodan",), NOW, NOW, "FR", 64500, "x" * 128)
    number = IN_MEMORY // 100
    assert kept(*[one] * number) == [one] * number
