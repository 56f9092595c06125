from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from dosimeter.model.attempt import Cause, Failed, Skipped
from dosimeter.model.facts import NotDicomSeen, Signature
from dosimeter.model.place import Country, DataSource, Operator, Owner, Place, Sighting
from dosimeter.model.survey import JudgedThen, SurveyState
from dosimeter.model.verdict import Exposure, Severity
from dosimeter.store.problem import StoreProblem
from dosimeter.store.sqlite import open_store
from tests.contract.samples import ATTEMPTS, NOON, header, host, hosts, record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from dosimeter.survey.ports import SurveyStore

HOUR = timedelta(hours=1)
TABLE = DataSource("owners.csv", date(2026, 11, 1))
FRANCE = Place(
    Country("FR", DataSource("iptocc 2026.10", None)),
    Operator(3215, "Opérateur d'exemple", DataSource("shodan")),
    Owner("CHU de Besançon", "hospital", "rssi@chu.example", TABLE),
)


@pytest.fixture
def opener(tmp_path: Path) -> Callable[[], SurveyStore]:
    """Opens the same store again, as another process would."""
    return lambda: open_store(f"sqlite:///{tmp_path / 'store.sqlite'}")


@pytest.fixture
def store(opener: Callable[[], SurveyStore]) -> Iterator[SurveyStore]:
    """A store with one survey."""
    opened = opener()
    opened.create(header(), hosts(3))
    yield opened
    opened.close()


def sighting(source: str = "shodan", address: str = "10.0.0.1", port: int | None = 104) -> Sighting:
    """What one inventory says of an endpoint: that it is there."""
    return Sighting(address, port, (source,))


def test_a_sighting_comes_back_as_it_was(store: SurveyStore) -> None:
    """Every field survives, a name that is not ASCII too, and so does one of which nothing is known."""
    whole = Sighting(
        "2001:db8::1", 104, ("censys", "shodan"), NOON, NOON + HOUR, "FR", 4200000000, "Orange é"
    )
    store.add_sightings("s1", [whole, sighting()])
    assert list(store.sightings("s1")) == [sighting(), whole]


def test_sightings_come_by_address_as_a_number_and_port(store: SurveyStore) -> None:
    """What is said of a whole host comes before its ports, IPv4 before IPv6."""
    places = [("2001:db8::1", 1), ("10.0.0.10", 104), ("10.0.0.9", 104), ("10.0.0.9", None)]
    store.add_sightings("s1", [sighting("masscan", *place) for place in places])
    assert [(each.address, each.port) for each in store.sightings("s1")] == [
        *(("10.0.0.9", None), ("10.0.0.9", 104), ("10.0.0.10", 104), ("2001:db8::1", 1)),
    ]


@pytest.mark.parametrize("together", [True, False])
def test_several_inventories_make_one_sighting(store: SurveyStore, *, together: bool) -> None:
    """Sources are united, times widened, the later word counts, whichever call or order brings them."""
    older = replace(sighting("shodan"), first_seen=NOON, last_seen=NOON + HOUR, country="DE", asn=64500)
    newer = replace(sighting("censys"), first_seen=NOON + HOUR, last_seen=NOON + 9 * HOUR, country="FR")
    undated = replace(sighting("masscan"), country="US")
    for order in ([older, newer, undated], [undated, newer, older], [newer, undated, older]):
        for part in [order] if together else [[each] for each in order]:
            store.add_sightings("s1", part)
        merged = Sighting(
            "10.0.0.1", 104, ("censys", "masscan", "shodan"), NOON, NOON + 9 * HOUR, "FR", 64500, None
        )
        (kept,) = store.sightings("s1")
        assert replace(kept, operator=None) == merged


def test_the_name_of_one_network_is_not_given_to_another(store: SurveyStore) -> None:
    """A later number without a name leaves the name of the number before it behind, and the other way."""
    first = replace(sighting(), asn=64500, operator="First", last_seen=NOON)
    store.add_sightings("s1", [first, replace(sighting(), asn=64501, last_seen=NOON + HOUR)])
    (kept,) = store.sightings("s1")
    assert (kept.asn, kept.operator) == (64501, None)
    store.add_sightings("s1", [replace(sighting(), operator="Second", last_seen=NOON + 2 * HOUR)])
    (kept,) = store.sightings("s1")
    assert (kept.asn, kept.operator) == (None, "Second")
    named = replace(sighting(), operator="Second", asn=64502, last_seen=NOON + 3 * HOUR)
    store.add_sightings("s1", [named, replace(sighting(), asn=64502, last_seen=NOON + 4 * HOUR)])
    (kept,) = store.sightings("s1")
    assert (kept.asn, kept.operator) == (64502, "Second")


def test_more_sightings_than_one_batch_are_kept(store: SurveyStore) -> None:
    """A stream of many batches is kept whole, and named twice it is kept once."""
    many = [sighting("zmap", f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}") for n in range(50_001)]
    store.add_sightings("s1", iter(many))
    store.add_sightings("s1", iter(many[:3]))
    assert sum(1 for _ in store.sightings("s1")) == 50_001


def test_what_no_store_can_keep_of_a_sighting_is_a_fault(store: SurveyStore) -> None:
    """An address in disguise and a moment without a time zone are refused, and nothing is kept."""
    for wrong in (sighting(address="10.0.1"), replace(sighting(), last_seen=NOON.replace(tzinfo=None))):
        with pytest.raises((ValueError, TypeError)):
            store.add_sightings("s1", [sighting("masscan"), wrong])
    assert list(store.sightings("s1")) == []


def test_sightings_are_taken_from_the_writer_alone(
    store: SurveyStore, opener: Callable[[], SurveyStore]
) -> None:
    """Like a record, a sighting is not taken from a process that neither created nor resumed the survey."""
    other = opener()
    with pytest.raises(ValueError, match="neither created nor resumed"):
        other.add_sightings("s1", [sighting()])
    other.close()


def test_a_place_comes_back_as_it_was(store: SurveyStore) -> None:
    """Country, operator and owner, each with its source and date, or none of them; by address as a number."""
    named = Place(operator=Operator(None, "A name", DataSource("x")), owner=Owner("O", None, None, TABLE))
    located = [("2001:db8::1", named), ("10.0.0.10", Place()), ("10.0.0.9", FRANCE)]
    store.set_places("s1", iter(located))
    assert list(store.places("s1")) == located[::-1]


def test_places_are_replaced_whole(store: SurveyStore) -> None:
    """What was kept before is gone; another survey keeps its own; a broken stream changes nothing."""

    def broken() -> Iterator[tuple[str, Place]]:
        yield "10.0.0.7", FRANCE
        raise OSError("the table is gone")

    store.create(header("s2"), hosts(1))
    for survey in ("s1", "s2"):
        store.set_places(survey, [("10.0.0.1", FRANCE), ("10.0.0.2", FRANCE)])
    store.set_places("s1", [("10.0.0.2", Place())])
    with pytest.raises(OSError, match="the table is gone"):
        store.set_places("s1", broken())
    assert list(store.places("s1")) == [("10.0.0.2", Place())]
    assert list(store.places("s2")) == [("10.0.0.1", FRANCE), ("10.0.0.2", FRANCE)]


def test_a_completed_survey_can_be_placed_and_judged_again(
    store: SurveyStore, opener: Callable[[], SurveyStore]
) -> None:
    """A report asked for with other data needs no claim to the survey."""
    store.finish("s1", SurveyState.COMPLETED, NOON)
    store.close()
    other = opener()
    other.set_places("s1", [("10.0.0.1", FRANCE)])
    other.set_judgements("s1", [])
    assert list(other.places("s1")) == [("10.0.0.1", FRANCE)]
    other.close()


def test_judgements_come_back_as_they_were_told_last(store: SurveyStore) -> None:
    """By address as a number and port; a second telling takes the place of the first."""
    told = [
        JudgedThen("10.0.0.9", 104, "2", Exposure.QUERYABLE, Severity.CRITICAL, True),
        JudgedThen("10.0.0.9", 8042, "2", Exposure.BROWSABLE, Severity.CRITICAL, False),
        JudgedThen("10.0.0.10", 104, "3", Exposure.UNREACHABLE, Severity.INFO, False),
    ]
    store.set_judgements("s1", [replace(told[0], port=1)])
    store.set_judgements("s1", reversed(told))
    assert list(store.judgements("s1")) == told


def test_the_addresses_of_which_anything_was_learnt_are_known(store: SurveyStore) -> None:
    """Once each, by address as a number: what answered, or failed with a fact."""
    mark = '["completed", and ["completed",[["x"'
    nothing = (Failed("dicom_associate", Cause.REFUSED, mark), Skipped("dicom_echo", mark))
    told = (Failed("dicom_associate", Cause.TIMED_OUT, "", (NotDicomSeen(Signature.HTTP),)), *nothing)
    answers = {"10.0.0.10": ATTEMPTS, "10.0.0.9": told, "10.0.0.8": nothing}
    store.create(header("s2"), [host(address, 104, 11112) for address in answers])
    for address, attempts in answers.items():
        both = [replace(record(address, port), attempts=attempts) for port in (104, 11112)]
        store.record("s2", both)
    assert list(store.answered("s2")) == ["10.0.0.9", "10.0.0.10"]
    assert list(store.answered("s1")) == []


def test_an_unknown_survey_has_neither(store: SurveyStore) -> None:
    """Each question names the survey that is not there."""
    for stream in (store.sightings, store.places, store.judgements, store.answered):
        with pytest.raises(StoreProblem, match="no survey 'nope'"):
            next(iter(stream("nope")))
    for change in (store.set_places, store.set_judgements):
        with pytest.raises(StoreProblem, match="no survey 'nope'"):
            change("nope", [])
