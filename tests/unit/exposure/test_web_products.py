from __future__ import annotations

import pytest

from dosimeter.exposure.product import FINGERPRINTS
from dosimeter.exposure.web_products import WEB_PRODUCTS, Kind, WebProduct, find_web_product, web_faces_of
from dosimeter.exposure.web_signs import WEB_SIGNS

KEYS = [known.key for known in WEB_PRODUCTS]


def test_keys_and_names_are_unique() -> None:
    """A key is a key."""
    assert len(set(KEYS)) == len(KEYS)
    assert len({known.name for known in WEB_PRODUCTS}) == len(KEYS)


@pytest.mark.parametrize("known", WEB_PRODUCTS, ids=KEYS)
def test_every_row_says_where_it_is_from(known: WebProduct) -> None:
    """A name, a sentence, ports that exist, a source."""
    assert known.name
    assert known.what
    assert known.source
    assert known.ports
    assert all(0 < port < 65_536 for port in known.ports)


@pytest.mark.parametrize("key", KEYS)
def test_every_product_can_be_recognised(key: str) -> None:
    """At least one sign each, and a strong one."""
    assert any(sign.strong for sign in WEB_SIGNS if sign.product == key)


def test_names_over_dicom_are_those_of_the_other_table() -> None:
    """Both faces meet by the same words."""
    known = {fingerprint.product for fingerprint in FINGERPRINTS}
    assert {name for product in WEB_PRODUCTS for name in product.dimse} <= known


def test_the_faces_of_a_toolkit_are_all_that_are_built_on_it() -> None:
    """dcm4che is under dcm4chee and under Dicoogle."""
    assert [face.key for face in web_faces_of("dcm4che or dcm4chee")] == ["dcm4chee", "dicoogle"]
    assert [face.key for face in web_faces_of("DCMTK or Orthanc")] == ["orthanc"]
    assert web_faces_of("Agfa") == ()


def test_a_product_is_found_by_its_key() -> None:
    """And nothing by any other."""
    orthanc = find_web_product("orthanc")
    assert orthanc is not None
    assert (orthanc.name, orthanc.kind, orthanc.ports) == ("Orthanc", Kind.ARCHIVE, (8042,))
    assert find_web_product("Orthanc") is None


def test_what_holds_no_images_is_said_to_hold_none() -> None:
    """Viewers read another archive; FHIR is a neighbour."""
    kinds = {known.key: known.kind for known in WEB_PRODUCTS}
    assert {key for key, kind in kinds.items() if kind is Kind.VIEWER} == {
        "oviyam",
        "weasis",
        "ohif",
        "meddream",
    }
    assert {key for key, kind in kinds.items() if kind is Kind.NEIGHBOUR} == {"fhir"}
