from __future__ import annotations

from pathlib import Path

import pytest

from dosimeter.model.survey import SurveyState
from dosimeter.usecases.surveys import list_lines, opened, request_stop
from tests.contract.samples import NOON, header, hosts


def test_a_running_survey_is_asked_to_stop(tmp_path: Path) -> None:
    """The wish is in the store, where the process that runs the survey looks."""
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    with opened(url) as store:
        store.create(header(), hosts(1))
        assert request_stop(url, "last") == "survey s1 was asked to stop"
        assert store.stop_requested("s1")


@pytest.mark.parametrize("state", [SurveyState.COMPLETED, SurveyState.STOPPED])
def test_a_survey_that_has_ended_is_not_said_to_be_asked(tmp_path: Path, state: SurveyState) -> None:
    """There is nobody to ask, and the sentence says so."""
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    with opened(url) as store:
        store.create(header(), hosts(1))
        store.finish("s1", state, NOON)
    assert request_stop(url, "s1") == f"survey s1 is {state.value} already: there is nothing to stop"
    with opened(url) as store:
        assert not store.stop_requested("s1")


def test_a_survey_that_nobody_runs_any_more_has_died(tmp_path: Path) -> None:
    """The store says running for ever, the lock does not: the list and the answer to a stop know it."""
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    with opened(url) as store:
        store.create(header(), hosts(1))
        assert list_lines(url)[0].split()[1] == "running"
    assert list_lines(url)[0].split()[1] == "died"
    assert request_stop(url, "s1") == (
        "survey s1 died: no process runs it; `dosimeter survey resume s1` goes on"
    )
    with opened(url) as store:
        assert not store.stop_requested("s1")
        store.resume("s1")
        assert list_lines(url)[0].split()[1] == "running"
