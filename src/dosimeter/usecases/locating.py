"""Where the archives of a survey are and whose they are: each source asked, the answer stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby, islice
from operator import attrgetter
from pathlib import Path
from typing import Final

from dosimeter.enrich.countries import Registries
from dosimeter.enrich.locate import SCOPE_SOURCE, Words, inventory_place, place_of, without_given_table
from dosimeter.enrich.mmdb import GeoDatabase
from dosimeter.enrich.owners import OwnerTable, read_owner_table
from dosimeter.model.place import NOWHERE, DataSource, Place, Sighting
from dosimeter.model.problem import Problem
from dosimeter.model.scope import Authorisation
from dosimeter.model.target import Endpoint
from dosimeter.report.archive import Archive
from dosimeter.scopefile.read import parse_scope, read_bytes
from dosimeter.store.rows import address_key
from dosimeter.store.sightings import merged
from dosimeter.store.sqlite import SqliteStore
from dosimeter.usecases.judging import judge_all

_ADDRESSES_A_BATCH: Final = 2_000


@dataclass(frozen=True, slots=True)
class PlaceSources:
    """What is asked: tables of owners, the one that goes first in front, and the user's databases."""

    tables: tuple[OwnerTable, ...] = ()
    databases: tuple[GeoDatabase, ...] = ()
    registries: Registries = field(default_factory=Registries)


@contextmanager
def place_sources(
    geo_dbs: tuple[Path, ...] = (), owners: Path | None = None, scope: Authorisation | None = None
) -> Iterator[PlaceSources]:
    """Open them, before anybody is contacted; a line of ``owners`` goes before the scope's.

    Raises:
        Problem: a file cannot be used.
    """
    tables = [] if owners is None else [read_owner_table(owners)]
    if scope is not None and scope.owners:
        tables.append(OwnerTable(scope.owners, DataSource(SCOPE_SOURCE, scope.valid_from.date())))
    with ExitStack() as opened:
        databases = tuple(opened.enter_context(GeoDatabase(path)) for path in geo_dbs)
        yield PlaceSources(tuple(tables), databases)


def locate(store: SqliteStore, survey_id: str, sources: PlaceSources) -> None:
    """Place every address that answered, and keep that in place of what was kept before.

    What only older data says stays as it was: a run that goes on need not be given the same files again. But
    a table of the command line stands for all that were given before it, so that a line which was taken out
    of it is no longer said.

    Raises:
        Problem: the store cannot be read or written, or a database is damaged.
    """
    before = dict(store.places(survey_id))
    if any(table.source.name != SCOPE_SOURCE for table in sources.tables):
        before = {address: without_given_table(place) for address, place in before.items()}
    store.set_places(survey_id, _places(store, survey_id, sources, before))


def relocate(store: SqliteStore, survey_id: str, geo_dbs: tuple[Path, ...], owners: Path | None) -> None:
    """Place a survey again with other data, and keep that, as `locate` does.

    The owners that its scope names are asked too, where the file is still the one the survey ran under.

    Raises:
        Problem: a file cannot be used, or the store cannot be read or written.
    """
    with place_sources(geo_dbs, owners, _scope_of(store, survey_id)) as sources:
        locate(store, survey_id, sources)


def _scope_of(store: SqliteStore, survey_id: str) -> Authorisation | None:
    path = store.scope_path(survey_id)
    if not path:
        return None
    try:
        scope = parse_scope(Path(path), read_bytes(Path(path)))
    except Problem:  # Moved, or changed beyond reading: what was placed by it before stays.
        return None
    return scope if scope.sha256 == store.header(survey_id).scope_sha256 else None


def has_forgotten_places(store: SqliteStore, survey_id: str) -> bool:
    """Whether something answered and no place is stored, as after a run that was killed."""
    return next(store.answered(survey_id), None) is not None and next(store.places(survey_id), None) is None


def places_of(store: SqliteStore, survey_id: str) -> Mapping[str, Place]:
    """The place of each address of which something is known.

    A survey that no version with places has finished is placed now, by inventories and registries; nothing
    is written.
    """
    stored = dict(store.places(survey_id))
    return stored or dict(_places(store, survey_id, PlaceSources(), {}))


def placed_archives(
    store: SqliteStore, survey_id: str, places: Mapping[str, Place] | None = None
) -> Iterator[Archive]:
    """Every archive and every endpoint of a survey as `judge_all` gives them, with place and first sight.

    ``places`` is what `places_of` gave, if it was asked before.
    """
    return judge_all(
        store.records(survey_id),
        places=places_of(store, survey_id) if places is None else places,
        first_seen=_first_seen(store, survey_id),
    )


def _first_seen(store: SqliteStore, survey_id: str) -> dict[str, datetime]:
    """When inventories first saw what answered: an endpoint by its authority, a host by its address."""
    found: dict[str, datetime] = {}
    answered: set[str] | None = None
    for sighting in store.sightings(survey_id):
        if sighting.first_seen is None:
            continue
        if answered is None:  # Most surveys have no inventory that says when.
            answered = set(store.answered(survey_id))
        if sighting.address in answered:
            address, port = sighting.address, sighting.port
            found[address if port is None else Endpoint(address, port).authority] = sighting.first_seen
    return found


def _places(
    store: SqliteStore, survey_id: str, sources: PlaceSources, before: Mapping[str, Place]
) -> Iterator[tuple[str, Place]]:
    """The places of which anything is known, by address as a number."""
    seen = _inventory_places(store.answered(survey_id), store.sightings(survey_id))
    while batch := list(islice(seen, _ADDRESSES_A_BATCH)):
        countries = sources.registries.countries([address for address, _inventory in batch])
        for (address, inventory), country in zip(batch, countries, strict=True):
            by_table = (table.place(address) for table in sources.tables)
            place = place_of(
                Words(
                    tuple(each for each in by_table if each is not None),
                    tuple(database.place(address) for database in sources.databases),
                    inventory,
                    country,
                    before.get(address, NOWHERE),
                )
            )
            if place != NOWHERE:
                yield address, place


def _inventory_places(addresses: Iterable[str], sightings: Iterable[Sighting]) -> Iterator[tuple[str, Place]]:
    """Each address with what inventories say of it; both come by address as a number."""
    hosts = groupby(sightings, key=attrgetter("address"))
    host = next(hosts, None)
    for address in addresses:
        while host is not None and address_key(host[0]) < address_key(address):
            host = next(hosts, None)
        is_seen = host is not None and host[0] == address
        yield address, _of_host(host[1]) if host is not None and is_seen else NOWHERE


def _of_host(sightings: Iterable[Sighting]) -> Place:
    """What is said of any port of a host is said of it."""
    first, *others = (replace(each, port=None) for each in sightings)
    for other in others:
        first = merged(first, other)
    return inventory_place(first)
