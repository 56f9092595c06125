from __future__ import annotations

from itertools import permutations

import pytest

from dosimeter.exposure.web_products import WEB_PRODUCTS
from dosimeter.exposure.web_signs import WEB_SIGNS, SignPlace, WebSign

NAMES = [sign.name for sign in WEB_SIGNS]


def test_names_are_unique() -> None:
    """A name in a fact is one sign, of one product."""
    assert len(set(NAMES)) == len(NAMES)


@pytest.mark.parametrize("sign", WEB_SIGNS, ids=NAMES)
def test_every_sign_says_where_it_is_from_and_of_what_it_is(sign: WebSign) -> None:
    """A text, a source, a product of the other table."""
    assert len(sign.text) >= 5
    assert sign.source
    assert sign.product in {known.key for known in WEB_PRODUCTS}


def test_no_text_is_within_the_text_of_another_product() -> None:
    """Otherwise one page would be two products; letters' case aside, wherever they stand."""
    clashes = [
        (one.name, other.name)
        for one, other in permutations(WEB_SIGNS, 2)
        if one.product != other.product and one.text.lower() in other.text.lower()
    ]
    assert clashes == []


def test_no_text_stands_in_the_table_twice_in_one_place() -> None:
    """It would count as two signs."""
    texts = [(sign.where, sign.text.lower()) for sign in WEB_SIGNS]
    assert len(set(texts)) == len(texts)


def test_icons_are_known_by_whole_digests() -> None:
    """Thirty-two digits in lower case, as they are computed."""
    for sign in WEB_SIGNS:
        if sign.where is SignPlace.FAVICON_MD5:
            assert len(sign.text) == 32
            assert set(sign.text) <= set("0123456789abcdef")


@pytest.mark.parametrize(
    "common",
    [
        "Apache",
        "nginx",
        "Microsoft-IIS/10.0",
        "Mongoose/4",
        "JSESSIONID=1",
        "PHPSESSID=1",
        "WildFly/26",
        "Login",
    ],
)
def test_nothing_that_ordinary_servers_say_is_a_sign(common: str) -> None:
    """Software that everybody uses names no product."""
    assert [sign.name for sign in WEB_SIGNS if sign.text.lower() in common.lower()] == []
