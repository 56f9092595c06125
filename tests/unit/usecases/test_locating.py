from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dosimeter.enrich.countries import Registries
from dosimeter.enrich.locate import SCOPE_SOURCE
from dosimeter.enrich.problem import PlacesProblem
from dosimeter.model.attempt import Cause, Failed
from dosimeter.model.owned import OwnedNetwork
from dosimeter.model.place import NOWHERE, Country, DataSource, Operator, Owner, Place, Sighting
from dosimeter.scopefile.read import parse_scope
from dosimeter.store.sqlite import open_store
from dosimeter.usecases.locating import (
    PlaceSources,
    has_forgotten_places,
    locate,
    place_sources,
    placed_archives,
    places_of,
    relocate,
)
from dosimeter.usecases.run_survey import NOT_PLACED, ResumeRequest, SurveyRequest, resume, start
from tests.contract.samples import NOON, header, host, record
from tests.peers.archive import Archive
from tests.survey.terminal import Terminal
from tests.unit.enrich.mmdb_file import write_mmdb
from tests.unit.scopefile.test_read import GOOD
from tests.unit.usecases.test_run_survey import Watch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dosimeter.store.sqlite import SqliteStore

RENATER, GOOGLE, PRIVATE, CLOSED, SIX = "193.54.1.1", "8.8.8.8", "10.0.0.1", "193.54.1.2", "2001:660::1"
CLOSED_ATTEMPTS = (Failed("dicom_associate", Cause.REFUSED, "the connection was refused"),)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    """A survey of four addresses that answered, and one that is closed; inventories saw some of them."""
    with open_store(f"sqlite:///{tmp_path / 'store.sqlite'}") as opened:
        addresses = (SIX, RENATER, GOOGLE, PRIVATE, CLOSED)
        opened.create(header(), [host(address) for address in addresses])
        opened.record("s1", [record(address) for address in addresses[:4]])
        opened.record("s1", [replace(record(CLOSED), attempts=CLOSED_ATTEMPTS)])
        opened.add_sightings(
            "s1",
            [
                Sighting("1.1.1.1", 104, ("zmap",), country="AU"),
                Sighting(GOOGLE, 104, ("shodan",), NOON, NOON, "CA", 64500, "Old"),
                Sighting(GOOGLE, 11112, ("censys",), NOON, NOON + timedelta(days=1), "IE", 64501, "New"),
                Sighting(PRIVATE, None, ("nmap",), NOON - timedelta(days=9), NOON),
                Sighting(CLOSED, 104, ("zmap",), country="FR"),
                Sighting("2001:db8::1", 104, ("zmap",), country="FR"),
            ],
        )
        yield opened


def table(folder: Path, *lines: str) -> Path:
    """A table of owners."""
    path = folder / "owners.csv"
    path.write_text("\n".join(("network,organisation,contact,country", *lines)), encoding="utf-8")
    return path


def test_what_answered_is_placed_and_kept(store: SqliteStore) -> None:
    """By registries, and by what inventories say of any port of it; closed and private ones are nowhere."""
    sources = PlaceSources()
    locate(store, "s1", sources)
    france = Country("FR", Registries().source)
    seen = DataSource("censys, shodan", date(2026, 11, 25))
    assert list(store.places("s1")) == [
        (GOOGLE, Place(Country("IE", seen), Operator(64501, "New", seen))),
        (RENATER, Place(france)),
        (SIX, Place(france)),
    ]


def test_tables_and_databases_are_asked_before_others(store: SqliteStore, tmp_path: Path) -> None:
    """The table of the command line, then that of the scope, each by its longest prefix; then databases."""
    mmdb = write_mmdb(
        tmp_path / "x.mmdb", {"0.0.0.0/1": {"country_code": "US", "asn": "AS9", "as_name": "N"}}
    )
    scope = replace(
        parse_scope(Path("scope.toml"), GOOD.encode()),
        owners=(
            OwnedNetwork(ip_network("10.0.0.1/32"), "Of the scope", country="BE"),
            OwnedNetwork(ip_network("193.54.0.0/16"), "Renater", asn=2200),
        ),
    )
    with place_sources((mmdb,), table(tmp_path, "10.0.0.0/8,Of the table,call me,"), scope) as sources:
        locate(store, "s1", sources)
    found = dict(store.places("s1"))
    own, scoped = (
        DataSource("owners.csv", datetime.now(UTC).date()),
        DataSource(SCOPE_SOURCE, date(2026, 1, 1)),
    )
    assert found[PRIVATE].owner == Owner("Of the table", None, "call me", own)
    assert found[PRIVATE].country == Country("BE", scoped)
    assert found[RENATER].owner == Owner("Renater", None, None, scoped)
    assert found[RENATER].operator == Operator(2200, None, scoped)
    assert found[GOOGLE].country == Country("US", DataSource("Test-Country", date(2025, 11, 1)))
    assert found[GOOGLE].operator == Operator(64501, "New", DataSource("censys, shodan", date(2026, 11, 25)))


def test_a_survey_is_placed_again_with_other_data(store: SqliteStore, tmp_path: Path) -> None:
    """New words go before old ones, and an owner outlives a new database."""
    relocate(store, "s1", (), table(tmp_path, f"{RENATER},Hospital,,"))
    mmdb = write_mmdb(tmp_path / "x.mmdb", {"193.54.0.0/16": {"country_code": "MC"}})
    relocate(store, "s1", (mmdb,), None)
    found = dict(store.places("s1"))[RENATER]
    assert found.owner is not None
    assert found.owner.organisation == "Hospital"
    assert found.country == Country("MC", DataSource("Test-Country", date(2025, 11, 1)))
    relocate(store, "s1", (), table(tmp_path, f"{RENATER},Clinic,,CH"))
    found = dict(store.places("s1"))[RENATER]
    assert found.owner is not None
    assert (found.owner.organisation, found.country and found.country.code) == ("Clinic", "CH")


def test_a_line_that_was_taken_out_of_a_table_is_no_longer_said(store: SqliteStore, tmp_path: Path) -> None:
    """The wrong hospital would be called; what no table said stays."""
    wrong = table(tmp_path, f"{RENATER},Wrong hospital,,CH", f"{PRIVATE},Ours,,")
    relocate(store, "s1", (), wrong)
    corrected = table(tmp_path, f"{PRIVATE},Ours,,").rename(tmp_path / "corrected.csv")
    relocate(store, "s1", (), corrected)
    found = dict(store.places("s1"))
    assert found[RENATER] == Place(Country("FR", Registries().source))
    assert found[GOOGLE].operator is not None
    assert found[PRIVATE].owner is not None


def test_the_scopes_owner_comes_back_from_behind_a_table(tmp_path: Path) -> None:
    """The scope of the survey is read again, if it is still the same."""
    terminal = Terminal(tmp_path)
    with Archive() as archive:
        scope = terminal.scope(archive)
        scope.write_text(
            scope.read_text() + '\n[[owners]]\nnetwork = "127.0.0.0/8"\norganisation = "Of the scope"\n'
        )
        start(
            SurveyRequest(
                scope=scope, store_url=terminal.store, owners=table(tmp_path, "127.0.0.0/8,Wrong,,")
            ),
            Watch(),
        )
    with open_store(terminal.store) as kept:
        survey = kept.find("last")
        relocate(kept, survey, (), table(tmp_path, "10.0.0.0/8,Elsewhere,,"))
        [place] = dict(kept.places(survey)).values()
        assert place.owner is not None
        assert (place.owner.organisation, place.owner.source.name) == ("Of the scope", SCOPE_SOURCE)
        scope.write_text("changed")
        relocate(kept, survey, (), table(tmp_path, "10.0.0.0/8,Elsewhere,,"))
        assert list(dict(kept.places(survey)).values()) == [place]


def test_a_run_that_goes_on_keeps_what_the_first_was_told(store: SqliteStore, tmp_path: Path) -> None:
    """The owner of the first run outlives the second, which was given no table."""
    with place_sources((), table(tmp_path, f"{RENATER},Hospital,,")) as sources:
        locate(store, "s1", sources)
    locate(store, "s1", PlaceSources())
    owner = dict(store.places("s1"))[RENATER].owner
    assert owner is not None
    assert owner.organisation == "Hospital"


def test_a_survey_that_was_killed_says_that_its_table_is_wanted_again(tmp_path: Path) -> None:
    """Without a table, and with nothing stored of where what answered is; not if one is given."""
    terminal = Terminal(tmp_path)
    owners = table(tmp_path, "127.0.0.0/8,Our own lab,,FR")
    with Archive() as archive:
        scope = terminal.scope(archive)
        start(SurveyRequest(scope=scope, store_url=terminal.store, owners=owners), Watch())
        with open_store(terminal.store) as kept:
            survey = kept.find("last")
            assert not has_forgotten_places(kept, survey)
            kept.set_places(survey, [])
            assert has_forgotten_places(kept, survey)
        with sqlite3.connect(terminal.store.removeprefix("sqlite:///")) as raw:
            raw.execute("UPDATE surveys SET state = 'running', completed = NULL")
        told, warned = Watch(), Watch()
        resume(ResumeRequest("last", store_url=terminal.store), warned)
        with sqlite3.connect(terminal.store.removeprefix("sqlite:///")) as raw:
            raw.execute("UPDATE surveys SET state = 'running', completed = NULL")
        resume(ResumeRequest("last", store_url=terminal.store, owners=owners), told)
    assert (NOT_PLACED in warned.notes, NOT_PLACED in told.notes) == (True, False)
    with open_store(terminal.store) as kept:
        [(_, place)] = kept.places(survey)
        assert place.owner is not None


def test_a_file_that_cannot_be_used_changes_nothing(store: SqliteStore, tmp_path: Path) -> None:
    """What was kept before is still there."""
    locate(store, "s1", PlaceSources())
    before = list(store.places("s1"))
    for databases, owners in ((tmp_path / "none.mmdb",), None), ((), table(tmp_path, "10.0.0.0/8,,,")):
        with pytest.raises(PlacesProblem):
            relocate(store, "s1", databases, owners)
    assert list(store.places("s1")) == before


def test_an_older_survey_is_placed_without_being_written(store: SqliteStore) -> None:
    """Registries and inventories are asked as the report is made."""
    found = places_of(store, "s1")
    assert found[RENATER] == Place(Country("FR", Registries().source))
    assert PRIVATE not in found
    assert list(store.places("s1")) == []
    store.set_places("s1", [(PRIVATE, found[RENATER])])
    assert places_of(store, "s1") == {PRIVATE: found[RENATER]}


def test_archives_know_where_they_are_and_since_when(store: SqliteStore) -> None:
    """Each has its place, and the day an inventory first saw its endpoint or its host."""
    locate(store, "s1", PlaceSources())
    found = {each.endpoint.address: each for each in placed_archives(store, "s1")}
    assert {address for address, each in found.items() if each.place != NOWHERE} == {GOOGLE, RENATER, SIX}
    assert found[GOOGLE].first_seen == NOON
    assert found[PRIVATE].first_seen == NOON - timedelta(days=9)
    assert {found[address].first_seen for address in (RENATER, CLOSED, SIX)} == {None}


def test_a_survey_places_its_archives_when_it_ends(tmp_path: Path) -> None:
    """With the table given when it was started, or resumed."""
    terminal = Terminal(tmp_path)
    with Archive() as archive:
        scope = terminal.scope(archive)
        owners = table(tmp_path, "127.0.0.0/8,Our own lab,,FR")
        start(SurveyRequest(scope=scope, store_url=terminal.store, owners=owners), Watch())
        stopped = Watch()
        stopped.stop = True
        start(SurveyRequest(scope=scope, store_url=terminal.store), stopped)
        resume(ResumeRequest("last", store_url=terminal.store, owners=owners), Watch())
    with open_store(terminal.store) as kept:
        for survey in kept.headers():
            [(address, place)] = kept.places(survey.id)
            assert address == archive.address
            assert place.owner is not None
            assert (place.owner.organisation, place.country and place.country.code) == ("Our own lab", "FR")


def test_a_table_that_cannot_be_used_stops_a_survey_before_it_begins(tmp_path: Path) -> None:
    """Nobody is contacted, and nothing is kept."""
    terminal = Terminal(tmp_path)
    with Archive() as archive:
        scope, owners = terminal.scope(archive), table(tmp_path, "here,A,,")
        with pytest.raises(PlacesProblem, match=r"owners\.csv:2: network here"):
            start(SurveyRequest(scope=scope, store_url=terminal.store, owners=owners), Watch())
    with open_store(terminal.store) as kept:
        assert kept.headers() == ()
