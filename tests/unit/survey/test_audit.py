from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dosimeter.model.facts import Titles
from dosimeter.model.survey import SurveyState
from dosimeter.model.target import Endpoint, Service
from dosimeter.survey.audit import AuditLog, AuditProblem
from tests.contract.samples import NOON, TITLES, header
from tests.unit.store.disks import SMALL, SmallDisk

if TYPE_CHECKING:
    from pathlib import Path

    from dosimeter.net.audit import Auditor

PACS = Endpoint("127.20.0.1", 11112, Service.DICOM, "pacs.example")


class Minutes:
    """A clock that goes on by a minute each time it is read."""

    def __init__(self) -> None:
        self._now = NOON

    def now(self) -> datetime:
        """The next minute."""
        self._now += timedelta(minutes=1)
        return self._now

    def monotonic(self) -> float:
        """Not used by the log."""
        return 0.0


def opened(path: Path) -> AuditLog:
    """The audit log of the sample survey."""
    return AuditLog(path, header(), Minutes())


def events(path: Path) -> list[dict[str, object]]:
    """Each line of the file."""
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def test_a_survey_reads_as_a_transcript(tmp_path: Path) -> None:
    """Who, scope hash, when, which host, what was asked and why it stopped: one line an event."""
    path = tmp_path / "audit.jsonl"
    with opened(path) as log:
        log.survey_started("prove", 1)
        auditor: Auditor = log
        auditor.contact(PACS, TITLES, Service.DICOM)
        auditor.ended(PACS, ("dicom_associate", "dicom_echo"), "released")
        log.survey_ended(SurveyState.COMPLETED, "every host was asked")
    who = {
        "survey": "s1",
        "authorised_by": "A. Nonymous",
        "reference": "TEST-1",
        "scope_sha256": "5c" * 32,
    }
    place = {"address": "127.20.0.1", "port": 11112, "name": "pacs.example"}
    assert events(path) == [
        {
            "v": 1,
            "at": "2026-11-24T12:01:00.000Z",
            "event": "survey_started",
            **who,
            "touch": "prove",
            "hosts": 1,
        },
        {
            "v": 1,
            "at": "2026-11-24T12:02:00.000Z",
            "event": "contact",
            **who,
            **place,
            "over": "dicom",
            "called": "NOBODY-7F3A9C",
            "calling": "DOSIMETER",
        },
        {
            "v": 1,
            "at": "2026-11-24T12:03:00.000Z",
            "event": "ended",
            **who,
            **place,
            "asked": ["dicom_associate", "dicom_echo"],
            "why": "released",
        },
        {
            "v": 1,
            "at": "2026-11-24T12:04:00.000Z",
            "event": "survey_ended",
            **who,
            "state": "completed",
            "why": "every host was asked",
        },
    ]


def test_a_batch_that_may_be_contacted_is_one_line(tmp_path: Path) -> None:
    """The hosts about to be contacted are named together, before the first of them is."""
    path = tmp_path / "audit.jsonl"
    with opened(path) as log:
        log.intended(["127.20.0.1", "::1"])
    [event] = events(path)
    assert (event["event"], event["addresses"]) == ("intended", ["127.20.0.1", "::1"])
    assert event["scope_sha256"] == "5c" * 32


def test_a_connection_without_an_association_has_no_titles(tmp_path: Path) -> None:
    """Titles and name are null where there are none."""
    path = tmp_path / "audit.jsonl"
    with opened(path) as log:
        log.contact(replace(PACS, name=None), None, Service.DICOM_TLS)
        log.ended(PACS, (), "refused")
    contact, ended = events(path)
    assert (contact["called"], contact["calling"], contact["name"]) == (None, None, None)
    assert contact["over"] == "dicom-tls"
    assert ended["asked"] == []


def test_lines_are_on_disk_when_flush_returns_and_not_before(tmp_path: Path) -> None:
    """A batch is one write: nothing is written for each line."""
    path = tmp_path / "audit.jsonl"
    with opened(path) as log:
        log.contact(PACS, TITLES, Service.DICOM)
        assert path.read_bytes() == b""
        log.flush()
        assert len(events(path)) == 1
        log.flush()
        assert len(events(path)) == 1


def test_flush_syncs_to_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One fsync a flush with lines, none for a flush without."""
    with opened(tmp_path / "audit.jsonl") as log:
        synced: list[int] = []
        monkeypatch.setattr(os, "fsync", synced.append)
        log.flush()
        log.contact(PACS, TITLES, Service.DICOM)
        log.contact(PACS, TITLES, Service.DICOM)
        log.flush()
        assert len(synced) == 1


def test_the_log_is_appended_to_and_private(tmp_path: Path) -> None:
    """A second survey goes on below the first; only the owner may read."""
    path = tmp_path / "folder" / "audit.jsonl"
    for _survey in range(2):
        with opened(path) as log:
            log.survey_started("prove", 1)
    assert len(events(path)) == 2
    assert path.stat().st_mode & 0o777 == 0o600


def test_nothing_written_before_can_be_overwritten(tmp_path: Path) -> None:
    """Two logs on one file interleave whole lines: each write lands at the end."""
    path = tmp_path / "audit.jsonl"
    with opened(path) as one, opened(path) as other:
        for _turn in range(50):
            one.contact(PACS, TITLES, Service.DICOM)
            other.contact(PACS, TITLES, Service.DICOM)
            one.flush()
            other.flush()
    assert len(events(path)) == 100


def test_a_line_cut_short_by_a_crash_does_not_swallow_the_next(tmp_path: Path) -> None:
    """The log opens on a line of its own and keeps the broken one as it was."""
    path = tmp_path / "audit.jsonl"
    path.write_bytes(b'{"v":1,"at":"2026-11')
    with opened(path) as log:
        log.survey_started("prove", 1)
    broken, whole = path.read_bytes().splitlines()
    assert broken == b'{"v":1,"at":"2026-11'
    assert json.loads(whole)["event"] == "survey_started"


def test_many_lines_do_not_pile_up_in_memory(tmp_path: Path) -> None:
    """A caller that never flushes still has its lines written in the end."""
    path = tmp_path / "audit.jsonl"
    with opened(path) as log:
        for _line in range(3_000):
            log.contact(PACS, TITLES, Service.DICOM)
        assert path.stat().st_size > 256 * 1024
    assert len(events(path)) == 3_000


def test_a_full_disk_means_that_nobody_is_contacted(tmp_path: Path) -> None:
    """The flush fails with a sentence, each contact after it too; with room again no line is lost."""
    disk = SmallDisk(tmp_path / "disk")
    path = disk.folder / "audit.jsonl"
    lines = 0
    try:
        log = opened(path)
        with pytest.raises(AuditProblem, match="nobody is contacted without it"):  # noqa: PT012  which call fails is chance
            while lines * 100 < 8 * SMALL:
                log.contact(PACS, TITLES, Service.DICOM)
                lines += 1
                if lines % 100 == 0:
                    log.flush()
        for _again in range(2):
            with pytest.raises(AuditProblem):
                log.contact(PACS, TITLES, Service.DICOM)
        disk.enlarge()
        log.flush()
        log.contact(PACS, TITLES, Service.DICOM)
        log.close()
        assert len(events(path)) == lines + 1
    finally:
        disk.remove()


@pytest.mark.parametrize("kind", ["folder", "pipe", "link", "parent"])
def test_something_else_than_a_file_is_refused(tmp_path: Path, kind: str) -> None:
    """A folder, a pipe nobody reads, a symbolic link or a file as folder: one sentence, no waiting."""
    path = tmp_path / "audit.jsonl"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "link":
        path.symlink_to(tmp_path / "elsewhere")
    else:
        path.touch()
        path /= "audit.jsonl"
    with pytest.raises(AuditProblem, match="cannot be written"):
        opened(path)
    assert not (tmp_path / "elsewhere").exists()


def test_a_closed_log_takes_no_more(tmp_path: Path) -> None:
    """Closing twice does nothing; a contact afterwards is refused."""
    log = opened(tmp_path / "audit.jsonl")
    log.close()
    log.close()
    with pytest.raises(AuditProblem, match="closed"):
        log.contact(PACS, TITLES, Service.DICOM)


ANY_TEXT = st.text(st.characters())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.tuples(*[ANY_TEXT] * 8), asked=st.lists(ANY_TEXT, max_size=3).map(tuple))
def test_one_event_is_one_line_whatever_the_words(
    tmp_path: Path, words: tuple[str, ...], asked: tuple[str, ...]
) -> None:
    """Line ends, quotes, escapes, bidirectional marks and lone surrogates come back from one ASCII line."""
    path = tmp_path / "audit.jsonl"
    path.unlink(missing_ok=True)
    survey, by, reference, called, calling, address, name, why = words
    who = replace(header(), id=survey, authorised_by=by, reference=reference)
    endpoint = Endpoint(address, 104, Service.DICOM, name)
    with AuditLog(path, who, Minutes()) as log:
        log.contact(endpoint, Titles(called, calling), Service.DICOM)
        log.ended(endpoint, asked, why)
        log.survey_ended(SurveyState.STOPPED, why)
    written = path.read_bytes()
    assert written.count(b"\n") == 3
    assert all(0x20 <= byte < 0x7F or byte == 0x0A for byte in written)
    contact, ended, last = events(path)
    assert (contact["survey"], contact["authorised_by"], contact["reference"]) == (survey, by, reference)
    assert (contact["called"], contact["calling"]) == (called, calling)
    assert (contact["address"], contact["name"]) == (address, name)
    assert (ended["asked"], ended["why"], last["why"]) == (list(asked), why, why)
    assert datetime.fromisoformat(str(contact["at"])).tzinfo == UTC
