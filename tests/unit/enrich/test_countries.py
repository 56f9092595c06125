from __future__ import annotations

from importlib.metadata import version

import pytest

from dosimeter.enrich.countries import Registries, _built
from dosimeter.model.place import Country


def test_public_addresses_have_the_country_of_their_registration() -> None:
    """Renater's networks are registered in France, Google's in the United States; IPv6 too."""
    registries = Registries()
    found = registries.countries(["193.54.1.1", "8.8.8.8", "2001:660::1"])
    assert found == [Country(code, registries.source) for code in ("FR", "US", "FR")]


@pytest.mark.parametrize(
    "address",
    [
        *("127.20.0.1", "10.0.0.1", "172.16.0.1", "192.168.0.1", "100.64.0.1", "169.254.0.1"),
        *("203.0.113.1", "::1", "fd00::1", "fe80::1", "2001:db8::1"),
    ],
)
def test_an_address_that_is_nobodys_has_none(address: str) -> None:
    """Loopback, private, shared and documentation addresses are registered in no country."""
    assert Registries().countries([address]) == [None]


def test_what_the_data_says_of_a_private_address_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A data set that gave them a country would make every lab a country's."""
    monkeypatch.setattr("iptocc.country_code", lambda addresses: ["FR"] * len(addresses))
    registries = Registries()
    found = registries.countries(["10.0.0.1", "8.8.8.8", "127.0.0.1"])
    assert found == [None, Country("FR", registries.source), None]


def test_a_network_that_is_assigned_to_a_region_has_no_country(monkeypatch: pytest.MonkeyPatch) -> None:
    """Europe and the Pacific are on no list of countries."""
    monkeypatch.setattr("iptocc.country_code", lambda _addresses: ["EU", "AP", "FR"])
    registries = Registries()
    found = registries.countries(["8.8.8.8", "8.8.4.4", "1.1.1.1"])
    assert found == [None, None, Country("FR", registries.source)]


def test_the_source_is_the_package_and_the_day_it_was_built() -> None:
    """The day is that of its build record; the version tells which data it is."""
    source = Registries().source
    assert source.name == f"iptocc {version('iptocc')}"
    assert source.as_of is not None
    assert source.as_of.year >= 2026


@pytest.mark.parametrize("record", [None, "", "[]", "{}", '{"metadata": {"timestamp": "soon"}}'])
def test_a_package_without_a_record_of_its_build_has_no_day(record: str | None) -> None:
    """A day that is not known is not made up."""
    assert _built(record) is None
