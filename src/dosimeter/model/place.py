"""Where an archive is registered, who operates its network, whose it is, and where it was heard of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final


@dataclass(frozen=True, slots=True)
class DataSource:
    """Where a statement comes from: ``name`` with its version, ``as_of`` the day of the data.

    ``as_of`` is None where the source does not say.
    """

    name: str
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class Country:
    """The country of registration: ``code`` is ISO 3166-1 alpha-2, in capitals."""

    code: str
    source: DataSource


@dataclass(frozen=True, slots=True)
class Operator:
    """Who announces the network. ``asn`` is its autonomous system number, None if only a name is known."""

    asn: int | None
    name: str | None
    source: DataSource


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose the archive is, as the user's own table says."""

    organisation: str
    sector: str | None
    contact: str | None
    source: DataSource


@dataclass(frozen=True, slots=True)
class Place:
    """All that is known of an address; None where nothing is."""

    country: Country | None = None
    operator: Operator | None = None
    owner: Owner | None = None


NOWHERE: Final = Place()


@dataclass(frozen=True, slots=True)
class Sighting:
    """What inventories say of one endpoint; ``port`` None: of the whole host.

    ``sources`` are the kinds of inventory that named it (``shodan``, ``masscan`` …), sorted. ``first_seen``
    and ``last_seen`` are UTC, None where no source says when. Where sources contradict each other, the
    latest word counts. No other field of an inventory is kept: banners hold patients' names.
    """

    address: str
    port: int | None
    sources: tuple[str, ...]
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    country: str | None = None
    asn: int | None = None
    operator: str | None = None
