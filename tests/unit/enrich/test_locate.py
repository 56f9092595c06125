from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from dosimeter.enrich.locate import Words, inventory_place, place_of
from dosimeter.model.place import NOWHERE, Country, DataSource, Operator, Owner, Place, Sighting


def said(by: str, code: str | None = "FR", name: str | None = "Net", *, owned: bool = False) -> Place:
    """What a source of this name says."""
    source = DataSource(by)
    return Place(
        None if code is None else Country(code, source),
        None if name is None else Operator(None, name, source),
        Owner("Hospital", None, None, source) if owned else None,
    )


ALL = Words(
    tables=(said("csv", owned=True), said("scope", owned=True)),
    databases=(said("mmdb"), said("second mmdb")),
    inventory=said("shodan"),
    registries=Country("FR", DataSource("iptocc")),
    before=said("before"),
)


def sources(words: Words) -> tuple[str | None, str | None, str | None]:
    """Who was believed: of the country, of the operator, of the owner."""
    place = place_of(words)
    return tuple(each and each.source.name for each in (place.country, place.operator, place.owner))  # type: ignore[return-value]  # three of them


def test_each_statement_comes_from_the_first_source_that_makes_it() -> None:
    """Sources are taken away one after the other: the next one is believed."""
    assert sources(ALL) == ("csv", "csv", "csv")
    words = replace(ALL, tables=ALL.tables[1:])
    assert sources(words) == ("scope", "scope", "scope")
    words = replace(words, tables=())
    assert sources(words) == ("mmdb", "shodan", None)
    words = replace(words, inventory=NOWHERE)
    assert sources(words) == ("mmdb", "mmdb", None)
    words = replace(words, databases=())
    assert sources(words) == ("before", "before", None)
    words = replace(words, before=NOWHERE, inventory=said("shodan"))
    assert sources(words) == ("shodan", "shodan", None)
    words = replace(words, inventory=NOWHERE)
    assert sources(words) == ("iptocc", None, None)
    assert place_of(Words()) == NOWHERE


def test_what_a_table_leaves_out_is_asked_of_others() -> None:
    """A table that names the owner alone leaves country and operator to the next source."""
    words = replace(ALL, tables=(said("csv", None, None, owned=True),))
    assert sources(words) == ("mmdb", "shodan", "csv")


def test_what_a_table_said_before_stays_a_word_of_a_table() -> None:
    """Placed again without the table, its words go before databases; other words of then do not."""
    words = replace(ALL, tables=(), before=said("old csv", owned=True))
    assert sources(words) == ("old csv", "old csv", "old csv")
    mixed = Place(said("old mmdb").country, said("old shodan").operator, said("old csv", owned=True).owner)
    assert sources(replace(words, before=mixed)) == ("mmdb", "shodan", "old csv")


def test_inventories_are_named_with_the_day_they_last_saw_it() -> None:
    """All of them, for what they say was merged; without a date there is none."""
    seen = Sighting("10.0.0.1", 104, ("censys", "shodan"), country="FR", asn=64500, operator="Net")
    source = DataSource("censys, shodan")
    assert inventory_place(seen) == Place(Country("FR", source), Operator(64500, "Net", source))
    dated = replace(seen, last_seen=datetime(2026, 11, 24, 23, 59, tzinfo=UTC))
    assert inventory_place(dated).country == Country("FR", replace(source, as_of=date(2026, 11, 24)))
    assert inventory_place(Sighting("10.0.0.1", None, ("zmap",))) == NOWHERE
