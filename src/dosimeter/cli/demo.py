"""``dosimeter demo``: a lab of synthetic archives, surveyed and reported, with nothing to set up."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dosimeter.cli.exits import EXIT_ENDED_EARLY, EXIT_FAILURE, EXIT_INTERRUPTED

HELP = (
    "Start synthetic archives on this machine's loopback, survey them, print the table and write the "
    "reports. Every patient in them is invented; no packet leaves the machine."
)


def run(
    output_dir: Annotated[
        Path, typer.Option("--output-dir", metavar="DIR", help="Where reports, store and scope are written.")
    ] = Path("dosimeter-demo"),
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave the archives listening afterwards, until Ctrl-C.")
    ] = False,
) -> None:
    """Survey the lab and compare each verdict with what its archive was built to give."""
    from dosimeter.cli.lab import wait_for_interrupt
    from dosimeter.cli.language import chosen_language
    from dosimeter.cli.watch import watched
    from dosimeter.report.render import Presentation
    from dosimeter.usecases.make_report import make_report
    from dosimeter.usecases.run_demo import DEMO_BLOCKS, survey_lab
    from dosimeter.usecases.run_lab import running_lab

    language = chosen_language(None)
    with running_lab(output_dir, DEMO_BLOCKS) as lab:
        with watched("warning", language) as watch:
            demo = survey_lab(lab, watch, language)
        if demo.completed:
            make_report(demo.store_url, demo.survey_id, "table", None, Presentation(language))
        for line in demo.lines:
            typer.echo(language.text(line), err=True)
        if not demo.completed:
            raise typer.Exit(EXIT_INTERRUPTED if demo.interrupted else EXIT_ENDED_EARLY)
        if keep:
            wait_for_interrupt("The archives go on listening")
    if demo.surprises:
        raise typer.Exit(EXIT_FAILURE)
