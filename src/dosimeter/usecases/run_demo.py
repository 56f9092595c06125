"""The demo: survey the lab, write every report, and compare each verdict with the one it was built for."""

from __future__ import annotations

import shlex
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dosimeter.lab.archive import Archive
from dosimeter.model.message import say
from dosimeter.report.language import ENGLISH, Language
from dosimeter.report.render import Format, Presentation, missing_extra
from dosimeter.store.sqlite import SqliteStore
from dosimeter.usecases.judging import judge_all
from dosimeter.usecases.make_report import make_report
from dosimeter.usecases.run_lab import RunningLab
from dosimeter.usecases.run_survey import SurveyRequest, Watch, start
from dosimeter.usecases.surveys import opened

DEMO_BLOCKS: Final = range(8)
"""Where the demo may put its archives: it moves on if a lab is up already."""

REPORTS: Final = (
    ("html", "report.html"),
    ("json", "report.json"),
    ("jsonl", "report.jsonl"),
    ("csv", "report.csv"),
    ("pdf", "report.pdf"),
)
"""A PDF where typst is installed."""


@dataclass(frozen=True, slots=True)
class Demo:
    """How a demo went. ``lines`` are for the user; ``surprises`` are verdicts that are not as expected.

    Of a demo that was not ``completed`` there is no report.
    """

    survey_id: str
    store_url: str
    completed: bool
    interrupted: bool
    lines: tuple[str, ...]
    surprises: tuple[str, ...] = ()


def survey_lab(lab: RunningLab, watch: Watch, language: Language = ENGLISH) -> Demo:
    """Survey every archive of a running lab, keep the facts in its folder and write the reports there.

    ``language`` is that of the reports that people read.

    Raises:
        Problem: as `run_survey.start`, or a report cannot be written.
    """
    began = time.monotonic()
    store_url = f"sqlite:///{lab.folder / 'demo.db'}"
    request = SurveyRequest(scope=lab.scope, lists=(str(lab.targets),), store_url=store_url)
    outcome = start(request, watch)
    if not outcome.completed:
        lines = (say("The demo was stopped before every archive was asked; start it again for its reports."),)
        return Demo(
            outcome.survey_id, store_url, completed=False, interrupted=outcome.interrupted, lines=lines
        )
    files = []
    for form, name in REPORTS:
        if missing_extra(Format(form)) is not None:
            continue
        files.append(lab.folder / name)
        make_report(store_url, outcome.survey_id, form, str(files[-1]), Presentation(language))
    with opened(store_url) as store:
        surprises = tuple(_surprises(lab.archives, store, outcome.survey_id))
    seconds = time.monotonic() - began
    return Demo(
        survey_id=outcome.survey_id,
        store_url=store_url,
        completed=True,
        interrupted=False,
        lines=(
            *_verdict_lines(lab.archives, surprises, seconds),
            *_file_lines(files, store_url, outcome.survey_id),
        ),
        surprises=surprises,
    )


def _surprises(archives: tuple[Archive, ...], store: SqliteStore, survey_id: str) -> Iterator[str]:
    found = {
        door.endpoint.authority: door.verdict
        for each in judge_all(store.records(survey_id))
        for door in each.doors
    }
    for archive in archives:
        for port in archive.ports:
            place = port.endpoint.authority
            if place not in found:
                yield f"{archive.name} ({place}) was not recorded"
                continue
            for difference in port.expected.differences(found[place]):
                yield f"{archive.name} ({place}): {difference}"


def _verdict_lines(
    archives: tuple[Archive, ...], surprises: tuple[str, ...], seconds: float
) -> tuple[str, ...]:
    if not surprises:
        ports = sum(len(archive.ports) for archive in archives)
        return (
            say(
                "{hosts} hosts, {ports} ports, {ports} verdicts as they should be, {seconds} s.",
                hosts=len(archives),
                ports=ports,
                seconds=seconds,
            ),
        )
    return (
        say("Verdicts that are not as they should be; please report this:"),
        *(f"  {each}" for each in surprises),
    )


def _file_lines(files: list[Path], store_url: str, survey_id: str) -> tuple[str, ...]:
    return (
        say("Written:"),
        *(f"  {path}" for path in files),
        say("Ask again, of the stored facts:"),
        f"  {shlex.join(('dosimeter', 'report', survey_id, '--detail', '--store', store_url))}",
        say("What each address imitates: {command}", command="dosimeter lab list"),
    )
