from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import time
from pathlib import Path

import pytest

from dosimeter.dicom.dimse import CommandField
from dosimeter.dicom.pdu import UserInformation
from tests.peers.archive import Accept, Archive, Reject, Script, Silence
from tests.survey.terminal import Said, Terminal, read_all

SILENT = Script(on_associate=lambda _request: Silence())
PATIENT = {"answer_seconds": 60, "host_seconds": 60, "connect_seconds": 10}


def interrupted(terminal: Terminal, archive: Archive, number: int) -> tuple[Said, float]:
    """A survey of a silent archive that gets a signal; how it ended and how long that took."""
    process = terminal.start(
        *("survey", "--scope", terminal.scope(archive, pace=PATIENT), "--store", terminal.store)
    )
    archive.wait_until(lambda: bool(archive.visits and archive.visits[0].request), 10)
    began = time.monotonic()
    process.send_signal(number)
    said = terminal.end(process)
    return said, time.monotonic() - began


def test_a_survey_prints_its_report_and_ends_with_0(terminal: Terminal) -> None:
    """Results on stdout, everything else on stderr, and no control characters where nobody watches."""
    with Archive() as archive:
        said = terminal.survey("--scope", terminal.scope(archive))
    assert said.code == 0, said.err
    assert f"127.0.0.1:{archive.port}" in said.out
    assert "retrievable" in said.out
    assert "1 host, 1 endpoint to ask" in said.err
    assert "\x1b" not in said.out + said.err
    assert "dosimeter survey resume" not in said.err


def test_a_survey_in_french_speaks_french_from_its_first_word_to_its_last(terminal: Terminal) -> None:
    """What is said while it runs, and the report; the language comes from ``--lang`` or the environment."""
    with Archive() as archive:
        asked = terminal.survey("--scope", terminal.scope(archive), "--lang", "fr")
    terminal.environment["LC_ALL"] = "fr_FR.UTF-8"
    with Archive() as archive:
        set_ = terminal.survey("--scope", terminal.scope(archive))
    for said in (asked, set_):
        assert said.code == 0, said.err
        assert "1 hôte, 1 point d\N{RIGHT SINGLE QUOTATION MARK}accès à interroger" in said.err
        assert "tout a été interrogé" in said.err
        assert "récupérable" in said.out
        assert "retrievable  " not in said.out
    stopped = terminal.run("survey", "stop", "last", "--store", terminal.store)
    assert "est déjà terminée" in stopped.err


def test_stdout_holds_the_results_only(terminal: Terminal) -> None:
    """What a program reads from stdout is one JSON document."""
    with Archive() as archive:
        said = terminal.survey("--scope", terminal.scope(archive), "-f", "json")
    assert said.code == 0
    json.loads(said.out)


def test_a_report_goes_to_a_file_if_one_is_named(terminal: Terminal) -> None:
    """Then stdout is empty."""
    with Archive() as archive:
        said = terminal.survey("--scope", terminal.scope(archive), "-f", "csv", "-o", "report.csv")
    assert said.code == 0
    assert said.out == ""
    assert f"{archive.port}" in (terminal.folder / "report.csv").read_text()


@pytest.mark.parametrize(("severity", "code"), [("info", 3), ("critical", 3)])
def test_findings_at_or_above_fail_on_end_with_3(terminal: Terminal, severity: str, code: int) -> None:
    """For a pipeline that must stop at an open archive."""
    with Archive() as archive:
        said = terminal.survey("--scope", terminal.scope(archive), "--fail-on", severity)
        again = terminal.run("report", "last", "--store", terminal.store, "--fail-on", severity)
    assert (said.code, again.code) == (code, code)
    assert "retrievable" in said.out


def test_findings_below_fail_on_end_with_0(terminal: Terminal) -> None:
    """A closed archive is no finding of that kind."""
    with Archive(Script(on_associate=lambda _request: Reject())) as archive:
        said = terminal.survey("--scope", terminal.scope(archive), "--fail-on", "high")
    assert said.code == 0


def test_ctrl_c_ends_with_130_within_two_seconds_and_with_an_abort(terminal: Terminal) -> None:
    """The open association is told, the survey can be resumed, and what was learnt is reported."""
    with Archive(SILENT) as archive:
        said, took = interrupted(terminal, archive, signal.SIGINT)
        (seen,) = archive.wait_for_ends(1)
    assert said.code == 130, said.err
    assert took < 2
    assert seen.ended_by == "abort"
    assert "dosimeter survey resume" in said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_of_the_system_ends_with_4_within_two_seconds_and_with_an_abort(
    terminal: Terminal, number: int
) -> None:
    """The system asked, or the terminal went away: not the user."""
    with Archive(SILENT) as archive:
        said, took = interrupted(terminal, archive, number)
        (seen,) = archive.wait_for_ends(1)
    assert said.code == 4, said.err
    assert took < 2
    assert seen.ended_by == "abort"


def test_under_nohup_a_survey_outlives_its_terminal(terminal: Terminal) -> None:
    """Whoever started it so does not want it to stop."""
    with Archive(SILENT) as archive:
        scope = terminal.scope(archive, pace={"answer_seconds": 1, "host_seconds": 5})
        script = terminal.folder / "night.sh"
        script.write_text(
            f"trap '' HUP\npython -m dosimeter survey --scope {scope} --store {terminal.store} &\nwait $!\n"
        )
        process = terminal.start_program("sh", script, start_new_session=True)
        archive.wait_until(lambda: bool(archive.visits and archive.visits[0].request), 10)
        os.killpg(process.pid, signal.SIGHUP)
        said = terminal.end(process)
    assert said.code == 0, said.err


def test_a_second_ctrl_c_ends_at_once_and_without_a_traceback(terminal: Terminal) -> None:
    """Whoever presses it twice means it."""
    with Archive(SILENT) as archive:
        process = terminal.start(
            *("survey", "--scope", terminal.scope(archive, pace=PATIENT), "--store", terminal.store)
        )
        archive.wait_until(lambda: bool(archive.visits and archive.visits[0].request), 10)
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGINT)
        said = terminal.end(process)
        archive.wait_for_ends(1)
    assert said.code == 130
    assert "Traceback" not in said.err


def test_survey_stop_ends_another_process_within_a_second(terminal: Terminal) -> None:
    """Exit code 4, and the audit log says who asked."""
    with Archive(SILENT) as archive:
        process = terminal.start(
            *("survey", "--scope", terminal.scope(archive, pace=PATIENT), "--store", terminal.store)
        )
        archive.wait_until(lambda: bool(archive.visits and archive.visits[0].request), 10)
        stopped = terminal.survey("stop", "last")
        began = time.monotonic()
        said = terminal.end(process)
        took = time.monotonic() - began
        (seen,) = archive.wait_for_ends(1)
    assert stopped.code == 0
    assert stopped.out == ""
    assert said.code == 4
    assert took < 1.5
    assert seen.ended_by == "abort"
    assert terminal.events()[-1]["why"] == "stopped by `survey stop`"


def test_a_stopped_survey_is_listed_and_resumed(terminal: Terminal) -> None:
    """What was asked is not asked again; what was not is, and then it is complete."""
    with (
        Archive(address="127.0.8.1") as quick,
        Archive(SILENT, address="127.0.8.2", port=quick.port) as slow,
    ):
        scope = terminal.scope(quick, slow, pace=PATIENT)
        process = terminal.start("survey", "--scope", scope, "--store", terminal.store)
        slow.wait_until(lambda: bool(slow.visits and slow.visits[0].request), 10)
        quick.wait_for_ends(2)
        process.send_signal(signal.SIGTERM)
        assert terminal.end(process).code == 4
        stopped = terminal.survey("list")
        slow.script = Script()
        said = terminal.survey("resume", "last", "-f", "jsonl")
        completed = terminal.survey("list")
    assert "stopped" in stopped.out
    assert "1/2 endpoints" in stopped.out
    assert said.code == 0, said.err
    assert "completed" in completed.out
    assert "2/2 endpoints" in completed.out
    assert len(quick.visits) == 2
    found = [json.loads(line) for line in said.out.splitlines()]
    assert sorted(line["address"] for line in found if line["type"] == "archive") == [
        "127.0.8.1",
        "127.0.8.2",
    ]


def test_a_completed_survey_is_not_resumed(terminal: Terminal) -> None:
    """There is nothing left to ask: one sentence, and nobody is contacted."""
    with Archive() as archive:
        terminal.survey("--scope", terminal.scope(archive))
        before = len(archive.visits)
        said = terminal.survey("resume", "last")
    assert said.code == 2
    assert "completed" in said.sentence
    assert len(archive.visits) == before


def test_a_survey_is_not_resumed_under_another_scope(terminal: Terminal) -> None:
    """The authorisation that is on record is the one that counts."""
    with Archive(SILENT) as archive:
        interrupted(terminal, archive, signal.SIGTERM)
        before = len(archive.visits)
        scope = terminal.folder / "scope.toml"
        scope.write_text(scope.read_text() + "\n# changed\n")
        said = terminal.survey("resume", "last")
    assert said.code == 2
    assert "another scope" in said.sentence
    assert len(archive.visits) == before


def test_a_list_of_targets_is_read_from_a_file_and_from_stdin(terminal: Terminal) -> None:
    """``-l``, ``-iL`` as nmap has it, and ``-`` for stdin."""
    with Archive(address="127.0.8.1") as one, Archive(address="127.0.8.2") as other:
        scope = terminal.scope(one, other)
        (terminal.folder / "targets.txt").write_text(f"127.0.8.1:{one.port}\n")
        first = terminal.survey("--scope", scope, "-iL", "targets.txt")
        second = terminal.survey("--scope", scope, "-l", "targets.txt")
        third = terminal.run(
            *("survey", "--scope", scope, "-l", "-", "--store", terminal.store),
            stdin=f"127.0.8.1:{one.port}\n",
        )
    assert (first.code, second.code, third.code) == (0, 0, 0), third.err
    assert len(one.visits) == 6
    assert other.visits == []


def test_targets_are_named_and_excluded_on_the_command_line(terminal: Terminal) -> None:
    """An exclusion wins always."""
    with Archive(address="127.0.8.1") as one, Archive(address="127.0.8.2") as other:
        scope = terminal.scope(one, other)
        said = terminal.survey("--scope", scope, "127.0.8.1", "127.0.8.2", "--exclude", "127.0.8.2")
    assert said.code == 0, said.err
    assert one.visits
    assert other.visits == []


def test_titles_are_chosen_among_those_of_the_scope(terminal: Terminal) -> None:
    """``-aec`` and ``-aet`` pick from the lists; a title that is not on them is refused."""
    with Archive(Script(on_associate=lambda _request: Reject())) as archive:
        scope = terminal.scope(archive, called_ae_titles=["PACS", "OTHER"], calling_ae_titles=["CT1", "CT2"])
        said = terminal.survey("--scope", scope, "-aec", "PACS", "-aet", "CT1")
        asked = [seen.titles for seen in archive.visits[1:]]
        before = len(archive.visits)
        refused = terminal.survey("--scope", scope, "-aec", "GUESS")
    assert said.code == 0, said.err
    assert [title for title in asked if title[0] == "PACS"] == [("PACS", "DOSIMETER"), ("PACS", "CT1")]
    assert {calling for _called, calling in asked} == {"DOSIMETER", "CT1"}
    assert "OTHER" not in {called for called, _calling in asked}
    assert refused.code == 2
    assert "GUESS" in refused.sentence
    assert len(archive.visits) == before


def test_the_touch_of_the_command_line_may_be_lower_and_never_higher(terminal: Terminal) -> None:
    """``--touch negotiate`` asks no query; more than the scope allows is refused."""
    with Archive(Script(on_associate=lambda _request: Accept())) as archive:
        scope = terminal.scope(archive, touch="prove")
        said = terminal.survey("--scope", scope, "--touch", "negotiate")
        fields = {field for field, _service in archive.asked}
        before = len(archive.visits)
        more = terminal.survey("--scope", scope, "--touch", "count")
        none = terminal.survey("--scope", scope, "--touch", "everything")
    assert said.code == 0
    assert fields == {CommandField.C_ECHO}
    assert (more.code, none.code) == (2, 2)
    assert "count" in more.sentence
    assert "everything" in none.sentence
    assert len(archive.visits) == before


def test_settings_come_from_the_environment_and_a_flag_wins(terminal: Terminal) -> None:
    """Flag before DOSIMETER_* before default."""
    with Archive() as archive:
        terminal.environment |= {
            "DOSIMETER_SCOPE": str(terminal.scope(archive)),
            "DOSIMETER_STORE": terminal.store,
        }
        assert terminal.run("survey", "127.0.0.1").code == 0
        assert terminal.run("survey", "127.0.0.1", "--store", "sqlite:///other.sqlite").code == 0
    assert (terminal.folder / "store.sqlite").is_file()
    assert (terminal.folder / "other.sqlite").is_file()
    assert "1/1" in terminal.run("survey", "list").out


def test_without_a_store_the_facts_go_to_the_users_data_folder(terminal: Terminal) -> None:
    """The default is a file of the user's own, readable by nobody else."""
    with Archive() as archive:
        assert terminal.run("survey", "--scope", terminal.scope(archive)).code == 0
    (store,) = (terminal.folder / "home").rglob("dosimeter.sqlite")
    assert store.stat().st_mode & 0o077 == 0


def test_progress_is_drawn_on_a_terminal(terminal: Terminal) -> None:
    """Where somebody watches there is a bar, on stderr; stdout is still the report alone."""
    ours, theirs = pty.openpty()
    with Archive() as archive:
        process = terminal.start(
            *("survey", "--scope", terminal.scope(archive), "--store", terminal.store), stderr=theirs
        )
        os.close(theirs)
        out, _ = process.communicate(timeout=20)
    drawn = read_all(ours)
    assert process.returncode == 0
    assert "hosts: 0 of 1" in drawn or "hosts: 1 of 1" in drawn
    assert "\x1b" in drawn
    assert "\x1b" not in out


def test_logs_are_lines_of_json_on_stderr(terminal: Terminal) -> None:
    """``--log-level debug`` says each attempt, and an unknown level is a usage error."""
    with Archive() as archive:
        said = terminal.survey("--scope", terminal.scope(archive), "--log-level", "debug")
        before = len(archive.visits)
        wrong = terminal.survey("--scope", terminal.scope(archive), "--log-level", "loud")
    lines = [json.loads(line) for line in said.err.splitlines() if line.startswith("{")]
    assert {line.get("probe") for line in lines} >= {"dicom_associate", "null_retrieve"}
    assert wrong.code == 2
    assert len(archive.visits) == before


def test_the_audit_log_may_be_anywhere(terminal: Terminal) -> None:
    """``--audit`` names it."""
    with Archive() as archive:
        said = terminal.survey("--scope", terminal.scope(archive), "--audit", "log/all.jsonl")
    assert said.code == 0, said.err
    assert '"contact"' in (terminal.folder / "log" / "all.jsonl").read_text()


def test_a_reader_that_has_seen_enough_is_no_error(terminal: Terminal) -> None:
    """``dosimeter probes | head -1``: no traceback, no complaint."""
    command = ("probes",)
    reader = subprocess.Popen(["head", "-c", "1"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    assert reader.stdin is not None
    process = terminal.start(*command, stdout=reader.stdin)
    reader.stdin.close()
    said = terminal.end(process)
    reader.wait(10)
    assert "Traceback" not in said.err
    assert "BrokenPipe" not in said.err


def test_a_stdout_that_is_full_is_one_sentence(terminal: Terminal) -> None:
    """The results could not be written, and that is said once."""
    with Path("/dev/full").open("w") as full:
        said = terminal.run("probes", stdout=full)
    assert said.code == 1
    assert "No space left on device" in said.sentence


def test_hostile_text_of_a_server_does_not_reach_the_terminal(terminal: Terminal) -> None:
    """Escape sequences of an implementation version name are shown, not obeyed."""
    said_by_it = UserInformation(16_384, "1.2.3", "\x1b]0;owned\x07")
    with Archive(Script(on_associate=lambda _request: Accept(said=said_by_it))) as archive:
        said = terminal.survey("--scope", terminal.scope(archive), "--detail", "--log-level", "debug")
    assert said.code == 0, said.err
    assert "\x1b" not in said.out + said.err
    assert "\x07" not in said.out + said.err


def test_a_host_name_of_the_scope_and_ipv6_are_surveyed(terminal: Terminal) -> None:
    """The name is resolved once, and both families are dialled."""
    with Archive(address="::1") as archive:
        scope = terminal.scope(archive, networks=["::1/128", "127.0.0.1/32"], names=["localhost"])
        by_address = terminal.survey("--scope", scope, f"[::1]:{archive.port}")
        by_name = terminal.survey("--scope", scope, "localhost")
    assert (by_address.code, by_name.code) == (0, 0), by_name.err
    assert f"[::1]:{archive.port}" in by_address.out
    assert len(archive.visits) in {2, 4}


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("--format", "bogus is none of table, json, jsonl, csv, html"),
        ("--fail-on", "bogus is none of info, low"),
    ],
)
def test_a_word_that_is_none_is_said_in_our_words(terminal: Terminal, option: str, words: str) -> None:
    """The words to choose from, and nothing of the library that compares them."""
    said = terminal.survey("--scope", "scope.toml", option, "bogus")
    assert said.code == 2
    assert words in said.err
    assert "Value error" not in said.err


def test_the_help_and_the_error_of_touch_name_the_same_words(terminal: Terminal) -> None:
    """All four of the scope file, and how far this version goes."""
    shown = " ".join(terminal.survey("run", "--help").out.split())
    refused = terminal.survey("--scope", terminal.scope(), "--touch", "bogus").sentence
    assert "negotiate, prove, count or sample" in shown
    assert "asks no further than count" in shown
    assert "negotiate, prove, count, sample" in refused


def test_a_resume_takes_the_titles_again(terminal: Terminal) -> None:
    """The options of the first command, by the same names."""
    with Archive(SILENT) as archive:
        interrupted(terminal, archive, signal.SIGTERM)
        said = terminal.survey("resume", "last", "-aec", "GUESS")
    assert said.code == 2
    assert "GUESS is not on the scope's list" in said.sentence
