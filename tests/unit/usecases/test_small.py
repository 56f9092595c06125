from __future__ import annotations

import gc
import resource
import time
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path

import pytest

from dosimeter.usecases.authorise import default_trusted_keys
from dosimeter.usecases.collector import rare_collections
from dosimeter.usecases.descriptors import raise_descriptor_limit
from dosimeter.usecases.surveys import list_lines, opened, request_stop
from dosimeter.usecases.system_clock import SystemClock
from tests.contract.samples import header, host


@pytest.fixture
def limit() -> Iterator[tuple[int, int]]:
    """The limit on file descriptors, put back afterwards."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield before
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_the_descriptor_limit_is_raised_as_far_as_the_hosts_need(limit: tuple[int, int]) -> None:
    """Each host in flight needs one, and some are kept for the rest."""
    _soft, hard = limit
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
    assert raise_descriptor_limit(1000) == 1000
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] >= 1064


def test_a_hard_limit_lowers_the_hosts_in_flight(limit: tuple[int, int]) -> None:
    """More than the system allows is not tried."""
    _soft, hard = limit
    if hard == resource.RLIM_INFINITY:
        hard = 2**30
    assert raise_descriptor_limit(hard + 1000) == hard - 64


def test_the_descriptor_limit_is_never_lowered(limit: tuple[int, int]) -> None:
    """A survey of one host leaves it as it is."""
    raise_descriptor_limit(1)
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == limit


def test_the_collector_is_as_it_was_after_a_survey_however_it_ended() -> None:
    """Thresholds are put back and nothing stays frozen."""
    before = gc.get_threshold()

    def survey() -> None:
        with rare_collections():
            assert gc.get_threshold()[0] > before[0]
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        survey()
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0


def test_the_clock_is_aware_of_its_zone_and_never_goes_back() -> None:
    """UTC for what is written, monotonic for what is waited."""
    clock = SystemClock()
    assert clock.now().tzinfo is UTC
    first = clock.monotonic()
    time.sleep(0.001)
    assert clock.monotonic() > first


def test_surveys_are_listed_one_a_line_newest_first(tmp_path: Path) -> None:
    """Id, state, when, how far, and under which authorisation."""
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    assert list_lines(url) == ["no survey in this store"]
    with opened(url) as store:
        store.create(header("s1"), [host("10.0.0.1")])
        store.create(header("s2", minutes=5), [host("10.0.0.1"), host("10.0.0.2")])
        newest, oldest = list_lines(url)
    assert newest.split() == ["s2", "running", "2026-11-24", "12:05Z", "0/2", "endpoints", "TEST-1"]
    assert oldest.startswith("s1")


def test_a_stop_is_left_for_whoever_runs_the_survey(tmp_path: Path) -> None:
    """The beginning of an id is enough."""
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    with opened(url) as store:
        store.create(header("20260101-aa"), [host("10.0.0.1")])
        assert not store.stop_requested("20260101-aa")
        assert "20260101-aa was asked to stop" in request_stop(url, "2026")
        assert store.stop_requested("20260101-aa")


def test_trusted_keys_are_in_the_users_configuration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where the user keeps settings."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert default_trusted_keys() == tmp_path / "dosimeter" / "trusted-keys"
