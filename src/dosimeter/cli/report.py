"""``dosimeter report``: the report of a survey, from the facts that were stored."""

from __future__ import annotations

from typing import Annotated

import typer

from dosimeter.cli.exits import EXIT_FINDINGS
from dosimeter.cli.options import Detail, FailOn, FormatWord, Output, ReportFormat, Store

HELP = "Report a survey from its stored facts; nobody is contacted."


def run(
    survey: Annotated[str, typer.Argument(help="The survey's id, its beginning, or last.")],
    report_format: ReportFormat = FormatWord.TABLE,
    output: Output = None,
    detail: Detail = False,
    store: Store = None,
    fail_on: FailOn = None,
) -> None:
    """Judge the stored facts by the rules of this version and print the document."""
    raise typer.Exit(write(survey, store, report_format, output, detail=detail, fail_on=fail_on))


def write(
    survey: str,
    store: str | None,
    report_format: FormatWord,
    output: str | None,
    *,
    detail: bool,
    fail_on: FailOn,
) -> int:
    """Write one report; the exit code it asks for."""
    from dosimeter.usecases.make_report import make_report

    worst = make_report(store, survey, report_format.value, output, detail=detail)
    return EXIT_FINDINGS if fail_on is not None and worst >= fail_on.severity else 0
