"""Which doors are one archive, over any surfaces in any order."""

from __future__ import annotations

import random
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from dosimeter.exposure.joining import MOST_ADDRESSES, join
from dosimeter.exposure.kin import contradict, kin_of
from dosimeter.exposure.surface import Surface
from dosimeter.model.target import Endpoint, Service

PRODUCTS: Final = (
    None,
    "Orthanc",
    "DCMTK or Orthanc",
    "pynetdicom",
    "Conquest",
    "OHIF viewer",
    "Fujifilm Synapse",
)
PLACES: Final = tuple(
    Endpoint(f"10.0.0.{number}", port, service)
    for number in range(1, 5)
    for port, service in (
        (104, Service.DICOM),
        (2762, Service.DICOM_TLS),
        (8042, Service.WEB),
        (443, Service.WEB_TLS),
    )
)
AUTHORITIES: Final = tuple(place.authority for place in PLACES)


def surface(place: Endpoint, draw: st.DataObject) -> Surface:
    """Any surface at this place."""
    product = draw.draw(st.sampled_from(PRODUCTS))
    return Surface(
        endpoint=place,
        service=place.service,
        is_door=draw.draw(st.booleans()),
        product=product,
        kin=kin_of(product),
        identity=draw.draw(st.sampled_from((None, "1.2 X"))),
        ae_titles=draw.draw(st.sampled_from(((), ("RADIO1",), ("ORTHANC",)))),
        dicom_ports=draw.draw(st.sampled_from(((), (104,), (2762, 104)))),
        sources=draw.draw(st.sampled_from(((), (AUTHORITIES[0],), (AUTHORITIES[6], "nobody:1")))),
        certificate=draw.draw(st.sampled_from((None, None, "ab", "cd"))),
        is_named=draw.draw(st.booleans()),
        is_archive=draw.draw(st.booleans()),
        is_claimed=draw.draw(st.booleans()),
        studies=draw.draw(st.sampled_from((None, None, 48, 12))),
        same_as=draw.draw(st.sampled_from((None, None, None, AUTHORITIES[1]))),
    )


@given(
    st.lists(st.sampled_from(PLACES), unique=True, max_size=10), st.data(), st.randoms(use_true_random=False)
)
def test_the_order_makes_no_difference(
    places: list[Endpoint], draw: st.DataObject, order: random.Random
) -> None:
    """The same doors are one, whoever was asked first, and every door is in one archive."""
    surfaces = [surface(place, draw) for place in places]
    shuffled = surfaces[:]
    order.shuffle(shuffled)
    assert doors_of(surfaces) == doors_of(shuffled)
    assert sorted(place for each in join(surfaces) for place in each.members) == list(range(len(surfaces)))


def doors_of(surfaces: list[Surface]) -> set[frozenset[str]]:
    """The archives, as sets of the authorities of their doors."""
    return {
        frozenset(surfaces[place].endpoint.authority for place in each.members) for each in join(surfaces)
    }


@given(st.lists(st.sampled_from(PLACES), unique=True, max_size=10), st.data())
def test_every_archive_of_several_doors_is_held_by_links(places: list[Endpoint], draw: st.DataObject) -> None:
    """One link less than doors, each between two of them; contradictions are joined by strong ones alone."""
    surfaces = [surface(place, draw) for place in places]
    for each in join(surfaces):
        assert len(each.links) == len(each.members) - 1
        reached = {each.members[0]}
        for _ in each.links:
            for link in each.links:
                if reached & {link.one, link.other}:
                    reached |= {link.one, link.other}
        assert reached == set(each.members)
        if not any(link.evidence.is_strong for link in each.links):
            kins = [surfaces[place].kin for place in each.members]
            assert not any(contradict(one, other) for one in kins for other in kins)


@given(st.integers(2, 14))
def test_a_certificate_joins_up_to_so_many_addresses(number: int) -> None:
    """From one more on it is a vendor's."""
    surfaces = [
        Surface(
            Endpoint(f"10.0.0.{host}", 443, Service.WEB_TLS),
            Service.WEB_TLS,
            is_door=True,
            product="Orthanc",
            kin=kin_of("Orthanc"),
            certificate="ab",
            is_named=True,
        )
        for host in range(1, number + 1)
    ]
    assert len(join(surfaces)) == (1 if number <= MOST_ADDRESSES else number)
