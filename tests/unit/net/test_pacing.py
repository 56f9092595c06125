from __future__ import annotations

from dosimeter.model.scope import Pace
from dosimeter.net.pacing import HostClock, HostPacer


def admitted(pacer: HostPacer, seconds: float, step: float = 0.05) -> int:
    """How many hosts are let in over so long, asked twenty times a second, none in flight."""
    return sum(pacer.admit(number * step, 0) for number in range(1, round(seconds / step) + 1))


def test_the_first_host_starts_at_once() -> None:
    """A survey of one host does not wait a second."""
    assert HostPacer(Pace(new_hosts_per_second=1), 0.0).admit(0.0, 0) == 1


def test_hosts_start_at_the_rate_of_the_scope() -> None:
    """Ten seconds at five a second are fifty hosts, one more for the first."""
    assert admitted(HostPacer(Pace(new_hosts_per_second=5), 0.0), 10) in {50, 51}


def test_a_rate_below_one_is_kept_too() -> None:
    """One host in four seconds."""
    assert admitted(HostPacer(Pace(new_hosts_per_second=0.25), 0.0), 20) in {5, 6}


def test_a_pause_is_not_made_up_for_by_a_burst() -> None:
    """After a minute of nothing a quarter of a second's worth may start, no more."""
    pacer = HostPacer(Pace(new_hosts_per_second=100, hosts_in_flight=1000), 0.0)
    pacer.admit(0.0, 0)
    assert pacer.admit(60.0, 0) == 25


def test_never_more_hosts_than_may_be_in_flight() -> None:
    """However high the rate, and with no rate at all."""
    for rate in (0, 1_000_000):
        pacer = HostPacer(Pace(new_hosts_per_second=rate, hosts_in_flight=32), 0.0)
        assert pacer.admit(10.0, 30) <= 2
        assert pacer.admit(20.0, 32) == 0
        assert pacer.admit(30.0, 40) == 0


def test_without_a_rate_every_free_place_is_taken() -> None:
    """Zero is no limit; only loopback may have it."""
    assert HostPacer(Pace(new_hosts_per_second=0, hosts_in_flight=32), 0.0).admit(0.0, 12) == 20


def test_a_host_is_left_alone_between_associations() -> None:
    """The next contact is counted from the end of the last."""
    clock = HostClock(Pace(seconds_between_associations=2, host_seconds=60), 100.0)
    assert clock.next_contact == 100.0
    clock.contact_ended(103.5)
    assert clock.next_contact == 105.5


def test_our_own_pause_is_not_the_hosts_time() -> None:
    """The minute a host may cost is its own answering time."""
    clock = HostClock(Pace(seconds_between_associations=2, host_seconds=60), 100.0)
    clock.waited(2.0)
    assert clock.until == 162.0


def test_counting_has_seconds_of_its_own_and_those_for_proving_stand_still() -> None:
    """40 of the 60 seconds are left when a census begins; after five minutes of it, 40 are left still."""
    clock = HostClock(Pace(host_seconds=60), 100.0)
    clock.begin_census(300.0, 120.0)
    assert clock.until == 420.0
    clock.waited(2.0)
    assert clock.until == 422.0
    clock.end_census(430.0)
    assert clock.until == 470.0
