"""``dosimeter report``: the report of a survey, from the facts that were stored."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dosimeter.cli.exits import EXIT_FINDINGS
from dosimeter.cli.options import (
    Detail,
    EditionWord,
    FailOn,
    FormatWord,
    GeoDb,
    Lang,
    Output,
    Owners,
    ReportEdition,
    ReportFormat,
    Store,
)

if TYPE_CHECKING:
    from dosimeter.model.verdict import Severity
    from dosimeter.report.render import Presentation
    from dosimeter.usecases.make_report import NewPlaces

HELP = "Report a survey from its stored facts; nobody is contacted."


def run(
    survey: Annotated[str, typer.Argument(help="The survey's id, its beginning, or last.")],
    report_format: ReportFormat = FormatWord.TABLE,
    output: Output = None,
    folder: Annotated[
        Path | None,
        typer.Option("--all", metavar="DIR", help="Write a file of every format, and every table, there."),
    ] = None,
    lang: Lang = None,
    edition: ReportEdition = EditionWord.OWNER,
    detail: Detail = False,
    geo_dbs: GeoDb = None,
    owners: Owners = None,
    store: Store = None,
    fail_on: FailOn = None,
) -> None:
    """Judge the stored facts by the rules of this version and print the document."""
    from dosimeter.usecases.make_report import NewPlaces, make_report

    presentation = presented(lang, edition, detail=detail)
    places = NewPlaces(tuple(geo_dbs or ()), owners)
    if folder is None:
        worst = make_report(store, survey, report_format.value, output, presentation, places)
    elif output is not None:
        raise typer.BadParameter("every file has its own name in DIR", param_hint="--output with --all")
    else:
        worst = _write_all(store, survey, folder, presentation, places)
    raise typer.Exit(exit_code(worst, fail_on))


def presented(lang: str | None, edition: EditionWord, *, detail: bool) -> Presentation:
    """How the options want a report.

    Raises:
        typer.BadParameter: there is no such language.
    """
    from dosimeter.cli.language import chosen_language
    from dosimeter.report.render import Presentation
    from dosimeter.report.study import Edition

    return Presentation(chosen_language(lang), Edition(edition.value), detail=detail)


def exit_code(worst: Severity, fail_on: FailOn) -> int:
    """What `--fail-on` asks for."""
    return EXIT_FINDINGS if fail_on is not None and worst >= fail_on.severity else 0


def _write_all(
    store: str | None, survey: str, folder: Path, presentation: Presentation, places: NewPlaces
) -> Severity:
    from dosimeter.model.message import many, say
    from dosimeter.usecases.make_report import write_all

    written = write_all(store, survey, folder, presentation, places)
    said = presentation.language.text
    files = len(written.files)
    typer.echo(
        said(many("{number} file in {folder}:", "{number} files in {folder}:", files, folder=str(folder))),
        err=True,
    )
    for file in written.files:
        typer.echo(f"  {file.name}", err=True)
    for why in written.left_out:
        typer.echo(said(say("left out: {why}", why=why)), err=True)
    return written.worst
