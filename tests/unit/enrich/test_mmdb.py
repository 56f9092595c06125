from __future__ import annotations

import random
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest

from dosimeter.enrich.mmdb import GeoDatabase
from dosimeter.enrich.problem import PlacesProblem
from dosimeter.model.place import NOWHERE, Country, DataSource, Operator, Place
from tests.unit.enrich.mmdb_file import MARK, Value, encode, write_mmdb

BUILT = date(2025, 11, 1)


def asked(path: Path, address: str = "193.54.1.1") -> Place:
    """What a file says of one address."""
    with GeoDatabase(path) as database:
        return database.place(address)


@pytest.mark.parametrize(
    ("kind", "record", "country", "asn", "name"),
    [
        ("GeoLite2-Country", {"country": {"iso_code": "FR"}}, "FR", None, None),
        (
            "GeoLite2-City",
            {"country": {"iso_code": "DE"}, "registered_country": {"iso_code": "FR"}},
            *("FR", None, None),
        ),
        (
            "GeoLite2-ASN",
            {"autonomous_system_number": 2200, "autonomous_system_organization": "Renater"},
            *(None, 2200, "Renater"),
        ),
        ("GeoIP2-ISP", {"autonomous_system_number": 3215, "isp": "Orange"}, None, 3215, "Orange"),
        ("DBIP-Country-Lite", {"country": {"iso_code": "FR", "names": {"en": "France"}}}, "FR", None, None),
        ("ipinfo standard_asn.mmdb", {"asn": "AS2200", "name": "Renater"}, None, 2200, "Renater"),
        (
            "ipinfo generic_country_asn.mmdb",
            {"country": "FR", "country_name": "France", "asn": "AS2200", "as_name": "Renater"},
            *("FR", 2200, "Renater"),
        ),
        (
            "ipinfo lite.mmdb",
            {"country": "France", "country_code": "FR", "asn": "AS2200", "as_name": "Renater"},
            *("FR", 2200, "Renater"),
        ),
    ],
)
def test_the_layouts_that_people_have_are_read(
    tmp_path: Path, kind: str, record: Value, country: str | None, asn: int | None, name: str | None
) -> None:
    """Country and operator of each, with the type of the file and the day it was built."""
    source = DataSource(kind, BUILT)
    place = asked(write_mmdb(tmp_path / "x.mmdb", {"193.54.0.0/16": record}, kind=kind))
    assert place.country == (None if country is None else Country(country, source))
    assert place.operator == (None if asn is None else Operator(asn, name, source))
    assert place.owner is None


@pytest.mark.parametrize(
    "record",
    [
        *("text", 7, [], {}),
        {"country": {"iso_code": "France"}},
        {"country": {"iso_code": 33}},
        {"country": {"iso_code": "EU"}},
        {"country_code": "ZZ"},
        {"country_code": "\u202eF"},
        {"asn": "ASx"},
        {"autonomous_system_number": 0},
        {"autonomous_system_number": 1 << 40},
        {"name": "Besançon"},
        {"as_name": ""},
    ],
)
def test_a_record_that_says_nothing_clear_says_nothing(tmp_path: Path, record: Value) -> None:
    """Neither a word for a code, nor a name of who knows what, nor a number that none has."""
    assert asked(write_mmdb(tmp_path / "x.mmdb", {"193.54.0.0/16": record})) == NOWHERE


def test_an_address_that_the_file_does_not_hold_is_nowhere(tmp_path: Path) -> None:
    """Outside its networks; and IPv6 in a file of IPv4 alone."""
    path = write_mmdb(tmp_path / "x.mmdb", {"193.54.0.0/16": {"country_code": "FR"}}, ip_version=4)
    assert asked(path).country == Country("FR", DataSource("Test-Country", BUILT))
    assert asked(path, "8.8.8.8") == NOWHERE
    assert asked(path, "2001:660::1") == NOWHERE
    both = write_mmdb(tmp_path / "y.mmdb", {"2001:660::/32": {"country_code": "fr"}})
    assert asked(both, "2001:660::1").country == Country("FR", DataSource("Test-Country", BUILT))


def test_names_are_cleaned(tmp_path: Path) -> None:
    """What moves a cursor or turns text round is gone, letters of any script stay, 64 characters at most."""
    record = {"asn": 64500, "as_name": "Besançon\x1b[2J\u202e" + "x" * 500}
    operator = asked(write_mmdb(tmp_path / "x.mmdb", {"193.54.0.0/16": record}, kind="a\x00b")).operator
    assert operator is not None
    assert operator.name is not None
    assert operator.name.startswith("Besançon?[2J?xxx")
    assert len(operator.name) == 64
    assert operator.source.name == "a?b"


def test_a_file_built_on_no_day_of_any_calendar_has_no_day(tmp_path: Path) -> None:
    """Its number of seconds means nothing; what it says of addresses is still read."""
    country = asked(write_mmdb(tmp_path / "x.mmdb", {"193.54.0.0/16": {"country_code": "FR"}}, built=1 << 63))
    assert country.country == Country("FR", DataSource("Test-Country", None))


def test_a_file_that_cannot_be_used_is_one_sentence(tmp_path: Path) -> None:
    """Missing, a folder, empty, another kind of file, and one with the mark alone."""
    (tmp_path / "empty.mmdb").touch()
    (tmp_path / "text.mmdb").write_text("network,country\n" * 999)
    (tmp_path / "mark.mmdb").write_bytes(MARK)
    (tmp_path / "odd.mmdb").write_bytes(MARK + encode({"build_epoch": 7}))
    names = ("absent.mmdb", ".", "empty.mmdb", "text.mmdb", "mark.mmdb", "odd.mmdb")
    for name in names:
        with pytest.raises(PlacesProblem) as caught:
            GeoDatabase(tmp_path / name)
        assert "\n" not in str(caught.value)
        assert str(tmp_path) in str(caught.value)


def test_a_broken_file_answers_or_says_so(tmp_path: Path) -> None:
    """Whatever bytes are changed or cut off, opening and asking end in a place or in one sentence."""
    record = {"country": {"iso_code": "FR"}, "asn": "AS2200", "as_name": "Renater" * 9}
    whole = write_mmdb(tmp_path / "x.mmdb", {"193.54.0.0/16": record, "2001:660::/32": record}).read_bytes()
    dice, path, refused = random.Random(5), tmp_path / "broken.mmdb", 0
    for _turn in range(1_500):
        content = bytearray(whole)
        for _change in range(dice.randrange(1, 6)):
            content[dice.randrange(len(content))] = dice.randrange(256)
        path.write_bytes(content[: dice.choice([len(content), dice.randrange(len(content))])])
        with suppress(PlacesProblem):
            refused += 1
            asked(path)
            asked(path, "2001:660::1")
            refused -= 1
    assert 0 < refused < 1_500
