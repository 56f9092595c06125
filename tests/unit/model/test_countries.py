from __future__ import annotations

import pytest

from dosimeter.model.countries import ASSIGNED, OFTEN_MEANT, country_code_of
from dosimeter.report.language import language_of


def test_every_code_has_a_name_and_no_other_has() -> None:
    """Of what Unicode's CLDR names, the codes that ISO does not assign are no country's."""
    english = language_of("en")
    assert len(ASSIGNED) == 249
    assert [code for code in ASSIGNED if english.country(code) in ("", code)] == []


@pytest.mark.parametrize(
    "code", ["EU", "AP", "ZZ", "UK", "EL", "AN", "XX", "QO", "", "F", "FRA", "F\n", "ßa"]
)
def test_what_is_no_country_is_none(code: str) -> None:
    """Regions of the registries, codes of other lists, countries that are no more."""
    assert country_code_of(code) is None


def test_a_country_is_known_in_small_letters_too() -> None:
    """Kosovo has a code that ISO leaves free, and that databases use."""
    assert [country_code_of(code) for code in ("fr", "GB", "xk")] == ["FR", "GB", "XK"]
    assert set(OFTEN_MEANT.values()) <= ASSIGNED
