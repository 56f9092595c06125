from __future__ import annotations

from dataclasses import replace

import pytest

from dosimeter.exposure.joining import Joined, LinkEvidence, Surface, join, surface_of
from dosimeter.exposure.kin import contradict, kin_of
from dosimeter.model.attempt import Completed
from dosimeter.model.census import AtLeast, Claimed, Counts, Exact
from dosimeter.model.facts import CertificateSeen, ClientCertificate, TlsSeen
from dosimeter.model.target import Endpoint, Service
from dosimeter.model.text import ServerText
from dosimeter.model.verdict import DecoyTier, Protection
from dosimeter.model.web import RedirectTo
from tests.unit.exposure.seen import (
    EVERYTHING,
    RIGHT_CALLED,
    STUDY,
    answer,
    associated,
    verdict,
)
from tests.unit.exposure.seen_web import control, orthanc_open, qido, source, told, web

CLEAR, INSIDE, WEB, WEB_TLS = Service.DICOM, Service.DICOM_TLS, Service.WEB, Service.WEB_TLS


def door(port: int, service: Service = CLEAR, address: str = "10.0.0.1", **known: object) -> Surface:
    """One door, as far as it can be joined."""
    product = known.pop("product", None)
    name = known.pop("name", None)
    kin = kin_of(product) if isinstance(product, str) else frozenset[str]()
    endpoint = Endpoint(address, port, service, name if isinstance(name, str) else None)
    surface = Surface(endpoint, service, is_door=True, product=product, kin=kin)  # type: ignore[arg-type]
    return replace(surface, **known)  # type: ignore[arg-type]


def members(joined: tuple[Joined, ...]) -> list[tuple[int, ...]]:
    """Which doors are one."""
    return [each.members for each in joined]


def evidence(joined: tuple[Joined, ...]) -> list[LinkEvidence]:
    """What holds them together."""
    return [link.evidence for each in joined for link in each.links]


def test_an_address_alone_joins_nothing() -> None:
    """A host may run several archives."""
    assert members(join([door(104), door(8042, WEB), door(2762, INSIDE)])) == [(0,), (1,), (2,)]


def test_a_web_face_that_names_its_dicom_port_is_joined_with_it() -> None:
    """Orthanc's own account of itself."""
    joined = join(
        [door(4242, product="DCMTK or Orthanc"), door(8042, WEB, product="Orthanc", dicom_ports=(4242,))]
    )
    assert members(joined) == [(0, 1)]
    assert joined[0].links[0].says == "the web face at 10.0.0.1:8042 names 4242 as its DICOM port"


def test_the_named_port_of_another_address_is_another_archives() -> None:
    """Everybody's Orthanc listens on 4242."""
    doors = [door(4242, address="10.0.0.2"), door(8042, WEB, dicom_ports=(4242,))]
    assert members(join(doors)) == [(0,), (1,)]


def test_a_product_that_announces_another_at_the_named_port_is_not_joined() -> None:
    """Orthanc never announces pynetdicom."""
    doors = [door(4242, product="pynetdicom"), door(8042, WEB, product="Orthanc", dicom_ports=(4242,))]
    assert members(join(doors)) == [(0,), (1,)]


def test_one_product_on_one_host_is_one_archive_where_that_is_unambiguous() -> None:
    """One web face and one DICOM service that may be of it."""
    joined = join([door(11112, product="dcm4che or dcm4chee"), door(8080, WEB, product="dcm4chee-arc")])
    assert members(joined) == [(0, 1)]
    assert evidence(joined) == [LinkEvidence.SAME_PRODUCT]


def test_two_that_may_be_meant_are_not_joined() -> None:
    """Which of the two is the web face's is not known."""
    doors = [
        door(11112, product="dcm4che or dcm4chee"),
        door(11113, product="dcm4che or dcm4chee"),
        door(8080, WEB, product="dcm4chee-arc"),
    ]
    assert members(join(doors)) == [(0,), (1,), (2,)]


def test_a_toolkit_in_clear_and_inside_tls_is_not_one_archive_for_that() -> None:
    """Both storescp and dcmqrscp announce the same."""
    assert (
        len(join([door(104, product="DCMTK or Orthanc"), door(2762, INSIDE, product="DCMTK or Orthanc")]))
        == 2
    )


def test_another_port_that_is_named_and_there_speaks_against_it() -> None:
    """The web face says which port is its own."""
    doors = [
        door(104, product="DCMTK or Orthanc"),
        door(2762, INSIDE),
        door(8042, WEB, product="Orthanc", dicom_ports=(2762,)),
    ]
    assert members(join(doors)) == [(0,), (1, 2)]


def test_a_viewer_is_joined_with_the_archive_it_names() -> None:
    """On another address, and whatever the two announce."""
    doors = [
        door(80, WEB, product="OHIF viewer", sources=("10.0.0.9:8042",)),
        door(8042, WEB, "10.0.0.9", product="Orthanc"),
        door(8042, WEB, "10.0.0.8", product="Orthanc"),
    ]
    joined = join(doors)
    assert members(joined) == [(0, 1), (2,)]
    assert evidence(joined) == [LinkEvidence.NAMED_SOURCE]


def test_a_viewer_that_names_its_archive_by_name_is_joined_with_it() -> None:
    """Names are those the endpoints were resolved from."""
    doors = [door(80, WEB, sources=("pacs.example:8042",)), door(8042, WEB, "10.0.0.9", name="PACS.example")]
    assert members(join(doors)) == [(0, 1)]


def test_one_certificate_on_few_addresses_joins() -> None:
    """A key is in one place."""
    doors = [door(2762, INSIDE, certificate="ab"), door(443, WEB_TLS, "10.0.0.2", certificate="ab")]
    assert evidence(join(doors)) == [LinkEvidence.SAME_CERTIFICATE]


def test_a_certificate_on_many_addresses_is_a_vendors_default() -> None:
    """Nine hosts do not share a secret."""
    doors = [door(443, WEB_TLS, f"10.0.0.{number}", certificate="ab") for number in range(1, 10)]
    assert len(join(doors)) == 9
    assert len(join(doors[:8])) == 1


def test_a_wildcard_certificate_does_not_join_two_products() -> None:
    """A hospital has one certificate for all its names."""
    doors = [
        door(443, WEB_TLS, certificate="ab", product="Orthanc"),
        door(443, WEB_TLS, "10.0.0.2", certificate="ab", product="Conquest"),
    ]
    assert len(join(doors)) == 2


def test_two_stocks_are_two_archives_whatever_else_they_share() -> None:
    """Their counts came to an end, and differ."""
    doors = [
        door(443, WEB_TLS, certificate="ab", studies=48),
        door(8443, WEB_TLS, certificate="ab", studies=12),
    ]
    assert len(join(doors)) == 2
    doors[1] = replace(doors[1], studies=48)
    assert len(join(doors)) == 1


def test_the_same_studies_join_whatever_is_announced() -> None:
    """What the run itself compared is strong."""
    doors = [
        door(104, product="pynetdicom"),
        door(104, address="10.0.0.2", product="Conquest", same_as="10.0.0.1:104"),
    ]
    joined = join(doors)
    assert members(joined) == [(0, 1)]
    assert joined[0].links[0].says == "10.0.0.2:104 holds the studies that 10.0.0.1:104 holds"


def test_weak_evidence_does_not_bring_two_contradicting_doors_together_by_a_third() -> None:
    """Both share a certificate with a door that says nothing of itself."""
    doors = [
        door(443, WEB_TLS, product="Orthanc", certificate="ab"),
        door(2762, INSIDE, certificate="ab"),
        door(443, WEB_TLS, "10.0.0.2", product="Conquest", certificate="ab"),
    ]
    assert len(join(doors)) == 2


def test_who_is_joined_does_not_depend_on_who_came_first() -> None:
    """The door in the middle may be of either; it goes to the lower address."""
    doors = [
        door(443, WEB_TLS, "10.0.0.3", product="Conquest", certificate="ab"),
        door(443, WEB_TLS, "10.0.0.2", certificate="ab"),
        door(443, WEB_TLS, "10.0.0.1", product="Orthanc", certificate="ab"),
    ]
    assert members(join(doors)) == [(0,), (1, 2)]
    assert members(join(doors[::-1])) == [(0, 1), (2,)]


@pytest.mark.parametrize(("title", "number"), [("RADIOLOGIE1", 1), ("ORTHANC", 2)])
def test_a_title_of_its_own_joins_and_one_as_shipped_does_not(title: str, number: int) -> None:
    """With the same identity, on two addresses."""
    doors = [
        door(104, identity="1.2.3 X", ae_titles=(title,)),
        door(104, address="10.0.0.2", identity="1.2.3 X", ae_titles=(title,)),
    ]
    assert len(join(doors)) == number


def test_what_is_no_door_is_joined_with_nothing() -> None:
    """An ordinary web server may bear the hospital's certificate."""
    doors = [door(443, WEB_TLS, certificate="ab"), door(8443, WEB_TLS, certificate="ab", is_door=False)]
    assert len(join(doors)) == 2


def test_a_vendors_face_beside_the_library_of_decoys_is_suspect() -> None:
    """The DICOMHawk honeypot: Synapse in the browser, pynetdicom on the wire."""
    joined = join([door(443, WEB_TLS, product="Fujifilm Synapse"), door(104, product="pynetdicom")])
    assert [each.suspicion.tier for each in joined] == [DecoyTier.MEDIUM, DecoyTier.MEDIUM]
    beside_dcmtk = join(
        [door(443, WEB_TLS, product="Fujifilm Synapse"), door(104, product="DCMTK or Orthanc")]
    )
    assert [each.suspicion.tier for each in beside_dcmtk] == [DecoyTier.LOW, DecoyTier.LOW]
    itself = join([door(443, WEB_TLS, product="Fujifilm Synapse"), door(104, product="Fujifilm Synapse")])
    assert itself[0].suspicion.tier is DecoyTier.NONE


def test_kin_of_a_product_and_of_its_toolkit() -> None:
    """What can be announced by one archive."""
    assert not contradict(kin_of("Orthanc"), kin_of("DCMTK or Orthanc"))
    assert contradict(kin_of("Orthanc"), kin_of("pynetdicom"))
    assert contradict(kin_of("Conquest"), kin_of("dcm4che or dcm4chee"))
    assert not contradict(kin_of("PacsOne Server"), kin_of("DCMTK or Orthanc"))
    assert not contradict(kin_of("OHIF viewer"), kin_of("pynetdicom"))
    assert not contradict(kin_of(None), kin_of("Orthanc"))


# From records.


def test_an_orthanc_of_two_doors_is_recognised_from_its_facts() -> None:
    """The web face names 4242; over DICOM it announces DCMTK."""
    dimse = (associated(*EVERYTHING, uid="1.2.276.0.7230010.3.0.3.6.7", name="OFFIS_DCMTK_367"),)
    surfaces = [
        surface_of(Endpoint("10.0.0.1", 4242), dimse, verdict(*dimse), counts=Counts(studies=Exact(48))),
        surface_of(
            Endpoint("10.0.0.1", 8042, WEB),
            orthanc_open(),
            web(*orthanc_open()),
            counts=Counts(studies=Claimed(48)),
        ),
    ]
    assert surfaces[1].dicom_ports == (4242,)
    assert surfaces[1].ae_titles == ("ORTHANC",)
    assert members(join(surfaces)) == [(0, 1)]


def test_what_a_surface_holds() -> None:
    """Certificate, sources, titles that opened it; a floor is no count of studies."""
    text = ServerText.of
    certificate = CertificateSeen(
        text("a"), text("a"), "2026-01-01", "2027-01-01", text("RSA 2048"), True, "ab" * 32
    )
    hello = TlsSeen(text("TLSv1.3"), None, certificate, ClientCertificate.NOT_ASKED, None)
    attempts = (
        Completed("web_landing", (hello,)),
        *told(
            control(),
            source(RedirectTo.ELSEWHERE, "PACS.example:8042"),
            source(RedirectTo.SAME_ORIGIN),
            qido(),
        ),
        Completed("ae_titles", (answer(STUDY, titles=RIGHT_CALLED),)),
    )
    surface = surface_of(
        Endpoint("10.0.0.1", 443, WEB_TLS),
        attempts,
        replace(web(*attempts, service=WEB_TLS), protections=(Protection.CALLED_AE_CHECK,)),
        counts=Counts(studies=AtLeast(3)),
        same_as="10.0.0.2:104",
    )
    assert surface.certificate == "ab" * 32
    assert surface.sources == ("pacs.example:8042",)
    assert surface.ae_titles == (RIGHT_CALLED.called,)
    assert surface.studies is None
    assert surface.same_as == "10.0.0.2:104"
    assert surface.is_door


def test_a_title_that_whoever_asked_was_not_refused_without_is_nobodys() -> None:
    """Who looks at no called title answers under its neighbour's as well: they stay two archives."""
    attempts = (Completed("ae_titles", (answer(STUDY, titles=RIGHT_CALLED),)),)
    surface = surface_of(Endpoint("10.0.0.1", 104), attempts, verdict(*attempts))
    assert surface.ae_titles == ()
