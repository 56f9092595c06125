from __future__ import annotations

import pytest

from dosimeter.net.address import parse_address
from dosimeter.net.ranges import address_at, address_text, position


@pytest.mark.parametrize(
    "text", ["1.2.3.4", "10.0.0.255", "223.255.255.255", "::1", "fd00::1:0:0:1", "fd00::"]
)
def test_a_place_is_written_as_its_address_is(text: str) -> None:
    """One spelling, whichever way it comes about."""
    place = position(parse_address(text))
    assert address_text(place) == str(address_at(place)) == text
