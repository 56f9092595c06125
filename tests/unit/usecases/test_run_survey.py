from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from dosimeter.dicom.dimse import CommandField
from dosimeter.model.attempt import Completed
from dosimeter.model.problem import Problem
from dosimeter.model.survey import SurveyState
from dosimeter.store.sqlite import open_store
from dosimeter.usecases.run_survey import NOT_COMPARED, Outcome, ResumeRequest, SurveyRequest, resume, start
from dosimeter.usecases.system_clock import SystemClock
from tests.peers.archive import Accept, Answer, Archive, Reject, Script, Statuses, answers
from tests.survey.terminal import Terminal
from tests.unit.net.driving import descriptors
from tests.unit.survey.running import Watcher, audit_lines


class Watch(Watcher):
    """An observer that remembers what it was told and stops when told to."""

    def __init__(self) -> None:
        super().__init__()
        self.notes: list[str] = []
        self.began_with: tuple[int, int] | None = None
        self.stop = False

    def began(self, _survey: str, hosts: int, endpoints: int) -> None:
        """Remember it."""
        self.began_with = (hosts, endpoints)

    def note(self, sentence: str) -> None:
        """Remember it."""
        self.notes.append(sentence)

    def stop_wanted(self) -> bool:
        """Whether a test said so."""
        return self.stop

    def interrupted(self) -> bool:
        """The same: here every stop is Ctrl-C."""
        return self.stop


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path)


@pytest.fixture(autouse=True)
def _no_descriptor_is_left() -> Iterator[None]:
    before = descriptors()
    yield
    assert descriptors() == before


def go(terminal: Terminal, scope: Path, watch: Watch | None = None, **request: object) -> Outcome:
    """Start a survey of all that the scope names."""
    return start(
        SurveyRequest(scope=scope, store_url=terminal.store, **request),  # type: ignore[arg-type] # as its fields are
        watch or Watch(),
    )


def go_on(terminal: Terminal, watch: Watch | None = None) -> Outcome:
    """Resume the newest."""
    return resume(ResumeRequest("last", store_url=terminal.store), watch or Watch())


def state(terminal: Terminal) -> tuple[SurveyState, int, int]:
    """Of the newest survey: its state, the endpoints planned and those recorded."""
    with open_store(terminal.store) as store:
        survey = store.find("last")
        progress = store.counts(survey)
        return store.header(survey).state, progress.endpoints, progress.recorded


def test_a_survey_is_kept_with_its_state_and_its_records(terminal: Terminal) -> None:
    """Outcome, store and audit log say the same."""
    watch = Watch()
    with Archive() as archive:
        outcome = go(terminal, terminal.scope(archive), watch)
    assert outcome.completed
    assert outcome.says == "all was asked"
    assert state(terminal) == (SurveyState.COMPLETED, 1, 1)
    assert watch.began_with == (1, 1)
    events = [line["event"] for line in audit_lines(terminal.folder)]
    assert events == [
        "survey_started",
        "intended",
        *["contact", "ended"] * 2,
        "survey_ended",
    ]


def test_a_stranger_calls_a_title_that_nobody_has_and_another_one_each_time(terminal: Terminal) -> None:
    """Made up for the survey, so that no two surveys can be told apart by luck."""
    with Archive() as archive:
        for _ in range(2):
            go(terminal, terminal.scope(archive))
        first, _, second, _ = archive.wait_for_ends(4)
    assert first.titles[0].startswith("NOBODY-")
    assert first.titles[0] != second.titles[0]
    assert {first.titles[1], second.titles[1]} == {"DOSIMETER"}


class Shifted(SystemClock):
    """The machine's clock, some hours off."""

    offset = timedelta()

    def now(self) -> datetime:
        """The moment, shifted."""
        return datetime.now(UTC) + self.offset


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Shifted]]:
    """Local time is noon, whatever it is."""
    local = datetime.now().astimezone()
    Shifted.offset = datetime.combine(local.date(), time(12), local.tzinfo) - local
    monkeypatch.setattr("dosimeter.usecases.run_survey.SystemClock", Shifted)
    yield Shifted
    Shifted.offset = timedelta()


def test_the_end_of_the_hours_stops_the_survey_and_the_next_day_goes_on(
    terminal: Terminal, noon: type[Shifted]
) -> None:
    """Stopped, resumable, and at the end each host was asked once."""
    made = [Archive(address="127.0.10.1")]
    made += [Archive(address=f"127.0.10.{number}", port=made[0].port) for number in range(2, 6)]
    asked: list[str] = []

    def until_evening(request: object) -> Answer:
        asked.append("")
        if len(asked) == 2:
            noon.offset += timedelta(hours=9)
        return Reject()

    for archive in made:
        archive.script = Script(on_associate=until_evening)
    with ExitStack() as stack:
        for archive in made:
            stack.enter_context(archive)
        scope = terminal.scope(*made, pace={"hosts_in_flight": 1, "hours": "08:00-20:00"})
        evening = go(terminal, scope)
        in_the_evening = state(terminal)
        too_late = go_on(terminal)
        visits = sum(len(archive.visits) for archive in made)
        noon.offset -= timedelta(hours=9)
        noon_again = go_on(terminal)
        counts = [len(archive.visits) for archive in made]
    assert not evening.completed
    assert not evening.interrupted
    assert "between 08:00-20:00" in evening.says
    assert "dosimeter survey resume" in evening.says
    assert in_the_evening == (SurveyState.STOPPED, 5, 2)
    assert not too_late.completed
    assert visits == 2
    assert noon_again.completed
    assert state(terminal) == (SurveyState.COMPLETED, 5, 5)
    assert counts == [1] * 5


def test_stopping_again_and_again_loses_nobody(terminal: Terminal) -> None:
    """A host that was never contacted is asked, however often the survey was stopped before its turn."""
    with Archive() as archive:
        scope = terminal.scope(archive)
        at_once = Watch()
        at_once.stop = True
        first = go(terminal, scope, at_once)
        for _ in range(3):
            assert not go_on(terminal, at_once).completed
        assert archive.visits == []
        outcome = go_on(terminal)
    assert first.interrupted
    assert outcome.completed
    with open_store(terminal.store) as store:
        (record,) = store.records(store.find("last"))
    assert isinstance(record.attempts[0], Completed)


class StopAfter(Watch):
    """Asks for the end once so many endpoints are recorded."""

    def __init__(self, records: int) -> None:
        super().__init__()
        self._records = records

    def stop_wanted(self) -> bool:
        """Once there are enough."""
        return len(self.recorded) >= self._records


def test_a_resumed_survey_goes_no_further_than_it_began(terminal: Terminal) -> None:
    """Touch and exclusions of the first command hold to the end."""
    slowly = Script(on_request=answers(echo=Statuses((0,), seconds_late=0.3)))
    first = Archive(slowly, address="127.0.10.1")
    others = [Archive(slowly, address=f"127.0.10.{number}", port=first.port) for number in (2, 3)]
    with first, others[0], others[1]:
        scope = terminal.scope(first, *others, pace={"hosts_in_flight": 1, "answer_seconds": 2})
        stopped = go(terminal, scope, StopAfter(1), touch="negotiate", exclude=("127.0.10.3",))
        resumed = go_on(terminal)
        asked = {field for archive in (first, *others) for field, _service in archive.asked}
    assert (stopped.completed, resumed.completed) == (False, True)
    assert asked == {CommandField.C_ECHO}
    assert others[1].visits == []
    counts = sorted(len(archive.visits) for archive in (first, others[0]))
    assert counts in ([1, 1], [1, 2]), "only what was in flight at the stop is asked again"


def test_what_is_left_out_is_said_before_the_first_connection(terminal: Terminal) -> None:
    """An exclusion that took something away is no secret."""
    watch = Watch()
    with Archive(Script(on_associate=lambda _request: Accept())) as archive:
        scope = terminal.scope(archive, networks=["127.0.0.0/30"])
        go(terminal, scope, watch, exclude=("127.0.0.2",))
    assert watch.notes == ["1 address is excluded by --exclude."]


def test_a_scope_that_excludes_too_is_named_beside_the_command_line(terminal: Terminal) -> None:
    """The two are one list when addresses are left out: the sentence says both."""
    with Archive(Script(on_associate=lambda _request: Reject())) as archive:
        scope = terminal.scope(archive, networks=["127.0.0.0/30"], exclude=["127.0.0.3"])
        by_scope, by_both = Watch(), Watch()
        go(terminal, scope, by_scope)
        go(terminal, scope, by_both, exclude=("127.0.0.2",))
    assert by_scope.notes == ["1 address is excluded by the scope."]
    assert by_both.notes == ["2 addresses are excluded by the scope or --exclude."]


@pytest.mark.parametrize(("touch", "notes"), [("prove", []), ("count", [NOT_COMPARED])])
def test_a_resume_says_that_what_was_counted_before_is_not_compared(
    terminal: Terminal, touch: str, notes: list[str]
) -> None:
    """The key died with the first run, so one archive behind two addresses may be counted twice."""
    slowly = Script(on_request=answers(echo=Statuses((0,), seconds_late=0.3), find=Statuses((0x0122,))))
    first = Archive(slowly, address="127.0.10.1")
    with first, Archive(slowly, address="127.0.10.2", port=first.port) as other:
        scope = terminal.scope(first, other, touch=touch, pace={"hosts_in_flight": 1, "answer_seconds": 2})
        assert not go(terminal, scope, StopAfter(1)).completed
        resumed = Watch()
        assert go_on(terminal, resumed).completed
    assert resumed.notes == notes


def test_titles_are_chosen_again_for_a_resume(terminal: Terminal) -> None:
    """Which of the scope's titles the first command chose is not kept: a resume may choose too."""
    titles = {"called_ae_titles": ["PACS", "OTHER"], "calling_ae_titles": ["CT1", "CT2"]}
    with Archive(Script(on_associate=lambda _request: Reject())) as archive:
        at_once = Watch()
        at_once.stop = True
        go(terminal, terminal.scope(archive, **titles), at_once)
        with pytest.raises(Problem, match="GUESS is not on the scope's list"):
            resume(ResumeRequest("last", called_ae_titles=("GUESS",), store_url=terminal.store), Watch())
        chosen = ResumeRequest(
            "last", called_ae_titles=("PACS",), calling_ae_titles=("CT2",), store_url=terminal.store
        )
        assert resume(chosen, Watch()).completed
        asked = {seen.titles for seen in archive.visits}
    assert {called for called, _calling in asked if not called.startswith("NOBODY")} == {"PACS"}
    assert {calling for _called, calling in asked} == {"DOSIMETER", "CT2"}


def test_a_survey_that_another_process_runs_is_not_resumed(terminal: Terminal) -> None:
    """Two of them would ask everything twice."""
    with Archive() as archive:
        scope = terminal.scope(archive)
        at_once = Watch()
        at_once.stop = True
        go(terminal, scope, at_once)
        with open_store(terminal.store) as other:
            other.resume(other.find("last"))
            with pytest.raises(Problem, match="another process"):
                go_on(terminal)
    assert archive.visits == []
