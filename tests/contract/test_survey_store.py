"""What any SurveyStore promises. A new store adds its opener to STORES and passes unchanged."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from dosimeter.model.attempt import Cause, Failed, Skipped
from dosimeter.model.survey import EndpointRecord, Progress, SurveyState
from dosimeter.model.target import Endpoint, Service
from dosimeter.store.problem import StoreProblem
from dosimeter.store.sqlite import open_store
from tests.contract.samples import NOON, cell, header, host, hosts, record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from dosimeter.model.facts import Fact
    from dosimeter.model.survey import HostPlan
    from dosimeter.survey.ports import SurveyStore


def sqlite_opener(folder: Path) -> Callable[[], SurveyStore]:
    """Open the same file again and again."""
    return lambda: open_store(f"sqlite:///{folder / 'store.sqlite'}")


STORES = {"sqlite": sqlite_opener}


@pytest.fixture(params=STORES.values(), ids=STORES.keys())
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], SurveyStore]:
    """Open the store under test, each time as another process would."""
    return request.param(tmp_path)


@pytest.fixture
def store(opener: Callable[[], SurveyStore]) -> Iterator[SurveyStore]:
    """The store under test, empty."""
    opened = opener()
    yield opened
    opened.close()


def test_a_survey_comes_back_as_it_was_created(store: SurveyStore) -> None:
    """The header and the place of the scope file are kept."""
    store.create(header(), hosts(2), "/etc/dosimeter/scope.toml")
    assert store.header("s1") == header()
    assert store.scope_path("s1") == "/etc/dosimeter/scope.toml"
    assert store.counts("s1") == Progress(endpoints=2, recorded=0)


def test_hosts_are_pending_in_the_order_of_the_plan(store: SurveyStore) -> None:
    """A shuffled plan stays shuffled, over more than one batch and page."""
    plan = hosts(12_000)[::-1]
    store.create(header(), iter(plan))
    assert list(store.pending("s1")) == plan


def test_names_services_and_ipv6_survive(store: SurveyStore) -> None:
    """A pending endpoint keeps its name and its service, and an address may be IPv6."""
    plan = replace(
        host("2001:db8::1", 104, name="pacs.example"),
        endpoints=(
            Endpoint("2001:db8::1", 104, Service.DICOM, "pacs.example"),
            Endpoint("2001:db8::1", 2762, Service.DICOM_TLS, None),
        ),
    )
    store.create(header(), [plan])
    assert list(store.pending("s1")) == [plan]


def test_only_endpoints_without_a_record_are_pending(store: SurveyStore) -> None:
    """A host is pending until its last endpoint is recorded, with what is left of it."""
    store.create(header(), [host("10.0.0.1", 104, 11112), host("10.0.0.2", 104)])
    store.record("s1", [record("10.0.0.1", 11112)])
    assert list(store.pending("s1")) == [host("10.0.0.1", 104), host("10.0.0.2", 104)]
    store.record("s1", [record("10.0.0.1", 104)])
    assert list(store.pending("s1")) == [host("10.0.0.2", 104)]


def test_a_port_recorded_as_tls_is_the_port_planned_as_dicom(store: SurveyStore) -> None:
    """The TLS retry of a plain endpoint settles that endpoint."""
    store.create(header(), [host("10.0.0.1", 2762)])
    kept = record("10.0.0.1", 2762, Service.DICOM_TLS)
    store.record("s1", [kept])
    assert list(store.pending("s1")) == []
    assert list(store.records("s1")) == [kept]


def test_each_intent_counts_as_a_contact(store: SurveyStore) -> None:
    """A host that was contacted and not finished says how often."""
    store.create(header(), [host("10.0.0.1"), host("10.0.0.2")])
    store.intend("s1", ["10.0.0.1"], NOON)
    store.intend("s1", ["10.0.0.1"], NOON)
    assert list(store.pending("s1")) == [host("10.0.0.1", contacts=2), host("10.0.0.2")]


def test_an_intent_that_came_to_nothing_is_taken_back(store: SurveyStore) -> None:
    """A host that was not contacted after all does not count as contacted; never below none."""
    store.create(header(), [host("10.0.0.1"), host("10.0.0.2")])
    store.intend("s1", ["10.0.0.1"], NOON)
    store.intend("s1", ["10.0.0.1"], NOON)
    store.withdraw("s1", ["10.0.0.1", "10.0.0.2"])
    assert list(store.pending("s1")) == [host("10.0.0.1", contacts=1), host("10.0.0.2")]


def test_an_intent_for_a_host_outside_the_plan_is_refused_whole(store: SurveyStore) -> None:
    """Nobody is contacted without an intent, so a batch with a stranger notes nothing."""
    store.create(header(), [host("10.0.0.1")])
    with pytest.raises(ValueError, match="not a host"):
        store.intend("s1", ["10.0.0.1", "10.9.9.9"], NOON)
    assert list(store.pending("s1")) == [host("10.0.0.1")]


def test_recording_an_endpoint_again_replaces_its_record(store: SurveyStore) -> None:
    """The same batch twice is one result, and the later answer is the one kept."""
    store.create(header(), [host("10.0.0.1")])
    later = record("10.0.0.1", attempts=(Skipped("dicom_associate", "told to stop"),))
    store.record("s1", [record("10.0.0.1")])
    store.record("s1", [record("10.0.0.1"), later])
    assert list(store.records("s1")) == [later]
    assert store.counts("s1") == Progress(endpoints=1, recorded=1)


def test_a_batch_of_records_is_kept_whole_or_not_at_all(store: SurveyStore) -> None:
    """A record of an address outside the plan takes its whole batch with it."""
    store.create(header(), [host("10.0.0.1")])
    with pytest.raises(StoreProblem, match="contradicts"):
        store.record("s1", [record("10.0.0.1"), record("10.9.9.9")])
    assert list(store.records("s1")) == []


def test_records_come_by_address_as_a_number_and_then_port(store: SurveyStore) -> None:
    """10.0.0.9 comes before 10.0.0.10, IPv4 before IPv6."""
    places = [
        ("10.0.0.9", 104),
        ("10.0.0.9", 11112),
        ("10.0.0.10", 104),
        ("2001:db8::9", 104),
        ("2001:db8::10", 104),
    ]
    store.create(header(), [host("10.0.0.9", 104, 11112), *(host(a, p) for a, p in places[2:])])
    store.record("s1", [record(address, port) for address, port in reversed(places)])
    assert [(kept.endpoint.address, kept.endpoint.port) for kept in store.records("s1")] == places


def test_records_can_be_read_while_others_are_written(store: SurveyStore) -> None:
    """A reader half-way sees one consistent view and does not hold up the writer."""
    plan = hosts(1_200)
    store.create(header(), plan)
    store.record("s1", [record(planned.address) for planned in plan[:1_100]])
    reading = store.records("s1")
    next(reading)
    store.record("s1", [record(planned.address) for planned in plan[1_100:]])
    assert len(list(reading)) == 1_099
    assert store.counts("s1") == Progress(endpoints=1_200, recorded=1_200)


def opened(address: str, port: int = 11112) -> EndpointRecord:
    """What the endpoint answered before its census."""
    return replace(record(address, port), is_open=True)


def known(kept: EndpointRecord) -> tuple[Fact, ...]:
    """The cells at the end of an open record, whose attempts are otherwise as they were recorded."""
    assert kept.is_open
    *before, last = kept.attempts
    assert tuple(before) == record(kept.endpoint.address).attempts
    assert isinstance(last, Failed)
    assert (last.probe, last.cause) == ("count", Cause.INTERRUPTED)
    return last.facts


def test_an_open_record_says_what_is_known_so_far(store: SurveyStore) -> None:
    """A report of a survey under way has the cells counted so far, in the order in which they came."""
    store.create(header(), [host("10.0.0.1"), host("10.0.0.2")])
    store.record("s1", [opened("10.0.0.1"), record("10.0.0.2")])
    first, second = store.records("s1")
    assert known(first) == ()
    assert second == record("10.0.0.2")
    cells = tuple(cell(str(year)) for year in range(2026, 2010, -1))
    for each in cells:
        store.checkpoint("s1", opened("10.0.0.1").endpoint, each)
    first, second = store.records("s1")
    assert known(first) == cells
    assert second == record("10.0.0.2")


def test_an_open_record_is_pending_with_its_cells(
    store: SurveyStore, opener: Callable[[], SurveyStore]
) -> None:
    """Another process that resumes gets the endpoint again, with what was answered about it."""
    store.create(header(), [host("10.0.0.1", 104, 2762, 11112), host("10.0.0.2")])
    as_tls = replace(opened("10.0.0.1", 2762), endpoint=Endpoint("10.0.0.1", 2762, Service.DICOM_TLS))
    store.record("s1", [record("10.0.0.1", 104), as_tls, record("10.0.0.2")])
    store.checkpoint("s1", as_tls.endpoint, cell("2026"))
    store.close()
    again = opener()
    again.resume("s1")
    (planned,) = again.pending("s1")
    assert planned.endpoints == host("10.0.0.1", 2762, 11112).endpoints
    (begun,) = planned.begun
    assert begun.endpoint == as_tls.endpoint
    assert known(begun) == (cell("2026"),)
    assert again.counts("s1") == Progress(endpoints=4, recorded=2)
    again.close()


def test_the_final_record_takes_the_checkpoints_with_it(store: SurveyStore) -> None:
    """Nothing is pending then, and were the record open again it would have no cells."""
    store.create(header(), [host("10.0.0.1"), host("10.0.0.2")])
    store.record("s1", [opened("10.0.0.1"), opened("10.0.0.2")])
    store.checkpoint("s1", opened("10.0.0.1").endpoint, cell("2026"))
    store.checkpoint("s1", opened("10.0.0.2").endpoint, cell("2025"))
    store.record("s1", [record("10.0.0.1")])
    assert [planned.address for planned in store.pending("s1")] == ["10.0.0.2"]
    assert store.counts("s1") == Progress(endpoints=2, recorded=1)
    store.record("s1", [opened("10.0.0.1")])
    first, second = store.records("s1")
    assert known(first) == ()
    assert known(second) == (cell("2025"),)


def test_a_cell_of_an_endpoint_without_an_open_record_is_refused(store: SurveyStore) -> None:
    """Neither before the record, nor after it, nor outside the plan; nothing is kept."""
    store.create(header(), [host("10.0.0.1"), host("10.0.0.2")])
    store.record("s1", [record("10.0.0.1")])
    for address in ("10.0.0.1", "10.0.0.2", "10.9.9.9"):
        with pytest.raises(ValueError, match="no open record"):
            store.checkpoint("s1", opened(address).endpoint, cell("2026"))
    store.record("s1", [opened("10.0.0.1")])
    (kept,) = store.records("s1")
    assert known(kept) == ()


def test_cells_of_two_surveys_are_apart(store: SurveyStore) -> None:
    """The same endpoint in two surveys has the cells of each."""
    for survey in ("s1", "s2"):
        store.create(header(survey), hosts(1))
        store.record(survey, [opened("10.0.0.0")])
        store.checkpoint(survey, opened("10.0.0.0").endpoint, cell(f"of {survey}"))
    store.record("s2", [record("10.0.0.0")])
    (kept,) = store.records("s1")
    assert known(kept) == (cell("of s1"),)


def test_endpoints_of_one_archive_are_joined(store: SurveyStore) -> None:
    """Each names the first, IPv6 in brackets; the first names nobody, and a new record forgets it."""
    store.create(header(), [host("10.0.0.1", 104, 11112), host("2001:db8::1")])
    places = [("10.0.0.1", 104), ("10.0.0.1", 11112), ("2001:db8::1", 11112)]
    store.record("s1", [record(*place) for place in places])
    first, second, third = (record(*place).endpoint for place in places)
    store.join("s1", [(second, first), (third, first)])
    assert [kept.same_as for kept in store.records("s1")] == [None, "10.0.0.1:104", "10.0.0.1:104"]
    store.join("s1", [(second, third)])
    assert [kept.same_as for kept in store.records("s1")] == [
        *(None, "[2001:db8::1]:11112", "10.0.0.1:104"),
    ]
    store.record("s1", [record("10.0.0.1", 11112)])
    assert [kept.same_as for kept in store.records("s1")] == [None, None, "10.0.0.1:104"]


def test_a_plan_that_breaks_off_leaves_no_survey(store: SurveyStore) -> None:
    """A plan whose source fails half-way leaves nothing, and its id can be used again."""

    def broken() -> Iterator[HostPlan]:
        yield from hosts(6_000)
        raise OSError("the inventory is truncated")

    with pytest.raises(OSError, match="truncated"):
        store.create(header(), broken())
    assert store.headers() == ()
    store.create(header(), hosts(1))


def test_an_address_planned_twice_is_refused(store: SurveyStore) -> None:
    """A host has one row, so it is never contacted twice at once."""
    with pytest.raises(StoreProblem):
        store.create(header(), [host("10.0.0.1"), host("10.0.0.1", 104)])
    assert store.headers() == ()


def test_a_port_planned_twice_is_refused(store: SurveyStore) -> None:
    """An endpoint is named by address and port."""
    with pytest.raises(ValueError, match="same port"):
        store.create(header(), [host("10.0.0.1", 104, 104)])


def test_a_survey_id_is_used_once(store: SurveyStore) -> None:
    """A second survey of the same id is refused and the first one kept."""
    store.create(header(), hosts(1))
    with pytest.raises(StoreProblem):
        store.create(header(), hosts(2))
    assert store.counts("s1").endpoints == 1


def test_surveys_are_apart(store: SurveyStore) -> None:
    """Two surveys of the same hosts share nothing."""
    store.create(header("s1"), hosts(2))
    store.create(header("s2"), hosts(2))
    store.intend("s1", ["10.0.0.0"], NOON)
    store.record("s1", [record("10.0.0.0")])
    assert store.counts("s2") == Progress(endpoints=2, recorded=0)
    assert list(store.pending("s2")) == hosts(2)


def test_finish_says_how_and_when(store: SurveyStore) -> None:
    """The header carries the state and the moment of the end."""
    store.create(header(), hosts(1))
    store.finish("s1", SurveyState.STOPPED, NOON + timedelta(hours=1))
    assert store.header("s1") == replace(
        header(), state=SurveyState.STOPPED, completed=NOON + timedelta(hours=1)
    )


def test_a_stop_can_be_asked_for_by_somebody_else(
    store: SurveyStore, opener: Callable[[], SurveyStore]
) -> None:
    """Another opener of the same store asks; the writer hears; resuming forgets it."""
    store.create(header(), hosts(1))
    other = opener()
    assert not store.stop_requested("s1")
    other.request_stop("s1")
    assert store.stop_requested("s1")
    store.finish("s1", SurveyState.STOPPED, NOON)
    store.close()
    other.resume("s1")
    assert not other.stop_requested("s1")
    assert other.header("s1") == header()
    other.close()


def test_a_second_writer_of_the_same_survey_is_refused(
    store: SurveyStore, opener: Callable[[], SurveyStore]
) -> None:
    """It may read, and write another survey; when the first lets go it may take over."""
    store.create(header(), hosts(1))
    other = opener()
    with pytest.raises(StoreProblem, match="another process is running survey s1"):
        other.resume("s1")
    assert list(other.pending("s1")) == hosts(1)
    other.create(header("s2"), hosts(1))
    store.close()
    other.resume("s1")
    other.record("s1", [record("10.0.0.0")])
    other.close()


def test_writing_without_having_taken_up_the_survey_is_a_fault(
    store: SurveyStore, opener: Callable[[], SurveyStore]
) -> None:
    """Neither intent nor record nor end is taken from a process that is not the writer."""
    store.create(header(), hosts(1))
    other = opener()
    with pytest.raises(ValueError, match="neither created nor resumed"):
        other.intend("s1", ["10.0.0.0"], NOON)
    with pytest.raises(ValueError, match="neither created nor resumed"):
        other.record("s1", [record("10.0.0.0")])
    with pytest.raises(ValueError, match="neither created nor resumed"):
        other.finish("s1", SurveyState.COMPLETED, NOON)
    store.record("s1", [opened("10.0.0.0")])
    with pytest.raises(ValueError, match="neither created nor resumed"):
        other.checkpoint("s1", opened("10.0.0.0").endpoint, cell("2026"))
    with pytest.raises(ValueError, match="neither created nor resumed"):
        other.join("s1", [(record("10.0.0.0").endpoint, record("10.0.0.0").endpoint)])
    other.close()


def test_a_completed_survey_is_not_resumed(store: SurveyStore) -> None:
    """Resuming it is refused with a sentence."""
    store.create(header(), hosts(1))
    store.finish("s1", SurveyState.COMPLETED, NOON)
    store.close()
    with pytest.raises(StoreProblem, match="as completed"):
        store.resume("s1")


def test_the_writer_may_stop_and_go_on(store: SurveyStore) -> None:
    """A survey stopped and resumed by the same process is running again."""
    store.create(header(), hosts(1))
    store.finish("s1", SurveyState.STOPPED, NOON)
    store.resume("s1")
    assert store.header("s1") == header()
    store.record("s1", [record("10.0.0.0")])


def test_everything_is_there_after_reopening(store: SurveyStore, opener: Callable[[], SurveyStore]) -> None:
    """Plan, contacts, records and header outlive the store object."""
    store.create(header(), hosts(2))
    store.intend("s1", ["10.0.0.0", "10.0.0.1"], NOON)
    store.record("s1", [record("10.0.0.0")])
    store.close()
    again = opener()
    assert list(again.pending("s1")) == [host("10.0.0.1", contacts=1)]
    assert list(again.records("s1")) == [record("10.0.0.0")]
    assert again.headers() == (header(),)
    again.close()


def test_headers_come_newest_first(store: SurveyStore) -> None:
    """The order is that of the start, not of the creation."""
    store.create(header("noon"), [])
    store.create(header("later", minutes=9), [])
    store.create(header("earlier", minutes=-9), [])
    assert [kept.id for kept in store.headers()] == ["later", "noon", "earlier"]


def test_find_takes_a_prefix_that_names_one_survey(store: SurveyStore) -> None:
    """A whole id wins over a longer one; an ambiguous, unknown or empty prefix is refused."""
    with pytest.raises(StoreProblem, match="no survey yet"):
        store.find("last")
    store.create(header("abc"), [])
    store.create(header("abcd", minutes=1), [])
    assert (store.find("abcd"), store.find("abc"), store.find("last")) == ("abcd", "abc", "abcd")
    for prefix, says in (("ab", "several surveys"), ("x", "no survey"), ("", "several surveys")):
        with pytest.raises(StoreProblem, match=says):
            store.find(prefix)


def test_an_unknown_survey_is_refused_with_a_sentence(store: SurveyStore) -> None:
    """Every question about a survey that is not there names it."""
    for ask in (
        store.header,
        store.counts,
        store.scope_path,
        store.stop_requested,
        store.request_stop,
        store.resume,
    ):
        with pytest.raises(StoreProblem, match="no survey 'nope'"):
            ask("nope")
    for stream in (store.pending, store.records):
        with pytest.raises(StoreProblem, match="no survey 'nope'"):
            next(stream("nope"))


def test_a_moment_without_a_time_zone_is_refused(store: SurveyStore) -> None:
    """Times are UTC or they are nothing."""
    store.create(header(), hosts(1))
    with pytest.raises(ValueError, match="time zone"):
        store.intend("s1", ["10.0.0.0"], NOON.replace(tzinfo=None))


def test_threads_take_turns(store: SurveyStore) -> None:
    """Four threads that record at once lose nothing."""
    plan = hosts(400)
    store.create(header(), plan)

    def write(part: int) -> None:
        for place in range(part, 400, 4):
            store.record("s1", [record(plan[place].address)])

    threads = [threading.Thread(target=write, args=(part,)) for part in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert store.counts("s1") == Progress(endpoints=400, recorded=400)


def test_closing_twice_does_nothing(store: SurveyStore) -> None:
    """A second close is no fault."""
    store.create(header(), hosts(1))
    store.close()
    store.close()
