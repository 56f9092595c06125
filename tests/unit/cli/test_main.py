from __future__ import annotations

from pathlib import Path

import pytest

from dosimeter import __version__
from tests.peers.archive import Archive
from tests.survey.terminal import Said, Terminal

PATIENT = "DOE^JANE"

BREAK = """
import builtins, importlib, os

module, path, fault = os.environ["BREAK"].split(":")
owner = importlib.import_module(module)
*parents, name = path.split(".")
for parent in parents:
    owner = getattr(owner, parent)

def broken(*arguments, **options):
    raise getattr(builtins, fault)("the server said DOE^JANE")

setattr(owner, name, broken)
"""


def with_a_fault(terminal: Terminal, place: str, *arguments: object) -> Said:
    """Run a command in which one function of ours raises."""
    (terminal.folder / "sitecustomize.py").write_text(BREAK)
    terminal.environment |= {"PYTHONPATH": str(terminal.folder), "BREAK": place}
    try:
        return terminal.run(*arguments)
    finally:
        terminal.environment.clear()


def assert_one_sentence(said: Said, fault: str) -> None:
    """No traceback, nothing of the exception's text, the type and the place in our code."""
    assert said.code == 1, said.err
    assert "Traceback" not in said.err
    assert PATIENT not in said.out + said.err
    assert said.err.splitlines()[-1].startswith(f"dosimeter: a fault in dosimeter ({fault} at ")


@pytest.mark.parametrize(
    ("place", "command"),
    [
        ("dosimeter.probes._declare:discover:ValueError", ["probes"]),
        ("dosimeter.usecases.surveys:list_lines:KeyError", ["survey", "list"]),
        ("dosimeter.usecases.surveys:request_stop:RuntimeError", ["survey", "stop", "last"]),
        ("dosimeter.usecases.authorise:read_scope:RecursionError", ["scope", "check", "scope.toml"]),
        ("dosimeter.usecases.authorise:write_scope_template:MemoryError", ["scope", "init"]),
        ("dosimeter.usecases.authorise:sign_scope:TypeError", ["scope", "sign", "scope.toml", "--key", "k"]),
        ("dosimeter.usecases.run_survey:resume:AssertionError", ["survey", "resume", "last"]),
        ("dosimeter.usecases.make_report:make_report:IndexError", ["report", "last"]),
    ],
)
def test_a_fault_of_ours_is_one_sentence_in_every_command(
    terminal: Terminal, place: str, command: list[str]
) -> None:
    """The type and the place, and not one word of the exception's own."""
    said = with_a_fault(terminal, place, *command)
    assert_one_sentence(said, place.rpartition(":")[2])
    assert said.out == ""


@pytest.mark.parametrize(
    "place",
    [
        "dosimeter.usecases.run_survey:endpoints_for:ValueError",
        "dosimeter.store.sqlite:SqliteStore.create:ValueError",
        "dosimeter.survey.runner:Runner.run:KeyError",
        "dosimeter.net.pacing:HostPacer.admit:ZeroDivisionError",
        "dosimeter.store.sqlite:SqliteStore.record:ValueError",
        "dosimeter.survey.audit:AuditLog.ended:ValueError",
        "dosimeter.cli.watch:TerminalWatch.endpoint_recorded:AttributeError",
        "dosimeter.usecases.make_report:make_report:LookupError",
    ],
)
def test_a_fault_in_the_middle_of_a_survey_is_one_sentence_and_leaves_no_association_open(
    terminal: Terminal, place: str
) -> None:
    """Whatever breaks, the archive is left properly and the terminal is not filled."""
    with Archive() as archive:
        scope = terminal.scope(archive)
        said = with_a_fault(terminal, place, "survey", "--scope", scope, "--store", terminal.store)
        ends = {seen.ended_by for seen in archive.wait_for_ends(len(archive.visits))}
    assert_one_sentence(said, place.rpartition(":")[2])
    assert ends <= {"release", "abort"}


def test_a_fault_in_a_probe_is_no_fault_of_the_survey(terminal: Terminal) -> None:
    """It is one failed attempt in the report, and the exit code is that of the survey."""
    with Archive() as archive:
        said = with_a_fault(
            terminal,
            "dosimeter.net.scu:Scu.echo:ValueError",
            *("survey", "--scope", terminal.scope(archive), "--store", terminal.store, "-f", "json"),
        )
    assert said.code == 0
    assert PATIENT not in said.out + said.err
    assert "retrievable" in said.out


def test_an_environment_that_is_broken_is_one_sentence(terminal: Terminal) -> None:
    """The words of the system may be quoted: they are not a server's."""
    place = "dosimeter.usecases.surveys:list_lines:PermissionError"
    said = with_a_fault(terminal, place, "survey", "list")
    assert said.code == 1
    assert "Traceback" not in said.err


def test_the_version_is_printed(terminal: Terminal) -> None:
    """On stdout, and nothing else."""
    assert terminal.run("--version") == Said(0, f"dosimeter {__version__}\n", "")


@pytest.mark.parametrize(
    "arguments",
    [["nothing"], ["survey", "--no-such-option"], ["report"], ["survey", "resume"], ["--loud"]],
)
def test_a_wrong_command_is_a_usage_error(terminal: Terminal, arguments: list[str]) -> None:
    """Exit code 2, nothing on stdout."""
    said = terminal.run(*arguments)
    assert said.code == 2
    assert said.out == ""
    assert "Traceback" not in said.err


def test_a_survey_without_a_scope_is_a_usage_error(terminal: Terminal) -> None:
    """Without a written authorisation nothing is contacted; the message says how to get one."""
    said = terminal.run("survey", "127.0.0.1")
    assert said.code == 2
    assert "dosimeter scope init" in said.err


def test_started_without_stdout_or_stderr_it_still_ends_properly(terminal: Terminal, tmp_path: Path) -> None:
    """A service manager may close both; the store is not written into their place."""
    with Archive() as archive:
        scope = terminal.scope(archive)
        command = f"exec python -m dosimeter survey --scope {scope} --store {terminal.store} >&- 2>&-"
        script = tmp_path / "quiet.sh"
        script.write_text(f"#!/bin/sh\n{command}\n")
        said = terminal.end(terminal.start_program("sh", script))
    assert said == Said(0, "", "")
    assert "1/1" in terminal.survey("list").out
