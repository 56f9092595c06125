from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest

from dosimeter.enrich.owners import read_owner_table
from dosimeter.lab.fleet import figures
from dosimeter.lab.fleet.kinds import OPEN, Rung
from dosimeter.lab.fleet.papers import owners_text, scope_text, targets_text, truth_text
from dosimeter.lab.fleet.plan import Member, allot, plan_fleet
from dosimeter.model.scope import Touch
from dosimeter.scopefile.read import read_scope

TODAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def members() -> tuple[Member, ...]:
    """The whole fleet."""
    return plan_fleet(TODAY)


def opened(members: Sequence[Member], country: str | None = None) -> list[Member]:
    """Those that answer anybody, in one country or in all."""
    return [each for each in members if each.rung in OPEN and country in {None, each.country}]


def sums(members: Sequence[Member]) -> tuple[int, int, int, int]:
    """Archives, studies, images, and images that are handed out."""
    return (
        len(members),
        sum(each.studies for each in members),
        sum(each.images for each in members),
        sum(each.images for each in members if each.retrievable),
    )


def test_the_totals_are_those_of_the_study(members: tuple[Member, ...]) -> None:
    """2,300 archives, of which 590 answer anybody, 39 to a browser; 24, 737 and 400 million; 52 countries."""
    assert len(members) == figures.STUDIED == 2_300
    assert sums(opened(members)) == (590, 24_000_000, 737_000_000, 400_000_000)
    rungs = Counter(each.rung for each in members)
    assert rungs[Rung.BROWSABLE] == 39
    assert len({each.country for each in opened(members)}) == 52


def test_every_published_figure_of_a_country_is_met(members: tuple[Member, ...]) -> None:
    """Turkey whole, France but for what is downloadable, the systems of the US, India and Italy."""
    assert sums(opened(members, "TR")) == (36, 4_924_141, 179_533_940, 178_283_858)
    assert sums(opened(members, "FR"))[:3] == (7, 47_500, 2_670_000)
    assert sums(opened(members, "AU"))[1:3] == (50_000, 2_600_000)
    assert sums(opened(members, "DE"))[2] == 2_850_000
    archives = {code: len(opened(members, code)) for code in ("US", "IN", "IT", "CH", "SK")}
    assert archives == {"US": 187, "IN": 96, "IT": 10, "CH": 2, "SK": 1}
    assert [each.rung for each in opened(members, "CH")].count(Rung.BROWSABLE) == 1


def test_a_twentieth_is_divided_exactly_and_is_the_same_each_time() -> None:
    """115 archives, 30 of them open, 2 to a browser; a twentieth of every total."""
    few = plan_fleet(TODAY, 20)
    assert len(few) == 115
    assert sums(opened(few)) == (30, 1_200_000, 36_850_000, 20_000_000)
    assert sum(each.rung is Rung.BROWSABLE for each in few) == 2
    assert [(each.address, each.kind.name, each.images) for each in few] == [
        (each.address, each.kind.name, each.images) for each in plan_fleet(TODAY, 20)
    ]


def test_every_scale_adds_up() -> None:
    """Whatever is drawn, what is left for one country is an archive."""
    for scale in (2, 7, 13, 26, 39):
        found = sums(opened(plan_fleet(TODAY, scale)))
        assert found[1:] == (24_000_000 // scale, 737_000_000 // scale, 400_000_000 // scale)


@pytest.mark.parametrize("scale", [0, 40, -1])
def test_a_scale_without_a_browsable_archive_is_refused(scale: int) -> None:
    """From 1 to 39."""
    with pytest.raises(ValueError, match="from 1 to 39"):
        plan_fleet(TODAY, scale)


def test_every_archive_has_an_address_of_its_own_on_loopback(members: tuple[Member, ...]) -> None:
    """All in 127.64.0.0/10, and none that ends in 0 or 255."""
    addresses = [ip_address(each.address) for each in members]
    assert len(set(addresses)) == 2_300
    assert all(address in ip_network("127.64.0.0/10") for address in addresses)
    assert not {int(address) & 0xFF for address in addresses} & {0, 255}


def test_what_is_shared_out_adds_up() -> None:
    """In proportion, rounded by the largest remainder."""
    assert allot(10, [1, 1, 1]) == [4, 3, 3]
    assert allot(7, [5, 0, 1.5]) == [5, 0, 2]
    assert allot(0, []) == []
    with pytest.raises(ValueError, match="shared out"):
        allot(3, [])
    with pytest.raises(ValueError, match="shared out"):
        allot(-1, [1])


def test_a_survey_is_given_a_valid_scope_and_everybody_has_an_owner(tmp_path: Path) -> None:
    """The scope allows counting on the fleet's network alone; the table of owners names each country."""
    few = plan_fleet(TODAY, 39)
    scope, owners = tmp_path / "scope.toml", tmp_path / "owners.csv"
    now = datetime.now(UTC)
    scope.write_text(scope_text(now))
    owners.write_text(owners_text(few))
    authorisation = read_scope(scope, trusted_keys=None, now=now)
    assert authorisation.touch is Touch.COUNT
    assert [str(network) for network in authorisation.networks] == ["127.64.0.0/10"]
    table = read_owner_table(owners)
    for member in few:
        place = table.place(member.address)
        assert place is not None
        assert place.country is not None
        assert place.country.code == member.country
    lines = targets_text(few).splitlines()
    assert len(lines) == len(few) + sum(each.face is not None for each in few)


def test_the_truth_tells_every_archive_and_adds_them_up() -> None:
    """Totals are those of the countries, and these of the archives that answer anybody."""
    few = plan_fleet(TODAY, 39)
    truth = json.loads(truth_text(few, TODAY, 39))
    countries = truth["countries"].values()
    assert {name: sum(each[name] for each in countries) for name in truth["totals"]} == truth["totals"]
    assert truth["totals"]["studies"] == sum(
        each["studies"] for each in truth["archives"] if each["rung"] in OPEN
    )
    assert sum(truth["rungs"].values()) == truth["studied"] == len(truth["archives"]) == len(few)
