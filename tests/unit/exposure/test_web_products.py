from __future__ import annotations

import pytest

from dosimeter.exposure.web_products import WEB_PRODUCTS, Kind, WebProduct, find_web_product
from dosimeter.exposure.web_signs import WEB_SIGNS

KEYS = [known.key for known in WEB_PRODUCTS]


def test_keys_and_names_are_unique() -> None:
    """A key is a key."""
    assert len(set(KEYS)) == len(KEYS)
    assert len({known.name for known in WEB_PRODUCTS}) == len(KEYS)


@pytest.mark.parametrize("known", WEB_PRODUCTS, ids=KEYS)
def test_every_row_says_where_it_is_from(known: WebProduct) -> None:
    """A name and a source."""
    assert known.name
    assert known.source


@pytest.mark.parametrize("key", KEYS)
def test_every_product_can_be_recognised(key: str) -> None:
    """At least one sign each, and a strong one."""
    assert any(sign.strong for sign in WEB_SIGNS if sign.product == key)


def test_a_product_is_found_by_its_key() -> None:
    """And nothing by any other."""
    orthanc = find_web_product("orthanc")
    assert orthanc is not None
    assert (orthanc.name, orthanc.kind) == ("Orthanc", Kind.ARCHIVE)
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
