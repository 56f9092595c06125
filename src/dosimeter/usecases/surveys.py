"""The surveys of a store: list them, ask one to stop."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from dosimeter.model.message import Message, say
from dosimeter.model.survey import SurveyHeader, SurveyState
from dosimeter.store.location import default_store_url
from dosimeter.store.sqlite import SqliteStore, open_store

DIED: Final = "died"
"""Said of a survey that is stored as running while no process writes it: it was killed, or the power went."""

_STATE_WORD: Final = {
    SurveyState.RUNNING.value: say("running"),
    SurveyState.COMPLETED.value: say("completed"),
    SurveyState.STOPPED.value: say("stopped"),
    DIED: say("died"),
}


@contextmanager
def opened(url: str | None) -> Iterator[SqliteStore]:
    """The store behind a URL, or the default one; closed at the end.

    Raises:
        StoreProblem: it cannot be used.
    """
    store = open_store(url or default_store_url())
    try:
        yield store
    finally:
        store.close()


def request_stop(url: str | None, survey: str) -> Message:
    """Ask whichever process runs the survey to stop; says what became of it."""
    with opened(url) as store:
        survey_id = store.find(survey)
        state = _state(store, store.header(survey_id))
        if state == DIED:
            return say(
                "survey {survey} died: no process runs it; `dosimeter survey resume {survey}` goes on",
                survey=survey_id,
            )
        if state != SurveyState.RUNNING:
            return say(
                "survey {survey} is {state} already: there is nothing to stop",
                survey=survey_id,
                state=_STATE_WORD[state],
            )
        store.request_stop(survey_id)
        return say("survey {survey} was asked to stop", survey=survey_id)


def list_lines(url: str | None) -> list[str]:
    """One line per survey, newest first: id, state, when, how far, under which authorisation.

    One that died can be resumed as one that was stopped. Scripts read these lines: they are English.
    """
    with opened(url) as store:
        lines = []
        for header in store.headers():
            progress = store.counts(header.id)
            lines.append(
                f"{header.id}  {_state(store, header):<9}  {header.started:%Y-%m-%d %H:%M}Z  "
                f"{progress.recorded}/{progress.endpoints} endpoints  {header.reference}"
            )
        return lines or ["no survey in this store"]


def _state(store: SqliteStore, header: SurveyHeader) -> str:
    if header.state is SurveyState.RUNNING and not store.has_writer(header.id):
        state = store.header(header.id).state  # It may have ended between the two looks.
        return DIED if state is SurveyState.RUNNING else state.value
    return header.state.value
