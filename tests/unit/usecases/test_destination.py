from __future__ import annotations

import os
import stat
import sys
import threading
from pathlib import Path

import pytest

from dosimeter.model.problem import Problem
from dosimeter.usecases.destination import check_destination, destination


def write_half(output: str) -> None:
    with destination(output) as out:
        out.write("half")
        raise RuntimeError


def write(output: str, text: str = "report\n") -> None:
    with destination(output) as out:
        out.write(text)


def test_a_file_is_written_whole(tmp_path: Path) -> None:
    """The file holds the report, and nothing else is left in its folder."""
    write(str(tmp_path / "report.txt"))
    assert (tmp_path / "report.txt").read_text() == "report\n"
    assert [each.name for each in tmp_path.iterdir()] == ["report.txt"]


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o027, 0o640), (0o077, 0o600)])
def test_who_may_read_a_report_is_for_the_umask_to_say(tmp_path: Path, umask: int, mode: int) -> None:
    """As for every file a person makes."""
    before = os.umask(umask)
    try:
        write(str(tmp_path / "report.txt"))
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "report.txt").stat().st_mode) == mode


def test_a_report_that_is_replaced_keeps_its_mode(tmp_path: Path) -> None:
    """Whoever closed the old one meant the new one too."""
    report = tmp_path / "report.txt"
    report.touch(0o600)
    write(str(report))
    assert stat.S_IMODE(report.stat().st_mode) == 0o600


def test_a_report_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    """Half a report never takes the place of a whole one."""
    old = tmp_path / "report.txt"
    old.write_text("old")
    with pytest.raises(RuntimeError):
        write_half(str(old))
    assert old.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["report.txt"]


def test_a_pipe_is_written_into_and_stays_one(tmp_path: Path) -> None:
    """What is no file (a pipe here, /dev/null elsewhere) is not replaced by one."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    heard: list[str] = []
    reader = threading.Thread(target=lambda: heard.append(pipe.read_text()))
    reader.start()
    check_destination(str(pipe))
    write(str(pipe))
    reader.join(timeout=5)
    assert heard == ["report\n"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_the_null_device_survives() -> None:
    """A report that nobody wants goes to /dev/null, which is a device afterwards as well."""
    write(os.devnull)
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


def test_a_link_is_kept_and_its_file_written(tmp_path: Path) -> None:
    """A link to the report of the day goes on being a link."""
    link, real = tmp_path / "latest.txt", tmp_path / "monday.txt"
    link.symlink_to(real)
    write(str(link))
    assert link.is_symlink()
    assert real.read_text() == "report\n"


@pytest.mark.parametrize(
    ("name", "words"),
    [("", "it is a folder; name a file in it"), ("nowhere/report.txt", "No such file or directory")],
)
def test_a_place_that_cannot_be_written_is_named_before_the_survey(
    tmp_path: Path, name: str, words: str
) -> None:
    """The survey is not run first: the check says what is wrong and leaves nothing behind."""
    with pytest.raises(Problem, match=words):
        check_destination(str(tmp_path / name))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("output", [None, "-"])
def test_stdout_is_written_in_order_and_stays_open(
    capfd: pytest.CaptureFixture[str], output: str | None
) -> None:
    """What was printed before comes before, and what is printed afterwards after."""
    sys.stdout.write("before\n")
    with destination(output) as out:
        out.write("report é\n")
    sys.stdout.write("after\n")
    assert capfd.readouterr().out == "before\nreport é\nafter\n"


def test_a_full_disk_is_one_sentence_and_not_a_fault() -> None:
    """What cannot be written is said, with the way out: the survey is stored."""
    with pytest.raises(Problem, match="No space left on device; the survey is stored"):
        write("/dev/full")
