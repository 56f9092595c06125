from __future__ import annotations

from dataclasses import replace

import pytest

from dosimeter.exposure.joining import Joined, LinkEvidence, join
from dosimeter.exposure.kin import contradict, kin_of
from dosimeter.exposure.surface import Surface, surface_of
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


def certified(address: str = "10.0.0.1", port: int = 443, **known: object) -> Surface:
    """A web face inside TLS that shows the one certificate, for a host of its own."""
    return door(port, WEB_TLS, address, **{"certificate": "ab", "is_named": True, **known})


def test_one_certificate_of_one_product_on_few_addresses_joins() -> None:
    """A key is in one place, and the product says the same."""
    doors = [certified(product="Orthanc"), certified("10.0.0.2", product="Orthanc")]
    assert evidence(join(doors)) == [LinkEvidence.SAME_CERTIFICATE]


def test_one_certificate_at_two_ports_of_a_host_joins() -> None:
    """DICOM and HTTP inside TLS, with the key of the host."""
    doors = [door(2762, INSIDE, certificate="ab", is_named=True), certified()]
    assert evidence(join(doors)) == [LinkEvidence.SAME_CERTIFICATE]


def test_a_certificate_on_many_addresses_is_a_vendors_default() -> None:
    """Nine hosts do not share a secret."""
    doors = [certified(f"10.0.0.{number}", product="Orthanc") for number in range(1, 10)]
    assert len(join(doors)) == 9
    assert len(join(doors[:8])) == 1


def test_a_wildcard_certificate_joins_nothing() -> None:
    """A hospital has one for all its servers; three archives stay three, and each counts."""
    doors = [certified(f"10.0.0.{number}", is_named=False) for number in range(1, 4)]
    assert len(join(doors)) == 3
    assert len(join([certified(is_named=False), certified(port=8443, is_named=False)])) == 2


def test_archives_of_unknown_make_on_two_addresses_are_two() -> None:
    """A certificate may name both of its hosts."""
    assert len(join([certified(), certified("10.0.0.2")])) == 2


def test_a_shared_default_certificate_joins_one_product_with_one_stock_alone() -> None:
    """As shipped, it names nobody; 48 studies behind two proxies are 48 studies."""
    orthanc = certified(product="Orthanc", is_named=False, studies=48)
    other = replace(orthanc, endpoint=Endpoint("10.0.0.2", 443, WEB_TLS))
    assert evidence(join([orthanc, other])) == [LinkEvidence.SAME_CERTIFICATE]
    assert len(join([orthanc, replace(other, studies=None)])) == 2
    assert len(join([replace(orthanc, studies=0), replace(other, studies=0)])) == 2


def test_a_login_before_anything_is_joined_with_no_archive_by_its_certificate() -> None:
    """The hospital's mail stands on the same host; nothing of an archive was seen there."""
    doors = [certified(), certified(port=8443, is_archive=False)]
    assert len(join(doors)) == 2


@pytest.mark.parametrize(
    ("names", "is_named"),
    [
        (("pacs.example",), True),
        (("*.hospital.example", "hospital.example"), False),
        (("localhost", "127.0.0.1"), False),
        ((), False),
    ],
)
def test_which_certificates_are_for_a_host_of_its_own(names: tuple[str, ...], *, is_named: bool) -> None:
    """Wildcards are on every host, defaults on any, and one without names says nothing."""
    text = ServerText.of
    certificate = CertificateSeen(
        text("a"),
        text("a"),
        "2026-01-01",
        "2027-01-01",
        text("RSA 2048"),
        self_signed=True,
        sha256="ab" * 32,
        names=tuple(map(text, names)),
    )
    hello = TlsSeen(text("TLSv1.3"), None, certificate, ClientCertificate.NOT_ASKED, None)
    attempts = (Completed("web_landing", (hello,)), *told(control(), qido()))
    surface = surface_of(Endpoint("10.0.0.1", 443, WEB_TLS), attempts, web(*attempts, service=WEB_TLS))
    assert surface.is_named is is_named
    assert surface.is_archive


def test_a_viewer_with_two_data_sources_makes_no_two_archives_one() -> None:
    """A guarded Orthanc and an open dcm4chee stay two, in whichever order it names them."""
    guarded = door(8042, WEB, "10.0.0.8", product="Orthanc")
    opened = door(8080, WEB, "10.0.0.9", product="dcm4chee-arc")
    viewer = door(80, WEB, product="OHIF viewer", sources=("10.0.0.8:8042", "10.0.0.9:8080"))
    assert members(join([viewer, guarded, opened])) == [(0, 1), (2,)]
    unknown = [replace(each, product=None, kin=frozenset()) for each in (guarded, opened)]
    assert members(join([viewer, *unknown])) == [(0, 1), (2,)]
    turned = replace(viewer, sources=viewer.sources[::-1])
    assert members(join([turned, *unknown])) == [(0, 2), (1,)]


def test_an_archive_that_names_anothers_data_stays_itself() -> None:
    """Whoever writes a configuration cannot make an Orthanc of a dcm4chee."""
    doors = [
        door(8042, WEB, product="Orthanc", sources=("10.0.0.9:8080",)),
        door(8080, WEB, "10.0.0.9", product="dcm4chee-arc"),
    ]
    assert len(join(doors)) == 2


@pytest.mark.parametrize("claim", [0, 20, 52, 4_800_000])
def test_what_a_counter_claims_does_not_outweigh_the_port_that_the_face_names(claim: int) -> None:
    """48 were counted at that port: one archive, and its counter is wrong."""
    counted_port = door(14242, product="DCMTK or Orthanc", studies=48)
    face = door(8042, WEB, product="Orthanc", dicom_ports=(14242,), studies=claim, is_claimed=True)
    assert evidence(join([counted_port, face])) == [LinkEvidence.NAMED_PORT]


def test_two_empty_archives_of_one_product_are_not_one() -> None:
    """A title, a product's name and no study: nothing in that is one archive's alone."""
    known = {"product": "Orthanc", "identity": "Orthanc", "ae_titles": ("RADIO1",), "is_claimed": True}
    empty = [door(8042, WEB, address, studies=0, **known) for address in ("10.0.0.1", "10.0.0.2")]
    assert len(join(empty)) == 2
    assert len(join([replace(each, studies=48) for each in empty])) == 1


def test_a_face_that_names_another_port_than_the_one_surveyed_is_not_joined_by_its_product() -> None:
    """DCMTK's storescp stands beside an Orthanc; a port that a container maps is shown by the stock."""
    dicom = door(11112, product="DCMTK or Orthanc")
    face = door(8042, WEB, product="Orthanc", dicom_ports=(4242,), studies=48, is_claimed=True)
    assert len(join([dicom, face])) == 2
    assert evidence(join([replace(dicom, studies=48), face])) == [LinkEvidence.SAME_PRODUCT]


def test_two_stocks_are_two_archives_whatever_else_they_share() -> None:
    """Their counts came to an end, and differ."""
    doors = [
        certified(studies=48),
        certified(port=8443, studies=12),
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
        certified(product="Orthanc"),
        door(2762, INSIDE, certificate="ab", is_named=True),
        certified(port=8443, product="Conquest"),
    ]
    assert len(join(doors)) == 2


def test_who_is_joined_does_not_depend_on_who_came_first() -> None:
    """The door in the middle may be of either; it goes to the lower port."""
    doors = [
        certified(port=9443, product="Conquest"),
        certified(port=8443),
        certified(port=443, product="Orthanc"),
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
    doors = [certified(), certified(port=8443, is_door=False)]
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
